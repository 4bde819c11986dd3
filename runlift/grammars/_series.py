"""Points of a block: columns of numbers under names, with what their lines say and inherit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Points
from runlift.grammars._evidence import is_record
from runlift.grammars._words import own_phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import F8, I8
    from runlift.grammars._block import Block, Group
    from runlift.grammars._context import Context
    from runlift.grammars._draft import Draft, Pair
    from runlift.grammars._runs import Runs

MOST_POINTS = 250_000
MOST_STEP = 2.0**63


@dataclass(slots=True)
class Column:
    """Parts of one metric in one block, from several shapes. ``bar``: where a bar stood (NaN: no bar), if any part is one."""

    value: list[F8] = field(default_factory=list)
    frame: list[I8] = field(default_factory=list)
    bar: list[F8] = field(default_factory=list)
    index: list[F8] = field(default_factory=list)
    barred: bool = False

    def put(self, value: F8, frames: I8, bar: F8 | None, index: F8 | None = None) -> None:
        """Add a part; ``index``: where its values stand in a list, which is their step."""
        self.value.append(value)
        self.frame.append(frames)
        self.index.append(np.full(len(frames), np.nan) if index is None else index)
        self.bar.append(np.full(len(frames), np.nan) if bar is None else bar)
        self.barred |= bar is not None

    def places(self) -> F8 | None:
        """Where each value stood in its list (NaN: in none), in the order of ``whole``; None where nothing was listed."""
        index = np.concatenate(self.index)
        if np.isnan(index).all():
            return None
        at: F8 = index[np.argsort(np.concatenate(self.frame), kind="stable")]
        return at

    def whole(self, epoch: F8, line: I8) -> tuple[I8, F8]:
        """Frames and values in order, without points of bars that were drawn again as they were.

        Drawn again: the same place in the same epoch (where there is none, the same line) with the same value.
        """
        if len(self.frame) == 1 and not self.barred:
            return self.frame[0], self.value[0]
        frame = np.concatenate(self.frame)
        order = np.argsort(frame, kind="stable")
        frame, value = frame[order], np.concatenate(self.value)[order]
        if not self.barred:
            return frame, value
        at = np.concatenate(self.bar)[order]
        here = np.where(np.isnan(epoch[frame]), line[frame] + 0.5, epoch[frame])
        same = (at[1:] == at[:-1]) & (here[1:] == here[:-1])
        same &= (value[1:] == value[:-1]) | (np.isnan(value[1:]) & np.isnan(value[:-1]))
        new = np.append(True, ~same)
        return frame[new], value[new]


class Naming:
    """Names of metrics. Remembers at which levels a name was given, so that two of them do not mix."""

    def __init__(self) -> None:
        self.levels: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.main_rank = -1
        self.phases: list[str] = [""]

    def phase(self, name: str) -> int:
        """The code of a phase."""
        if name not in self.phases:
            self.phases.append(name)
        return self.phases.index(name)

    def see(self, draft: Draft, pairs: list[Pair]) -> None:
        """Note the level at which names are given."""
        for p in pairs:
            self.levels[p.phase or draft.phase, p.name].add(level(draft))

    def _summary(self, draft: Draft, levels: set[str]) -> bool:
        """Whether a line sums up an epoch whose steps give the same name."""
        own = level(draft)
        if own == "epoch":
            return bool(levels & {"step", "inner"})
        if own == "none":
            return bool(levels & {"step", "inner"}) and not draft.member
        return own == "step" and draft.epoch is not None and "inner" in levels

    def name(self, draft: Draft, pair: Pair, phase: str, rank: int = -1) -> str:
        """The metric's full name: rank, phase, lead, name."""
        parts = [draft.lead, pair.name] if draft.lead else [pair.name]
        levels = self.levels[phase, pair.name]
        if self._summary(draft, levels):
            parts.insert(0, "epoch")
        elif level(draft) == "none" and "epoch" in levels and not draft.member:
            parts.insert(0, "final")
        if phase:
            parts.insert(0, phase)
        if rank >= 0 and rank != self.main_rank:
            parts.insert(0, f"rank{rank}")
        return "/".join(parts)


def level(draft: Draft) -> str:
    """Where a line stands: within an epoch, at a step, at an epoch, or nowhere of its own."""
    if draft.step is not None and draft.step_rank >= 1:
        return "inner" if draft.inner else "step"
    return "epoch" if draft.epoch is not None else "none"


