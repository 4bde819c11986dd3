"""A folder of Parquet files, one a table: exact for every value."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.exporters._api import Exporter, ExportReport
from runlift.exporters._files import put

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from runlift.exporters._api import StoreReader

_ALWAYS = ("runs", "params", "metrics", "history", "issues", "sources")
_IF_ANY = ("texts", "histograms", "media", "curves", "tensors", "artifacts")


@dataclass(frozen=True, slots=True)
class ParquetOptions:
    """What goes into the folder."""

    history: bool = field(default=True, metadata={"help": "With history.parquet, which holds every point in force."})


class Parquet(Exporter):
    """Write a folder of Parquet files, one a table of the schema: every value exact, NaN and infinities too."""

    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "folder of Parquet files"
    example: ClassVar[str] = "runs-parquet/"
    options: ClassVar[type[Any]] = ParquetOptions

    def export(self, store: StoreReader, dest: str, options: ParquetOptions) -> ExportReport:
        """Write the files; each is put in place when it is whole."""
        report = ExportReport("parquet", dest)
        for name in _ALWAYS if options.history else [t for t in _ALWAYS if t != "history"]:
            _one(report, dest, name, _batches(store, name))
        for name in _IF_ANY:
            table = store.table(name)
            if table.num_rows:
                _one(report, dest, name, table.to_batches())
        return report


def _batches(store: StoreReader, name: str) -> Iterable[pa.RecordBatch]:
    if name == "history":
        return store.history()
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    table = store.table(name)
    return table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]


def _one(report: ExportReport, dest: str, name: str, batches: Iterable[pa.RecordBatch]) -> None:
    from pyarrow import parquet  # noqa: PLC0415 - slow to import

    rows = 0
    some = iter(batches)
    head = next(some, None)
    if head is None:
        return
    kept = {"compression": "zstd", **_settings(head.schema)}
    with put(dest, f"{name}.parquet") as path, parquet.ParquetWriter(path, head.schema, **kept) as writer:
        for batch in itertools.chain([head], some):
            writer.write_batch(batch)
            rows += batch.num_rows
    report.files.append(os.path.join(dest, f"{name}.parquet"))
    report.counts[name] = rows


def _settings(schema: pa.Schema) -> dict[str, Any]:
    """Statistics for all columns but doubles: with a NaN in the column, readers skip rows that match."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    flat = [f.name for f in schema if not pa.types.is_nested(f.type) and not pa.types.is_floating(f.type)]
    texts = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_dictionary(f.type)]
    return {"write_statistics": flat, "use_dictionary": texts}
