"""CRC-32C (Castagnoli) in NumPy, for installs without the compiled kernel."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U4 = NDArray[np.uint32]
    Bytes = bytes | bytearray | memoryview

_POLYNOMIAL = 0x82F63B78
_SHORT = 512
_ROW = 256
_MASK = 0xA282EAD8


def _shifted(table: U4) -> U4:
    """The table of sums with one more zero byte behind."""
    shifted: U4 = np.bitwise_xor(table >> 8, _table()[table & 255], dtype=np.uint32)
    return shifted


@cache
def _table() -> U4:
    sums: U4 = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        sums = np.bitwise_xor(sums >> 1, (sums & 1) * np.uint32(_POLYNOMIAL), dtype=np.uint32)
    return sums


@cache
def _list() -> list[int]:
    return [int(x) for x in _table()]


@cache
def _tables(n: int) -> tuple[U4, ...]:
    """``_tables(n)[k]``: the sums of single bytes with k zero bytes behind, k < n."""
    tables = [_table()]
    for _ in range(n - 1):
        tables.append(_shifted(tables[-1]))
    return tuple(tables)


def crc32c(data: Bytes, start: int = 0) -> int:
    """The CRC-32C of ``data``, going on from ``start``, the CRC of what came before."""
    view = memoryview(data).cast("B")
    if len(view) < _SHORT:
        return _short(view, start)
    head = len(view) % _ROW
    crc = _short(view[:head], start)
    rows = np.frombuffer(view[head:], np.uint8).reshape(-1, _ROW)
    return _joined(_row_sums(rows), crc)


def masked(data: Bytes) -> int:
    """The CRC as TFRecord files store it."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK) & 0xFFFFFFFF


def _short(view: memoryview, start: int) -> int:
    table = _list()
    crc = start ^ 0xFFFFFFFF
    for byte in view:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def _row_sums(rows: NDArray[np.uint8]) -> list[int]:
    """The plain remainder (no inversions) of each row, all rows at once."""
    table = _table()
    sums = np.zeros(len(rows), np.uint32)
    for column in range(rows.shape[1]):
        sums = (sums >> 8) ^ table[(sums ^ rows[:, column]) & 255]
    return [int(x) for x in sums]


@cache
def _advance_tables() -> list[list[int]]:
    """For each byte of a remainder: what it becomes when one row of zeros follows."""
    sums = np.arange(256, dtype=np.uint32)
    tables = []
    for shift in (0, 8, 16, 24):
        moved = sums << shift
        for _ in range(_ROW):
            moved = (moved >> 8) ^ _table()[moved & 255]
        tables.append([int(x) for x in moved])
    return tables


def _joined(sums: list[int], start: int) -> int:
    a, b, c, d = _advance_tables()
    crc = start ^ 0xFFFFFFFF
    for row in sums:
        crc = a[crc & 255] ^ b[crc >> 8 & 255] ^ c[crc >> 16 & 255] ^ d[crc >> 24] ^ row
    return crc ^ 0xFFFFFFFF


def header_places(data: Bytes) -> NDArray[np.int64]:
    """Every offset at which eight bytes are followed by their own masked CRC: where a TFRecord may begin."""
    b = np.frombuffer(data, np.uint8)
    n = len(b) - 11
    if n <= 0:
        return np.zeros(0, np.int64)
    crc: U4 = np.zeros(n, np.uint32)
    for k, table in enumerate(_tables(8)):
        place = 7 - k
        flipped = b[place : place + n] ^ (np.uint8(255) if place < 4 else np.uint8(0))
        crc ^= table[flipped]
    crc = np.invert(crc, dtype=np.uint32)
    crc = np.add((crc >> 15) | (crc << 17), np.uint32(_MASK), dtype=np.uint32)
    stored = b[8 : 8 + n].astype(np.uint32)
    for k in (1, 2, 3):
        stored |= b[8 + k : 8 + k + n].astype(np.uint32) << np.uint32(8 * k)
    return np.flatnonzero(crc == stored)
