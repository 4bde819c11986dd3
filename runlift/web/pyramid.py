"""A long series at several resolutions: levels of buckets, each the smallest, largest, mean and last of so many points.

The finest level has a bucket for 64 points, each further one a bucket for 16 of the one below. A stretch is drawn from the
coarsest level that has enough buckets in it, so what is read does not grow with the series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.answers.curves import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.answers.curves import Sorted

FINEST, STEP, COARSEST = 64, 16, 1000
_FIELDS = ("x", "low", "high", "sum", "good", "n", "last", "position", "wall", "epoch")


@dataclass(frozen=True, slots=True)
class Pyramid:
    """``levels``: the finest first; each float64[10, buckets] with the rows ``_FIELDS``.

    ``x`` of a bucket's last point; ``low``, ``high`` and ``sum`` of its ``good`` finite values of ``n``; what is known of
    the last of these. A bucket without a finite value has NaN in ``low``, ``high`` and ``last``.
    """

    run_id: str
    source: str
    kind: str
    levels: list[NDArray[np.float64]]

    @classmethod
    def of(cls, points: Sorted) -> Pyramid:
        """All levels of a series."""
        levels = [_finest(points)]
        while levels[-1].shape[1] > COARSEST:
            levels.append(_joined(levels[-1], STEP))
        return cls(points.run_id, points.source, points.kind, levels)

    @classmethod
    def load(cls, path: str) -> Pyramid:
        """As ``save`` wrote it. OSError or ValueError where it cannot be read."""
        with np.load(path) as kept:
            run_id, source, kind = map(str, kept["of"])
            return cls(run_id, source, kind, [kept[name] for name in kept.files[1:]])

    def save(self, path: str) -> None:
        """Write it. OSError where it cannot be written."""
        with open(path, "wb") as file:
            levels: dict[str, Any] = {f"level{i}": level for i, level in enumerate(self.levels)}
            np.savez(file, of=np.array([self.run_id, self.source, self.kind]), **levels)

    def stretch(self, span: tuple[float, float], most: int) -> Line | None:
        """What lies between two x, in at most ``most`` buckets of equal numbers of points; None where points should be read."""
        for level in reversed(self.levels):
            first = int(np.searchsorted(level[0], span[0]))
            end = min(int(np.searchsorted(level[0], span[1])) + 1, level.shape[1])
            if end - first >= most:
                return self._line(_joined(level[:, first:end], -(-(end - first) // most)))
        return None

    def _line(self, level: NDArray[np.float64]) -> Line:
        x, low, high, total, good, n, last, position, wall, epoch = level
        mean = np.divide(total, good, out=np.full(len(x), np.nan), where=good > 0)
        counts = (int(n.sum()), int((n - good).sum()))
        return Line(
            self.run_id,
            self.source,
            self.kind,
            *counts,
            x,
            low,
            high,
            mean,
            last,
            position.astype(np.int64),
            wall,
            epoch,
        )


def _finest(p: Sorted) -> NDArray[np.float64]:
    starts = np.arange(0, len(p.x), FINEST)
    ends = np.append(starts[1:], len(p.x))
    good = np.isfinite(p.value)
    count = np.add.reduceat(good.astype(np.float64), starts)
    low = np.minimum.reduceat(np.where(good, p.value, np.inf), starts)
    high = np.maximum.reduceat(np.where(good, p.value, -np.inf), starts)
    total = np.add.reduceat(np.where(good, p.value, 0.0), starts)
    at = np.maximum.accumulate(np.where(good, np.arange(len(p.x)), -1))[ends - 1]
    at = np.where(at >= starts, at, ends - 1)
    none = count == 0
    rows = [
        p.x[ends - 1], np.where(none, np.nan, low), np.where(none, np.nan, high), total, count, ends - starts,
        np.where(none, np.nan, p.value[at]), p.position[at], p.wall[at], p.epoch[at],
    ]  # fmt: skip
    return np.array(rows, np.float64)


def _joined(level: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Every ``k`` buckets as one."""
    if k <= 1:
        return level
    starts = np.arange(0, level.shape[1], k)
    ends = np.append(starts[1:], level.shape[1]) - 1
    field = dict(zip(_FIELDS, level, strict=True))
    at = np.maximum.accumulate(np.where(field["good"] > 0, np.arange(level.shape[1]), -1))[ends]
    at = np.where(at >= starts, at, ends)
    sums = {name: np.add.reduceat(field[name], starts) for name in ("sum", "good", "n")}
    bounds = {"low": np.fmin.reduceat(field["low"], starts), "high": np.fmax.reduceat(field["high"], starts)}
    rest = {name: field[name][at] for name in ("last", "position", "wall", "epoch")}
    made = {"x": field["x"][ends], **sums, **bounds, **rest}
    return np.array([made[name] for name in _FIELDS])
