"""Results that a log says again: the line below ``best iteration is:`` repeats one that was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from runlift.facts import B1, I8
    from runlift.grammars._block import Block, Group

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
