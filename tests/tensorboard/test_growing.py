"""Files that are still written: a cut tail waits, and reading goes on from there without decoding the rest again."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runlift as package
from runlift.facts import Account, Points, RunSeen, Text


def test_read_on_from_a_cut_at_every_byte_of_two_records(records, tmp_path):
    """Whatever byte the file ends at, the next ingest reads on from the last whole record and the whole agrees."""
    whole = b"".join(records.series("loss", range(12)))
    size = len(records.scalar("loss", 1, 1.0))
    for k, cut in enumerate(range(len(whole) - 2 * size - 3, len(whole), 9)):
        path = records.write(tmp_path / f"run{k}", [whole[:cut]])
        package.ingest(path, tmp_path / f"s{k}")
        path.write_bytes(whole)
        again = package.ingest(path, tmp_path / f"s{k}")
        done = len(whole) - (len(whole) - cut + size - 1) // size * size
        assert again.bytes == len(whole) - done
        with package.open(tmp_path / f"s{k}") as store:
            assert store.history("loss")["step"].tolist() == list(range(12))
            ledger = store.sql("SELECT total, used + ignored, unfinished FROM sources").values.tolist()
            assert ledger == [[len(whole), len(whole), 0]]
            assert store.table("issues").empty


def test_only_new_bytes_are_decoded(records, read, ask, tmp_path, monkeypatch):
    """The decoder never sees the bytes before the place where the earlier reading ended."""
    from runlift.wire import events

    path = records.write(tmp_path / "run", records.series("loss", range(500)))
    read(path.parent)
    size = path.stat().st_size
    seen = []
    plain = events.EventReader._read

    def noted(self, base, size, limit):
        seen.append(base)
        return plain(self, base, size, limit)

    monkeypatch.setattr(events.EventReader, "_read", noted)
    with path.open("ab") as f:
        f.write(records.scalar("loss", 500, 1.0))
    report = read(path.parent)
    assert report.bytes == path.stat().st_size - size
    assert {at for at in seen if at} == {size}
    assert ask("SELECT count(*), max(step) FROM history") == [(501, 500)]
    assert read(path.parent).read == 0


def test_an_unfinished_tail_is_told_and_forgotten(records, read, ask, tmp_path):
    """The Issue of the cut tail is gone once the record is whole."""
    whole = b"".join(records.series("loss", range(5)))
    path = records.write(tmp_path / "run", [whole[:-3]])
    report = read(path.parent)
    assert ask("SELECT code, severity FROM issues") == [("unfinished-record", "info")]
    assert not report.losses
    path.write_bytes(whole)
    read(path.parent)
    assert ask("SELECT count(*) FROM issues") == [(0,)]
    assert ask("SELECT unfinished FROM sources") == [(0,)]


def test_metadata_of_a_tags_first_value_holds_for_what_is_appended(samples, read, ask, tmp_path):
    """A file whose tensors carry metadata once is cut behind it: what is read on is still the right kind, told once."""
    for name in ("tensorflow_v1", "tensorboard_dtypes", "tensorboard_writer"):
        folder = shutil.copytree(samples / name, tmp_path / name)
        (path,) = folder.glob("events*")
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) * 3 // 4])
        read(folder)
        path.write_bytes(whole)
        assert read(folder).bytes < len(whole)
        found = package.verify_event_files(folder, tmp_path / "store")
        assert found.differences == []


def test_damage_before_the_end_does_not_stop_reading_on(records, read, ask, tmp_path):
    """A file with a bad record that grows is read on from its end; both readings' ranges stand in the ledger."""
    data = bytearray(b"".join(records.series("loss", range(20))))
    data[300] ^= 255
    path = records.write(tmp_path / "run", [bytes(data)])
    read(path.parent)
    with path.open("ab") as f:
        f.write(records.scalar("loss", 20, 1.0))
    assert read(path.parent).bytes == path.stat().st_size - len(data)
    assert ask("SELECT count(*) FROM history") == [(20,)]
    assert ask("SELECT total = used + ignored + damaged, damaged > 0 FROM sources") == [(True, True)]


@pytest.mark.parametrize("change", ["shorter", "other"])
def test_a_file_that_was_replaced_is_read_whole(change, records, read, ask, tmp_path):
    """A file that is shorter than before, or has other bytes where it was known, is not read on but read anew."""
    path = records.write(tmp_path / "run", records.series("loss", range(30)))
    read(path.parent)
    steps = range(5) if change == "shorter" else range(40)
    path.write_bytes(b"".join(records.series("loss", steps, 2.0)))
    assert read(path.parent).bytes == path.stat().st_size
    assert ask("SELECT count(*) FROM history WHERE value = 2.0") == [(len(steps),)]


def _items(found) -> list[str]:
    """All logged items but points, each as text; a tag's description is said again by each reading and left out."""
    others = (f for f in found.facts if not isinstance(f, (Account, Points, RunSeen)))
    return sorted(
        repr(f) for f in others if not (isinstance(f, Text) and f.tag.endswith((".description", ".display_name")))
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_two_readings_give_what_one_gives(samples, said, data):
    """Cut anywhere and read on, any recorded file gives the same points and items as read at once, and the same ledger."""
    path = data.draw(st.sampled_from(sorted(p for p in samples.rglob("*tfevents*") if p.is_file())))
    whole = path.read_bytes()
    cut = data.draw(st.integers(1, len(whole)))
    first = said(whole[:cut])
    (account,) = first.of(Account)
    if not account.used + account.ignored.get("file version", 0):
        return
    start = cut - account.unfinished
    second, both = said(whole, start), said(whole)
    points = first.points()
    for metric, rows in second.points().items():
        points.setdefault(metric, []).extend(rows)
    assert points == both.points()
    kept = [i for i in _items(first) if "unfinished-record" not in i]
    assert sorted(kept + _items(second)) == _items(both)
    assert sum(f.used for f in (account, *second.of(Account))) == both.of(Account)[0].used
