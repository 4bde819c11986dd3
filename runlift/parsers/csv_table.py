"""Tables in text: CSV, TSV and their kin, with a column a metric, a row a point, or a row a run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from runlift.facts import Issue, Param, RunSeen, Severity
from runlift.parsers import _table_names as called
from runlift.parsers import _table_notes as say
from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.parsers._table_axes import AxisReader
from runlift.parsers._table_notes import Ledger, Notes
from runlift.parsers._table_plan import Plan, choice, decide, look_at
from runlift.parsers._table_reading import TextRows
from runlift.parsers._table_runs import RunRows, parts_of
from runlift.parsers._table_sniff import WORDS_FOR, Dialect, sniff
from runlift.parsers._table_wide import Emitter
from runlift.wire.table_text import Encoding, blocks, detect, is_open, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._table_cells import Block

_SAMPLE = 1 << 18
_NAMED = (".csv", ".tsv")
_PLAIN_TEXT = (".txt", ".out", ".dat", ".log", ".tab", ".data")


class CsvTable(Parser):
    """CSV, TSV and other tables in text: per step, per point or one row a run."""

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV, TSV and other text tables"
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = _NAMED
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 20

    def recognise(self, head: Head) -> Match:
        """By a consistent table of names and numbers; by the name where the table is doubtful."""
        named = head.basename.lower().endswith(_NAMED)
        whole = head.source.size <= len(head.data)
        lines = _lines(head.data, whole=whole)
        dialect = sniff(lines, single=named) if lines else None
        if dialect is None or dialect.numbers < (1 / dialect.width if dialect.width > 1 else 0.8) * 0.9:
            return Match(Level.NAME, f"its name ends in {head.basename[-4:]}") if named else NO_MATCH
        why = _why(dialect)
        if named or (head.explicit and dialect.share > 0.9 and dialect.numbers > 0.5):
            return Match(Level.SHAPE if dialect.names else Level.NAME, why)
        return Match(Level.SHAPE, why) if _is_plain_table(head.basename, lines, dialect) else NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the table says; rows count from 1, the first line of the file."""
        with source.open() as file:
            yield from _Reading(source, options).facts(file)

    def locate(self, source: Source, position: int) -> str:
        """The record that begins at row ``position``, with the header's names before it."""
        with source.open() as file:
            return _locate(file, position)

    def seed(self, head: Head) -> bytes:
        """The lines down to the first row of data: they stay when rows are added."""
        lines = _lines(head.data, whole=False)
        dialect = sniff(lines, single=True) if lines else None
        stop = dialect.first if dialect else 1
        return "\n".join(lines[:stop]).encode("utf-8", "backslashreplace")[:4096] or head.data[:256]


@dataclass(slots=True)
class _Reading:
    """One table being read."""

    source: Source
    options: ParseOptions
    notes: Notes = field(default_factory=Notes)
    ledger: Ledger = field(default_factory=Ledger)

    def facts(self, file: BinaryIO) -> Iterator[Fact]:
        head = file.read(_SAMPLE)
        encoding = detect(head)
        if encoding is None:
            yield from self._refuse(file, Encoding("latin-1"), _not_text(self.source.name))
            return
        if encoding.codec == "cp1252":
            self.notes.add(say.NOT_UTF8, 1)
        lines = _lines(head, whole=len(head) < _SAMPLE)
        dialect = sniff(lines, single=True)
        if dialect is None:
            yield from self._refuse(file, encoding, _no_table(self.source.name))
            return
        yield from self._table(file, encoding, dialect)
        yield from self.notes.issues()
        yield self.ledger.account()

    def _table(self, file: BinaryIO, encoding: Encoding, dialect: Dialect) -> Iterator[Fact]:
        names = dialect.names or tuple(f"column {i + 1}" for i in range(dialect.width))
        rows = TextRows(dialect, names, _wanted(names, self.options.mapping), self.notes, self.ledger)
        found = rows.blocks(file, encoding)
        first = next(found, None)
        if first is None:
            if dialect.names:
                yield _no_rows(self.source.name, names)
            return
        mapping = self.options.mapping
        if dialect.names is None and look_at("", first.columns[0]).counts:
            mapping = {"step": names[0], **mapping}
        plan = decide(names, first, mapping, self.options.layout, settings=bool(dialect.settings))
        if dialect.names is None and not _readable_bare(plan, self.options):
            plan = replace(plan, layout="none", why="it has no header")
        yield from plan.issues
        if plan.layout == "none":
            yield from self._unread(found, first, plan)
        elif plan.layout == "runs":
            yield from self._runs(file, encoding, dialect, plan)
        else:
            yield from self._points(found, first, plan, dialect)

    def _points(self, found: Iterator[Block], first: Block, plan: Plan, dialect: Dialect) -> Iterator[Fact]:
        yield choice(plan)
        axes = self._axes(plan, dialect)
        if axes.count:
            yield _counted(first)
        for row, said in dialect.settings.items():
            yield from _settings(said, row)
        emitter = Emitter(plan, axes, self.notes)
        yield from emitter.take(first)
        for block in found:
            yield from emitter.take(block)
        yield from emitter.finish()

    def _axes(self, plan: Plan, dialect: Dialect) -> AxisReader:
        has_x = {"step", "epoch"} & plan.roles.keys()
        axes = AxisReader(plan.roles, plan.names, self.notes, count=not has_x and plan.layout == "wide")
        started = next((s["t_start"] for s in dialect.settings.values() if isinstance(s.get("t_start"), float)), None)
        if started is not None and "t" in plan.names and "wall_time" not in plan.roles:
            axes.started, axes.elapsed = started, plan.names.index("t")
        return axes

    def _unread(self, found: Iterator[Block], first: Block, plan: Plan) -> Iterator[Fact]:
        """A table that is no experiment: its rows are counted as unrecognised."""
        rows = len(first) + sum(len(block) for block in found)
        self.ledger.used -= rows
        self.ledger.unrecognised += rows
        yield _no_experiment(self.source.name, plan.why, rows)

    def _runs(self, file: BinaryIO, encoding: Encoding, dialect: Dialect, plan: Plan) -> Iterator[Fact]:
        """One row a run: read again, as text."""
        yield choice(plan, "--layout wide reads each row as a step.")
        self.ledger = Ledger()
        self.notes = Notes()
        file.seek(0)
        rows = TextRows(dialect, plan.names, ["number"] * len(plan.names), self.notes, self.ledger)
        texts = list(rows.texts(file, encoding))
        given = {r: c for r, c in plan.roles.items() if r in self.options.mapping}
        parts = parts_of(plan.names, [cells for _, cells in texts], given)
        runs = RunRows(plan.names, parts, dialect.comma, skipped=plan.left)
        for position, cells in texts:
            said = list(runs.row(position, cells))
            if not said:
                self.ledger.used -= 1
                self.ledger.ignored["empty row"] += 1
            yield from said
        yield from runs.issues()

    def _refuse(self, file: BinaryIO, encoding: Encoding, issue: Issue) -> Iterator[Fact]:
        for data in blocks(file, encoding):
            self.ledger.unrecognised += data.count(b"\n") + (not data.endswith(b"\n"))
        yield issue
        yield self.ledger.account()


