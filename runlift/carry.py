"""Taking over what the store holds of a run's unchanged sources, so that they are not decoded again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift import registry
from runlift.facts import Points
from runlift.ingest.normalise import RESTART, Drafts, Reading, RunDraft
from runlift.model import TABLES
from runlift.store.parts import read_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_OF_THE_END = ("unfinished-record", "not-event-data")
_ITEMS = ("texts", "histograms", "media", "curves", "tensors", "artifacts")


@dataclass(frozen=True, slots=True)
class CarriedRun:
    """What to take over: from a run (its row of ``runs``) all that came from these sources (their rows).

    ``read_on``: names of sources that have grown and are read on: what was said of their end no longer holds.
    """

    run: dict[str, Any]
    source_rows: tuple[dict[str, Any], ...]
    read_on: frozenset[str] = frozenset()


def carry_over(carried: CarriedRun, drafts: Drafts, root: str) -> None:
    """Put a run's stored rows of some sources into its draft, as if they had just been read."""
    run = carried.run
    key = "" if run["run_id"] == drafts.run_of("", None) else f"id:{run['run_id']}"
    draft = drafts.by_key.setdefault(key, RunDraft(run["run_id"]))
    _said(draft, run)
    readings = {row["source"]: _reading(row) for row in carried.source_rows}
    for reading in readings.values():
        draft.reading(reading)
    for part in run["parts"]:
        _points(draft, drafts, readings, read_rows(root, "points", part, run["run_id"]))
        for row in _rows(root, "params", part, run["run_id"], readings):
            draft.params[row["key"], row["source"]] = row
        for table in _ITEMS:
            draft.rows[table] += _rows(root, table, part, run["run_id"], readings)
        found = _rows(root, "issues", part, run["run_id"], readings)
        draft.issues += [r for r in found if _holds(r, carried.read_on)]
    for row in draft.rows["texts"]:
        if row["tag"] == RESTART:
            draft.mark(draft.reading(readings[row["source"]]), row["position"], row["step"])


def _holds(issue: dict[str, Any], read_on: frozenset[str]) -> bool:
    if issue["code"] in _OF_THE_END:
        return issue["source"] not in read_on
    return issue["code"] not in ("restart", "mirrored-metric", "local-steps")


def _reading(row: dict[str, Any]) -> Reading:
    parser = registry.parser(row["format"])
    return Reading(row["source"], parser.name, parser.rank, row["copy_of"] is not None)


def _said(draft: RunDraft, run: dict[str, Any]) -> None:
    words = ("name", "project", "native_id", "group_name", "job_type", "framework", "host", "user_name", "command",
             "git_commit", "git_remote", "sweep_id", "notes")  # fmt: skip
    draft.said |= {w: run[w] for w in words if run[w] is not None}
    draft.tags += run["tags"] or []
    if run["status"] != "unknown":
        draft.statuses.append(run["status"])
    for word in ("started_at", "ended_at"):
        if run[word] is not None:
            draft.see_time(run[word].timestamp())


def _rows(root: str, table: str, part: str, run_id: str, readings: dict[str, Reading]) -> list[dict[str, Any]]:
    found = read_rows(root, table, part, run_id)
    return [] if found is None else [r for r in found.to_pylist() if r["source"] in readings]


def _points(draft: RunDraft, drafts: Drafts, readings: dict[str, Reading], found: pa.Table | None) -> None:
    if found is None or found.num_rows == 0:
        return
    names = {name: i for i, name in enumerate(TABLES["points"].names)}
    metric, source = (found.column(names[c]).to_numpy(zero_copy_only=False) for c in ("metric", "source"))
    cuts = np.flatnonzero((metric[1:] != metric[:-1]) | (source[1:] != source[:-1])) + 1
    for a, b in zip([0, *cuts], [*cuts, len(metric)], strict=True):
        if source[a] in readings:
            block = _block(found.slice(a, b - a), str(metric[a]))
            draft.n_points += b - a
            drafts.spool.add(draft.run_id, draft.reading(readings[source[a]]), block)


def _block(rows: pa.Table, metric: str) -> Points:
    def doubles(name: str) -> NDArray[np.float64]:
        return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), np.float64)

    step = rows.column("step")
    missing = step.is_null().to_numpy(zero_copy_only=False).astype(bool)
    return Points(
        metric=metric,
        step=step.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64),
        step_missing=missing if missing.any() else None,
        value=doubles("value"),
        position=rows.column("position").to_numpy(zero_copy_only=False).astype(np.int64),
        epoch=doubles("epoch"),
        wall_time=doubles("wall_time"),
    )
