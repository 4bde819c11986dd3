"""All that is printed: tables, reports, JSON and the progress display. The only file that prints."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runlift.answers.tables import Sheet

_WIDE = 240


def say(text: str = "") -> None:
    """One line to standard output."""
    click.echo(text)


def say_json(value: Any) -> None:
    """JSON to standard output; NaN and infinities as text, times as ISO 8601."""
    click.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return number(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return value


def sheet(found: Sheet, as_format: str) -> None:
    """An answer as a table of the terminal, or as CSV, Markdown or LaTeX."""
    from runlift.answers.tables import FORMATS  # noqa: PLC0415 - only for answers

    if as_format != "table":
        click.echo(FORMATS[as_format](found), nl=False)
        return
    right = [c for i, c in enumerate(found.columns) if any(isinstance(r[i], int | float) for r in found.rows)]
    table(list(found.columns), [list(r) for r in found.rows], found.title, right=right)
    for note in found.notes:
        say(note)


def number(value: float | None) -> str:
    """A number as a person reads it: six digits, ``nan`` and ``inf`` visible, nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def count(n: int) -> str:
    """A count with separators: 1,234."""
    return f"{n:,}"


def size(n: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "KB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1000
    return ""


def duration(seconds: float | None) -> str:
    """Seconds as 12.3 s, 4 min 05 s or 3 h 12 min."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02d} min"


def when(time: dt.datetime | None) -> str:
    """A UTC time to the minute."""
    return time.strftime("%Y-%m-%d %H:%M") if time else ""


def cell(value: Any) -> str:
    """Anything as one table cell."""
    if isinstance(value, dt.datetime):
        return when(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, (int, float)):
        return number(value)
    return str(value)


def table(
    columns: list[str], rows: Iterable[Iterable[Any]], title: str | None = None, right: Iterable[str] = ()
) -> None:
    """A table; on a terminal it fits the width, elsewhere nothing is cut. ``right``: columns of numbers."""
    from rich import box  # noqa: PLC0415 - only where a table is shown
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    listed = [[cell(v) for v in row] for row in rows]
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(columns):
        numeric = name in right
        made.add_column(name, justify="right" if numeric else "left", no_wrap=numeric or i == 0, overflow="fold")
    for row in listed:
        made.add_row(*[Text(v) for v in row])
    terminal = sys.stdout.isatty()
    Console(width=None if terminal else _WIDE, highlight=False, soft_wrap=False).print(made)


@contextlib.contextmanager
def progress(
    shown_as: Callable[[int], str] = size, unit: str = ""
) -> Iterator[Callable[[str, int, int, int], None] | None]:
    """The progress display of long work, on standard error; None where that is no terminal.

    ``shown_as``: how amounts are written (bytes by default), ``unit``: the word behind them.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - the same

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, Any] = {}
        began: dict[str, float] = {}

        def tell(stage: str, done: int, total: int, points: int) -> None:
            files = stage == "recognise"
            show, word = (count, "files") if files else (shown_as, unit)
            amount = f"{show(done)} of {show(total)} {word}".rstrip()
            if points:
                amount += f", {count(points)} points"
            passed = time.monotonic() - began.setdefault(stage, time.monotonic())
            if passed > 0.5 and not files:
                amount += f", {shown_as(round(done / passed))}{' ' + unit if unit else ''}/s"
            if stage not in tasks:
                tasks[stage] = shown.add_task(stage, total=total, amount=amount)
            shown.update(tasks[stage], completed=done, total=total, amount=amount)

        yield tell
