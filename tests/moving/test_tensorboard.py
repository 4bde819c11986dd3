"""Runs moved to event files, as TensorBoard's own reader and its real server give them."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import runlift
from runlift.api import verify_destination
from runlift.exporters._tensorboard_scalars import scalar_records
from runlift.wire.tfrecord import framed
from tests.moving import pusher, servers
from tests.moving.torture import START

pytest.importorskip("tensorboard")


@pytest.fixture(scope="module")
def moved(torture, tmp_path_factory):
    """The torture runs moved: (folder, report)."""
    dest = tmp_path_factory.mktemp("tb") / "logs"
    return dest, runlift.export("tensorboard", dest, torture)


def _tree(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _hard(dest: Path) -> Path:
    return next(p for p in dest.glob("*/*") if p.name.startswith("hard"))


def _events(folder: Path):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    for path in sorted(folder.rglob("*tfevents*")):
        yield from EventFileLoader(str(path)).Load()


def _scalars(folder: Path, tag: str) -> list[tuple[int, float, float]]:
    return [
        (e.step, e.wall_time, v.tensor.float_val[0])
        for e in _events(folder)
        for v in e.summary.value
        if v.tag == tag and v.tensor.float_val
    ]


def test_the_torture_runs_arrive_without_an_unexplained_difference(moved):
    """Every run's receipt says equal, or equal up to losses that the table states."""
    dest, report = moved
    assert report.unexplained == 0
    receipt = json.loads(Path(f"{dest}.receipt.json").read_text())
    assert [r["verdict"] for r in receipt["runs"]] == ["equal up to stated losses"] * 2 + [
        "equal up to stated losses",
        "equal",
        "equal up to stated losses",
        "equal up to stated losses",
    ]
    assert {loss["code"] for loss in receipt["losses"]} >= {"float32-value", "no-step", "equal-steps", "epoch"}
    assert not any(r["differences"] for r in receipt["runs"])


def test_values_steps_and_times_are_the_runs_own(moved):
    """Non-finite values, 64-bit and negative steps and the full wall times come out of TensorBoard's reader."""
    folder = _hard(moved[0])
    odd = _scalars(folder, "odd")
    assert [s for s, _, _ in odd] == list(range(8))
    assert [t for _, t, _ in odd] == [START + i * 0.25 for i in range(8)]
    values = [v for _, _, v in odd]
    assert math.isnan(values[0])
    assert values[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, values[3]) == -1
    assert values[5] == math.inf
    assert values[6] == np.float32(0.1)
    assert [s for s, _, _ in _scalars(folder, "wide")] == [-(2**63), -5, 0, 2**40, 2**63 - 1]
    assert sorted(v for _, _, v in _scalars(folder, "backward")) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert len(_scalars(folder, "repeated")) == 6


def test_what_float32_cannot_hold_lies_beside_it_exactly(moved, torture):
    """The points of every series that changes stand in points.parquet as the store has them."""
    import pyarrow.parquet as pq

    found = pq.read_table(_hard(moved[0]) / "runlift" / "points.parquet").to_pandas()
    with runlift.open(torture) as store:
        for metric in ("odd", "epochs", "stepless", "long"):
            wanted = store.history(metric, "hard/ünï")[["step", "epoch", "wall_time", "value"]]
            got = found[found["metric"] == metric][["step", "epoch", "wall_time", "value"]]
            assert got.to_numpy(float).tobytes() == wanted.to_numpy(float).tobytes()


def test_settings_and_items_are_where_the_plugins_look(moved):
    """Settings are hparams with their types; texts, histograms, images and audio carry their plugin's name."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    plugins, settings = set(), None
    for event in _events(_hard(moved[0])):
        for value in event.summary.value:
            plugins.add(value.metadata.plugin_data.plugin_name)
            if value.tag == "_hparams_/session_start_info":
                settings = HParamsPluginData.FromString(value.metadata.plugin_data.content).session_start_info
    assert plugins >= {"scalars", "hparams", "text", "histograms", "images", "audio"}
    assert settings.hparams["lr"].number_value == 0.1
    assert settings.hparams["batch"].string_value == str(2**60 + 1)
    assert settings.hparams["flag"].bool_value is True
    assert settings.hparams["prompt"].string_value == "p" * 10_000
    assert settings.start_time_secs == START


def test_pushing_again_changes_nothing(moved, torture):
    """Runs that are complete are left alone, to the byte and the time of change."""
    dest, _ = moved
    before = {p: p.stat().st_mtime_ns for p in dest.rglob("*")}
    report = runlift.export("tensorboard", dest, torture)
    assert report.counts["unchanged"] == report.counts["runs"]
    assert {p: p.stat().st_mtime_ns for p in dest.rglob("*")} == before


def test_a_series_of_100_000_points_arrives(long_run, tmp_path):
    """Every point of it is compared."""
    report = runlift.export("tensorboard", tmp_path / "logs", long_run)
    assert (report.counts["points"], report.unexplained) == (100_000, 0)


def test_a_plan_names_the_losses_and_writes_nothing(torture, tmp_path):
    """--plan counts what would be sent, and each loss with what it becomes."""
    report = runlift.export("tensorboard", tmp_path / "logs", torture, plan=True)
    assert not list(tmp_path.iterdir())
    assert report.counts["runs"] == 6
    assert any(n.startswith("loss float32-value") and "points.parquet" in n for n in report.notes)


def test_killed_at_random_moments_it_ends_as_a_clean_push(small, tmp_path):
    """Twenty pushes killed with -9 and one that is not leave a clean push's folder, and nothing beside it."""
    whole = pusher.duration("tensorboard", tmp_path / "clean", small, verify=False)
    clean, killed = _tree(tmp_path / "clean"), 0
    for i, moments in enumerate(pusher.moments(whole)):
        dest = tmp_path / f"killed{i}" / "logs"
        dest.parent.mkdir()
        killed += sum(pusher.kill("tensorboard", dest, small, moment, verify=False) for moment in moments)
        runlift.export("tensorboard", dest, small, verify=False)
        assert _tree(dest) == clean
        assert sorted(os.listdir(dest.parent)) == ["logs", "logs.runlift-lock"]
    assert killed


