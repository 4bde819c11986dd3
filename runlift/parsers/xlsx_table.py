"""Tables in Excel workbooks, by the rules of text tables, one sheet at a time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from runlift.facts import Account, Issue, RunSeen, Severity
from runlift.parsers import _table_notes as say
from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.parsers._sheet_book import BookError, Sheet, formulas_without_values, open_book
from runlift.parsers._sheet_rows import SheetTable, as_text, block_of, find_table
from runlift.parsers._table_axes import AxisReader
from runlift.parsers._table_notes import Kind, Ledger, Notes, brief
from runlift.parsers._table_plan import Plan, choice, decide
from runlift.parsers._table_runs import RunRows, parts_of
from runlift.parsers._table_wide import Emitter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._sheet_rows import Row

_SAMPLE_ROWS = 2000
_BATCH = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTSIDE = Kind("cells-outside", "cells beside the table, in columns without a name", "Left out.",
               "Give the column a name in the header row to have it read.", say.INFO)  # fmt: skip


class XlsxTable(Parser):
    """Excel workbooks: each sheet that holds a table, per step, per point or one row a run."""

    name: ClassVar[str] = "xlsx"
    title: ClassVar[str] = "Excel workbooks"
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xls")
    requires: ClassVar[tuple[str, ...]] = ("openpyxl",)
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 20

    def recognise(self, head: Head) -> Match:
        """By the parts of the package; by the name where they lie further in."""
        named = head.basename.lower().endswith(self.suffixes)
        if head.data.startswith(b"PK\x03\x04") and (b"xl/workbook.xml" in head.data or b"xl/worksheets/" in head.data):
            return Match(Level.SIGNATURE, "a zip package with a workbook in it")
        if named and head.data.startswith((b"PK", _OLE)):
            return Match(Level.NAME, f"its name ends in .{head.basename.rsplit('.', 1)[-1]}")
        return NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All sheets; rows count through the workbook: those of the second sheet follow those of the first."""
        with source.open() as file:
            if file.read(8) == _OLE:
                yield _old(source.name)
                yield Ledger().account()
                return
            missing = formulas_without_values(file)
            file.seek(0)
            try:
                sheets = open_book(file)
            except BookError as error:
                yield _unreadable(source.name, str(error))
                yield Ledger().account()
                return
            if missing:
                yield _never_computed(source.name, missing)
            yield from _Reading(source, options).facts(sheets)

    def locate(self, source: Source, position: int) -> str:
        """The sheet, the row in it, and the cells of a row."""
        with source.open() as file:
            try:
                return _locate(open_book(file), position)
            except BookError:
                return ""

    def seed(self, head: Head) -> bytes:
        """The beginning of the package, whose time stamps and checksums tell it from others."""
        return head.data[:4096]


