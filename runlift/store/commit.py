"""Making parts visible: one atomic Delta commit a table, ``runs`` last, one committer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema
from deltalake.exceptions import TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from runlift.errors import StoreBusyError
from runlift.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.store.parts import PartFile

LOCK_SECONDS = 300.0
_POLL_SECONDS = 0.02


@contextlib.contextmanager
def locked(root: str, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the store's lock; StoreBusyError when another process keeps it longer than ``seconds``.

    The lock dies with its process, so a killed ingest never leaves a store locked.
    """
    handle = os.open(os.path.join(root, ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(handle, root, seconds)
        yield
    finally:
        os.close(handle)


def _take(handle: int, root: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise StoreBusyError(root, seconds) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def delta_table(root: str, table: str) -> DeltaTable | None:
    """A fresh handle on a table, or None where nothing was ever committed to it.

    A handle is not advanced by its own commits, so one is opened for each use.
    """
    folder = os.path.join(root, table)
    if not os.path.isdir(os.path.join(folder, "_delta_log")):
        return None
    try:
        return DeltaTable(folder)
    except TableNotFoundError:  # a log folder whose first commit never happened
        return None


def stat_columns(table: str) -> list[str]:
    """The columns with statistics in the Delta log: the leading sort keys that are never null."""
    names = set(TABLES[table].names)
    wanted = [c for c in TABLES[table].order if c in ("run_id", "metric", "source", "ingest_id")]
    return [c for c in wanted if c in names][:2]


def _create(root: str, table: str) -> DeltaTable:
    from runlift.store.schema import arrow_schema  # noqa: PLC0415 - readers need no Arrow

    columns = stat_columns(table)
    return DeltaTable.create(
        os.path.join(root, table),
        schema=Schema.from_arrow(arrow_schema(table)),
        mode="ignore",
        description=TABLES[table].row,
        # Statistics for some columns only make other readers drop rows, unless the table says which have them.
        configuration={"delta.dataSkippingStatsColumns": ",".join(columns), "delta.checkpointInterval": "10"},
    )


def commit_table(root: str, table: str, files: list[PartFile], remove: list[str] | None = None) -> None:
    """One atomic commit that adds files to a table and takes the paths in ``remove`` out of it."""
    handle = delta_table(root, table) or _create(root, table)
    now = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = [
        AddAction(f.path, f.size, {}, now, data_change=True, stats=f.stats) for f in files
    ]
    actions += [RemoveAction(p, True, now) for p in remove or []]
    handle.create_write_transaction(
        actions,
        "append",
        handle.schema(),
        commit_properties=CommitProperties(max_commit_retries=100),
        post_commithook_properties=PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False),
    )


def commit_files(root: str, files: list[PartFile]) -> None:
    """Commit written files, ``runs`` last: only then does a reader see any of it. The caller holds the lock."""
    by_table: dict[str, list[PartFile]] = defaultdict(list)
    for f in files:
        by_table[f.table].append(f)
    for table in sorted(by_table, key=lambda t: (t == "runs", t)):
        commit_table(root, table, by_table[table])


def active_files(root: str, table: str) -> list[str]:
    """The full paths of a table's active files, by name; names are unique for good."""
    handle = delta_table(root, table)
    if handle is None:
        return []
    folder = os.path.join(root, table)
    return sorted(os.path.join(folder, os.path.basename(uri)) for uri in handle.file_uris())
