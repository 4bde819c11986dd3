"""Damage of every kind: reading goes on behind it, the ledger has the bytes, an Issue tells; never a crash."""

from __future__ import annotations

import io
import struct
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runlift.facts import Account, Issue
from runlift.wire import events
from runlift.wire.tfrecord import FRAME, crc32c, header_length, masked

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = ["tensorboard_dtypes", "torch_restart", "tensorboard_plugins", "tensorflow_v2", "clu_writer", "torch_kinds"]


def _frames(data: bytes) -> list[tuple[int, int]]:
    found, at = [], 0
    while at < len(data):
        found.append((at, at + header_length(data, at) + FRAME))
        at = found[-1][1]
    return found


def _header(length: int) -> bytes:
    head = struct.pack("<Q", length)
    return head + struct.pack("<I", masked(crc32c(head, 0)))


def _one_account(found) -> Account:
    (account,) = found.of(Account)
    assert account.missing() == 0
    return account


def _codes(found) -> list[str]:
    return [i.code for i in found.of(Issue)]


@pytest.mark.parametrize("where", ["length", "length checksum", "payload", "payload checksum"])
def test_reading_goes_on_behind_a_bad_record(where, records, said):
    """A bad byte in any part of a record's frame costs that record alone, and the Issue counts it and names its tag."""
    made = records.series("loss", range(20))
    offset = {"length": 2, "length checksum": 9, "payload": 30, "payload checksum": -2}[where]
    bad = bytearray(made[8])
    bad[offset] ^= 0x40
    data = b"".join([*made[:8], bytes(bad), *made[9:]])
    found = said(data)
    assert [s for _, s, _, _ in found.points()["loss"]] == [s for s in range(20) if s != 7]
    account = _one_account(found)
    assert account.damaged == ((len(b"".join(made[:8])), len(b"".join(made[:9]))),)
    (issue,) = found.of(Issue)
    assert issue.code == "damaged-bytes"
    assert "1 record lost" in issue.message
    assert "'loss' by 1" in issue.message


def test_an_issue_names_the_tags_that_are_short(records, said):
    """Three records are lost between two tags that alternate: two points of one, one of the other."""
    made = [records.scalar(t, s, 1.0) for s in range(0, 100, 10) for t in ("loss", "acc")]
    data = bytearray(b"".join(made))
    size = len(made[0])
    start = data.index(made[6])
    data[start : start + size + len(made[7]) + len(made[8])] = bytes(size + len(made[7]) + len(made[8]))
    (issue,) = said(bytes(data)).of(Issue)
    assert "about 3 records lost; short of points: 'loss' by 2, 'acc' by 1" in issue.message


GARBAGE = [b"\x00" * 700, b"garbage " * 90, _header(1 << 63), _header(50) + b"x" * 20, _header(1 << 30)]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_between_records_is_passed_by(garbage, records, said):
    """Zeros, text, and headers that claim 2^63, too much or a gigabyte: the records behind are read."""
    made = records.series("loss", range(10))
    data = b"".join([*made[:5], garbage, *made[5:]])
    found = said(data)
    assert len(found.points()["loss"]) == 10
    account = _one_account(found)
    assert account.damaged == ((len(b"".join(made[:5])), len(b"".join(made[:5])) + len(garbage)),)
    assert _codes(found) == ["damaged-bytes"]


@QUIET
@given(st.data())
def test_records_beside_the_damage_are_all_read(samples, said, data):
    """Whatever a span of a file is overwritten with, every record that it does not touch gives what it gave before."""
    path = next((samples / data.draw(st.sampled_from(NAMES))).rglob("*tfevents*"))
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    stop = min(len(whole), start + data.draw(st.integers(1, 60)))
    bad = bytearray(whole)
    bad[start:stop] = data.draw(st.binary(min_size=stop - start, max_size=stop - start))
    touched = {a for a, b in _frames(whole) if a < stop and b > start}
    before, after = said(whole), said(bytes(bad))
    _one_account(after)
    for metric, rows in before.points().items():
        kept = [r for r in rows if r[0] not in touched]
        assert [r for r in after.points().get(metric, []) if r[0] not in touched] == kept


@QUIET
@given(st.data())
def test_a_cut_at_any_byte_is_unfinished_not_damaged(samples, said, data):
    """Cut anywhere, a file gives all whole records before the cut, and the rest of the bytes waits as unfinished."""
    path = next((samples / data.draw(st.sampled_from(NAMES))).rglob("*tfevents*"))
    whole = path.read_bytes()
    cut = data.draw(st.integers(1, len(whole)))
    ends = [b for _, b in _frames(whole) if b <= cut]
    account = _one_account(said(whole[:cut]))
    assert account.unfinished + account.unrecognised == cut - (ends[-1] if ends else 0)
    assert account.damaged == ()


@QUIET
@given(st.binary(max_size=600))
def test_any_bytes_are_an_issue_at_most(said, data):
    """Bytes that are no event file at all end in an account that adds up and one Issue."""
    found = said(data)
    _one_account(found)
    assert len(_codes(found)) == 1
    assert found.points() == {}


