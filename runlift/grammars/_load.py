"""Grammar files: one TOML each, with its sample and expected result beside it. Every mistake has its own message."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from runlift.errors import GrammarError
from runlift.grammars._lark import ByLark
from runlift.grammars._pattern import PLACES, PatternError, compile_pattern
from runlift.grammars._rules import ByPattern, Grammar, Reads, Rule
from runlift.grammars._words import PHASES

_TOP = {"name", "title", "source", "sample", "framework", "rule", "ignore"}
_NEEDED = {"name": "the file's name without .toml", "title": "a line for people", "source": "where the format is defined",
           "sample": "how the sample beside it was made"}  # fmt: skip
_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("name", "pattern", "regex", "lark", "phase", "lead"), (str, '"..."')),
    **dict.fromkeys(("mark", "bar", "final", "opens", "closes"), (bool, "true")),
    "names": (dict, '{ field = "name" }'), "columns": (dict, '{ column = "name" }'),
}  # fmt: skip
_RULE = set(_TYPES)
_PHASES = frozenset(PHASES.values())


@dataclass(frozen=True, slots=True)
class GrammarFile:
    """Where a grammar lies: its TOML, its sample (``X.log``) and its expected result (``X.expected.jsonl``)."""

    toml: Path

    @property
    def log(self) -> Path:
        """The sample."""
        return self.toml.with_suffix(".log")

    @property
    def expected(self) -> Path:
        """The expected result."""
        return self.toml.with_suffix(".expected.jsonl")


def folder() -> Path:
    """Where the grammars of this package lie."""
    return Path(str(resources.files("runlift.grammars")))


def files() -> list[GrammarFile]:
    """The files of the package's grammars and of plug-ins (entry points ``runlift.grammars``: a path or a folder)."""
    paths = sorted(folder().glob("*.toml"))
    for point in metadata.entry_points(group="runlift.grammars"):
        place = Path(str(point.load()))
        paths += sorted(place.glob("*.toml")) if place.is_dir() else [place]
    return [GrammarFile(p) for p in paths]


@cache
def built_in() -> tuple[Grammar, ...]:
    """The grammars of this package and of plug-ins, by name."""
    own = folder()
    found = [load(f.toml, tried=f.toml.parent == own) for f in files()]
    return tuple(sorted(found, key=lambda g: g.name))


def user_folder() -> Path:
    """The folder of the user's own grammars: ``RUNLIFT_GRAMMARS``, else ``./runlift-grammars``."""
    return Path(os.environ.get("RUNLIFT_GRAMMARS") or "runlift-grammars")


def users_own(place: Path | None = None) -> tuple[tuple[Grammar, ...], list[GrammarError]]:
    """The user's own grammars, and what is wrong with those that cannot be used."""
    found, wrong = [], []
    for path in sorted((place or user_folder()).glob("*.toml")):
        try:
            found.append(load(path))
        except GrammarError as error:
            wrong.append(error)
    return tuple(found), wrong


def of_patterns(patterns: tuple[str, ...]) -> Grammar:
    """A grammar of patterns that a user gave for one reading; GrammarError says which cannot be used, and why."""
    rules = [{"name": f"pattern_{i}", "pattern": p, "mark": True} for i, p in enumerate(patterns, 1)]
    head = {"name": "pattern", "title": "--pattern", "source": "the command line", "sample": "none"}
    return grammar("pattern", {**head, "rule": rules})


def load(path: Path, *, tried: bool = False) -> Grammar:
    """A grammar from its TOML. GrammarError says what is wrong with it.

    Args:
        path: The TOML file.
        tried: Its expressions are known to compile (tests do it): each is compiled when it is first needed.
    """
    made = _load(path)
    if not tried:
        for rule in made.rules:
            try:
                rule.how.prepare()
            except PatternError as error:
                raise GrammarError(made.name, f"rule {rule.name!r}", error.why, error.help) from error
    return made


def _load(path: Path) -> Grammar:
    name = path.stem
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GrammarError(name, str(path), f"cannot be read ({error.strerror})", "Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GrammarError(
            name, path.name, f"not TOML ({error})", "See https://toml.io for how to write it."
        ) from error
    return grammar(name, data, str(path))


