"""Places that stand on the next line: results printed right before the line that says which epoch they are of, each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import is_record

if TYPE_CHECKING:
    from runlift.grammars._block import Block
    from runlift.grammars._context import Context

FEWEST = 2  # times that it is so


def place_before(block: Block, context: Context) -> None:
    """Give lines without a place the one of the line right below, where the first of all places is below the first of them.

    All of their kind must stand like that; then no line before them can have told their place.
    """
    placed = ~np.isnan(context.own_step) | ~np.isnan(context.own_epoch)
    if not placed.any():
        return
    first = int(np.argmax(placed))
    for g in block.groups:
        draft, below = g.draft, g.frames + 1
        if draft.by != "general" or is_record(draft) or not draft.pairs or draft.bar or int(g.frames[0]) != first - 1:
            continue
        if len(below) >= FEWEST and int(below[-1]) < len(placed) and placed[below].all():
            context.own_step[g.frames] = context.own_step[below]
            context.own_epoch[g.frames] = context.own_epoch[below]
