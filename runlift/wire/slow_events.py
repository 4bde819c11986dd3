"""The decoder of ``_events.c`` in Python, for installs without a compiler: the same results, some hundred times slower.

Where the two could differ, the C file has the reasons; each function here has its twin there by name.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.wire.crc32c import header_places, masked
from runlift.wire.events import (
    BAD_EVENT,
    DESCRIPTION,
    FILE_VERSION,
    LONG_TAG,
    LONGEST_TAG,
    MIXED,
    MOST_IN_RECORD,
    MOST_ODD,
    ODD,
    OTHER,
    SCALAR,
    UNKNOWN,
    VALUE,
)
from runlift.wire.protobuf_fields import I32, I64, LEN, VARINT, Field, fields, signed
from runlift.wire.tensor_values import scalar_of
from runlift.wire.tfrecord import FRAME, HEADER, LONGEST

if TYPE_CHECKING:
    Bytes = bytes | bytearray | memoryview

SUMMARY = 5
_LARGEST_EXACT = 1 << 53


@dataclass(slots=True)
class _Taken:
    """What a window gave so far."""

    points: list[tuple[int, int, float, float, int]] = field(default_factory=list)
    odd: list[tuple[Any, ...]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Record:
    """A record's place and the top of its Event."""

    offset: int
    size: int
    start: int
    stop: int
    wall: float = 0.0
    step: int = 0
    what: int = 0
    first: int = 0
    content: tuple[int, int] = (0, 0)

    def odd(self, kind: int, place: tuple[int, int], tag: int = -1, known: int = UNKNOWN) -> tuple[Any, ...]:
        """A row of ODD."""
        return (self.offset, self.size, *place, kind, tag, self.step, self.wall, known)


