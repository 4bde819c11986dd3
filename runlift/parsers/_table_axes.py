"""The x of a block of rows: steps, epochs and wall times as arrays, with what had to be put right noted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Points
from runlift.parsers import _table_notes as say
from runlift.parsers._table_cells import NUMBER, WORD, Block, Cells, whole_steps
from runlift.parsers._table_numbers import parse_time
from runlift.parsers._table_plan import time_scale

if TYPE_CHECKING:
    from runlift.facts import B1, F8, I8
    from runlift.parsers._table_notes import Notes


@dataclass(frozen=True, slots=True)
class Axes:
    """n rows: ``step`` int64[n] or None, ``missing`` bool[n] (no step) or None, ``epoch`` and ``wall`` float64[n]."""

    step: I8 | None
    missing: B1 | None
    epoch: F8 | None
    wall: F8 | None
    position: I8

    def points(self, metric: str, value: F8, rows: I8 | None, run: str) -> Points:
        """Points of one metric from some of the rows (all where ``rows`` is None)."""

        def take(column: F8 | I8 | B1 | None) -> F8 | I8 | B1 | None:
            return column if column is None or rows is None else column[rows]

        missing = take(self.missing)
        if missing is not None and not missing.any():
            missing = None
        return Points(
            metric=metric,
            step=take(self.step),  # type: ignore[arg-type]
            value=value if rows is None else value[rows],
            position=take(self.position),  # type: ignore[arg-type]
            epoch=take(self.epoch),  # type: ignore[arg-type]
            wall_time=take(self.wall),  # type: ignore[arg-type]
            step_missing=missing,  # type: ignore[arg-type]
            run=run,
        )


@dataclass(slots=True)
class AxisReader:
    """Reads the x of each block; counts rows (by group) where no column does.

    ``started``: Unix seconds from which the column ``elapsed`` counts (Monitor files), else None.
    """

    roles: dict[str, int]
    names: tuple[str, ...]
    notes: Notes
    count: bool = False
    started: float | None = None
    elapsed: int | None = None
    _counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _scale: float | None = None

    def read(self, block: Block, groups: list[tuple[str, I8 | None]]) -> Axes:
        """The x of a block. ``groups``: (key, rows or None for all) of rows that are counted together."""
        step, missing, fraction = self._steps(block)
        epoch = self._number(block, "epoch")
        if fraction is not None:
            epoch = fraction if epoch is None else np.where(np.isnan(epoch), fraction, epoch)
        if step is None and self.count:
            step = self._count(len(block), groups)
        return Axes(step, missing, epoch, self._wall(block), block.position)

    def _steps(self, block: Block) -> tuple[I8 | None, B1 | None, F8 | None]:
        at = self.roles.get("step")
        if at is None:
            return None, None, None
        cells = block.columns[at]
        step, has, bad = whole_steps(cells)
        if not bad.any():
            return step, None if has.all() else ~has, None
        huge = bad & ~(np.abs(cells.number) < 2.0**63)
        for kind, rows in ((say.TOO_LARGE_STEP, huge), (say.FRACTIONAL, bad & ~huge)):
            if rows.any():
                i = int(np.flatnonzero(rows)[0])
                self.notes.add(
                    kind,
                    int(block.position[i]),
                    repr(float(cells.number[i])),
                    subject=self.names[at],
                    count=int(rows.sum()),
                )
        return step, ~has, np.where(bad & ~huge, cells.number, np.nan)

    def _number(self, block: Block, role: str) -> F8 | None:
        at = self.roles.get(role)
        return None if at is None else block.columns[at].number

    def _wall(self, block: Block) -> F8 | None:
        if self.started is not None and self.elapsed is not None:
            return block.columns[self.elapsed].number + self.started
        at = self.roles.get("wall_time")
        if at is None:
            return None
        cells = block.columns[at]
        if (cells.kind == WORD).any():
            return self._dated(block, cells, self.names[at])
        if self._scale is None:
            self._scale = time_scale(cells)
        if self._scale is not None and self._scale != 1.0:
            self.notes.add(say.SCALED_TIME, int(block.position[0]), subject=self.names[at], count=len(block))
            return cells.number / self._scale
        return cells.number

    def _dated(self, block: Block, cells: Cells, name: str) -> F8:
        read = [parse_time(w) for w in cells.words]
        seconds = np.array([np.nan if r is None else r[0] for r in read] + [np.nan], np.float64)
        assert cells.codes is not None  # noqa: S101 - there are words
        words = cells.kind == WORD
        wall = np.where(words, seconds[cells.codes], cells.number)
        bad = words & np.isnan(wall)
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            self.notes.add(say.BAD_TIME, int(block.position[i]), cells.word_at(i), subject=name, count=int(bad.sum()))
        if any(r is not None and not r[1] for r in read):
            self.notes.add(say.NO_ZONE, int(block.position[0]), subject=name, count=int(words.sum()))
        return wall

    def _count(self, n: int, groups: list[tuple[str, I8 | None]]) -> I8:
        step = np.zeros(n, np.int64)
        for key, rows in groups:
            size = n if rows is None else len(rows)
            step[slice(None) if rows is None else rows] = np.arange(self._counted[key], self._counted[key] + size)
            self._counted[key] += size
        return step


def numbers_of(cells: Cells) -> I8 | None:
    """The rows whose cell is a number; None where all are."""
    has = cells.kind == NUMBER
    return None if has.all() else np.flatnonzero(has)
