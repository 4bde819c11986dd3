"""Runs moved to a real MLflow server, and to its database, as MlflowClient gives them."""

from __future__ import annotations

import http.server
import json
import math
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import runlift
from runlift.api import verify_destination
from runlift.errors import AccessError
from tests.moving import proxy, pusher, servers
from tests.moving.conftest import make_store
from tests.moving.torture import START

pytest.importorskip("mlflow")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a real `mlflow server` over SQLite."""
    with servers.mlflow(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="module")
def moved(server, torture, tmp_path_factory):
    """The torture runs moved to the server: (client, report, receipt)."""
    path = tmp_path_factory.mktemp("receipt") / "receipt.json"
    report = runlift.export("mlflow", server, torture, receipt=str(path))
    return _client(server), report, json.loads(path.read_text())


def _client(url: str):
    from mlflow import MlflowClient

    return MlflowClient(url)


def _runs(client):
    return client.search_runs([e.experiment_id for e in client.search_experiments()], max_results=1000)


def _named(client, name: str):
    (found,) = [r for r in _runs(client) if r.info.run_name == name]
    return found


def _history(client, run, name: str):
    return [(m.step, m.timestamp, m.value) for m in client.get_metric_history(run.info.run_id, name)]


def _everything(client) -> dict:
    """All that a server holds, by the runs' own ids: what two servers must agree in."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    runs = _runs(client)
    ids = {r.info.run_id: r.data.tags["runlift.run_id"] for r in runs}
    assert len(set(ids.values())) == len(ids)
    found = {}
    for run in runs:
        tags = dict(run.data.tags)
        tags["mlflow.parentRunId"] = ids.get(tags.get("mlflow.parentRunId"))
        found[tags["runlift.run_id"]] = {
            "tags": tags,
            "params": run.data.params,
            "info": (run.info.run_name, run.info.status, run.info.start_time, run.info.end_time),
            "points": {k: sorted(map(repr, _history(client, run, k))) for k in run.data.metrics},
            "files": sorted(_files(get_artifact_repository(run.info.artifact_uri, tracking_uri=client.tracking_uri))),
        }
    return found


def _files(place, folder: str | None = None):
    for entry in place.list_artifacts(folder):
        if entry.is_dir:
            yield from _files(place, entry.path)
        else:
            yield entry.path, entry.file_size


def _empty(client) -> None:
    for run in _runs(client):
        client.delete_run(run.info.run_id)


def test_the_torture_runs_arrive_without_an_unexplained_difference(moved):
    """Every run's receipt is equal up to losses that the table states."""
    _, report, receipt = moved
    assert report.unexplained == 0
    assert {r["verdict"] for r in receipt["runs"]} == {"equal up to stated losses"}
    stated = {loss["code"] for loss in receipt["losses"]}
    assert stated >= {"infinite-value", "time-to-ms", "equal-points", "negative-zero", "name", "long-text"}


def test_runs_are_back_dated_and_keep_their_status(moved):
    """Start, end, status, user, notes, experiment and nesting are the runs' own."""
    client = moved[0]
    hard, crashed, fold = (_named(client, n) for n in ("hard/ünï", "crashed", "fold1"))
    assert (hard.info.start_time, hard.info.end_time) == (1_262_304_000_123, 1_262_307_600_623)
    assert (hard.info.status, crashed.info.status, _named(client, "empty").info.status) == (
        "FINISHED",
        "FAILED",
        "KILLED",
    )
    assert hard.data.tags["mlflow.user"] == "ada"
    assert hard.data.tags["mlflow.note.content"] == "# Notes\n\nmarkdown"
    assert client.get_experiment(hard.info.experiment_id).name == "torture: α"
    assert fold.data.tags["mlflow.parentRunId"] == _named(client, "parent").info.run_id


def test_datasets_are_inputs_of_the_run(moved):
    """A dataset among the artifacts and the data that settings name are logged, with source and context, none else."""
    from mlflow.data import get_source

    inputs = _named(moved[0], "hard/ünï").inputs.dataset_inputs
    found = {i.dataset.name: (i.dataset.source_type, {t.key: t.value for t in i.tags}) for i in inputs}
    assert found == {
        "train.csv": ("local", {}),
        "imagenet-1k": ("code", {"runlift.settings": "dataset"}),
        "/data/ünï/train.csv": (
            "local",
            {"runlift.settings": "data.train_file", "mlflow.data.context": "training"},
        ),
        "s3://bucket/val.parquet": (
            "s3",
            {"runlift.settings": "val_files", "mlflow.data.context": "validation"},
        ),
        "https://data.example/val.csv": (
            "http",
            {"runlift.settings": "val_files", "mlflow.data.context": "validation"},
        ),
    }
    assert {i.dataset.name: len(i.dataset.digest) for i in inputs}["train.csv"] == 36
    assert all(get_source(i.dataset) for i in inputs)


