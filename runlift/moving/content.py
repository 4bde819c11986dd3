"""A run as the store has it, one run at a time: settings, points, items, files."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.moving.series import Series

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pyarrow as pa

    from runlift.exporters._api import StoreReader

_POINT_BYTES = 37
_ROOM = 256 << 20
ITEMS = ("texts", "histograms", "media", "curves", "tensors")


@dataclass(slots=True)
class RunContent:
    """One run. ``row``: its columns in ``runs``; ``items``: rows of each table of logged items; ``sources``: its files."""

    reader: LockedReader
    row: dict[str, Any]
    params: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    superseded: int = 0
    items: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    _kept: list[Series] | None = None

    @property
    def run_id(self) -> str:
        """The run."""
        return str(self.row["run_id"])

    @property
    def points(self) -> int:
        """Points in force."""
        return sum(m["n"] for m in self.metrics)

    @property
    def start(self) -> float:
        """Unix seconds of its start; 0 where that is unknown."""
        return seconds(self.row.get("started_at")) or 0.0

    def series(self) -> Iterator[Series]:
        """Its metrics one after the other, by name.

        They are asked for three times (to plan, push and compare), so those of small runs are kept in memory.
        """
        if self._kept is None and self.reader.has_room(self.points * _POINT_BYTES):
            self._kept = list(self._read())
        return iter(self._kept) if self._kept is not None else self._read()

    def _read(self) -> Iterator[Series]:
        for metric, batches in itertools.groupby(self._pieces(), key=lambda piece: piece[0]):
            yield _series(metric, [b for _, b in batches], self.start)

    def _pieces(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        """(metric, its rows), a batch of the store cut where the metric changes."""
        for batch in self.reader.history(self.run_id):
            names = batch.column("metric").cast("string").to_numpy(zero_copy_only=False)
            cuts = np.flatnonzero(names[1:] != names[:-1]) + 1
            for begin, end in itertools.pairwise([0, *cuts.tolist(), len(names)]):
                if end > begin:
                    yield str(names[begin]), batch.slice(begin, end - begin)


class LockedReader:
    """A store read by several threads, one call at a time."""

    def __init__(self, store: StoreReader) -> None:
        self.store, self._lock, self._room = store, threading.Lock(), _ROOM

    def has_room(self, size: int) -> bool:
        """Whether that many bytes of points may still be kept in memory; they are taken off what may."""
        with self._lock:
            enough = size <= self._room
            self._room -= size if enough else 0
            return enough

    def history(self, run_id: str) -> Iterator[pa.RecordBatch]:
        """The points of a run, as ``StoreReader.history``."""
        batches = self.store.history([run_id])
        while True:
            with self._lock:
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def contents(self) -> Iterator[RunContent]:
        """Every run of the store. The tables that are small are read once."""
        with self._lock:
            tables = _Tables(self.store)
        for row in tables.runs:
            yield tables.content(self, row)

    def blob(self, digest: str) -> str:
        """The path of bytes of the store."""
        return self.store.blob(digest)


class _Tables:
    """The small tables of a store, by run."""

    def __init__(self, store: StoreReader) -> None:
        self.runs: list[dict[str, Any]] = store.rows("runs")
        self.params = _by_run(store.rows("params"))
        self.metrics = _by_run(store.rows("metrics"))
        self.items = {t: _by_run(store.rows(t)) for t in ITEMS}
        self.artifacts = _by_run(store.rows("artifacts"))
        self.superseded = store.superseded()
        self.sources: dict[str, list[dict[str, Any]]] = {}
        for row in store.rows("sources"):
            for run_id in row["run_ids"] or ():
                self.sources.setdefault(run_id, []).append(row)

    def content(self, reader: LockedReader, row: dict[str, Any]) -> RunContent:
        run_id = row["run_id"]
        return RunContent(
            reader=reader,
            row=row,
            params=self.params.get(run_id, []),
            metrics=self.metrics.get(run_id, []),
            superseded=self.superseded.get(run_id, 0),
            items={t: rows[run_id] for t, rows in self.items.items() if run_id in rows},
            artifacts=self.artifacts.get(run_id, []),
            sources=self.sources.get(run_id, []),
        )


def _by_run(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["run_id"], []).append(row)
    return found


def seconds(time: dt.datetime | None) -> float | None:
    """A UTC time of the store as Unix seconds."""
    import datetime as dt  # noqa: PLC0415 - types only, above

    if time is None:
        return None
    aware = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    return (aware - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(seconds=1)


def _series(metric: str, batches: list[pa.RecordBatch], start: float) -> Series:
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    table = pa.Table.from_batches(batches)

    def column(name: str, kind: str) -> Any:
        return table.column(name).combine_chunks().fill_null(0).to_numpy(zero_copy_only=False).astype(kind)

    def double(name: str) -> Any:
        found = table.column(name).combine_chunks()
        return np.where(found.is_null().to_numpy(zero_copy_only=False), np.nan, found.fill_null(0).to_numpy())

    return Series(
        metric=metric,
        step=column("step", "int64"),
        stepless=table.column("step").combine_chunks().is_null().to_numpy(zero_copy_only=False),
        epoch=double("epoch"),
        time=double("wall_time"),
        value=column("value", "float64"),
        attempt=column("attempt", "int32"),
        start=start,
    )
