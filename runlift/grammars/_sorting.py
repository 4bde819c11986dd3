"""Which frames are no results: source code, tracebacks, listings, rows of settings. Decided before numbers are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import heads_results, is_outcome_name
from runlift.grammars._fate import Fate
from runlift.grammars._listings import dense
from runlift.grammars._settings import RARE, is_dump, setting_runs
from runlift.grammars._words import Kind, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft

MOST_RESULTS = 12  # lines below a heading
_COUNTED = frozenset({Kind.COUNTER, Kind.SETTING})
LEAVING = frozenset({Fate.CODE, Fate.TRACE, Fate.LISTING, Fate.SETTING})


def sort_out(block: Block) -> None:
    """Give frames that hold no results their fate, and take them out of the groups."""
    _mark_code(block)
    _mark_traces(block)
    _mark_packages(block)
    _mark_settings(block)
    block.leave(LEAVING)


def flags(block: Block, what: Callable[[Draft], bool]) -> B1:
    """The frames whose shape has a trait."""
    out = np.zeros(len(block.fate), np.bool_)
    for g in block.groups:
        if what(g.draft):
            out[g.frames] = True
    return out


def _mark_code(block: Block) -> None:
    sure = flags(block, lambda d: d.code == 2)
    if sure.any():
        block.mark(dense(flags(block, lambda d: d.code > 0), 0.34, sure), Fate.CODE)


def _mark_traces(block: Block) -> None:
    starts = np.flatnonzero(flags(block, lambda d: d.trace == 1))
    if not len(starts):
        return
    body, ends = flags(block, lambda d: d.trace == 3), flags(block, lambda d: d.trace == 2)
    for start in starts:
        at = int(start) + 1
        while at < len(body) and body[at] and not ends[at]:
            at += 1
        if at < len(ends) and ends[at]:
            at += 1
        block.mark(np.arange(start, at), Fate.TRACE)


def _mark_packages(block: Block) -> None:
    listed = flags(block, lambda d: d.package)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], listed, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= 6:
            block.mark(np.arange(start, stop), Fate.LISTING)


def _mark_settings(block: Block) -> None:
    lone, texts, counts = (np.zeros(len(block.fate), np.bool_) for _ in range(3))
    for g in block.groups:
        varies = _varies(block, g)
        if _lone(g.draft) and (len(g.frames) <= RARE or not varies or block.few_values(g)):
            lone[g.frames] = True
            texts[g.frames] = g.draft.wordy
            counts[g.frames] = any(kind(p.name) in _COUNTED for p in g.draft.pairs)
        elif len(g.draft.pairs) + g.draft.texts >= 2 and is_dump(g.draft, len(g.frames), varies=varies):
            block.mark(g.frames, Fate.SETTING)
    rows = setting_runs(lone, texts, flags(block, lambda d: d.neutral), counts) & ~_results(block)
    block.mark(rows & (block.fate == 0), Fate.SETTING)


def _results(block: Block) -> B1:
    """Frames that are one result each, with a fraction, and what such lines stand among: no setting stands like that.

    Two results together; a result of a phase or the best one; a heading of results, and the numbers below it.
    """
    found, sure, single = (np.zeros(len(block.fate), np.bool_) for _ in range(3))
    for g in block.groups:
        sure[g.frames] = heads_results(g.draft)
        if len(g.draft.pairs) == 1 and g.draft.single and not g.draft.wordy:
            pair = g.draft.pairs[0]
            frames = g.frames[block.scan.is_float[block.scan.first[g.frames] + pair.slot]]
            single[frames] = True
            found[frames] = is_outcome_name(pair.name)
            sure[frames] |= bool(pair.phase) and is_outcome_name(pair.name)
    sure[1:] |= found[1:] & found[:-1]
    sure[:-1] |= found[1:] & found[:-1]
    for _ in range(MOST_RESULTS):
        sure[1:] |= single[1:] & sure[:-1]
    return sure


def _lone(draft: Draft) -> bool:
    return (
        draft.single
        and not draft.bar
        and not (draft.wordy and draft.lead and draft.pairs)
        and not draft.member
        and len(draft.pairs) + (draft.step is not None) + (draft.epoch is not None) <= 1
    )


def _varies(block: Block, group: Group) -> bool:
    return bool(group.draft.single or group.draft.texts >= 3) and block.varies(group)
