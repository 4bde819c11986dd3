"""The file of a W&B run: a LevelDB log of protobuf records, with W&B's own header and checksum.

Source: wandb/core/pkg/leveldb/record.go and wandb/core/internal/transactionlog: blocks of 32 KiB, each piece with the
CRC-32 (IEEE) of its type byte and data, u16 length, u8 type (1 whole, 2 first, 3 middle, 4 last).
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER = struct.pack("<4sHB", b":W&B", 0xBEE1, 0)
_BLOCK, _PIECE = 32_768, 7
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_SEEDS = [zlib.crc32(bytes([kind])) for kind in range(5)]
_head = struct.Struct("<IHB").pack


class LogWriter:
    """Appends records to a file that begins with the header."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, len(HEADER)
        file.write(HEADER)

    def write(self, records: Iterable[bytes]) -> None:
        """Append records."""
        out: list[bytes] = []
        at, seed, crc32 = self._at, _SEEDS[_WHOLE], zlib.crc32
        for data in records:
            size = len(data)
            if at + _PIECE + size <= _BLOCK:
                out += (_head(crc32(data, seed), size, _WHOLE), data)
                at += _PIECE + size
            else:
                at = _split(out, data, at)
        self._at = at
        self._file.writelines(out)


def _split(out: list[bytes], data: bytes, at: int) -> int:
    """A record that does not fit into the block that ends next; gives where in its block the log then is."""
    begun = False
    while True:
        if _BLOCK - at < _PIECE:
            out.append(bytes(_BLOCK - at))
            at = 0
        piece, data = data[: _BLOCK - at - _PIECE], data[_BLOCK - at - _PIECE :]
        kind = (_MIDDLE if begun else _FIRST) if data else (_LAST if begun else _WHOLE)
        out += (_head(zlib.crc32(piece, _SEEDS[kind]), len(piece), kind), piece)
        at += _PIECE + len(piece)
        begun = True
        if not data:
            return at


def read_log(file: IO[bytes]) -> Iterator[bytes]:
    """The records of a file; ValueError where a checksum is wrong or it ends within one."""
    if file.read(len(HEADER)) != HEADER:
        raise ValueError("no W&B file")
    at, held = len(HEADER), b""
    while True:
        if _BLOCK - at < _PIECE:
            file.read(_BLOCK - at)
            at = 0
        head = file.read(_PIECE)
        if not head and not held:
            return
        if len(head) < _PIECE:
            raise ValueError("the file ends within a record")
        crc, size, kind = struct.unpack("<IHB", head)
        data = file.read(size)
        if len(data) < size:
            raise ValueError("the file ends within a record")
        if kind >= len(_SEEDS) or zlib.crc32(data, _SEEDS[kind]) != crc:
            raise ValueError("a record is damaged")
        at += _PIECE + size
        held += data
        if kind in (_WHOLE, _LAST):
            yield held
            held = b""


def varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def delimited(tag: bytes, data: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return tag + varint(len(data)) + data