class Gathering:
    """Gathers the columns of a block by metric."""

    def __init__(self, block: Block, context: Context, naming: Naming, run: I8) -> None:
        self.block, self.context, self.naming, self.run = block, context, naming, run
        self.columns: dict[tuple[int, str], Column] = defaultdict(Column)

    def take(self, group: Group, pairs: list[Pair], frames: I8) -> None:
        """Take the pairs of a shape from these of its frames."""
        draft = group.draft
        bar = draft.step if draft.bar else None
        for pair in pairs:
            for chosen, where in self._parts(group.draft, pair, frames):
                run, phase, rank = where
                named = self._spelled(pair, chosen)
                for name, part in named:
                    whole = self.naming.name(group.draft, _named(pair, name), phase, rank)
                    at = None if bar is None else self.block.column(part, bar)
                    index = self._own_place(pair, part)
                    self.columns[run, whole].put(self._value(pair, part), part, at, index)
                    if pair.average is not None:
                        self.columns[run, f"avg/{whole}"].put(self.block.column(part, pair.average), part, at)

    def _value(self, pair: Pair, frames: I8) -> F8:
        if not pair.seconds:
            return self.block.column(frames, pair.slot)
        out: F8 = np.sum([self.block.column(frames, slot) * each for slot, each in pair.seconds], axis=0)
        return out

    def _own_place(self, pair: Pair, frames: I8) -> F8 | None:
        """The steps that a pair has of its own: where it stands in a list, or a number beside it."""
        if pair.place is not None:
            return self.block.column(frames, pair.place)
        listed = pair.index is not None and pair.name == pair.series
        return np.full(len(frames), float(pair.index or 0)) if listed else None

    def _parts(self, draft: Draft, pair: Pair, frames: I8) -> Iterator[tuple[I8, tuple[int, str, int]]]:
        phase = pair.phase or draft.phase
        inherits = not phase and (draft.member or not is_record(draft)) and not own_phase(pair.name)
        codes = self.context.phase[frames] if inherits else np.zeros(len(frames), np.int64)
        ranks = self.block.rank[frames]
        every = (self.run[frames] * 10_000 + codes) * 100_000 + ranks + 1
        alike = not len(every) or bool((every == every[0]).all())
        for key in every[:1] if alike else np.unique(every):
            rest, rank = divmod(int(key), 100_000)
            run, code = divmod(rest, 10_000)
            yield frames if alike else frames[every == key], (run, phase or self.naming.phases[code], rank - 1)

    def _spelled(self, pair: Pair, frames: I8) -> Iterator[tuple[str, I8]]:
        """The frames by the numbers that belong to the name."""
        if not pair.keys:
            yield pair.name, frames
            return
        keys = np.stack([self.block.column(frames, k) for k in pair.keys], axis=1)
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        for i, at in enumerate(first):
            texts = [self.block.text_at(frames[at], k) for k in pair.keys]
            yield pair.name.format(*texts), frames[which.reshape(-1) == i]

    def points(self, line: int, runs: Runs) -> Iterator[Points]:
        """Points of all metrics; ``line`` is the block's first physical line."""
        for (run, name), column in self.columns.items():
            frame, value = column.whole(self.context.epoch, self.block.scan.printed)
            step = self._steps(frame, column.places())
            for at in range(0, len(frame), MOST_POINTS):
                part = slice(at, at + MOST_POINTS)
                yield self._points((name, runs.key(run)), frame[part], value[part], step[part], line)

    def _steps(self, frame: I8, places: F8 | None) -> F8:
        own, context = self.context.own_step[frame], self.context
        inherit = np.isnan(own) & np.isnan(context.own_epoch[frame])
        step: F8 = np.where(inherit, context.step[frame], own)
        return step if places is None or len(places) != len(step) else np.where(np.isnan(places), step, places)

    def _points(self, name: tuple[str, str], frame: I8, value: F8, step: F8, line: int) -> Points:
        context = self.context
        missing = ~(np.abs(step) < MOST_STEP)
        epoch, time = context.epoch[frame], context.time[frame]
        return Points(
            name[0],
            None if missing.all() else np.where(missing, 0, step).astype(np.int64),
            value,
            self.block.scan.line[frame] + line,
            epoch=None if np.isnan(epoch).all() else epoch,
            wall_time=None if np.isnan(time).all() else time,
            step_missing=missing if missing.any() and not missing.all() else None,
            run=name[1],
        )


def _named(pair: Pair, name: str) -> Pair:
    from dataclasses import replace  # noqa: PLC0415 - only for names with numbers

    return pair if name == pair.name else replace(pair, name=name)
