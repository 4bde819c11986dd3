"""Runs side by side: which settings differ, how their metrics stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runlift.answers.asked import params_of

if TYPE_CHECKING:
    from runlift.api import RunStore


@dataclass(frozen=True, slots=True)
class ParamRow:
    """One setting: its value in each run as text, None where that run has none."""

    key: str
    values: tuple[str | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric: its last and best value in each run. ``best`` follows ``goal`` and is None where that is unknown.

    ``delta``: last value of the last run less that of the first, None where one lacks it.
    """

    metric: str
    goal: str
    last: tuple[float | None, ...]
    best: tuple[float | None, ...]
    last_step: tuple[int | None, ...]
    delta: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer: runs in the order asked for, all settings and metrics that any of them has, by name."""

    run_ids: tuple[str, ...]
    names: tuple[str, ...]
    params: tuple[ParamRow, ...]
    metrics: tuple[MetricRow, ...]


def compare(store: RunStore, runs: list[str]) -> Comparison:
    """Compare runs, named by id, beginning of an id, or name.

    Raises:
        RunNotFoundError, AmbiguousRunError.
    """
    ids = tuple(dict.fromkeys(store.find(r) for r in runs))
    names = {r["run_id"]: r["name"] for r in store.rows("SELECT run_id, name FROM runs")}
    params = _by_run(params_of(store, list(ids)), "key")
    metrics = _by_run(_metrics(store, list(ids)), "metric")
    return Comparison(
        ids,
        tuple(names[i] for i in ids),
        tuple(_param(key, found, ids) for key, found in sorted(params.items())),
        tuple(_metric(name, found, ids) for name, found in sorted(metrics.items())),
    )


def _metrics(store: RunStore, ids: list[str]) -> list[dict[str, Any]]:
    query = "SELECT * FROM named_metrics WHERE run_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY run_id, metric"
    return store.rows(query, [ids])


def _by_run(rows: list[dict[str, Any]], word: str) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[word], {})[row["run_id"]] = row
    return found


def _param(key: str, found: dict[str, dict[str, Any]], ids: tuple[str, ...]) -> ParamRow:
    values = tuple(found[i]["value"] if i in found else None for i in ids)
    return ParamRow(key, values, differs=len(set(values)) > 1)


def _metric(name: str, found: dict[str, dict[str, Any]], ids: tuple[str, ...]) -> MetricRow:
    goal = next((r["goal"] for r in found.values() if r["goal"] != "unknown"), "unknown")

    def each(column: str | None) -> tuple[Any, ...]:
        return tuple(found[i][column] if i in found and column else None for i in ids)

    last = each("last")
    delta = last[-1] - last[0] if last[0] is not None and last[-1] is not None else None
    return MetricRow(name, goal, last, each(goal if goal != "unknown" else None), each("last_step"), delta)
