"""JSON lines: a record a line, broken lines told and passed by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from runlift.facts import Severity
from runlift.parsers._records_facts import RecordFacts
from runlift.parsers._table_notes import Kind
from runlift.wire.json_stream import Repeats
from runlift.wire.table_text import Encoding, blocks, detect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._api import ParseOptions
    from runlift.parsers._table_notes import Ledger, Notes

BROKEN = Kind("broken-json", "lines that are not JSON", "Counted as damaged; the other lines were read.")
NOT_RECORD = Kind("not-a-record", "lines that are no JSON objects", "Counted as unrecognised.")
CUT = Kind("unfinished-line", "the last line is cut short", "Left for the next ingest.", severity=Severity.INFO)
REPEATED = Kind("repeated-key", "objects with a key twice", "The last value of each was kept.")


@dataclass(slots=True)
class LineFacts:
    """Reads JSON lines."""

    name: str
    options: ParseOptions
    notes: Notes
    ledger: Ledger
    repeats: Repeats = field(default_factory=Repeats)
    line: int = 1

    def facts(self, file: BinaryIO) -> Iterator[Fact]:
        """The facts of all lines."""
        records = RecordFacts(self.name, self.options, self.notes)
        encoding = detect(file.read(1 << 16)) or Encoding("utf-8")
        for data in blocks(file, encoding, 1 << 20):
            yield from records.extend(*self._records(data))
        yield from records.finish()
        self.ledger.used += records.read
        self.ledger.unrecognised += records.refused
        if self.repeats.count:
            self.notes.add(REPEATED, 1, count=self.repeats.count)

    def _records(self, data: bytes) -> tuple[list[dict[str, Any]], list[int]]:
        """(records, their lines) of a block."""
        lines = data.split(b"\n")
        ended = not lines[-1]
        lines = lines[:-1] if ended else lines
        together = self._together(lines, data) if ended else None
        if together is not None:
            at = list(range(self.line, self.line + len(lines)))
            self.line += len(lines)
            return together, at
        found: list[dict[str, Any]] = []
        at = []
        for i, line in enumerate(lines):
            record = self._one(line, last=not ended and i == len(lines) - 1)
            if record is not None:
                found.append(record)
                at.append(self.line)
            self.line += 1
        return found, at

    def _together(self, lines: list[bytes], data: bytes) -> list[dict[str, Any]] | None:
        """All lines in one call, which is quicker; None where any is not an object by itself or may repeat a key."""
        if not all(line[:1] == b"{" for line in lines):
            return None
        flat = data.count(b"{") == len(lines)
        before = self.repeats.count
        try:
            found = json.loads(b"[" + b",".join(lines) + b"]", object_pairs_hook=None if flat else self.repeats.hook)
        except (ValueError, RecursionError):
            found = []
        one_each = len(found) == len(lines) and all(type(r) is dict for r in found)
        if not one_each or (flat and sum(map(len, found)) != data.count(b'":')):
            self.repeats.count = before
            return None
        return list(found)

    def _one(self, line: bytes, *, last: bool) -> dict[str, Any] | None:
        text = line.strip()
        if not text:
            self.ledger.ignored["blank line"] += 1
            return None
        try:
            found = json.loads(text, object_pairs_hook=self.repeats.hook, strict=False)
        except (ValueError, RecursionError):
            self._broken(text, last=last)
            return None
        if isinstance(found, dict):
            return found
        self.notes.add(NOT_RECORD, self.line, text[:200].decode("utf-8", "replace"))
        self.ledger.unrecognised += 1
        return None

    def _broken(self, text: bytes, *, last: bool) -> None:
        shown = text[:200].decode("utf-8", "replace")
        if last:
            self.notes.add(CUT, self.line, shown)
            self.ledger.unfinished += 1
        elif text[:1] in (b"{", b"[") or b"\0" in text:
            self.notes.add(BROKEN, self.line, shown)
            self.ledger.damage(self.line, self.line + 1)
        else:
            self.notes.add(NOT_RECORD, self.line, shown)
            self.ledger.unrecognised += 1
