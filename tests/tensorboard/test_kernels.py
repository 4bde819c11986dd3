"""The compiled kernel and its twin in Python give the same bytes for the same file, whole or damaged."""

from __future__ import annotations

import io
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runlift.wire import slow_events
from runlift.wire.events import EventReader, new_decoder
from runlift.wire.tfrecord import COMPILED, FRAME, header_length

if not COMPILED:
    pytest.skip("the compiled kernel is not installed here (no C compiler when it was)", allow_module_level=True)

QUIET = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _told(data: bytes, decoder, size: int) -> tuple:
    """All that a decoder says of a file, over all windows: columns by tag, odd places as the bytes there, the ledger."""
    reader = EventReader(io.BytesIO(data), len(data), 0, decoder)
    columns: dict[int, list[bytes]] = defaultdict(lambda: [b""] * 4)
    odd, lost = [], []
    sums: Counter[str] = Counter()
    unfinished = None
    for w in reader.windows(size):
        for tag, place in w.series:
            arrays = (w.step, w.wall_time, w.value, w.position)
            columns[tag] = [old + a[place].tobytes() for old, a in zip(columns[tag], arrays, strict=True)]
        for row in w.odd:
            rest = (
                int(row["record"]),
                int(row["size"]),
                int(row["kind"]),
                int(row["tag"]),
                int(row["step"]),
                int(row["known"]),
            )
            odd.append((*rest, row["wall"].tobytes(), bytes(w.data[row["start"] : row["stop"]])))
        lost += w.lost
        sums.update({k: getattr(w, k) for k in ("records", "used", "empty", "rounded", "bare")})
        unfinished = w.unfinished
    return dict(columns), odd, lost, sums, unfinished, reader.tags, reader.limit


def _same(data: bytes, size: int) -> None:
    assert _told(data, new_decoder(), size) == _told(data, slow_events.Decoder(), size)


@pytest.mark.parametrize("size", [64, 1000, 1 << 20])
def test_both_kernels_agree_on_every_sample(sample_file, size):
    """Every recorded file, in windows smaller than a record, of some records, and whole."""
    _same(sample_file.read_bytes(), size)


@QUIET
@given(st.data())
def test_both_kernels_agree_on_damaged_files(samples, data):
    """A sample with bytes flipped, cut out, doubled or replaced by zeros, and cut at any byte."""
    names = ["tensorboard_dtypes", "torch_restart", "tensorboard_writer", "tensorboard_plugins"]
    (path, *_) = sorted((samples / data.draw(st.sampled_from(names))).glob("events*"))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at, n = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 40))
        how = data.draw(st.sampled_from(["flip", "cut", "double", "zero", "end"]))
        if how == "flip":
            raw[at] ^= data.draw(st.integers(1, 255))
        elif how == "cut":
            del raw[at : at + n]
        elif how == "double":
            raw[at:at] = raw[at : at + n]
        elif how == "zero":
            raw[at : at + n] = bytes(n)
        else:
            del raw[max(1, at) :]
        if not raw:
            return
    _same(bytes(raw), data.draw(st.sampled_from([50, 700, 1 << 20])))


@QUIET
@given(st.binary(max_size=300))
def test_both_kernels_agree_on_any_payload(payload):
    """Any bytes as an event behind right checksums: the same points, odd places or refusal."""
    from runlift.wire.tfrecord import framed

    _same(framed(payload), 1 << 20)


def test_checksums_by_table_and_by_instruction(samples):
    """Without the processor's CRC instruction the kernel reads the same."""
    from runlift.wire import _events

    data = next((samples / "torch_kinds").glob("events*")).read_bytes()
    with_instruction = _told(data, new_decoder(), 1 << 20)
    try:
        assert not _events.use_tables(True)
        assert _told(data, new_decoder(), 1 << 20) == with_instruction
    finally:
        _events.use_tables(False)


def test_every_record_is_found_where_it_stands(sample_file):
    """Walking the frames by hand meets as many records as the reader counts, and ends at the file's end."""
    data = sample_file.read_bytes()
    at = n = 0
    while at < len(data):
        at += header_length(data, at) + FRAME
        n += 1
    windows = list(EventReader(io.BytesIO(data), len(data)).windows())
    assert (at, n) == (len(data), sum(w.records for w in windows))
    assert all(np.all(np.diff(w.position[place]) >= 0) for w in windows for _, place in w.series)
