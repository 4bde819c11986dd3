"""One metric of one run on its way, and the rules by which targets change it: whole columns at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.moving.losses import (
    CLAMPED,
    COLLAPSED,
    EPOCH,
    FLOAT32,
    MICROSECONDS,
    MILLISECONDS,
    NEGATIVE_TIME,
    NEGATIVE_ZERO,
    NO_STEP,
    NO_TIME,
    STEP_RANGE,
    Loss,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    I8 = NDArray[np.int64]
    F8 = NDArray[np.float64]
    B1 = NDArray[np.bool_]

_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class Series:
    """Points in force of one metric, in reading order: columns of one length n.

    ``step`` int64[n], ``stepless`` bool[n] (True: no step was read, ``step`` is 0), ``epoch``, ``time`` (Unix seconds)
    and ``value`` float64[n] with NaN for an epoch or time that was not read, ``attempt`` int32[n]. ``start``: Unix
    seconds of the run's start (0 where unknown), for points without a time.
    """

    metric: str
    step: I8
    stepless: B1
    epoch: F8
    time: F8
    value: F8
    attempt: NDArray[np.int32]
    start: float = 0.0

    @classmethod
    def read_back(cls, metric: str, steps: list[int], times: list[float], values: list[float]) -> Series:
        """The points that a target gave back, which has steps and times of all of them and knows no epochs."""
        n = len(steps)
        return cls(
            metric=metric,
            step=np.array(steps, np.int64),
            stepless=np.zeros(n, bool),
            epoch=np.full(n, np.nan),
            time=np.array(times, np.float64),
            value=np.array(values, np.float64),
            attempt=np.zeros(n, np.int32),
        )

    def __len__(self) -> int:
        """How many points."""
        return len(self.value)

    def tail(self, n: int) -> Series:
        """The points from the n-th on."""
        return self.take(np.arange(n, len(self))) if n else self

    def take(self, chosen: NDArray[np.int64] | B1) -> Series:
        """The points at these indices, or where the mask is True."""
        columns = ("step", "stepless", "epoch", "time", "value", "attempt")
        return replace(self, **{c: getattr(self, c)[chosen] for c in columns})

    def ordered(self) -> Series:
        """By step, time, value; all NaN are equal. The order in which two holdings are compared."""
        return self.take(np.lexsort((bits(self.value), bits(self.time), self.step)))


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """How a target changes points. ``change`` gives the new series and how many points differ.

    ``minor``: the change is so small that the exact points are not attached for it.
    """

    loss: Loss
    change: Callable[[Series], tuple[Series, int]]
    minor: bool = False


def bits(column: F8) -> I8:
    """The doubles as integers that are equal where the doubles are the same; every NaN is the same."""
    found: I8 = column.view(np.int64).copy()
    found[np.isnan(column)] = 0x7FF8000000000000
    return found


def _changed(old: F8, new: F8) -> int:
    return int((bits(old) != bits(new)).sum())


def _with_value(series: Series, value: F8) -> tuple[Series, int]:
    return replace(series, value=value), _changed(series.value, value)


def _with_time(series: Series, time: F8) -> tuple[Series, int]:
    return replace(series, time=time), _changed(series.time, time)


def _clamp(series: Series) -> tuple[Series, int]:
    value = np.where(np.isinf(series.value), np.copysign(_LARGEST, series.value), series.value)
    return _with_value(series, value)


def _float32(series: Series) -> tuple[Series, int]:
    with np.errstate(over="ignore"):
        return _with_value(series, series.value.astype(np.float32).astype(np.float64))


def _unsigned_zero(series: Series) -> tuple[Series, int]:
    return _with_value(series, np.where(series.value == 0, 0.0, series.value))


def _number(series: Series) -> tuple[Series, int]:
    """The steps of points without one: one more than the point before."""
    if not series.stepless.any():
        return series, 0
    counted = np.arange(len(series), dtype=np.int64)
    step = np.where(series.stepless, counted, series.step)
    return replace(series, step=step, stepless=np.zeros(len(step), bool)), int(series.stepless.sum())


def _start_time(series: Series) -> tuple[Series, int]:
    missing = np.isnan(series.time)
    return replace(series, time=np.where(missing, series.start, series.time)), int(missing.sum())


def _no_negative_time(series: Series) -> tuple[Series, int]:
    return _with_time(series, np.maximum(series.time, 0.0))


def milliseconds(time: F8) -> I8:
    """Unix seconds as whole milliseconds, to the nearest."""
    found: I8 = np.rint(time * 1000).astype(np.int64)
    return found


def microseconds(time: F8) -> I8:
    """Unix seconds as whole microseconds, to the nearest."""
    found: I8 = np.rint(time * 1_000_000).astype(np.int64)
    return found


def _to_ms(series: Series) -> tuple[Series, int]:
    return _with_time(series, np.rint(series.time * 1000) / 1000)


def _to_us(series: Series) -> tuple[Series, int]:
    return _with_time(series, np.rint(series.time * 1_000_000) / 1_000_000)


def _no_epoch(series: Series) -> tuple[Series, int]:
    given = int((~np.isnan(series.epoch)).sum())
    return replace(series, epoch=np.full(len(series), np.nan)), given


def _twelve_digits(series: Series) -> tuple[Series, int]:
    step = np.clip(series.step, 1 - 10**12, 10**12 - 1)
    return replace(series, step=step), int((step != series.step).sum())


def _collapse(series: Series) -> tuple[Series, int]:
    """The first of points that are equal in step, time and value."""
    keys = (bits(series.value), bits(series.time), series.step)
    order = np.lexsort(keys)
    same = np.ones(max(len(order) - 1, 0), bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    if not same.any():
        return series, 0
    keep = np.ones(len(series), bool)
    keep[order[1:][same]] = False
    return series.take(keep), int(same.sum())


CLAMP = SeriesRule(CLAMPED, _clamp)
SINGLE = SeriesRule(FLOAT32, _float32)
UNSIGNED_ZERO = SeriesRule(NEGATIVE_ZERO, _unsigned_zero)
NUMBERED = SeriesRule(NO_STEP, _number)
START_TIME = SeriesRule(NO_TIME, _start_time)
NO_NEGATIVE_TIME = SeriesRule(NEGATIVE_TIME, _no_negative_time)
TO_MS = SeriesRule(MILLISECONDS, _to_ms, minor=True)
TO_US = SeriesRule(MICROSECONDS, _to_us, minor=True)
NO_EPOCH = SeriesRule(EPOCH, _no_epoch)
TWELVE_DIGITS = SeriesRule(STEP_RANGE, _twelve_digits)
COLLAPSE = SeriesRule(COLLAPSED, _collapse)
