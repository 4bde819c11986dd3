"""What scanning gives: frames with their shapes, and the numbers of all lines in columns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.facts import B1, F8, I8

NUMBER, DOTTED, IDENTITY, BAR, OVERFLOW = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
MOST_SHAPES = 1 << 18
MOST_SHAPE_BYTES = 64 << 20


def number_of(text: bytes) -> float:
    """A number as it is written: with thousands commas, an exponent, or as Julia writes single precision (``1.5f-3``)."""
    plain = text.replace(b",", b"")
    return float(plain.replace(b"f", b"e") if plain[-1:].isdigit() else plain)


@dataclass(slots=True)
class Scan:
    r"""One block of text scanned: n frames (parts of lines between ``\n`` and ``\r``) that are not blank, m numbers.

    ``start``, ``stop``: byte range of each frame in the block; ``line``: its physical line, 0 = the block's first;
    ``shape``: index into the text's shapes; ``first``: index of the frame's first number (n + 1 long). ``value``,
    ``begin``, ``end``, ``is_float``: each number's value, byte range, and whether it was written with a fraction.
    ``lines``: physical lines of the block. ``row``: each frame's line as it was printed, ``span`` for each physical line
    the number that it and its continuations take, None where lines are as they were printed.
    """

    data: bytes
    start: I8
    stop: I8
    line: I8
    shape: I8
    first: I8
    value: F8
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    is_float: B1
    lines: int
    row: I8 | None = None
    span: I8 | None = None

    @property
    def printed(self) -> I8:
        """The line of each frame as it was printed: parts of two writers' lines are apart."""
        return self.line if self.row is None else self.row

    def relined(self, starts: I8) -> Scan:
        """The same with physical lines: printed line i begins on ``starts[i]``; the last is their number."""
        span = np.zeros(int(starts[-1]) + 1, np.int64)
        np.maximum.at(span, starts[:-1], np.diff(starts))
        return replace(self, line=starts[self.line], row=self.line, span=span, lines=int(starts[-1]))


@dataclass(slots=True)
class Keys:
    """The distinct shapes of a text in order of appearance; grows as blocks are scanned.

    Over ``most`` shapes or ``most_bytes`` bytes of them, further new ones are one shape, ``OVERFLOW``.
    """

    most: int = MOST_SHAPES
    most_bytes: int = MOST_SHAPE_BYTES
    keys: list[bytes] = field(default_factory=list)
    index: dict[bytes, int] = field(default_factory=dict)
    held: int = 0
    overflow: int = -1

    def of(self, key: bytes) -> int:
        """The index of a shape, a new one when it was not seen."""
        found = self.index.get(key)
        if found is not None:
            return found
        if self.overflow < 0 and (len(self.keys) >= self.most or self.held + len(key) > self.most_bytes):
            self.overflow = len(self.keys)
            self.keys.append(OVERFLOW)
        if self.overflow >= 0:
            return self.overflow
        self.index[key] = len(self.keys)
        self.keys.append(key)
        self.held += len(key)
        return self.index[key]
