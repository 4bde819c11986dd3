"""Rows of tables under their headers: in a block, and on into the next where a table is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._block import Group
from runlift.grammars._fate import Fate
from runlift.grammars._tables import heads_any, named_row, rows_under, usable_headers

if TYPE_CHECKING:
    from runlift.facts import I8
    from runlift.grammars._block import Block
    from runlift.grammars._draft import Draft


class Tables:
    """Gives rows a Draft with the names of their header. Frame 0 of the arrays here is the header that was open before."""

    def __init__(self) -> None:
        self.open: Draft | None = None
        self.above: Draft | None = None
        self.gap = 0

    def apply(self, block: Block) -> None:
        """Take the rows of a block out of their groups, into groups of their own."""
        broken = self._broken(block)
        last, head = -1, self.open
        for g in [g for g in block.groups if g.draft.row]:
            for made, under in self._table(block, g, broken):
                if int(made.frames[-1]) > last:
                    last, head = int(made.frames[-1]), under
        for h in block.groups:
            if h.draft.heads and int(h.frames[-1]) > last and heads_any(h.draft):
                last, head = int(h.frames[-1]), h.draft
        if head is not self.open:
            self.open, self.above = head, None
        self.gap = int(broken[-1] - broken[last + 1])

    def _broken(self, block: Block) -> I8:
        """Running count of frames that belong to no table and were not drawn over, with what the block before left."""
        plain = np.zeros(len(block.fate) + 1, np.int64)
        for g in block.groups:
            if not (g.draft.row or g.draft.heads or g.draft.neutral or (g.draft.bar and not g.draft.pairs)):
                plain[g.frames + 1] = 1
        plain[1:-1][block.scan.printed[1:] == block.scan.printed[:-1]] = 0
        plain[0] = 0
        out = np.cumsum(plain)
        out[1:] += self.gap
        return out

    def _table(self, block: Block, group: Group, broken: I8) -> list[tuple[Group, Draft]]:
        heads = self._heads(block, len(group.draft.cells))
        if not heads:
            return []
        at = np.concatenate([frames for _, frames in heads])
        which = np.repeat(np.arange(len(heads)), [len(frames) for _, frames in heads])
        order = np.argsort(at, kind="stable")
        at, which = at[order], which[order]
        under = rows_under(at, group.frames + 1, broken)
        left, made = group.frames[under < 0], []
        for i, (head, frames) in enumerate(heads):
            mine = group.frames[(under >= 0) & (which[under] == i)]
            if not len(mine):
                continue
            first = int(frames[0]) - 1
            draft = named_row(group.draft, head, self._above(block, first), _header_at(block, first + 1))
            if draft is None:
                left = np.sort(np.concatenate([left, mine]))
                continue
            block.mark(frames[frames > 0] - 1, Fate.TABLE)
            made.append((Group(draft, mine, group.shape), head))
        group.frames = left
        block.groups = [g for g in block.groups if g is not group or len(left)] + [g for g, _ in made]
        return made

    def _heads(self, block: Block, want: int) -> list[tuple[Draft, I8]]:
        found = [(h.draft, h.frames + 1) for h in block.groups if h.draft.heads and usable_headers(h.draft, want)]
        if self.open is not None and usable_headers(self.open, want):
            found.insert(0, (self.open, np.zeros(1, np.int64)))
        return found

    def _above(self, block: Block, first: int) -> Draft | None:
        """The header line right above another: both name the columns."""
        if first < 0:
            return self.above
        self.above = _header_at(block, first - 1)
        return self.above


def _header_at(block: Block, frame: int) -> Draft | None:
    return next((h.draft for h in block.groups if h.draft.heads and frame in h.frames[:1]), None)
