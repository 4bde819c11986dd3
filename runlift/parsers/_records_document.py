"""One JSON document: its records, histories by metric, results and settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from runlift.facts import Issue, Param, Points, RunSeen, Severity
from runlift.parsers import _table_names as called
from runlift.parsers._records_columns import cells_of
from runlift.parsers._records_facts import RecordFacts
from runlift.parsers._records_outline import Outline, Path, counts, is_triple
from runlift.parsers._records_recognise import RESULT_FILE
from runlift.parsers._table_axes import AxisReader
from runlift.parsers._table_cells import Block
from runlift.parsers._table_notes import Kind
from runlift.parsers._table_plan import decide
from runlift.parsers._table_wide import Emitter
from runlift.wire.json_stream import BrokenJsonError, JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runlift.facts import Fact
    from runlift.parsers._api import ParseOptions
    from runlift.parsers._table_notes import Ledger, Notes

_TAG = re.compile(r"-tag-(.+)\.json$", re.IGNORECASE)
_CONTAINERS = frozenset({"history", "metrics", "log", "logs", "results", "log_history", "curves", "scalars"})
_MAX_SETTINGS = 5000
_FLAT_PARTS = ("step", "epoch")
REPEATED = Kind("repeated-key", "objects with a key twice", "The last value of each was kept.")
MANY_SETTINGS = Kind("many-settings", f"settings beyond the first {_MAX_SETTINGS}", "Left out.")


@dataclass(slots=True)
class DocumentFacts:
    """Reads one document, or several that stand one after the other. ``said``: whether anything came of it."""

    name: str
    options: ParseOptions
    notes: Notes
    ledger: Ledger
    said: bool = False
    broken: BrokenJsonError | None = None
    _stream: JsonStream = field(init=False)

    def facts(self, file: BinaryIO) -> Iterator[Fact]:
        """The facts of the file."""
        self._stream = JsonStream(file)
        first = self._stream.peek()
        if first == "[":
            yield from self._list(self._stream, self._items(self._stream))
        elif first == "{":
            yield from self._object(file)
        else:
            self.broken = BrokenJsonError(self._stream.line, "neither a list nor an object begins here", cut=not first)
        yield from self._close(file)

    def _object(self, file: BinaryIO) -> Iterator[Fact]:
        outline = Outline()
        for _ in self._until_break(outline.read(self._stream)):
            pass
        if self.broken is None and self._stream.peek() == "{":
            yield from self._list(self._again(file), self._values(self._stream))
        else:
            yield from self._outlined(outline, file)

    def _again(self, file: BinaryIO) -> JsonStream:
        file.seek(0)
        self._stream = JsonStream(file)
        return self._stream

    def _until_break(self, parts: Iterable[Any]) -> Iterator[Any]:
        """The parts as far as the text is JSON."""
        try:
            yield from parts
        except BrokenJsonError as error:
            self.broken = self.broken or error

    @staticmethod
    def _items(stream: JsonStream) -> Iterator[tuple[int, Any]]:
        for line in stream.items():
            yield line, stream.value()

    def _values(self, _: JsonStream) -> Iterator[tuple[int, Any]]:
        """Documents one after the other."""
        while self._stream.peek():
            yield self._stream.line, self._stream.value()

    def _list(self, stream: JsonStream, items: Iterator[tuple[int, Any]]) -> Iterator[Fact]:
        """Records, or [wall time, step, value], one by one."""
        del stream
        records = RecordFacts(self.name, self.options, self.notes)
        triples: list[tuple[int, list[float]]] = []
        for line, item in self._until_break(items):
            if isinstance(item, dict):
                yield from records.add(item, line)
            elif is_triple(item):
                triples.append((line, item))
        yield from records.finish()
        if triples:
            tag = _TAG.search(self.name)
            yield _of_triples(tag[1] if tag else "value", [t for _, t in triples], [at for at, _ in triples])
        self.said = bool(records.read or triples)

    def _outlined(self, outline: Outline, file: BinaryIO) -> Iterator[Fact]:
        lists = outline.spoken()
        for path in lists:
            yield from self._records(path, outline, file, "/".join(path) + "/" if len(lists) > 1 else "")
        for path, rows in outline.triples.items():
            self.said = True
            yield _of_triples("/".join(path).replace("\\", "/"), rows, [outline.lines[path[0]]] * len(rows))
        used: set[Path] = set()
        if not lists:
            for (parent, _), paths in outline.histories().items():
                used |= set(paths)
                yield from self._history(parent, paths, outline)
        flat = not self.said
        if flat:
            yield from self._results(outline, used)
        if self.said:
            yield from _trainer(outline)
            yield from self._settings(outline, used)

    def _records(self, path: Path, outline: Outline, file: BinaryIO, prefix: str) -> Iterator[Fact]:
        records = RecordFacts(self.name, self.options, self.notes, prefix)
        if path in outline.inside:
            for record in outline.inside[path]:
                yield from records.add(record, outline.lines[path[0]])
        else:
            stream = JsonStream(file)
            file.seek(0)
            for line, item in self._until_break(_items_of(stream, path[0])):
                if isinstance(item, dict):
                    yield from records.add(item, line)
        yield from records.finish()
        self.said = self.said or records.read > 0

    def _history(self, parent: Path, paths: list[Path], outline: Outline) -> Iterator[Fact]:
        """Lists of one length as the columns of a table."""
        line = min(outline.lines[p[0]] for p in paths)
        columns = [cells_of(list(outline.lists[p])) for p in paths]
        names = tuple(p[-1] for p in paths)
        n = len(columns[0])
        block = Block(np.full(n, line, np.int64), columns)
        plan = decide(names, block, self.options.mapping, "wide", settings=True)
        shown = tuple(_shown(parent, name) for name in plan.names)
        axes = AxisReader(plan.roles, shown, self.notes, count=not {"step", "epoch"} & plan.roles.keys())
        emitter = Emitter(type(plan)(plan.layout, plan.why, shown, plan.roles), axes, self.notes)
        self.said = True
        yield from emitter.take(block)
        yield from emitter.finish()

    def _results(self, outline: Outline, used: set[Path]) -> Iterator[Fact]:
        """Single numbers named as results: points without a step, or with the one that stands beside them."""
        numbers = {p: v for p, v in outline.leaves.items() if type(v) in (int, float) and _fits_double(v)}
        parts = {role: p for p in numbers for role in _FLAT_PARTS if len(p) == 1 and _plays(p[0], role)}
        step = numbers.get(parts.get("step", ()))
        epoch = numbers.get(parts.get("epoch", ()))
        whole = step is not None and float(step).is_integer() and abs(step) < 2**63
        in_result_file = bool(RESULT_FILE.search(self.name.rsplit("/", 1)[-1]))
        for path, value in numbers.items():
            result = called.is_training(path[-1]) or called.is_result(path[-1]) or in_result_file
            result = result and not called.is_setting(path[-1])
            if path in parts.values() or not result:
                continue
            used.add(path)
            self.said = True
            yield Points(
                "/".join(path),
                np.array([int(step)], np.int64) if whole and step is not None else None,
                np.array([float(value)]),
                np.array([outline.lines[path[0]]], np.int64),
                epoch=None if epoch is None else np.array([float(epoch)]),
            )

    def _settings(self, outline: Outline, used: set[Path]) -> Iterator[Fact]:
        rest = {p: v for p, v in (outline.leaves | outline.lists).items() if p not in used and v is not None}
        for i, (path, value) in enumerate(rest.items()):
            if i >= _MAX_SETTINGS:
                self.notes.add(MANY_SETTINGS, outline.lines[path[0]], count=len(rest) - i)
                return
            yield Param(".".join(path), value, outline.lines[path[0]])

    def _close(self, file: BinaryIO) -> Iterator[Fact]:
        """The ledger: lines used, or beyond the break, or not understood at all."""
        total = _count_lines(file)
        good = total if self.broken is None else max(0, min(self.broken.line - 1, total))
        if self.broken is not None and total:
            yield _broken_issue(self.name, self.broken)
            if self.broken.cut:
                self.ledger.unfinished += total - good
            elif total > good:
                self.ledger.damage(good + 1, total + 1)
        if self.said:
            self.ledger.used += good
        else:
            self.ledger.unrecognised += good
            yield _nothing(self.name)
        if self._stream.repeats.count:
            self.notes.add(REPEATED, 1, count=self._stream.repeats.count)


def _items_of(stream: JsonStream, wanted: str) -> Iterator[tuple[int, Any]]:
    """(line, item) of the list under a key of the object at the stream."""
    for key, _ in stream.pairs():
        if key == wanted and stream.peek() == "[":
            for line in stream.items():
                yield line, stream.value()
        else:
            stream.value()


def _of_triples(metric: str, rows: list[list[float]], lines: list[int]) -> Points:
    return Points(
        metric,
        np.array([int(r[1]) for r in rows], np.int64),
        np.array([r[2] for r in rows], np.float64),
        np.array(lines, np.int64),
        wall_time=np.array([r[0] for r in rows], np.float64),
    )


def _shown(parent: Path, name: str) -> str:
    """A history's metric: its path, without boxes such as ``history``; its parent's where it is only ``values``."""
    path = [p for i, p in enumerate(parent) if i or p.lower() not in _CONTAINERS]
    if path and called.rank(name, called.VALUE) is not None:
        return "/".join(path)
    return "/".join([*path, name])


def _plays(name: str, role: str) -> bool:
    return (
        called.rank(name, called.EPOCH) in (0, 1)
        if role == "epoch"
        else counts(name) and called.rank(name, called.EPOCH) is None
    )


def _fits_double(value: float) -> bool:
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _trainer(outline: Outline) -> Iterator[Fact]:
    """What the state of a Hugging Face Trainer says of the run (``transformers/trainer_callback.py``)."""
    if ("is_world_process_zero",) not in outline.leaves or ("log_history",) not in outline.records:
        return
    done, wanted = (outline.leaves.get((k,)) for k in ("global_step", "max_steps"))
    finished = isinstance(done, int) and isinstance(wanted, int) and 0 < wanted <= done
    yield RunSeen(framework="transformers", status="finished" if finished else None)


def _count_lines(file: BinaryIO) -> int:
    file.seek(0)
    n, last = 0, b"\n"
    while data := file.read(1 << 20):
        n += data.count(b"\n")
        last = data[-1:]
    return n + (last != b"\n")


def _broken_issue(name: str, error: BrokenJsonError) -> Issue:
    return Issue(
        "cut-json" if error.cut else "broken-json",
        f"{name}:{error.line}: {'ends too early' if error.cut else 'stops being JSON'} ({error.reason}).",
        error.line,
        Severity.INFO if error.cut else Severity.WARNING,
        "What stands before it was read.",
        "Copy the file again if it was cut on the way." if error.cut else "",
    )


def _nothing(name: str) -> Issue:
    return Issue(
        "no-experiment-data",
        f"{name}: JSON without records, histories or results of an experiment.",
        severity=Severity.INFO,
        done="Nothing was read from it.",
        help="--as settings reads it as settings.",
    )
