"""What one shape says: which of its numbers is the step, the epoch, a metric. Read once for each shape."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pair:
    """One number that has a name: ``slot`` among the line's numbers, ``average`` the one in parentheses behind it.

    ``phase`` is what the line says of this number (train, val, ...), ``unit`` what is written behind it, ``keys``
    the slots of numbers that belong to the name, which then holds ``{0}``, ``{1}`` ... in their places.
    """

    name: str
    slot: int
    phase: str = ""
    unit: str = ""
    average: int | None = None
    keys: tuple[int, ...] = ()
    spaced: bool = False


@dataclass(slots=True)
class Draft:
    """A reading of one shape. Slots count the line's numbers from 0; None where the line does not say.

    ``step_scale``: 1000 for ``25K``. ``rank_of``: how sure the step is (see ``_words.STEPS``; 0 a bar's counter).
    ``lead`` a name before all others (``Averaged stats``), ``phase`` the line's phase, ``bar`` a progress bar stands
    in it, ``row`` it is nothing but numbers (of a table), ``header`` it announces a phase or an epoch.
    """

    text: str
    pairs: list[Pair] = field(default_factory=list)
    step: int | None = None
    step_scale: float = 1.0
    step_rank: int = -1
    step_total: int | None = None
    epoch: int | None = None
    epoch_total: int | None = None
    phase: str = ""
    lead: str = ""
    bar: bool = False
    row: bool = False
    words: str = ""
    texts: int = 0
    rank: int | None = None
    worker: int | None = None
    time: tuple[str, tuple[int, ...]] | None = None
    stamp: str = ""
    level: str = ""
    by: str = "general"
    rule: str = ""
