"""Answers against values that are known: filters, leaderboard, groups, importance, front, names, divergence."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from scipy import stats

import runlift
from runlift.answers import names, tables
from runlift.answers.compare import compare
from runlift.answers.divergence import divergence
from runlift.answers.filters import filter_sql, select_runs
from runlift.answers.groups import groups, t95
from runlift.answers.importance import FEWEST_RUNS, importance
from runlift.answers.leaderboard import leaderboard
from runlift.answers.pareto import pareto
from runlift.errors import MetricNotFoundError, OptionError, RunliftError


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("", 24),
        ("lr<0.05", 12),
        ("lr=0.1 and param.name=adam", 6),
        ('optim.lr=0.1 run~"sgd"', 6),
        ("param.name=sgd or param.name=adam", 24),
        ("not param.name=sgd", 12),
        ("(lr=0.1 or lr=0.01) and seed>=4", 8),
        ("metric.acc>1.9 param.name=adam", 5),
        ("run.name ~ 's[01]/' seed!=1", 4),
        ("seed !~ '[0-4]'", 4),
        ('seed=1 output_dir="1"', 4),
        ("seed=1 or seed=2", 8),
        ("`optim.lr`=0.1", 12),
        ("seed~1", 4),
        ("notes=x", 0),
        ("not(seed=1)", 20),
    ],
)
def test_filters_choose_runs(store, expression, count):
    """Settings by their full or last name, metrics by their last value, columns of runs; and, or, not, side by side."""
    assert len(select_runs(store, expression)) == count


@pytest.mark.parametrize(
    "text", ["lr <", "and", "lr=0.1)", "nonsense=3", "lr < 'a", "'; DROP TABLE runs", "seed=1 or", "acc=word"]
)
def test_a_filter_that_cannot_be_read_says_so(store, text):
    """One clear error; what there is is named."""
    with pytest.raises(OptionError, match="filter"):
        select_runs(store, text)


def test_a_filter_is_never_sql(store):
    """Values travel as parameters, whatever stands in them."""
    where, values = filter_sql(store, 'run="x\' OR 1=1 --"')
    assert "1=1" not in where
    assert values == ["x' OR 1=1 --"]
    assert select_runs(store, 'run="x\' OR 1=1 --"') == []


def test_leaderboard_by_goal_with_ties(store):
    """The best first, equal values share a rank, and the step is where the best was first reached."""
    board = leaderboard(store, "acc", top=3)
    assert board.goal == "max"
    assert [p.best for p in board.places] == pytest.approx([value("adam", s) for s in (5, 4, 3)])
    assert board.places[0].step == 9
    assert board.without == 4
    tied = leaderboard(store, "cost", goal="min", top=1)
    assert {p.rank for p in tied.places} == {1}
    assert len(tied.places) == 12
    assert "optim.name" in tied.params


def value(opt, seed):
    """The metric of the study at lr 0.1 and the last step."""
    return 1.0 + (opt == "adam") + seed / 100 + 9 / 1000


def test_leaderboard_says_what_is_wrong(store):
    """An unknown metric names those that there are; a goal that the name does not tell is asked for."""
    with pytest.raises(MetricNotFoundError, match="acc"):
        leaderboard(store, "accc")
    with pytest.raises(OptionError, match="--goal"):
        leaderboard(store, "acc", goal="up")


def test_groups_find_seeds_and_count_runs(store):
    """Runs equal in all but the seed are one group; where some ended early, n says so and the mean is of the rest."""
    found = groups(store, "acc")
    assert found.seeds == ("seed",)
    assert set(found.by) == {"optim.lr", "optim.name"}
    assert [len(g.run_ids) for g in found.groups] == [5] * 4
    short = next(g for g in found.groups if g.params["optim.lr"] == "0.1" and g.params["optim.name"] == "sgd")
    assert short.n.tolist() == [5] * 5 + [2] * 5
    assert short.mean[4] == pytest.approx(1.0 + np.mean([1, 2, 3, 4, 5]) / 100 + 0.004)
    assert short.mean[9] == pytest.approx(1.0 + np.mean([1, 2]) / 100 + 0.009)
    values = [1.0 + s / 100 + 0.004 for s in (1, 2, 3, 4, 5)]
    assert short.std[4] == pytest.approx(np.std(values, ddof=1))
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert short.half[4] == pytest.approx((high - low) / 2, rel=1e-3)


def test_groups_by_settings(store):
    """Named settings make the groups; one that no run has is an error."""
    assert len(groups(store, "acc", by=("optim.lr",)).groups) == 2
    with pytest.raises(OptionError, match="--by"):
        groups(store, "acc", by=("depth",))


def test_the_interval_is_students(store):
    """The table of Student's t is right within 0.2% for every degree of freedom."""
    del store
    df = np.arange(1, 400)
    assert np.allclose(t95(df), stats.t.ppf(0.975, df), rtol=2e-3)
    assert math.isnan(t95(np.array([0]))[0])


