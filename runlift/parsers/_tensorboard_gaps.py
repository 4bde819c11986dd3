"""What damage took: how many records a lost byte range held, and which tags are short of points there.

A record whose header is good says its size, so that the walk over a range counts exactly; where headers are damaged too
the count goes by the file's mean record. A tag is short where the next step behind a range is further away than the
steps before it were from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from runlift.wire.tfrecord import FRAME, HEADER, header_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.wire.events import Window

    I8 = NDArray[np.int64]

MOST_RANGES = 20
_REMEMBERED = 9
_MOST_WALKED = 10_000
_MOST_TAGS = 8


@dataclass(slots=True)
class Gap:
    """One lost range: ``records`` in it, ``exact`` or about; ``short``: points missing by tag number."""

    start: int
    stop: int
    records: int
    exact: bool
    short: dict[int, int] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)

    def words(self, names: list[str]) -> str:
        """As a sentence for the Issue."""
        about = "" if self.exact else "about "
        said = f"{about}{self.records:,} record{'' if self.records == 1 else 's'} lost"
        tags = sorted(self.short.items(), key=lambda t: -t[1])
        listed = ", ".join(f"{names[tag]!r} by {n:,}" for tag, n in tags[:_MOST_TAGS])
        more = f" and {len(tags) - _MOST_TAGS:,} more tags" if len(tags) > _MOST_TAGS else ""
        return f"{said}; short of points: {listed}{more}" if listed else said


class Gaps:
    """Follows the steps of each tag over the windows of one file; the first ``MOST_RANGES`` ranges are looked into."""

    def __init__(self) -> None:
        self.all: list[Gap] = []
        self._recent: dict[int, tuple[I8, I8]] = {}
        self._bytes = self._records = 0

    def window(self, window: Window, file: BinaryIO) -> None:
        """Take note of a window that was read; its lost ranges are looked up in ``file``."""
        self._bytes += len(window.data)
        self._records += window.records
        for start, stop in window.lost[: MOST_RANGES - len(self.all)]:
            records, exact = self._count(file, start, stop)
            self.all.append(Gap(start, stop, records, exact, waiting=set(self._recent) | {t for t, _ in window.series}))
        for tag, place in window.series:
            self._tag(tag, window.position[place], window.step[place])

    def of(self, start: int) -> Gap | None:
        """What is known of the range that begins at ``start``."""
        return next((g for g in self.all if g.start == start), None)

    def _tag(self, tag: int, position: I8, step: I8) -> None:
        if tag in self._recent:
            old = self._recent[tag]
            position, step = np.concatenate((old[0], position)), np.concatenate((old[1], step))
        for gap in self.all:
            if tag in gap.waiting and len(position) and position[-1] >= gap.stop:
                gap.waiting.discard(tag)
                at = int(np.searchsorted(position, gap.start))
                missing = _missing(step[max(0, at - _REMEMBERED) : at], int(step[at]))
                if missing:
                    gap.short[tag] = missing
        self._recent[tag] = position[-_REMEMBERED:].copy(), step[-_REMEMBERED:].copy()

    def _count(self, file: BinaryIO, start: int, stop: int) -> tuple[int, bool]:
        """Records from ``start`` to ``stop``, and whether each of them told its size."""
        at = n = 0
        while start + at < stop and n < _MOST_WALKED:
            file.seek(start + at)
            length = header_length(file.read(HEADER))
            if length is None or start + at + FRAME + length > stop:
                break
            at += FRAME + length
            n += 1
        left = stop - start - at
        if not left:
            return n, True
        return n + max(1, round(left * self._records / self._bytes) if self._bytes else 1), False


def _missing(before: I8, after: int) -> int:
    """How many steps are left out between the last of ``before`` and ``after``, by the usual stride of ``before``."""
    strides = np.diff(before)
    if len(strides) == 0:
        return 0
    stride = int(np.median(strides))
    if stride <= 0:
        return 0
    return max(0, round((after - int(before[-1])) / stride) - 1)
