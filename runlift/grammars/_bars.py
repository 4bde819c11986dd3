"""Progress bars: which of their states are points, which were only drawn over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.facts import B1, F8, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._context import Context

LONG_BAR = 1000  # steps: fewer are those of an epoch or of an evaluation
FEWEST_STATES = 3


def never_full(block: Block) -> set[tuple[str, str]]:
    """The rules for bars of which only full states count (by grammar and name) that no state here is full of."""
    found: dict[tuple[str, str], bool] = {}
    for g in block.groups:
        draft = g.draft
        if draft.final and draft.step is not None and draft.step_total is not None:
            full = block.column(g.frames, draft.step) == block.column(g.frames, draft.step_total)
            found[draft.by, draft.rule] = found.get((draft.by, draft.rule), False) or bool(full.any())
    return {rule for rule, full in found.items() if not full}


def newly_drawn(block: Block, group: Group, whole: B1, cut: set[tuple[str, str]]) -> I8:
    """A group's frames that may be points: the last of each line, and of each epoch on it.

    Of bars none at 0, where they still show what was before.
    Of a bar over a whole run (``whole``) all states; of one that says so only full ones, or the last of each epoch where
    there are none (``cut``: ``never_full``).
    """
    draft, frames = group.draft, group.frames
    if whole[frames[0]]:
        return frames
    epoch = None if draft.epoch is None or draft.weak else block.column(frames, draft.epoch)
    frames = last_of_line(frames, block.scan.printed, epoch)
    if not draft.bar or draft.step is None:
        return frames
    step = block.column(frames, draft.step)
    if draft.final and draft.step_total is not None:
        kept: np.ndarray = step == block.column(frames, draft.step_total)
        if (draft.by, draft.rule) in cut and draft.epoch is not None:
            kept = (step != 0) & np.append(np.diff(block.column(frames, draft.epoch)) != 0, True)
    else:
        kept = (step != 0) | (draft.step_rank > 0)
    left: I8 = frames[kept]
    return left


def last_of_line(frames: I8, line: I8, epoch: F8 | None = None) -> I8:
    """The last frame of each physical line, and of each epoch that is drawn on it: frames before it were redrawn."""
    own = line[frames]
    last = np.append(own[1:] != own[:-1], True)
    if epoch is not None:
        last[:-1] |= epoch[1:] != epoch[:-1]
    return frames[last] if len(frames) else frames


def overdrawn(block: Block, whole: B1) -> B1:
    """Frames of bars that were drawn over on their own line by a later state of the same bar, whatever its shape.

    Of a bar over a whole run (``whole``): by a later state at the same count.
    """
    out = np.zeros(len(block.fate), np.bool_)
    groups = _bars(block)
    if not groups:
        return out
    frames = np.concatenate([g.frames for g in groups])
    total = np.concatenate([_total(block, g) for g in groups])
    count = np.concatenate([_count(block, g) for g in groups])
    key = np.lexsort((frames, total, block.scan.printed[frames]))
    frames, total, count = frames[key], total[key], count[key]
    line = block.scan.printed[frames]
    same = (line[1:] == line[:-1]) & (total[1:] == total[:-1]) & (~whole[frames[1:]] | (count[1:] == count[:-1]))
    out[frames[:-1][same]] = True
    return out


def whole_runs(block: Block) -> B1:
    """Frames of bars that are each one bar over a whole run: on one line, counting far, never starting again.

    Each of its counts is a step of the run; of a bar over an epoch only the last state counts.
    """
    out = np.zeros(len(block.fate), np.bool_)
    groups = [g for g in _bars(block) if g.draft.step_rank == 0 and g.draft.phase not in ("val", "test", "eval")]
    totals = [_total(block, g) for g in groups]
    for total in {float(t) for own in totals for t in np.unique(own) if t >= LONG_BAR}:
        mine = [g for g, own in zip(groups, totals, strict=True) if (own == total).all()]
        if not mine:
            continue
        frames = np.concatenate([g.frames for g in mine])
        order = np.argsort(frames)
        count = np.concatenate([_count(block, g) for g in mine])[order]
        alone = len(np.unique(block.scan.printed[frames])) == 1
        out[frames] = alone and len(frames) >= FEWEST_STATES and bool((np.diff(count) >= 0).all())
    return out


def _bars(block: Block) -> list[Group]:
    return [g for g in block.groups if g.draft.bar and g.draft.pairs]


def _count(block: Block, group: Group) -> F8:
    slot = group.draft.step
    return np.full(len(group.frames), np.nan) if slot is None else block.column(group.frames, slot)


def _total(block: Block, group: Group) -> np.ndarray:
    slot = group.draft.step_total
    if slot is None and group.draft.step is not None:
        slot = group.draft.step + 1  # of a bar the total stands behind its count
    if slot is None or slot >= block.numbers_of(group.frames[0]):
        return np.full(len(group.frames), -1.0)
    return block.column(group.frames, slot)


def full_bars(block: Block, context: Context) -> None:
    """A full bar (``8/8``) in a known epoch stands for the epoch: its count within the epoch is no step of the run."""
    for g in block.groups:
        draft = g.draft
        if not draft.bar or draft.step is None:
            continue
        full = block.column(g.frames, draft.step) == _total(block, g)
        mine = g.frames[full & ~np.isnan(context.epoch[g.frames])]
        context.own_step[mine] = np.nan
        context.own_epoch[mine] = context.epoch[mine]
        nowhere = g.frames[full & np.isnan(context.epoch[g.frames])]
        if len(nowhere) > 1 and (draft.final or full.all()):  # the same count each time: where it is no line says
            context.own_step[nowhere] = context.step[nowhere] = np.nan
