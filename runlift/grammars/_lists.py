"""Lists of numbers behind one name: a number each of a few things, or the values of one thing in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runlift.grammars._draft import Pair
from runlift.grammars._evidence import is_record

if TYPE_CHECKING:
    from runlift.grammars._block import Group
    from runlift.grammars._draft import Draft

MOST_THINGS = 16


def with_lists(group: Group, pairs: list[Pair], *, known: bool) -> list[Pair]:
    """The pairs with lists told apart.

    What a line that says no place lists once is one series, its steps the places in the list; other lists are a metric
    for each place (``loss[0]``, ``loss[1]``), or nothing where they are long. ``known``: the shape was seen before.
    """
    if not any(p.series for p in pairs):
        return pairs
    counts = {name: sum(p.series == name for p in group.draft.pairs) for name in {p.series for p in pairs}}
    if len(group.frames) == 1 and not known and not is_record(group.draft):
        return [replace(p, name=p.series) if p.series else p for p in pairs]
    return [p for p in pairs if not p.series or counts[p.series] <= MOST_THINGS]


def in_order(name: str, draft: Draft) -> list[Pair]:
    """The numbers of a line that holds nothing else, as the values of what the line above names."""
    slots = [slot for word, slot in draft.cells if not word and slot >= 0]
    if len(slots) < 2 or len(slots) != len(draft.cells):
        return []
    return [Pair(name, slot, draft.phase, series=name, index=i) for i, slot in enumerate(slots)]
