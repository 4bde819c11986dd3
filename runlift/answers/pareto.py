"""The runs that no other run beats on all of several metrics at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runlift.answers.filters import Wanted, select_runs
from runlift.answers.leaderboard import GOALS, Leaderboard, leaderboard
from runlift.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.api import RunStore


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run with a finite best value of each metric; ``front``: no other run is as good on all and better on one."""

    run_id: str
    name: str
    values: tuple[float, ...]
    front: bool


@dataclass(frozen=True, slots=True)
class Pareto:
    """The answer: candidates, those of the front first. ``without``: runs that lack one of the metrics."""

    metrics: tuple[str, ...]
    goals: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    without: int


def pareto(store: RunStore, metrics: list[str], *, runs: Wanted = None) -> Pareto:
    """The Pareto front of runs over metrics, each named as ``loss`` or with its goal, as ``latency:min``.

    Raises:
        MetricNotFoundError, OptionError: A metric that there is not; fewer than two; a goal that is not known.
    """
    if len(metrics) < 2:
        raise OptionError("metrics", " ".join(metrics), "two metrics or more")
    boards = [_board(store, m, runs) for m in metrics]
    names = {p.run_id: p.name for b in boards for p in b.places}
    best = [{p.run_id: p.best for p in b.places} for b in boards]
    ids = [i for i in names if all(i in b for b in best)]
    values = np.array([[b[i] for b in best] for i in ids], float).reshape(len(ids), len(boards))
    sign = np.array([1.0 if b.goal == "min" else -1.0 for b in boards])
    front = _front(values * sign)
    found = [Candidate(i, names[i], tuple(v), bool(f)) for i, v, f in zip(ids, values.tolist(), front, strict=True)]
    found.sort(key=lambda c: (not c.front, c.values[0] * sign[0]))
    total = len(select_runs(store, runs))
    return Pareto(tuple(b.metric for b in boards), tuple(b.goal for b in boards), tuple(found), total - len(found))


def _board(store: RunStore, metric: str, runs: Wanted) -> Leaderboard:
    name, _, goal = metric.rpartition(":")
    if name and goal in GOALS:
        return leaderboard(store, name, runs=runs, goal=goal, top=0)
    return leaderboard(store, metric, runs=runs, top=0)


def _front(costs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows (the smaller the better, n x k) are not dominated; n rows in the order of their first cost."""
    front = np.ones(len(costs), bool)
    for i, row in enumerate(costs):
        others = costs[front & (np.arange(len(costs)) != i)]
        front[i] = not np.any(np.all(others <= row, axis=1) & np.any(others < row, axis=1))
    return front
