"""A text table's rows in blocks of columns: Arrow where rows are clean, row by row where they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from runlift.parsers import _table_notes as say
from runlift.parsers._table_cells import NUMBER, WORD, Block, Cells, empty_cells, from_arrow, from_words
from runlift.parsers._table_numbers import is_absent, parse_number
from runlift.parsers._table_sniff import is_comment, is_rule
from runlift.wire.table_text import blocks, is_open, split_record, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._table_notes import Ledger, Notes
    from runlift.parsers._table_sniff import Dialect
    from runlift.wire.table_text import Encoding

FIRST_BYTES = 1 << 18
_PIECE = 1 << 16
_MAX_OPEN_LINES = 500
_NULLS = ["", "None", "none", "null", "NULL", "NA", "N/A", "n/a", "-"]
_ARROW = (",", "\t", ";")


@dataclass(slots=True)
class TextRows:
    """The rows of a text table.

    ``wanted``: for each column ``step`` (exact integers) or ``number``; ``wordy``: columns in which words were seen.
    """

    dialect: Dialect
    names: tuple[str, ...]
    wanted: list[str]
    notes: Notes
    ledger: Ledger
    wordy: set[int] = field(default_factory=set)
    row: int = 1
    _held: list[str] = field(default_factory=list)
    _comma: bool = False

    def blocks(self, file: BinaryIO, encoding: Encoding) -> Iterator[Block]:
        """All rows of the data, in blocks; what is no row goes to the ledger and the notes."""
        self._comma = self.dialect.comma
        typed = False
        for data in blocks(file, encoding):
            for piece in [data] if typed else _parts(data, FIRST_BYTES):
                yield from self._block(piece, typed=typed)
                typed = True
        if self._held:
            yield from self._careful([], last=True)

    def _block(self, data: bytes, *, typed: bool) -> Iterator[Block]:
        data = self._skip_above(data)
        if not data:
            return
        found = self._clean(data, typed=typed)
        if found is not None:
            yield found
        elif len(data) > 2 * _PIECE and self.dialect.delimiter in _ARROW:
            for piece in _parts(data, _PIECE):
                one = self._clean(piece, typed=False)
                yield from [one] if one is not None else self._careful_bytes(piece)
        else:
            yield from self._careful_bytes(data)

    def _skip_above(self, data: bytes) -> bytes:
        """Without the lines above the data, which the ledger gets."""
        while self.row < self.dialect.first and data:
            line, _, data = data.partition(b"\n")
            text = to_text(line)[0].strip()
            if self.row == self.dialect.header or self.row in self.dialect.settings:
                self.ledger.used += 1
            else:
                self.ledger.ignored[_above(text)] += 1
            self.row += 1
        return data

    def _clean(self, data: bytes, *, typed: bool) -> Block | None:
        """The rows by Arrow; None where they need care."""
        if self._held or self.dialect.delimiter not in _ARROW or self._comma or not _is_simple(data, self.dialect):
            return None
        n = data.count(b"\n") + (not data.endswith(b"\n"))
        if (
            not data.endswith(b"\n")
            and data.rpartition(b"\n")[2].count(self.dialect.delimiter.encode()) < len(self.names) - 1
        ):
            return None
        columns = self._arrow(data, n, typed=typed) or (self._arrow(data, n, typed=False) if typed else None)
        if columns is None:
            return None
        block = Block(np.arange(self.row, self.row + n, dtype=np.int64), columns)
        self.row += n
        self.ledger.used += n
        self._note_words(columns)
        return block

    def _arrow(self, data: bytes, n: int, *, typed: bool) -> list[Cells] | None:
        import pyarrow as pa  # noqa: PLC0415 - slow to import
        from pyarrow import csv  # noqa: PLC0415 - slow to import

        keys = [str(i) for i in range(len(self.names))]
        kinds = {k: self._arrow_type(i, typed=typed) for i, k in enumerate(keys)}
        try:
            table = csv.read_csv(
                pa.BufferReader(data),
                csv.ReadOptions(column_names=keys, use_threads=False, block_size=len(data) + 1024),
                csv.ParseOptions(delimiter=self.dialect.delimiter),
                csv.ConvertOptions(
                    column_types=kinds, null_values=_NULLS, strings_can_be_null=True, quoted_strings_can_be_null=True
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != n:
            return None
        return [from_arrow(table.column(i), comma=False, whole=w == "step") for i, w in enumerate(self.wanted)]

    def _arrow_type(self, i: int, *, typed: bool) -> object:
        import pyarrow as pa  # noqa: PLC0415 - slow to import

        if not typed:
            return pa.string()
        if i in self.wordy:
            return pa.dictionary(pa.int32(), pa.string())
        return pa.int64() if self.wanted[i] == "step" else pa.float64()

    def texts(self, file: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, list[str]]]:
        """(row, cells as text) of every row of the data."""
        self._comma = self.dialect.comma
        for data in blocks(file, encoding):
            yield from self._rows(*self._lines(self._skip_above(data)))
        yield from self._rows([], last=True)

    def _careful_bytes(self, data: bytes) -> Iterator[Block]:
        lines, last = self._lines(data)
        yield from self._careful(lines, last=last)

    def _lines(self, data: bytes) -> tuple[list[str], bool]:
        """(lines, whether the last of them is the last of the file and has no end)."""
        text, clean = to_text(data)
        if not clean:
            self.notes.add(say.NOT_UTF8, self.row)
        lines = text.split("\n") if data else []
        if lines and lines[-1] == "":
            return lines[:-1], False
        return lines, bool(lines)

    def _careful(self, lines: list[str], *, last: bool) -> Iterator[Block]:
        found = list(self._rows(lines, last=last))
        if found:
            yield Block(np.array([at for at, _ in found], np.int64), self._columns([cells for _, cells in found]))

    def _rows(self, lines: list[str], last: bool) -> Iterator[tuple[int, list[str]]]:
        """Rows one by one; lines of a record that goes on beyond these are held for the next call."""
        lines = self._held + lines
        self._held = []
        i = 0
        while i < len(lines):
            record, took = self._record(lines, i, last=last)
            if record is None:
                self._held = lines[i:]
                return
            cells = self._row(record, took, cut=last and i + took == len(lines))
            at = self.row
            self.row += took
            i += took
            if cells is not None:
                self.ledger.used += took
                yield at, cells

    def _record(self, lines: list[str], i: int, *, last: bool) -> tuple[str | None, int]:
        """(record, lines that it takes); (None, 0) where it goes on beyond these lines."""
        text = lines[i].rstrip("\r")
        if not is_open(text, self.dialect.delimiter):
            return text, 1
        for k in range(i + 1, min(len(lines), i + _MAX_OPEN_LINES)):
            text += "\n" + lines[k].rstrip("\r")
            if not is_open(text, self.dialect.delimiter):
                return text, k + 1 - i
        if not last and len(lines) - i < _MAX_OPEN_LINES:
            return None, 0
        self.notes.add(say.UNCLOSED, self.row, lines[i])
        return lines[i].rstrip("\r"), 1

    def _row(self, record: str, took: int, *, cut: bool) -> list[str] | None:
        """The cells of a record, as many as the header has; None where it is no row, which is noted."""
        rule = _ignored(record)
        if rule:
            self.ledger.ignored[rule] += took
            return None
        if "\0" in record:
            self.notes.add(say.DAMAGED, self.row)
            self.ledger.damage(self.row, self.row + took)
            return None
        cells = split_record(record, self.dialect.delimiter)
        if tuple(c.strip().strip('"') for c in cells[: len(self.names)]) == self.dialect.names:
            self.ledger.ignored["repeated header"] += took
            return None
        return self._fit(cells, record, took, cut=cut)

    def _fit(self, cells: list[str], record: str, took: int, *, cut: bool) -> list[str] | None:
        width = len(self.names)
        if len(cells) < width and cut:
            self.notes.add(say.CUT_ROW, self.row, record)
            self.ledger.unfinished += took
            return None
        if len(cells) == width:
            return cells
        if not self._plausible(cells):
            self.notes.add(say.NOT_A_ROW, self.row, record)
            self.ledger.unrecognised += took
            return None
        if len(cells) > width:
            if any(c.strip() for c in cells[width:]):
                self.notes.add(say.EXTRA_CELLS, self.row, ", ".join(cells[width:]))
            return cells[:width]
        if any(self.names[len(cells) :]):
            self.notes.add(say.SHORT_ROW, self.row, record)
        return cells + [""] * (width - len(cells))

    def _plausible(self, cells: list[str]) -> bool:
        """Whether a row of the wrong width is one: cells of numbers where numbers belong, and two at least."""
        checked = [c for i, c in enumerate(cells[: len(self.names)]) if i not in self.wordy and not is_absent(c)]
        good = sum(parse_number(c, comma=self._comma) is not None for c in checked)
        return len(cells) > 1 and good >= 1 and good >= 0.6 * len(checked)

    def _columns(self, rows: list[list[str]]) -> list[Cells]:
        by_column = zip(zip(*rows, strict=True), self.wanted, strict=True)
        columns = [_column(texts, comma=self._comma, whole=w == "step") for texts, w in by_column]
        self._note_words(columns)
        return columns

    def _note_words(self, columns: list[Cells]) -> None:
        self.wordy |= {i for i, c in enumerate(columns) if c.codes is not None and c.count(WORD) >= c.count(NUMBER)}


def _column(texts: tuple[str, ...], *, comma: bool, whole: bool) -> Cells:
    if not any(texts):
        return empty_cells(len(texts))
    if len(texts) > 100 and not comma:
        import pyarrow as pa  # noqa: PLC0415 - slow to import

        return from_arrow(pa.chunked_array([pa.array(texts, pa.string())]), comma=comma, whole=whole)
    return from_words(list(texts), comma=comma, whole=whole)


def _above(text: str) -> str:
    """The rule by which a line above the data is left out."""
    return _ignored(text) or "title"


def _ignored(line: str) -> str:
    """The rule by which a line is no row, empty where it may be one."""
    text = line.strip()
    if not text.strip(",;\t|"):
        return "blank line"
    if is_comment(text):
        return "comment"
    return "rule" if is_rule(line) else ""


def _is_simple(data: bytes, dialect: Dialect) -> bool:
    """Whether every line is one row and needs no care: no quotes, blank lines, remarks, zero bytes, second headers."""
    if b'"' in data or b"\0" in data or b"\n\n" in data or b"\n\r\n" in data or b"\n#" in data or b"\n//" in data:
        return False
    if data.startswith((b"#", b"\n", b"\r\n", b"//", b"%%")) or data.count(b"\r") != data.count(b"\r\n"):
        return False
    if dialect.names and dialect.names[0] and (b"\n" + dialect.names[0].encode()) in data:
        return False
    if dialect.names and dialect.names[0] and data.startswith(dialect.names[0].encode()):
        return False
    return data.isascii() or _decodes(data)


def _decodes(data: bytes) -> bool:
    return to_text(data)[1]


def _parts(data: bytes, size: int) -> list[bytes]:
    """The data cut after line ends into pieces of about ``size`` bytes."""
    parts: list[bytes] = []
    start = 0
    while start < len(data):
        stop = data.find(b"\n", min(start + size, len(data))) + 1
        parts.append(data[start : stop or len(data)])
        start = stop or len(data)
    return parts
