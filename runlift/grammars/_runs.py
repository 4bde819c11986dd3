"""Several runs in one text: folds, trials, and one model after another.

- A line that is no more than ``Fold 2``, ``=== Trial 3/10 ===`` or the like begins that fold or trial, again if it had begun.
- When an epoch counter has reached its total and then begins anew on a line with other words (``resnet-34 - Epoch 1/100``
  after ``resnet-50 - Epoch 100/100``), another run begins, named by those words.

Other restarts are attempts of one run. The first run of a text has no key, so that a text with one run is that run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import RunSeen
from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import I8
    from runlift.grammars._block import Block
    from runlift.grammars._context import Context
    from runlift.grammars._draft import Draft

MOST_RUNS = 1000
_MARK = re.compile(
    r"(?i)^[\W_]*(?:(?:start(?:ing)?|begin(?:ning)?|train(?:ing)?|running|current|now)[ :]+)?(?:on |for |with )?"
    r"(?P<word>fold|trial|run|repeat|repetition|split|experiment|cv|replicate)[\s:#=_-]*(?:no\.? ?|number ?)?"
    r"\x01(?: ?(?:/|of|out of) ?\x01)?[\W_]*(?:\.\.\.)?[\W_]*$"
)


def run_mark(text: str) -> str:
    """What a line counts when it does no more than begin a fold, trial or the like; else nothing."""
    match = _MARK.match(text) if len(text) < 100 else None
    return match["word"].lower() if match else ""


@dataclass(slots=True)
class Runs:
    """The runs of a text so far. ``names[i]`` is what the text calls run i; 0 is the first."""

    names: list[str] = field(default_factory=lambda: [""])
    current: int = 0
    marked: bool = False
    epoch: float = np.nan
    full: bool = False
    words: str = ""

    def of(self, block: Block, context: Context) -> I8:
        """The run of each frame of a block."""
        events = [(int(f), name) for f, name in (*self._marks(block), *self._restarts(block, context))]
        out = np.full(len(block.fate), self.current, np.int64)
        for frame, name in sorted(events):
            self._enter(name)
            out[frame:] = self.current
        return out

    def key(self, run: int) -> str:
        """The key of a run in the facts."""
        return self.names[run] if run else ""

    def seen(self, framework: str | None) -> Iterator[RunSeen]:
        """What is said of runs, where there are several."""
        if len(self.names) > 1:
            for i, name in enumerate(self.names):
                yield RunSeen(run=self.key(i), name=name or None, framework=framework)

    def _enter(self, name: str) -> None:
        if not self.marked and self.current == 0 and not self.names[0]:
            self.marked, self.names[0] = True, name
        elif name in self.names:
            self.current = self.names.index(name)
        elif len(self.names) < MOST_RUNS:
            self.names.append(name)
            self.current = len(self.names) - 1

    @staticmethod
    def _marks(block: Block) -> Iterator[tuple[int, str]]:
        for g in block.groups:
            if g.draft.run_mark:
                value = block.column(g.frames, g.draft.first_slot)
                yield from ((int(f), f"{g.draft.run_mark} {v:g}") for f, v in zip(g.frames, value, strict=True))

    def _restarts(self, block: Block, context: Context) -> Iterator[tuple[int, str]]:
        at, words = _counted(block)
        for frame, own in zip(at.tolist(), words, strict=True):
            said = _subject(own)
            epoch, total = float(context.own_epoch[frame]), float(context.total[frame])
            if self.full and epoch < self.epoch and self.words and said and said != self.words:
                if not self.names[0]:
                    self.names[0], self.marked = self.words, True
                yield frame, said
            self.epoch, self.full, self.words = epoch, epoch >= total, said


def runs_ahead(block: Block, run: I8) -> I8:
    """For each frame that is a setting its run: that which begins after it, where no metric stands between."""
    frames = np.flatnonzero(block.fate == Fate.SETTING)
    out = run[frames]
    starts = np.flatnonzero(np.diff(run)) + 1
    metric = np.cumsum(block.fate == Fate.METRIC)
    at = np.searchsorted(starts, frames)
    ahead = at < len(starts)
    nearest = starts[at[ahead]]
    near = metric[nearest - 1] == metric[frames[ahead]]
    out[ahead] = np.where(near, run[nearest], out[ahead])
    return out


def _counted(block: Block) -> tuple[I8, list[str]]:
    """Frames whose own words come before an epoch that counts up to a total, in order, and those words."""
    groups = [(g.draft, g.frames) for g in block.groups if _has_subject(g.draft)]
    if not groups:
        return np.empty(0, np.int64), []
    frames = np.concatenate([f for _, f in groups])
    which = np.concatenate([np.full(len(f), i) for i, (_, f) in enumerate(groups)])
    order = np.argsort(frames, kind="stable")
    return frames[order], [groups[i][0].words for i in which[order].tolist()]


def _has_subject(draft: Draft) -> bool:
    return draft.epoch is not None and draft.epoch_total is not None and not draft.bar


def _subject(words: str) -> str:
    """What stands before the epoch: ``resnet-34 - Epoch #/#`` gives resnet-34."""
    return re.split(r"(?i)\bepochs?\b|#", words)[0].strip(" -:|,[](){}")
