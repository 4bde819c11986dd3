"""What numbers say of a reading that words alone could not: which counters count, which bars were only drawn again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._block import Group
from runlift.grammars._counters import ONGOING
from runlift.grammars._draft import Pair
from runlift.grammars._fate import Fate
from runlift.grammars._lists import in_order
from runlift.grammars._words import STEPS, Kind, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.facts import B1, I8
    from runlift.grammars._block import Block
    from runlift.grammars._context import Context
    from runlift.grammars._draft import Draft

FEWEST_RISING = 3
PROMOTED = 2  # surer than a counter in brackets
MOST_BETWEEN = 3  # lines of others in a box
WEAK = 3  # a counter of parts of an epoch, or a time that parts take: batch
STEPS_MAY_BE_FRACTIONS = 9  # a step that a key names so surely as "global_step" may be written 100.0


def promote_counters(block: Block, known: set[str]) -> None:
    """Numbers that may be steps are, where they are whole, never negative, rising: ``12: loss 0.5``, ``Learner Steps = 12``.

    ``known``: what an earlier block showed to be steps, by the name that their lines give them; it grows.
    """
    groups = [g for g in block.groups if _may_count(g.draft)]
    for name in {g.draft.step_name for g in groups} - known:
        mine = [g for g in groups if g.draft.step_name == name]
        frames = np.concatenate([g.frames for g in mine])
        value = np.concatenate([block.column(g.frames, int(g.draft.step or 0)) for g in mine])
        if _rises(value[np.argsort(frames)], whole=name != ONGOING):
            known.add(name)
    for g in groups:
        if g.draft.step_name in known:
            g.draft = _promoted(block, g)


def _promoted(block: Block, group: Group) -> Draft:
    slot = group.draft.step
    if slot is not None and group.draft.step_name == ONGOING and has_fractions(block.column(group.frames, slot)):
        return replace(group.draft, epoch=slot, step=None, step_rank=-1)  # 12.351... stands within epoch 12
    return replace(group.draft, step_rank=PROMOTED)


def has_fractions(value: np.ndarray) -> bool:
    """Whether any number is no whole one (infinities and NaN are none)."""
    return bool(np.any(np.floor(value) != value) or not np.all(np.isfinite(value)))


def _may_count(draft: Draft) -> bool:
    return (
        draft.by == "general"
        and draft.step is not None
        and draft.step_rank == 0
        and not draft.bar
        and bool(draft.pairs)
    )


def _rises(value: np.ndarray, *, whole: bool = True) -> bool:
    if len(value) < FEWEST_RISING or not np.all(value >= 0) or (whole and has_fractions(value)):
        return False
    return bool((np.diff(value) >= 0).mean() >= 0.8) and len(np.unique(value)) >= FEWEST_RISING


def demote_fractions(block: Block) -> None:
    """A "step" that is written with a fraction (``generation: 3.12 s``) is a number like others."""
    for g in block.groups:
        g.draft = draft = _with_spare(block, g)
        if draft.weak and draft.epoch is not None and has_fractions(block.column(g.frames, draft.epoch)):
            pairs = [*draft.pairs, Pair("e", draft.epoch, draft.phase)]
            g.draft = draft = replace(draft, epoch=None, weak=False, pairs=pairs)
        if draft.step is None or not 1 <= draft.step_rank < STEPS_MAY_BE_FRACTIONS:
            continue
        if draft.step_scale == 1.0 and has_fractions(block.column(g.frames, draft.step)):
            pairs = [*draft.pairs, Pair(draft.step_name, draft.step, draft.phase)] if draft.step_name else draft.pairs
            g.draft = replace(draft, step=None, step_rank=-1, pairs=pairs)


def _with_spare(block: Block, group: Group) -> Draft:
    """The draft with those of its numbers that might have been steps, had they no fraction: ``step: 100  batch: 0.46``."""
    draft = group.draft
    pairs = [
        Pair(n, s, draft.phase)
        for n, s in draft.spare
        if STEPS.get(n, 9) <= WEAK and has_fractions(block.column(group.frames, s))
    ]
    return replace(draft, pairs=[*draft.pairs, *pairs], spare=[]) if pairs else draft


def take_from_next_line(block: Block) -> None:
    """A number alone at the front of a line is the value of a metric's name at the end of the line before."""
    names: list[str] = []
    awaited = np.full(len(block.fate) + 1, -1)
    for g in block.groups:
        if g.draft.awaits and kind(g.draft.awaits) is Kind.METRIC:
            awaited[g.frames + 1] = len(names)
            names.append(g.draft.awaits)
    if not names:
        return
    for g in list(block.groups):
        slot = g.draft.brings
        if slot is None or g.draft.by != "general":
            continue
        which = awaited[g.frames]
        for code in np.unique(which[which >= 0]):
            mine = g.frames[which == code]
            found = in_order(names[code], g.draft) or [Pair(names[code], slot, g.draft.phase)]
            block.groups.append(_bringing(g, mine, found))
            block.mark(mine - 1, Fate.PLACE)
        g.frames = g.frames[which < 0]
    block.groups = [g for g in block.groups if len(g.frames)]


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