def test_a_hole_of_a_sparse_file(records, read, ask, tmp_path):
    """Half a gigabyte of zeros between records takes neither memory nor long; what lies behind is read."""
    made = records.series("loss", range(10))
    path = records.write(tmp_path / "run", made[:5])
    hole = 1 << 29
    with path.open("r+b") as f:
        f.seek(path.stat().st_size + hole)
        f.write(b"".join(made[5:]))
    read(tmp_path / "run")
    assert ask("SELECT count(*) FROM history") == [(10,)]
    assert ask("SELECT damaged FROM sources") == [(hole,)]
    assert ask("SELECT code, count FROM issues") == [("damaged-bytes", 1)]


def test_zeros_at_the_end_wait(records, said):
    """Zeros that a file system put where a writer's bytes never came are unfinished."""
    data = b"".join(records.series("loss", range(5)))
    account = _one_account(said(data + bytes(100_000)))
    assert (account.unfinished, account.damaged) == (100_000, ())


def test_false_claims_cost_no_memory(records, said):
    """A header with the right checksum that claims 40 MB in a file that has them is not believed before it is proved."""
    made = records.series("loss", range(5))
    tail = made[3] + made[4]
    data = b"".join(made[:3]) + _header(40 << 20) + bytes(40 << 20) + tail + bytes(64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "_DOUBTFUL", 1 << 20)
        patch.setattr(events.EventReader.windows, "__defaults__", (1 << 20,))
        tracemalloc.start()
        found = said(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(found.points()["loss"]) == 4
    assert peak < 12 << 20
    assert _codes(found) == ["damaged-bytes", "unfinished-record"]


def test_a_record_beyond_all_measure_is_passed_over(records, said, monkeypatch):
    """A proven record larger than the limit is not loaded: one Issue, its bytes unrecognised, the rest read."""
    monkeypatch.setattr(events, "_DOUBTFUL", 1 << 16)
    monkeypatch.setattr(events, "LARGEST", 1 << 17)
    monkeypatch.setattr(events.EventReader.windows, "__defaults__", (1 << 15,))
    made = records.series("loss", range(6))
    large = records.event(wall_time=1.7e9, graph_def=b"g" * (1 << 18))
    found = said(b"".join([*made[:3], b"junk", large, *made[3:]]))
    assert len(found.points()["loss"]) == 6
    account = _one_account(found)
    assert account.unrecognised == len(large)
    assert [b - a for a, b in account.damaged] == [4]
    assert sorted(_codes(found)) == ["damaged-bytes", "record-too-large"]


def test_a_tag_of_megabytes(records, said):
    """No writer makes such a tag: the value is unrecognised, with one Issue, and is not copied about."""
    tags = [records.scalar("t" * (3 << 20) + str(k), k, 1.0) for k in range(3)]
    found = said(b"".join([*records.series("loss", range(5)), *tags]))
    assert list(found.points()) == ["loss"]
    (issue,) = found.of(Issue)
    assert (issue.code, issue.count) == ("tag-too-long", 3)
    assert _one_account(found).unrecognised == sum(map(len, tags))


def test_a_record_of_a_million_empty_values(records, said):
    """Values of two bytes each, more than any writer logs at once: refused as a whole, memory stays small."""
    values = b"\x0a\x00" * (events.MOST_IN_RECORD + 2)
    summary = b"\x2a" + _varint(len(values)) + values
    from runlift.wire.tfrecord import framed

    found = said(b"".join(records.series("loss", range(5))) + framed(summary))
    assert _codes(found) == ["event-undecodable"]
    assert len(found.points()["loss"]) == 5


def _varint(n: int) -> bytes:
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def test_a_decompression_bomb_is_kept_shut(read, ask, tmp_path, records):
    """An image that claims 60,000 x 60,000 pixels is stored as its bytes; nothing unpacks it."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9))
        + chunk(b"IEND", b"")
    )
    image = {"height": 60_000, "width": 60_000, "colorspace": 3, "encoded_image_string": png}
    event = records.event(wall_time=1.7e9, step=1, summary={"value": [{"tag": "x", "image": image}]})
    records.write(tmp_path / "run", [records.version(), event])
    read(tmp_path / "run")
    assert ask("SELECT width, bytes FROM media") == [(60_000, len(png))]


def test_an_lfs_pointer_is_told_as_one(read, ask, tmp_path):
    """The pointer of a file that Git LFS has not fetched is neither an empty run nor damage."""
    path = tmp_path / "run" / "events.out.tfevents.1.host"
    path.parent.mkdir()
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9000\n")
    read(path.parent)
    assert ask("SELECT code FROM issues") == [("git-lfs-pointer",)]
    assert ask("SELECT count(*) FROM runs") == [(0,)]


def test_memory_does_not_grow_with_the_file(records, said):
    """Eight windows take no more memory than two."""
    made = b"".join(records.series("loss", range(2000)))
    peaks = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events.EventReader.windows, "__defaults__", (1 << 16,))
        for times in (2, 16):
            tracemalloc.start()
            reader = events.EventReader(io.BytesIO(made * times), len(made) * times)
            for _ in reader.windows():
                pass
            peaks.append(tracemalloc.get_traced_memory()[1] - len(made) * times)
            tracemalloc.stop()
    assert peaks[1] < peaks[0] + (1 << 18)
