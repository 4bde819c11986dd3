"""What an export target is: a class in a file of this folder, found by the folder listing.

To add one, drop ``exporters/x.py`` with one subclass of ``Exporter`` here. It sees a store only as ``StoreReader``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Values:
    """The n points of one metric of one run: int64, bool and float64 arrays of length n.

    ``step`` is 0 where ``stepless``; ``epoch`` is NaN where not given.
    """

    run_id: str
    step: NDArray[np.int64]
    stepless: NDArray[np.bool_]
    epoch: NDArray[np.float64]
    value: NDArray[np.float64]


class StoreReader(Protocol):
    """What exporters may ask of a store. Columns are those of ``model.TABLES``; superseded points never come."""

    def rows(self, table: str, run_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The rows of a small table, of some runs (all where None), in an order to be shown in.

        That is: runs the latest first; params by run_id and key; metrics by run_id and metric; issues by source and
        position; sources by name; others as they are stored.
        """

    def table(self, name: str) -> pa.Table:
        """The same as an Arrow table, of all runs."""

    def history(self, run_ids: Sequence[str] | None = None, metric: str | None = None) -> Iterator[pa.RecordBatch]:
        """Points in force, ordered by run_id, metric, source, position, a few hundred thousand rows at a time.

        Columns: run_id, metric, step, epoch, wall_time, value, attempt, source, position.
        """

    def values(self, run_ids: Sequence[str] | None, metric: str) -> Iterator[Values]:
        """One metric of each run that has it, ordered by run_id, its points in the order of ``history``."""

    def superseded(self) -> dict[str, int]:
        """How many points of each run are superseded; runs without any are left out."""

    def blob(self, digest: str) -> str:
        """The path of the bytes with this SHA-256 (media, tensors, stored artifacts)."""


@dataclass(slots=True)
class ExportReport:
    """What an export wrote. ``files``: paths; ``counts``: what is in them; ``notes``: what was split or left out.

    ``unexplained``: differences between store and target that no stated loss explains (targets that read back).
    """

    target: str
    dest: str
    files: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unexplained: int = 0

    def lines(self) -> list[str]:
        """The report in words, one line each."""
        what = ", ".join(f"{n:,} {name}" for name, n in self.counts.items())
        return [f"{self.dest}: {what}", *self.notes]


@dataclass(frozen=True, slots=True)
class NoOptions:
    """A target without options."""


class Exporter(ABC):
    """One export target. Class attributes declare it; instances hold nothing but who is told of progress.

    ``name`` as in ``runlift export NAME``; ``title`` for people; ``example`` destination in the help; ``requires`` pip
    names of optional libraries; ``options`` a frozen dataclass whose fields (with ``metadata["help"]``) become options;
    ``threads`` how many may read the store, where more would only hold memory.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    example: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[type[Any]] = NoOptions
    threads: ClassVar[int | None] = None
    tell: Tell | None = None
    announce: Callable[[list[str]], None] | None = None

    @abstractmethod
    def export(self, store: StoreReader, dest: str, options: Any) -> ExportReport:
        """Write the store's runs to ``dest``, replacing what is there only when all is written.

        Raises:
            OptionError: An option's value cannot be used.
            OSError: The destination cannot be written.
        """
