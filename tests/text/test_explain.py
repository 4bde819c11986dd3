"""``scan --explain`` and ``ingest --pattern``: what is said before anything is written."""

from __future__ import annotations

import pytest

COGS = "".join(f"cog {k} gives {k * 7} widgets of size {k}.25\n" for k in range(1, 9))
LOG = f"starting up\n{COGS}epoch 1 loss 0.5\nepoch 2 loss 0.4\n"


@pytest.fixture
def log(tmp_path):
    """A log with lines that nothing reads."""
    path = tmp_path / "odd.log"
    path.write_text(LOG, encoding="utf-8")
    return path


def test_explain_says_shapes_coverage_and_suggestions(runlift, runlift_json, log):
    """Each shape has its count and what it gave; lines and numbers are summed up; unread ones are suggested."""
    said = runlift("scan", log, "--explain").stdout
    assert "Lines: 11 = 2 used + 0 ignored + 9 unread." in said
    assert "Numbers: 4 of 28 were read" in said
    assert "cog" in said
    (made,) = runlift_json("scan", log, "--explain")
    assert made["shapes"][0]["count"] == 8
    assert made["shapes"][0]["outcome"] == "unread"
    assert made["shapes"][1]["gave"] == ["loss"]
    assert made["suggestions"][0][0] == 8


def test_a_suggestion_can_be_used_as_it_is(runlift, runlift_json, log, tmp_path):
    """The pattern that is suggested matches the lines that it is suggested for."""
    (made,) = runlift_json("scan", log, "--explain")
    said = runlift("ingest", log, "--store", tmp_path / "s", "--pattern", made["suggestions"][0][1]).stdout
    assert "8 of 11 lines match" in said


def test_a_pattern_says_its_lines_and_is_then_used(runlift, runlift_json, log, tmp_path):
    """The lines that a pattern matches are said, then they are read by it."""
    store = tmp_path / "store"
    said = runlift(
        "ingest", log, "--store", store, "--pattern", "cog {step:d} gives {widgets} widgets of size {size}"
    ).stdout
    assert said.index("8 of 11 lines match") < said.index("runs written")
    assert "the first: cog 1 gives 7 widgets" in said
    rows = runlift_json("sql", "SELECT metric, count(*) n FROM points GROUP BY 1 ORDER BY 1", "--store", store)
    assert rows == [{"metric": "loss", "n": 2}, {"metric": "size", "n": 8}, {"metric": "widgets", "n": 8}]


def test_a_pattern_that_matches_nothing_writes_nothing(runlift, log, tmp_path):
    """Where no line matches, the command says so in one line and no store is made."""
    store = tmp_path / "store"
    assert "matches --pattern" in runlift("ingest", log, "--store", store, "--pattern", "nothing {x}", code=2).stderr
    assert not store.exists()


def test_a_pattern_with_a_mistake_is_one_clear_line(runlift, log, tmp_path):
    """A mistake in a pattern is told with what to do."""
    done = runlift("ingest", log, "--store", tmp_path / "s", "--pattern", "it {step:q}", code=2)
    assert "Kinds are d, avg, k, w, t" in done.stderr
