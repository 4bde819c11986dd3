"""W&B offline runs: their file, and what the real ``wandb sync`` makes of it before a server that records."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

import runlift
from runlift.exporters._wandb_log import LogWriter, read_log
from tests.moving.conftest import make_store
from tests.moving.torture import START
from tests.moving.wandb_backend import backend

pytest.importorskip("wandb")


@pytest.fixture(scope="module")
def synced(torture, tmp_path_factory):
    """The torture runs moved and synced: what the server recorded, and the folder."""
    folder = tmp_path_factory.mktemp("wandb")
    assert runlift.export("wandb", folder / "dest", torture).unexplained == 0
    runs = sorted((folder / "dest" / "wandb").glob("offline-run-*"))
    with backend() as server:
        done = _sync(server.url, folder, runs)
        assert done.returncode == 0, done.stderr
        yield server, folder


def _sync(url: str, home, runs):
    env = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_")}
    env |= {"WANDB_BASE_URL": url, "WANDB_API_KEY": "a" * 40, "WANDB_ERROR_REPORTING": "false", "HOME": str(home)}
    command = [sys.executable, "-m", "wandb", "sync", *map(str, runs)]
    return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False)


def _rows(server, name: str) -> list[dict]:
    (run,) = [k for k, v in server.runs.items() if v["displayName"] == name]
    return [row for _, row in sorted(server.rows.get(run, {}).items())]


def test_sync_uploads_every_point_with_its_step_and_time(synced, torture):
    """For each metric the server gets the points of the store: steps, seconds, values, NaN and infinities too; -0.0 as 0."""
    server, _ = synced
    rows = _rows(server, "hard/ünï")
    with runlift.open(torture) as store:
        for metric in ("odd", "repeated", "backward", "wide", "fine", "long", "Größe/日本"):
            wanted = store.history(metric, "hard/ünï")
            logged = [r for r in rows if metric in r and not isinstance(r[metric], dict)]
            got = [(r.get("runlift_step", r["_step"]), r["_timestamp"], float(r[metric])) for r in logged]
            points = zip(wanted["step"], wanted["wall_time"], wanted["value"], strict=True)
            assert sorted(map(repr, got)) == sorted(repr((int(s), float(t), float(v) + 0.0)) for s, t, v in points)


def test_runs_without_trouble_keep_their_own_step(synced):
    """Where steps rise, W&B's step is the run's step, its runtime the time since the start."""
    rows = _rows(synced[0], "crashed")
    assert [r["_step"] for r in rows] == list(range(300))
    assert all("runlift_step" not in r for r in rows)
    assert rows[10]["_timestamp"] - rows[0]["_timestamp"] == pytest.approx(1.0, abs=1e-6)
    assert rows[10]["_runtime"] == pytest.approx(1.0, abs=1e-6)


def test_the_run_itself_arrives(synced):
    """Name, group, job type, notes, tags, config and exit code."""
    server, _ = synced
    said = {v["displayName"]: v for v in server.runs.values()}
    hard = said["hard/ünï"]
    assert (hard["groupName"], hard["jobType"], hard["notes"]) == ("group", "train", "# Notes\n\nmarkdown")
    assert hard["tags"] == ["one", "two, three"]
    config = json.loads(hard["config"])
    assert config["prompt"]["value"] == "p" * 10_000
    assert config["runlift"]["value"]["started_at"].startswith("2010-01-01T00:00:00.123456")
    ends = {server.runs[k]["displayName"]: v["exitcode"] for k, v in server.ends.items()}
    assert ends == {"hard/ünï": 0, "crashed": 1, "empty": 255, "parent": 0, "fold0": 0, "fold1": 0}


def test_media_tables_and_files_arrive(synced):
    """The bytes that are uploaded are those that the rows name by digest."""
    server, _ = synced
    names = {name for _, name in server.files}
    rows = _rows(server, "hard/ünï")
    images = [r["samples/a b"] for r in rows if "samples/a b" in r]
    assert len(images) == 4
    assert {i["path"] for i in images} <= names
    (table,) = [r["notes"] for r in rows if "notes" in r]
    (body,) = [data for (_, name), data in server.files.items() if name == table["path"]]
    assert json.loads(body)["data"][2] == [3, START + 2, "y" * 20_000]
    assert {"runlift/run.json", "runlift/points.parquet", "artifacts/model/weights.bin"} <= names


def test_a_second_sync_sends_nothing(synced):
    """W&B's own mark is left where it looks for it."""
    server, folder = synced
    asked = len(server.asked)
    done = _sync(server.url, folder, sorted((folder / "dest" / "wandb").glob("offline-run-*")))
    assert done.returncode == 0
    assert "UpsertBucket" not in server.asked[asked:]


@pytest.mark.parametrize("apart", [True, False])
def test_sync_adds_what_a_run_has_grown_by(apart, tmp_path):
    """A run that is synced, grows and is synced again, or both folders at once: the server has each row once, in order."""
    folders = []
    with backend() as server:
        for n in (20, 45):
            store = make_store(tmp_path, n, ("crashed", "growing"))
            assert runlift.export("wandb", tmp_path / "dest", store).unexplained == 0
            folders = sorted((tmp_path / "dest" / "wandb").glob("offline-run-*"))
            if apart:
                assert _sync(server.url, tmp_path, folders).returncode == 0
        if not apart:
            assert _sync(server.url, tmp_path, folders).returncode == 0
        assert len(folders) == 4
        crashed, growing = _rows(server, "crashed"), _rows(server, "growing")
    assert [(r["_step"], r["loss"]) for r in crashed] == [(i, 1 / (1 + i)) for i in range(45)]
    assert crashed[44]["_timestamp"] == pytest.approx(START + 10 + 4.4, abs=1e-6)
    assert crashed[44]["_runtime"] == pytest.approx(4.4, abs=1e-6)
    assert [r["_step"] for r in growing] == list(range(len(growing)))
    assert [r["runlift_step"] for r in growing if "loss" in r] == list(range(45))
    assert sum("notes" in r for r in growing) == 2
    assert sum("samples" in r for r in growing) == sum("tone" in r for r in growing) == 4


def test_records_of_any_size_come_back():
    """The log keeps records that end at, before and beyond the ends of its blocks."""
    sizes = [0, 1, 32_754, 32_755, 32_760, 100_000, 7, *np.random.default_rng(3).integers(0, 40_000, 50).tolist()]
    records = [bytes([i % 251]) * size for i, size in enumerate(sizes)]
    file = io.BytesIO()
    writer = LogWriter(file)
    writer.write(records[:5])
    writer.write(records[5:])
    file.seek(0)
    assert list(read_log(file)) == records


def test_a_cut_or_changed_file_is_said(synced):
    """A file that ends early or has another byte is no file to be believed."""
    path = next((synced[1] / "dest").rglob("run-*.wandb"))
    data = path.read_bytes()
    with pytest.raises(ValueError, match="ends within"):
        list(read_log(io.BytesIO(data[:-3])))
    with pytest.raises(ValueError, match="damaged"):
        list(read_log(io.BytesIO(data[:60] + bytes([data[60] ^ 1]) + data[61:])))
