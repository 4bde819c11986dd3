"""Which frames are no results: source code, tracebacks, listings, rows of settings. Decided before numbers are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._fate import Fate
from runlift.grammars._listings import dense
from runlift.grammars._settings import RARE, is_dump, setting_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft

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
    lone, texts = np.zeros(len(block.fate), np.bool_), np.zeros(len(block.fate), np.bool_)
    for g in block.groups:
        varies = _varies(block, g)
        if _lone(g.draft) and (len(g.frames) <= RARE or not varies or block.few_values(g)):
            lone[g.frames] = True
            texts[g.frames] = g.draft.wordy
        elif len(g.draft.pairs) + g.draft.texts >= 2 and is_dump(g.draft, len(g.frames), varies=varies):
            block.mark(g.frames, Fate.SETTING)
    block.mark(setting_runs(lone, texts, flags(block, lambda d: d.neutral)) & (block.fate == 0), Fate.SETTING)


def _lone(draft: Draft) -> bool:
    return (
        draft.single
        and not draft.member
        and len(draft.pairs) + (draft.step is not None) + (draft.epoch is not None) <= 1
    )


def _varies(block: Block, group: Group) -> bool:
    return bool(group.draft.single or group.draft.texts >= 3) and block.varies(group)
