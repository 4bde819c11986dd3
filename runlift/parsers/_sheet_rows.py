"""The rows of an Excel sheet as a table: where its header is, which columns are its own, its cells."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from runlift.parsers._records_columns import cells_of
from runlift.parsers._table_cells import Block, Cells
from runlift.parsers._table_numbers import decimal_comma, is_absent, parse_number
from runlift.parsers._table_sniff import named

Row = tuple[int, tuple[Any, ...]]
_HEADER_ROWS = 40


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table in a sheet: its ``header`` row, the ``names`` and (0-based) ``columns`` of its cells, decimal comma."""

    header: int
    names: tuple[str, ...]
    columns: tuple[int, ...]
    comma: bool

    def outside(self, values: tuple[Any, ...]) -> list[str]:
        """What stands in a row beside the table."""
        inside = set(self.columns)
        return [as_text(v) for i, v in enumerate(values) if i not in inside and v is not None and as_text(v).strip()]

    def pick(self, values: tuple[Any, ...]) -> list[Any]:
        """The table's cells of a row."""
        return [values[c] if c < len(values) else None for c in self.columns]


def find_table(rows: list[Row]) -> SheetTable | None:
    """The table that begins in these rows: the first row of words that has numbers below its words."""
    for i, (number, values) in enumerate(rows[:_HEADER_ROWS]):
        columns = [c for c, v in enumerate(values) if _is_name(v)]
        below = [v for _, v in rows[i + 1 :] if any(x is not None for x in v)]
        if not columns or any(_is_number(v) for v in values) or not below:
            continue
        if _is_header_over(columns, below):
            continue
        numbers = sum(any(c < len(v) and _is_number(v[c]) for c in columns) for v in below)
        if numbers == 0 or numbers < 0.3 * len(below) or (len(columns) == 1 and _wide(below) > 1):
            continue
        left = [0] if columns[0] == 1 and all(len(v) and v[0] is not None for v in below) else []
        cells = [as_text(values[c]) for c in [*left, *columns]]
        over = rows[i - 1][1] if i else ()
        texts = [as_text(over[c]) if c < len(over) else "" for c in [*left, *columns]]
        words = [v for _, r in rows[i + 1 :] for v in r if isinstance(v, str)]
        return SheetTable(number, named(cells, texts), (*left, *columns), decimal_comma(words))
    return None


def _is_header_over(columns: list[int], below: list[tuple[Any, ...]]) -> bool:
    """Whether a row of words has the header proper right under it: a row of more words, and no number."""
    first = below[0]
    words = [c for c, v in enumerate(first) if _is_name(v)]
    return len(words) > len(columns) and not any(_is_number(v) for v in first)


def _wide(rows: list[tuple[Any, ...]]) -> int:
    """How many cells most rows have."""
    counts = Counter(sum(v is not None for v in r) for r in rows)
    return counts.most_common(1)[0][0]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and parse_number(value) is None and len(value) < 200


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return not is_absent(value) and parse_number(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_text(value: Any) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def block_of(table: SheetTable, rows: list[Row]) -> Block:
    """Rows of the table as a block; positions are the rows' numbers."""
    picked = [table.pick(v) for _, v in rows]
    columns = [_cells(list(column), comma=table.comma) for column in zip(*picked, strict=True)]
    return Block(np.array([n for n, _ in rows], np.int64), columns)


def _cells(values: list[Any], *, comma: bool) -> Cells:
    plain = [_plain(v) for v in values]
    return cells_of(plain, dressed=True, comma=comma)


def _plain(value: Any) -> Any:
    """A cell as a number, a text, a flag or None; times as text, durations as seconds."""
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)
