"""Where each byte of an event file went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.facts import Account
from runlift.wire.events import MIXED

if TYPE_CHECKING:
    import numpy as np

    from runlift.wire.events import Window

EMPTY = "event without values"


@dataclass(slots=True)
class _Record:
    offset: int
    size: int
    given: bool = False
    lost: bool = False
    rule: str = ""


class Ledger:
    """Adds up records: each is used (it gave a fact), ignored by a rule, or unrecognised."""

    def __init__(self, start: int = 0) -> None:
        self.start, self.used, self.unrecognised = start, 0, 0
        self.ignored: Counter[str] = Counter()
        self.damaged: list[tuple[int, int]] = []
        self.unfinished: int | None = None
        self.records = 0
        self._open: _Record | None = None

    def record(self, row: np.void, rule: str | None, *, given: bool) -> None:
        """One odd row was read: it gave a fact, or a rule ignored it, or it could not be understood."""
        record = self._open
        if record is None or record.offset != row["record"]:
            self._close()
            record = self._open = _Record(int(row["record"]), int(row["size"]))
        record.given |= given or bool(int(row["kind"]) & MIXED)
        record.lost |= not given and rule is None
        record.rule = record.rule or rule or ""

    def window(self, window: Window) -> None:
        """A window has been read to its end."""
        self._close()
        self.records += window.records
        self.used += window.used
        self.ignored[EMPTY] += window.empty
        self.damaged += window.lost
        if window.unfinished is not None:
            self.unfinished = window.unfinished

    def ignore_all(self, rule: str, size: int) -> Account:
        """The account of a source that one rule ignores as a whole."""
        return Account("bytes", size, 0, {rule: size})

    def account(self, limit: int) -> Account:
        """The account of the bytes from ``start`` to ``limit``. Where no record was found, nothing is recognised."""
        unfinished = limit - (limit if self.unfinished is None else self.unfinished)
        ignored = {rule: n for rule, n in self.ignored.items() if n}
        total = limit - self.start
        if not self.records and self.damaged and not self.start:
            lost = sum(stop - start for start, stop in self.damaged)
            return Account("bytes", total, self.used, ignored, lost, (), unfinished)
        return Account("bytes", total, self.used, ignored, self.unrecognised, tuple(self.damaged), unfinished)

    def _close(self) -> None:
        record, self._open = self._open, None
        if record is None:
            return
        if record.given:
            self.used += record.size
        elif record.lost:
            self.unrecognised += record.size
        else:
            self.ignored[record.rule] += record.size
