"""Numbers that are results by the lines they stand among: ``parity: 0.03`` right below ``accuracy: 0.91``, each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import BYTES, SECONDS, Seen, heads_results, is_record
from runlift.grammars._words import Kind, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft, Pair

MOST_ROUNDS = 8
MOST_LISTED = 24  # lines below a heading of results
AMONG = 3  # pairs of a line, of which one may have no colon
Wanted = list[tuple["Group", "list[Pair]"]]


def with_neighbours(block: Block, wanted: Wanted, seen: Callable[[Block, I8, int], Seen]) -> Wanted:
    """What is wanted, and of lines that always stand beside a line of results the numbers that nothing speaks against."""
    results = np.zeros(len(block.fate) + 2, np.bool_)
    for g, pairs in wanted:
        if any(kind(p.name) is Kind.METRIC for p in pairs) and not g.draft.bar:
            results[g.frames + 1] = True
    heads, listed = _listed(block)
    results[1:-1] |= heads
    if not results.any():
        return wanted
    for _ in range(MOST_ROUNDS):
        more = [_joining(block, g, (results, listed), seen) if not pairs else [] for g, pairs in wanted]
        if not any(more):
            break
        wanted = [(g, pairs or new) for (g, pairs), new in zip(wanted, more, strict=True)]
        for (g, _), new in zip(wanted, more, strict=True):
            results[g.frames[: len(g.frames) if new else 0] + 1] = True
    return wanted


def _listed(block: Block) -> tuple[B1, B1]:
    """Headings of results with the rulers below them, and all lines of their lists: named numbers and rulers."""
    heads, rulers, may = (np.zeros(len(block.fate), np.bool_) for _ in range(3))
    for g in block.groups:
        if g.draft.by == "general":
            heads[g.frames], rulers[g.frames] = heads_results(g.draft), g.draft.neutral
            may[g.frames] = g.draft.neutral or (bool(g.draft.pairs) and not (g.draft.texts or is_record(g.draft)))
    listed = heads.copy()
    for at in np.flatnonzero(heads):
        end = int(at) + 1
        while end < len(may) and end < int(at) + MOST_LISTED and may[end]:
            listed[end] = True
            end += 1
    return heads | (listed & rulers), listed


def _joining(block: Block, group: Group, among: tuple[B1, B1], seen: Callable[[Block, I8, int], Seen]) -> list[Pair]:
    draft, frames = group.draft, group.frames
    results, listed = among
    if not _may_join(draft) or not (results[frames] | results[frames + 2]).all():
        return []
    below = bool(listed[frames].all())
    return [p for p in draft.pairs if _is_result(p, seen(block, frames, p.slot), draft, below=below)]


def _may_join(draft: Draft) -> bool:
    told = draft.texts or draft.bar or draft.ignored or draft.level in ("WARNING", "WARN", "ERROR")
    return draft.by == "general" and bool(draft.pairs) and not told


def _is_result(pair: Pair, seen: Seen, draft: Draft, *, below: bool) -> bool:
    what = kind(pair.name)
    if pair.unit in BYTES:
        return False
    if below and what in (Kind.METRIC, Kind.UNKNOWN) and not pair.spaced and pair.unit not in SECONDS:
        return True
    if what is Kind.COUNTER and pair.unit == "%":
        what = Kind.UNKNOWN  # the share of what is counted
    if pair.spaced and not (len(draft.pairs) >= AMONG and " " not in pair.name):
        return False
    if what is Kind.GAUGE:
        alone = draft.single and not draft.wordy
        return (seen.count > 1 or alone) and (seen.is_float or pair.unit in SECONDS)
    return seen.is_float and (what is Kind.METRIC or (what is Kind.UNKNOWN and pair.unit not in SECONDS))
