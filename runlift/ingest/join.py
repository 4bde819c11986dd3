"""Which sources are one run: by folder and format, with the reason in words."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.facts import Issue, Severity

if TYPE_CHECKING:
    from runlift.ingest.identity import Print
    from runlift.parsers._api import Match, Parser, Source


@dataclass(slots=True)
class Item:
    """A source on its way into a run.

    ``known``: its row of ``sources`` where the store knows it; ``unchanged``: it need not be decoded; ``start``: the
    byte from which to read on; ``copy_of``: the source that it repeats; ``rename``: metrics that its run calls otherwise;
    ``why`` it is in its run, where that is another reason than its bundle's.
    """

    source: Source
    parser: Parser
    print: Print
    match: Match | None = None
    known: dict[str, Any] | None = None
    unchanged: bool = False
    start: int = 0
    copy_of: str | None = None
    rename: dict[str, str] = field(default_factory=dict)
    why: str = ""
    issues: list[Issue] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the store calls the source: where it lay when it was first read."""
        return str(self.known["source"]) if self.known else self.source.name


@dataclass(slots=True)
class Bundle:
    """Sources that are one run (or that hold several runs together), in reading order, and the settings beside them."""

    folder: str
    items: list[Item]
    settings: list[Item] = field(default_factory=list)
    why: str = ""
    issues: list[Issue] = field(default_factory=list)


def join(items: list[Item]) -> tuple[list[Bundle], list[Item]]:
    """Bundles of all items, and the settings files that no run lies beside."""
    folders: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        folders[folder_of(item.source.path)].append(item)
    bundles: list[Bundle] = []
    alone: list[Item] = []
    for folder in sorted(folders):
        settings = [i for i in folders[folder] if i.parser.gathers == "settings"]
        found = _in_folder(folder, [i for i in folders[folder] if i.parser.gathers != "settings"], settings)
        for bundle in found:
            bundle.settings = settings
        bundles += found
        if not found:
            alone += settings
    return bundles, alone


def folder_of(path: str) -> str:
    """The folder that a source lies in."""
    return path.rsplit("/", 1)[0] if "://" in path else os.path.dirname(path)


def _in_folder(folder: str, items: list[Item], settings: list[Item]) -> list[Bundle]:
    gathered = sorted((i for i in items if i.parser.gathers == "folder"), key=reading_order)
    single = sorted((i for i in items if i.parser.gathers == "file"), key=reading_order)
    whole = [Bundle(folder, gathered, why="all event files of a folder are one run")] if gathered else []
    kinds = Counter(i.parser.name for i in single)
    beside = bool(gathered) or bool(settings)
    if single and beside and max(kinds.values()) == 1 and len(gathered) + len(single) > 1:
        merged = sorted(gathered + single, key=reading_order)
        return [Bundle(folder, merged, why="one of each kind in a folder", issues=[_joined(folder, merged, settings)])]
    return whole + [Bundle(folder, [i], why="a file of its own") for i in single]


def reading_order(item: Item) -> tuple[int, str, str]:
    """The more exact formats first, then by file name as their writers number them."""
    return (-item.parser.rank, item.source.basename, item.source.path)


def _joined(folder: str, items: list[Item], settings: list[Item]) -> Issue:
    names = ", ".join(i.source.basename for i in items)
    beside = f" beside {settings[0].source.basename}" if settings else ""
    return Issue(
        "joined-by-folder",
        f"{folder}: {names} lie together{beside}, one of each kind.",
        severity=Severity.INFO,
        done="Read as one run.",
        help="--no-join reads each as a run of its own.",
    )


def apart(items: list[Item]) -> tuple[list[Bundle], list[Item]]:
    """As ``join``, but no two formats make one run."""
    bundles, alone = join(items)
    split: list[Bundle] = []
    for b in bundles:
        if not b.issues:
            split.append(b)
            continue
        folder_items = [i for i in b.items if i.parser.gathers == "folder"]
        if folder_items:
            split.append(Bundle(b.folder, folder_items, b.settings, "all event files of a folder are one run"))
        split += [Bundle(b.folder, [i], b.settings, "a file of its own") for i in b.items if i.parser.gathers == "file"]
    return split, alone
