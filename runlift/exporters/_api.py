"""What an export target is: a class in a file of this folder, found by the folder listing.

To add one, drop ``exporters/x.py`` with one subclass of ``Exporter`` here. It sees a store only as ``StoreReader``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    Tell = Callable[[str, int, int], None]


class StoreReader(Protocol):
    """What exporters may ask of a store. Columns are those of ``model.TABLES``; superseded points never come."""

    def runs(self) -> pa.Table:
        """One row a run, in the order in which runs are to be shown."""

    def params(self, run_ids: Sequence[str] | None = None) -> pa.Table:
        """Settings of some runs (all where None), ordered by run_id and key."""

    def metrics(self, run_ids: Sequence[str] | None = None) -> pa.Table:
        """One row for each metric of each run, ordered by run_id and metric."""

    def history(self, run_ids: Sequence[str] | None = None, metric: str | None = None) -> Iterator[pa.RecordBatch]:
        """Points in force, ordered by run_id, metric, source, position, a few hundred thousand rows at a time.

        Columns: run_id, metric, step, epoch, wall_time, value, attempt, source, position.
        """

    def values(self, run_ids: Sequence[str] | None, metric: str) -> Iterator[pa.RecordBatch]:
        """Columns run_id, step, epoch, value of one metric: each run's points together, in the order of ``history``."""

    def issues(self) -> pa.Table:
        """What was wrong, repaired or chosen."""

    def sources(self) -> pa.Table:
        """The files that were read, with their ledgers."""

    def table(self, name: str) -> pa.Table:
        """Any other table of the schema: texts, histograms, media, curves, tensors, artifacts, ingests."""

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
    names of optional libraries; ``options`` a frozen dataclass whose fields (with ``metadata["help"]``) become options.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    example: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[type[Any]] = NoOptions
    tell: Tell | None = None
    announce: Callable[[list[str]], None] | None = None

    @abstractmethod
    def export(self, store: StoreReader, dest: str, options: Any) -> ExportReport:
        """Write the store's runs to ``dest``, replacing what is there only when all is written.

        Raises:
            OptionError: An option's value cannot be used.
            OSError: The destination cannot be written.
        """
