"""The points of one metric of several runs, laid side by side: which x they share, which row each point has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
B1 = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the n points of a curve stand: ``step`` is 0 where ``stepless``, ``epoch`` NaN where not given."""

    step: I8
    stepless: B1
    epoch: F8

    def same(self, other: Axis) -> bool:
        """Whether both hold the same points."""
        alike = np.array_equal(self.step, other.step) and np.array_equal(self.stepless, other.stepless)
        return alike and np.array_equal(self.epoch, other.epoch, equal_nan=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric of one run in file order. Curves of equal axes share one: runs of one kind log at the same steps."""

    run_id: str
    axis: Axis
    value: F8

    @property
    def step(self) -> I8:
        """The steps, 0 where ``stepless``."""
        return self.axis.step

    @property
    def stepless(self) -> B1:
        """Which points have no step."""
        return self.axis.stepless

    @property
    def epoch(self) -> F8:
        """The epochs, NaN where not given."""
        return self.axis.epoch


@dataclass(frozen=True, slots=True)
class Table:
    """Curves side by side.

    ``axes``: names of the x columns (step; epoch; epoch and step; or point, where the source gives neither).
    ``x``: one float64[rows] or int64[rows] an axis, NaN where that row has none. ``cells``: (row, column) order, as
    int64[n] of each, with ``value`` float64[n]; None where every curve has every row: then ``curves`` hold the columns.
    """

    axes: tuple[str, ...]
    x: tuple[F8 | I8, ...]
    curves: tuple[Curve, ...]
    row: I8 | None = None
    column: I8 | None = None
    value: F8 | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.x[0])

    def blocks(self, start: int, stop: int, size: int = 4096) -> Iterator[tuple[int, list[list[tuple[int, float]]]]]:
        """(first row, for each row its (column, value) pairs) of rows from ``start`` on, a few thousand at a time."""
        for first in range(start, stop, size):
            last = min(first + size, stop)
            yield first, self._full(first, last) if self.row is None else self._sparse(first, last)

    def _full(self, first: int, last: int) -> list[list[tuple[int, float]]]:
        columns = [c.value[first:last].tolist() for c in self.curves]
        return [list(enumerate(values)) for values in zip(*columns, strict=True)]

    def _sparse(self, first: int, last: int) -> list[list[tuple[int, float]]]:
        assert self.row is not None  # noqa: S101 - the caller looked
        assert self.column is not None  # noqa: S101 - given together
        assert self.value is not None  # noqa: S101 - given together
        a, b = np.searchsorted(self.row, [first, last])
        found: list[list[tuple[int, float]]] = [[] for _ in range(last - first)]
        parts = (self.row[a:b] - first, self.column[a:b], self.value[a:b])
        for row, column, value in zip(*(p.tolist() for p in parts), strict=True):
            found[row].append((column, value))
        return found


def collect(batches: Iterable[pa.RecordBatch]) -> list[Curve]:
    """The curves in batches of history, which are ordered by run."""
    curves: list[Curve] = []
    last = ""
    parts: list[tuple[I8, B1, F8, F8]] = []
    for run, part in _pieces(batches):
        if parts and run != last:
            _add(curves, last, parts)
            parts = []
        last = run
        parts.append(part)
    if parts:
        _add(curves, last, parts)
    return curves


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, tuple[I8, B1, F8, F8]]]:
    """(run, its columns) of each stretch of a run in each batch."""
    for batch in batches:
        if batch.num_rows == 0:
            continue
        runs = batch.column("run_id").dictionary_encode()
        index = runs.indices.to_numpy()
        columns = _columns(batch)
        cuts = np.flatnonzero(index[1:] != index[:-1]) + 1
        for a, b in zip([0, *cuts.tolist()], [*cuts.tolist(), len(index)], strict=True):
            yield runs.dictionary[index[a]].as_py(), _copied(columns, a, b)


def _add(curves: list[Curve], run: str, parts: list[tuple[I8, B1, F8, F8]]) -> None:
    """A run's parts as one curve, on the axis of the curve before where that is the same."""
    step, stepless, epoch, value = (
        parts[0] if len(parts) == 1 else [np.concatenate(c) for c in zip(*parts, strict=True)]
    )
    axis = Axis(step, stepless, epoch)
    before = curves[-1].axis if curves else axis
    curves.append(Curve(run, before if axis.same(before) else axis, value))


def _columns(batch: pa.RecordBatch) -> tuple[I8, B1, F8, F8]:
    step = batch.column("step")
    stepless = _nulls(step)
    filled = step.fill_null(0)
    whole = np.frombuffer(filled.buffers()[1], np.int64)[filled.offset : filled.offset + len(filled)]
    return whole, stepless, _doubles(batch.column("epoch")), _doubles(batch.column("value"))


def _copied(columns: tuple[I8, B1, F8, F8], a: int, b: int) -> tuple[I8, B1, F8, F8]:
    """Rows of a batch, without the batch: a view would keep all of its columns alive."""
    step, stepless, epoch, value = columns
    return step[a:b].copy(), stepless[a:b].copy(), epoch[a:b].copy(), value[a:b].copy()


def _nulls(column: pa.Array) -> B1:
    if column.null_count == 0:
        return np.zeros(len(column), bool)
    bits = np.frombuffer(column.buffers()[0], np.uint8)
    return ~np.unpackbits(bits, bitorder="little")[column.offset : column.offset + len(column)].astype(bool)


def _doubles(column: pa.Array) -> F8:
    values = np.frombuffer(column.buffers()[1], np.float64)[column.offset : column.offset + len(column)]
    return values if column.null_count == 0 else np.where(_nulls(column), np.nan, values)


def side_by_side(curves: list[Curve]) -> Table:
    """Curves as one table: points of equal x share a row, the k-th point of a run at an x that of other k-th ones."""
    axes = _axes(curves)
    first = curves[0]
    if (
        axes == ("step",)
        and _rises(first.step)
        and all(c.axis is first.axis or np.array_equal(c.step, first.step) for c in curves)
    ):
        return Table(axes, (first.step,), tuple(curves))
    return _merged(axes, curves)


def _axes(curves: list[Curve]) -> tuple[str, ...]:
    stepped = [not c.stepless.any() for c in curves]
    if all(stepped):
        anew = any(not _rises(c.step, strictly=False) and not np.isnan(c.epoch).any() for c in curves)
        return ("epoch", "step") if anew else ("step",)
    if any(not c.stepless.all() for c in curves):
        return ("epoch", "step")
    return ("point",) if all(np.isnan(c.epoch).all() for c in curves) else ("epoch",)


def _rises(step: I8, *, strictly: bool = True) -> bool:
    return bool(np.all(step[1:] > step[:-1] if strictly else step[1:] >= step[:-1]))


def _merged(axes: tuple[str, ...], curves: list[Curve]) -> Table:
    epoch, step, again = (np.concatenate(parts) for parts in zip(*(_keys(axes, c) for c in curves), strict=True))
    run = np.concatenate([np.full(len(c.value), i, np.int64) for i, c in enumerate(curves)])
    order = np.lexsort((run, again, step, epoch))
    keys = [k[order] for k in (epoch, step, again)]
    new = np.ones(len(order), bool)
    new[1:] = np.logical_or.reduce([k[1:] != k[:-1] for k in keys])
    heads = order[new]
    shown = {
        "epoch": np.where(np.isneginf(epoch[heads]), np.nan, epoch[heads]),
        "step": _steps(curves, step, heads),
        "point": again[heads],
    }
    values = np.concatenate([c.value for c in curves])[order]
    return Table(axes, tuple(shown[a] for a in axes), tuple(curves), np.cumsum(new) - 1, run[order], values)


def _keys(axes: tuple[str, ...], curve: Curve) -> tuple[F8, I8, I8]:
    """(epoch, step, how often that x came before in the run) of each point; what is no axis is constant."""
    n = len(curve.value)
    epoch = np.where(np.isnan(curve.epoch), -np.inf, curve.epoch) if "epoch" in axes else np.zeros(n)
    step = curve.step if "step" in axes else np.zeros(n, np.int64)
    order = np.lexsort((np.arange(n), step, epoch))
    same = np.zeros(n, bool)
    same[1:] = (epoch[order][1:] == epoch[order][:-1]) & (step[order][1:] == step[order][:-1])
    starts = np.flatnonzero(~same)
    again = np.empty(n, np.int64)
    again[order] = np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
    return epoch, step, again


def _steps(curves: list[Curve], step: I8, heads: I8) -> F8 | I8:
    gone = np.concatenate([c.stepless for c in curves])[heads]
    return np.where(gone, np.nan, step[heads].astype(np.float64)) if gone.any() else step[heads]
