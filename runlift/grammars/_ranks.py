"""Whose line it is, where several processes print into one text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.grammars._block import Block
    from runlift.grammars._draft import Draft

_NUMBERED = re.compile(r"^\x01:(?: |$)")
MOST_RANKS = 4096
MOST_PIDS = 1 << 31


def is_numbered(draft: Draft) -> bool:
    """Whether a line's own words begin with a number and a colon, as ``3: loss 0.5``."""
    return _NUMBERED.match(draft.text[draft.at :]) is not None


def numbers_are_ranks(block: Block) -> bool:
    """Whether numbers at the front are ranks: on most lines, small, each many times, not rising."""
    groups = [g for g in block.groups if is_numbered(g.draft)]
    if not groups or sum(len(g.frames) for g in groups) < max(len(block.fate) // 2, 8):
        return False
    number = np.full(len(block.fate), np.nan)
    for g in groups:
        number[g.frames] = block.column(g.frames, g.draft.first_slot)
    value = number[~np.isnan(number)]
    if value.max() >= MOST_RANKS or value.min() < 0 or np.any(np.floor(value) != value):
        return False
    falls = int(np.sum(np.diff(value) < 0))
    return len(np.unique(value)) * 4 <= len(value) and falls * 10 >= len(value)


def assign_workers(block: Block, known: dict[int, int]) -> None:
    """Lines of several workers (``(Worker pid=17)``) are ranks apart: the first worker that printed is the main one.

    ``known`` maps a worker's process to its rank and grows.
    """
    for g in sorted((g for g in block.groups if g.draft.worker is not None), key=lambda g: int(g.frames[0])):
        pids = np.clip(np.nan_to_num(block.column(g.frames, int(g.draft.worker or 0))), 0, MOST_PIDS).astype(np.int64)
        for pid in np.unique(pids).tolist():
            rank = known.setdefault(pid, len(known))
            if rank:
                block.rank[g.frames[pids == pid]] = rank


def assign_ranks(block: Block) -> None:
    """Write each frame's rank where its line gives one."""
    for g in block.groups:
        if g.draft.said_rank >= 0:
            block.rank[g.frames] = g.draft.said_rank
        if g.draft.rank is not None:
            value = block.column(g.frames, g.draft.rank)
            block.rank[g.frames] = np.where((value >= 0) & (value < MOST_RANKS), value, -1).astype(np.int64)
