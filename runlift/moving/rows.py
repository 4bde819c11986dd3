"""Points as rows, for trackers that log several metrics at once: those of one step and time share a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.series import Series


@dataclass(frozen=True, slots=True)
class Rows:
    """Points sorted by step, time and metric: columns of one length n, and where rows start in them.

    ``code`` is the index of a point's series, ``nth`` counts points of one metric at one step and time (each has a row
    of its own), ``starts`` int64[rows + 1] ends with n.
    """

    code: Any
    step: Any
    time: Any
    nth: Any
    value: Any
    starts: Any

    def __len__(self) -> int:
        """How many rows."""
        return len(self.starts) - 1

    def parts(self, rows: int) -> Iterator[Rows]:
        """As many rows at a time."""
        for at in range(0, len(self), rows):
            starts = self.starts[at : at + rows + 1]
            part = slice(int(starts[0]), int(starts[-1]))
            code, step, time, nth, value = (c[part] for c in (self.code, self.step, self.time, self.nth, self.value))
            yield Rows(code, step, time, nth, value, starts - starts[0])


def as_rows(series: list[Series]) -> Rows:
    """The rows of some series."""
    empty = np.zeros(0, np.int64)
    code = np.repeat(np.arange(len(series)), [len(s) for s in series])
    step = np.concatenate([empty, *(s.step for s in series)])
    time = np.concatenate([empty.astype(float), *(s.time for s in series)])
    value = np.concatenate([empty.astype(float), *(s.value for s in series)])
    nth = _nth(code, step, time)
    order = np.lexsort((code, nth, time, step))
    code, step, time, nth, value = code[order], step[order], time[order], nth[order], value[order]
    starts = np.append(np.flatnonzero(_changes(step, time, nth)), len(code))
    return Rows(code, step, time, nth, value, starts)


def _nth(code: Any, step: Any, time: Any) -> Any:
    """How many points of the same metric, step and time come before each."""
    order = np.lexsort((time, step, code))
    new = _changes(code[order], step[order], time[order])
    first = np.maximum.accumulate(np.where(new, np.arange(len(code)), 0))
    found = np.empty(len(code), np.int64)
    found[order] = np.arange(len(code)) - first
    return found


def _changes(*columns: Any) -> Any:
    """Where any column differs from the entry before; the first entry always does."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new
