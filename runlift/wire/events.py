"""An event file, window by window: scalars as columns, everything else as places in the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import numpy as np

from runlift.wire.tfrecord import COMPILED, payload_proves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I8 = NDArray[np.int64]
    F8 = NDArray[np.float64]
    Bytes = bytes | bytearray | memoryview

WINDOW = 2 << 20
_DOUBTFUL = 64 << 20

ODD = np.dtype(
    [(name, np.int64) for name in ("record", "size", "start", "stop", "kind", "tag", "step")]
    + [("wall", np.float64), ("known", np.int64)]
)
"""A place that holds no plain scalar: offset and size of its record, ``start`` and ``stop`` in the window, ``kind``,
tag (-1: none), step, wall time, and what earlier metadata said of the tag (UNKNOWN, SCALAR, OTHER)."""

BAD_EVENT, VALUE, DESCRIPTION, LONG_TAG, TOO_LARGE, MIXED = 0, 16, 17, 18, 19, 256
"""Kinds; 3 to 9 are the field numbers of Event.what. MIXED is added where the same record also gave points. A value
whose tag is longer than LONGEST_TAG is LONG_TAG; a record larger than LARGEST is TOO_LARGE and not in the window."""

LONGEST_TAG = 65_536
MOST_IN_RECORD, MOST_ODD = 1 << 20, 1 << 18
LARGEST = 256 << 20

FILE_VERSION, GRAPH, LOG_MESSAGE, SESSION_LOG, RUN_METADATA, META_GRAPH = 3, 4, 6, 7, 8, 9
UNKNOWN, SCALAR, OTHER = range(3)


class Decoder(Protocol):
    """What reads windows: ``_events.Decoder`` (compiled) or ``slow_events.Decoder``."""

    def decode(self, window: Bytes, base: int, limit: int, /) -> tuple[Any, ...]:
        """Read the whole records of a window that begins at ``base`` of a source of ``limit`` bytes."""

    def distrust(self, offset: int, /) -> None:
        """Take the header at ``offset`` for false and look on behind it."""


def new_decoder() -> Decoder:
    """The compiled decoder, or the slow one where it is not there."""
    if COMPILED:
        from runlift.wire import _events  # noqa: PLC0415 - may not be there

        decoder: Decoder = _events.Decoder()
        return decoder
    from runlift.wire import slow_events  # noqa: PLC0415 - only where the kernel is not

    return slow_events.Decoder()


@dataclass(frozen=True, slots=True)
class Window:
    """What one window held.

    ``series``: tag number and slice of the columns, each in file order; ``odd``: ODD rows in file order; ``lost``:
    damaged byte ranges that ended here; ``used`` and ``empty``: bytes of records with scalars only, and with nothing;
    ``rounded``: integers that no double holds; ``bare``: tensors of tags of which no metadata was seen;
    ``unfinished``: in the last window, where the cut tail begins (the source's end when there is none), else None.
    """

    data: memoryview
    series: tuple[tuple[int, slice], ...]
    step: I8
    wall_time: F8
    value: F8
    position: I8
    odd: NDArray[np.void]
    lost: tuple[tuple[int, int], ...]
    records: int
    used: int
    empty: int
    rounded: int
    bare: int
    unfinished: int | None


class EventReader:
    """Reads ``file`` from ``start`` to ``limit``; ``tags[i]`` are the raw bytes of tag number i, as far as read.

    Memory stays at one window, whatever the file's size; at one record of at most LARGEST, where that is larger and
    proves itself. A larger one is passed over.
    ``limit`` shrinks when the file turns out to be shorter.
    """

    def __init__(self, file: BinaryIO, limit: int, start: int = 0, decoder: Decoder | None = None) -> None:
        self.file, self.limit, self.start = file, limit, start
        self.decoder = new_decoder() if decoder is None else decoder
        self.tags: list[bytes] = []

    def windows(self, size: int = WINDOW) -> Iterator[Window]:
        """The windows, each of about ``size`` bytes, until the end."""
        base, carry, need = self.start, memoryview(b""), 0
        while True:
            if need > _DOUBTFUL:
                if not payload_proves(self.file, base):
                    self.decoder.distrust(base)
                    need = 0
                elif need > LARGEST:
                    yield self._passed_over(base, need)
                    base, carry, need = base + need, memoryview(b""), 0
            data = self._read(base, carry, max(size, need))
            result = self.decoder.decode(data, base, self.limit)
            done, need = result[0], result[1]
            self.tags += result[3]
            yield _window(data, result)
            base += done
            carry = data[done:]
            if base >= self.limit:
                return

    def _passed_over(self, base: int, size: int) -> Window:
        """A proven record that is too large to be read, as a window of one TOO_LARGE row; damage before it ends here."""
        window = _window(memoryview(b""), self.decoder.decode(b"", base, base))
        row = np.zeros(1, ODD)
        row["record"], row["size"], row["kind"], row["tag"] = base, size, TOO_LARGE, -1
        cut = () if window.unfinished is None or window.unfinished >= base else ((window.unfinished, base),)
        end = base + size if base + size >= self.limit else None
        return replace(window, odd=row, lost=window.lost + cut, records=1, unfinished=end)

    def _read(self, base: int, carry: memoryview, size: int) -> memoryview:
        """``size`` bytes from ``base`` on, or all that are left; ``carry`` is their beginning."""
        size = min(max(size, len(carry)), self.limit - base)
        data = memoryview(bytearray(size))
        data[: len(carry)] = carry
        got = len(carry)
        self.file.seek(base + got)
        while got < size and (n := self.file.readinto(data[got:])):  # type: ignore[attr-defined]
            got += n
        if got < size:
            self.limit = base + got
        return data[:got]


def _window(data: memoryview, result: tuple[Any, ...]) -> Window:
    _, _, unfinished, _, ids, counts, columns, odd, lost, totals = result
    step, wall_time, value, position = columns
    ends = np.cumsum(np.frombuffer(counts, np.int64)).tolist()
    starts = [0, *ends[:-1]]
    series = zip(np.frombuffer(ids, np.int64).tolist(), map(slice, starts, ends), strict=True)
    edges = np.frombuffer(lost, np.int64).tolist()
    records, used, empty, rounded, bare = totals
    return Window(
        data,
        tuple(series) if ends else (),
        np.frombuffer(step, np.int64),
        np.frombuffer(wall_time, np.float64),
        np.frombuffer(value, np.float64),
        np.frombuffer(position, np.int64),
        np.frombuffer(odd, ODD),
        tuple(zip(edges[::2], edges[1::2], strict=True)),
        records,
        used,
        empty,
        rounded,
        bare,
        None if unfinished < 0 else unfinished,
    )
