"""Attempts: where a run started again, and which of its earlier points that overtakes.

A run that was killed and started again repeats steps. The points of the start that was overtaken stay, marked
superseded. A restart shows as: a mark of the writer (``Restart``); a further source of the same run whose first step
is not beyond what was reached; a step that goes back inside a source. A step that goes back is *not* a restart where a
writer keeps two counters in one series (back and forth), or counts anew in every epoch (a saw of equal teeth).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]
B1 = NDArray[np.bool_]

_MIN_SEGMENT = 3


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one run in reading order.

    ``key`` orders training (float64[n], NaN for no step), ``source`` is the index of the source (int64[n]), ``marks``:
    (first index after a writer's mark, its step or None); the index may be n: nothing was logged after the mark.
    """

    key: F8
    source: I8
    marks: tuple[tuple[int, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Attempts:
    """``attempt``: int32[n]; ``superseded``: bool[n]; ``restarts``: how many; ``saw``: steps count anew."""

    attempt: NDArray[np.int32]
    superseded: B1
    restarts: int
    saw: bool = False


def training_key(step: I8, missing: B1 | None, epoch: F8 | None) -> F8:
    """What orders a series: its step where it never goes back, else (epoch, step) together, else the step."""
    key = step.astype(np.float64)
    if missing is not None and missing.any():
        key[missing] = np.nan if epoch is None else epoch[missing]
        return key
    if epoch is None or not np.any(key[1:] < key[:-1]) or np.isnan(epoch).any():
        return key
    moved = np.empty(len(key), bool)
    moved[0] = False
    further, here = epoch[1:] > epoch[:-1], epoch[1:] == epoch[:-1]
    if bool((further | (here & (step[1:] >= step[:-1]))).all()):  # in order as it is: no need to sort
        moved[1:] = further | (step[1:] != step[:-1])
        return np.cumsum(moved).astype(np.float64)
    order = np.lexsort((step, epoch))
    moved[1:] = (step[order][1:] != step[order][:-1]) | (epoch[order][1:] != epoch[order][:-1])
    rank = np.empty(len(key), np.float64)
    rank[order] = np.cumsum(moved)
    return rank


def find_attempts(series: Series) -> Attempts:
    """Number the attempts of one metric and mark what later ones overtake."""
    n = len(series.key)
    starts, saw = _starts(series)
    attempt = np.zeros(n, np.int32)
    superseded = _purged_at_the_end(series)
    if not starts:
        return Attempts(attempt, superseded, 0, saw)
    index = np.array(sorted(starts))
    attempt[index] = 1
    attempt = np.cumsum(attempt, dtype=np.int32)
    # What any later attempt starts at: an earlier point at or beyond that is overtaken.
    at = np.array([starts[i] for i in index])
    later = np.minimum.accumulate(at[::-1])[::-1]
    bound = np.append(later, np.nan)[attempt]  # nothing overtakes the last attempt, not even at infinity
    with np.errstate(invalid="ignore"):
        superseded |= series.key >= bound
    return Attempts(attempt, superseded, len(index), saw)


def _purged_at_the_end(series: Series) -> B1:
    """What a mark behind the last point overtakes: the metric was not logged again, but its start is overtaken."""
    steps = [step for i, step in series.marks if i == len(series.key) and step is not None]
    with np.errstate(invalid="ignore"):
        return series.key >= min(steps) if steps else np.zeros(len(series.key), bool)


def _starts(series: Series) -> tuple[dict[int, float], bool]:
    """Index -> step of every new attempt, and whether the steps are a saw."""
    starts: dict[int, float] = {}
    saw = False
    for begin, stop in _spans(series.source):
        inner, is_saw = _falls(series.key[begin:stop])
        saw = saw or is_saw
        for i in inner:
            starts[begin + i] = float(series.key[begin + i])
        if begin and not is_saw:
            first = _first_number(series.key[begin:stop])
            with np.errstate(invalid="ignore"):
                if first is not None and np.any(series.key[:begin] >= first):
                    starts[begin] = first
    for i, step in series.marks:
        if 0 < i < len(series.key):
            starts[i] = float(series.key[i]) if step is None else step
    return {i: s for i, s in starts.items() if not np.isnan(s)}, saw


def _spans(source: I8) -> list[tuple[int, int]]:
    cuts = np.flatnonzero(source[1:] != source[:-1]) + 1
    edges = [0, *cuts.tolist(), len(source)]
    return list(itertools.pairwise(edges))


def _first_number(key: F8) -> float | None:
    good = key[~np.isnan(key)]
    return float(good[0]) if len(good) else None


def _falls(key: F8) -> tuple[list[int], bool]:
    """Where a series of one source starts again, and whether it is a saw instead."""
    good = np.flatnonzero(~np.isnan(key))
    values = key[good]
    back = np.flatnonzero(values[1:] < values[:-1]) + 1
    if len(back) == 0:
        return [], False
    if len(values) / (len(back) + 1) < _MIN_SEGMENT:
        return [], False
    if _is_saw(values, back):
        return [], True
    if back[-1] == len(values) - 1:
        back = back[:-1]  # one point at the end is an echo ("best iteration: [145] ...") until more follow it
    return good[back].tolist(), False


def _is_saw(values: F8, back: I8) -> bool:
    """Two teeth or more that all start at one step and are equally long (the last may be cut)."""
    edges = np.concatenate(([0], back, [len(values)]))
    lengths = np.diff(edges)[:-1]
    firsts = values[edges[:-1]]
    return bool(len(back) >= 2 and np.all(firsts == firsts[0]) and np.all(np.abs(lengths - lengths[0]) <= 1))
