"""A sheet a metric: its x, a column a run, and a chart; what is beyond the number of sheets goes into long sheets."""

from __future__ import annotations

import fnmatch
import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.exporters._curves import Table, collect, side_by_side
from runlift.exporters._value_file import ValueFile
from runlift.exporters._xlsx_book import MAX_COLUMNS, MAX_ROWS, PALETTE, Book, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.exporters._api import StoreReader

_MAX_POINTS = 4_000_000
_MAX_SERIES = 24
_MAX_AREAS = 40
_WIDE = 14
_LONG = ("run", "metric", "step", "epoch", "value")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written: patterns of metric names (all where empty), charts or not, how many sheets at most."""

    patterns: tuple[str, ...] = ()
    charts: bool = True
    sheets: int = 100


@dataclass(slots=True)
class MetricSheets:
    """What the sheets of metrics became: (metric, sheet, what it shows) and notes for the About page."""

    index: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points: int = 0


@dataclass(slots=True)
class MetricWriter:
    """Writes the points of all metrics. ``names``: what each run is called, in the order of the runs."""

    book: Book
    store: StoreReader
    names: dict[str, str]
    wanted: Wanted
    made: MetricSheets = field(default_factory=MetricSheets)

    def write(self) -> MetricSheets:
        """Write the metrics that most runs have on sheets of their own, the others one after the other."""
        own, long = self._chosen()
        for metric, counts in own:
            for runs in _groups(counts, self.names):
                self._metric(metric, runs)
        if long:
            self._long_sheets(long)
        return self.made

    def _chosen(self) -> tuple[list[tuple[str, dict[str, int]]], list[str]]:
        """((metric, run -> number of points) with a sheet of its own, metrics without)."""
        counts: dict[str, dict[str, int]] = {}
        curved: set[str] = set()
        for row in self.store.rows("metrics", list(self.names)):
            metric = row["metric"]
            if not self.wanted.patterns or any(fnmatch.fnmatchcase(metric, p) for p in self.wanted.patterns):
                counts.setdefault(metric, {})[row["run_id"]] = row["n"]
                if row["n"] > 1 or row["first_step"] is not None:
                    curved.add(metric)
        if len(curved) < len(counts):
            n = len(counts) - len(curved)
            self.made.notes.append(
                f"{n} metrics have one value a run and no step to draw it over: they stand on the sheet Runs alone."
            )
        left = sorted(curved, key=lambda m: (-len(counts[m]), m))
        own = left[: self.wanted.sheets]
        return [(m, counts[m]) for m in sorted(own)], sorted(left[self.wanted.sheets :])

    def _metric(self, metric: str, runs: list[str]) -> None:
        with ValueFile() as file:
            curves = collect(self.store.values(runs, metric), file)
            if not curves:
                return
            place = {run: i for i, run in enumerate(runs)}
            curves.sort(key=lambda c: place[c.run_id])
            table = side_by_side(curves)
            self.made.points += sum(len(c.value) for c in curves)
            for start in range(0, table.rows, MAX_ROWS - 1):
                self._page(metric, table, start, min(table.rows, start + MAX_ROWS - 1))

    def _page(self, metric: str, table: Table, start: int, stop: int) -> None:
        page = self.book.page(metric)
        x = len(table.axes)
        page.sheet.freeze_panes(1, x)
        page.header(0, [*table.axes, *(self.names[c.run_id] for c in table.curves)])
        page.sheet.set_column(0, x - 1, 10)
        for i, curve in enumerate(table.curves):
            page.sheet.set_column(x + i, x + i, min(28, max(11, len(self.names[curve.run_id]) + 2)))
        if x + len(table.curves) <= _WIDE:
            page.print_wide()
        odd = _fill(page, table, start, stop)
        chart = self._chart(metric, page, table, stop - start, odd) if self.wanted.charts else ""
        part = f", rows {start + 1:,} to {stop:,} of {table.rows:,}" if stop - start < table.rows else ""
        self.made.index.append((metric, page.name, f"{len(table.curves)} runs, {stop - start:,} rows{part}{chart}"))

    def _chart(self, metric: str, page: Page, table: Table, rows: int, odd: dict[int, list[int]]) -> str:
        """Put a chart beside the columns, or on a sheet of its own where there are many; what to say of it."""
        chart, x = self.book.chart(), len(table.axes)
        shown = 0
        for i, curve in enumerate(table.curves):
            areas = _areas(rows, odd.get(i, []))
            if shown < _MAX_SERIES and areas:
                chart.add_series(_series(page.name, self.names[curve.run_id], x, i, areas))
                shown += 1
        if not shown:
            return ""
        _dress(chart, metric, table.axes[-1])
        if x + len(table.curves) <= _WIDE:
            page.sheet.insert_chart(1, x + len(table.curves) + 1, chart, {"object_position": 3})
        else:
            self.book.chart_page(f"{page.name[:24]} chart", chart)
        return f", the chart shows {shown}" if shown < len(table.curves) else ""

    def _long_sheets(self, metrics: list[str]) -> None:
        page: Page | None = None
        row = MAX_ROWS
        pages = 0
        for metric in metrics:
            for run, step, epoch, value in _rows(self.store, metric):
                if row >= MAX_ROWS or page is None:
                    page, row, pages = _long_page(self.book), 1, pages + 1
                page.text(row, 0, self.names[run])
                page.text(row, 1, metric)
                for column, number in ((2, step), (3, epoch), (4, value)):
                    if number is not None:
                        page.number(row, column, number)
                row += 1
                self.made.points += 1
        self.made.notes.append(
            f"{len(metrics)} metrics beyond the first {self.wanted.sheets} stand one below the other on {pages} sheets Points."
        )


def _groups(counts: dict[str, int], names: dict[str, str]) -> Iterator[list[str]]:
    """The runs that have a metric, as many together as a sheet and the memory take."""
    group: list[str] = []
    points = 0
    for run in names:
        if run not in counts:
            continue
        if group and (points + counts[run] > _MAX_POINTS or len(group) >= MAX_COLUMNS - 2):
            yield group
            group, points = [], 0
        group.append(run)
        points += counts[run]
    if group:
        yield group


def _fill(page: Page, table: Table, start: int, stop: int) -> dict[int, list[int]]:
    """Write rows of a table; by column, the sheet rows whose value is not finite."""
    x = len(table.axes)
    looks = ["x" if a in ("step", "point") else "x_float" for a in table.axes]
    odd: dict[int, list[int]] = {}
    write, page_number = page.sheet.write_number, page.number
    for first, rows in table.blocks(start, stop):
        axes = [column[first : first + len(rows)].tolist() for column in table.x]
        for k, cells in enumerate(rows):
            row = first - start + k + 1
            for a, column in enumerate(axes):
                if not math.isnan(column[k]):
                    page_number(row, a, int(column[k]) if looks[a] == "x" else column[k], looks[a])
            for i, value in cells:
                if -1e300 < value < 1e300 and (value > 1e-300 or value < -1e-300 or value == 0):
                    write(row, x + i, value)
                else:
                    page_number(row, x + i, value)
                    if not math.isfinite(value):
                        odd.setdefault(i, []).append(row)
    return odd


def _areas(rows: int, odd: list[int]) -> list[tuple[int, int]]:
    """The stretches of sheet rows that hold numbers: a text in a chart would be drawn as zero. None if too many."""
    edges = [0, *odd, rows + 1]
    found = [(a + 1, b - 1) for a, b in itertools.pairwise(edges) if b - a > 1]
    return found[:_MAX_AREAS]


def _series(sheet: str, name: str, x: int, i: int, areas: list[tuple[int, int]]) -> dict[str, Any]:
    def cells(column: int) -> Any:
        if len(areas) == 1:
            return [sheet, areas[0][0], column, areas[0][1], column]
        quoted = sheet.replace("'", "''")
        letter = _letter(column)
        return "=(" + ",".join(f"'{quoted}'!${letter}${a + 1}:${letter}${b + 1}" for a, b in areas) + ")"

    line = {
        "color": PALETTE[i % len(PALETTE)],
        "width": 1.5,
        "dash_type": ("solid", "dash", "square_dot")[i // len(PALETTE) % 3],
    }
    lone = sum(b - a + 1 for a, b in areas) == 1
    marker = (
        {"type": "circle", "size": 6, "fill": {"color": line["color"]}, "border": {"none": True}}
        if lone
        else {"type": "none"}
    )
    return {"name": name[:250], "categories": cells(x - 1), "values": cells(x + i), "line": line, "marker": marker}


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _dress(chart: Any, metric: str, axis: str) -> None:
    soft = {"visible": True, "line": {"color": "#E5E7EB", "width": 0.75}}
    font = {"name": "Calibri", "size": 9, "color": "#374151"}
    named = {"size": 10, "bold": False, "color": "#374151"}
    chart.set_title(
        {"name": metric[:250], "name_font": {"size": 13, "bold": True, "color": "#1F3A5F"}, "overlay": False}
    )
    chart.set_x_axis({"name": axis, "name_font": named, "num_font": font, "major_gridlines": soft, "line": {"color": "#9CA3AF"},
                      "label_position": "low"})  # fmt: skip
    chart.set_y_axis({"name": metric[:100], "name_font": named, "num_font": font, "major_gridlines": soft,
                      "line": {"color": "#9CA3AF"}, "label_position": "low"})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 760, "height": 440})
    chart.set_chartarea({"border": {"color": "#D1D5DB"}})
    chart.show_blanks_as("span")


def _long_page(book: Book) -> Page:
    page = book.page("Points")
    page.sheet.freeze_panes(1, 0)
    page.header(0, list(_LONG))
    page.sheet.autofilter(0, 0, 0, len(_LONG) - 1)
    page.sheet.set_column(0, 1, 26)
    page.sheet.set_column(2, 4, 12)
    return page


def _rows(store: StoreReader, metric: str) -> Iterator[tuple[str, int | None, float | None, float]]:
    for found in store.values(None, metric):
        epochs = np.where(np.isnan(found.epoch), None, found.epoch)  # type: ignore[call-overload]
        columns = (found.step, found.stepless, epochs, found.value)
        for step, gone, epoch, value in zip(*(c.tolist() for c in columns), strict=True):
            yield found.run_id, None if gone else step, epoch, value
