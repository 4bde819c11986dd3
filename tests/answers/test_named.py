"""Confirmed names act in every answer: lines, table of runs, filters, best runs, groups, comparison, traces."""

from __future__ import annotations

import pytest

import runlift
from runlift.answers.compare import compare
from runlift.answers.curves import lines
from runlift.answers.divergence import divergence
from runlift.answers.filters import select_runs
from runlift.answers.groups import groups
from runlift.answers.items import items
from runlift.answers.leaderboard import leaderboard
from runlift.answers.names import confirm, undo
from runlift.answers.study import overview, run_rows
from runlift.errors import OptionError


def test_lines_of_a_confirmed_name_are_drawn_under_its_metric(store):
    """Runs that logged accuracy give it where acc is asked for, in the order asked for; undone, they give nothing."""
    ids = sorted(select_runs(store, None))
    before = {line.run_id: line.last.tolist() for line in [*lines(store, "acc", ids), *lines(store, "accuracy", ids)]}
    alone = [line.run_id for line in lines(store, "acc", ids)]
    assert len(alone) == 20
    confirm(store, "acc", ["accuracy"])
    found = lines(store, "acc", ids)
    assert [line.run_id for line in found] == ids
    assert [line.last.tolist() for line in found] == [before[i] for i in ids]
    assert {len(line.x) for line in lines(store, "acc", ids, span=(0, 2))} == {3}
    undo(store, "accuracy")
    assert [line.run_id for line in lines(store, "acc", ids)] == alone


def test_answers_about_numbers_follow_the_confirmed_name(store):
    """The table of runs, filters, best runs, groups, comparisons and differences take what was logged under the other name."""
    ids = sorted(select_runs(store, None))
    others = {line.run_id for line in lines(store, "accuracy", ids)}
    lasts = {
        r["run_id"]: r["last"] for r in store.metrics(arrow=True).to_pylist() if r["metric"] in ("acc", "accuracy")
    }
    confirm(store, "acc", ["accuracy"])
    assert {r["run_id"]: r["m"]["acc"][0] for r in run_rows(store, ids)} == lasts
    assert not any("accuracy" in r["m"] for r in run_rows(store, ids))
    (acc,) = [m for m in overview(store)["metrics"] if "acc" in m["name"]]
    assert (acc["name"], acc["runs"]) == ("acc", len(ids))
    least = min(lasts.values())
    assert set(select_runs(store, f"acc>{least}")) == {i for i, last in lasts.items() if last > least}
    board = leaderboard(store, "acc", goal="max", top=0)
    assert {p.run_id for p in board.places} == set(ids)
    assert all(p.step is not None for p in board.places)
    assert {r for g in groups(store, "acc").groups for r in g.run_ids} == set(ids)
    one, other = min(others), min(set(ids) - others)
    (row,) = [m for m in compare(store, [one, other]).metrics if m.metric == "acc"]
    assert row.last == (lasts[one], lasts[other])
    assert len(divergence(store, one, other, "acc").step)
    assert store.trace(one, "acc")[0].point["metric"] == "accuracy"


def test_a_run_that_has_both_keeps_both(tmp_path):
    """Where one run logged two names of a metric, the metric's own stays its value and the other stands beside it."""
    for name, text in {"a": "step,acc,accuracy\n0,1,5\n", "b": "step,accuracy\n0,7\n"}.items():
        (tmp_path / "lab" / name).mkdir(parents=True)
        (tmp_path / "lab" / name / "log.csv").write_text(text)
    runlift.ingest(tmp_path / "lab", tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        confirm(store, "acc", ["accuracy"])
        found = store.sql("SELECT metric, value FROM named_history ORDER BY ALL", arrow=True).to_pylist()
        assert [(r["metric"], r["value"]) for r in found] == [("acc", 1.0), ("acc", 7.0), ("accuracy", 5.0)]
        assert store.sql("SELECT count(*) FROM history WHERE metric = 'accuracy'", arrow=True).column(0)[0].as_py() == 2
    with runlift.open(tmp_path / "s") as again:
        assert again.names == {"accuracy": "acc"}


def test_names_of_names_mean_the_last_metric(store):
    """What meant a metric means what that metric is confirmed to mean."""
    confirm(store, "accuracy", ["cost"])
    confirm(store, "acc", ["accuracy"])
    assert store.names == {"cost": "acc", "accuracy": "acc"}


def test_a_filter_knows_the_names_that_are_confirmed_meanwhile(store):
    """What a filter asked before does not hide a name that is confirmed or undone since."""
    assert select_runs(store, "accuracy>0")
    confirm(store, "acc", ["accuracy"])
    with pytest.raises(OptionError, match="accuracy"):
        select_runs(store, "accuracy>0")
    undo(store, "acc")
    assert select_runs(store, "accuracy>0")


def test_names_confirmed_elsewhere_stay(store):
    """A store that was opened before somebody else confirmed a name adds to what they confirmed."""
    with runlift.open(store.root) as other:
        confirm(other, "acc", ["accuracy"])
    confirm(store, "acc", ["cost"])
    assert store.names == {"accuracy": "acc", "cost": "acc"}
    with runlift.open(store.root) as other:
        undo(other, "cost")
    assert undo(store, "accuracy") == {}


def test_items_of_no_run_and_of_no_kind(store):
    """A store without media has none; what is no kind is refused."""
    assert items(store, "media") == {"rows": [], "total": 0}
    assert items(store, "texts", [], "x") == {"rows": [], "total": 0}
    with pytest.raises(OptionError, match="histograms"):
        items(store, "runs; DROP TABLE runs")
