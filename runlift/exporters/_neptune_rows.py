"""Rows of the tall layout that neptune-exporter writes and its loaders read.

Source: neptune-exporter, ``src/neptune_exporter/model.py`` (schema) and ``storage/parquet_writer.py`` (file names).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from runlift.moving.files import named_media
from runlift.moving.items import Item, time_of
from runlift.moving.series import milliseconds
from runlift.moving.settings import project_of, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series

SCHEMA = pa.schema(
    [
        ("project_id", pa.string()),
        ("run_id", pa.string()),
        ("attribute_path", pa.string()),
        ("attribute_type", pa.string()),
        ("step", pa.decimal128(18, 6)),
        ("timestamp", pa.timestamp("ms", tz="UTC")),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("string_value", pa.string()),
        ("bool_value", pa.bool_()),
        ("datetime_value", pa.timestamp("ms", tz="UTC")),
        ("string_set_value", pa.list_(pa.string())),
        ("file_value", pa.struct([("path", pa.string())])),
        (
            "histogram_value",
            pa.struct([("type", pa.string()), ("edges", pa.list_(pa.float64())), ("values", pa.list_(pa.float64()))]),
        ),
    ]
)
_SYS = {"name": "sys/name", "notes": "sys/description", "host": "sys/hostname", "user_name": "sys/owner"}
_MORE = ("status", "group_name", "job_type", "command", "git_commit", "git_remote", "parent_run_id", "framework")
FILES = "files"


def safe(part: str) -> str:
    """A project or run id as a part of a path."""
    plain = "".join(c if c.isalnum() or c in "_-" else "_" for c in part)
    return f"{plain}-{hashlib.blake2b(part.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def fields(run: Prepared) -> dict[str, str]:
    """What is said of the run itself, by attribute path."""
    row = run.row
    found = {"sys/custom_run_id": run.run_id}
    found |= {path: row[column] for column, path in _SYS.items() if row[column]}
    found |= {f"runlift/{column}": row[column] for column in _MORE if row[column]}
    for column in ("started_at", "ended_at"):  # exact beside sys/creation_time, which is in milliseconds
        if row[column]:
            found[f"runlift/{column}"] = row[column].isoformat()
    return found


def scalar_rows(run: Prepared) -> Iterator[dict[str, Any]]:
    """Rows that are no series: fields, tags, settings, files."""
    row = run.row
    for path, text in run.fields.items():
        yield {"attribute_path": path, "attribute_type": "string", "string_value": text}
    if row["tags"]:
        yield {"attribute_path": "sys/tags", "attribute_type": "string_set", "string_set_value": row["tags"]}
    for column, path in (("started_at", "sys/creation_time"), ("ended_at", "sys/modification_time")):
        if row[column]:
            time = row[column].replace(microsecond=row[column].microsecond // 1000 * 1000)
            yield {"attribute_path": path, "attribute_type": "datetime", "datetime_value": time}
    if row["status"] in ("finished", "failed", "killed"):
        failed = row["status"] != "finished"
        yield {"attribute_path": "sys/failed", "attribute_type": "bool", "bool_value": failed}
    for key, stored in run.param_rows.items():
        value = typed(stored, run.params[key])
        kind = "string" if isinstance(value, str) else type(value).__name__
        yield {"attribute_path": f"params/{key}", "attribute_type": kind, f"{kind}_value": value}
    where = file_folder(run)
    for item in run.files:
        if not item.name.startswith("media/"):
            held = {"path": f"{where}/{item.name}"}
            yield {"attribute_path": f"{FILES}/{item.name}", "attribute_type": "file", "file_value": held}


def file_folder(run: Prepared) -> str:
    """The run's folder among the files."""
    return f"{safe(project_of(run))}/{safe(run.run_id)}"


def item_rows(run: Prepared) -> Iterator[dict[str, Any]]:
    """Texts, histograms and media over steps."""
    where = file_folder(run)
    for row in run.content.items.get("texts", []):
        yield _over_steps(run, row, "texts", "string_series") | {"string_value": row["text"]}
    for row in run.content.items.get("histograms", []):
        edges = [*row["left"], *row["right"][-1:]]
        value = {"type": "COUNTING", "edges": edges, "values": row["count"]}
        yield _over_steps(run, row, "histograms", "histogram_series") | {"histogram_value": value}
    for row, name in named_media(run.content):
        value = {"path": f"{where}/{name}"}
        yield _over_steps(run, row, "media", "file_series") | {"file_value": value}


def _over_steps(run: Prepared, row: dict[str, Any], kind: str, type_: str) -> dict[str, Any]:
    time = int(milliseconds(np.array([time_of(row, run.content.start)]))[0])
    return {"attribute_path": f"{kind}/{row['tag']}", "attribute_type": type_, "step": row["step"], "timestamp": time}


def items(rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> Iterator[Item]:
    """The rows of items as digests are made of."""
    for row in rows:
        data = row.get("string_value") or row.get("file_value") or row.get("histogram_value")
        if isinstance(data, dict) and "edges" in data:
            data = [data["type"], np.array(data["edges"]).tobytes(), np.array(data["values"]).tobytes()]
        step = -1 if row["step"] is None else int(row["step"])
        yield row["attribute_type"], row["attribute_path"], step, row["timestamp"], repr(data).encode()


def point_rows(run: Prepared, series: Series) -> pa.RecordBatch:
    """One metric."""
    n = len(series)
    none = {f.name: pa.nulls(n, f.type) for f in SCHEMA}
    times = pa.array(milliseconds(np.nan_to_num(series.time)), mask=np.isnan(series.time))
    made = none | {
        "project_id": _same(project_of(run), n),
        "run_id": _same(run.run_id, n),
        "attribute_path": _same(f"metrics/{run.names[series.metric]}", n),
        "attribute_type": _same("float_series", n),
        "step": pa.array(series.step).cast(pa.decimal128(25, 6)).cast(pa.decimal128(18, 6)),
        "timestamp": times.cast(pa.timestamp("ms", tz="UTC")),
        "float_value": pa.array(series.value),
    }
    return pa.RecordBatch.from_arrays(list(made.values()), schema=SCHEMA)


def own_rows(run: Prepared) -> pa.RecordBatch:
    """What is said of the run once: fields, tags, settings, files."""
    return as_batch(run, list(scalar_rows(run)))


def as_batch(run: Prepared, rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Rows of the run in the layout."""
    same = {"project_id": project_of(run), "run_id": run.run_id}
    return pa.RecordBatch.from_pylist([same | row for row in rows], schema=SCHEMA)


def _same(text: str, n: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(n, np.int32)))
