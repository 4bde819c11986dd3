"""What is to be said of a table when it has been read: repairs and choices counted, the ledger of its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runlift.facts import Account, Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLES = 3
_TEXT = 80


def brief(text: str) -> str:
    """A text short enough for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _TEXT else text[: _TEXT - 3] + "..."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing to say: its code, what it is in words, what was done and what to do."""

    code: str
    what: str
    done: str
    help: str = ""
    severity: Severity = Severity.WARNING


@dataclass(slots=True)
class _Note:
    kind: Kind
    count: int = 0
    position: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """Things noted while reading, one Issue a kind (and subject) in the end, with the first examples."""

    found: dict[tuple[str, str], _Note] = field(default_factory=dict)

    def add(self, kind: Kind, position: int, example: str = "", *, subject: str = "", count: int = 1) -> None:
        """Note a thing at a row; ``subject`` (a column) keeps those of one kind apart."""
        note = self.found.setdefault((kind.code, subject), _Note(kind))
        if note.count == 0:
            note.position = position
        note.count += count
        if example and len(note.examples) < _EXAMPLES:
            note.examples.append(f"row {position}: {brief(example)}")

    def issues(self) -> Iterator[Issue]:
        """One Issue for each kind and subject, in the order in which they were first seen."""
        for (code, subject), note in self.found.items():
            about = f"Column {subject!r}: " if subject else ""
            examples = f" ({'; '.join(note.examples)})" if note.examples else ""
            message = f"{about}{note.kind.what}{examples}."
            yield Issue(
                code, message, note.position, note.kind.severity, note.kind.done, note.kind.help, count=note.count
            )


@dataclass(slots=True)
class Ledger:
    """Rows by what became of them."""

    unit: str = "rows"
    used: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    unrecognised: int = 0
    damaged: list[tuple[int, int]] = field(default_factory=list)
    unfinished: int = 0

    @property
    def total(self) -> int:
        """All rows so far."""
        lost = sum(b - a for a, b in self.damaged)
        return self.used + self.ignored.total() + self.unrecognised + lost + self.unfinished

    def damage(self, start: int, stop: int) -> None:
        """Rows start to stop are damaged; neighbours become one range."""
        if self.damaged and self.damaged[-1][1] == start:
            start = self.damaged.pop()[0]
        self.damaged.append((start, stop))

    def account(self) -> Account:
        """The ledger as a fact."""
        return Account(
            self.unit,
            self.total,
            self.used,
            dict(self.ignored),
            self.unrecognised,
            tuple(self.damaged),
            self.unfinished,
        )


INFO = Severity.INFO
SHORT_ROW = Kind("short-row", "rows with fewer cells than the header", "The cells that are there were read.")
EXTRA_CELLS = Kind("extra-cells", "rows with more cells than the header", "The cells without a name were left out.",
                   "Add the missing names to the header, and ingest again.")  # fmt: skip
NOT_A_ROW = Kind("not-a-row", "lines that are no rows of this table", "Counted as unrecognised.",
                 "If they hold results, keep them in a file of their own.")  # fmt: skip
UNCLOSED = Kind("unclosed-quote", "a quote that is never closed", "The line was read by itself.")
DAMAGED = Kind("damaged-rows", "rows with zero bytes in them, as a crash leaves behind", "Left out.")
CUT_ROW = Kind("unfinished-row", "the last row is cut short", "Left for the next ingest.", severity=INFO)
NOT_UTF8 = Kind("not-utf8", "bytes that are not UTF-8", "Read as Windows-1252.",
                "Save the file as UTF-8 if names look wrong.", INFO)  # fmt: skip
NOT_A_NUMBER = Kind("non-number", "cells that are not numbers", "The other cells of the column were kept.")
PERCENT = Kind("percent", "numbers with a percent sign", "Kept as printed: 12% is 12.", severity=INFO)
GROUPED = Kind("thousands-separator", "numbers with thousands separators", "Read as whole: 1,234 is 1234.",
               "If a comma is the decimal sign here, write the file with semicolons.", INFO)  # fmt: skip
DECIMAL_COMMA = Kind("decimal-comma", "numbers with a decimal comma", "Read as decimals: 0,5 is 0.5.", severity=INFO)
WRAPPED = Kind(
    "wrapped-number", "numbers inside a call such as tensor(0.5)", "The number inside was kept.", severity=INFO
)
CLOCK = Kind("duration", "durations such as 1:02:03", "Kept as seconds: 1:02:03 is 3723.", severity=INFO)
FRACTIONAL = Kind("fractional-step", "steps that are not whole numbers", "Kept as epochs.",
                  "--map epoch=COLUMN says that it is the epoch.", INFO)  # fmt: skip
TOO_LARGE_STEP = Kind("step-out-of-range", "steps that no 64-bit integer holds", "The points have no step.")
BAD_TIME = Kind("bad-time", "times that cannot be read", "The points have no time.")
NO_ZONE = Kind("time-without-zone", "times without a time zone", "Taken as UTC.", severity=INFO)
SCALED_TIME = Kind("time-unit", "times that are not in seconds", "Turned into Unix seconds.", severity=INFO)
MANY_TEXTS = Kind("many-texts", "text that changes in more than 10,000 rows", "The first 10,000 changes were kept.")
FORMS = {"percent": PERCENT, "grouped": GROUPED, "comma": DECIMAL_COMMA, "wrapped": WRAPPED, "clock": CLOCK}
