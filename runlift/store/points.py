"""Blocks of points gathered to row groups: one Arrow table for many small blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from runlift.store.schema import ROW_GROUP, part_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.batch import PointRows
    from runlift.store.parts import PartWriter


@dataclass(slots=True)
class PointsBuffer:
    """Takes ``PointRows`` in sort order and hands the part writer full row groups."""

    writer: PartWriter
    blocks: list[PointRows] = field(default_factory=list)
    waiting: int = 0
    total: int = 0

    def add(self, rows: PointRows) -> None:
        """Take a block."""
        n = len(rows.value)
        self.blocks.append(rows)
        self.waiting += n
        self.total += n
        if self.waiting >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Hand over what waits."""
        if self.blocks:
            self.writer.add("points", to_arrow(self.blocks))
            self.blocks, self.waiting = [], 0


def to_arrow(blocks: list[PointRows]) -> pa.Table:
    """Blocks as one table of the ``points`` part schema."""
    lengths = np.array([len(b.value) for b in blocks])
    columns = {
        "run_id": _repeated([b.run_id for b in blocks], lengths),
        "metric": _repeated([b.metric for b in blocks], lengths),
        "source": _repeated([b.source for b in blocks], lengths),
        "step": _steps(blocks, lengths),
        "epoch": _doubles([b.epoch for b in blocks], lengths),
        "wall_time": _doubles([b.wall_time for b in blocks], lengths),
        "value": pa.array(np.concatenate([b.value for b in blocks])),
        "attempt": pa.array(_filled([b.attempt for b in blocks], lengths, 0, np.int32)),
        "superseded": pa.array(_filled([b.superseded for b in blocks], lengths, 0, np.bool_)),
        "position": pa.array(np.concatenate([b.position for b in blocks])),
    }
    schema = part_schema("points")
    return pa.table([columns[f.name] for f in schema], schema=schema)


def _repeated(values: list[str], lengths: NDArray[np.int64]) -> pa.DictionaryArray:
    codes: dict[str, int] = {}
    which = np.array([codes.setdefault(v, len(codes)) for v in values], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(np.repeat(which, lengths)), pa.array(list(codes), pa.string()))


def _filled(
    arrays: list[NDArray[np.generic] | None], lengths: NDArray[np.int64], default: float, kind: type
) -> NDArray[np.generic]:
    return np.concatenate(
        [np.full(n, default, kind) if a is None else a for a, n in zip(arrays, lengths, strict=True)]
    ).astype(kind, copy=False)


def _doubles(arrays: list[NDArray[np.float64] | None], lengths: NDArray[np.int64]) -> pa.Array:
    """NaN in these columns means "not given" and becomes null."""
    if all(a is None for a in arrays):
        return pa.nulls(int(lengths.sum()), pa.float64())
    values = _filled(list(arrays), lengths, np.nan, np.float64)
    return pa.array(values, mask=np.isnan(values))


def _steps(blocks: list[PointRows], lengths: NDArray[np.int64]) -> pa.Array:
    values = _filled([b.step for b in blocks], lengths, 0, np.int64)
    if all(b.step is not None and b.step_missing is None for b in blocks):
        return pa.array(values)
    missing = np.concatenate(
        [
            np.full(n, b.step is None) if b.step_missing is None else b.step_missing
            for b, n in zip(blocks, lengths, strict=True)
        ]
    )
    return pa.array(values, mask=missing)
