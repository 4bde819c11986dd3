"""Blocks of long series kept beside the store, so that only the first look at a million points reads them all.

A block is kept under a digest of its metric, its other names and of the runs with their revisions: what changes is simply asked anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING

from runlift.answers.curves import BUCKETS, lines
from runlift.report.blocks import pack

if TYPE_CHECKING:
    from runlift.api import RunStore

LONG = 100_000
ROOM = 256 << 20


def block(store: RunStore, metric: str, run_ids: list[str], *, buckets: int = BUCKETS, band: bool = True) -> bytes:
    """The block of a metric's lines for runs, from what was kept where it is long."""
    names = sorted(name for name, meant in store.names.items() if meant == metric)
    rows = store.rows(
        "SELECT run_id, revision, epoch_us(written_at) AS written, coalesce(m.n, 0) AS n FROM runs LEFT JOIN "
        "(SELECT run_id, sum(n) AS n FROM metrics WHERE metric IN (SELECT unnest($1::VARCHAR[])) GROUP BY run_id) m "
        "USING (run_id) WHERE run_id IN (SELECT unnest($2::VARCHAR[]))",
        [[metric, *names], run_ids],
    )

    def make() -> bytes:
        return pack(metric, lines(store, metric, run_ids, buckets=buckets), band=band)

    if sum(r["n"] for r in rows) < LONG:
        return make()
    known = {r["run_id"]: [r["revision"], r["written"]] for r in rows}
    key = json.dumps([metric, buckets, band, names, [[i, known.get(i)] for i in run_ids]])
    path = os.path.join(store.root, "cache", f"{hashlib.sha256(key.encode()).hexdigest()}.block")
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        made = make()
    with contextlib.suppress(OSError):  # a store that cannot be written is looked at all the same
        _keep(path, made)
    return made


def _keep(path: str, data: bytes) -> None:
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    part = f"{path}.{os.getpid()}.tmp"
    with open(part, "wb") as f:
        f.write(data)
    os.replace(part, path)
    kept = sorted((e.stat().st_mtime, e.stat().st_size, e.path) for e in os.scandir(folder))
    excess = sum(size for _, size, _ in kept) - ROOM
    for _, size, old in kept:
        if excess <= 0:
            break
        os.remove(old)
        excess -= size
