"""TFRecord framing: u64 length, u32 masked CRC of it, payload, u32 masked CRC of the payload; all little-endian.

Source: tensorflow/core/lib/io/record_writer.cc.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from runlift.wire import crc32c as slow

if TYPE_CHECKING:
    from collections.abc import Callable

    Bytes = bytes | bytearray | memoryview

try:
    import runlift.wire._events as _kernel

    crc32c: Callable[[Bytes, int], int] = _kernel.crc32c
    COMPILED = True
except ImportError:  # pragma: no cover - which of the two is there depends on the install
    crc32c = slow.crc32c
    COMPILED = False

HEADER = 12
FRAME = 16
LONGEST = 0x7FFFFFFF
_CHUNK = 1 << 22


def masked(crc: int) -> int:
    """A CRC as the file stores it."""
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def header_length(data: Bytes, at: int = 0) -> int | None:
    """The payload length that a proven header at ``at`` gives; None where there is no such header."""
    view = memoryview(data)[at : at + HEADER]
    if len(view) < HEADER:
        return None
    length, crc = struct.unpack("<QI", view)
    return int(length) if masked(crc32c(view[:8], 0)) == crc and length <= LONGEST else None


def payload_at(data: Bytes, at: int = 0) -> memoryview | None:
    """The payload of the record at ``at``, when it lies in ``data`` whole and both checksums are right."""
    length = header_length(data, at)
    view = memoryview(data)[at : at + FRAME + (length or 0)]
    if length is None or len(view) < FRAME + length:
        return None
    payload = view[HEADER : HEADER + length]
    return payload if masked(crc32c(payload, 0)) == struct.unpack("<I", view[-4:])[0] else None


def payload_proves(file: BinaryIO, at: int) -> bool:
    """Whether the record at ``at`` has its checksums; read in pieces, so that a false length costs no memory."""
    file.seek(at)
    left = header_length(file.read(HEADER))
    if left is None:
        return False
    crc = 0
    while left and (data := file.read(min(left, _CHUNK))):
        crc = crc32c(data, crc)
        left -= len(data)
    return not left and file.read(4) == struct.pack("<I", masked(crc))


def framed(payload: bytes) -> bytes:
    """A payload as a record, for writers and tests."""
    length = struct.pack("<Q", len(payload))
    crcs = [struct.pack("<I", masked(crc32c(data, 0))) for data in (length, payload)]
    return length + crcs[0] + payload + crcs[1]
