"""What is committed, as Arrow tables: for those who write, and need no database for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runlift.errors import StoreDamagedError
from runlift.store.commit import active_files
from runlift.store.part_name import part_of
from runlift.store.schema import arrow_schema
from runlift.store.snapshot import files_of

if TYPE_CHECKING:
    from runlift.store.snapshot import Listed


def read_table(root: str, table: str) -> pa.Table:
    """All committed rows of a small table, superseded revisions too."""
    schema = arrow_schema(table)
    try:
        tables = [_read_file(p, schema) for p in active_files(root, table)]
    except (OSError, pa.ArrowException) as error:
        raise StoreDamagedError(os.path.join(root, table), str(error).splitlines()[0]) from error
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _read_file(path: str, schema: pa.Schema) -> pa.Table:
    """A part with the columns of today's schema: what an older part lacks is null."""
    with pq.ParquetFile(path) as f:
        found = f.read()
    columns = [
        found.column(field.name).cast(field.type)
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def current_runs(root: str) -> pa.Table:
    """The row in force of each run: of the highest revision, the one that was written last."""
    runs = read_table(root, "runs")
    if runs.num_rows == 0:
        return runs
    order = pc.sort_indices(
        runs, sort_keys=[("run_id", "ascending"), ("revision", "descending"), ("written_at", "descending")]
    )
    runs = runs.take(order)
    ids = runs.column("run_id").to_pylist()
    first = [i for i, run in enumerate(ids) if i == 0 or run != ids[i - 1]]
    return runs.take(pa.array(first, pa.int64()))


def listed_parts(runs: pa.Table) -> Listed:
    """Part -> the runs in force that list it."""
    listed: Listed = {}
    for run, parts in zip(runs.column("run_id").to_pylist(), runs.column("parts").to_pylist(), strict=True):
        for part in parts or ():
            listed.setdefault(part, []).append(run)
    return listed


def current_sources(root: str, listed: Listed) -> list[dict[str, Any]]:
    """The row in force of each source: the latest whose part one of its runs lists (or that has no part)."""
    best: dict[str, dict[str, Any]] = {}
    for row in read_table(root, "sources").to_pylist():
        runs = set(row["run_ids"] or ())
        if any(runs.isdisjoint(listed.get(part, ())) for part in row["parts"] or ()):
            continue
        old = best.get(row["source"])
        if old is None or row["ingested_at"] >= old["ingested_at"]:
            best[row["source"]] = row
    return [best[k] for k in sorted(best)]


def worst_issues(root: str, listed: Listed, ingest_id: str, sources: set[str]) -> list[dict[str, Any]]:
    """What an ingest found that is more than information, errors first, of sources that are in force by that reading."""
    files, schema = files_of(root, "issues", listed), arrow_schema("issues")
    found: list[dict[str, Any]] = []
    for path in (*files.whole, *files.mixed):
        table = _read_file(path, schema)
        mine = pc.and_(pc.equal(table["ingest_id"], ingest_id), pc.not_equal(table["severity"], "info"))
        runs = None if path in files.whole else listed.get(part_of(path), ())
        rows = table.filter(mine).to_pylist()
        found += [r for r in rows if r["source"] in sources and (runs is None or r["run_id"] in runs)]
    return sorted(found, key=lambda r: (r["severity"] == "warning", r["code"], r["source"], r["position"] or 0))
