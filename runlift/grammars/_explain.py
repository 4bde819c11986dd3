"""What a reading of a log does with each of its shapes, and which lines a pattern would match: shown, never stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Account
from runlift.grammars._claims import claims_for
from runlift.grammars._load import of_patterns
from runlift.grammars._peel import peel
from runlift.grammars._propose import pattern_of
from runlift.grammars._reading import Reading
from runlift.grammars._tally import Tally
from runlift.wire.line_sources import BROKEN, unpacked, unpacked_head
from runlift.wire.line_text import blocks, encoding_of
from runlift.wire.lines import new_scanner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.grammars._rules import Rule
    from runlift.grammars._tally import ShapeTally

MOST_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """One shape: how many lines (frames) have it, the first of them and where, who read it, what became of it."""

    count: int
    line: int
    example: str
    reader: str
    outcome: str
    gave: tuple[str, ...]


@dataclass(slots=True)
class Explanation:
    """How a log is read.

    Attributes:
        path: The log.
        lines: Physical lines; ``used`` gave something, ``ignored`` are left out by a named rule, ``unread`` are neither.
        numbers: Numbers behind the lines' prefixes; ``taken`` of them became points, steps or epochs.
        shapes: Its shapes, the most frequent first.
        suggestions: Patterns for lines with numbers that nothing reads, the most frequent first, with their counts.
    """

    path: str
    lines: int = 0
    used: int = 0
    ignored: int = 0
    unread: int = 0
    numbers: int = 0
    taken: int = 0
    shapes: list[ShapeRow] = field(default_factory=list)
    suggestions: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class PatternMatch:
    """How many lines of a log a pattern takes, and the first of them (empty: none)."""

    path: str
    pattern: str
    lines: int = 0
    total: int = 0
    first: str = ""


def _blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        head = file.read(65_536)
    with open(path, "rb") as file, unpacked(file) as text:
        try:
            yield from blocks(text, encoding_of(unpacked_head(head)))
        except BROKEN:
            return


def explain(path: str, patterns: tuple[str, ...] = ()) -> Explanation:
    """Read a log and say what became of each of its shapes. OSError where it cannot be opened; GrammarError for patterns."""
    made, tally = Explanation(path), Tally()
    reading = Reading(claims_for(patterns)[0], tally)
    for block in _blocks(path):
        for _ in reading.facts(block):
            pass
    account = next(f for f in reading.close() if isinstance(f, Account))
    made.lines, made.used, made.unread = account.total, account.used, account.unrecognised
    made.ignored = sum(account.ignored.values())
    for t in tally.by_count():
        made.numbers += t.numbers
        made.taken += t.taken
        reader = t.draft.by if t.draft.by == "general" else f"{t.draft.by}/{t.draft.rule}"
        made.shapes.append(ShapeRow(t.frames, t.line, t.example.strip(), reader, t.outcome, tuple(t.gave)))
    made.suggestions = _suggestions(tally.by_count())
    return made


def _suggestions(shapes: list[ShapeTally]) -> list[tuple[int, str]]:
    found: dict[str, int] = {}
    for t in shapes:
        if t.unread and t.numbers and not t.draft.bar:
            pattern = pattern_of(t.draft, [p.name for p in t.draft.pairs])
            if pattern and "{" in pattern:
                found[pattern] = found.get(pattern, 0) + t.unread
    ordered = sorted(found.items(), key=lambda kv: -kv[1])
    return [(n, p) for p, n in ordered[:MOST_SUGGESTIONS]]


def match_patterns(path: str, patterns: tuple[str, ...]) -> list[PatternMatch]:
    """How many lines of a log each pattern takes, the first pattern first. GrammarError where one cannot be used."""
    grammar = of_patterns(patterns)
    found = [PatternMatch(path, p) for p in patterns]
    scanner, which = new_scanner(), np.empty(0, np.int64)
    for data in _blocks(path):
        scan = scanner.scan(data)
        new = [_taken_by(grammar.rules, k) for k in scanner.keys[len(which) :]]
        which = np.append(which, np.array(new, np.int64))
        mine = which[scan.shape]
        for i, match in enumerate(found):
            at = np.flatnonzero(mine == i)
            match.lines += len(np.unique(scan.line[at]))
            match.total += scan.lines
            if len(at) and not match.first:
                match.first = data[scan.start[at[0]] : scan.stop[at[0]]].decode("utf-8", "replace").strip()
    return found


def _taken_by(rules: list[Rule], key: bytes) -> int:
    peeled = peel(key.decode("utf-8", "replace"))
    return next((i for i, r in enumerate(rules) if r.how.read(r, peeled) is not None), -1)
