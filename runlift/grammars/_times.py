"""Time stamps in front of lines as Unix seconds. What a stamp leaves out is inferred by stated rules, and said.

- No zone: taken as UTC. Zones by name that are known (UTC, GMT, Z) and offsets are applied.
- ``a/b/c``: the year is first where it has four digits; else day before month where some first number is over 12,
  month before day otherwise.
- No year: the year in which the stamp lies before the file's own time.
- No date at all: the last stamp is of the day before the file's own time ends, and a clock that falls by more than an
  hour has passed midnight; only in texts of one block, where the last stamp is known. Else no time is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Issue, Severity
from runlift.grammars._peel import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import F8, I8
    from runlift.grammars._block import Block, Group

N = "\x01"
DAY = 86_400
_ZONE = re.compile(rf"(?P<sign>[+-]?)(?P<number>{N})(?P<minutes>:{N})?[\])]?\s*$")
_SAID = {
    "zone": ("time-zone", "Time stamps name no zone", "They were taken as UTC."),
    "order": ("time-order", "Dates such as 03/04/2026 may be read in two ways", "Month before day was taken."),
    "year": ("time-year", "Time stamps have no year", "The last year before the file's own time was taken."),
    "day": ("time-of-day", "Time stamps have no date", "No times were given to the points."),
    "dated": ("time-of-day", "Time stamps have no date", "The last was taken to be just before the file's own time."),
}


@dataclass(slots=True)
class Times:
    """Reads stamps of a text. ``mtime``: when the file was last written (Unix seconds, 0: not known).

    ``whole``: the text is one block.
    """

    mtime: float = 0.0
    whole: bool = False
    day_first: bool = False
    said: set[str] = field(default_factory=set)
    first: float = np.nan
    last: float = np.nan

    def read(self, block: Block, groups: list[Group]) -> F8:
        """The time of each frame that has a stamp, NaN for others."""
        out = np.full(len(block.fate), np.nan)
        clocks = [g for g in groups if g.draft.time and g.draft.time[0] == "clock"]
        with np.errstate(invalid="ignore", over="ignore"):  # what looks like a stamp may hold any number
            for g in groups:
                if g.draft.time:
                    out[g.frames] = self._group(block, g)
            if clocks:
                self._clocks(block, clocks, out)
        known = out[~np.isnan(out)]
        if len(known):
            self.first = known[0] if np.isnan(self.first) else self.first
            self.last = known[-1]
        return out

    def _clocks(self, block: Block, groups: list[Group], out: F8) -> None:
        if not self.whole or not self.mtime:
            self.said.add("day")
            return
        self.said.add("dated")
        for g in groups:
            hour, minute, second = (block.column(g.frames, s) for s in (g.draft.time or ("", ()))[1][:3])
            out[g.frames] = np.where((hour < 24) & (minute < 60), hour * 3600 + minute * 60 + second, np.nan)
        frames = np.sort(np.concatenate([g.frames for g in groups]))
        frames = frames[~np.isnan(out[frames])]
        if not len(frames):
            return
        days = np.cumsum(np.diff(out[frames], prepend=out[frames[0]]) < -3600)
        last = np.floor((self.mtime - out[frames[-1]]) / DAY) * DAY
        out[frames] += last - (days[-1] - days) * DAY

    def issues(self) -> Iterator[Issue]:
        """What was inferred, each once."""
        for key in sorted(self.said):
            code, why, done = _SAID[key]
            yield Issue(code, why + ".", severity=Severity.INFO, done=done)

    def _group(self, block: Block, g: Group) -> F8:
        kind, slots = g.draft.time or ("", ())
        columns = [block.column(g.frames, s) for s in slots]
        if kind == "clock":
            return np.full(len(g.frames), np.nan)
        dated = kind == "dated_glog"
        date, rest = (_masked_date(block, g.frames), columns[:3]) if dated else self._date(kind, g.draft.stamp, columns)
        if date is None or len(rest) < 3:
            return np.full(len(g.frames), np.nan)
        at = len(columns) - len(rest)
        seconds = rest[2]
        tail = rest[3:]
        if re.search(rf":{N}:{N}[,:]{N}", g.draft.stamp) and tail:
            width = block.scan.end[block.scan.first[g.frames] + slots[at + 3]] - block.scan.begin[
                block.scan.first[g.frames] + slots[at + 3]
            ]  # fmt: skip
            seconds = seconds + tail[0] / 10.0**width
            tail = tail[1:]
        out = _unix(date, rest[0], rest[1], seconds)
        return out - self._offset(kind, g.draft.stamp, tail)

    def _date(self, kind: str, stamp: str, c: list[F8]) -> tuple[tuple[F8, F8, F8] | None, list[F8]]:
        """Year, month, day, and the columns behind them."""
        if kind == "ymd" and len(c) >= 6:
            return (_whole_year(c[0]), c[1], c[2]), c[3:]
        if kind == "slashed" and len(c) >= 6:
            return self._slashed(c), c[3:]
        if kind == "monthday" and len(c) >= 5:
            return (self._year(c[0], c[1]), c[0], c[1]), c[2:]
        if kind == "glog":
            found = re.match(r"\w(\d\d)(\d\d)", stamp)
            if found and len(c) >= 3:
                month, day = (np.full(len(c[0]), float(found[i])) for i in (1, 2))
                return (self._year(month, day), month, day), c[:3]
        if kind == "ctime" and len(c) >= 4:
            name = next(m for m in MONTHS if m in stamp)
            month = np.full(len(c[0]), float(MONTHS.index(name) + 1))
            year = _whole_year(c[4]) if len(c) > 4 and np.all(c[4] >= 1970) else self._year(month, c[0])
            return (year, month, c[0]), c[1:4]
        return None, []

    def _slashed(self, c: list[F8]) -> tuple[F8, F8, F8]:
        if np.any(c[0] > 31):
            return _whole_year(c[0]), c[1], c[2]
        self.day_first |= bool(np.any(c[0] > 12))
        if not self.day_first and not np.any(c[1] > 12):
            self.said.add("order")
        day, month = (c[0], c[1]) if self.day_first else (c[1], c[0])
        return _whole_year(c[2]), month, day

    def _year(self, month: F8, day: F8) -> F8:
        self.said.add("year")
        if not self.mtime:
            return np.full(len(month), np.nan)
        end = datetime.fromtimestamp(self.mtime, UTC)
        late = (month > end.month) | ((month == end.month) & (day > end.day + 1))
        return np.where(late, float(end.year - 1), float(end.year))

    def _offset(self, kind: str, stamp: str, tail: list[F8]) -> F8 | float:
        if kind in ("ymd", "slashed"):
            zone = _ZONE.search(stamp)
            if tail and zone:
                hours = np.abs(tail[0])
                minutes = tail[1] if zone["minutes"] and len(tail) > 1 else np.where(hours >= 100, hours % 100, 0)
                sign = np.where((zone["sign"] == "-") | np.signbit(tail[0]), -1.0, 1.0)
                offset: F8 = sign * (np.where(hours >= 100, hours // 100, hours) * 3600 + minutes * 60)
                return offset
        if not re.search(r"(?:Z|UTC|GMT)\W*$", stamp):
            self.said.add("zone")
        return 0.0


def _masked_date(block: Block, frames: I8) -> tuple[F8, F8, F8] | None:
    """Year, month and day of ``I20261125`` at the front of lines, whose digits are masked in their shape; None where they are none."""
    start = block.scan.start[frames]
    text = np.frombuffer(block.scan.data, np.uint8)
    at = np.minimum(start[:, None] + np.arange(1, 9), max(len(text) - 1, 0))
    digits = text[at].astype(np.float64) - ord("0")
    if not np.all((digits >= 0) & (digits <= 9)):
        return None
    powers = 10.0 ** np.arange(3, -1, -1)
    return digits[:, :4] @ powers, digits[:, 4:6] @ powers[2:], digits[:, 6:] @ powers[2:]


def _whole_year(year: F8) -> F8:
    return np.where(year < 100, year + 2000, year)


def _unix(date: tuple[F8, F8, F8], hour: F8, minute: F8, second: F8) -> F8:
    """Unix seconds; NaN where a part is out of its range."""
    year, month, day = date
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1970) & (year <= 2200)
    good &= (hour < 24) & (minute < 60) & (second < 61) & (hour >= 0)
    y = np.where(good, year - (month <= 2), 1970)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * ((np.where(good, month, 1) + 9) % 12) + 2) // 5 + np.where(good, day, 1) - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    out: F8 = np.where(good, days * 86400 + hour * 3600 + minute * 60 + second, np.nan)
    return out
