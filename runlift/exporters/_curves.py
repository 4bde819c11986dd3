"""The points of one metric of several runs, laid side by side: which x they share, which row each point has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runlift.exporters._api import Values
    from runlift.exporters._value_file import ValueFile, Waiting

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
    value: Waiting

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

    def blocks(self, start: int, stop: int, size: int = 1024) -> Iterator[tuple[int, list[list[tuple[int, float]]]]]:
        """(first row, for each row its (column, value) pairs) of rows from ``start`` on, a thousand at a time."""
        for first in range(start, stop, size):
            last = min(first + size, stop)
            yield first, self._full(first, last) if self.row is None else self._sparse(first, last)

    def _full(self, first: int, last: int) -> list[list[tuple[int, float]]]:
        columns = [c.value.read(first, last).tolist() for c in self.curves]
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


def collect(found: Iterable[Values], file: ValueFile) -> list[Curve]:
    """Curves of what a store gives of a metric, on the axis of the curve before where that is the same.

    Their values wait in ``file``: memory does not grow with the number of runs that share an axis.
    """
    curves: list[Curve] = []
    for v in found:
        axis = Axis(v.step, v.stepless, v.epoch)
        before = curves[-1].axis if curves else axis
        curves.append(Curve(v.run_id, before if axis.same(before) else axis, file.put(v.value)))
    return curves


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
    values = np.concatenate([c.value.read() for c in curves])[order]
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
