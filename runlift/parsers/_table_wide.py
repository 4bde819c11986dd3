"""Wide and long tables to facts: a column (or a word in the metric's column) is a metric, a row is a step."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Fact, Issue, Param, RunSeen, Text
from runlift.parsers import _table_notes as say
from runlift.parsers._records_columns import written_out
from runlift.parsers._table_axes import Axes, AxisReader, numbers_of
from runlift.parsers._table_cells import EMPTY, NUMBER, WORD, Block, Cells
from runlift.parsers._table_names import is_fixed, plain
from runlift.parsers._table_numbers import setting_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import I8, Points
    from runlift.parsers._table_notes import Notes
    from runlift.parsers._table_plan import Plan

_MAX_HELD = 1 << 18
_MAX_TEXTS = 10_000
_SHOWN = 5

Group = tuple[str, str, "I8 | None"]
"""(run, prefix of the metric names, rows or None for all)."""


@dataclass(slots=True)
class _Texts:
    """A column of words in one run: constant so far (a setting), or changing (texts, one a change)."""

    first: str
    position: int
    step: int | None
    wall: float | None
    last: str
    varied: bool = False
    changes: int = 1


@dataclass(slots=True)
class _Held:
    """A column of numbers that may say something of the whole run: held back while it never changes."""

    value: float
    position: int
    points: list[Points] = field(default_factory=list)
    rows: int = 0


@dataclass(slots=True)
class Emitter:
    """Turns blocks of a wide or long table into facts. ``take`` each block in order, then ``finish``.

    The plan may be replaced between blocks: what is remembered of a column is remembered by its name. ``quoted``:
    columns whose numbers are written as text, which are settings if they never change; ``prefix``: before all names.
    """

    plan: Plan
    axes: AxisReader
    notes: Notes
    prefix: str = ""
    texts: dict[tuple[str, str], _Texts] = field(default_factory=dict)
    held: dict[tuple[str, str], _Held | None] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    odd: dict[str, int] = field(default_factory=dict)
    quoted: set[str] = field(default_factory=set)
    seen: dict[str, list[int]] = field(default_factory=dict)

    def take(self, block: Block) -> Iterator[Fact]:
        """The facts of a block."""
        groups, new = self._groups(block)
        yield from new
        axes = self.axes.read(block, [(run + "\0" + prefix, rows) for run, prefix, rows in groups])
        if self.plan.layout == "long":
            yield from self._long(block, axes, groups)
            return
        skip = set(self.plan.roles.values()) | self.plan.left
        for i, cells in enumerate(block.columns):
            if i not in skip:
                name = self.plan.names[i] or f"column {i + 1}"
                for inner, part in written_out(name, cells):
                    yield from self._column(inner, part, axes, groups)

    def finish(self) -> Iterator[Fact]:
        """What is known only at the end: columns that never changed are settings of the run."""
        for (run, name), held in self.held.items():
            if held is not None and held.rows:
                yield Param(name, _whole(held.value), held.position, run)
        for (run, name), text in self.texts.items():
            if not text.varied:
                yield Param(name, setting_value(text.first), text.position, run)
                if plain(name) in ("host", "hostname"):
                    yield RunSeen(run, host=text.first, position=text.position)
        yield from self._lone_run()

    def _lone_run(self) -> Iterator[Fact]:
        at = self.plan.roles.get("run")
        if at is not None and len(self.runs) == 1:
            (label,) = self.runs
            yield Param(self.plan.names[at], setting_value(label), 0, "")

    def _groups(self, block: Block) -> tuple[list[Group], list[Fact]]:
        """The block's rows by run and by split, and the runs that were not seen before."""
        new: list[Fact] = []
        found: list[Group] = []
        for label, rows in _labelled(block, self.plan.roles.get("run")):
            run = self._run(label, new, int(block.position[0 if rows is None else rows[0]]))
            for split, inner in _labelled(block, self.plan.roles.get("split"), rows):
                found.append((run, self.prefix + (f"{split}/" if split else ""), inner))
        return found, new

    def _run(self, label: str, new: list[Fact], position: int) -> str:
        """The key of the run that a label names: the first is the run of the file itself."""
        if "run" not in self.plan.roles:
            return ""
        if label not in self.runs:
            self.runs[label] = label if self.runs else ""
            if len(self.runs) == 2:
                first = next(iter(self.runs))
                new.append(RunSeen("", name=first or None, position=position))
            if len(self.runs) > 1:
                new.append(RunSeen(label, name=label, position=position))
        return self.runs[label]

    def _column(self, name: str, cells: Cells, axes: Axes, groups: list[Group]) -> Iterator[Fact]:
        for form, n in cells.forms.items():
            self.notes.add(say.FORMS[form], int(axes.position[0]), subject=name, count=n)
        seen = self.seen.setdefault(name, [0, 0])
        seen[0] += (numbers := cells.count(NUMBER))
        seen[1] += (words := cells.count(WORD))
        for run, prefix, rows in groups:
            if numbers:
                yield from self._numbers(prefix + name, cells, axes, (run, name, rows))
        if words and seen[0] > seen[1]:
            yield from self._odd(name, cells, axes)
        elif words:
            for run, prefix, rows in groups:
                yield from self._words((run, prefix + name), cells, axes, rows)

    def _numbers(self, metric: str, cells: Cells, axes: Axes, group: Group) -> Iterator[Points]:
        run, name, rows = group
        has = numbers_of(cells)
        if rows is not None:
            has = rows[cells.kind[rows] == NUMBER]
        if has is not None and len(has) == 0:
            return
        points = axes.points(metric, cells.number, has, run)
        key = (run, metric)
        if key not in self.held:
            self.held[key] = (
                _Held(float(points.value[0]), int(points.position[0])) if self._may_be_fixed(name) else None
            )
        held = self.held[key]
        if held is None:
            yield points
            return
        held.points.append(points)
        held.rows += len(points.value)
        if held.rows > _MAX_HELD or not np.all(points.value == held.value):
            yield from held.points
            self.held[key] = None

    def _may_be_fixed(self, name: str) -> bool:
        return name in self.quoted or is_fixed(name)

    def _odd(self, name: str, cells: Cells, axes: Axes) -> Iterator[Issue]:
        """Words in a column of numbers: the first few one by one, the rest by count."""
        for k in np.flatnonzero(cells.kind == WORD).tolist():
            self.odd[name] = self.odd.get(name, 0) + 1
            position, word = int(axes.position[k]), cells.word_at(k)
            if self.odd[name] > _SHOWN:
                self.notes.add(say.NOT_A_NUMBER, position, word, subject=name)
                continue
            yield Issue(
                say.NOT_A_NUMBER.code,
                f"Row {position}, column {name!r}: {say.brief(word)!r} is not a number.",
                position,
                done=say.NOT_A_NUMBER.done,
                help="If it stands for nothing, leave the cell empty.",
            )

    def _words(self, key: tuple[str, str], cells: Cells, axes: Axes, rows: I8 | None) -> Iterator[Fact]:
        """A column of words: silent while it never changes, a text at each change from then on."""
        if cells.codes is None:
            return
        where = np.flatnonzero(cells.kind == WORD) if rows is None else rows[cells.kind[rows] == WORD]
        codes = cells.codes[where]
        changed = where[np.concatenate(([True], codes[1:] != codes[:-1]))] if len(where) else where
        for k in changed.tolist():
            word = cells.word_at(k)
            text = self.texts.get(key)
            if text is None:
                self.texts[key] = _Texts(word, int(axes.position[k]), *_at(axes, k), word)
            elif word != text.last:
                yield from self._change(text, key, (word, k), axes)

    def _change(self, text: _Texts, key: tuple[str, str], new: tuple[str, int], axes: Axes) -> Iterator[Fact]:
        (run, tag), (word, k) = key, new
        if not text.varied:
            yield Text(tag, text.first, text.step, text.wall, text.position, run)
        text.varied, text.last = True, word
        text.changes += 1
        if text.changes > _MAX_TEXTS:
            self.notes.add(say.MANY_TEXTS, int(axes.position[k]), subject=tag)
        else:
            yield Text(tag, word, *_at(axes, k), int(axes.position[k]), run)

    def _long(self, block: Block, axes: Axes, groups: list[Group]) -> Iterator[Fact]:
        at, value = self.plan.roles["metric"], self.plan.roles["value"]
        tags, skip = block.columns[at], {*self.plan.roles.values(), *self.plan.left}
        for form, n in block.columns[value].forms.items():
            self.notes.add(say.FORMS[form], int(axes.position[0]), subject=self.plan.names[value], count=n)
        if block.columns[value].codes is not None:
            yield from self._odd(self.plan.names[value], block.columns[value], axes)
        for run, prefix, rows in groups:
            for tag, inner in _by_label(tags, rows):
                yield from self._long_tag(block, axes, (run, prefix + tag, inner), skip)

    def _long_tag(self, block: Block, axes: Axes, group: Group, skip: set[int]) -> Iterator[Fact]:
        run, tag, rows = group
        value = self.plan.roles["value"]
        for i, cells in enumerate(block.columns):
            if i == value or (i not in skip and cells.count(NUMBER)):
                name = tag if i == value else f"{tag}/{self.plan.names[i]}"
                has = numbers_of(cells) if rows is None else rows[cells.kind[rows] == NUMBER]
                if has is None or len(has):
                    yield axes.points(name, cells.number, has, run)
            elif i not in skip and cells.codes is not None:
                yield from self._words((run, f"{tag}/{self.plan.names[i]}"), cells, axes, rows)


