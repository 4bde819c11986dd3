"""Writing parts: uniquely named Parquet files, one a table, invisible until they are committed."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from runlift.model import TABLES
from runlift.store.commit import stat_columns
from runlift.store.schema import ROW_GROUP, arrow_schema, parquet_writer, part_schema, rows_to_table

if TYPE_CHECKING:
    import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class PartFile:
    """A written file, ready to be committed: its table, path inside the table's folder, size, Delta statistics."""

    table: str
    path: str
    size: int
    rows: int
    stats: str


class _Range:
    """Smallest and largest string of each statistics column."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.low: dict[str, str] = {}
        self.high: dict[str, str] = {}

    def see(self, table: pa.Table) -> None:
        for name in self.columns:
            found = pc.min_max(_plain(table.column(name)))
            low, high = found["min"].as_py(), found["max"].as_py()
            if low is not None:
                self.low[name] = min(low, self.low.get(name, low))
                self.high[name] = max(high, self.high.get(name, high))

    def to_json(self, rows: int) -> str:
        zero = dict.fromkeys(self.columns, 0)
        return json.dumps({"numRecords": rows, "minValues": self.low, "maxValues": self.high, "nullCount": zero})


def _plain(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The distinct strings of a column: its dictionary where it has one, which is far shorter than the column."""
    if pa.types.is_dictionary(column.type):
        return pa.chunked_array([c.dictionary for c in column.chunks], type=column.type.value_type)
    return column


class _File:
    """One growing Parquet file; rows are buffered to full row groups."""

    def __init__(self, folder: str, table: str, unique: str) -> None:
        os.makedirs(folder, exist_ok=True)
        self.table, self.folder = table, folder
        self.full = os.path.join(folder, unique + ".parquet")
        self.writer: pq.ParquetWriter = parquet_writer(table, self.full)
        self.range = _Range(stat_columns(table))
        self.waiting: list[pa.Table] = []
        self.n_waiting = self.rows = 0

    def add(self, rows: pa.Table) -> None:
        self.range.see(rows)
        self.rows += rows.num_rows
        self.waiting.append(rows)
        self.n_waiting += rows.num_rows
        if self.n_waiting >= ROW_GROUP:
            self._flush(self.n_waiting - self.n_waiting % ROW_GROUP)

    def _flush(self, n: int) -> None:
        if n:
            whole = pa.concat_tables(self.waiting).unify_dictionaries()
            self.writer.write_table(whole.slice(0, n), row_group_size=ROW_GROUP)
            rest = whole.slice(n)
            self.waiting, self.n_waiting = ([rest] if rest.num_rows else []), rest.num_rows

    def close(self, part: str) -> PartFile:
        self._flush(self.n_waiting)
        self.writer.close()
        _sync(self.full)
        name = part + ".parquet"
        os.rename(self.full, os.path.join(self.folder, name))
        size = os.path.getsize(os.path.join(self.folder, name))
        return PartFile(self.table, name, size, self.rows, self.range.to_json(self.rows))


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_MOST_WAITING = 1000
"""Rows that came one by one and wait to be made a table: many small tables cost more than the rows."""


class PartWriter:
    """Writes one part of every table that gets rows, under a name that was never used and never will be again."""

    def __init__(self, root: str) -> None:
        self.root, self.unique = root, uuid.uuid4().hex
        self.files: dict[str, _File] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def part(self, runs: int) -> str:
        """The name that the part will have when ``runs`` runs lie in it."""
        return f"{self.unique}-{runs}"

    def add(self, table: str, rows: pa.Table | list[dict[str, Any]]) -> None:
        """Append rows, which come in the table's sort order."""
        if isinstance(rows, list):
            waiting = self.rows.setdefault(table, [])
            waiting += rows
            if len(waiting) >= _MOST_WAITING:
                self._rows(table)
        elif rows.num_rows:
            self._add(table, rows)

    def _rows(self, table: str) -> None:
        rows, self.rows[table] = self.rows[table], []
        if rows:
            self._add(table, rows_to_table(table, rows))

    def _add(self, table: str, rows: pa.Table) -> None:
        if table not in self.files:
            self.files[table] = _File(os.path.join(self.root, table), table, self.unique)
        self.files[table].add(rows.cast(part_schema(table)))

    def close(self, runs: int) -> list[PartFile]:
        """Finish the files; they are durable but not yet visible."""
        for table in self.rows:
            self._rows(table)
        return [f.close(self.part(runs)) for f in self.files.values()]

    def abandon(self) -> None:
        """Remove what was written."""
        for f in self.files.values():
            f.writer.close()
            os.unlink(f.full)


def read_rows(root: str, table: str, part: str, run_id: str) -> pa.Table | None:
    """The rows of one run in one part, or None where the part has no such table."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only when a run is carried over

    path = os.path.join(root, table, part + ".parquet")
    if not os.path.exists(path):
        return None
    if "run_id" not in TABLES[table].names or table == "sources":
        return pq.read_table(path, schema=arrow_schema(table))
    return pq.read_table(path, filters=[("run_id", "==", run_id)], schema=arrow_schema(table))
