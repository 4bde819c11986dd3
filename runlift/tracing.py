"""From a point back to the source's own line or record."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from runlift import registry
from runlift.ingest.discover import path_of
from runlift.ingest.guard import guarded_locate
from runlift.parsers._api import Source
from runlift.reports import TraceLine

if TYPE_CHECKING:
    from runlift.store.query import Store

LIMIT = 100


def trace_point(store: Store, run_id: str, metric: str, step: int | None) -> list[TraceLine]:
    """The lines or records of a metric's points at a step (all steps where None), at most 100."""
    condition, values = ("AND step = $3", [run_id, metric, step]) if step is not None else ("", [run_id, metric])
    points = store.rows(
        f"SELECT * FROM points WHERE run_id = $1 AND metric = $2 {condition} "
        f"ORDER BY superseded, source, position LIMIT {LIMIT}",
        values,
    )
    names = sorted({p["source"] for p in points})
    marks = ", ".join(f"${i + 1}" for i in range(len(names)))
    rows = store.rows(f"SELECT * FROM sources WHERE source IN ({marks})", names) if names else []
    sources = {r["source"]: r for r in rows}
    return [_line(p, sources.get(p["source"])) for p in points]


def trace_position(store: Store, source: str, position: int) -> TraceLine | None:
    """The line or record at a position of a source, None where the store does not know the source."""
    rows = store.rows("SELECT * FROM sources WHERE source = $1", [source])
    return _line({"source": source, "position": position}, rows[0]) if rows else None


def _line(point: dict[str, Any], row: dict[str, Any] | None) -> TraceLine:
    if row is None or row["format"] is None:
        return TraceLine(
            point["source"], point["position"], "", "", None, "the store no longer knows this source", point
        )
    path = path_of(row["path"])
    source = Source(path, row["source"], row["bytes"], row["mtime"] or 0)
    unit = {"bytes": "byte", "lines": "line", "rows": "row"}.get(row["unit"] or "", "position")
    text = guarded_locate(registry.parser(row["format"]), source, point["position"])
    note = ""
    if text is None:
        note = "the source is no longer there" if "://" not in path and not os.path.exists(path) else "cannot be read"
    elif "://" not in path and os.stat(path).st_size < row["bytes"]:
        note = "the source has changed since it was read"
    return TraceLine(row["path"], point["position"], unit, row["format"], text, note, point)
