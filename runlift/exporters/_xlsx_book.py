"""A workbook that is written row by row and keeps to Excel's limits: names, lengths, links, what a cell may hold."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import datetime as dt

MAX_ROWS, MAX_COLUMNS, MAX_TEXT, MAX_NAME, MAX_LINKS, MAX_LINK = 1_048_576, 16_384, 32_767, 31, 65_000, 2_000
_BAD_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED = frozenset({"history"})
_LARGEST, _SMALLEST, _EXACT = 9.99999999999999e307, 2.2250738585072014e-308, 2**53

DARK, PALE, GREY = "#1F3A5F", "#EAF0F7", "#6B7280"
PALETTE = ("#2563EB", "#DC2626", "#059669", "#D97706", "#7C3AED", "#0891B2", "#DB2777", "#65A30D", "#475569", "#EA580C")


@functools.cache
def _exact_worksheet() -> type[Any]:
    """XlsxWriter's worksheet, but with all 17 digits of a number, so that a double comes back as it was."""
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415 - optional

    class Exact(Worksheet):  # type: ignore[misc]
        def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
            attr = "".join(f' {key}="{value}"' for key, value in attributes)
            self.fh.write(f"<c{attr}><v>{number!r}</v></c>")

        def _opt_close(self) -> None:
            if self.constant_memory:  # a sheet that is not streamed has no file of rows to close
                super()._opt_close()

    return Exact


def nonfinite(value: float) -> str:
    """nan, inf or -inf as they are shown."""
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


@dataclass(slots=True)
class Book:
    """A workbook being written. ``limits``: how often each limit of Excel was met, for the About page."""

    path: str
    created: dt.datetime | None = None
    limits: Counter[str] = field(default_factory=Counter)
    _names: set[str] = field(default_factory=set)
    _book: Any = None
    formats: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import xlsxwriter  # noqa: PLC0415 - optional

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip
        self._book = xlsxwriter.Workbook(self.path, options)
        made = {"created": self.created.replace(tzinfo=None)} if self.created else {}
        self._book.set_properties({"title": "Runs", "comments": "Written by runlift", **made})
        looks: dict[str, dict[str, Any]] = {
            "header": {"bold": True, "font_color": "#FFFFFF", "bg_color": DARK, "border": 0, "valign": "vcenter"},
            "x": {"bg_color": PALE, "num_format": "0"},
            "x_float": {"bg_color": PALE, "num_format": "General"},
            "number": {"num_format": "General"},
            "whole": {"num_format": "#,##0"},
            "seconds": {"num_format": "#,##0.0"},
            "time": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
            "text": {"valign": "top"},
            "wrap": {"valign": "top", "text_wrap": True},
            "odd": {"font_color": "#B91C1C", "align": "right"},
            "link": {"font_color": "#1D4ED8", "underline": 1, "valign": "top"},
            "title": {"bold": True, "font_size": 16, "font_color": DARK},
            "section": {"bold": True, "font_size": 11, "font_color": DARK, "bottom": 1, "bottom_color": DARK},
            "grey": {"font_color": GREY, "valign": "top"},
        }
        self.formats = {name: self._book.add_format(look) for name, look in looks.items()}

    def close(self) -> None:
        """Write the file. OSError where there is no room for it or no right to it."""
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - optional

        try:
            self._book.close()
        except FileCreateError as error:
            for sheet in self._book.worksheets():  # XlsxWriter leaves the files of streamed rows open when it fails
                sheet._opt_close()  # noqa: SLF001 - it has no public way to do that
            raise OSError(*getattr(error.args[0], "args", error.args)) from error

    def name(self, wanted: str) -> str:
        """A name that Excel takes and no sheet has: at most 31 characters, no brackets, colon, star, slash or mark."""
        plain = _BAD_IN_NAME.sub("_", wanted).strip("'").strip() or "sheet"
        plain = f"{plain}_" if plain.lower() in _RESERVED else plain
        name, n = _cut(plain, MAX_NAME), 1
        while name.lower() in self._names:
            n += 1
            tail = f" ({n})"
            name = _cut(plain, MAX_NAME - len(tail)).rstrip() + tail
        self._names.add(name.lower())
        return name

    def page(self, wanted: str, *, streamed: bool = True) -> Page:
        """A new sheet. A ``streamed`` one takes its rows in order and keeps none; only others can hold a real table."""
        name = self.name(wanted)
        self._book.constant_memory = streamed
        sheet = self._book.add_worksheet(name, worksheet_class=_exact_worksheet())
        self._book.constant_memory = True
        sheet.set_landscape()
        sheet.repeat_rows(0)
        return Page(self, sheet, name)

    def chart(self) -> Any:
        """A chart of lines over a numeric x."""
        return self._book.add_chart({"type": "scatter", "subtype": "straight"})

    def chart_page(self, wanted: str, chart: Any) -> str:
        """A sheet that is one chart; its name."""
        name = self.name(wanted)
        self._book.add_chartsheet(name).set_chart(chart)
        return name


