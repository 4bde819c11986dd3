"""An Excel workbook: runs to filter, a sheet and a chart a metric, and what was lost on the way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.errors import OptionError
from runlift.exporters._api import Exporter, ExportReport
from runlift.exporters._xlsx_about import write_about, write_losses
from runlift.exporters._xlsx_book import Book
from runlift.exporters._xlsx_metrics import MetricSheets, MetricWriter, Wanted
from runlift.exporters._xlsx_runs import write_runs

if TYPE_CHECKING:
    from runlift.exporters._api import StoreReader


@dataclass(frozen=True, slots=True)
class XlsxOptions:
    """What goes into the workbook."""

    metric: tuple[str, ...] = field(default=(), metadata={"help": "Only metrics that fit a pattern such as 'val/*'."})
    history: bool = field(default=True, metadata={"help": "With a sheet a metric, or only the runs."})
    charts: bool = field(default=True, metadata={"help": "With a chart on each sheet of a metric."})
    sheets: int = field(default=100, metadata={"help": "Metrics with a sheet of their own; others share one."})


class Xlsx(Exporter):
    """Write an Excel workbook: runs with settings and results, a sheet and a chart a metric, losses.

    Rows are written as they come, so that memory does not grow with the number of points.
    """

    name: ClassVar[str] = "xlsx"
    title: ClassVar[str] = "Excel workbook"
    example: ClassVar[str] = "runs.xlsx"
    requires: ClassVar[tuple[str, ...]] = ("xlsxwriter",)
    options: ClassVar[type[Any]] = XlsxOptions
    threads: ClassVar[int | None] = 1

    def export(self, store: StoreReader, dest: str, options: XlsxOptions) -> ExportReport:
        """Write the workbook beside its destination and put it there when it is whole."""
        if options.sheets < 0:
            raise OptionError("--sheets", str(options.sheets), "a number from 0 up")
        unfinished = f"{dest}.part"
        try:
            report = _write(store, unfinished, options)
            os.replace(unfinished, dest)
        finally:
            if os.path.exists(unfinished):
                os.remove(unfinished)
        report.dest, report.files = dest, [dest]
        return report


def _write(store: StoreReader, path: str, options: XlsxOptions) -> ExportReport:
    runs = store.rows("runs")
    names = _names(runs)
    times = [r["ingested_at"] for r in runs if r["ingested_at"] is not None]
    book = Book(path, max(times, default=None))
    try:
        runs_sheet = write_runs(book, store)
        wanted = Wanted(options.metric, options.charts, options.sheets)
        metrics = MetricWriter(book, store, names, wanted).write() if options.history else MetricSheets()
        _, issues = write_losses(book, store, names)
        facts = {
            "runs": len(runs),
            "points": metrics.points,
            "read by runlift": ", ".join(sorted({r["runlift_version"] or "" for r in runs})),
            "read (UTC), the last of them": max(times, default=None),
        }
        write_about(book, runs_sheet, metrics, facts)
    finally:
        book.close()
    counts = {"runs": len(runs), "metric sheets": len(metrics.index), "points": metrics.points, "issues": issues}
    limits = [f"{n:,} {what}." for what, n in sorted(book.limits.items())]
    return ExportReport("xlsx", path, [path], counts, [*runs_sheet.notes, *metrics.notes, *limits])


def _names(runs: list[dict[str, Any]]) -> dict[str, str]:
    """run_id -> a name that no other run has: its own, with the id behind it where several share one."""
    seen: dict[str, int] = {}
    for run in runs:
        seen[run["name"] or ""] = seen.get(run["name"] or "", 0) + 1
    return {
        r["run_id"]: r["name"] if r["name"] and seen[r["name"]] == 1 else f"{r['name'] or 'run'} {r['run_id'][:6]}"
        for r in runs
    }
