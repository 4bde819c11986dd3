"""What is kept beside the store of long series, so that only the first look at a million points reads them all.

For the whole of a series: the block that is sent, under a digest of the metric, its other names and the runs with their
revisions; for a closer look: the series' pyramid. What changes has another digest, and is simply made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runlift.answers.curves import BUCKETS, Line, Sorted, lines
from runlift.report.blocks import pack
from runlift.web.pyramid import Pyramid

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.api import RunStore

LONG = 100_000
ROOM = 512 << 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """A metric of some runs, and what these are now: their revisions and numbers of points."""

    root: str
    metric: str
    names: list[str]
    runs: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, store: RunStore, metric: str, run_ids: list[str]) -> _Asked:
        names = sorted(name for name, meant in store.names.items() if meant == metric)
        rows = store.rows(
            "SELECT run_id, revision, epoch_us(written_at) AS written, coalesce(m.n, 0) AS n FROM runs LEFT JOIN "
            "(SELECT run_id, sum(n) AS n FROM metrics WHERE metric IN (SELECT unnest($1::VARCHAR[])) GROUP BY run_id) m "
            "USING (run_id) WHERE run_id IN (SELECT unnest($2::VARCHAR[]))",
            [[metric, *names], run_ids],
        )
        return cls(store.root, metric, names, {r["run_id"]: r for r in rows})

    def long(self, run_id: str) -> bool:
        """Whether a run's series is worth keeping."""
        return run_id in self.runs and self.runs[run_id]["n"] >= LONG

    def path(self, kind: str, run_ids: list[str], *more: Any) -> str:
        """Where a thing made of these runs is kept."""
        state = [[i, *((r["revision"], r["written"]) if (r := self.runs.get(i)) else ())] for i in run_ids]
        key = json.dumps([self.metric, self.names, state, *more])
        return os.path.join(self.root, "cache", f"{hashlib.sha256(key.encode()).hexdigest()}.{kind}")


def block(store: RunStore, metric: str, run_ids: list[str], *, buckets: int = BUCKETS, band: bool = True) -> bytes:
    """The block of a metric's lines for runs, from what was kept where it is long."""
    asked = _Asked.of(store, metric, run_ids)

    def see(points: Sorted) -> None:
        path = asked.path("pyramid", [points.run_id])
        if asked.long(points.run_id) and not os.path.exists(path):
            _keep(path, Pyramid.of(points).save)

    def make() -> bytes:
        return pack(metric, lines(store, metric, run_ids, buckets=buckets, see=see), band=band)

    if sum(r["n"] for r in asked.runs.values()) < LONG:
        return make()
    path = asked.path("block", run_ids, buckets, band)
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        made = make()
    _keep(path, lambda part: _write(part, made))
    return made


def closer(store: RunStore, metric: str, run_ids: list[str], span: tuple[float, float], buckets: int) -> list[Line]:
    """The lines of a stretch: of long series from their pyramids where it holds many points, else from the points."""
    asked = _Asked.of(store, metric, run_ids)
    found: dict[str, Line] = {}
    for run in filter(asked.long, run_ids):
        with contextlib.suppress(OSError, ValueError):  # none is kept, or not whole: the points are there
            line = Pyramid.load(asked.path("pyramid", [run])).stretch(span, buckets)
            found |= {run: line} if line else {}
    rest = [r for r in run_ids if r not in found]
    found |= {line.run_id: line for line in lines(store, metric, rest, span=span, buckets=buckets)} if rest else {}
    return [found[r] for r in run_ids if r in found]


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as f:
        f.write(data)


def _keep(path: str, write: Callable[[str], None]) -> None:
    """Put a file in place when it is whole; a store that cannot be written is looked at all the same."""
    part = f"{path}.{os.getpid()}.tmp"
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(part)
        os.replace(part, path)
        _make_room(os.path.dirname(path))


def _make_room(folder: str) -> None:
    kept = sorted((e.stat().st_mtime, e.stat().st_size, e.path) for e in os.scandir(folder))
    excess = sum(size for _, size, _ in kept) - ROOM
    for _, size, old in kept:
        if excess <= 0:
            break
        os.remove(old)
        excess -= size
