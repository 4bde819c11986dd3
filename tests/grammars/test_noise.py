"""Lines of others between the lines of a log, and blocks that end anywhere, do not change what the log gives."""

from __future__ import annotations

import json

import pytest

from runlift.facts import Points
from runlift.grammars._catalogue import catalogue
from runlift.grammars._claims import Claims
from runlift.grammars._load import built_in, folder
from runlift.grammars._reading import Reading
from runlift.grammars._sample import expected_lines, read_sample
from runlift.wire.line_text import calm

NOISE = [
    "Saving checkpoint to out/latest.pt", "lib/python3.11/site-packages/foo/bar.py:123: UserWarning: the 3 is deprecated", "",
    "Loading 12 shards done",
]  # fmt: skip


def _series(rows):
    return {(r["metric"], tuple(r["value"]), tuple(r.get("step") or ())) for r in rows if "metric" in r}


def _expected(file):
    return _series(map(json.loads, file.expected.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("noise", NOISE)
def test_lines_of_others_between_change_nothing(noise):
    """Nearly every series of every sample is found with a foreign line in five, at its steps, and none is made up."""
    found = wanted = 0
    for file in catalogue(folder() / "none"):
        lines = []
        for i, line in enumerate(file.log.read_bytes().decode("utf-8").split("\n")):
            lines += [line, noise] if i % 4 == 3 else [line]
        got = _series(map(json.loads, expected_lines(read_sample("\n".join(lines).encode(), Claims(built_in())))))
        want = _expected(file)
        wanted += len(want)
        found += len(want & got)
        assert {m for m, _, _ in got} <= {m for m, _, _ in want}, file.toml.stem
    assert found / wanted >= 0.98


def test_blocks_may_end_anywhere():
    """Read in blocks of a third of its lines, a sample gives nearly all that it gives whole."""
    found = wanted = 0
    for file in catalogue(folder() / "none"):
        lines = calm(file.log.read_bytes()).splitlines(keepends=True)
        reading, series = Reading(Claims(built_in())), {}
        size = max(len(lines) // 3, 1)
        for at in range(0, len(lines), size):
            for f in reading.facts(b"".join(lines[at : at + size])):
                if isinstance(f, Points):
                    series.setdefault(f.metric, []).extend(f.value.tolist())
        got = {tuple(v) for v in series.values()}
        want = [tuple(float(x) for x in values) for _, values, _ in _expected(file)]
        wanted += len(want)
        found += sum(w in got for w in want)
    assert found / wanted >= 0.9
