"""The first sheet: a row a run, with its settings and the last and best of each metric, as a real Excel table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.exporters._xlsx_book import MAX_COLUMNS, MAX_ROWS, Book, Page

if TYPE_CHECKING:
    from runlift.exporters._api import StoreReader

_TABLE_CELLS = 400_000
_OWN = (
    ("name", "name"), ("project", "project"), ("group_name", "group"), ("status", "status"), ("started_at", "started (UTC)"),
    ("ended_at", "ended (UTC)"), ("duration_s", "duration s"), ("framework", "framework"), ("host", "host"),
    ("formats", "formats"), ("tags", "tags"), ("notes", "notes"), ("run_id", "run_id"), ("source", "source"),
)  # fmt: skip
_LOOKS = {"duration_s": "seconds", "started_at": None, "ended_at": None}
_ALWAYS = frozenset({"name", "status", "run_id", "source"})
Put = Callable[[Page, int, int], None]


@dataclass(slots=True)
class Column:
    """One column: its title, and what stands in it by run."""

    title: str
    cells: dict[str, Any]
    kind: str = "any"
    look: str | None = None


@dataclass(slots=True)
class RunsSheet:
    """What the sheet (or sheets) of runs became. ``notes`` for the About page."""

    pages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_runs(book: Book, store: StoreReader) -> RunsSheet:
    """Write the runs, split over sheets where Excel's limits of columns and rows ask for it."""
    runs = store.rows("runs")
    order = [r["run_id"] for r in runs]
    columns = _own(runs) + _params(store, order) + _metrics(store, order)
    _tell_apart(columns)
    made = RunsSheet()
    key, rest = columns[:1], columns[1:]
    width = MAX_COLUMNS - 1
    parts = [key + rest[i : i + width] for i in range(0, max(1, len(rest)), width)]
    for part in parts:
        for start in range(0, max(1, len(order)), MAX_ROWS - 1):
            _page(book, made, part, order[start : start + MAX_ROWS - 1])
    if len(made.pages) > 1:
        made.notes.append(
            f"The runs are split over {len(made.pages)} sheets: Excel takes 16,384 columns and 1,048,576 rows."
        )
    return made


def _own(runs: list[dict[str, Any]]) -> list[Column]:
    """The run's own columns; one that is empty for every run is left out."""
    found = []
    for key, title in _OWN:
        cells = {r["run_id"]: r[key] for r in runs if r.get(key) not in (None, "", [])}
        if cells or key in _ALWAYS:
            found.append(Column(title, cells, "source" if key == "source" else "any", _LOOKS.get(key)))
    return found


def _params(store: StoreReader, order: list[str]) -> list[Column]:
    """A column a setting, those of most runs first."""
    cells: dict[str, dict[str, Any]] = {}
    for row in store.rows("params", order):
        number = row["number"] if row["kind"] in ("int", "float") else None
        whole = row["kind"] == "int" and number is not None and abs(number) < 2**53
        value = int(number) if whole and number is not None else number
        cells.setdefault(row["key"], {})[row["run_id"]] = row["value"] if value is None else value
    return [Column(key, cells[key]) for key in sorted(cells, key=lambda k: (-len(cells[k]), k))]


def _metrics(store: StoreReader, order: list[str]) -> list[Column]:
    """Columns last and best (min and max, where it is not known which way is better) of each metric."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in store.rows("metrics", order):
        found.setdefault(row["metric"], []).append(row)
    columns: list[Column] = []
    for metric in sorted(found, key=lambda m: (-len(found[m]), m)):
        rows = found[metric]
        goals = {r["goal"] for r in rows} - {"unknown", None}
        columns.append(_of(metric, "last", rows, "last"))
        if all(r["n"] == 1 for r in rows):
            continue
        if goals in ({"min"}, {"max"}):
            columns.append(_of(metric, "best", rows, goals.pop()))
        else:
            columns += [_of(metric, "min", rows, "min"), _of(metric, "max", rows, "max")]
    return columns


def _of(metric: str, word: str, rows: list[dict[str, Any]], key: str) -> Column:
    """One value of a metric by run; a metric without a finite value shows what it has."""
    return Column(
        f"{metric} ({word})", {r["run_id"]: r["last"] if r[key] is None else r[key] for r in rows}, look="number"
    )


def _tell_apart(columns: list[Column]) -> None:
    """A table needs titles that differ, whatever their case, of at most 255 characters."""
    seen: Counter[str] = Counter()
    for column in columns:
        title = column.title[:240].strip() or "(no name)"
        seen[title.lower()] += 1
        while seen[title.lower()] > 1:
            title = f"{column.title[:230]} ({seen[title.lower()]})"
            seen[title.lower()] += 1
        column.title = title


def _page(book: Book, made: RunsSheet, columns: list[Column], order: list[str]) -> None:
    streamed = len(columns) * len(order) > _TABLE_CELLS
    page = book.page("Runs", streamed=streamed)
    made.pages.append(page.name)
    page.sheet.freeze_panes(1, 1)
    page.sheet.set_row(0, 22)
    if streamed or not order:
        page.header(0, [c.title for c in columns])
        page.sheet.autofilter(0, 0, max(1, len(order)), len(columns) - 1)
    else:
        titles = [{"header": c.title, "header_format": book.formats["header"]} for c in columns]
        look = {
            "columns": titles,
            "style": "Table Style Light 1",
            "name": page.name.replace(" ", "_").replace("(", "").replace(")", ""),
        }
        page.sheet.add_table(0, 0, len(order), len(columns) - 1, look)
    if streamed:
        made.notes.append(f"Sheet {page.name}: too large for an Excel table; it has a filter instead.")
    for row, run_id in enumerate(order, 1):
        for i, column in enumerate(columns):
            _put(page, row, i, column, run_id)
    for i, column in enumerate(columns):
        page.widths[i] = max(page.widths.get(i, 0), len(column.title) + 2)
    page.fit(most=36)


def _put(page: Page, row: int, i: int, column: Column, run_id: str) -> None:
    value = column.cells.get(run_id)
    if value is not None and column.kind == "source":
        page.source(row, i, value)
    elif value is not None:
        page.any(row, i, value, column.look)