def _at(axes: Axes, k: int) -> tuple[int | None, float | None]:
    step = None if axes.step is None or (axes.missing is not None and axes.missing[k]) else int(axes.step[k])
    wall = None if axes.wall is None or np.isnan(axes.wall[k]) else float(axes.wall[k])
    return step, wall


def _labelled(block: Block, column: int | None, rows: I8 | None = None) -> list[tuple[str, I8 | None]]:
    """(label, rows) of the rows (all where None) by a column's cells; one group where there is no such column."""
    return [("", rows)] if column is None else _by_label(block.columns[column], rows)


def _by_label(cells: Cells, rows: I8 | None) -> list[tuple[str, I8 | None]]:
    labels, which = _labels(cells)
    here = which if rows is None else which[rows]
    if len(here) == 0:
        return []
    if np.all(here == here[0]):
        return [(labels[int(here[0])], rows)]
    all_rows = np.arange(len(which), dtype=np.int64) if rows is None else rows
    order = np.argsort(here, kind="stable")
    cuts = np.flatnonzero(np.diff(here[order])) + 1
    parts = sorted((all_rows[p] for p in np.split(order, cuts)), key=lambda part: int(part[0]))
    return [(labels[int(which[part[0]])], part) for part in parts]


def _labels(cells: Cells) -> tuple[list[str], I8]:
    """Texts, and int64[n]: which of them each cell says. Whole numbers are written without a point."""
    numbers, inverse = np.unique(cells.number, return_inverse=True)
    texts = [repr(int(v)) if np.isfinite(v) and v == np.floor(v) else repr(float(v)) for v in numbers.tolist()]
    which = inverse.astype(np.int64) + len(cells.words)
    if cells.codes is not None:
        which = np.where(cells.kind == WORD, cells.codes, which)
    which = np.where(cells.kind == EMPTY, len(cells.words) + len(texts), which)
    return [*(w.strip() for w in cells.words), *texts, ""], which


def _whole(value: float) -> int | float:
    """A setting as a whole number where it is one; -0.0 and what is not finite stay doubles."""
    exact = math.isfinite(value) and value.is_integer() and not (value == 0 and math.copysign(1, value) < 0)
    return int(value) if exact else value
