"""What lines take from lines around them: a value from the next line, a place from the box that they stand in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._block import Group
from runlift.grammars._draft import Pair
from runlift.grammars._fate import Fate
from runlift.grammars._lists import in_order
from runlift.grammars._words import Kind, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1, I8
    from runlift.grammars._block import Block
    from runlift.grammars._context import Context
    from runlift.grammars._draft import Draft

FEWEST_DOWN = 2  # numbers of a column
INDEX_AND_VALUE = 2  # cells of a row
MOST_BETWEEN = 3  # lines of others in a box


def take_from_next_line(block: Block) -> None:
    """A number alone at the front of a line is the value of a metric's name at the end of the line before.

    So are all numbers of a column below it, one a line.
    """
    names: list[str] = []
    awaited = np.full(len(block.fate) + 1, -1)
    for g in block.groups:
        if g.draft.awaits and kind(g.draft.awaits) is Kind.METRIC:
            awaited[g.frames + 1] = len(names)
            names.append(g.draft.awaits)
    if not names:
        return
    _spread_down(block, awaited)
    for g in list(block.groups):
        slot = g.draft.brings
        if slot is None or g.draft.by != "general":
            continue
        which = awaited[g.frames]
        for code in np.unique(which[which >= 0]):
            mine = g.frames[which == code]
            value = g.draft.cells[1][1] if _indexed(g, block) else slot
            listed = in_order(names[code], g.draft) if value == slot else []
            found = listed or [Pair(names[code], value, g.draft.phase)]
            block.groups.append(_bringing(g, mine, found))
            block.mark(mine - 1, Fate.PLACE)
        g.frames = g.frames[which < 0]
    block.groups = [g for g in block.groups if len(g.frames)]


def _indexed(group: Group, block: Block) -> bool:
    """Whether lines are a number each behind a count from 0: a table of one column and its index."""
    cells = group.draft.cells
    if len(cells) != INDEX_AND_VALUE or any(word or slot < 0 for word, slot in cells):
        return False
    count = block.column(group.frames, cells[0][1])
    return len(count) > 1 and np.array_equal(count, np.arange(len(count)))


def _spread_down(block: Block, awaited: I8) -> None:
    """Give the lines of a column, one number each, the name that its first one is awaited for."""
    lone = _frames_of(block, lambda d: d.brings is not None and len(d.cells) == 1)
    for g in block.groups:
        lone[g.frames] |= _indexed(g, block)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lone, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= FEWEST_DOWN:
            awaited[start:stop] = awaited[start]


def _bringing(group: Group, frames: I8, pairs: list[Pair]) -> Group:
    draft = replace(group.draft, pairs=[*pairs, *group.draft.pairs], row=False, member=True, rule="next line")
    return Group(draft, frames, group.shape)


def mark_stanzas(block: Block) -> None:
    """Rows of a box of two columns are one record: all take the step and epoch that one of them gives.

    A row without a number (``| train/ | |``) names the phase or section of the rows below it. Lines of a grammar are a
    record from one that opens it to the next.
    """
    boxed = _frames_of(block, lambda d: d.boxed)
    starts = _box_starts(block, boxed)
    opening = _frames_of(block, lambda d: d.opens)
    closing = _frames_of(block, lambda d: d.closes)
    if opening.any() or closing.any():
        names = {g.draft.by for g in block.groups if g.draft.opens or g.draft.closes}
        inside = _frames_of(block, lambda d: d.by in names)
        boxed |= inside & ((np.cumsum(opening) > 0) | closing.any())
        starts |= opening | np.append(closing.any(), closing[:-1])
    if not boxed.any():
        return
    block.stanza = np.where(boxed, np.cumsum(starts) - 1, -1)
    placed = _placed(block, int(starts.sum()))
    for g in block.groups:
        own = block.stanza[g.frames]
        if own[0] >= 0 and placed[own[own >= 0]].any():
            g.draft = replace(g.draft, member=True)


def _box_starts(block: Block, boxed: B1) -> B1:
    """Where a box begins: at its first row, after a ruler or more than a few lines of others."""
    rows = np.flatnonzero(boxed)
    rulers = np.cumsum(_frames_of(block, lambda d: d.neutral))
    starts = np.zeros(len(boxed), np.bool_)
    if len(rows):
        new = (np.diff(rulers[rows]) > 0) | (np.diff(rows) > MOST_BETWEEN + 1)
        starts[rows[np.append(True, new)]] = True
    return starts


def _frames_of(block: Block, what: Callable[[Draft], bool]) -> B1:
    out = np.zeros(len(block.fate), np.bool_)
    for g in block.groups:
        if what(g.draft):
            out[g.frames] = True
    return out


def _placed(block: Block, count: int) -> B1:
    """For each stanza whether one of its rows gives a step or an epoch."""
    placed = np.zeros(count, np.bool_)
    stanza = block.stanza if block.stanza is not None else np.empty(0, np.int64)
    for g in block.groups:
        if g.draft.step_rank >= 1 or g.draft.epoch is not None:
            own = stanza[g.frames]
            placed[own[own >= 0]] = True
    return placed


def spread_stanzas(block: Block, context: Context) -> None:
    """Give all rows of a stanza its surest step and its epoch, and its sections as phases."""
    if block.stanza is None or not len(block.stanza):
        return
    inside = np.flatnonzero(block.stanza >= 0)
    which = block.stanza[inside]
    best = np.full(int(which.max()) + 1, -1)
    step, epoch = np.full(len(best), np.nan), np.full(len(best), np.nan)
    for g in sorted(block.groups, key=lambda g: g.draft.step_rank):
        frames = g.frames[block.stanza[g.frames] >= 0]
        at = block.stanza[frames]
        if g.draft.step is not None and g.draft.step_rank >= 1:
            step[at] = block.column(frames, g.draft.step) * g.draft.step_scale
        if g.draft.epoch is not None:
            epoch[at] = block.column(frames, g.draft.epoch)
    context.own_step[inside], context.own_epoch[inside] = step[which], epoch[which]
    first = inside[np.flatnonzero(np.diff(which, prepend=-1))]
    after = inside[np.flatnonzero(np.diff(which, append=-1))] + 1
    for edge in (first, after[after < len(context.own_phase)]):
        context.own_phase[edge] = np.maximum(context.own_phase[edge], 0)
    members = np.flatnonzero((block.stanza >= 0) & (context.own_phase == 0))
    context.own_phase[np.setdiff1d(members, first)] = -1
