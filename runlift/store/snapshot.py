"""One consistent look at a store: which runs list which part, and the files that hold their rows.

``runs`` is opened first. A run lists its parts, and a file of another table counts only for the runs that list it, so
half a run is never seen, whatever was committed meanwhile. Where all runs of a file are in force (nearly always) the
file is read as it is; else its rows are held against the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.model import TABLES
from runlift.store.commit import active_files
from runlift.store.part_name import part_of, runs_in

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES = 5
Listed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one table: ``whole`` count as they are, ``mixed`` also hold rows that are no longer in force."""

    whole: list[str]
    mixed: list[str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``listed``: part -> the runs in force that list it; ``files``: by table, without ``runs`` and ``sources``."""

    listed: Listed
    files: dict[str, Files]

    def mixed_parts(self) -> list[str]:
        """The parts that hold rows which are no longer in force."""
        return sorted({part_of(p) for f in self.files.values() for p in f.mixed})


def take_snapshot(root: str, see_runs: Callable[[], Listed]) -> Snapshot:
    """A consistent snapshot; looks again where maintenance moved parts between the two looks.

    Args:
        root: The store.
        see_runs: Opens ``runs`` anew and gives part -> the runs in force that list it.
    """
    for _ in range(_TRIES):
        listed = see_runs()
        files = {t: files_of(root, t, listed) for t in TABLES if t not in ("runs", "sources")}
        present = {part_of(p) for f in files.values() for p in (*f.whole, *f.mixed)}
        if listed.keys() <= present | {part_of(p) for p in active_files(root, "sources")}:
            break
    return Snapshot(listed, files)


def files_of(root: str, table: str, listed: Listed) -> Files:
    """The files of one table that hold rows in force."""
    whole: list[str] = []
    mixed: list[str] = []
    for path in active_files(root, table):
        part = part_of(path)
        n = runs_in(part)
        if n == 0 or len(listed.get(part, ())) == n:
            whole.append(path)
        elif part in listed:
            mixed.append(path)
    return Files(whole, mixed)
