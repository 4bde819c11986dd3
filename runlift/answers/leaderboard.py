"""Which runs are best by a metric, with ties, and the step where each was best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.answers.asked import metric_names, params_of
from runlift.answers.filters import Wanted, select_runs
from runlift.errors import MetricNotFoundError, OptionError

if TYPE_CHECKING:
    from runlift.api import RunStore

GOALS = ("min", "max")


@dataclass(frozen=True, slots=True)
class Place:
    """One run's place. Equal values share a ``rank``; ``step`` is where ``best`` was first reached."""

    rank: int
    run_id: str
    name: str
    best: float
    step: int | None
    last: float | None
    n: int
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The answer. ``params``: settings that differ among the runs shown; ``without``: runs without a finite value."""

    metric: str
    goal: str
    places: tuple[Place, ...]
    params: tuple[str, ...]
    without: int


def leaderboard(
    store: RunStore, metric: str, *, runs: Wanted = None, goal: str | None = None, top: int = 20
) -> Leaderboard:
    """The best runs by a metric.

    Args:
        store: An open store.
        metric: The metric.
        runs: A filter (``answers.filters``) or ids; None for all.
        goal: ``min`` or ``max``; None takes what the metric's name or source says.
        top: At most so many places; ties of the last place are all shown. 0: all.

    Raises:
        MetricNotFoundError: No run has the metric.
        OptionError: The goal is unknown and not given, or the filter cannot be read.
    """
    ids = select_runs(store, runs)
    way = goal or _goal(store, metric)
    if way not in GOALS:
        raise OptionError("--goal", way, "min or max: the metric's name does not tell which is better")
    order = "ASC" if way == "min" else "DESC"
    rows = store.rows(
        "WITH best AS (SELECT run_id, name, "
        f"{way} AS best, last, n FROM named_metrics JOIN runs USING (run_id) "
        "WHERE metric = $1 AND run_id IN (SELECT unnest($2::VARCHAR[]))) "
        f"SELECT rank() OVER (ORDER BY best {order}) AS rank, * FROM best WHERE best IS NOT NULL ORDER BY 1, name, run_id",
        [metric, ids],
    )
    kept = [r for r in rows if not top or r["rank"] <= top]
    steps = _steps(store, metric, {r["run_id"]: r["best"] for r in kept})
    keys, params = differing_params(store, [r["run_id"] for r in kept])
    places = tuple(Place(**r, step=steps.get(r["run_id"]), params=params.get(r["run_id"], {})) for r in kept)
    return Leaderboard(metric, way, places, tuple(keys), len(ids) - len(rows))


def _goal(store: RunStore, metric: str) -> str:
    found = store.rows("SELECT DISTINCT goal FROM named_metrics WHERE metric = $1", [metric])
    if not found:
        raise MetricNotFoundError(metric, metric_names(store))
    said = [r["goal"] for r in found if r["goal"] in GOALS]
    return said[0] if len(set(said)) == 1 else "unknown"


def _steps(store: RunStore, metric: str, best: dict[str, float]) -> dict[str, int | None]:
    """The first step at which each run has its best value."""
    rows = store.rows(
        "SELECT run_id, value, min(step) AS step FROM named_history WHERE metric = $1 AND run_id IN (SELECT unnest($2::VARCHAR[])) "
        "GROUP BY ALL",
        [metric, list(best)],
    )
    return {r["run_id"]: r["step"] for r in rows if r["value"] == best[r["run_id"]]}


def differing_params(store: RunStore, ids: list[str], most: int = 8) -> tuple[list[str], dict[str, dict[str, str]]]:
    """(keys whose values differ among these runs, at most so many; run_id -> key -> value)."""
    values: dict[str, dict[str, str]] = {}
    for row in params_of(store, ids):
        values.setdefault(row["key"], {})[row["run_id"]] = row["value"]
    differ = [k for k, v in values.items() if len(set(v.values())) > 1 or 0 < len(v) < len(ids)]
    keys = sorted(sorted(differ), key=lambda k: -len(values[k]))[:most]
    return keys, {i: {k: values[k][i] for k in keys if i in values[k]} for i in ids}
