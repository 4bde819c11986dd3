"""Tables between bars with a column for the metric's name and one for its value: a row is a result, as lm-evaluation-harness prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._block import Group
from runlift.grammars._draft import Pair
from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from runlift.grammars._block import Block
    from runlift.grammars._draft import Draft

N = "\x01"
NAMES, VALUES = frozenset({"metric", "metrics"}), frozenset({"value", "score", "result"})
Columns = tuple[int, int, int]


def read_long_tables(block: Block) -> None:
    """Give rows their metric: the name in its column behind the row's label, which a row without one has from the row above."""
    heads = {int(f): cols for g in block.groups if (cols := _columns(g.draft)) for f in g.frames}
    if not heads:
        return
    owner = {int(f): g for g in block.groups for f in g.frames if "|" in g.draft.text}
    for head, columns in heads.items():
        block.mark(np.array([head]), Fate.TABLE)
        label, frame = "", head + 1
        while frame in owner and frame not in heads:
            group = owner[frame]
            label = _take_row(block, group, frame, columns, label)
            frame += 1
    block.groups = [g for g in block.groups if len(g.frames)]


def _take_row(block: Block, group: Group, frame: int, columns: Columns, label: str) -> str:
    """Make one row a group of its own; gives the label that rows below it may go on with."""
    cells = bar_cells(group.draft)
    count, name, value = columns
    if len(cells) != count or N not in cells[value]:
        return label
    label = cells[0] if cells[0] and N not in cells[0] else label
    slot = group.draft.first_slot + sum(c.count(N) for c in cells[:value])
    pair = Pair(cells[name].replace(N, "#"), slot, "")
    draft = replace(group.draft, pairs=[pair], lead=label, row=False, member=True, rule="table", texts=0)
    block.groups.append(Group(draft, np.array([frame]), group.shape))
    group.frames = group.frames[group.frames != frame]
    return label


def bar_cells(draft: Draft) -> list[str]:
    """The texts between the bars of a line; none where it is no row of a table."""
    own = draft.text[draft.at :].strip()
    return [c.strip() for c in own[1:-1].split("|")] if own[:1] == "|" == own[-1:] and own.count("|") > 1 else []


def _columns(draft: Draft) -> Columns | None:
    """How many columns a header has, which is of the names and which of the values; None for other lines."""
    if draft.by != "general" or draft.pairs or "|" not in draft.text:
        return None
    cells = [c.lower() for c in bar_cells(draft)]
    names = [i for i, c in enumerate(cells) if c in NAMES]
    values = [i for i, c in enumerate(cells) if c in VALUES]
    return (len(cells), names[0], values[0]) if len(names) == len(values) == 1 and names[0] > 0 else None
