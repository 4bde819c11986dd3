"""What became of each frame of a block: the ledger is counted from this."""

from __future__ import annotations

from enum import IntEnum


class Fate(IntEnum):
    """In order of strength: a physical line counts for the strongest of its frames."""

    UNREAD = 0
    EDGE = 1  # separators and rulers: no letter, no digit
    BAR = 2  # progress bars without a metric
    REDRAWN = 3  # states of a line that were drawn over
    REPEATED = 4  # the best result so far, said again
    CODE = 5  # source code that was printed
    TRACE = 6  # tracebacks
    LISTING = 7  # package lists, model summaries, machine reports
    NAMED = 8  # ignored by a rule of a grammar
    TABLE = 9  # header lines of tables
    PLACE = 10  # says step, epoch or phase
    SETTING = 11
    METRIC = 12


USED = frozenset({Fate.TABLE, Fate.PLACE, Fate.SETTING, Fate.METRIC, Fate.TRACE})
IGNORED = {
    Fate.EDGE: "separator",
    Fate.BAR: "progress bar",
    Fate.REDRAWN: "redrawn",
    Fate.REPEATED: "repeated",
    Fate.CODE: "source code",
    Fate.LISTING: "listing",
    Fate.NAMED: "grammar",
}
