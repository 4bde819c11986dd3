"""How a text table is written: its delimiter, where its header is, what stands above it."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from runlift.parsers._table_numbers import decimal_comma, is_absent, parse_number
from runlift.wire.table_text import is_open, split_record

DELIMITERS = (",", "\t", ";", "|", "  ", " ")
WORDS_FOR = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "  ": "wide gaps", " ": "white space"}
_WRITTEN_OUT = re.compile(r"\{.*\}\Z|\[.*[\d'\",].*\]\Z")  # a dict or list as a cell, where [loss] is a name
_RULE = re.compile(r"[\s|+:=\-_─━│┼┃╋]+\Z")
_SAMPLE_ROWS = 400


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    ``names``: its header, None where it has none; ``header``: row number of the header (0 none); ``first``: row number
    where its data begins; ``width``: cells in a row; ``above``: row numbers above the data that are no comments, blank
    or header; ``comma``: a comma is the decimal sign; ``settings``: what a JSON comment says, by row; ``share``: the
    part of the sampled rows that fit; ``numbers``: the part of the sampled cells that are numbers or empty.
    """

    delimiter: str
    width: int
    names: tuple[str, ...] | None
    header: int
    first: int
    above: tuple[int, ...] = ()
    comma: bool = False
    share: float = 1.0
    numbers: float = 0.0
    rows: int = 0
    settings: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the sample by its row number; ``cells`` by the delimiter being tried."""

    row: int
    text: str


def is_comment(line: str) -> bool:
    """Whether a line is a remark to the table, not a part of it."""
    return line.startswith(("#", "//", "%%"))


def is_rule(line: str) -> bool:
    """Whether a line only draws (``|---|---|``)."""
    return (
        bool(_RULE.match(line)) and len(line.strip()) > 2 and ("-" in line or "=" in line or "─" in line or "━" in line)
    )


def sniff(lines: list[str], *, single: bool = False) -> Dialect | None:
    """How the table that begins with these lines is written; None where they are no table.

    ``single``: a table of one column will do.
    """
    body = [_Line(i + 1, t) for i, t in enumerate(lines) if t.strip() and not is_comment(t.lstrip()) and not is_rule(t)]
    if not body:
        return None
    found = [d for delimiter in DELIMITERS if (d := _as_dialect(lines, body, delimiter)) is not None]
    if not found and single:
        one = _as_dialect(lines, body, "\t", single=True)
        found = [one] if one else []
    return max(
        found, key=lambda d: (round(d.share * (0.05 + d.numbers), 3), d.names is not None, d.width), default=None
    )


def _as_dialect(lines: list[str], body: list[_Line], delimiter: str, *, single: bool = False) -> Dialect | None:
    rows = _records(body[:_SAMPLE_ROWS], delimiter)
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1 or single)
    if not widths:
        return None
    width = max(widths, key=lambda w: (widths[w], w))
    if width == 1 and not single:
        return None
    comma = delimiter != "," and decimal_comma([c.strip() for _, cells in rows for c in cells])
    header = _header(lines, rows, width, comma)
    if header is None:
        return None
    names, at, data = header
    fit = [cells for row, cells in rows if row >= data and abs(len(cells) - width) <= 1]
    below = sum(1 for row, _ in rows if row >= data)
    cells = [c for r in fit for c in r]
    good = sum(is_absent(c) or parse_number(c, comma=comma) is not None for c in cells)
    return Dialect(
        delimiter, width, names, at, data,
        above=tuple(row for row, _ in rows if row < data and row != at),
        comma=comma,
        share=len(fit) / max(1, below),
        numbers=good / max(1, len(cells)),
        rows=len(fit),
        settings=_settings(lines, data),
    )  # fmt: skip


def _records(body: list[_Line], delimiter: str) -> list[tuple[int, list[str]]]:
    """(row number of its first line, cells) of each record, quoted line breaks joined."""
    rows: list[tuple[int, list[str]]] = []
    i = 0
    while i < len(body):
        start, text = body[i].row, body[i].text
        stop = i
        while is_open(text, delimiter) and stop + 1 < min(len(body), i + 50):
            stop += 1
            text += "\n" + body[stop].text
        if is_open(text, delimiter):
            text, stop = body[i].text, i
        rows.append((start, split_record(text.rstrip("\r\n"), delimiter)))
        i = stop + 1
    return rows


Rows = list[tuple[int, list[str]]]


def _header(lines: list[str], rows: Rows, width: int, comma: bool) -> tuple[tuple[str, ...] | None, int, int] | None:
    """(names, row of the header, first row of the data) of a table; None where there is no table."""
    for i, (row, cells) in enumerate(rows[:30]):
        if len(cells) not in (width, width - 1) or not cells:
            continue
        if _are_names(cells, comma) and not _stands_over(cells, rows[i + 1 : i + 3], width, comma):
            below = rows[i + 1 :]
            if below and not any(_has_number(r, comma) for _, r in below):
                return None
            names = cells if len(cells) == width else ["", *cells]
            if len(cells) < width and not _labels([r for _, r in below if len(r) == width], comma):
                names = [*cells, ""]
            data = below[0][0] if below else row + 1
            return named(names, rows[i - 1][1] if i else []), row, data
        if _has_number(cells, comma):
            return (*_comment_names(lines, row, width), row)
    return None


def _stands_over(cells: list[str], below: Rows, width: int, comma: bool) -> bool:
    """Whether a row of words is a title or a row of groups, with the header proper under it."""
    if len(below) < 2 or len(below[0][1]) != width or not _are_names(below[0][1], comma):
        return False
    loose = len(cells) < width or any(not c.strip() for c in cells) or len(set(cells)) < len(cells)
    return loose and _has_number(below[1][1], comma)


def _comment_names(lines: list[str], data: int, width: int) -> tuple[tuple[str, ...] | None, int]:
    """The names that a remark just above the data gives (``# step loss``), and its row."""
    for row in range(data - 1, 0, -1):
        text = lines[row - 1].strip()
        if is_comment(text):
            bare = text.lstrip("#/% ")
            for delimiter in DELIMITERS:
                cells = [c.strip() for c in split_record(bare, delimiter)]
                if len(cells) == width and all(cells) and _are_names(cells, comma=False):
                    return tuple(_unique(cells)), row
    return None, 0


def _are_names(cells: list[str], comma: bool) -> bool:
    """Whether cells can be a header: words, most of them there, none of them numbers, few of them long."""
    named = [c.strip().strip('"') for c in cells if c.strip()]
    if len(named) < max(1, len(cells) - 1) or any(parse_number(c, comma=comma) is not None for c in named):
        return False
    return sum(len(c) > 60 or "\n" in c for c in named) <= len(named) // 4 and not any(
        _WRITTEN_OUT.match(c) for c in named
    )


