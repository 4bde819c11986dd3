"""What can be wrong with an event file, in words; alike issues of one file are told once with their count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runlift.facts import Issue, Severity
from runlift.parsers._tensorboard_gaps import MOST_RANGES
from runlift.wire import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._api import Source
    from runlift.parsers._tensorboard_gaps import Gaps
    from runlift.parsers._tensorboard_ledger import Ledger
    from runlift.wire.events import Window

_REFUSED = {
    events.BAD_EVENT: ("event-undecodable", "records have the right checksums but hold no Event"),
    events.LONG_TAG: ("tag-too-long", f"values have tags of more than {events.LONGEST_TAG:,} bytes"),
    events.TOO_LARGE: ("record-too-large", f"records of more than {events.LARGEST:,} bytes"),
}


class Issues:
    """Collects the issues of one source; ``all`` gives them at the end."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._by_cause: dict[tuple[str, str], Issue] = {}
        self._rounded = 0

    def add(self, issue: Issue) -> None:
        """One more; where the same was said already, its count rises."""
        key = issue.code, issue.message
        known = self._by_cause.get(key)
        self._by_cause[key] = issue if known is None else replace(known, count=known.count + issue.count)

    def refused(self, kind: int, position: int) -> None:
        """A record or value with the right checksums that cannot be taken: no Event, or larger than any writer makes."""
        code, said = _REFUSED[kind]
        self.add(
            Issue(
                code,
                f"{self.name}: {said}.",
                position,
                done="Counted as unrecognised; everything else was read.",
                help="runlift trace shows the first of them; the program that wrote the file may be at fault.",
            )
        )

    def bad_tag(self, tag: str) -> None:
        """A tag that is not UTF-8."""
        self.add(
            Issue(
                "tag-not-utf8",
                f"{self.name}: the tag {tag!r} is not UTF-8.",
                severity=Severity.INFO,
                done="Its other bytes are written as \\xNN.",
                help="Nothing to do; the values are whole.",
            )
        )

    def window(self, window: Window) -> None:
        """What a window as a whole had."""
        self._rounded += window.rounded

    def lfs_pointer(self) -> Iterator[Issue]:
        """The file is not there: only its pointer is."""
        yield Issue(
            "git-lfs-pointer",
            f"{self.name}: a Git LFS pointer, not the event file itself.",
            severity=Severity.ERROR,
            done="Nothing to read here.",
            help="Run `git lfs pull` in its repository and ingest again.",
        )

    def all(self, ledger: Ledger, limit: int, gaps: Gaps, names: list[str]) -> Iterator[Issue]:
        """Everything that was collected, then what the ledger tells."""
        yield from self._by_cause.values()
        if self._rounded:
            yield Issue(
                "integer-rounded",
                f"{self.name}: integers beyond 2^53 are not exact as numbers of 64-bit floating point.",
                severity=Severity.INFO,
                done="Rounded to the nearest.",
                help="runlift trace shows the exact value of a point.",
                count=self._rounded,
            )
        if limit == ledger.start == 0:
            yield self._empty()
        elif not ledger.records and not ledger.start:
            yield self._no_record(ledger, limit)
        else:
            yield from self._damage(ledger, gaps, names)
            if ledger.unfinished is not None and ledger.unfinished < limit:
                yield self._cut(ledger.unfinished, limit)

    def _empty(self) -> Issue:
        return Issue(
            "empty-file",
            f"{self.name}: an event file of 0 bytes.",
            severity=Severity.INFO,
            done="Nothing to read here.",
            help="The writer was stopped before it wrote; other event files of its folder may hold the run.",
        )

    def _no_record(self, ledger: Ledger, limit: int) -> Issue:
        if ledger.unfinished == 0:
            return self._cut(0, limit)
        return Issue(
            "not-event-data",
            f"{self.name}: no record of event data in its {limit:,} bytes, whatever its name says.",
            severity=Severity.ERROR,
            done="Nothing was read.",
            help="Is it compressed, encrypted, or another kind of file? --as FORMAT reads it with another reader.",
        )

    def _damage(self, ledger: Ledger, gaps: Gaps, names: list[str]) -> Iterator[Issue]:
        told = ledger.damaged[:MOST_RANGES]
        for start, stop in told:
            gap = gaps.of(start)
            words = f": {gap.words(names)}" if gap else ""
            yield Issue(
                "damaged-bytes",
                f"{self.name}: {stop - start:,} bytes from {start:,} to {stop:,} have wrong checksums{words}.",
                start,
                done="Left out; records before and behind them were read.",
                help="Copy the file again from where it was written, if it is whole there.",
            )
        rest = ledger.damaged[MOST_RANGES:]
        if rest:
            lost = sum(stop - start for start, stop in rest)
            yield Issue(
                "damaged-bytes",
                f"{self.name}: {lost:,} more bytes in {len(rest):,} further places are damaged.",
                rest[0][0],
                done="Left out; records between them were read.",
                help="Copy the file again from where it was written, if it is whole there.",
                count=len(rest),
            )

    def _cut(self, start: int, limit: int) -> Issue:
        return Issue(
            "unfinished-record",
            f"{self.name}: the file ends inside a record that begins at byte {start:,} ({limit - start:,} bytes).",
            start,
            severity=Severity.INFO,
            done="Everything before was read; this is read when the file has grown.",
            help="If nothing writes to it any more, the last record was lost when its writer was stopped.",
        )
