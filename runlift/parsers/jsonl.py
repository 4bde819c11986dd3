"""JSON: lines of records, lists of records, objects that hold them, histories by metric, and flat results."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from runlift.parsers._api import NO_MATCH, Head, Match, ParseOptions, Parser, Source
from runlift.parsers._records_document import DocumentFacts
from runlift.parsers._records_lines import LineFacts
from runlift.parsers._records_recognise import claim_document, claim_lines, first_lines
from runlift.parsers._table_notes import Ledger, Notes
from runlift.wire.json_stream import BrokenJsonError, JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact

_JSON = (".json", ".jsonl", ".ndjson", ".jsonlines")
_TEXT = (".log", ".txt", ".out", ".metrics")


class JsonRecords(Parser):
    """JSON lines and JSON documents that hold metrics."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON lines and JSON documents"
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = _JSON
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 20

    def recognise(self, head: Head) -> Match:
        """By records that count steps or speak of training, all through the beginning."""
        data = head.data.removeprefix(b"\xef\xbb\xbf").lstrip()
        name = head.basename.lower()
        if data[:1] not in (b"{", b"[") or not name.endswith(_JSON + _TEXT):
            return NO_MATCH
        records = first_lines(data, name, whole=head.source.size <= len(head.data))
        if records is not None:
            return claim_lines(records)
        return claim_document(data, name) if name.endswith(_JSON) else NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the records say; lines count from 1."""
        with source.open() as file:
            yield from _Reading(source, options).facts(file)

    def locate(self, source: Source, position: int) -> str:
        """The line of a position; of a record over several lines, the whole record."""
        with source.open() as file:
            lines = [
                raw.decode("utf-8", "replace").rstrip("\r\n")
                for raw in islice(file, max(0, position - 1), max(0, position) + 200)
            ]
        text = "\n".join(lines)
        try:
            _, stop = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        except (ValueError, RecursionError):
            return lines[0] if lines else ""
        return text.lstrip()[:stop]

    def seed(self, head: Head) -> bytes:
        """The first record: it stays when records are added, before or after it."""
        return _seed(head.data)


@dataclass(slots=True)
class _Reading:
    source: Source
    options: ParseOptions
    notes: Notes = field(default_factory=Notes)
    ledger: Ledger = field(default_factory=lambda: Ledger("lines"))

    def facts(self, file: BinaryIO) -> Iterator[Fact]:
        head = file.read(1 << 16)
        file.seek(0)
        if first_lines(head, self.source.basename, whole=len(head) < 1 << 16) is not None:
            yield from LineFacts(self.source.name, self.options, self.notes, self.ledger).facts(file)
        else:
            yield from DocumentFacts(self.source.name, self.options, self.notes, self.ledger).facts(file)
        yield from self.notes.issues()
        yield self.ledger.account()


def _seed(data: bytes) -> bytes:
    import io  # noqa: PLC0415 - only for identity

    stream = JsonStream(io.BytesIO(data))
    try:
        if stream.peek() == "[":
            for _ in stream.items():
                return json.dumps(stream.value(), sort_keys=True).encode()
        elif stream.peek() == "{":
            for _, _ in stream.pairs():
                if stream.peek() == "[":
                    for _ in stream.items():
                        return json.dumps(stream.value(), sort_keys=True).encode()
                stream.value()
    except BrokenJsonError:
        pass
    return data.lstrip().split(b"\n", 1)[0][:4096]
