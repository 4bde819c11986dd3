"""Records (dicts) to blocks of columns: nested keys joined by slashes, lists of numbers numbered."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.parsers._table_cells import EMPTY, NUMBER, WORD, Block, Cells
from runlift.parsers._table_numbers import is_absent, literal, parse_number

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LIST = 100
_MAX_DEPTH = 20
_SIMPLE = frozenset({int, float, str, bool, type(None)})
_NUMBERS = frozenset({int, float, type(None)})
Record = dict[str, Any]


def flat(record: Record, *, lists: bool = True) -> Record:
    """A record without nesting: ``{"a": {"b": 1}, "c": [2, 3]}`` is ``{"a/b": 1, "c/0": 2, "c/1": 3}``.

    Lists that hold anything but numbers, or more than 100, stay whole, as JSON text; all of them where not ``lists``.
    """
    if _SIMPLE.issuperset(map(type, record.values())):
        return record
    out: Record = {}
    pending: list[tuple[str, Any, int]] = [(k, v, 0) for k, v in reversed(record.items())]
    while pending:
        name, value, depth = pending.pop()
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            pending += [(f"{name}/{k}", v, depth + 1) for k, v in reversed(value.items())]
        elif isinstance(value, list) and lists and _are_numbers(value):
            out.update({f"{name}/{i}": v for i, v in enumerate(value)})
        elif isinstance(value, list | dict):
            out[name] = as_text(value) if value else None
        else:
            out[name] = value
    return out


def _are_numbers(value: list[Any]) -> bool:
    return 0 < len(value) <= MAX_LIST and all(type(v) in (int, float) for v in value)


def as_text(value: Any) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def columns_of(records: Sequence[Record], lines: Sequence[int]) -> tuple[tuple[str, ...], Block, set[str]]:
    """(names, block, names of those without a bare number) of flat records: all their keys in order of appearance."""
    names = tuple(dict.fromkeys(key for shape in dict.fromkeys(map(tuple, records)) for key in shape))
    columns: list[Cells] = []
    quoted: set[str] = set()
    for name in names:
        values = [r.get(name) for r in records]
        columns.append(cells_of(values))
        if not {int, float} & set(map(type, values)):
            quoted.add(name)
    return names, Block(np.array(lines, np.int64), columns), quoted


def written_out(name: str, cells: Cells) -> list[tuple[str, Cells]]:
    """A column of dicts that are written out as text, and differ, as a column for each of their keys; else itself."""
    if cells.codes is None or not cells.words[0].lstrip().startswith("{"):
        return [(name, cells)]
    used = [c for c in np.unique(cells.codes).tolist() if c >= 0]
    found = {c: literal(cells.words[c]) for c in used}
    if len(used) < 2 or not all(isinstance(v, dict) for v in found.values()):
        return [(name, cells)]
    flats = {c: flat({str(k): v for k, v in found[c].items()}) for c in used}
    keys = dict.fromkeys(k for f in flats.values() for k in f)
    rows = [flats.get(c, {}) for c in cells.codes.tolist()]
    return [(f"{name}/{key}", cells_of([r.get(key) for r in rows])) for key in keys]


def cells_of(values: list[Any], *, dressed: bool = False, comma: bool = False) -> Cells:
    """Cells of one key's values; None is absent; texts that are numbers are numbers.

    ``dressed``: in any dress (12%, 1,234); ``comma``: a comma is the decimal sign.
    """
    types = set(map(type, values))
    if _NUMBERS.issuperset(types):
        found = _numbers(values, types)
        if found is not None:
            return found
    return _mixed(values, dressed=dressed, comma=comma)


def _numbers(values: list[Any], types: set[type]) -> Cells | None:
    gone = type(None) in types
    try:
        number = np.array([np.nan if v is None else v for v in values] if gone else values, np.float64)
        whole = np.array([v or 0 for v in values], np.int64) if float not in types else None
    except OverflowError:
        return None
    kind = np.full(len(values), NUMBER, np.uint8)
    if gone:
        kind[[v is None for v in values]] = EMPTY
    return Cells(number, kind, whole=whole)


def _mixed(values: list[Any], *, dressed: bool, comma: bool) -> Cells:
    """Cells of values of several types. Each distinct value is read once."""
    # 0.0 and -0.0 are equal, and so are 1 and True: what tells values apart is how they are written.
    found: dict[tuple[type, str], int] = {}
    codes = np.fromiter(
        (found.setdefault((type(v), v if type(v) is str else repr(v)), len(found)) for v in values),
        np.int32,
        count=len(values),
    )
    firsts = dict(zip(reversed(codes.tolist()), reversed(values), strict=True))
    read = [_read(firsts[code], dressed=dressed, comma=comma) for code in range(len(found))]
    number = np.array([r[0] for r in read], np.float64)
    kind = np.array([r[1] for r in read], np.uint8)
    words = tuple(r[2] for r in read)
    times = np.bincount(codes, minlength=len(read)).tolist()
    forms: Counter[str] = Counter()
    for (_, _, form), n, k in zip(read, times, kind.tolist(), strict=True):
        if k == NUMBER and form:
            forms[form] += n
    kinds = kind[codes]
    if not (kind == WORD).any():
        return Cells(number[codes], kinds, forms=forms)
    return Cells(number[codes], kinds, np.where(kinds == WORD, codes, -1).astype(np.int32), words, forms=forms)


def _read(value: Any, *, dressed: bool, comma: bool) -> tuple[float, int, str]:
    """(number, kind, the words of a WORD or the form of a NUMBER) of a value."""
    if isinstance(value, bool):
        return np.nan, WORD, "true" if value else "false"
    if isinstance(value, int | float):
        try:
            return float(value), NUMBER, ""
        except OverflowError:
            return np.nan, WORD, str(value)
    if value is None or is_absent(value):
        return np.nan, EMPTY, ""
    read = parse_number(value, comma=comma)
    if read is None or not (dressed or read.form in ("plain", "clock")):
        return np.nan, WORD, str(value)
    return read.value, NUMBER, "" if read.form == "plain" else read.form
