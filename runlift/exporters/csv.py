"""A folder of CSV files by RFC 4180: runs, params, metrics, history, issues."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import os
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, ClassVar

from runlift.exporters._api import Exporter, ExportReport
from runlift.exporters._files import put

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from runlift.exporters._api import StoreReader

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z|[+-]?(?:inf|nan)\Z", re.IGNORECASE)
_TABLES = ("runs", "params", "metrics", "history", "issues")
_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """What goes into the folder."""

    history: bool = field(default=True, metadata={"help": "With history.csv, which holds every point in force."})


class Csv(Exporter):
    """Write a folder of CSV files (RFC 4180, UTF-8): runs, params, metrics, history, issues.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; NaN and infinities are nan, inf, -inf.
    """

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "folder of CSV files"
    example: ClassVar[str] = "runs-csv/"
    options: ClassVar[type[Any]] = CsvOptions

    def export(self, store: StoreReader, dest: str, options: CsvOptions) -> ExportReport:
        """Write the files; each is put in place when it is whole."""
        report = ExportReport("csv", dest)
        guarded = 0
        for table in _TABLES if options.history else [t for t in _TABLES if t != "history"]:
            with put(dest, f"{table}.csv") as path, open(path, "w", encoding="utf-8", newline="") as file:
                rows, risky = _write(file, _batches(store, table))
            report.files.append(os.path.join(dest, f"{table}.csv"))
            report.counts[table] = rows
            guarded += risky
        if guarded:
            report.notes.append(f"{guarded:,} texts that look like formulas got an apostrophe in front.")
        return report


def _batches(store: StoreReader, table: str) -> Iterable[pa.RecordBatch]:
    if table == "history":
        return store.history()
    whole = store.table(table)
    return whole.to_batches(_BATCH_ROWS) or [_empty(whole)]


def _empty(table: pa.Table) -> pa.RecordBatch:
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    return pa.RecordBatch.from_pylist([], schema=table.schema)


def _write(file: IO[str], batches: Iterable[pa.RecordBatch]) -> tuple[int, int]:
    """(rows, texts that got an apostrophe)."""
    writer = csv.writer(file, lineterminator="\r\n")
    rows = risky = 0
    headed = False
    for batch in batches:
        if not headed:
            writer.writerow(batch.schema.names)
            headed = True
        for start in range(0, batch.num_rows, _BATCH_ROWS):
            part = batch.slice(start, _BATCH_ROWS)
            columns = [_texts(part.column(i)) for i in range(part.num_columns)]
            risky += sum(n for _, n in columns)
            writer.writerows(zip(*(texts for texts, _ in columns), strict=True))
        rows += batch.num_rows
    return rows, risky


def _texts(column: pa.Array) -> tuple[list[Any], int]:
    """(cells of a column, how many of them got an apostrophe)."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    if pa.types.is_floating(column.type):
        return [_float(v) for v in column.to_pylist()], 0
    if pa.types.is_integer(column.type):
        return column.to_pylist(), 0
    texts = [_plain(v) for v in column.to_pylist()]
    safe = [_guarded(t) for t in texts]
    return safe, sum(a is not b for a, b in zip(texts, safe, strict=True))


def _float(value: float | None) -> str | None:
    if value is None:
        return None
    return repr(value) if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _plain(value: Any) -> Any:
    """A cell as text: lists as JSON, times in ISO 8601, UTC."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    return value


def _guarded(text: Any) -> Any:
    """A text that begins like a formula and is no number, with an apostrophe in front."""
    if isinstance(text, str) and text.startswith(_RISKY) and not _NUMBER.match(text):
        return "'" + text
    return text
