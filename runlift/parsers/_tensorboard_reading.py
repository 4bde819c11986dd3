"""One event file from its bytes to facts: points and everything else window by window, then issues and the ledger."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO

from runlift.facts import Issue, Points, RunSeen
from runlift.parsers._tensorboard_events import FileWords, event_facts
from runlift.parsers._tensorboard_gaps import Gaps
from runlift.parsers._tensorboard_issues import Issues
from runlift.parsers._tensorboard_ledger import Ledger
from runlift.parsers._tensorboard_logged import Ignored, When, lenient
from runlift.parsers._tensorboard_values import Values, metadata_proto
from runlift.wire import events
from runlift.wire.events import EventReader, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from runlift.facts import Fact
    from runlift.parsers._api import Source

LARGEST_BLOCK = 200_000
_FIRST_BYTES = 4096
_LFS = b"version https://git-lfs.github.com/spec/"
_HOST = re.compile(r"tfevents\.\d{9,11}\.(?P<host>.+?)(?:\.\d+\.\d+.*|\.v2|\.profile-empty)?$")
_LAST_SECOND = 253_402_300_800.0  # the year 10000: a wall time beyond it is no start


class Reading:
    """Reads one source once, from the byte ``start``; ``rename``: tags -> the metrics that they are."""

    def __init__(self, source: Source, start: int = 0, rename: Mapping[str, str] = MappingProxyType({})) -> None:
        self.source, self.start, self.rename = source, start, rename
        self.values, self.words = Values(), FileWords()
        self.issues, self.ledger = Issues(source), Ledger(start)
        self.gaps = Gaps()
        self.names: list[str] = []
        self.announced = False

    def facts(self, file: BinaryIO) -> Iterator[Fact]:
        """All facts of the open ``file``, the Account last."""
        if not self.start and file.read(len(_LFS)) == _LFS:
            yield from self.issues.lfs_pointer()
            yield self.ledger.ignore_all("Git LFS pointer", self.source.size)
            return
        reader = self._reader(file)
        for window in reader.windows():
            self._names(reader.tags)
            yield from self._run(window)
            yield from self._odd(window)
            yield from self._points(window)
            self.ledger.window(window)
            self.issues.window(window)
            self.gaps.window(window, file)
        yield from self.issues.all(self.ledger, reader.limit, self.gaps, self.names)
        yield self.ledger.account(reader.limit)

    def _reader(self, file: BinaryIO) -> EventReader:
        """A reader at ``start``; where tensors come without metadata there, what lies before is asked for it first."""
        if not self.start:
            return EventReader(file, self.source.size)
        self._first_words(file)
        if not any(w.bare for w in EventReader(file, self.source.size, self.start).windows()):
            return EventReader(file, self.source.size, self.start)
        before = EventReader(file, self.start)
        for window in before.windows():
            tags = [lenient(t) for t in before.tags]
            for odd in window.odd[window.odd["kind"] & ~events.MIXED == events.VALUE]:
                self.values.remember(tags[odd["tag"]], window.data[odd["start"] : odd["stop"]])
        reader = EventReader(file, self.source.size, self.start, before.decoder)
        reader.tags = before.tags
        return reader

    def _first_words(self, file: BinaryIO) -> None:
        """The version and the writer, which only the file's first record tells."""
        for window in EventReader(file, min(self.start, _FIRST_BYTES)).windows():
            self._words(window)

    def _words(self, window: Window) -> None:
        for row in window.odd[:2]:
            if row["kind"] == events.FILE_VERSION:
                list(event_facts(events.FILE_VERSION, _place(window, row), _when(row), self.words))

    def _names(self, tags: list[bytes]) -> None:
        for tag in tags[len(self.names) :]:
            name = lenient(tag)
            if name.encode("utf-8", "replace") != tag:
                self.issues.bad_tag(name)
            self.names.append(name)

    def _run(self, window: Window) -> Iterator[RunSeen]:
        """What the file tells of its run, before the first value."""
        values = window.odd[window.odd["kind"] & ~events.MIXED == events.VALUE]
        firsts = [(int(v["record"]), float(v["wall"])) for v in values[:1]]
        if len(window.position):
            i = int(window.position.argmin())
            firsts.append((int(window.position[i]), float(window.wall_time[i])))
        if self.announced or not firsts:
            return
        self.announced = True
        self._words(window)
        position, wall = min(firsts)
        known = math.isfinite(wall) and 0 < wall < _LAST_SECOND
        yield RunSeen(
            started_at=wall if known else None,
            framework=self.words.framework,
            host=host_of(self.source.basename),
            position=position,
        )

    def _points(self, window: Window) -> Iterator[Points]:
        for tag, place in window.series:
            for start in range(place.start, place.stop, LARGEST_BLOCK):
                block = slice(start, min(start + LARGEST_BLOCK, place.stop))
                yield Points(
                    self.rename.get(self.names[tag], self.names[tag]),
                    window.step[block],
                    window.value[block],
                    window.position[block],
                    wall_time=window.wall_time[block],
                )

    def _odd(self, window: Window) -> Iterator[Fact]:
        for row in window.odd:
            given = False
            rule = None
            for fact in self._row(window, row):
                if isinstance(fact, Ignored):
                    rule = fact.rule
                elif isinstance(fact, Issue):
                    self.issues.add(fact)
                else:
                    given = True
                    yield self._renamed(fact)
            self.ledger.record(row, rule, given=given)

    def _renamed(self, fact: Fact) -> Fact:
        if isinstance(fact, Points) and fact.metric in self.rename:
            return replace(fact, metric=self.rename[fact.metric])
        return fact

    def _row(self, window: Window, row: np.void) -> Iterator[Fact | Ignored]:
        kind, data, when = int(row["kind"]) & ~events.MIXED, _place(window, row), _when(row)
        if kind == events.VALUE:
            yield from self.values.read(self.names[row["tag"]], data, when)
        elif kind == events.DESCRIPTION:
            metadata = metadata_proto(data)
            if metadata is not None:
                yield from self.values.words(self.names[row["tag"]], metadata, when)
        elif kind in (events.BAD_EVENT, events.LONG_TAG, events.TOO_LARGE):
            self.issues.refused(kind, when["position"])
        else:
            try:
                yield from event_facts(kind, data, when, self.words)
            except ValueError:
                self.issues.refused(events.BAD_EVENT, when["position"])


def _place(window: Window, row: np.void) -> memoryview:
    return window.data[int(row["start"]) : int(row["stop"])]


def _when(row: Any) -> When:
    return When(step=int(row["step"]), wall_time=float(row["wall"]), position=int(row["record"]))


def host_of(name: str) -> str | None:
    """The host in ``events.out.tfevents.SECONDS.HOST[.PID.N][...]``; None where the name has none."""
    found = _HOST.search(name)
    return found["host"] if found else None
