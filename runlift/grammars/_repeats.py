"""Results that a log says again: the line below ``best iteration is:`` repeats one that was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from runlift.facts import B1, F8, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft, Pair

_DICT = re.compile(r"\s*(?:\{|\[\(|(?:Ordered|default)?[dD]ict\()")
FEWEST_SAID = 3
_ANNOUNCED = re.compile(r"(?i)\bbest (?:iteration|round|epoch|step)\b[^\x01]{0,12}:?\s*$")


def announces_best(words: str) -> bool:
    """Whether a line ends with words that announce the best result: ``Early stopping, best iteration is:``."""
    return _ANNOUNCED.search(words) is not None


def repeated(block: Block) -> B1:
    """Frames right below such a line that equal an earlier frame of their shape in step and metrics; marked so."""
    out = np.zeros(len(block.fate), np.bool_)
    below = np.zeros(len(block.fate), np.bool_)
    for g in block.groups:
        if g.draft.recalls:
            below[g.frames[g.frames + 1 < len(below)] + 1] = True
    if below.any():
        for g in block.groups:
            mine = g.frames[below[g.frames]]
            if len(mine) and g.draft.step is not None and g.draft.pairs:
                out[mine[[_was_said(block, g, int(f)) for f in mine]]] = True
    block.fate[out] = Fate.REPEATED
    return out


def _was_said(block: Block, group: Group, frame: int) -> bool:
    earlier: I8 = group.frames[group.frames < frame]
    same = np.ones(len(earlier), np.bool_)
    for slot in (int(group.draft.step or 0), *(p.slot for p in group.draft.pairs)):
        same &= block.column(earlier, slot) == block.column(np.array([frame]), slot)
    return bool(same.any())


def said_twice(block: Block, wanted: list[tuple[Group, list[Pair]]]) -> B1:
    """Frames that are the dict of the line right above: the same names and numbers, which that line rounds. One is enough.

    Marked as repeated.
    """
    out = np.zeros(len(block.fate), np.bool_)
    named = [
        (g, {(g.draft.lead, p.phase, p.name): p.slot for p in pairs})
        for g, pairs in wanted
        if len(pairs) >= FEWEST_SAID
    ]
    if len(named) < 2:
        return out
    owner = np.full(len(block.fate), -1)
    for i, (g, _) in enumerate(named):
        owner[g.frames] = i
    for i, (g, mine) in enumerate(named):
        frames = g.frames[g.frames > 0]
        above = owner[frames - 1]
        for j in np.unique(above[(above >= 0) & (above != i)]).tolist():
            other, theirs = named[j]
            if mine.keys() <= theirs.keys() and _is_dict(g.draft) and not _is_dict(other.draft):
                below = frames[above == j]
                slots = [(slot, theirs[key]) for key, slot in mine.items()]
                out[below[_alike(block, below, slots)]] = True
    block.fate[out] = Fate.REPEATED
    return out


def _is_dict(draft: Draft) -> bool:
    return _DICT.match(draft.text, draft.at) is not None


def _alike(block: Block, below: I8, slots: list[tuple[int, int]]) -> B1:
    """Which of these frames hold the numbers of the line above them, as far as that line shows; places among them."""
    same = np.ones(len(below), np.bool_)
    for slot, above in slots:
        same &= _close(block.column(below, slot), block.column(below - 1, above))
    draft = block.drafts[int(block.scan.shape[below[0]])]
    for place in (draft.step, draft.epoch):
        if place is not None and same.any():
            same &= _stands_in(block, block.column(below, place), below - 1)
    return same


def _close(left: F8, right: F8) -> B1:
    return np.isclose(left, right, 1e-2, 6e-3, equal_nan=True)


def _stands_in(block: Block, value: F8, frames: I8) -> B1:
    """Whether each value is one of its frame's numbers; frames are of one shape."""
    first = block.scan.first
    found = np.zeros(len(frames), np.bool_)
    for slot in range(int(first[frames[0] + 1] - first[frames[0]])):
        found |= value == block.column(frames, slot)
    return found