def grammar(name: str, data: dict[str, Any], path: str = "") -> Grammar:
    """A grammar from the content of its TOML."""
    _known(name, "the file", data, _TOP)
    for key, what in _NEEDED.items():
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise GrammarError(name, "the file", f"{key} is missing", f'Add {key} = "...": {what}.')
    if data["name"] != name:
        raise GrammarError(
            name, "the file", f"name is {data['name']!r}, the file {name + '.toml'!r}", "Give both one name."
        )
    rules = [_rule(name, i, r) for i, r in enumerate(_tables(name, data, "rule"), 1)]
    rules += [_rule(name, i, r, ignore=True) for i, r in enumerate(_tables(name, data, "ignore"), 1)]
    if not any(not r.ignore for r in rules):
        raise GrammarError(name, "the file", "it has no rule", "Add a [[rule]] with a name and a pattern.")
    names = [r.name for r in rules]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        raise GrammarError(name, f"rule {twice!r}", "the name stands twice", "Give each rule its own name.")
    if not any(r.mark for r in rules):
        raise GrammarError(
            name, "the file", "no rule has mark = true", "Mark the rule whose lines only this format prints."
        )
    return Grammar(name, data["title"], data["source"], data["sample"], rules, data.get("framework", ""), path)


def _tables(name: str, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise GrammarError(name, "the file", f"{key} is not a list of tables", f"Write [[{key}]] with two brackets.")
    return tables


def _known(name: str, where: str, data: dict[str, Any], known: set[str]) -> None:
    strange = sorted(set(data) - known)
    if strange:
        raise GrammarError(name, where, f"{strange[0]!r} is not known", f"There are: {', '.join(sorted(known))}.")


def _rule(name: str, number: int, data: dict[str, Any], *, ignore: bool = False) -> Rule:
    where = f"rule {data.get('name', number)!r}"
    _known(name, where, data, _RULE)
    if not isinstance(data.get("name"), str) or not data["name"]:
        raise GrammarError(name, where, "it has no name", 'Add name = "...".')
    _typed(name, where, data)
    ways = [k for k in ("pattern", "regex", "lark") if k in data]
    if len(ways) != 1:
        why = "it has neither pattern nor regex nor lark" if not ways else f"it has {' and '.join(ways)}"
        raise GrammarError(name, where, why, "Give each rule exactly one of them.")
    try:
        how = _how(ways[0], str(data[ways[0]]))
    except PatternError as error:
        raise GrammarError(name, where, f"{ways[0]}: {error.why}", error.help) from error
    phase = data.get("phase", "")
    if phase and phase not in _PHASES:
        raise GrammarError(name, where, f"phase {phase!r} is not known", f"There are: {', '.join(sorted(_PHASES))}.")
    rule = Rule(
        data["name"], how, phase, data.get("lead", ""), dict(data.get("names", {})), bool(data.get("mark", False)), ignore,
        bool(data.get("bar", False)), bool(data.get("final", False)), data.get("columns"),
        bool(data.get("opens", False)), bool(data.get("closes", False)),
    )  # fmt: skip
    _check_names(name, where, rule)
    return rule


def _typed(name: str, where: str, data: dict[str, Any]) -> None:
    for key, value in data.items():
        kind, example = _TYPES[key]
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if not isinstance(value, kind) or not all(isinstance(v, str) for v in inside):
            raise GrammarError(name, where, f"{key} is {value!r}", f"Write it as {key} = {example}.")


def _how(way: str, text: str) -> Reads:
    if way == "lark":
        return ByLark(text)
    return ByPattern(compile_pattern(text, literal=way == "pattern"))


def _check_names(name: str, where: str, rule: Rule) -> None:
    if not isinstance(rule.how, ByPattern):
        return
    known = {f.name for f in rule.how.pattern.fields}
    for key in rule.names:
        if key not in known:
            raise GrammarError(
                name, where, f"{key!r} is not a field of its pattern", f"Fields are: {', '.join(sorted(known))}."
            )
    gives = rule.how.pattern.rest or any(f.kind in ("", "d", "avg") and f.name != "_" for f in rule.how.pattern.fields)
    words = any(f.name == "phase" for f in rule.how.pattern.fields) or rule.phase
    if not gives and not words and not rule.ignore and rule.columns is None and not rule.opens:
        raise GrammarError(
            name,
            where,
            "it gives nothing",
            f"Name a metric, {', '.join(sorted(PLACES))} or a phase; or make it an [[ignore]].",
        )
