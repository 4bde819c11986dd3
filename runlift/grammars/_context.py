"""What lines inherit from lines before them: step, epoch, phase. One rule for each, applied to whole blocks.

- A line's own step and epoch are its own. A line with its own epoch but no step has no step.
- Other lines take the step and the epoch of the last line that gave one; the step is left out when an epoch was
  announced after it.
- A line's own phase is its own. A line that gives a step or an epoch and no phase ends the phase before it; other
  lines take the phase of the last line that named one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.facts import F8, I8


@dataclass(slots=True)
class Carried:
    """What a block hands on to the next."""

    step: float = np.nan
    epoch: float = np.nan
    epoch_after_step: bool = False
    phase: int = 0


@dataclass(slots=True)
class Context:
    """Own and inherited places of the n frames of a block; NaN and -1 where there is none."""

    own_step: F8
    own_epoch: F8
    own_phase: I8
    total: F8 = field(default_factory=lambda: np.empty(0))
    time: F8 = field(default_factory=lambda: np.empty(0))
    step: F8 = field(default_factory=lambda: np.empty(0))
    epoch: F8 = field(default_factory=lambda: np.empty(0))
    phase: I8 = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(cls, n: int) -> Context:
        """A context for n frames that says nothing yet."""
        return cls(
            np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.int64), np.full(n, np.nan), np.full(n, np.nan)
        )

    def resolve(self, carried: dict[int, Carried], rank: I8) -> dict[int, Carried]:
        """Fill in what is inherited, for each rank among its own lines; gives what the next block begins with."""
        n = len(self.own_step)
        self.step, self.epoch, self.phase = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.int64)
        out = dict(carried)
        for r in np.unique(rank):
            mine = np.flatnonzero(rank == r)
            out[int(r)] = self._resolve(mine, carried.get(int(r), Carried()))
        return out

    def _resolve(self, mine: I8, carried: Carried) -> Carried:
        own_step, own_epoch, own_phase = self.own_step[mine], self.own_epoch[mine], self.own_phase[mine]
        step_at, epoch_at = _last(~np.isnan(own_step)), _last(~np.isnan(own_epoch))
        phase_at = _last(own_phase >= 0)
        step = _fill(own_step, step_at, carried.step)
        epoch = _fill(own_epoch, epoch_at, carried.epoch)
        phase = np.where(phase_at >= 0, own_phase[phase_at], carried.phase)
        stale = (epoch_at > step_at) | ((epoch_at < 0) & (step_at < 0) & carried.epoch_after_step)
        self.step[mine] = np.where(stale, np.nan, step)
        self.epoch[mine], self.phase[mine] = epoch, phase
        return Carried(step[-1], epoch[-1], bool(stale[-1]), int(phase[-1]))


def _last(there: np.ndarray) -> I8:
    """For each frame the index of the last one so far (itself included) where ``there``; -1 for none."""
    at = np.where(there, np.arange(len(there)), -1)
    return np.maximum.accumulate(at) if len(at) else at


def _fill(own: F8, at: I8, before: float) -> F8:
    return np.where(at >= 0, own[at], before) if len(own) else own.copy()
