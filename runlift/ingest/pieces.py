"""Bundles whose folders are pieces of the run above them, put into that run's bundle: the rules are in ``fold``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runlift.facts import Account, Artifact, Issue, Param, Points, Restart, RunSeen, Severity
from runlift.ingest.fold import FolderFacts, above, find_folds, named_by_time, writer_of
from runlift.ingest.guard import guarded_parse
from runlift.parsers._api import ParseOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.ingest.fold import Fold
    from runlift.ingest.join import Bundle, Item

FORMAT = "tensorboard"


def fold_pieces(bundles: list[Bundle]) -> list[Bundle]:
    """The bundles that are left when pieces have gone into the bundles of their runs.

    Only what is new or has grown is looked at: a piece that the store knows already is in its run there. An Issue of
    the run names each piece, with the evidence.
    """
    runs = {b.folder: b for b in bundles if any(i.parser.name == FORMAT for i in b.items)}
    nested = [f for f in runs if any(above(f, runs)) and _may_be_piece(runs[f])]
    fresh = {f for f in nested if any(not i.unchanged for i in runs[f].items)}
    if not fresh:
        return bundles
    folds = [f for f in find_folds(_facts(runs, nested, fresh)) if f.child in fresh]
    for fold in folds:
        _into(runs[fold.parent], runs[fold.child], fold)
    gone = [runs[f.child] for f in folds]
    return [b for b in bundles if not any(b is g for g in gone)]


def _may_be_piece(bundle: Bundle) -> bool:
    return all(i.parser.name == FORMAT for i in bundle.items) and not bundle.settings


def _facts(runs: dict[str, Bundle], nested: list[str], fresh: set[str]) -> list[FolderFacts]:
    """Of pieces as far as it takes to tell; of a run above settings its metrics too; of the others the names only.

    Folders with settings that the store knows are looked at as well: whether a new one is a trial of a search shows
    only beside them.
    """
    by_time = any(named_by_time(f) for f in fresh)
    looked = {f: _look(runs[f]) for f in nested if f in fresh or (by_time and named_by_time(f))}
    for folder in fresh:
        if looked[folder].settings and looked[folder].metrics:
            for top, _ in above(folder, runs):
                looked[top] = _look(runs[top], whole=True)
    return [looked.get(f) or FolderFacts(f, writers=_writers(runs[f])) for f in runs]


def _writers(bundle: Bundle) -> frozenset[str]:
    return frozenset(filter(None, (writer_of(i.source.basename) for i in bundle.items)))


def _look(bundle: Bundle, *, whole: bool = False) -> FolderFacts:
    """What the files of a folder say. Where they turn out to be a run of their own the rest is not read."""
    metrics: set[str] = set()
    settings: set[tuple[str, str]] = set()
    others = 0
    by_time = named_by_time(bundle.folder)
    for fact in (f for i in bundle.items for f in _of_item(i)):
        if isinstance(fact, Points):
            metrics.add(fact.metric)
        elif isinstance(fact, Param):
            settings.add((fact.key, repr(fact.value)))
        elif not isinstance(fact, (RunSeen, Restart, Artifact, Issue)):
            others += 1
        if not whole and not by_time and (len(metrics) > 1 or others):
            break
    return FolderFacts(bundle.folder, frozenset(metrics), frozenset(settings), others, _writers(bundle))


def _of_item(item: Item) -> Iterator[Fact]:
    """All but the Account, of what the store does not know yet."""
    found = (
        guarded_parse(item.parser, item.source, ParseOptions(start=item.start)) if item.parser.name == FORMAT else ()
    )
    for fact in found:
        if not isinstance(fact, Account):
            yield fact


def _into(run: Bundle, piece: Bundle, fold: Fold) -> None:
    for item in piece.items:
        item.rename = dict(fold.rename)
        item.why = fold.why
    run.items += piece.items
    run.issues += [*piece.issues, _folded(fold)]


def _folded(fold: Fold) -> Issue:
    named = ", ".join(f"{old} as {new}" for old, new in fold.rename.items())
    return Issue(
        "folded-folder",
        f"{fold.child} is a piece of the run in {fold.parent}: {fold.why}.",
        severity=Severity.INFO,
        done=f"Read as part of that run{f', {named}' if named else ''}.",
        help="--no-fold reads it as a run of its own.",
    )