class Decoder:
    """As ``_events.Decoder``."""

    def __init__(self) -> None:
        self._tags: dict[bytes, int] = {}
        self._new: list[bytes] = []
        self._kinds: dict[int, int] = {}
        self._described: set[int] = set()
        self._damage = self._tail = self._distrusted = -1
        self._full = self._spent = 0
        self._early = False
        self._taken = _Taken()

    def distrust(self, offset: int, /) -> None:
        """Take the header at ``offset`` for false."""
        self._distrusted = offset

    def decode(self, window: Bytes, base: int, limit: int, /) -> tuple[Any, ...]:
        """As ``_events.Decoder.decode``."""
        data = memoryview(window)
        self._taken, self._new = _Taken(), []
        done, need = self._walk(data, base, limit)
        unfinished = -1
        if base + len(data) == limit and not self._early:
            unfinished = self._settle(data[done:], base + done, limit)
            done = len(data)
        return self._result(done, need, unfinished)

    def _result(self, done: int, need: int, unfinished: int) -> tuple[Any, ...]:
        taken, totals = self._taken, self._taken.totals
        by_tag: defaultdict[int, list[tuple[int, int, float, float, int]]] = defaultdict(list)
        for point in taken.points:
            by_tag[point[0]].append(point)
        ids = sorted(by_tag)
        rows = [point for i in ids for point in by_tag[i]]
        columns = list(zip(*rows, strict=True))[1:] or [()] * 4
        kinds = (np.int64, np.float64, np.float64, np.int64)
        return (
            done,
            need,
            unfinished,
            self._new,
            bytearray(np.array(ids, np.int64)),
            bytearray(np.array([len(by_tag[i]) for i in ids], np.int64)),
            tuple(bytearray(np.array(c, k)) for c, k in zip(columns, kinds, strict=True)),
            bytearray(np.array(taken.odd, ODD).tobytes()),
            bytearray(np.array(taken.lost, np.int64)),
            tuple(totals[k] for k in ("records", "used", "empty", "rounded", "bare")),
        )

    # ---- framing ----

    def _walk(self, p: memoryview, base: int, limit: int) -> tuple[int, int]:
        at, n, places = 0, len(p), _Places(p)
        self._early = False
        while n - at >= HEADER:
            if len(self._taken.odd) >= MOST_ODD:
                self._early = True
                break
            here, left = base + at, limit - base - at
            length = places.length(at)
            if length is None or here == self._distrusted:
                at += self._pass_by(p, at, places.next(at + 1) - at, base)
                continue
            size = length + FRAME
            if size > left:
                self._tail = here if self._tail < 0 else self._tail
                at += self._pass_by(p, at, 1, base)
                continue
            if self._damage >= 0 and self._spent > (here - self._damage) * 16 + (64 << 20):
                at += self._pass_by(p, at, 1, base)
                continue
            if at + size > n:
                self._spent += size
                return at, size
            if not _payload_ok(p, at, length):
                proof, need = (0, 0) if self._damage >= 0 else _proves(p[at:], size, left)
                if proof < 0:
                    return at, need
                at += self._pass_by(p, at, size if proof else 1, base)
                self._spent += size
                continue
            if self._damage >= 0:
                self._taken.lost += [self._damage, here]
            self._damage = self._tail = -1
            self._take_record(p, _Record(here, size, at + HEADER, at + HEADER + length))
            at += size
        return at, HEADER

    def _pass_by(self, p: memoryview, at: int, n: int, base: int) -> int:
        here = base + at
        if self._damage < 0:
            self._damage = self._full = here
            self._spent = 0
        filled = np.flatnonzero(np.frombuffer(p[at : at + n], np.uint8))
        if len(filled):
            self._full = here + int(filled[-1]) + 1
        return n

    def _settle(self, rest: memoryview, here: int, limit: int) -> int:
        if self._damage < 0:
            return here
        if len(rest):
            self._pass_by(rest, 0, len(rest), here)
        zeros = self._full if limit - self._full >= HEADER else limit
        tail = self._tail if self._tail >= 0 else zeros
        if tail > self._damage:
            self._taken.lost += [self._damage, tail]
        self._damage = self._tail = -1
        return tail

    # ---- events ----

    def _take_record(self, p: memoryview, r: _Record) -> None:
        taken = self._taken
        points, odd, totals = len(taken.points), len(taken.odd), taken.totals.copy()
        try:
            _read_top(p, r)
            if r.what == SUMMARY:
                self._take_summaries(p, r)
        except ValueError:
            del taken.points[points:], taken.odd[odd:]
            taken.totals = totals
            taken.odd.append(r.odd(BAD_EVENT, (r.start, r.stop)))
            r.what = BAD_EVENT
        taken.totals["records"] += 1
        if len(taken.odd) == odd and r.what in (0, SUMMARY):
            taken.totals["used" if len(taken.points) > points else "empty"] += r.size
        elif r.what == SUMMARY and len(taken.points) > points:
            taken.odd[odd:] = [(*o[:4], o[4] | MIXED, *o[5:]) for o in taken.odd[odd:]]
        elif r.what == FILE_VERSION:
            taken.odd.append(r.odd(FILE_VERSION, (r.start, r.stop)))
        elif r.what not in (0, SUMMARY):
            taken.odd.append(r.odd(r.what, r.content))

    def _take_summaries(self, p: memoryview, r: _Record) -> None:
        most = len(self._taken.points) + len(self._taken.odd) + MOST_IN_RECORD
        for summary in fields(p, r.first, r.stop):
            if summary.number == SUMMARY and summary.type == LEN:
                for value in fields(p, summary.start, summary.stop):
                    if value.number == 1 and value.type == LEN:
                        self._take_value(p, value, r)
                        if len(self._taken.points) + len(self._taken.odd) > most:
                            raise ValueError(r.offset)

    def _take_value(self, p: memoryview, value: Field, r: _Record) -> None:
        tag, what, whats, simple, tensor, metadata = _read_value(p, value)
        if len(tag) > LONGEST_TAG:
            self._taken.odd.append(r.odd(LONG_TAG, (value.start, value.stop)))
            return
        i = self._tag(tag)
        known, kind, words = self._kinds.get(i, UNKNOWN), UNKNOWN, False
        if metadata:
            kind, words = _read_metadata(p, metadata)
            if kind > UNKNOWN:
                self._kinds[i] = kind
        kind = kind or self._kinds.get(i, UNKNOWN)
        number = None
        if what == 2:
            number = struct.unpack("<f", struct.pack("<I", simple))[0]
        elif what == 8 and tensor:
            self._taken.totals["bare"] += kind == UNKNOWN
            if whats == 1 and kind in (UNKNOWN, SCALAR):
                number = self._scalar(p[tensor.start : tensor.stop])
        if number is None:
            self._taken.odd.append(r.odd(VALUE, (value.start, value.stop), i, known))
            return
        if words and metadata and i not in self._described:
            self._described.add(i)
            self._taken.odd.append(r.odd(DESCRIPTION, (metadata.start, metadata.stop), i, known))
        self._taken.points.append((i, r.step, r.wall, number, r.offset))

    def _scalar(self, tensor: memoryview) -> float | None:
        number = scalar_of(tensor)
        if number is None:
            return None
        value = float(number)
        self._taken.totals["rounded"] += isinstance(number, int) and int(value) != number
        return value

    def _tag(self, tag: bytes) -> int:
        if tag not in self._tags:
            self._tags[tag] = len(self._tags)
            self._new.append(tag)
        return self._tags[tag]


