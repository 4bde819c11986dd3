"""One record of an event file as text for people."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runlift.parsers._tensorboard_logged import lenient
from runlift.wire.protobuf_fields import I32, I64, LEN, VARINT, fields, signed
from runlift.wire.tensor_values import scalar_of
from runlift.wire.tfrecord import FRAME, HEADER, header_length, payload_proves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._api import Source

_WHAT = {3: "file version", 4: "graph", 6: "log message", 7: "session log", 8: "run metadata", 9: "meta graph"}
_VALUE = {2: "number", 3: "old histogram", 4: "image", 5: "histogram", 6: "audio", 8: "tensor"}
_MOST_VALUES = 50


def locate(source: Source, position: int) -> str:
    """The record at byte ``position``, or a sentence why there is none."""
    with source.open() as file:
        file.seek(position)
        length = header_length(file.read(HEADER))
        if length is None or not payload_proves(file, position):
            return f"{source.name} at byte {position:,}: no record begins here that has the right checksums"
        file.seek(position + HEADER)
        data = memoryview(file.read(length))
    try:
        lines = [f"{source.name} at byte {position:,}, {len(data) + FRAME:,} bytes", *_event(data)]
    except ValueError:
        lines = [f"{source.name} at byte {position:,}: a record that is no Event: {bytes(data[:60])!r}"]
    return "\n".join(lines)


def _event(data: memoryview) -> Iterator[str]:
    wall, step, values = 0.0, 0, []
    for f in fields(data):
        if f.number == 1 and f.type == I64:
            wall = struct.unpack("<d", data[f.start : f.stop])[0]
        elif f.number == 2 and f.type == VARINT:
            step = signed(f.bits)
        elif f.number == 5 and f.type == LEN:
            values += [(v.start, v.stop) for v in fields(data, f.start, f.stop) if v.number == 1 and v.type == LEN]
        elif f.number in _WHAT and f.type == LEN:
            yield f"{_WHAT[f.number]}: {_shown(data[f.start : f.stop])}"
    yield f"wall time {wall!r} ({_utc(wall)}), step {step}"
    for start, stop in values[:_MOST_VALUES]:
        yield _value(data, start, stop)
    if len(values) > _MOST_VALUES:
        yield f"... and {len(values) - _MOST_VALUES:,} more values"


def _value(data: memoryview, start: int, stop: int) -> str:
    tag, shown = "", "no value, metadata only"
    for f in fields(data, start, stop):
        if f.number == 1 and f.type == LEN:
            tag = lenient(bytes(data[f.start : f.stop]))
        elif f.number == 2 and f.type == I32:
            shown = repr(struct.unpack("<f", data[f.start : f.stop])[0])
        elif f.number == 8 and f.type == LEN:
            number = scalar_of(data[f.start : f.stop])
            shown = f"a tensor, {f.stop - f.start:,} bytes" if number is None else repr(number)
        elif f.number in _VALUE and f.type == LEN:
            shown = f"{_VALUE[f.number]}, {f.stop - f.start:,} bytes"
    return f"{tag} = {shown}"


def _shown(content: memoryview) -> str:
    text = lenient(bytes(content[:80]))
    return text if len(content) <= 80 and text.isprintable() else f"{len(content):,} bytes"


def _utc(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return "no date"
