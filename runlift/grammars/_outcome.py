"""How a run ended, as far as its log says: finished, failed, killed. The traceback is kept as a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Text
from runlift.grammars._fate import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import F8
    from runlift.grammars._block import Block

MOST_TEXTS = 50
LONGEST = 100_000

_ENDS = (
    ("killed", re.compile(
        r"(?i)\bKeyboardInterrupt\b|\bCANCELLED\b|\bslurmstepd: error: .*(?:CANCELLED|TIME LIMIT)|DUE TO TIME LIMIT|"
        r"\bSIG(?:TERM|KILL|INT)\b|^\s*Killed\s*$|^\s*Terminated\s*$|\boom-kill|\bOut of memory: Killed|Training interrupted|"
        r"Detected KeyboardInterrupt"
    )),
    ("failed", re.compile(
        r"(?i)\bCUDA out of memory\b|\bOutOfMemoryError\b|\bResourceExhaustedError\b|\bcuda runtime error\b|Segmentation fault|"
        r"core dumped|Aborted \(core|exited with exit code (?!\x01\b0)|ChildFailedError|\bNCCL error\b|"
        r"srun: error: .*(?:Exited|task)|std::bad_alloc"
    )),
    ("finished", re.compile(
        r"(?i)^\W*(?:training|train|optimization|fitting|fine-?tuning|run|experiment)\W+(?:is |has |was )?(?:successfully )?"
        r"(?:completed?|finished|done|ended)\b|`Trainer\.fit` stopped: `max_|^\W*finished training\b|"
        r"training (?:is )?(?:completed|finished)|"
        r"^\W*Done training|\bepochs completed in\b|^\W*finished run\b|^\W*Loss for final step"
    )),
)  # fmt: skip


def ending(text: str) -> str:
    """What a line says of the end of its run: finished, failed, killed or nothing."""
    return next((status for status, words in _ENDS if words.search(text)), "")


@dataclass(slots=True)
class Outcome:
    """Follows what a text says of the end. ``at``: the line of the last such word, ``metric``: of the last metric."""

    status: str = ""
    at: int = 0
    metric: int = 0
    full: bool = False
    texts: int = 0
    open: list[str] = field(default_factory=list)

    def look(self, block: Block, line: int, own: tuple[F8, F8]) -> Iterator[Text]:
        """Note the ends in a block whose first physical line is ``line``; gives its tracebacks.

        Args:
            block: The block, fates decided.
            line: Its first line.
            own: For each frame its own step and the total it stands against (NaN: none).
        """
        words = block.said_of_end
        for status, frames in words:
            at = int(block.scan.line[frames[-1]]) + line
            if at >= self.at:
                self.status, self.at = status, at
        yield from self._tracebacks(block, line)
        metrics = np.flatnonzero(block.fate == Fate.METRIC)
        if len(metrics):
            self.metric = int(block.scan.line[metrics[-1]]) + line
        step, total = own
        placed = np.flatnonzero(~np.isnan(step) & ~np.isnan(total))
        if len(placed):
            self.full = bool(step[placed[-1]] >= total[placed[-1]])

    def _tracebacks(self, block: Block, line: int) -> Iterator[Text]:
        inside = block.fate == Fate.TRACE
        if not inside.any():
            return
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            at = int(block.scan.line[start]) + line
            text = "\n".join(block.text(f).rstrip() for f in range(start, min(stop, start + 2000)))
            last = int(block.scan.line[stop - 1]) + line
            if last >= self.at:
                self.status, self.at = "killed" if "KeyboardInterrupt" in text[-200:] else "failed", last
            self.texts += 1
            if self.texts <= MOST_TEXTS:
                yield Text("traceback", text[:LONGEST], position=at)

    def final(self) -> str | None:
        """The status at the end; what failed and went on is not failed."""
        if self.status == "finished" or (self.status and self.at >= self.metric):
            return self.status
        return "finished" if self.full else None
