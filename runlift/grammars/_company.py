"""Numbers that are results by the lines they stand among: ``parity: 0.03`` right below ``accuracy: 0.91``, each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import SECONDS, Seen, heads_results
from runlift.grammars._words import Kind, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft, Pair

MOST_ROUNDS = 8
AMONG = 3  # pairs of a line, of which one may have no colon
Wanted = list[tuple["Group", "list[Pair]"]]


def with_neighbours(block: Block, wanted: Wanted, seen: Callable[[Block, I8, int], Seen]) -> Wanted:
    """What is wanted, and of lines that always stand beside a line of results the numbers that nothing speaks against."""
    results = np.zeros(len(block.fate) + 2, np.bool_)
    for g, pairs in wanted:
        if any(kind(p.name) is Kind.METRIC for p in pairs) and not g.draft.bar:
            results[g.frames + 1] = True
    for g in block.groups:
        if g.draft.by == "general" and heads_results(g.draft):
            results[g.frames + 1] = True
    if not results.any():
        return wanted
    for _ in range(MOST_ROUNDS):
        more = [_joining(block, g, results, seen) if not pairs else [] for g, pairs in wanted]
        if not any(more):
            break
        wanted = [(g, pairs or new) for (g, pairs), new in zip(wanted, more, strict=True)]
        for (g, _), new in zip(wanted, more, strict=True):
            results[g.frames[: len(g.frames) if new else 0] + 1] = True
    return wanted


def _joining(block: Block, group: Group, results: B1, seen: Callable[[Block, I8, int], Seen]) -> list[Pair]:
    draft, frames = group.draft, group.frames
    if not _may_join(draft) or not (results[frames] | results[frames + 2]).all():
        return []
    return [p for p in draft.pairs if _is_result(p, seen(block, frames, p.slot), draft)]


def _may_join(draft: Draft) -> bool:
    told = draft.texts or draft.bar or draft.ignored or draft.level in ("WARNING", "WARN", "ERROR")
    return draft.by == "general" and bool(draft.pairs) and not told


def _is_result(pair: Pair, seen: Seen, draft: Draft) -> bool:
    what = kind(pair.name)
    if what is Kind.COUNTER and pair.unit == "%":
        what = Kind.UNKNOWN  # the share of what is counted
    if pair.spaced and not (len(draft.pairs) >= AMONG and " " not in pair.name):
        return False
    if what is Kind.GAUGE:
        alone = draft.single and not draft.wordy
        return (seen.count > 1 or alone) and (seen.is_float or pair.unit in SECONDS)
    return seen.is_float and (what is Kind.METRIC or (what is Kind.UNKNOWN and pair.unit not in SECONDS))
