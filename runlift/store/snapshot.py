"""One consistent look at a store: the runs in force and the files that hold them.

``runs`` is opened first. A run lists its parts, and a file of another table counts only for the runs that list it, so
half a run is never seen, whatever was committed meanwhile. Where all runs of a file are in force (nearly always) the
file is read as it is; else its rows are held against the list.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runlift.errors import StoreDamagedError
from runlift.model import TABLES
from runlift.store.commit import active_files
from runlift.store.parts import part_of, runs_in
from runlift.store.schema import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one table: ``whole`` count as they are, ``mixed`` also hold rows that are no longer in force."""

    whole: list[str]
    mixed: list[str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``runs``: the current row of each run; ``listed``: part -> runs that list it; ``files``: by table."""

    runs: pa.Table
    listed: dict[str, list[str]]
    files: dict[str, Files]

    def pairs(self) -> pa.Table:
        """(part, run_id) of every part that holds rows which are no longer in force."""
        mixed = {part_of(p) for f in self.files.values() for p in f.mixed}
        rows = [(part, run) for part in sorted(mixed) for run in self.listed[part]]
        return pa.table({"part": [r[0] for r in rows], "run_id": [r[1] for r in rows]}, _PAIRS)


_PAIRS = pa.schema([("part", pa.string()), ("run_id", pa.string())])


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


def take_snapshot(root: str) -> Snapshot:
    """A consistent snapshot; looks again where maintenance moved parts between the two looks."""
    for _ in range(_TRIES):
        runs = current_runs(root)
        listed = listed_parts(runs)
        files = {t: _files(active_files(root, t), listed) for t in TABLES if t not in ("runs", "sources", "ingests")}
        present = {part_of(p) for f in files.values() for p in (*f.whole, *f.mixed)}
        if listed.keys() <= present | _parts_of(active_files(root, "sources")):
            break
    return Snapshot(runs, listed, files)


def _parts_of(paths: Iterable[str]) -> set[str]:
    return {part_of(p) for p in paths}


def listed_parts(runs: pa.Table) -> dict[str, list[str]]:
    """Part -> the runs in force that list it."""
    listed: dict[str, list[str]] = {}
    for run, parts in zip(runs.column("run_id").to_pylist(), runs.column("parts").to_pylist(), strict=True):
        for part in parts or ():
            listed.setdefault(part, []).append(run)
    return listed


def _files(paths: list[str], listed: dict[str, list[str]]) -> Files:
    whole: list[str] = []
    mixed: list[str] = []
    for path in paths:
        part = part_of(path)
        n = runs_in(part)
        if n == 0 or len(listed.get(part, ())) == n:
            whole.append(path)
        elif part in listed:
            mixed.append(path)
    return Files(whole, mixed)


def worst_issues(snapshot: Snapshot, ingest_id: str, sources: set[str]) -> list[dict[str, Any]]:
    """What an ingest found that is more than information, errors first, of sources that are in force by that reading."""
    files, schema = snapshot.files["issues"], arrow_schema("issues")
    found: list[dict[str, Any]] = []
    for path in (*files.whole, *files.mixed):
        table = _read_file(path, schema)
        mine = pc.and_(pc.equal(table["ingest_id"], ingest_id), pc.not_equal(table["severity"], "info"))
        runs = None if path in files.whole else snapshot.listed.get(part_of(path), ())
        rows = table.filter(mine).to_pylist()
        found += [r for r in rows if r["source"] in sources and (runs is None or r["run_id"] in runs)]
    return sorted(found, key=lambda r: (r["severity"] == "warning", r["code"], r["source"], r["position"] or 0))


def current_sources(root: str, listed: dict[str, list[str]]) -> list[dict[str, Any]]:
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
