"""Looking after a store: what it holds, whether it is whole, and rewriting what is in force."""

from __future__ import annotations

import datetime as dt
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from runlift.model import TABLES
from runlift.store.blobs import blob_path
from runlift.store.commit import active_files, commit_files, commit_table, delta_table, locked
from runlift.store.committed import current_runs, current_sources, listed_parts
from runlift.store.mark import read_mark
from runlift.store.part_name import part_of, runs_in
from runlift.store.parts import PartFile, PartWriter
from runlift.store.query import Store
from runlift.store.schema import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH_ROWS = 2_000_000
_SMALL_BYTES = 4 << 20
_LOOSE_TABLES = ("sources", "issues", "ingests")


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table: rows and files in force, their bytes, and how many commits made it."""

    table: str
    rows: int
    files: int
    bytes: int
    commits: int


@dataclass(frozen=True, slots=True)
class Optimized:
    """What ``optimize_store`` did."""

    runs: int
    parts_before: int
    parts_after: int
    files_removed: int
    bytes_freed: int


def store_info(root: str) -> list[TableInfo]:
    """Every table that has rows, and the blob folder.

    Raises:
        StoreNotFoundError, NotAStoreError, StoreTooNewError.
    """
    read_mark(root)
    found = []
    with Store(root) as store:
        for table in TABLES:
            files = active_files(root, table)
            handle = delta_table(root, table)
            rows = store.sql(f"SELECT count(*) FROM {table}").column(0)[0].as_py()
            commits = handle.version() + 1 if handle else 0
            found.append(TableInfo(table, rows, len(files), sum(os.path.getsize(f) for f in files), commits))
    blobs = [os.path.getsize(os.path.join(d, n)) for d, _, names in os.walk(os.path.join(root, "blobs")) for n in names]
    found.append(TableInfo("(blobs)", len(blobs), len(blobs), sum(blobs), 0))
    return found


def check_store(root: str) -> list[str]:
    """A line for everything that is wrong: missing or cut parts, open ledgers, missing blobs, wrong summaries."""
    read_mark(root)
    return list(_check_files(root)) or list(_check_rows(root))


def _check_files(root: str) -> Iterator[str]:
    for table in TABLES:
        for path in active_files(root, table):
            if not os.path.exists(path):
                yield f"{path}: a part of {table} is missing. Restore it, or ingest the sources again with --again."
                continue
            try:
                pq.read_metadata(path)
            except (OSError, pa.ArrowException) as error:
                reason = str(error).splitlines()[0]
                yield f"{path}: a part of {table} cannot be read ({reason}). Ingest again with --again."


_CHECKS = {
    "a source's ledger does not add up": "SELECT source FROM sources WHERE total IS NOT NULL AND "
    "total <> used + ignored + unrecognised + damaged + unfinished",
    "the summary of a metric differs from its points": "SELECT m.run_id || ' ' || m.metric FROM metrics m LEFT JOIN "
    "(SELECT run_id, metric, count(*) n FROM history GROUP BY ALL) h USING (run_id, metric) "
    "WHERE m.n <> coalesce(h.n, 0)",
    "points without a run": "SELECT DISTINCT run_id FROM points ANTI JOIN runs USING (run_id)",
    "points without a source": "SELECT DISTINCT source FROM points ANTI JOIN sources USING (source)",
}


def _check_rows(root: str) -> Iterator[str]:
    with Store(root) as store:
        for what, query in _CHECKS.items():
            for row in store.sql(query).to_pylist():
                yield f"{next(iter(row.values()))}: {what}."
        for table in ("media", "tensors", "artifacts"):
            condition = "WHERE stored" if table == "artifacts" else ""
            for digest in store.sql(f"SELECT DISTINCT sha256 FROM {table} {condition}").column(0).to_pylist():
                if digest and not os.path.exists(blob_path(root, digest)):
                    yield f"{digest}: bytes of {table} are missing from the blob folder."


def optimize_store(root: str, retain_hours: float = 1.0) -> Optimized:
    """Rewrite runs that lie in small or partly replaced parts, sorted and together; then remove old files.

    Readers and writers at work are not disturbed: replaced and orphaned files stay for ``retain_hours``.
    """
    read_mark(root)
    with locked(root):
        runs = current_runs(root).to_pylist()
        before = {p for r in runs for p in r["parts"]}
        stale = _candidates(root, listed_parts(current_runs(root)))
        chosen = [r for r in runs if stale.intersection(r["parts"])]
        if len(stale) > 1 or any(len(r["parts"]) > 1 for r in chosen) or _mixed(chosen, stale):
            _rewrite(root, chosen)
        else:
            chosen = []
        _compact_loose(root)
        after = {p for r in current_runs(root).to_pylist() for p in r["parts"]}
        removed, freed = _sweep(root, time.time() - retain_hours * 3600)
    return Optimized(len(chosen), len(before), len(after), removed, freed)


def _mixed(chosen: list[dict[str, Any]], stale: set[str]) -> bool:
    return any(sum(p in r["parts"] for r in chosen) != runs_in(p) for p in stale)


def _candidates(root: str, listed: dict[str, list[str]]) -> set[str]:
    """Parts that are small or hold rows no longer in force."""
    sizes: dict[str, int] = {}
    for table in TABLES:
        for path in active_files(root, table):
            sizes[part_of(path)] = sizes.get(part_of(path), 0) + os.path.getsize(path)
    return {p for p in listed if len(listed[p]) != runs_in(p) or sizes.get(p, 0) < _SMALL_BYTES}


def _rewrite(root: str, chosen: list[dict[str, Any]]) -> None:
    """Write the chosen runs into new parts, make those visible, then the runs that list them."""
    files: list[PartFile] = []
    rows: list[dict[str, Any]] = []
    now = dt.datetime.now(dt.UTC)
    for batch in _batches(root, chosen):
        writer = PartWriter(root)
        for table in TABLES:
            if table not in ("runs", "sources", "ingests"):
                writer.add(table, _rows_of(root, table, batch))
        files += writer.close(len(batch))
        rows += [r | {"parts": [writer.part(len(batch))], "written_at": now} for r in batch]
    ids = {r["run_id"] for r in chosen}
    listed = listed_parts(current_runs(root))
    keep = PartWriter(root)
    keep.add(
        "sources", [s | {"parts": []} for s in current_sources(root, listed) if ids.intersection(s["run_ids"] or ())]
    )
    files += keep.close(0)
    runs = PartWriter(root)
    runs.add("runs", sorted(rows, key=lambda r: r["run_id"]))
    commit_files(root, [*files, *runs.close(len(rows))])


def _batches(root: str, chosen: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    with Store(root) as store:
        sizes = store.sql("SELECT run_id, count(*) n FROM points GROUP BY ALL").to_pydict()
    points = dict(zip(sizes["run_id"], sizes["n"], strict=True))
    batch: list[dict[str, Any]] = []
    room = _BATCH_ROWS
    for run in sorted(chosen, key=lambda r: str(r["run_id"])):
        if batch and room <= 0:
            yield batch
            batch, room = [], _BATCH_ROWS
        batch.append(run)
        room -= points.get(run["run_id"], 0)
    if batch:
        yield batch


def _rows_of(root: str, table: str, batch: list[dict[str, Any]]) -> pa.Table:
    """The rows in force of some runs, sorted."""
    by_part: dict[str, list[str]] = {}
    for run in batch:
        for part in run["parts"]:
            by_part.setdefault(part, []).append(run["run_id"])
    pieces = [arrow_schema(table).empty_table()]
    for part, ids in by_part.items():
        path = os.path.join(root, table, part + ".parquet")
        if os.path.exists(path):
            pieces.append(pq.read_table(path, filters=[("run_id", "in", ids)], schema=arrow_schema(table)))
    whole = pa.concat_tables(pieces)
    return whole.sort_by([(c, "ascending") for c in TABLES[table].order])


def _compact_loose(root: str) -> None:
    """Rows that belong to no run, from one file an ingest to one file in all, in one atomic commit a table."""
    listed = listed_parts(current_runs(root))
    sources = current_sources(root, listed)
    in_force = {(s["source"], s["ingest_id"]) for s in sources}
    for table in _LOOSE_TABLES:
        old = [p for p in active_files(root, table) if runs_in(part_of(p)) == 0]
        if len(old) < 2:
            continue
        rows = pa.concat_tables([pq.read_table(p, schema=arrow_schema(table)) for p in old]).to_pylist()
        if table == "sources":
            rows = [s for s in sources if not s["parts"]]
        if table == "issues":
            rows = [r for r in rows if (r["source"], r["ingest_id"]) in in_force]
        writer = PartWriter(root)
        writer.add(table, sorted(rows, key=lambda r: [str(r[c]) for c in TABLES[table].order]))
        commit_table(root, table, writer.close(0), remove=[os.path.basename(p) for p in old])


def _sweep(root: str, older_than: float) -> tuple[int, int]:
    """Take parts that no run lists out of the tables, and delete files that are in no table and old enough."""
    current = current_runs(root)
    listed = listed_parts(current)
    removed = freed = 0
    for table in TABLES:
        active = active_files(root, table)
        dead = [p for p in active if runs_in(part_of(p)) and part_of(p) not in listed] if table != "runs" else []
        dead = [p for p in dead if not os.path.exists(p) or os.path.getmtime(p) < older_than]
        if dead:
            commit_table(root, table, [], remove=[os.path.basename(p) for p in dead])
        kept = set(active) - set(dead)
        folder = os.path.join(root, table)
        for entry in os.scandir(folder) if os.path.isdir(folder) else ():
            if entry.name.endswith(".parquet") and entry.path not in kept and entry.stat().st_mtime < older_than:
                freed += entry.stat().st_size
                removed += 1
                os.unlink(entry.path)
    return removed, freed
