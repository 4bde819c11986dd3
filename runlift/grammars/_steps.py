"""Which of a line's counters is its step: one that rises where no word says so, another one where the named one falls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._counters import ONGOING
from runlift.grammars._draft import Pair
from runlift.grammars._words import STEPS, Kind, kind

if TYPE_CHECKING:
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft

FEWEST_RISING = 3
OFTEN_FALLING, FALLING_SHARE = 4, 0.25  # lines, and the share of them whose step is less than the one before
PROMOTED = 2  # surer than a counter in brackets
SURE_STEP = 7  # what a line may call otherwise than by a step is a counter of other things, or a time that they take: batch, gen
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


def promote_shares(block: Block, known: set[str]) -> None:
    """The first number of lines is their step where it rises towards one end: ``game 3/100``, ``Sample 12 of 50``."""
    shared = [(g, g.draft.pairs[0].name) for g in block.groups if _begins_with_share(g.draft)]
    for name in {name for _, name in shared} - known:
        frames = np.concatenate([g.frames for g, n in shared if n == name])
        part, whole = (
            np.concatenate([block.column(g.frames, g.draft.pairs[i].slot) for g, n in shared if n == name])
            for i in (0, 1)
        )
        if _rises(part[np.argsort(frames)]) and np.all(part <= whole):
            known.add(name)
    for g, name in shared:
        if name in known:
            first, total, *pairs = g.draft.pairs
            g.draft = replace(
                g.draft,
                pairs=pairs,
                step=first.slot,
                step_total=total.slot,
                step_rank=PROMOTED,
                step_name=name,
                inner=True,
            )


def _begins_with_share(draft: Draft) -> bool:
    if draft.by != "general" or draft.bar or draft.step is not None or draft.epoch is not None or len(draft.pairs) <= 2:
        return False
    first, second = draft.pairs[:2]
    plain = first.part and not first.unit and kind(first.name) in (Kind.UNKNOWN, Kind.COUNTER)
    return (
        plain and first.slot == draft.first_slot and second.name == f"{first.name}[1]" and second.slot == first.slot + 1
    )


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


def prefer_rising(block: Block) -> None:
    """Where a line's step falls again and again while another of its counters rises, that one is the step: ``Episode 3 Step 14``."""
    for g in block.groups:
        draft = g.draft
        if draft.by != "general" or draft.step is None or draft.epoch is not None or not draft.spare or draft.bar:
            continue
        own = block.column(g.frames, draft.step)
        if len(own) < OFTEN_FALLING or (np.diff(own) < 0).mean() < FALLING_SHARE:
            continue
        for name, slot in draft.spare:
            other = block.column(g.frames, slot)
            if np.all(np.diff(other) > 0) and not has_fractions(other):
                pairs = [*draft.pairs, Pair(draft.step_name, draft.step, draft.phase)]
                g.draft = replace(
                    draft, step=slot, step_name=name, step_total=None, step_scale=1.0, spare=[], pairs=pairs
                )
                break


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
        if STEPS.get(n, 9) < SURE_STEP and has_fractions(block.column(group.frames, s))
    ]
    return replace(draft, pairs=[*draft.pairs, *pairs], spare=[]) if pairs else draft
