"""Restarts as the writers mean them: purges of version-2 files, steps that go back, and what only looks like one."""

from __future__ import annotations

import pytest

POINTS = "SELECT step, value, attempt, superseded FROM points WHERE metric = $1 ORDER BY source, position"


def test_purge_step_of_a_real_writer(samples, read, ask):
    """PyTorch's ``purge_step=6``: steps 6 to 9 of the first file are overtaken, and the report counts them."""
    report = read(samples / "torch_restart")
    assert (report.runs, report.points, report.superseded) == (1, 16, 4)
    assert ask("SELECT step FROM history ORDER BY step") == [(s,) for s in range(12)]
    assert ask("SELECT min(value) FROM history WHERE step >= 6") == [(99.0,)]
    ((message,),) = ask("SELECT message FROM issues WHERE code = 'restart'")
    assert "started again 1 time(s); 4 earlier points are overtaken" in message


def _two_files(records, folder, first, second) -> None:
    records.write(folder, first)
    records.write(folder, second, "events.out.tfevents.1700000500.host.1.0")


def test_a_purge_reaches_every_tag(records, read, ask, tmp_path):
    """TensorBoard drops points of all tags from the step on, of those too that are not logged again."""
    first = [records.version(), *(records.scalar(t, s, 1.0) for s in range(10) for t in ("loss", "only before"))]
    second = [records.version(), records.restart(6), *(records.scalar("loss", s, 2.0) for s in range(6, 12))]
    _two_files(records, tmp_path / "run", first, second)
    assert read(tmp_path / "run").superseded == 8
    assert ask("SELECT max(step) FROM history WHERE metric = 'only before'") == [(5,)]
    assert ask("SELECT count(*) FROM history WHERE metric = 'loss'") == [(12,)]


def test_the_same_points_as_tensorboard_keeps(records, read, ask, tmp_path):
    """What is in force equals what EventAccumulator is left with after its own purge, tag by tag."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    first = [records.version(), *(records.scalar(t, s, 1.0) for s in range(20) for t in ("a", "b"))]
    second = [records.version(), records.restart(7), *(records.scalar("a", s, 2.0) for s in range(7, 15))]
    second += [records.restart(12), *(records.scalar("a", s, 3.0) for s in range(12, 18))]
    _two_files(records, tmp_path / "run", first, second)
    read(tmp_path / "run")
    truth = EventAccumulator(str(tmp_path / "run"), {"scalars": 0})
    truth.Reload()
    for tag in ("a", "b"):
        kept = [(e.step, e.value) for e in truth.Scalars(tag)]
        assert ask("SELECT step, value FROM history WHERE metric = $1 ORDER BY source, position", tag) == kept


def test_a_session_start_at_the_head_is_no_restart(records, read, ask, tmp_path, monkeypatch):
    """TF1 writers log START first of all; however many blocks the points come in, nothing is overtaken."""
    from runlift.parsers import _tensorboard_reading

    monkeypatch.setattr(_tensorboard_reading, "LARGEST_BLOCK", 10)
    records.write(tmp_path / "run", [records.version(), records.restart(0), *(records.scalar("a", s, 1.0) for s in range(50))])  # fmt: skip
    assert read(tmp_path / "run").superseded == 0
    assert ask("SELECT count(*) FROM issues WHERE code = 'restart'") == [(0,)]


def test_start_means_nothing_in_files_before_version_2(records, read, ask, tmp_path):
    """TensorBoard purges on START in version-2 files only."""
    first = [records.event(wall_time=1.7e9, file_version="brain.Event:1")]
    first += [records.scalar("a", s, 1.0) for s in range(10)]
    first += [records.restart(3), *(records.scalar("a", s, 1.0) for s in range(10, 20))]
    records.write(tmp_path / "run", first)
    assert read(tmp_path / "run").superseded == 0


def test_a_step_back_is_an_attempt(records, read, ask, tmp_path):
    """One file without any mark whose steps fall back once: the repeated steps overtake."""
    steps = [*range(10), *range(4, 12)]
    records.write(tmp_path / "run", records.series("a", steps))
    assert read(tmp_path / "run").superseded == 6
    assert [a for _, _, a, _ in ask(POINTS, "a")] == [0] * 10 + [1] * 8


@pytest.mark.parametrize("steps", [[s for k in range(20) for s in (k, 1000 + k)], [*range(5)] * 6])
def test_two_counters_in_one_file_are_no_restart(steps, records, read, ask, tmp_path):
    """Steps that go back and forth, or count anew in every epoch, lose nothing, where other readers evict them."""
    records.write(tmp_path / "run", records.series("a", steps))
    assert read(tmp_path / "run").superseded == 0
    assert ask("SELECT count(*) FROM history") == [(len(steps),)]


def test_a_restart_is_remembered_when_the_run_grows(records, read, ask, tmp_path):
    """What a mark overtook stays overtaken when only new points are read at the next ingest."""
    first = [records.version(), *(records.scalar(t, s, 1.0) for s in range(10) for t in ("loss", "only before"))]
    second = [records.version(), records.restart(6), *(records.scalar("loss", s, 2.0) for s in range(6, 12))]
    _two_files(records, tmp_path / "run", first, second)
    before = read(tmp_path / "run")
    path = tmp_path / "run" / "events.out.tfevents.1700000500.host.1.0"
    with path.open("ab") as f:
        f.write(records.scalar("loss", 12, 2.0))
    after = read(tmp_path / "run")
    assert (before.superseded, after.superseded) == (8, 8)
    assert ask("SELECT count(*), max(step) FROM history") == [(6 + 13, 12)]


def test_a_mark_in_what_was_appended(records, read, ask, tmp_path):
    """A START that comes with the next part of a file purges too, though the version stands in the file's head."""
    path = records.write(tmp_path / "run", [records.version(), *(records.scalar(t, s, 1.0) for s in range(10) for t in "ab")])  # fmt: skip
    read(tmp_path / "run")
    with path.open("ab") as f:
        f.write(records.restart(5) + b"".join(records.scalar("a", s, 2.0) for s in range(5, 8)))
    assert read(tmp_path / "run").superseded == 10
    assert ask("SELECT max(step) FROM history WHERE metric = 'b'") == [(4,)]
