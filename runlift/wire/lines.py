"""Blocks of text to line shapes and columns of numbers: compiled where it is, else in Python with the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from runlift.wire.line_shapes import MOST_SHAPE_BYTES, MOST_SHAPES, Scan, number_of

if TYPE_CHECKING:
    from runlift.wire._lines import Table

NEWLINE = 10  # counted by NumPy, four times as fast as bytes.count

try:
    import runlift.wire._lines as _lines  # noqa: PLR0402 - "from runlift.wire" would hide what it imports

    COMPILED = True
except ImportError:  # an install without a compiler
    COMPILED = False


class Scanner(Protocol):
    """Scans the blocks of one text; ``keys`` are the shapes seen so far."""

    @property
    def keys(self) -> list[bytes]:
        """The distinct shapes, in order of appearance."""

    def scan(self, data: bytes) -> Scan:
        """Scan a block of whole lines: UTF-8 without escape sequences and the bytes 1 to 5."""


class CompiledScanner:
    """The scanner in C."""

    def __init__(self, most: int = MOST_SHAPES, most_bytes: int = MOST_SHAPE_BYTES) -> None:
        self.table: Table = _lines.Table(most, most_bytes)
        self.keys: list[bytes] = []

    def scan(self, data: bytes) -> Scan:
        """Scan a block of whole lines."""
        frames, value, begin, end, fraction, slow, new = self.table.scan(data)
        self.keys += new
        table = np.frombuffer(frames, np.int64).reshape(-1, 5)
        values, begins, ends = np.frombuffer(value), np.frombuffer(begin, np.int32), np.frombuffer(end, np.int32)
        for at in np.frombuffer(slow, np.int64):
            values[at] = number_of(data[begins[at] : ends[at]])
        start, stop, line, shape, first = (np.ascontiguousarray(table[:, i]) for i in range(5))
        floats = np.frombuffer(fraction, np.bool_)
        newlines = int(np.count_nonzero(np.frombuffer(data, np.uint8) == NEWLINE))
        lines = newlines + (bool(data) and not data.endswith(b"\n"))
        return Scan(data, start, stop, line, shape, np.append(first, len(values)), values, begins, ends, floats, lines)


def new_scanner(most: int = MOST_SHAPES, most_bytes: int = MOST_SHAPE_BYTES) -> Scanner:
    """A scanner for one text: compiled, or the slow one where the kernel is not there."""
    if COMPILED:
        return CompiledScanner(most, most_bytes)
    from runlift.wire.slow_lines import SlowScanner  # noqa: PLC0415 - only where the kernel is not

    return SlowScanner(most, most_bytes)