def test_the_plan_counts_datasets(torture, tmp_path):
    """What a setting names is said before anything moves."""
    report = runlift.export("mlflow", f"sqlite:///{tmp_path}/m.db", torture, plan=True)
    assert "items: 5 dataset" in report.notes
    assert any(n.startswith("loss dataset-named: 4 x") for n in report.notes)


@pytest.mark.parametrize(
    ("key", "value", "context"),
    [
        ("trainData", "a", "training"),
        ("eval_dataset_name", "a", "evaluation"),
        ("cfg.data.val.path", "a", "validation"),
        ("test_file", "a", "testing"),
        ("DATA_DIR", "a", ""),
        ("metadata", "a", None),
        ("log_data", "a", None),
        ("cache_dataset_dir", "a", None),
        ("data_loader", "a", None),
        ("train_steps", "a", None),
        ("dataset", "None", None),
    ],
)
def test_only_settings_that_name_data_are_datasets(key, value, context):
    """The last words of a key say whether it names data and what for."""
    from runlift.exporters._mlflow_datasets import _values

    found = list(_values({"key": key, "kind": "string", "value": value}))
    assert found == ([] if context is None else [(value, context)])


def test_points_are_the_runs_own(moved):
    """NaN is kept, infinities are the largest doubles, 64-bit and negative steps are exact, times are to the ms."""
    client = moved[0]
    hard = _named(client, "hard/ünï")
    odd = sorted(_history(client, hard, "odd"))
    largest = sys.float_info.max
    assert [v for _, _, v in odd[1:7]] == [largest, -largest, 0.0, 5e-324, largest, 0.1]
    assert math.isnan(odd[0][2])
    assert math.isnan(odd[7][2])
    assert [t for _, t, _ in odd] == [round((START + i * 0.25) * 1000) for i in range(8)]
    assert sorted(s for s, _, _ in _history(client, hard, "wide")) == [-(2**63), -5, 0, 2**40, 2**63 - 1]
    assert sorted(_history(client, hard, "backward"))[5][2] == 5.0
    assert len(_history(client, hard, "repeated")) == 4


def test_no_two_names_become_one(moved):
    """Each of the torture's metrics is a metric here, the refused ones under names that say which they were."""
    client = moved[0]
    hard = _named(client, "hard/ünï")
    assert len(hard.data.metrics) == 28
    assert "acc_1" in hard.data.metrics
    assert sorted(v for k, v in hard.data.metrics.items() if k.startswith("acc_1")) == [2.75, 3.75, 4.75]
    assert len(hard.data.params["prompt"]) == 6000
    assert hard.data.params["prompt"].endswith("... [10,000 characters]")


def test_pushing_again_changes_nothing(moved, server, torture, tmp_path):
    """Runs that are complete are left alone."""
    before = _everything(moved[0])
    report = runlift.export("mlflow", server, torture, receipt=str(tmp_path / "r.json"))
    assert (report.counts["unchanged"], report.unexplained) == (6, 0)
    assert _everything(moved[0]) == before


def test_a_change_in_the_target_is_found(moved, server, torture):
    """A point too many, a changed tag and a run that is gone are differences."""
    client = moved[0]
    crashed, empty = _named(client, "crashed"), _named(client, "empty")
    client.log_metric(crashed.info.run_id, "loss", 42.0, timestamp=5, step=7)
    client.set_tag(crashed.info.run_id, "runlift.status", "finished")
    client.delete_run(empty.info.run_id)
    found = {r.name: r for r in verify_destination(server, torture).runs if r.verdict == "different"}
    client.restore_run(empty.info.run_id)
    assert set(found) == {"crashed", "empty"}
    assert "metric 'loss': (step 7, time 0.005, value 42.0) is only in the target" in found["crashed"].differences
    assert any(d.startswith("tag 'runlift.status'") for d in found["crashed"].differences)


