"""TensorBoard event files: scalars in columns from the kernel, every other kind of value through protobuf."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, ClassVar

from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.parsers._tensorboard_locate import locate
from runlift.parsers._tensorboard_projector import CONFIG, projector_facts, projector_seed
from runlift.parsers._tensorboard_reading import Reading
from runlift.wire.protobuf_fields import I64, LEN, VARINT, fields
from runlift.wire.tfrecord import FRAME, HEADER, header_length, payload_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact

_SEED_BYTES = 4096
_EVENT_TYPES = {1: I64, 2: VARINT, **dict.fromkeys(range(3, 11), LEN)}


class TensorBoard(Parser):
    """Event files of TensorBoard, TensorFlow, PyTorch, tensorboardX, Lightning, Keras and everyone else's writers."""

    name: ClassVar[str] = "tensorboard"
    title: ClassVar[str] = "TensorBoard event files"
    version: ClassVar[int] = 1
    gathers: ClassVar[str] = "folder"
    rank: ClassVar[int] = 30
    resumable: ClassVar[bool] = True

    def recognise(self, head: Head) -> Match:
        """By the first record, whose checksums prove it; else by ``tfevents`` (or the projector's config) in the name."""
        if head.basename == CONFIG:
            return Match(Level.SHAPE, "its name is that of the embedding projector's config")
        if _begins_with_event(head.data, head.source.size):
            return Match(Level.SIGNATURE, "its first record is an Event and has the right checksums")
        if "tfevents" in head.basename:
            return Match(Level.NAME, "its name has tfevents, though it does not begin with an Event")
        return NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the file says; the account covers the bytes from ``options.start`` on."""
        if source.basename == CONFIG:
            yield from projector_facts(source)
            return
        with source.open() as file:
            yield from Reading(source, options.start, options.rename).facts(file)

    def locate(self, source: Source, position: int) -> str:
        """The record at byte ``position``: offset, wall time, step, and each value's tag and content."""
        return source.head().decode("utf-8", "replace") if source.basename == CONFIG else locate(source, position)

    def seed(self, head: Head) -> bytes:
        """The first record's payload; with the second's where the first tells no more than a whole second.

        TensorFlow stamps its first record with whole seconds and some writers with 0: the runs of one sweep share it.
        """
        if head.basename == CONFIG:
            return projector_seed(head.source, head.data)
        first = payload_at(head.data)
        if first is None:
            return head.data[:_SEED_BYTES]
        second = payload_at(head.data, FRAME + len(first)) if _tells_little(first) else None
        return bytes(first[:_SEED_BYTES]) + bytes((second or b"")[:_SEED_BYTES])


def _begins_with_event(data: bytes, size: int) -> bool:
    """Other formats use the same framing (tf.Example files, VisualDL): the payload must be an Event too."""
    length = header_length(data)
    if length is None:
        return False
    payload = payload_at(data)
    if payload is not None:
        return _is_event(payload, whole=True)
    cut = len(data) < FRAME + length <= size
    return cut and _is_event(memoryview(data)[HEADER:], whole=False)


def _is_event(payload: memoryview, *, whole: bool) -> bool:
    """Whether all fields are those of an Event, as far as they go."""
    seen = False
    try:
        for f in fields(payload):
            if _EVENT_TYPES.get(f.number) != f.type:
                return False
            seen = True
    except ValueError:
        return seen and not whole
    return True


def _tells_little(payload: memoryview) -> bool:
    """Whether an Event has nothing but a file version and a wall time of whole seconds."""
    wall = 0.0
    for f in fields(payload):
        if f.number == 1:
            wall = struct.unpack("<d", payload[f.start : f.stop])[0]
        elif f.number not in (3, 10):
            return False
    return wall == wall // 1
