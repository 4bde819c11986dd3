"""What other readers of TensorBoard logs lose without a word, each as a test that here it is not lost."""

from __future__ import annotations

import math

import pytest

from runlift.wire.tfrecord import framed


def test_one_flipped_byte_costs_one_record_and_is_told(records, runlift, ask, tmp_path):
    """Readers stop at the first bad record and exit 0: here 999 of 1,000 points are there, and the exit code is 1."""
    data = bytearray(b"".join(records.series("loss", range(1000))))
    data[len(data) // 2] ^= 1
    records.write(tmp_path / "run", [bytes(data)])
    done = runlift("ingest", tmp_path / "run", "--store", tmp_path / "store", code=1)
    assert "damaged" in done.stdout
    assert ask("SELECT count(*), max(step) FROM history") == [(999, 999)]


@pytest.mark.parametrize("style", ["simple", "tensor"])
def test_thirty_thousand_steps_are_thirty_thousand(style, records, read, ask, tmp_path):
    """Reservoirs keep 10,000 scalars or 10 tensors of a tag: here every step is kept, the first and the last too."""
    if style == "simple":
        made = records.series("loss", range(30_000))
    else:
        metadata = {"plugin_data": {"plugin_name": "scalars"}, "data_class": 1}
        values = [
            {"tag": "loss", "metadata": metadata, "tensor": {"dtype": 1, "float_val": [s]}} for s in range(30_000)
        ]
        made = [records.event(wall_time=1.7e9 + s, step=s, summary={"value": [v]}) for s, v in enumerate(values)]
    records.write(tmp_path / "run", made)
    read(tmp_path / "run")
    assert ask("SELECT count(*), count(DISTINCT step), min(step), max(step) FROM history") == [
        (30_000, 30_000, 0, 29_999)
    ]


def test_keras_and_tensorflow_2_logs_are_scalars(samples, read, ask):
    """Tensor scalars are metrics like all others, where importers say that no data was found."""
    read(samples / "keras_callback")
    read(samples / "tensorflow_v2")
    metrics = {m for (m,) in ask("SELECT DISTINCT metric FROM history")}
    assert {"epoch_loss", "batch_loss"} <= metrics
    assert ask("SELECT count(*) FROM history WHERE source LIKE '%tensorflow_v2%'") == [(20,)]


def test_media_beside_scalars_abort_nothing(samples, read, ask):
    """A log that holds images, audio, histograms, a PR curve and settings is read whole, as one run."""
    assert read(samples / "tensorboardx_kinds").runs <= 2
    for table in ("points", "media", "histograms", "curves", "texts", "params"):
        assert ask(f"SELECT count(*) > 0 FROM {table}") == [(True,)]


def test_wall_times_are_kept_to_the_last_bit(records, read, ask, tmp_path):
    """Not cut to seconds, not replaced by now, not dropped: as they were logged, 0 and times before it too."""
    times = [1.7e9 + 1 / 3, 1.7e9 + 1e-6, 0.0, -5.5]
    records.write(tmp_path / "run", [records.version(), *(records.scalar("a", s, 1.0, t) for s, t in enumerate(times))])
    read(tmp_path / "run")
    assert ask("SELECT wall_time FROM points ORDER BY step") == [(t,) for t in times]


def test_clocks_that_stand_or_go_back_lose_no_point(records, read, ask, tmp_path):
    """Points whose time is not later than the last one's are points all the same."""
    times = [1.7e9, 1.7e9, 1.7e9 - 3600, 1.7e9 + 1]
    records.write(tmp_path / "run", [records.scalar("a", s, 1.0, t) for s, t in enumerate(times)])
    read(tmp_path / "run")
    assert ask("SELECT count(*) FROM history") == [(4,)]


def test_event_files_beside_run_folders_are_a_run(records, read, ask, tmp_path):
    """A file in the root of the log folder is a run of its own; runs below it stay apart."""
    records.write(tmp_path / "logs", records.series("loss", range(3)))
    other = [records.version(1.6e9), *(records.scalar(t, s, 1.0) for s in range(4) for t in ("loss", "acc"))]
    records.write(tmp_path / "logs" / "b", other)
    assert read(tmp_path / "logs").runs == 2
    assert ask("SELECT count(*) FROM history GROUP BY run_id ORDER BY 1") == [(3,), (8,)]


def test_a_restarted_training_is_one_run_without_duplicates(samples, read, ask):
    """Two event files of one folder are one run, its steps each once in what is in force."""
    read(samples / "torch_restart")
    assert ask("SELECT count(*) FROM runs") == [(1,)]
    assert ask("SELECT step FROM history GROUP BY step HAVING count(*) > 1") == []


def test_reading_twice_is_reading_once(samples, read, ask):
    """The second import is neither refused nor doubled."""
    read(samples / "torch_kinds")
    counts = ask("SELECT count(*) FROM points"), ask("SELECT count(*) FROM media")
    assert read(samples / "torch_kinds").read == 0
    assert read(samples / "torch_kinds", again=True).read
    assert (ask("SELECT count(*) FROM points"), ask("SELECT count(*) FROM media")) == counts


def test_not_a_number_is_kept_and_does_not_hide_its_tag(records, read, ask, tmp_path):
    """NaN and the infinities are points; the metric's summary counts them and goes by the rest."""
    values = [math.nan, 1.0, math.inf, 3.0, -math.inf]
    records.write(tmp_path / "run", [records.scalar("a", s, v) for s, v in enumerate(values)])
    read(tmp_path / "run")
    assert ask("SELECT n, n_nonfinite, min, max, mean FROM metrics") == [(5, 3, 1.0, 3.0, 2.0)]
    assert [repr(v) for (v,) in ask("SELECT value FROM points ORDER BY step")] == [repr(v) for v in values]


def test_metadata_on_the_first_value_only(records, read, ask, tmp_path):
    """TF1 writes a tag's metadata once a file: later values are the same kind."""
    metadata = {"plugin_data": {"plugin_name": "text"}}
    values = [{"tag": "t", "tensor": {"dtype": 7, "string_val": [b"%d" % s]}} for s in range(3)]
    values[0]["metadata"] = metadata
    made = [records.event(wall_time=1.7e9, step=s, summary={"value": [v]}) for s, v in enumerate(values)]
    records.write(tmp_path / "run", made)
    read(tmp_path / "run")
    assert ask("SELECT step, text FROM texts ORDER BY step") == [(0, "0"), (1, "1"), (2, "2")]


def test_no_version_no_time_many_values(records, read, ask, tmp_path):
    """No file_version, wall time 0, and one event with many values, the same tag twice among them."""
    value = [{"tag": t, "simple_value": v} for t, v in [("a", 1.0), ("b", 2.0), ("a", 3.0)]]
    records.write(tmp_path / "run", [records.event(step=7, summary={"value": value})])
    read(tmp_path / "run")
    assert ask("SELECT metric, step, wall_time, value FROM points ORDER BY metric, value") == [
        ("a", 7, 0.0, 1.0), ("a", 7, 0.0, 3.0), ("b", 7, 0.0, 2.0),
    ]  # fmt: skip


def test_a_tag_that_is_not_utf_8(read, ask, tmp_path, records):
    """It is kept with its odd bytes written out, and told."""
    value = b"\x0a\x03a\xff/" + b"\x15" + b"\x00\x00\x80\x3f"
    summary = b"\x0a" + bytes([len(value)]) + value
    records.write(tmp_path / "run", [framed(b"\x10\x05\x2a" + bytes([len(summary)]) + summary)])
    read(tmp_path / "run")
    assert ask("SELECT metric, step, value FROM points") == [("a\\xff/", 5, 1.0)]
    assert ask("SELECT code FROM issues") == [("tag-not-utf8",)]


def test_the_same_run_in_two_places_is_one_run(samples, read, ask, tmp_path):
    """A copy beside the run (``latest-run``) adds nothing to what is in force."""
    import shutil

    shutil.copytree(samples / "tensorboard_writer", tmp_path / "lab" / "run")
    shutil.copytree(samples / "tensorboard_writer", tmp_path / "lab" / "latest-run")
    assert read(tmp_path / "lab").runs_total == 1
    assert ask("SELECT count(*) FROM history") == [(10,)]