def _has_number(cells: list[str], comma: bool) -> bool:
    return any(parse_number(c, comma=comma) is not None for c in cells)


def _labels(rows: list[list[str]], comma: bool) -> bool:
    """Whether the first cells of rows are row names, as R and pandas write them: distinct words, or 0, 1, 2, ..."""
    first = [r[0].strip().strip('"') for r in rows]
    if len(set(first)) < len(first) or len(first) < 2:
        return False
    if all(parse_number(c, comma=comma) is None for c in first):
        return True
    return all(c.isdigit() for c in first) and [int(c) for c in first] in (
        list(range(len(first))),
        list(range(1, len(first) + 1)),
    )


def named(cells: list[str], over: list[str]) -> tuple[str, ...]:
    """Names trimmed; where some are equal and a row of groups stands above, each with its group in front."""
    names = [c.strip().strip('"').strip() for c in cells]
    names[0] = names[0].lstrip("#%\ufeff ").strip() if names[0] not in ("#", "") else names[0]
    full = [n for n in names if n]
    if len(set(full)) < len(full) and len([c for c in over if c.strip()]) > 1:
        group = ""
        for i, name in enumerate(names):
            group = over[i].strip() if i < len(over) and over[i].strip() else group
            names[i] = f"{group}/{name}" if group and name else name
    return tuple(_unique(names))


def _unique(names: list[str]) -> list[str]:
    """Equal names numbered: loss, loss.1, loss.2."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        out.append(f"{name}.{seen[name]}" if name and seen[name] else name)
        seen[name] += 1
    return out


def _settings(lines: list[str], data: int) -> dict[int, dict[str, Any]]:
    """What remarks above the data say in JSON, by row (Stable-Baselines3's Monitor writes one)."""
    found: dict[int, dict[str, Any]] = {}
    for row, text in enumerate(lines[: data - 1], 1):
        bare = text.strip().lstrip("#/% ")
        if is_comment(text.lstrip()) and bare.startswith("{"):
            try:
                value = json.loads(bare)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                found[row] = value
    return found
