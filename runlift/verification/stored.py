"""What a store holds of one source, in the terms in which ``event_truth`` tells what the source holds."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.store.blobs import blob_path
from runlift.verification.event_truth import numbers, sha

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.store.query import Store
    from runlift.verification.event_truth import Content, Key

TABLES = ("texts", "histograms", "media", "curves", "tensors", "artifacts")
_OUR_OWN = ("hparams_experiment.json", "graph_def", "meta_graph_def", "session_log/start")


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A row of an item table; ``step`` and ``wall_time`` are None where the table has none.

    ``forms``: its content in each way that TensorBoard may tell it (old-style values carry other fields than tensors).
    """

    step: int | None
    wall_time: float | None
    forms: tuple[Content, ...]


@dataclass(slots=True)
class Stored:
    """Points by metric in file order as (step, wall_time, value); items by (table, tag); settings as read."""

    points: dict[str, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]
    items: dict[Key, list[StoredItem]]
    params: dict[str, dict[str, Any]]


def read_stored(store: Store, source: str) -> Stored:
    """All rows of one source, in file order."""
    items: dict[Key, list[StoredItem]] = defaultdict(list)
    for table in TABLES:
        rows = store.rows(f"SELECT * FROM {table} WHERE source = $1", [source])
        rows.sort(key=lambda r: r["position"])
        for row in rows:
            tag = row["name"] if table == "artifacts" else row["tag"]
            if tag not in _OUR_OWN and not tag.endswith(".display_name"):
                item = StoredItem(row.get("step"), row.get("wall_time"), _FORMS[table](store.root, row))
                items[table, tag].append(item)
    params = store.rows("SELECT * FROM params WHERE source = $1", [source])
    return Stored(_points(store, source), items, {p["key"]: p for p in params})


def _points(store: Store, source: str) -> dict[str, Any]:
    """DuckDB keeps the order of the parts, so that equal positions (several values in one record) stay in order."""
    query = "SELECT metric, step, wall_time, value, position FROM points WHERE source = $1"
    found = store.sql(query, [source])
    metric = found.column("metric").to_numpy(zero_copy_only=False).astype(object)
    columns = [found.column(c).to_numpy(zero_copy_only=False) for c in ("step", "wall_time", "value", "position")]
    by_metric = {}
    for name in dict.fromkeys(metric.tolist()):
        place = np.flatnonzero(metric == name)
        place = place[np.argsort(columns[3][place], kind="stable")]
        step, wall, value = (c[place] for c in columns[:3])
        by_metric[name] = (step.astype(np.int64), wall.astype(np.float64), value.astype(np.float64))
    return by_metric


def _text(_root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    return ((row["text"],),)


def _histogram(_root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    left, right, count = (numbers(row[c] or []) for c in ("left", "right", "count"))
    sums = numbers([np.nan if row[c] is None else row[c] for c in ("min", "max", "sum", "sum_squares")])
    return (left, right, count), (right, count, sums)


def _media(root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    digest = row["sha256"]
    if row["kind"] == "mesh":
        found = np.load(io.BytesIO(_blob(root, digest)), allow_pickle=False)
        return ((str(found.dtype), found.shape, sha(found.tobytes())),)
    if row["kind"] == "audio":
        return (digest, row["sample_rate"], row["length_frames"]), (digest, row["caption"])
    return ((digest, row["width"], row["height"]),)


def _curve(_root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    """Without the thresholds, which TensorBoard does not store but spreads evenly."""
    values = row["values"] or []
    k = len(values) // max(1, len(row["columns"]))
    return (numbers(values[: len(values) - k]),)


def _tensor(_root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    return ((row["dtype"], tuple(row["shape"]), row["sha256"]),)


def _artifact(root: str, row: dict[str, Any]) -> tuple[Content, ...]:
    if row["name"] != "custom_scalars_layout.json":
        return ((row["sha256"],),)
    return ((json.dumps(json.loads(_blob(root, row["sha256"])), sort_keys=True),),)


def _blob(root: str, digest: str) -> bytes:
    with open(blob_path(root, digest), "rb") as f:
        return f.read()


_FORMS = {
    "texts": _text,
    "histograms": _histogram,
    "media": _media,
    "curves": _curve,
    "tensors": _tensor,
    "artifacts": _artifact,
}