def test_the_database_is_served_by_mlflow_afterwards(torture, tmp_path):
    """sqlite:/// is written without a server; the runs and their files are in it."""
    report = runlift.export("mlflow", f"sqlite:///{tmp_path}/m.db", torture, receipt=str(tmp_path / "r.json"))
    assert report.unexplained == 0
    client = _client(f"sqlite:///{tmp_path}/m.db")
    hard = _named(client, "hard/ünï")
    local = client.download_artifacts(hard.info.run_id, "artifacts/model/weights.bin", str(tmp_path))
    assert Path(local).read_bytes() == b"\0\1weights"


def test_killed_at_random_moments_it_ends_as_a_clean_push(server, small):
    """Twenty pushes killed with -9, five on each of four empty servers, and one that is not: as after a clean push."""
    client = _client(server)
    _empty(client)
    whole = pusher.duration("mlflow", server, small, verify=False)
    clean, killed = _everything(client), 0
    for moments in pusher.moments(whole):
        _empty(client)
        killed += sum(pusher.kill("mlflow", server, small, moment, verify=False) for moment in moments)
        runlift.export("mlflow", server, small, verify=False)
        assert _everything(client) == clean
    assert killed


def test_through_a_faulty_network_it_ends_as_a_clean_push(server, small):
    """With requests cut, delayed, repeated and refused, the server holds what a clean push leaves."""
    client = _client(server)
    _empty(client)
    runlift.export("mlflow", server, small, verify=False)
    clean = _everything(client)
    _empty(client)
    with proxy.faulty(server) as (url, seen):
        runlift.export("mlflow", url, small, verify=False)
    assert set(seen) >= set(proxy.FAULTS)
    assert _everything(client) == clean


def test_a_series_of_100_000_points_arrives(server, long_run, tmp_path):
    """Every point of it is compared."""
    report = runlift.export("mlflow", server, long_run, receipt=str(tmp_path / "r.json"))
    assert (report.counts["points"], report.unexplained) == (100_000, 0)


def test_two_pushes_at_once_do_not_double(server, small):
    """Both end well, and each run is there once."""
    client = _client(server)
    _empty(client)
    assert pusher.at_once("mlflow", server, small, verify=False) == [0, 0]
    assert len(_runs(client)) == 5
    assert verify_destination(server, small).unexplained == 0


def test_a_grown_run_gets_only_what_is_new(server, tmp_path, monkeypatch):
    """The run stays the same run, and the points that it has are not sent again."""
    client = _client(server)
    _empty(client)
    store = make_store(tmp_path, 20, ("crashed",))
    runlift.export("mlflow", server, store, receipt=str(tmp_path / "r.json"))
    first = _named(client, "crashed").info.run_id
    make_store(tmp_path, 30, ("crashed",))
    sent = []
    monkeypatch.setattr("mlflow.utils.rest_utils.http_request_safe", _counting(sent))
    assert runlift.export("mlflow", server, store, receipt=str(tmp_path / "r.json")).unexplained == 0
    assert sum(sent) == 10
    assert _named(client, "crashed").info.run_id == first


def _counting(sent: list):
    from mlflow.utils.rest_utils import http_request_safe

    def request(*args: object, **named: Any):
        sent.append(len(named["json"]["metrics"]))
        return http_request_safe(*args, **named)

    return request


def test_a_run_that_holds_other_points_is_sent_anew(server, tmp_path):
    """Points that are no longer in force cannot be taken back, so the run is replaced by one that holds what counts."""
    client = _client(server)
    _empty(client)
    store = make_store(tmp_path, 20, ("crashed",))
    runlift.export("mlflow", server, store, receipt=str(tmp_path / "r.json"))
    first = _named(client, "crashed").info.run_id
    client.log_metric(first, "loss", 42.0, timestamp=5, step=7)
    make_store(tmp_path, 30, ("crashed",))
    assert runlift.export("mlflow", server, store, receipt=str(tmp_path / "r.json")).unexplained == 0
    assert _named(client, "crashed").info.run_id != first


@pytest.mark.parametrize("status", [401, 403])
def test_refused_access_stops_at_once(status, torture):
    """A server that refuses access is asked once, and the error says where credentials belong."""
    asked = []

    class Refuse(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(status)

        def log_message(self, *args: object):
            pass

    refusing = http.server.HTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=refusing.serve_forever, kwargs={"poll_interval": 0.05}).start()
    try:
        with pytest.raises(AccessError, match=f"status {status}"):
            runlift.export("mlflow", f"http://user:secret@127.0.0.1:{refusing.server_port}", torture)
    finally:
        refusing.shutdown()
        refusing.server_close()
    assert len(asked) <= 6  # once a run at most, none twice