def _lines(data: bytes, *, whole: bool) -> list[str]:
    """The lines of a beginning of a text (without the last, which is cut, unless it is ``whole``); none of no text."""
    encoding = detect(data)
    if encoding is None:
        return []
    body = data[encoding.mark :]
    text = to_text(body)[0] if encoding.is_utf8 else body.decode(encoding.codec, "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not whole and len(lines) > 1:
        lines.pop()
    return lines[:-1] if lines and not lines[-1] else lines


def _wanted(names: tuple[str, ...], mapping: dict[str, str]) -> list[str]:
    """For each column, whether exact integers are wanted of it."""
    said = {mapping[r] for r in ("step",) if r in mapping}
    return ["step" if n in said or called.rank(n, called.STEP) is not None else "number" for n in names]


def _readable_bare(plan: Plan, options: ParseOptions) -> bool:
    """Whether a table without a header may be read: the user says so, or its first column counts."""
    return bool(options.layout or options.mapping) or plan.roles.get("step") == 0


def _is_plain_table(name: str, lines: list[str], dialect: Dialect) -> bool:
    """Whether a text that is not named as a table is one through and through."""
    if dialect.names is None or not name.lower().endswith(_PLAIN_TEXT):
        return False
    if dialect.share < 0.98 or dialect.numbers < 0.7 or dialect.rows < 3 or len(dialect.above) > 0:
        return False
    counts = any(
        called.rank(n, called.STEP) is not None or called.rank(n, called.EPOCH) is not None for n in dialect.names
    )
    return counts and dialect.first <= 0.2 * len(lines) + 3


def _why(dialect: Dialect) -> str:
    cells = f"{dialect.width} columns" if dialect.width > 1 else "one column"
    split = f" split by {WORDS_FOR[dialect.delimiter]}" if dialect.width > 1 else ""
    named = f", named {', '.join(dialect.names[:3])}..." if dialect.names else ", without names"
    return f"a table of {cells}{split}{named}"


def _settings(said: dict[str, object], row: int) -> Iterator[Fact]:
    started = said.get("t_start")
    if isinstance(started, float):
        yield RunSeen(started_at=started, position=row)
    for key, value in said.items():
        yield Param(key, value, row)


def _locate(file: BinaryIO, position: int) -> str:
    encoding = detect(file.read(_SAMPLE)) or Encoding("latin-1")
    row = 1
    for data in blocks(file, encoding):
        n = data.count(b"\n") + (not data.endswith(b"\n"))
        if row <= position < row + n:
            return _record_at(data, position - row)
        row += n
    return ""


def _record_at(data: bytes, index: int) -> str:
    lines = [line.rstrip("\r") for line in to_text(data)[0].split("\n")]
    record = lines[index]
    for line in lines[index + 1 : index + 50]:
        if not any(is_open(record, d) for d in (",", "\t", ";")):
            break
        record += "\n" + line
    return record


def _counted(first: Block) -> Issue:
    return Issue(
        "steps-counted",
        "No column counts steps or epochs.",
        int(first.position[0]),
        Severity.INFO,
        "Rows were counted as steps, from 0.",
        "--map step=COLUMN names a column that does.",
    )


def _no_experiment(name: str, why: str, rows: int) -> Issue:
    return Issue(
        "no-experiment-data",
        f"{name}: a table, but no experiment as far as can be seen: {why}.",
        severity=Severity.INFO,
        done="Nothing was read from it.",
        help="--layout wide|long|runs reads it all the same.",
        count=rows,
    )


def _no_table(name: str) -> Issue:
    return Issue(
        "no-table",
        f"{name}: no table with numbers in it.",
        severity=Severity.INFO,
        done="Nothing was read from it.",
        help="If it is a log, --as text_log reads it.",
    )


def _not_text(name: str) -> Issue:
    return Issue("not-a-text", f"{name}: not a text.", severity=Severity.ERROR, done="Nothing was read from it.")


def _no_rows(name: str, names: tuple[str, ...]) -> Issue:
    return Issue(
        "no-rows",
        f"{name}: a header ({', '.join(names[:5])}) and no rows.",
        severity=Severity.INFO,
        done="Nothing to read yet.",
    )
