"""Protobuf messages field by field, without a schema: for the few fields that are read outside the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, I64, LEN, GROUP, END_GROUP, I32 = range(6)
_FIXED = {I64: 8, I32: 4}
_DEEPEST = 100


class Field(NamedTuple):
    """One field: its ``number``, wire ``type``, and where its content lies; ``bits`` for VARINT, I64 and I32."""

    number: int
    type: int
    key: int
    start: int
    stop: int
    bits: int


def fields(data: memoryview, start: int = 0, stop: int | None = None) -> Iterator[Field]:
    """The fields of the message in ``data[start:stop]``; ``key`` is where the field as a whole begins.

    Raises:
        ValueError: The bytes are no protobuf message; what came before was good.
    """
    at, end = start, len(data) if stop is None else stop
    while at < end:
        field = _field(data, at, end)
        at = field.stop
        yield field


def _field(data: memoryview, at: int, end: int) -> Field:
    key, body = varint(data, at, end)
    number, kind = key >> 3, key & 7
    if not number or key > 0xFFFFFFFF:
        raise ValueError(at)
    if kind == VARINT:
        bits, stop = varint(data, body, end)
        return Field(number, kind, at, body, stop, bits)
    if kind in _FIXED:
        stop = body + _FIXED[kind]
        if stop > end:
            raise ValueError(at)
        return Field(number, kind, at, body, stop, int.from_bytes(data[body:stop], "little"))
    if kind == LEN:
        size, body = varint(data, body, end)
        if size > end - body:
            raise ValueError(at)
        return Field(number, kind, at, body, body + size, 0)
    if kind == GROUP:
        return Field(number, kind, at, body, _past_group(data, body, end, number), 0)
    raise ValueError(at)


def varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    """A varint of at most ten bytes, as unsigned 64 bits, and where it ends; ValueError where there is none."""
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
    raise ValueError(at)


def _past_group(data: memoryview, at: int, end: int, number: int) -> int:
    open_groups = [number]
    while open_groups:
        key, after = varint(data, at, end)
        if key > 0xFFFFFFFF:
            raise ValueError(at)
        if key & 7 == GROUP:
            if len(open_groups) == _DEEPEST:
                raise ValueError(at)
            open_groups.append(key >> 3)
            at = after
        elif key & 7 == END_GROUP:
            if open_groups.pop() != key >> 3:
                raise ValueError(at)
            at = after
        else:
            at = _field(data, at, end).stop
    return at


def signed(bits: int) -> int:
    """Unsigned 64 bits as the int64 that they stand for."""
    return bits - (1 << 64) if bits >> 63 else bits
