"""Which format a source is, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runlift import registry
from runlift.facts import Issue, Severity
from runlift.ingest.guard import guarded_recognise, guarded_seed, unreadable
from runlift.ingest.identity import Print, take_print
from runlift.parsers._api import NO_MATCH, Head, Level, Match, Parser, Source

if TYPE_CHECKING:
    from collections.abc import Callable

LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(slots=True)
class Recognised:
    """A source with the format that reads it (None where none claims it), why, its Print and what was odd."""

    source: Source
    parser: Parser | None
    match: Match
    print: Print | None
    issues: list[Issue] = field(default_factory=list)


def recognise(source: Source, *, explicit: bool = False, only: str | None = None) -> Recognised:
    """Ask every format; the highest claim reads the source. ``only`` names the format that the user chose."""
    try:
        head = Head(source, source.head(), explicit)
    except OSError as error:
        return Recognised(source, None, NO_MATCH, None, [unreadable(source, error)])
    early = _not_data(head)
    if early:
        return Recognised(source, None, NO_MATCH, None, [early])
    parser, match, issues = _chosen(only) if only else _best(head)
    mark = take_print(guarded_seed(parser, head), head.data, source.size) if parser else None
    return Recognised(source, parser, match, mark, issues)


def _not_data(head: Head) -> Issue | None:
    name = head.source.name
    if head.source.size == 0 and not head.data:
        return Issue(
            "empty-file",
            f"{name}: holds nothing (0 bytes).",
            severity=Severity.INFO,
            done="Noted; there is nothing to read.",
            help="If it should hold something, copy it again from where it was written.",
        )
    if head.data.startswith(LFS_POINTER):
        return Issue(
            "git-lfs-pointer",
            f"{name}: a Git LFS pointer, not the file itself.",
            severity=Severity.ERROR,
            done="Left out.",
            help="Fetch the file with `git lfs pull`, then ingest again.",
        )
    return None


def _chosen(name: str) -> tuple[Parser | None, Match, list[Issue]]:
    return registry.parser(name), Match(Level.SIGNATURE, f"--as {name}"), []


def _best(head: Head) -> tuple[Parser | None, Match, list[Issue]]:
    issues: list[Issue] = []
    claims: list[tuple[Match, Parser]] = []
    for parser in registry.parsers().values():
        match, issue = guarded_recognise(parser, head)
        if issue:
            issues.append(issue)
        if match.level > Level.NO:
            claims.append((match, parser))
        if match.level == Level.SIGNATURE:
            break
    if not claims:
        return None, NO_MATCH, issues
    top = max(m.level for m, _ in claims)
    equal = [(m, p) for m, p in claims if m.level == top]
    if len(equal) > 1:
        issues.append(_contested(head.source, [p.name for _, p in equal]))
    match, parser = equal[0]
    return parser, match, issues


def _contested(source: Source, names: list[str]) -> Issue:
    return Issue(
        "contested-format",
        f"{source.name}: {' and '.join(names)} claim it equally.",
        severity=Severity.INFO,
        done=f"Read as {names[0]}.",
        help=f"--as {names[1]} reads it as the other.",
    )


def recognise_all(
    sources: list[Source], explicit: set[str], only: str | None, tick: Callable[[Source], None]
) -> list[Recognised]:
    """``recognise`` for many sources, in their order; ``tick`` is called before each."""
    found = []
    for source in sources:
        tick(source)
        found.append(recognise(source, explicit=source.path in explicit, only=only))
    return found
