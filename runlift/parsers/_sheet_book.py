"""An Excel workbook opened with care: damage, bombs and formulas without values are told, not fallen over."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._sheet_rows import Row

MAX_ROWS = 1_048_576
_MAX_UNPACKED = 4 << 30
_MAX_PART = 1 << 30
_NO_VALUE = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, EOFError, RuntimeError, OverflowError, AssertionError, OSError,
)  # fmt: skip


class BookError(ValueError):
    """A workbook, or the rest of a sheet, cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its ``title``, whether it is ``hidden``, and openpyxl's own ``handle``."""

    title: str
    hidden: bool
    handle: Any

    def rows(self) -> Iterator[Row]:
        """(row number, values) of every row, empty ones too.

        Raises:
            BookError: The sheet breaks off.
        """
        self.handle.reset_dimensions()
        found = self.handle.iter_rows(values_only=True)
        for number in range(1, MAX_ROWS + 1):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    values = next(found, None)
            except _damage() as error:
                raise BookError(_reason(error)) from error
            if values is None:
                return
            yield number, _trimmed(values)


def open_book(file: BinaryIO) -> list[Sheet]:
    """The sheets of a workbook.

    Raises:
        BookError: It is none, or too large to be unpacked.
    """
    import openpyxl  # noqa: PLC0415 - slow to import

    try:
        _check_size(file)
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            return [Sheet(s.title, s.sheet_state != "visible", s) for s in book.worksheets]
    except BookError:
        raise
    except _damage() as error:
        raise BookError(_reason(error)) from error


def _check_size(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as parts:
        sizes = [part.file_size for part in parts.infolist()]
    if sum(sizes) > _MAX_UNPACKED or max(sizes, default=0) > _MAX_PART:
        raise BookError(f"it would unpack to {sum(sizes) >> 20} MiB")


def formulas_without_values(file: BinaryIO) -> int:
    """How many cells hold a formula that no program has ever computed, so that there is no value to read."""
    found = 0
    try:
        with zipfile.ZipFile(file) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/sheet"):
                    found += _count_in(parts, name)
    except _DAMAGE:
        return found
    return found


def _count_in(parts: zipfile.ZipFile, name: str) -> int:
    found, tail = 0, b""
    with parts.open(name) as part:
        while data := part.read(1 << 20):
            text = tail + data
            last = 0
            for match in _NO_VALUE.finditer(text):
                found, last = found + 1, match.end()
            tail = text[max(last, len(text) - 200) :]
    return found


def _damage() -> tuple[type[BaseException], ...]:
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - slow to import

    return (*_DAMAGE, InvalidFileException)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _trimmed(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the empty cells at the end, of which a formatted row may have thousands."""
    stop = len(values)
    while stop and (values[stop - 1] is None or values[stop - 1] == ""):
        stop -= 1
    return tuple(values[:stop])