@dataclass(slots=True)
class _Reading:
    source: Source
    options: ParseOptions
    notes: Notes = field(default_factory=Notes)
    ledger: Ledger = field(default_factory=Ledger)
    before: int = 0
    tables: list[str] = field(default_factory=list)

    def facts(self, sheets: list[Sheet]) -> Iterator[Fact]:
        for sheet in sheets:
            if sheet.hidden:
                yield _hidden(self.source.name, sheet.title)
            yield from self._sheet(sheet)
        if not self.tables:
            yield _no_table(self.source.name)
        yield from self.notes.issues()
        yield self.ledger.account()

    def _sheet(self, sheet: Sheet) -> Iterator[Fact]:
        last = 0
        rows = self._rows(sheet)
        sample = list(islice(rows, _SAMPLE_ROWS))
        table = find_table([(n, v) for n, v in sample if v])
        if table is None:
            for number, values in _chain(sample, rows):
                last = number
                self._count(number, values, "unrecognised" if values else "blank line")
        else:
            yield from self._table(sheet.title, table, _chain(sample, rows))
            return
        self.before += last

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        """The sheet's rows as far as they can be read."""
        number = 0
        try:
            for number, values in sheet.rows():
                yield number, values
        except BookError as error:
            self.notes.add(BROKEN_SHEET, self.before + number, f"{sheet.title}: {error}")

    def _table(self, title: str, table: SheetTable, rows: Iterator[Row]) -> Iterator[Fact]:
        data = self._data(table, rows)
        first = list(islice(data, _BATCH))
        if not first:
            return
        mapping, layout = self.options.mapping, self.options.layout
        plan = decide(table.names, block_of(table, first), mapping, layout, settings=False)
        yield from plan.issues
        if plan.layout == "none":
            yield from self._unread(title, plan, _chain(first, data))
            return
        issue = choice(plan)
        yield dataclasses.replace(issue, message=f"Sheet {title!r}: {issue.message[0].lower()}{issue.message[1:]}")
        self.tables.append(title)
        if plan.layout == "runs":
            yield from self._runs(table, plan, list(_chain(first, data)))
        else:
            yield from self._named(title, self._points(table, plan, first, data))

    def _data(self, table: SheetTable, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows below the header, by their number in the workbook; the ledger gets them all."""
        offset, last = self.before, 0
        header = tuple(n.lower() for n in table.names)
        for number, values in rows:
            last = number
            if not values:
                self.ledger.ignored["blank line"] += 1
            elif number < table.header:
                self.ledger.ignored["title"] += 1
            elif number == table.header:
                self.ledger.used += 1
            elif tuple(as_text(v).strip().lower() for v in table.pick(values)) == header:
                self.ledger.ignored["repeated header"] += 1
            else:
                beside = table.outside(values)
                if beside:
                    self.notes.add(OUTSIDE, offset + number, ", ".join(beside), count=len(beside))
                if any(v is not None for v in table.pick(values)):
                    self.ledger.used += 1
                    yield offset + number, values
                else:
                    self.ledger.ignored["remark"] += 1
            self.before = offset + last

    def _points(self, table: SheetTable, plan: Plan, first: list[Row], data: Iterator[Row]) -> Iterator[Fact]:
        has_x = {"step", "epoch"} & plan.roles.keys()
        axes = AxisReader(plan.roles, plan.names, self.notes, count=not has_x and plan.layout == "wide")
        if axes.count:
            yield _counted(first[0][0])
        emitter = Emitter(plan, axes, self.notes)
        while first:
            yield from emitter.take(block_of(table, first))
            first = list(islice(data, _BATCH))
        yield from emitter.finish()

    def _named(self, title: str, facts: Iterator[Fact]) -> Iterator[Fact]:
        """The facts of a sheet: the first table is the workbook's own run, each further one a run of its own."""
        if len(self.tables) == 1:
            yield from facts
            return
        yield RunSeen(title, name=title)
        for fact in facts:
            yield _moved(fact, title)

    def _runs(self, table: SheetTable, plan: Plan, rows: list[Row]) -> Iterator[Fact]:
        texts = [[as_text(v) for v in table.pick(values)] for _, values in rows]
        given = {r: c for r, c in plan.roles.items() if r in self.options.mapping}
        runs = RunRows(plan.names, parts_of(plan.names, texts, given), table.comma, skipped=plan.left)
        for (position, _), cells in zip(rows, texts, strict=True):
            said = list(runs.row(position, cells))
            if not said:
                self.ledger.used -= 1
                self.ledger.ignored["remark"] += 1
            yield from said
        yield from runs.issues()

    def _unread(self, title: str, plan: Plan, rows: Iterator[Row]) -> Iterator[Fact]:
        n = sum(1 for _ in rows)
        self.ledger.used -= n
        self.ledger.unrecognised += n
        yield _no_experiment(self.source.name, title, plan.why, n)

    def _count(self, number: int, values: tuple[object, ...], rule: str) -> None:
        del number, values
        if rule == "unrecognised":
            self.ledger.unrecognised += 1
        else:
            self.ledger.ignored[rule] += 1


BROKEN_SHEET = Kind("broken-sheet", "sheets that break off", "The rows before the break were read.",
                    "Open the workbook in a spreadsheet program, save it again and ingest that.")  # fmt: skip


def _moved(fact: Fact, title: str) -> Fact:
    """A fact of a sheet's own run, or of one inside it, as one of the workbook's runs."""
    if isinstance(fact, Account):
        return fact
    return dataclasses.replace(fact, run=f"{title}/{fact.run}" if fact.run else title)


def _locate(sheets: list[Sheet], position: int) -> str:
    for sheet in sheets:
        last = 0
        for number, values in sheet.rows():
            last = number
            if number == position:
                return f"{sheet.title}!{number}: " + "\t".join(as_text(v) for v in values)
        position -= last
    return ""


def _chain(first: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def _counted(row: int) -> Issue:
    return Issue(
        "steps-counted",
        "No column counts steps or epochs.",
        row,
        Severity.INFO,
        "Rows were counted as steps, from 0.",
        "--map step=COLUMN names a column that does.",
    )


def _hidden(name: str, title: str) -> Issue:
    return Issue(
        "hidden-sheet", f"{name}: sheet {title!r} is hidden.", severity=Severity.INFO, done="Read like any other."
    )


def _no_table(name: str) -> Issue:
    return Issue(
        "no-table", f"{name}: no sheet holds a table with numbers.", severity=Severity.INFO, done="Nothing was read."
    )


def _no_experiment(name: str, title: str, why: str, n: int) -> Issue:
    return Issue(
        "no-experiment-data",
        f"{name}: sheet {title!r} holds a table, but no experiment as far as can be seen: {why}.",
        severity=Severity.INFO,
        done="Nothing was read from it.",
        help="--layout wide|long|runs reads it all the same.",
        count=n,
    )


def _old(name: str) -> Issue:
    return Issue(
        "old-workbook",
        f"{name}: an encrypted workbook, or one of Excel 97-2003.",
        severity=Severity.ERROR,
        done="Nothing was read from it.",
        help="Open it in a spreadsheet program and save it as .xlsx without a password.",
    )


def _unreadable(name: str, why: str) -> Issue:
    return Issue(
        "unreadable-workbook",
        f"{name}: cannot be read as a workbook ({brief(why)}).",
        severity=Severity.ERROR,
        done="Nothing was read from it.",
        help="Open it in a spreadsheet program, save it again and ingest that.",
    )


def _never_computed(name: str, n: int) -> Issue:
    return Issue(
        "formula-without-value",
        f"{name}: {n} cells hold formulas whose values were never stored.",
        done="Read as empty.",
        help="Open the workbook in a spreadsheet program, save it and ingest it again.",
        count=n,
    )
