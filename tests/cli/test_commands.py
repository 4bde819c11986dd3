"""The commands as processes: what they print, their exit codes, and one clear line for every mistake."""

from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest

from runlift.cli.main import COMMANDS


@pytest.fixture
def store(lab, tmp_path, runlift):
    """The lab, read into a store by the command."""
    (lab / "run0" / "config.yaml").write_text("lr: 0.1\nseed: 3\n")
    (lab / "run1" / "config.yaml").write_text("lr: 0.2\nseed: 3\n")
    runlift("ingest", lab, "--store", tmp_path / "s")
    return tmp_path / "s"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(runlift, name):
    """Each command explains itself with an example."""
    assert "Example:" in runlift(name, "--help").stdout


def test_ingest_reports_and_can_be_repeated(lab, tmp_path, runlift, runlift_json):
    """The report counts files, runs and points and shows the ledger; a second time nothing is read."""
    said = runlift("ingest", lab, "--store", tmp_path / "s").stdout
    assert "3 runs written with 30 points" in said
    assert "Ledger:" in said
    again = runlift_json("ingest", lab, "--store", tmp_path / "s")
    assert (again["read"], again["runs_total"]) == (0, 3)


def test_losses_give_exit_code_1(lab, tmp_path, runlift):
    """A damaged file is listed and the exit code says so; the rest is read."""
    path = next((lab / "run2").iterdir())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    done = runlift("ingest", lab, "--store", tmp_path / "s", code=1)
    assert "run2" in done.stdout + done.stderr


def test_scan_writes_nothing(lab, tmp_path, runlift, runlift_json):
    """``scan`` says which format takes each file and why, and leaves no store."""
    said = runlift("scan", lab, "--store", tmp_path / "s").stdout
    assert "tensorboard" in said
    assert not (tmp_path / "s").exists()
    assert len(runlift_json("scan", lab, "--store", tmp_path / "s")) == 3


def test_runs_and_show(store, runlift, runlift_json):
    """Runs are listed; one is shown with settings, metrics, ledger and issues."""
    rows = runlift_json("runs", "--store", store)
    assert {r["name"].rsplit("/")[-1] for r in rows} == {"run0", "run1", "run2"}
    assert runlift_json("runs", "--store", store, "--where", "contains(name, 'run1')")[0]["points"] == 10
    shown = runlift("show", "run1", "--store", store).stdout
    assert "lr" in shown
    assert "loss" in shown
    assert runlift_json("show", rows[0]["run_id"][:6], "--store", store)["run"]["run_id"] == rows[0]["run_id"]


def test_compare_shows_what_differs(store, runlift, runlift_json):
    """Settings that differ and the metrics side by side."""
    found = runlift_json("compare", "run0", "run1", "--store", store)
    assert [p["key"] for p in found["params"] if p["differs"]] == ["lr"]
    assert found["metrics"][0]["delta"] == pytest.approx(1.0)
    assert "1 settings are equal" in runlift("compare", "run0", "run1", "--store", store).stdout


def test_sql_prints_and_writes(store, tmp_path, runlift, runlift_json):
    """An answer is shown, printed as JSON, or written by the suffix of a file; a NaN is found."""
    query = "SELECT step, value FROM history WHERE isnan(value)"
    assert "nan" in runlift("sql", query, "--store", store).stdout
    assert len(runlift_json("sql", query, "--store", store)) == 1
    for suffix in ("parquet", "csv", "json"):
        runlift("sql", "SELECT * FROM history", "--store", store, "--output", tmp_path / f"a.{suffix}")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 30
    with open(tmp_path / "a.csv", newline="") as f:
        assert len(list(csv.DictReader(f))) == 30
    assert len((tmp_path / "a.json").read_text().splitlines()) == 30


def test_trace_prints_the_record(store, runlift):
    """The record that a point was read from, with file and position."""
    said = runlift("trace", "run0", "loss@3", "--store", store).stdout
    assert "events.out.tfevents" in said
    assert "0.25" in said


def test_export_and_store(store, tmp_path, runlift, runlift_json):
    """Targets are sub-commands; the store can be described, checked and optimized."""
    assert "3 runs" in runlift("export", "xlsx", tmp_path / "r.xlsx", "--store", store).stdout
    assert runlift_json("export", "csv", tmp_path / "c", "--store", store)["counts"]["history"] == 30
    assert runlift_json("store", "info", "--store", store)[0]["table"] == "runs"
    runlift("store", "optimize", "--store", store)
    runlift("store", "check", "--store", store)
    assert len(runlift_json("runs", "--store", store)) == 3


def test_doctor_and_formats(runlift, runlift_json):
    """What is installed and compiled, and what can be read and written."""
    assert "kernel" in runlift("doctor").stdout.lower()
    found = runlift_json("formats")
    assert {"tensorboard", "csv", "text_log"} <= {f["name"] for f in found["read"]}
    assert {"xlsx", "csv", "parquet"} <= {f["name"] for f in found["write"]}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(runlift, shell):
    """A script for each shell."""
    assert "_RUNLIFT_COMPLETE" in runlift("completion", shell).stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("ingest", "/does/not/exist"), "/does/not/exist"),
        (("runs",), "runlift ingest"),
        (("sql", "SELEC 1"), "runlift ingest"),
        (("compare", "one"), "two runs"),
        (("export", "excel", "x"), "excel"),
        (("nonsense",), "nonsense"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path, runlift, args, says):
    """A usage or input error exits 2, says what is wrong and never shows a traceback."""
    done = runlift(*args, code=2, RUNLIFT_STORE=str(tmp_path / "none"))
    assert says in done.stderr


def test_mistakes_about_runs_help_on(store, runlift):
    """An unknown run, metric or column names what there is."""
    assert "run1" in runlift("show", "rn1", "--store", store, code=2).stderr
    assert "loss" in runlift("trace", "run1", "los", "--store", store, code=2).stderr
    assert "value" in runlift("sql", "SELECT vale FROM history", "--store", store, code=2).stderr


def test_json_is_json_for_nan(store, runlift_json):
    """NaN and infinities are valid JSON for other programs: printed as strings or null, never as bare words."""
    found = runlift_json("sql", "SELECT value FROM history WHERE isnan(value)", "--store", store)
    text = json.dumps(found, allow_nan=False)
    assert text
