"""The cells of one column of a block of rows, in arrays: numbers, and words by code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from runlift.parsers._table_numbers import exact_whole, is_absent, parse_number

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from runlift.facts import B1, F8, I8

    I4 = NDArray[np.int32]
    U1 = NDArray[np.uint8]

EMPTY, NUMBER, WORD = 0, 1, 2
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Cells:
    """n cells of a column.

    ``kind``: uint8[n], EMPTY, NUMBER or WORD. ``number``: float64[n], NaN where it is none. ``codes``: int32[n], which
    of ``words`` a cell holds (-1 none), given where any cell is a WORD. ``whole``: int64[n], exact, where integers were
    asked for and every NUMBER is one. ``forms``: how often numbers were written in a way other than plain.
    """

    number: F8
    kind: U1
    codes: I4 | None = None
    words: tuple[str, ...] = ()
    whole: I8 | None = None
    forms: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.kind)

    def count(self, kind: int) -> int:
        """How many cells are of a kind."""
        return int(np.count_nonzero(self.kind == kind))

    def word_at(self, i: int) -> str:
        """The words of cell i, empty where it has none."""
        return self.words[self.codes[i]] if self.codes is not None and self.codes[i] >= 0 else ""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows of a table: ``position`` int64[n], the row in the file of each, and the cells by column."""

    position: I8
    columns: list[Cells]

    def __len__(self) -> int:
        return len(self.position)


def empty_cells(n: int) -> Cells:
    """A column with nothing in it."""
    return Cells(np.full(n, np.nan), np.zeros(n, np.uint8))


def from_numbers(number: F8, present: B1 | None, whole: I8 | None = None) -> Cells:
    """Cells that are numbers, absent where ``present`` is false."""
    kind = np.full(len(number), NUMBER, np.uint8)
    if present is not None:
        kind[~present] = EMPTY
        number = np.where(present, number, np.nan)
    return Cells(number, kind, whole=whole)


def from_words(strings: list[str | None], *, comma: bool = False, whole: bool = False) -> Cells:
    """Cells from their text; None is absent. Each distinct text is read once."""
    found: dict[str, int] = {}
    codes = np.fromiter(
        (-1 if s is None else found.setdefault(s, len(found)) for s in strings), np.int32, count=len(strings)
    )
    return from_codes(codes, list(found), comma=comma, whole=whole)


def from_codes(codes: I4, words: list[str], *, comma: bool = False, whole: bool = False) -> Cells:
    """Cells from dictionary codes (-1 absent) and the distinct texts."""
    read = [(None if is_absent(w) else parse_number(w, comma=comma)) for w in words]
    kinds = np.array(
        [EMPTY if is_absent(w) else WORD if r is None else NUMBER for w, r in zip(words, read, strict=True)] + [EMPTY],
        np.uint8,
    )
    numbers = np.array([np.nan if r is None else r.value for r in read] + [np.nan], np.float64)
    kind = kinds[codes]
    forms: Counter[str] = Counter()
    if any(r is not None and r.form != "plain" for r in read):
        times = np.bincount(codes[codes >= 0], minlength=len(words))
        for r, n in zip(read, times.tolist(), strict=True):
            if r is not None and r.form != "plain":
                forms[r.form] += n
    exact = _exact(codes, words, kind) if whole else None
    keep = bool((kinds == WORD).any())
    return Cells(numbers[codes], kind, codes if keep else None, tuple(words) if keep else (), exact, forms)


def _exact(codes: I4, words: list[str], kind: U1) -> I8 | None:
    values = [exact_whole(w) for w in words]
    needed = np.zeros(len(words) + 1, bool)
    needed[codes[kind == NUMBER]] = True
    if any(v is None and need for v, need in zip(values, needed.tolist(), strict=False)):
        return None
    return np.array([v or 0 for v in values] + [0], np.int64)[codes]


def from_arrow(column: pa.ChunkedArray, *, comma: bool, whole: bool) -> Cells:
    """Cells of an Arrow column: int64, double, dictionary of text, or text."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], column.type)
    if pa.types.is_floating(array.type):
        return from_numbers(_values(array, np.float64), _present(array))
    if pa.types.is_integer(array.type):
        exact = _values(array, np.int64)
        return from_numbers(exact.astype(np.float64), _present(array), exact)
    if not pa.types.is_dictionary(array.type):
        plain = None if comma else _plain_text(array, whole)
        if plain is not None:
            return plain
        array = array.dictionary_encode()
    codes = _values(array.indices, np.int32)
    present = _present(array)
    if present is not None:
        codes = np.where(present, codes, -1).astype(np.int32)
    return from_codes(codes, array.dictionary.to_pylist(), comma=comma, whole=whole)


def _plain_text(array: pa.Array, whole: bool) -> Cells | None:
    """Cells of a text column in which everything is a plain number or nothing."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.compute as pc  # noqa: PLC0415 - slow to import

    trimmed = pc.utf8_trim_whitespace(array)
    blank = pc.equal(trimmed, "")
    trimmed = pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
    try:
        return from_arrow(
            pa.chunked_array([pc.cast(trimmed, pa.int64() if whole else pa.float64())]), comma=False, whole=whole
        )
    except pa.ArrowInvalid:
        return None if not whole else _plain_text(array, whole=False)


def _values(array: pa.Array, kind: type[T]) -> NDArray[T]:
    """The array's values as NumPy, without importing pandas as ``to_numpy`` does."""
    data = np.frombuffer(array.buffers()[1], kind) if array.buffers()[1] is not None else np.zeros(0, kind)
    return data[array.offset : array.offset + len(array)]


def _present(array: pa.Array) -> B1 | None:
    if array.null_count == 0:
        return None
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    return np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)].astype(bool)


def whole_steps(cells: Cells) -> tuple[I8, B1, B1]:
    """(int64[n], which cells hold such a step, which hold a number that is not whole or too large to be one)."""
    has = cells.kind == NUMBER
    if cells.whole is not None:
        return np.where(has, cells.whole, 0), has, np.zeros(len(cells), bool)
    with np.errstate(invalid="ignore"):
        good = has & (np.abs(cells.number) < 2.0**63) & (cells.number == np.floor(cells.number))
    steps = np.zeros(len(cells), np.int64)
    steps[good] = cells.number[good].astype(np.int64)
    return steps, good, has & ~good