class _Places:
    """Where headers prove themselves; all are looked for at once when the first is missing."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.all: Any = None

    def length(self, at: int) -> int | None:
        if masked(self.data[at : at + 8]) != int.from_bytes(self.data[at + 8 : at + 12], "little"):
            return None
        length = int.from_bytes(self.data[at : at + 8], "little")
        return length if length <= LONGEST else None

    def next(self, at: int) -> int:
        """The next place from ``at`` on, or the first one that is too near to the end to tell."""
        if self.all is None:
            self.all = header_places(self.data)
        i = int(np.searchsorted(self.all, at))
        return int(self.all[i]) if i < len(self.all) else max(at, len(self.data) - HEADER + 1)


def _payload_ok(p: memoryview, at: int, length: int) -> bool:
    end = at + HEADER + length
    return masked(p[at + HEADER : end]) == int.from_bytes(p[end : end + 4], "little")


def _proves(p: memoryview, at: int, left: int) -> tuple[int, int]:
    """Does the record at ``at``, or the end, prove itself? 1 or 0, or -1 and the bytes that must be there to tell."""
    if at == left:
        return 1, 0
    if left - at < FRAME:
        return 0, 0
    if at + HEADER > len(p):
        return -1, at + HEADER
    length = _Places(p).length(at)
    if length is None or length + FRAME > left - at:
        return 0, 0
    if at + FRAME + length > len(p):
        return -1, at + FRAME + length
    return int(_payload_ok(p, at, length)), 0


def _read_top(p: memoryview, r: _Record) -> None:
    for f in fields(p, r.start, r.stop):
        if f.number == 1 and f.type == I64:
            r.wall = struct.unpack("<d", p[f.start : f.stop])[0]
        elif f.number == 2 and f.type == VARINT:
            r.step = signed(f.bits)
        elif 3 <= f.number <= 9 and f.type == LEN:
            if r.what != f.number:
                r.first = f.key
            r.what, r.content = f.number, (f.start, f.stop)


def _read_value(p: memoryview, value: Field) -> tuple[bytes, int, int, int, Field | None, Field | None]:
    """Tag, the oneof's last field number, how many were set, the bits of simple_value, tensor and metadata."""
    tag, what, whats, simple = b"", 0, 0, 0
    tensor = metadata = None
    for f in fields(p, value.start, value.stop):
        if f.number == 2 and f.type == I32:
            what, whats, simple = 2, whats + 1, f.bits
        elif f.type == LEN and f.number in (3, 4, 5, 6, 8):
            what, whats = f.number, whats + 1
            tensor = f if f.number == 8 else tensor
        elif f.type == LEN and f.number == 1:
            tag = bytes(p[f.start : f.stop])
        elif f.type == LEN and f.number == 9:
            metadata = f
    return tag, what, whats, simple, tensor, metadata


def _read_metadata(p: memoryview, metadata: Field) -> tuple[int, bool]:
    """What the metadata says of the tensors, and whether it holds words for people; -1 for bad bytes."""
    kind, scalar_class, words = UNKNOWN, False, False
    try:
        for f in fields(p, metadata.start, metadata.stop):
            words |= f.number in (2, 3) and f.type == LEN and f.stop > f.start
            if f.number == 4 and f.type == VARINT:
                scalar_class = f.bits == 1
            if f.number == 1 and f.type == LEN:
                for name in fields(p, f.start, f.stop):
                    if name.number == 1 and name.type == LEN and name.stop > name.start:
                        kind = SCALAR if bytes(p[name.start : name.stop]) == b"scalars" else OTHER
    except ValueError:
        return -1, words
    return (SCALAR if scalar_class else kind), words
