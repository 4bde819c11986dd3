"""The reading of one text: blocks are scanned, shapes drafted once, numbers taken in columns, context carried over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Account, Points
from runlift.grammars._context import Carried, Context
from runlift.grammars._evidence import Evidence, Seen, is_record
from runlift.grammars._general import read_shape
from runlift.wire.slow_lines import Shapes, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import B1, F8, I8, Fact
    from runlift.grammars._draft import Draft, Pair
    from runlift.wire.slow_lines import Scan

MOST_POINTS = 250_000


@dataclass(slots=True)
class Series:
    """Points of one metric in one block, gathered from several shapes."""

    value: list[F8] = field(default_factory=list)
    frame: list[I8] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)


class Reading:
    """Reads a text block by block. ``facts`` gives what a block says; ``close`` what is left at the end."""

    def __init__(self) -> None:
        self.shapes = Shapes()
        self.drafts: list[Draft] = []
        self.evidence = Evidence()
        self.carried = Carried()
        self.phases: list[str] = [""]
        self.line = 1
        self.total = self.used = self.blank = 0
        self.levels: dict[str, set[str]] = defaultdict(set)

    def facts(self, data: bytes) -> Iterator[Fact]:
        """All facts of one block of whole lines."""
        block = scan(data, self.shapes)
        for key in self.shapes.keys[len(self.drafts) :]:
            self.drafts.append(read_shape(key.decode("utf-8", "replace")))
        yield from self._read(block)
        self.line += block.lines

    def close(self) -> Iterator[Fact]:
        """The ledger."""
        yield Account("lines", self.total, self.used, {"blank": self.blank}, self.total - self.used - self.blank)

    def _read(self, block: Scan) -> Iterator[Fact]:
        order = np.argsort(block.shape, kind="stable")
        bounds = np.flatnonzero(np.diff(block.shape[order], prepend=-1))
        groups = (
            {int(block.shape[order[i]]): g for i, g in zip(bounds, np.split(order, bounds[1:]), strict=True)}
            if len(order)
            else {}
        )
        for shape in groups:
            self.evidence.look(self.drafts[shape])
        context = Context.of(len(block.shape))
        for shape, frames in groups.items():
            self._places(self.drafts[shape], frames, block, context)
        self.carried = context.resolve(self.carried)
        used = np.zeros(len(block.shape), np.bool_)
        found: dict[str, Series] = defaultdict(Series)
        wanted = [(s, f, self._wanted(self.drafts[s], f, block)) for s, f in groups.items()]
        for shape, frames, pairs in wanted:
            self._note_levels(self.drafts[shape], pairs)
        for shape, frames, pairs in wanted:
            if pairs:
                used[frames] = True
                self._gather(self.drafts[shape], pairs, frames, block, context, found)
        yield from self._points(found, block, context)
        self._count(block, used)

    def _places(self, draft: Draft, frames: I8, block: Scan, context: Context) -> None:
        if draft.step is not None and draft.step_rank >= 1:
            context.own_step[frames] = column(block, frames, draft.step) * draft.step_scale
        if draft.epoch is not None:
            context.own_epoch[frames] = column(block, frames, draft.epoch)
        if draft.phase and draft.phase != "best":
            context.own_phase[frames] = self._phase(draft.phase)
        elif is_record(draft):
            context.own_phase[frames] = 0

    def _phase(self, name: str) -> int:
        if name not in self.phases:
            self.phases.append(name)
        return self.phases.index(name)

    def _wanted(self, draft: Draft, frames: I8, block: Scan) -> list[Pair]:
        return [p for p in draft.pairs if self.evidence.accepts(draft, p, seen_of(block, frames, p.slot))]

    def _note_levels(self, draft: Draft, pairs: list[Pair]) -> None:
        for p in pairs:
            self.levels[p.name].add(level(draft))

    def _name(self, draft: Draft, pair: Pair, phase: str) -> str:
        name = f"{draft.lead}/{pair.name}" if draft.lead else pair.name
        if level(draft) == "epoch" and "step" in self.levels[pair.name]:
            name = f"epoch/{name}"
        return f"{phase}/{name}" if phase else name

    def _gather(
        self, draft: Draft, pairs: list[Pair], frames: I8, block: Scan, context: Context, found: dict[str, Series]
    ) -> None:
        frames = last_of_line(frames, block.line)
        for pair in pairs:
            phase = pair.phase or draft.phase
            inherits = not phase and not is_record(draft)
            codes = context.phase[frames] if inherits else np.zeros(len(frames), np.int64)
            for code in np.unique(codes):
                chosen = frames[codes == code]
                name = self._name(draft, pair, phase or self.phases[code])
                put(found[name], column(block, chosen, pair.slot), chosen)
                if pair.average is not None:
                    put(found[f"avg/{name}"], column(block, chosen, pair.average), chosen)

    def _points(self, found: dict[str, Series], block: Scan, context: Context) -> Iterator[Points]:
        for name, series in found.items():
            frame = np.concatenate(series.frame)
            order = np.argsort(frame, kind="stable")
            frame, value = frame[order], np.concatenate(series.value)[order]
            step = context.own_step[frame]
            missing = np.isnan(step)
            inherit = missing & np.isnan(context.own_epoch[frame])
            step = np.where(inherit, context.step[frame], step)
            missing = np.isnan(step)
            whole = np.where(missing, 0, step).astype(np.int64)
            yield Points(
                name,
                None if missing.all() else whole,
                value,
                block.line[frame] + self.line,
                epoch=context.epoch[frame],
                step_missing=missing if missing.any() and not missing.all() else None,
            )

    def _count(self, block: Scan, used: B1) -> None:
        lines_used = len(np.unique(block.line[used]))
        lines_said = len(np.unique(block.line))
        self.total += block.lines
        self.used += lines_used
        self.blank += block.lines - lines_said


def level(draft: Draft) -> str:
    """Where a line stands: at a step, at an epoch, or nowhere of its own."""
    if draft.step is not None and draft.step_rank >= 1:
        return "step"
    return "epoch" if draft.epoch is not None else "none"


def column(block: Scan, frames: I8, slot: int) -> F8:
    """One number of every frame of a shape."""
    return block.value[block.first[frames] + slot]


def seen_of(block: Scan, frames: I8, slot: int) -> Seen:
    """How a shape's number looks over its frames."""
    at = block.first[frames] + slot
    value = block.value[at]
    return Seen(len(frames), bool(np.any(value != value[0])), bool(block.is_float[at].any()))


def last_of_line(frames: I8, line: I8) -> I8:
    """The last frame of each physical line: frames before it were redrawn."""
    own = line[frames]
    return frames[np.append(own[1:] != own[:-1], True)] if len(frames) else frames


def put(series: Series, value: F8, frames: I8) -> None:
    """Add a column to a series."""
    series.value.append(value)
    series.frame.append(frames)