def test_two_pushes_at_once_do_not_double(torture, tmp_path):
    """Both end well, and each run is there once."""
    assert pusher.at_once("tensorboard", tmp_path / "logs", torture) == [0, 0]
    assert len(list((tmp_path / "logs").glob("*/*"))) == 6
    assert verify_destination(tmp_path / "logs", torture).unexplained == 0


def test_a_change_in_the_target_is_found(moved, torture, tmp_path):
    """A changed value, a missing file and a missing run are differences, named by metric and step; exit code 1."""
    dest = tmp_path / "logs"
    shutil.copytree(moved[0], dest)
    crashed = next(dest.glob("*/crashed"))
    events = next(crashed.glob("*tfevents*"))
    from tensorboard.compat.proto.event_pb2 import Event

    extra = Event(wall_time=START, step=7)
    extra.summary.value.add(tag="loss", simple_value=42.0)
    with events.open("ab") as file:
        file.write(framed(extra.SerializeToString()))
    (crashed / "runlift" / "run.json").unlink()
    shutil.rmtree(next(dest.glob("*/empty")))
    found = {r.name: r for r in verify_destination(dest, torture).runs if r.verdict == "different"}
    assert set(found) == {"crashed", "empty"}
    assert any("value 42.0) is only in the target" in d for d in found["crashed"].differences)
    assert "file 'runlift/run.json': not in the target" in found["crashed"].differences


def test_the_command_says_and_returns_what_it_found(torture, tmp_path, runlift):
    """The receipt's lines are printed; --runs chooses; exit code 1 where the target differs."""
    dest = tmp_path / "logs"
    done = runlift("export", "tensorboard", dest, "--store", torture, "--runs", "name = 'crashed'")
    assert "equal up to stated losses: crashed" in done.stdout
    assert [p.name for p in dest.glob("*/*")] == ["crashed"]
    events = next(dest.glob("*/crashed/*tfevents*"))
    events.write_bytes(events.read_bytes()[:-41])
    done = runlift("export", "tensorboard", dest, "--store", torture, "--runs", "name = 'crashed'", code=1)
    assert "different: crashed" in done.stdout


def test_records_are_those_of_the_protos():
    """The columns' bytes are what the proto library and the record writer give, for every length of step."""
    from tensorboard.compat.proto.event_pb2 import Event

    steps = [-(2**63), -1, *sorted({0, 2**63 - 1} | {2**k - d for k in range(7, 63, 7) for d in (0, 1)})]
    values = np.linspace(-1, 1, len(steps))
    times = START + np.arange(len(steps)) / 3
    got = b"".join(scalar_records("tag/ü", times, np.array(steps, np.int64), values))
    wanted = b""
    for step, time_, value in zip(steps, times, values, strict=True):
        event = Event(wall_time=time_)
        event.summary.value.add(tag="tag/ü", simple_value=value)
        body = event.SerializeToString()
        # The library leaves a step of 0 out; here it stands, so that all records have one form.
        plain = Event(step=step).SerializeToString() or b"\x10\x00"
        wanted += framed(body[:9] + plain + body[9:])
    assert got == wanted


@pytest.fixture(scope="module")
def server(moved):
    """A real tensorboard over the moved runs; gives a function that fetches JSON."""
    with servers.tensorboard(moved[0]) as url:

        def get(path: str, **query: str):
            asked = f"{url}/data/{path}?{urllib.parse.urlencode(query)}"
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - our own server
                return json.loads(answer.read())

        yield get


def test_the_real_server_shows_every_point(server, moved):
    """The default data server gives each point of each series, the repeated and backward ones too."""
    hard = str(_hard(moved[0]).relative_to(moved[0]))
    wanted = {"odd": 8, "backward": 6, "wide": 5, "long": 300, "repeated": 6}
    got: dict[str, int] = {}
    for _ in range(200):
        try:
            tags = server("plugin/scalars/tags")
            runs = [r for r in tags if r == hard or r.startswith(hard + "/")]
            got = {
                tag: sum(len(server("plugin/scalars/scalars", run=r, tag=tag)) for r in runs if tag in tags[r])
                for tag in wanted
            }
        except OSError:
            pass
        if got == wanted:
            break
        time.sleep(0.2)
    assert got == wanted
    assert any(r.startswith(hard) for r in server("plugin/images/tags"))
    assert any(r.startswith(hard) for r in server("plugin/histograms/tags"))
    assert any(r.startswith(hard) for r in server("plugin/text/tags"))
    (curve,) = server("plugin/pr_curves/pr_curves", run=hard, tag="pr/whole")[hard]
    assert curve["recall"] == [1.0, 0.625]  # it ends with the last threshold that anything passes
    assert curve["true_positives"] == [3, 2]
