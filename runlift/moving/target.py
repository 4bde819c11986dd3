"""What a tracker has to say of itself and to do, so that runs can be moved to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.exporters._api import Exporter, ExportReport
from runlift.moving.names import NameRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from runlift.exporters._api import StoreReader
    from runlift.moving.losses import Loss
    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series, SeriesRule


NO_LIMIT = 1 << 40


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """How to move."""

    plan: bool = field(default=False, metadata={"help": "Say what would be sent and what is lost, and stop."})
    verify: bool = field(default=True, metadata={"help": "Read everything back, compare, and write a receipt."})
    attach_sources: bool = field(default=False, metadata={"help": "Also send the source files, where they still lie."})
    receipt: str | None = field(default=None, metadata={"help": "Where the receipt (JSON) goes."})


@dataclass(frozen=True, slots=True)
class Place:
    """A run as the target has it: its ``id`` there, and the ``mark`` of the last push that was completed."""

    id: str
    mark: str | None


@dataclass(slots=True)
class Held:
    """All that a target gives back of a run, through its public reading API.

    ``fields``, ``params``, ``tags``: texts by name. ``items`` and ``files``: digest by name. ``metrics``: the names
    of its series, ``series`` reads one. ``mark``: that of the last push that was completed.
    """

    mark: str | None
    metrics: set[str]
    series: Callable[[str], Series]
    fields: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Session(ABC):
    """An open destination. Calls for different runs may come from several threads where the target says so."""

    @abstractmethod
    def find(self, run: Prepared) -> Place | None:
        """The run as an earlier push left it, whole or not."""

    @abstractmethod
    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Send what the target does not hold, the mark of completeness last; gives the id there.

        ``tell`` takes the number of points that were sent since the last call. Safe to repeat after any interruption.
        """

    @abstractmethod
    def held(self, place: Place, run: Prepared) -> Held:
        """What the target gives back."""

    def address(self, place_id: str) -> str:
        """Where a person finds the run."""
        return place_id


@dataclass(frozen=True, slots=True)
class Limits:
    """What names and texts may be. ``param`` and ``tag``: characters of their values."""

    metric_names: NameRule = field(default_factory=NameRule)
    param_names: NameRule = field(default_factory=NameRule)
    param: int = NO_LIMIT
    tag: int = NO_LIMIT


class MovingTarget(Exporter):
    """A tracker that runs are moved to.

    Beside what every exporter declares: ``version`` rises when the same run would be sent in another form; ``rules``
    change points, in this order; ``losses`` are the other rows of its loss table; ``native`` names the kinds of items
    that it has a place for, all others travel as files; ``native_curves`` says which curves, where it is not all;
    ``in_flight``: how many runs are sent at once.
    """

    options: ClassVar[type[Any]] = MoveOptions
    version: ClassVar[int] = 1
    limits: ClassVar[Limits] = Limits()
    rules: ClassVar[tuple[SeriesRule, ...]] = ()
    losses: ClassVar[tuple[Loss, ...]] = ()
    native: ClassVar[tuple[str, ...]] = ()
    native_curves: ClassVar[str] = ""
    in_flight: ClassVar[int] = 1

    @classmethod
    @abstractmethod
    def owns(cls, dest: str) -> bool:
        """Whether runs were moved to this destination with this target."""

    @abstractmethod
    def open(self, dest: str, *, reading: bool = False) -> AbstractContextManager[Session]:
        """The destination, locked against other pushes unless it is only read.

        Raises:
            MissingLibraryError, DestinationError, AccessError, PushStoppedError.
        """

    def seconds(self, dest: str, runs: list[Prepared]) -> float | None:
        """How long a push may take, from a short trial that leaves nothing behind; None where unknown."""
        from runlift.moving.trial import trial_seconds  # noqa: PLC0415 - only for plans

        del dest
        return trial_seconds(self, runs)

    def holds(self, kind: str, row: dict[str, Any]) -> bool:
        """Whether the target has a place for this row of a table of logged items; else it travels as a file."""
        return kind in self.native or (kind == "media" and row["kind"] in self.native)

    def settle(self, run: Prepared) -> None:
        """Put what the target alone knows into the prepared run: its own fields, tags and items."""

    def see(self, run: Prepared, series: Series) -> None:
        """Count what the target alone loses of a series, as it is after the rules."""

    def export(self, store: StoreReader, dest: str, options: MoveOptions) -> ExportReport:
        """Plan, push, verify."""
        from runlift.moving.move import move  # noqa: PLC0415 - needs NumPy and Arrow

        return move(self, store, dest, options)
