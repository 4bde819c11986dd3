"""What a reading did with each shape: how often it stood, which rule took it, what it gave, and a line to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._fate import IGNORED, USED, Fate

if TYPE_CHECKING:
    from runlift.grammars._block import Block, Group
    from runlift.grammars._draft import Draft, Pair


@dataclass(slots=True)
class ShapeTally:
    """One shape: ``frames`` of it, ``fates`` how many met which.

    ``numbers`` behind the prefix, ``taken`` of them as points, steps or epochs; ``gave`` the names of its metrics;
    ``example`` its first line, which stands at ``line``.
    """

    draft: Draft
    example: str
    line: int
    frames: int = 0
    fates: dict[Fate, int] = field(default_factory=dict)
    numbers: int = 0
    taken: int = 0
    gave: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """In a word or two, what became of most of its lines."""
        fate = max(self.fates, key=lambda f: (self.fates[f], f))
        if fate in IGNORED:
            return f"ignored: {IGNORED[fate]}"
        return {Fate.UNREAD: "unread", Fate.TRACE: "traceback", Fate.TABLE: "table header", Fate.PLACE: "place",
                Fate.SETTING: "settings"}.get(fate, "metrics")  # fmt: skip

    @property
    def unread(self) -> int:
        """Frames that nothing took."""
        return self.fates.get(Fate.UNREAD, 0)

    @property
    def used(self) -> int:
        """Frames that gave something."""
        return sum(n for f, n in self.fates.items() if f in USED)


class Tally:
    """Collects ShapeTally objects over the blocks of a text, by the number of the shape."""

    def __init__(self) -> None:
        self.shapes: dict[int, ShapeTally] = {}

    def see(self, block: Block, drafts: list[Draft], wanted: list[tuple[Group, list[Pair]]], line: int) -> None:
        """Count one block whose first physical line is ``line``."""
        scan = block.scan
        shapes, first, count = np.unique(scan.shape, return_index=True, return_counts=True)
        slots = np.diff(scan.first)
        for shape, at, n in zip(shapes.tolist(), first.tolist(), count.tolist(), strict=True):
            mine = scan.shape == shape if len(shapes) > 1 else np.ones(len(scan.shape), np.bool_)
            if shape not in self.shapes:
                self.shapes[shape] = ShapeTally(drafts[shape], block.text(at), int(scan.line[at]) + line)
            tally = self.shapes[shape]
            tally.draft = drafts[shape]
            tally.frames += n
            tally.numbers += (int(slots[at]) - drafts[shape].first_slot) * n
            for fate, m in enumerate(np.bincount(block.fate[mine]).tolist()):
                if m:
                    tally.fates[Fate(fate)] = tally.fates.get(Fate(fate), 0) + m
        for group, pairs in wanted:
            tally = self.shapes[group.shape]
            places = sum(s is not None for s in (group.draft.step, group.draft.epoch))
            numbers = len(pairs) + sum(p.average is not None for p in pairs) + places
            tally.taken += numbers * len(group.frames)
            tally.gave += [p.name for p in pairs if p.name not in tally.gave]

    def by_count(self) -> list[ShapeTally]:
        """The shapes, the most frequent first."""
        return sorted(self.shapes.values(), key=lambda t: (-t.frames, t.line))

    def rules(self) -> dict[str, int]:
        """``grammar/rule`` -> frames that it read or ignored."""
        found: dict[str, int] = {}
        for tally in sorted(self.shapes.values(), key=lambda t: t.line):
            if tally.draft.by != "general":
                key = f"{tally.draft.by}/{tally.draft.rule}"
                found[key] = found.get(key, 0) + tally.frames
        return found