def test_importance_finds_the_drivers(store):
    """The settings that make the metric come first, with the sign of their rank correlation; the seed hardly counts."""
    found = importance(store, "acc")
    assert not found.silent
    assert {d.param for d in found.drivers[:2]} == {"optim.lr", "optim.name"}
    assert found.drivers[0].low > 0
    lr = next(d for d in found.drivers if d.param == "optim.lr")
    assert lr.correlation == pytest.approx(stats.spearmanr([0.01] * 10 + [0.1] * 10, range(20)).statistic, abs=0.5)
    assert lr.correlation > 0
    seed = next(d for d in found.drivers if d.param == "seed")
    assert seed.importance < lr.importance
    assert "output_dir" not in {d.param for d in found.drivers}
    assert importance(store, "acc") == found


def test_importance_is_silent_with_few_runs(store):
    """With too few runs there is no answer, and it says why."""
    found = importance(store, "acc", runs="seed=1")
    assert (found.drivers, found.runs) == ((), 4)
    assert str(FEWEST_RUNS) in found.silent


def test_pareto_front(store):
    """A run is on the front when no other is at least as good on all and better on one."""
    found = pareto(store, ["acc:max", "cost:min"])
    front = [c for c in found.candidates if c.front]
    for c in found.candidates:
        beaten = any(
            o.values[0] >= c.values[0] and o.values[1] <= c.values[1] and o.values != c.values for o in found.candidates
        )
        assert c.front is not beaten
    assert 0 < len(front) < len(found.candidates)
    with pytest.raises(OptionError, match="two metrics"):
        pareto(store, ["acc"])


def test_names_are_proposed_confirmed_and_undone(store):
    """What looks like one metric is proposed; what is confirmed stands in SQL and can be taken back."""
    (proposal,) = names.propose(store)
    assert (proposal.metric, proposal.names) == ("acc", ("accuracy",))
    names.confirm(store, "acc", ["accuracy"])
    assert names.propose(store) == []
    with runlift.open(store.root) as again:
        assert again.sql("SELECT * FROM aliases", arrow=True).to_pylist() == [{"name": "accuracy", "metric": "acc"}]
        assert "accuracy" in set(again.metrics()["metric"])
    with pytest.raises(OptionError, match="confirmed to mean"):
        names.confirm(store, "accuracy", ["acc"])
    assert names.undo(store, "acc") == {}
    with pytest.raises(RunliftError):
        names.undo(store, "acc")
    with pytest.raises(MetricNotFoundError):
        names.confirm(store, "acc", ["nothing"])


def test_where_two_runs_part(tmp_path):
    """The difference at shared steps, and the first step where it is more than the tolerance; NaN equals NaN."""
    for name, rows in (("a", "0,1\n1,nan\n2,3\n3,4\n"), ("b", "0,1\n1,nan\n2,3.5\n4,9\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.csv").write_text("step,loss\n" + rows)
    runlift.ingest([tmp_path / "a", tmp_path / "b"], tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        a, b = (store.sql("SELECT run_id FROM runs WHERE contains(source, $1)", [f"/{n}/"])["run_id"][0] for n in "ab")
        found = divergence(store, a, b, "loss")
        assert (found.step.tolist(), found.first) == ([0, 1, 2], 2)
        assert found.difference[2] == 0.5
        assert divergence(store, a, b, "loss", tolerance=1.0).first is None


def test_tables_for_papers_and_pages(store):
    """CSV keeps every digit, Markdown and LaTeX escape what would break them."""
    sheet = tables.Sheet(("a_b", "x|y"), (("50%_&", 0.1 + 0.2), ("=1+1", float("nan"))))
    rows = list(csv.reader(io.StringIO(tables.as_csv(sheet))))
    assert rows == [["a_b", "x|y"], ["50%_&", "0.30000000000000004"], ["'=1+1", "nan"]]
    assert r"| a_b | x\|y |" in tables.as_markdown(sheet)
    latex = tables.as_latex(sheet)
    assert r"50\%\_\& & 0.3 \\" in latex
    assert latex.count(r"\toprule") == latex.count(r"\bottomrule") == 1
    for made in (
        tables.leaderboard_sheet(leaderboard(store, "acc")),
        tables.groups_sheet(groups(store, "acc")),
        tables.pareto_sheet(pareto(store, ["acc:max", "cost:min"])),
        tables.importance_sheet(importance(store, "acc")),
    ):
        assert made.rows
        assert {len(r) for r in made.rows} == {len(made.columns)}
        assert list(made.frame().columns) == list(made.columns)


def test_compare_answers_as_data(store):
    """Two runs of one seed: the learning rate differs, and the metric with it."""
    ids = select_runs(store, "param.name=adam seed=3")
    found = compare(store, ids)
    assert "optim.lr" in {p.key for p in found.params if p.differs}
    assert tables.compare_sheet(found).rows
