"""What one shape says: which of its numbers is the step, the epoch, a metric. Read once for each shape."""

from __future__ import annotations

from dataclasses import dataclass, field

CLOCK_CELL = -2  # in place of a slot: the cell of a row holds a time


@dataclass(frozen=True, slots=True)
class Pair:
    """One number that has a name: ``slot`` among the line's numbers, ``average`` the one in parentheses behind it.

    ``phase`` is what the line says of this number (train, val, ...), ``unit`` what is written behind it, ``free``: no
    rule names it, the general reader found it; ``keys`` the slots of numbers that belong to the name, which then holds
    ``{0}``, ``{1}`` ... in their places. ``part``: one of several behind a name (``0.3 / 0.2``), if written with a fraction.
    ``place``: the slot of the number that is its own step.
    ``seconds``: the slots of a duration's numbers with the seconds that each counts.
    ``series`` the name of the list that it is number ``index`` of; a pair named so has its index as its step.
    """

    name: str
    slot: int
    phase: str = ""
    unit: str = ""
    average: int | None = None
    keys: tuple[int, ...] = ()
    spaced: bool = False
    free: bool = False
    part: bool = False
    series: str = ""
    index: int | None = None
    place: int | None = None
    seconds: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class Draft:
    """A reading of one shape. Slots count the line's numbers from 0; None where the line does not say.

    ``step_scale``: 1000 for ``25K``. ``inner``: it counts within its epoch. ``step_rank``: how sure the step is (see
    ``_words.STEPS``; 0 a bar's counter).
    ``weak``: its epoch is named by a letter, which may be another number's.
    ``lead`` a name before all others (``Averaged stats``), ``phase`` the line's phase, ``bar`` a progress bar stands
    in it (``final``: it counts where it is full), ``columns``: other names for the columns that it heads,
    ``row`` it may be a row of a table: then ``cells`` are (word, -1) or ("", slot).
    ``at`` and ``first_slot``: where its own words and numbers begin, behind the prefix.
    ``single``: one setting, ``wordy`` with text as its value; ``neutral``: brackets and rulers; ``code`` 1 like source
    code, 2 surely; ``trace`` 1 begins a traceback, 2 ends one, 3 may stand in one; ``heads``: may head a table.
    ``awaits``: the name at its end whose value stands on the next line, ``brings``: the slot of a number without a name
    at its front.
    ``run_mark``: it does no more than begin a fold, trial or the like; ``ending``: it says that the run finished, failed or was killed.
    ``recalls``: it announces the best result, said again.
    ``boxed``: a row of a box of two columns, ``member`` of a box that says its step or epoch.
    ``step_name`` what the line calls its step; ``spare``: names and slots of others that may be steps; ``words`` is its text
    without numbers, ``texts`` counts its settings whose value is text.
    """

    text: str
    pairs: list[Pair] = field(default_factory=list)
    step: int | None = None
    step_scale: float = 1.0
    step_rank: int = -1
    step_name: str = ""
    step_total: int | None = None
    spare: list[tuple[str, int]] = field(default_factory=list)
    inner: bool = False
    epoch: int | None = None
    weak: bool = False
    epoch_total: int | None = None
    phase: str = ""
    lead: str = ""
    bar: bool = False
    final: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    row: bool = False
    cells: tuple[tuple[str, int], ...] = ()
    words: str = ""
    texts: int = 0
    at: int = 0
    first_slot: int = 0
    single: bool = False
    wordy: bool = False
    neutral: bool = False
    code: int = 0
    trace: int = 0
    package: bool = False
    awaits: str = ""
    brings: int | None = None
    boxed: bool = False
    member: bool = False
    heads: bool = False
    rank: int | None = None
    worker: int | None = None
    said_rank: int = -1
    time: tuple[str, tuple[int, ...]] | None = None
    stamp: str = ""
    level: str = ""
    ending: str = ""
    run_mark: str = ""
    recalls: bool = False
    by: str = "general"
    rule: str = ""
    ignored: bool = False
    opens: bool = False
    closes: bool = False
