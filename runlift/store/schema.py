"""Arrow schemas and Parquet settings of the tables, derived from ``runlift.model``."""

from __future__ import annotations

import functools
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from runlift.model import TABLES, Column, Table

ROW_GROUP = 200_000

DICTIONARY = pa.dictionary(pa.int32(), pa.string())

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "list<string>": pa.list_(pa.string()),
    "list<double>": pa.list_(pa.float64()),
    "list<int64>": pa.list_(pa.int64()),
}


@functools.cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table."""
    return pa.schema([pa.field(c.name, _TYPES[c.type]) for c in TABLES[table].columns])


@functools.cache
def part_schema(table: str) -> pa.Schema:
    """The schema that parts are written with: repeating strings as dictionaries, which spares decoding them."""
    return pa.schema([pa.field(c.name, DICTIONARY if c.dictionary else _TYPES[c.type]) for c in TABLES[table].columns])


def _leaf(c: Column) -> str:
    return f"{c.name}.list.element" if c.type.startswith("list<") else c.name


def _encoding(c: Column) -> str | None:
    if c.type in ("int32", "int64", "timestamp"):
        return "DELTA_BINARY_PACKED"
    if c.type == "double":
        return "BYTE_STREAM_SPLIT"
    return None


@functools.cache
def _writer_options(table: str) -> dict[str, Any]:
    t: Table = TABLES[table]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": [_leaf(c) for c in t.columns if c.dictionary],
        "column_encoding": {c.name: e for c in t.columns if (e := _encoding(c))},
        # Minimum and maximum of a column with NaN make DuckDB and Arrow skip row groups that match: none for doubles.
        "store_schema": False,
        "write_statistics": [_leaf(c) for c in t.columns if "double" not in c.type],
    }


def parquet_writer(table: str, path: str) -> pq.ParquetWriter:
    """A Parquet writer for one part of a table."""
    return pq.ParquetWriter(path, part_schema(table), **_writer_options(table))


def rows_to_table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows (missing columns are null) as an Arrow table of that table's part schema."""
    schema = part_schema(table)
    return pa.table({f.name: pa.array([r.get(f.name) for r in rows], f.type) for f in schema}, schema=schema)
