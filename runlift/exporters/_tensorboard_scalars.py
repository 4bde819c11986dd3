"""Scalars as TFRecords of event protos, whole columns at a time: there is no Python object a point.

All records of one tag and one length of step differ in time, step and value only. A CRC is linear, so the checksum of
each is that of the common bytes and, for each byte that differs, one entry of a table.

Sources: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, record_writer.cc.
"""

from __future__ import annotations

import itertools
import struct
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from runlift.wire.tfrecord import crc32c

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    U1 = NDArray[np.uint8]
    U4 = NDArray[np.uint32]
    I8 = NDArray[np.int64]
    F8 = NDArray[np.float64]

_ROWS = 32_768
_HEADER, _CRC = 12, 4
_MASK = np.uint32(0xA282EAD8)


def scalar_records(tag: str, time: F8, step: I8, value: F8) -> Iterator[bytes]:
    """Framed records of one tag, in order. ``time``: Unix seconds; ``value`` becomes a 32-bit float."""
    lengths = _varint_lengths(step)
    cuts = np.flatnonzero(lengths[1:] != lengths[:-1]) + 1
    for begin, end in itertools.pairwise([0, *cuts.tolist(), len(step)]):
        for at in range(begin, end, _ROWS):
            part = slice(at, min(at + _ROWS, end))
            yield _records(tag, time[part], step[part], value[part])


def _varint_lengths(step: I8) -> I8:
    """Bytes of each step as a varint; negative steps take ten."""
    unsigned = step.view(np.uint64)
    lengths = np.ones(len(step), np.int64)
    for k in range(1, 10):
        lengths += unsigned >= np.uint64(1 << (7 * k))
    return lengths


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _records(tag: str, time: F8, step: I8, value: F8) -> bytes:
    """Records whose steps have varints of one length."""
    length = int(_varint_lengths(step[:1])[0])
    name = tag.encode("utf-8", "replace")
    inner = b"\x0a" + _varint(len(name)) + name + b"\x15" + bytes(4)
    summary = b"\x0a" + _varint(len(inner)) + inner
    payload = b"\x09" + bytes(8) + b"\x10" + bytes(length) + b"\x2a" + _varint(len(summary)) + summary
    rows = np.zeros((len(step), _HEADER + len(payload) + _CRC), np.uint8)
    head = struct.pack("<Q", len(payload))
    rows[:, :8] = np.frombuffer(head, np.uint8)
    rows[:, 8:_HEADER] = _masked(np.array([crc32c(head, 0)], np.uint32)).view(np.uint8)
    rows[:, _HEADER:-_CRC] = np.frombuffer(payload, np.uint8)
    varying = {
        _HEADER + 1: _bytes_of(time, 8),
        _HEADER + 10: _varint_bytes(step, length),
        _HEADER + len(payload) - 4: _bytes_of(value.astype(np.float32), 4),
    }
    sums = np.full(len(step), crc32c(payload, 0), np.uint32)
    end = _HEADER + len(payload)
    for offset, columns in varying.items():
        rows[:, offset : offset + columns.shape[1]] = columns
        for i in range(columns.shape[1]):
            sums ^= _share(end - offset - i - 1)[columns[:, i]]
    rows[:, -_CRC:] = _masked(sums).view(np.uint8).reshape(-1, 4)
    return rows.tobytes()


def _bytes_of(column: NDArray[np.float64] | NDArray[np.float32], width: int) -> U1:
    found: U1 = np.ascontiguousarray(column).view(np.uint8).reshape(-1, width)
    return found


def _varint_bytes(step: I8, length: int) -> U1:
    left = step.view(np.uint64).copy()
    found = np.empty((len(step), length), np.uint8)
    for k in range(length):
        found[:, k] = (left & np.uint64(0x7F)).astype(np.uint8) | (0x80 if k < length - 1 else 0)
        left >>= np.uint64(7)
    return found


@cache
def _share(behind: int) -> U4:
    """For each value of a byte with ``behind`` bytes after it: what it adds to the CRC of a zero byte there."""
    zeros = bytes(behind)
    base = crc32c(b"\x00" + zeros, 0)
    return np.array([crc32c(bytes([b]) + zeros, 0) ^ base for b in range(256)], np.uint32)


def _masked(sums: U4) -> U4:
    """CRCs as the file stores them."""
    found: U4 = ((sums >> np.uint32(15)) | (sums << np.uint32(17))) + _MASK
    return found