def _cut(text: str, units: int) -> str:
    """The text cut to a length that Excel counts in UTF-16 units."""
    return text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")


@dataclass(slots=True)
class Page:
    """One sheet, and what may be written in a cell: never a formula, never an error."""

    book: Book
    sheet: Any
    name: str
    links: int = 0
    widths: dict[int, int] = field(default_factory=dict)

    def text(self, row: int, column: int, text: str, look: str | None = None) -> None:
        """A text as text, whatever it begins with; longer than Excel takes, it is cut and noted."""
        clean = text.encode("utf-8", "backslashreplace").decode() if not text.isascii() else text
        if len(clean) > MAX_TEXT // 2 and len(clean.encode("utf-16-le")) > 2 * MAX_TEXT:
            clean = _cut(clean, MAX_TEXT - 40) + f" ... [cut: {len(text):,} characters]"
            self.book.limits["texts longer than 32,767 characters, cut"] += 1
        self._widen(column, clean)
        self.sheet.write_string(row, column, clean, self.book.formats[look] if look else None)

    def number(self, row: int, column: int, value: float, look: str | None = None) -> None:
        """A number; as red text where Excel cannot hold it (nan, inf, beyond 1e308 or 2^53)."""
        if isinstance(value, int):
            fits = -_EXACT <= value <= _EXACT
        else:
            fits = -_LARGEST <= value <= _LARGEST and (value == 0 or not -_SMALLEST < value < _SMALLEST)
        if fits:
            self.sheet.write_number(row, column, value, self.book.formats[look] if look else None)
        else:
            self._odd(row, column, value)

    def _odd(self, row: int, column: int, value: float) -> None:
        finite = isinstance(value, int) or math.isfinite(value)
        if finite:
            self.book.limits["numbers that Excel cannot hold, written as text"] += 1
        shown = repr(value) if finite else nonfinite(value)
        self.sheet.write_string(row, column, shown, self.book.formats["odd"])

    def any(self, row: int, column: int, value: Any, look: str | None = None) -> None:
        """Whatever a column of the schema holds; nothing for None."""
        if value is None:
            return
        if isinstance(value, bool):
            self.text(row, column, "true" if value else "false", look)
        elif isinstance(value, int | float):
            self._widen(column, f"{value:.6g}")
            self.number(row, column, value, look)
        elif isinstance(value, list):
            self.text(row, column, ", ".join(map(str, value)), look)
        elif hasattr(value, "year"):
            self._time(row, column, value)
        else:
            self.text(row, column, str(value), look)

    def _time(self, row: int, column: int, value: dt.datetime) -> None:
        self._widen(column, "2000-01-01 00:00:00")
        if value.year < 1900:
            self.text(row, column, value.isoformat())
        else:
            self.sheet.write_datetime(row, column, value.replace(tzinfo=None), self.book.formats["time"])

    def source(self, row: int, column: int, name: str) -> None:
        """A source, linked to where it lies as long as Excel takes more links."""
        link = _link(name)
        if not link or self.links >= MAX_LINKS or len(link) > MAX_LINK:
            if link:
                self.book.limits["links beyond those that a sheet can hold, written as text"] += 1
            self.text(row, column, name)
            return
        self.links += 1
        self._widen(column, name)
        self.sheet.write_url(row, column, link, self.book.formats["link"], _cut(name, 255))

    def jump(self, row: int, column: int, page: str) -> None:
        """A link to another sheet."""
        self._widen(column, page)
        quoted = page.replace("'", "''")
        self.sheet.write_url(row, column, f"internal:'{quoted}'!A1", self.book.formats["link"], page)

    def header(self, row: int, names: list[str], first: int = 0) -> None:
        """A row of column names."""
        for i, name in enumerate(names):
            self.text(row, first + i, name, "header")

    def print_wide(self) -> None:
        """Printed, the sheet is one page wide."""
        self.sheet.fit_to_pages(1, 0)

    def fit(self, least: int = 9, most: int = 44) -> None:
        """Make the columns as wide as what was written needs, within reason."""
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(most, max(least, width + 2)))

    def _widen(self, column: int, text: str) -> None:
        longest = max(map(len, text[:200].split("\n")))
        if longest > self.widths.get(column, 0):
            self.widths[column] = longest


def _link(name: str) -> str:
    if name.startswith(("http://", "https://")):
        return name
    return "" if "://" in name or not name.startswith("/") else "file://" + quote(name)
