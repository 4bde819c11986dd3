"""Whether the beginning of a JSON text is an experiment's: as lines, as a list, or as an object that holds lists."""

from __future__ import annotations

import io
import json
import re

from runlift.parsers import _table_names as called
from runlift.parsers._api import NO_MATCH, Level, Match
from runlift.parsers._records_columns import Record, flat
from runlift.parsers._records_outline import Outline, counts, is_triple, speaks
from runlift.wire.json_stream import BrokenJsonError, JsonStream

RESULT_FILE = re.compile(r"(result|metric|summary|score|history|eval|performance|loss|stats)", re.IGNORECASE)


def first_lines(data: bytes, name: str, *, whole: bool) -> list[Record] | None:
    """The records of the first lines of JSON lines; None where the text is something else.

    Nine of ten lines have to be objects; one that stands alone in a file named ``.json`` is a document.
    """
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not whole and len(lines) > 1:
        lines = lines[:-1]
    lines = [bare for line in lines if (bare := line.strip().strip(b"\0"))]
    records = [r for line in lines if (r := _record(line)) is not None]
    if not records or len(records) < 0.9 * len(lines) - (len(lines) > 2):
        return None
    if len(lines) == 1 and name.lower().endswith(".json"):
        return None
    return records


def _record(line: bytes) -> Record | None:
    try:
        found = json.loads(line) if line[:1] == b"{" else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def claim_lines(records: list[Record]) -> Match:
    """The claim to JSON lines: numbers, and a key that counts or is named as a result."""
    keys = list(dict.fromkeys(k for r in records[:50] for k, v in flat(r).items() if type(v) in (int, float)))
    counting = [k for k in keys if counts(k)]
    if counting and len(keys) > 1:
        return Match(Level.SHAPE, f"JSON lines whose key {counting[0]!r} counts")
    known = [k for k in keys if called.is_result(k)]
    return Match(Level.SHAPE, f"JSON lines with {known[0]!r}") if known else NO_MATCH


def claim_document(data: bytes, name: str) -> Match:
    """The claim to a JSON document from its beginning, which may be cut."""
    stream = JsonStream(io.BytesIO(data))
    outline = Outline()
    try:
        if stream.peek() == "[":
            return _claim_list(stream)
        for _ in outline.read(stream):
            pass
    except BrokenJsonError:
        pass
    return _claim_outline(outline, name)


def _claim_list(stream: JsonStream) -> Match:
    for _ in stream.items():
        first = stream.value()
        if isinstance(first, dict) and speaks(first):
            return Match(Level.SHAPE, f"a list of records with {', '.join(list(first)[:3])}")
        return Match(Level.SHAPE, "a list of [wall time, step, value]") if is_triple(first) else NO_MATCH
    return NO_MATCH


def _claim_outline(outline: Outline, name: str) -> Match:
    lists = outline.spoken()
    if lists:
        return Match(Level.SHAPE, f"{'/'.join(lists[0])} is a list of records")
    if outline.triples:
        return Match(Level.SHAPE, "lists of [wall time, step, value] by name")
    histories = outline.histories()
    if histories:
        return Match(Level.SHAPE, f"{'/'.join(next(iter(histories.values()))[0])} is a list of numbers")
    numbers = [p for p, v in outline.leaves.items() if type(v) in (int, float)]
    named = bool(RESULT_FILE.search(name))
    results = [p for p in numbers if (called.is_result if named else called.is_training)(p[-1])]
    if not results or len(results) < 0.5 * len(numbers):
        return NO_MATCH
    return Match(Level.SHAPE if named else Level.NAME, f"{results[0][-1]!r} and other results")
