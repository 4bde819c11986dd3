"""All grammars that there are, by name: the package's, those of plug-ins, and the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runlift.errors import GrammarError
from runlift.grammars._check import Problem, check, check_folder
from runlift.grammars._load import GrammarFile, built_in, files, load, user_folder

if TYPE_CHECKING:
    from pathlib import Path

    from runlift.grammars._rules import Grammar


def catalogue(folder: Path | None = None) -> list[GrammarFile]:
    """The files of all grammars by name; ``folder`` holds the user's own (default: ``user_folder()``)."""
    own = sorted((folder or user_folder()).glob("*.toml"))
    return sorted([*files(), *map(GrammarFile, own)], key=lambda f: f.toml.stem)


def find(name: str, folder: Path | None = None) -> GrammarFile:
    """A grammar by name; the user's own before the package's. GrammarError where there is none."""
    found = [f for f in catalogue(folder) if f.toml.stem == name]
    if not found:
        raise GrammarError(name, "the name", "there is no such grammar", "See: runlift grammar list")
    own = (folder or user_folder()).resolve()
    return next((f for f in found if f.toml.parent.resolve() == own), found[0])


def check_named(names: tuple[str, ...], folder: Path | None = None) -> tuple[list[str], list[Problem]]:
    """Check grammars by name, all where none is named; gives the names and what is wrong."""
    chosen = [find(n, folder) for n in names] if names else catalogue(folder)
    others = [g for g in built_in() if names == () or g.name not in names]
    own = sorted((folder or user_folder()).glob("*.toml"))
    others += _usable(own)
    problems = [p for f in chosen for p in check(f, others)]
    for place in sorted({f.toml.parent for f in chosen}) if not names else ():
        problems += check_folder(place)
    return [f.toml.stem for f in chosen], problems


def _usable(paths: list[Path]) -> list[Grammar]:
    found = []
    for path in paths:
        try:
            found.append(load(path))
        except GrammarError:  # reported by its own check
            continue
    return found
