"""What a source format is: a class in a file of this folder, found by the folder listing.

To add one, drop ``parsers/x.py`` with one subclass of ``Parser`` here (``CONTRIBUTING.md`` has the recipe).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, BinaryIO, ClassVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact

HEAD_BYTES = 65_536


class Level(IntEnum):
    """How sure a format is that a source is its own."""

    NO = 0
    NAME = 1
    SHAPE = 2
    SIGNATURE = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A format's claim to a source: how sure, and a sentence why, which ``runlift scan`` shows."""

    level: Level
    why: str


NO_MATCH = Match(Level.NO, "")


@dataclass(frozen=True, slots=True)
class Source:
    """One readable thing: ``path`` where it lies (a file or ``scheme://`` address), ``size`` bytes, ``mtime_ns``.

    ``name`` is what the store calls it. All reading goes through ``open``.
    """

    path: str
    name: str
    size: int
    mtime_ns: int = 0

    @property
    def basename(self) -> str:
        """The last part of the path."""
        return self.path.replace("\\", "/").rsplit("/", 1)[-1]

    def open(self) -> BinaryIO:
        """A new binary reader at the start; OSError when it cannot be had."""
        if "://" in self.path:
            import fsspec  # noqa: PLC0415 - optional, and slow to import

            return cast("BinaryIO", fsspec.open(self.path, "rb").open())
        return open(os.fsencode(self.path), "rb")

    def head(self, n: int = HEAD_BYTES) -> bytes:
        """The first ``n`` bytes, fewer where the source is shorter."""
        with self.open() as f:
            return f.read(n)


@dataclass(frozen=True, slots=True)
class Head:
    """What ``recognise`` may see: the source and its first 64 KiB; ``explicit`` when the user named the file itself."""

    source: Source
    data: bytes
    explicit: bool = False

    @property
    def basename(self) -> str:
        """The last part of the source's path."""
        return self.source.basename


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What a user may say about reading; formats use what concerns them.

    ``mapping``: role or new name -> column or key of the source (``--map step=iteration``). ``layout``: how a table
    is laid out (wide, long, runs). ``pattern``: a line pattern for text logs. ``start``: a byte offset from which a
    source that has grown is read on (only formats with ``resumable``; 0 = from the start). ``rename``: metrics as
    the source names them -> as its run does (a piece of a run: ``loss`` -> ``loss/train``).
    """

    mapping: dict[str, str] = field(default_factory=dict)
    layout: str | None = None
    patterns: tuple[str, ...] = ()
    start: int = 0
    rename: dict[str, str] = field(default_factory=dict)


class Parser(ABC):
    """One source format. Class attributes declare it; instances hold nothing.

    ``name`` as in ``--as NAME``; ``title`` for people; ``version`` rises when the same bytes would give other facts
    (sources are then read again); ``suffixes`` that make it likely; ``requires`` pip names of optional libraries;
    ``gathers`` says how sources make runs: "folder" (all sources of this format in a folder are one run), "file"
    (each source is a run, or several), "settings" (no run of its own: gives params to the runs in its folder).
    ``rank``: where two sources of one run give the same metric, the higher rank is in force.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = ()
    requires: ClassVar[tuple[str, ...]] = ()
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 0
    resumable: ClassVar[bool] = False

    @abstractmethod
    def recognise(self, head: Head) -> Match:
        """Claim the source or not; never raises on any bytes."""

    @abstractmethod
    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the source says, lazily, ending with its Account(s). Bad input gives Issues, not exceptions."""

    @abstractmethod
    def locate(self, source: Source, position: int) -> str:
        """The source's own line, record or row at ``position``, as text for ``runlift trace``."""

    def seed(self, head: Head) -> bytes:
        """What identity derives from: bytes that stay when the source grows, moves or is copied."""
        line = head.data.lstrip(b"\r\n \t").split(b"\n", 1)[0]
        return line[:4096]
