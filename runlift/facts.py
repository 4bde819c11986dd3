"""What a source says, in the source's own words: the only thing that parsers give.

A parser is a generator of these facts. Numbers travel in columns (``Points``), never one object a point.
Every fact carries ``run``, a key that is local to the source: ``""`` is the run that the source as a whole
belongs to; a source that holds several runs (restart banners, one row a run) uses a stable key for each.
Every fact that was read somewhere carries ``position``: the line of a text (1 = the first), the byte offset of a
record of a binary file, the row of a table (1 = the first row of the file, header included).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    I8 = NDArray[np.int64]
    F8 = NDArray[np.float64]
    B1 = NDArray[np.bool_]


class Severity(StrEnum):
    """How much an Issue matters: ``info`` a repair or a choice, ``warning`` something lost, ``error`` a source lost."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RunSeen:
    """What a source says of a run. Several may come for one run; later non-empty fields win.

    Times are Unix seconds (UTC). ``status`` is one of finished, failed, killed, running, unknown.
    ``seed`` overrides what the run's identity derives from (else the source's own, and ``run``).
    """

    run: str = ""
    name: str | None = None
    native_id: str | None = None
    seed: bytes | None = None
    project: str | None = None
    group_name: str | None = None
    job_type: str | None = None
    status: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    framework: str | None = None
    host: str | None = None
    user_name: str | None = None
    command: str | None = None
    git_commit: str | None = None
    git_remote: str | None = None
    parent: str | None = None
    sweep_id: str | None = None
    tags: tuple[str, ...] = ()
    notes: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Param:
    """One setting. ``key`` is a dotted path, ``value`` the Python value (str, int, float, bool, None, list or dict)."""

    key: str
    value: Any
    position: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """Consecutive points of one metric, at most a few hundred thousand, all arrays of one length n, in file order.

    ``step``: int64[n], or None where the source gives none; ``step_missing``: bool[n], True where that point has no
    step (its ``step`` is then 0). ``epoch`` and ``wall_time``: float64[n] with NaN for "not given", or None.
    ``wall_time`` is Unix seconds. ``value``: float64[n]. ``position``: int64[n]. ``goal``: min, max or unknown.
    """

    metric: str
    step: I8 | None
    value: F8
    position: I8
    epoch: F8 | None = None
    wall_time: F8 | None = None
    step_missing: B1 | None = None
    run: str = ""
    goal: str = "unknown"


@dataclass(frozen=True, slots=True)
class Restart:
    """The source says that training started again here: earlier points at or after ``step`` are overtaken.

    ``step`` None: the step of the first later point of each metric.
    """

    position: int
    step: int | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A logged text; ``text`` is whole."""

    tag: str
    text: str
    step: int | None = None
    wall_time: float | None = None
    position: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class Histogram:
    """A logged histogram: k buckets as ``left``, ``right`` and ``count``, float64[k] each."""

    tag: str
    left: F8
    right: F8
    count: F8
    step: int | None = None
    wall_time: float | None = None
    position: int = 0
    run: str = ""
    min: float | None = None
    max: float | None = None
    sum: float | None = None
    sum_squares: float | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """One image, audio clip, video or mesh: its encoded bytes as logged. ``kind``: one of these, or other."""

    tag: str
    kind: str
    data: bytes
    mime: str
    step: int | None = None
    wall_time: float | None = None
    position: int = 0
    run: str = ""
    index: int = 0
    width: int | None = None
    height: int | None = None
    sample_rate: float | None = None
    length_frames: int | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve logged at one step (PR, ROC, ...): named float64[k] columns of one length."""

    tag: str
    kind: str
    columns: dict[str, F8]
    step: int | None = None
    wall_time: float | None = None
    position: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor with no table of its own: ``dtype`` (NumPy name or ``string``), ``shape``, raw C-order bytes."""

    tag: str
    dtype: str
    shape: tuple[int, ...]
    data: bytes
    plugin: str = ""
    step: int | None = None
    wall_time: float | None = None
    position: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that belongs to the run: either ``data`` (kept by us) or ``path`` (left where it is)."""

    name: str
    type: str
    data: bytes | None = None
    path: str | None = None
    position: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that was wrong, repaired or chosen: what, where, what was done, what to do. ``count`` times."""

    code: str
    message: str
    position: int = 0
    severity: Severity = Severity.WARNING
    done: str = ""
    help: str = ""
    count: int = 1
    run: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The ledger of a source, in one ``unit`` (bytes, lines, rows): every unit of ``total`` is in exactly one place.

    ``ignored`` names the rule for each amount; ``damaged`` are half-open byte (line, row) ranges; ``unfinished`` is a
    cut tail that a later reading may complete. ``total`` = used + ignored + unrecognised + damaged + unfinished.
    """

    unit: str
    total: int
    used: int
    ignored: dict[str, int] = field(default_factory=dict)
    unrecognised: int = 0
    damaged: tuple[tuple[int, int], ...] = ()
    unfinished: int = 0

    def missing(self) -> int:
        """Units that are in no place (0 when the ledger adds up)."""
        lost = sum(stop - start for start, stop in self.damaged)
        return self.total - self.used - sum(self.ignored.values()) - self.unrecognised - lost - self.unfinished


Fact = RunSeen | Param | Points | Restart | Text | Histogram | Media | Curve | Tensor | Artifact | Issue | Account
