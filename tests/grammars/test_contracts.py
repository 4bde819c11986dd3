"""What holds for every grammar, driven by listing them: a new one is held to all of it without a line written here."""

from __future__ import annotations

import json
import random
import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from runlift.facts import Account, Points
from runlift.grammars._catalogue import catalogue
from runlift.grammars._check import check, check_folder
from runlift.grammars._claims import Claims
from runlift.grammars._load import built_in, folder
from runlift.grammars._reading import Reading
from runlift.grammars._sample import expected_lines, read_sample
from runlift.wire.line_text import calm

FILES = catalogue(folder().parent / "no-such-folder")
NAMES = [f.toml.stem for f in FILES]
everyone = pytest.mark.parametrize("file", FILES, ids=NAMES)


@cache
def _grammars():
    return {g.name: g for g in built_in()}


def _claims(file):
    return Claims((_grammars()[file.toml.stem],))


def _adds_up(facts):
    accounts = [f for f in facts if isinstance(f, Account)]
    assert len(accounts) == 1
    assert accounts[0].missing() == 0
    return accounts[0]


def test_there_are_grammars_and_no_orphans():
    """Each grammar has its files and each file its grammar."""
    assert len(FILES) >= 60
    assert not check_folder(folder())


@everyone
def test_a_sample_says_how_it_was_made(file):
    """A sample names the script that recorded or wrote it; one that is written says why no tool printed it."""
    said = tomllib.loads(file.toml.read_text(encoding="utf-8"))["sample"]
    made = re.search(r"recorded on \d{4}-\d\d-\d\d with (\S+\.py)|^Written on .*: (\S+\.py); \w+", said)
    assert made, said
    assert (Path(__file__).parents[2] / (made[1] or made[2])).is_file()


@everyone
def test_a_sample_names_nothing_of_the_machine_that_made_it(file):
    """No folder of a home and no user stands in a sample."""
    assert not re.search(rb"/(?:home|root|Users|tmp)/|\broot@", file.log.read_bytes())


@everyone
def test_a_grammar_passes_its_own_checks(file):
    """Sample and expected result are there and equal, every rule fires, no other grammar claims the sample."""
    assert [str(p) for p in check(file, built_in())] == []


@everyone
def test_a_sample_is_read_alike_among_all_grammars(file):
    """With all grammars listening, a sample wakes its own grammar alone and gives the same."""
    data = file.log.read_bytes()
    claims = Claims(built_in())
    got = read_sample(data, claims)
    assert [g.name for g in claims.awake] == [file.toml.stem]
    assert expected_lines(got) == expected_lines(read_sample(data, _claims(file)))


@everyone
def test_expected_results_are_json_that_holds_values(file):
    """The expected result can be read by any program, and says values, lines, rules and the account."""
    rows = [json.loads(line) for line in file.expected.read_text(encoding="utf-8").splitlines()]
    assert any(row.get("value") for row in rows)
    assert rows[-1]["used"] + sum(rows[-1]["ignored"].values()) + rows[-1]["unrecognised"] == rows[-1]["lines"]
    assert all(rule.startswith(file.toml.stem + "/") for rule in rows[-2]["rules"])


@everyone
def test_reading_is_lazy_and_deterministic(file):
    """Nothing is read before it is asked for, and two readings give the same."""
    data = calm(file.log.read_bytes())
    reading = Reading(_claims(file))
    facts = reading.facts(data)
    assert reading.total == 0
    first = [*facts, *reading.close()]
    again = Reading(_claims(file))
    second = [*again.facts(data), *again.close()]
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        if isinstance(a, Points):
            assert a.metric == b.metric
            assert np.array_equal(a.value, b.value, equal_nan=True)
        else:
            assert a == b


@everyone
def test_positions_are_lines_of_the_sample(file):
    """Every point says a line that is there, and the numbers stand on it."""
    data = file.log.read_bytes()
    got = read_sample(data, _claims(file))
    lines = calm(data).decode("utf-8", "replace").split("\n")
    for p in got.facts:
        if isinstance(p, Points):
            assert p.position.min() >= 1
            assert p.position.max() <= len(lines)
            assert all(any(c.isdigit() for c in lines[at - 1]) for at in p.position.tolist())


@everyone
def test_a_sample_cut_anywhere_gives_an_account_that_adds_up(file):
    """A sample that ends at any byte is read without an exception; every line is accounted for."""
    data = file.log.read_bytes()
    rng = random.Random(file.toml.stem)
    for cut in {0, 1, len(data) - 1, *(rng.randrange(len(data)) for _ in range(12))}:
        account = _adds_up(read_sample(data[:cut], _claims(file)).facts)
        text = calm(data[:cut])
        assert account.total == text.count(b"\n") + (bool(text) and not text.endswith(b"\n"))


@everyone
def test_bytes_thrown_into_a_sample_do_no_harm(file):
    """Random bytes in the midst of a sample give no exception, and the ledger adds up."""
    data = bytearray(file.log.read_bytes())
    rng = random.Random(file.toml.stem)
    for _ in range(4):
        at = rng.randrange(len(data))
        data[at : at + 8] = rng.randbytes(8)
        _adds_up(read_sample(bytes(data), _claims(file)).facts)


@everyone
def test_nothing_and_noise_give_nothing(file):
    """Empty input and random bytes give no points by this grammar."""
    assert not read_sample(b"", _claims(file)).points
    rng = random.Random(file.toml.stem)
    got = read_sample(rng.randbytes(4000), _claims(file))
    _adds_up(got.facts)
    assert not got.tally.rules()
