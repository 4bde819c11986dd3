"""One scanned block and what is decided about its frames before any number is taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.facts import B1, F8, I8
    from runlift.grammars._draft import Draft
    from runlift.grammars._fate import Fate
    from runlift.wire.line_shapes import Scan


SURE_NAMES = 2


@dataclass(slots=True)
class Group:
    """Frames that one Draft reads, in order."""

    draft: Draft
    frames: I8
    shape: int


@dataclass(slots=True)
class Block:
    """A scan with, for each of its n frames, its fate and its rank (-1: none); ``groups`` by shape.

    ``stanza``: the number of the box that a frame is a row of (-1: none), None where there are no boxes.
    """

    scan: Scan
    groups: list[Group]
    fate: np.ndarray
    rank: I8 = field(default_factory=lambda: np.empty(0, np.int64))
    stanza: I8 | None = None
    said_of_end: list[tuple[str, I8]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    kin: dict[tuple[str, ...], list[I8]] | None = None

    @classmethod
    def of(cls, scan: Scan, drafts: list[Draft]) -> Block:
        """A block with its frames grouped by shape."""
        n = len(scan.shape)
        order = np.argsort(scan.shape, kind="stable")
        bounds = np.flatnonzero(np.diff(scan.shape[order], prepend=-1))
        parts = np.split(order, bounds[1:]) if n else []
        groups = [Group(drafts[int(scan.shape[p[0]])], p, int(scan.shape[p[0]])) for p in parts]
        ends = [(g.draft.ending, g.frames) for g in groups if g.draft.ending]
        return cls(scan, groups, np.zeros(n, np.uint8), np.full(n, -1, np.int64), None, ends, drafts)

    def column(self, frames: I8, slot: int) -> F8:
        """One number of frames of a shape."""
        return self.scan.value[self.scan.first[frames] + slot]

    def text_at(self, frame: int, slot: int) -> str:
        """A number as it is written."""
        at = self.scan.first[frame] + slot
        return self.scan.data[self.scan.begin[at] : self.scan.end[at]].decode("ascii", "replace")

    def text(self, frame: int) -> str:
        """A whole frame."""
        return self.scan.data[self.scan.start[frame] : self.scan.stop[frame]].decode("utf-8", "replace")

    def own_text(self, frame: int, text: str) -> str:
        """A frame's text behind its prefix: as many numbers are left out as the prefix holds, and its words."""
        draft = self.drafts[int(self.scan.shape[frame])]
        if not draft.at:
            return text
        at = self.scan.first[frame] + draft.first_slot - 1
        start = int(self.scan.end[at] - self.scan.start[frame]) if draft.first_slot else 0
        behind = draft.text[: draft.at].rsplit("\x01", 1)[-1].strip()
        raw = text.encode("utf-8", "replace")[start:].decode("utf-8", "replace")
        found = raw.find(behind) if behind else -1
        return raw[found + len(behind) :].lstrip(" \t") if found >= 0 else raw

    def varies(self, group: Group) -> bool:
        """Whether any number of a group's lines differs (prefix apart)."""
        frames = group.frames
        if len(frames) < 2:
            return False
        count = self.numbers_of(frames[0])
        for slot in range(group.draft.first_slot, count):
            value = self.column(frames, slot)
            if not np.array_equal(value, np.full(len(value), value[0]), equal_nan=True):
                return True
        return False

    def few_values(self, group: Group) -> bool:
        """Whether the one number of a setting takes few values for the times it is printed, as in repeated launches."""
        if self.numbers_of(group.frames[0]) <= group.draft.first_slot:
            return True
        value = self.column(group.frames, group.draft.first_slot)
        return len(np.unique(value)) * 8 <= len(value)

    def numbers_of(self, frame: int) -> int:
        """How many numbers a frame holds, those of its prefix included."""
        return int(self.scan.first[frame + 1] - self.scan.first[frame])

    def alike(self, group: Group) -> I8:
        """The frames of a group with those of groups of its kind: ``x= 99``, ``x=100``; ``game 1 winner=A moves=9``, ``... winner=B``."""
        if self.kin is None:
            self.kin = defaultdict(list)
            for g in self.groups:
                self.kin[_kind_of_line(g.draft)].append(g.frames)
        mine = self.kin[_kind_of_line(group.draft)]
        return group.frames if len(mine) < 2 else np.sort(np.concatenate(mine))

    def mark(self, frames: I8 | B1, fate: Fate) -> None:
        """Raise the fate of frames."""
        self.fate[frames] = np.maximum(self.fate[frames], fate)

    def leave(self, fates: frozenset[Fate]) -> None:
        """Take frames with these fates out of the groups."""
        gone = np.isin(self.fate, list(fates))
        kept = []
        for g in self.groups:
            left = g.frames[~gone[g.frames]]
            if len(left):
                kept.append(Group(g.draft, left, g.shape))
        self.groups = kept


def _kind_of_line(draft: Draft) -> tuple[str, ...]:
    """What lines of a kind share: the names of their numbers and places; of lines without two of these the text without blanks."""
    names = [f"{p.name} {p.slot}" for p in draft.pairs]
    placed = draft.step is not None or draft.epoch is not None
    if draft.by == "general" and not draft.bar and len(names) + placed >= SURE_NAMES:
        return (*names, draft.step_name, str(draft.step_rank), str(draft.epoch is None))
    return "".join(draft.text.split()), str(len(names))
