"""Lines that two handlers of one logger printed: each stands twice, the second right below the first. One is enough."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import is_record
from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from runlift.facts import B1, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Pair

FEWEST = 3  # lines that are doubled
SHARE = 0.9  # of all lines of their kind


def printed_twice(block: Block, wanted: list[tuple[Group, list[Pair]]]) -> B1:
    """Frames that say again, behind another prefix or the same, what the line right above says; marked as repeated.

    So must nearly all lines of their words, whose numbers tell places apart (or whose prefixes do).
    """
    out = np.zeros(len(block.fate), np.bool_)
    alike: dict[str, list[Group]] = defaultdict(list)
    for g, pairs in wanted:
        if pairs and not g.draft.bar and (is_record(g.draft) or g.draft.at):
            alike[g.draft.text[g.draft.at :]].append(g)
    for groups in alike.values():
        if len(groups) > 1 or is_record(groups[0].draft):
            second = _seconds(block, groups)
            out[second] = True
    block.fate[out] = Fate.REPEATED
    return out


def _seconds(block: Block, groups: list[Group]) -> I8:
    """The second ones of lines in pairs; none where too few are."""
    frames = np.concatenate([g.frames for g in groups])
    first = np.concatenate([block.scan.first[g.frames] + g.draft.first_slot for g in groups])
    order = np.argsort(frames)
    frames, first = frames[order], first[order]
    count = block.numbers_of(groups[0].frames[0]) - groups[0].draft.first_slot
    same = np.diff(frames) == 1
    for slot in range(count):
        if int(same.sum()) < max(FEWEST, SHARE * len(frames) / 2):
            return frames[:0]
        value = block.scan.value[first + slot]
        same &= (value[1:] == value[:-1]) | (np.isnan(value[1:]) & np.isnan(value[:-1]))
    doubled = np.append(False, same)
    doubled[1:] &= ~doubled[:-1]  # of three alike the third is a print of its own
    return frames[doubled] if 2 * int(doubled.sum()) >= max(2 * FEWEST, SHARE * len(frames)) else frames[:0]
