"""The last two sheets: what was lost, repaired or chosen, and what the workbook is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlift.exporters._xlsx_book import MAX_ROWS, Book, Page

if TYPE_CHECKING:
    from runlift.exporters._api import StoreReader
    from runlift.exporters._xlsx_metrics import MetricSheets
    from runlift.exporters._xlsx_runs import RunsSheet

_ORDER = {"error": 0, "warning": 1, "info": 2}
_LEDGER = ("total", "used", "ignored", "unrecognised", "damaged", "unfinished")
_ISSUE = ("severity", "code", "run", "message", "done", "help", "count", "source", "position")
_WIDTHS = (10, 22, 22, 60, 36, 40, 8, 40, 10)


def write_losses(book: Book, store: StoreReader, names: dict[str, str]) -> tuple[str, int]:
    """(sheet, issues): the sums of the ledger by format and unit, and every issue, the worst first."""
    page = book.page("Losses")
    for column, width in enumerate(_WIDTHS):
        page.sheet.set_column(column, column, width)
    page.print_wide()
    page.text(0, 0, "What was lost, repaired or chosen", "title")
    row = _ledger(page, store, 2)
    issues = sorted(store.rows("issues"), key=lambda i: (_ORDER.get(i["severity"], 3), i["code"], i["source"] or ""))
    page.text(row, 0, "Issues" if issues else "Issues: none", "section")
    if issues:
        page.header(row + 1, list(_ISSUE))
        room = MAX_ROWS - row - 2
        page.sheet.autofilter(row + 1, 0, row + 1 + min(room, len(issues)), len(_ISSUE) - 1)
        for k, issue in enumerate(issues[:room], row + 2):
            _issue(page, k, issue, names)
        if len(issues) > room:
            book.limits["issues beyond the rows of a sheet, left out (they are in the store)"] += len(issues) - room
    return page.name, len(issues)


def _issue(page: Page, row: int, issue: dict[str, Any], names: dict[str, str]) -> None:
    cells = issue | {"run": names.get(issue["run_id"], "")}
    for column, key in enumerate(_ISSUE):
        if key == "source" and cells[key]:
            page.source(row, column, cells[key])
        elif cells[key] not in (None, ""):
            page.any(row, column, cells[key], "wrap" if key in ("message", "done", "help") else "text")


def _ledger(page: Page, store: StoreReader, row: int) -> int:
    """Write the sums; the next free row."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for source in store.rows("sources"):
        key = (source["format"] or "(not recognised)", source["unit"] or "bytes")
        found = sums.setdefault(key, {"sources": 0, **dict.fromkeys(_LEDGER, 0)})
        found["sources"] += 1
        for part in _LEDGER:
            found[part] += source[part] or 0
        if source["format"] is None:
            found["total"] += source["bytes"] or 0
            found["unrecognised"] += source["bytes"] or 0
    page.text(row, 0, "Ledger: where every line, row and byte of the sources went", "section")
    page.header(row + 1, ["format", "unit", "sources", *_LEDGER])
    for k, ((name, unit), found) in enumerate(sorted(sums.items()), row + 2):
        page.text(k, 0, name)
        page.text(k, 1, unit)
        for column, number in enumerate(found.values(), 2):
            page.number(k, column, number, "whole")
    return row + 3 + len(sums)


def write_about(book: Book, runs: RunsSheet, metrics: MetricSheets, facts: dict[str, Any]) -> str:
    """The sheet that says what is where, what was split, and which limits were met; its name."""
    page = book.page("About")
    page.sheet.set_column(0, 0, 34)
    page.sheet.set_column(1, 1, 34)
    page.sheet.set_column(2, 2, 70)
    page.print_wide()
    page.text(0, 0, "About this workbook", "title")
    row = 2
    for key, value in facts.items():
        page.text(row, 0, key, "grey")
        page.any(row, 1, value)
        row += 1
    row = _notes(book, page, row + 1, [*runs.notes, *metrics.notes])
    page.text(row, 0, "Sheets", "section")
    page.header(row + 1, ["what", "sheet", "holds"])
    rows = [("runs", name, "one row a run") for name in runs.pages] + metrics.index
    for k, (what, sheet, holds) in enumerate(
        [*rows, ("losses", "Losses", "issues and ledger")][: MAX_ROWS - row - 2], row + 2
    ):
        page.text(k, 0, what)
        if page.links < 60_000:
            page.links += 1
            page.jump(k, 1, sheet)
        else:
            page.text(k, 1, sheet)
        page.text(k, 2, holds, "grey")
    return page.name


def _notes(book: Book, page: Page, row: int, notes: list[str]) -> int:
    page.text(row, 0, "How to read it", "section")
    lines = [
        "nan, inf and -inf are written in red as text: Excel has no number for them. Charts leave them out.",
        "Numbers keep all their digits; Excel shows 15 of them. `runlift export parquet` is exact for every value.",
        "best is the lowest or highest value of a run, where its name tells which is better; else min and max are given.",
        "Points that a restart overtook are not in here; the store keeps them.",
        *notes,
        *(f"{n:,} {what}." for what, n in sorted(book.limits.items())),
    ]
    for k, line in enumerate(lines, row + 1):
        page.text(k, 0, line)
    return row + 2 + len(lines)
