"""Killed, stopped, or two at once: readers never see half a run, and the next ingest completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import runlift
from runlift.store.maintain import check_store

N_RUNS, N_POINTS = 30, 400


@pytest.fixture
def big_lab(tmp_path, write_events):
    """Runs enough that an ingest with small batches takes a while."""
    for k in range(N_RUNS):
        points = [("loss", s, 1.0 / (s + 1)) for s in range(N_POINTS // 2)]
        points += [("acc", s, s / N_POINTS) for s in range(N_POINTS // 2)]
        write_events(tmp_path / "lab" / f"run{k:02d}", points, start=1.7e9 + 1000 * k)
    return tmp_path / "lab"


# Many small commits, so that there are many moments to be killed at.
_SLOW = (
    "import runlift, sys\n"
    "from runlift import engine\n"
    "engine.batches = lambda tasks, jobs: [[t] for t in tasks]\n"
    "runlift.ingest(sys.argv[1], sys.argv[2])\n"
)


def _start(lab, store):
    return subprocess.Popen([sys.executable, "-c", _SLOW, str(lab), str(store)], stderr=subprocess.PIPE)


def _whole_runs_only(store):
    """Every run that a reader sees has all of its points and both summaries."""
    try:
        with runlift.open(store) as opened:
            rows = opened.sql(
                "SELECT r.run_id, (SELECT count(*) FROM points p WHERE p.run_id = r.run_id) points, "
                "(SELECT count(*) FROM metrics m WHERE m.run_id = r.run_id) metrics FROM runs r",
                arrow=True,
            ).to_pylist()
    except runlift.RunliftError:
        return 0
    assert all(r["points"] == N_POINTS and r["metrics"] == 2 for r in rows), rows
    return len(rows)


def test_killed_at_any_moment(big_lab, tmp_path):
    """``kill -9`` at twelve moments of an ingest; a reader beside it sees whole runs; the last run completes it."""
    store = tmp_path / "store"
    seen = 0
    for k in range(12):
        worker = _start(big_lab, store)
        time.sleep(0.25 + 0.09 * k)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stderr.close()
        now = _whole_runs_only(store)
        assert now >= seen
        seen = now
    report = runlift.ingest(big_lab, store)
    assert report.runs_total == N_RUNS
    assert _whole_runs_only(store) == N_RUNS
    assert check_store(str(store)) == []
    assert runlift.ingest(big_lab, store).read == 0


def test_readers_beside_a_writer_see_whole_runs(big_lab, tmp_path):
    """A reader that opens the store again and again while it is written sees runs come, whole."""
    store = tmp_path / "store"
    worker = _start(big_lab, store)
    counts = []
    while worker.poll() is None:
        counts.append(_whole_runs_only(store))
    worker.stderr.close()
    assert worker.returncode == 0
    assert counts == sorted(counts)
    assert _whole_runs_only(store) == N_RUNS


def test_two_ingests_at_once(big_lab, tmp_path):
    """Two processes read the same folder into one store at once: every run once, whole."""
    store = tmp_path / "store"
    workers = [_start(big_lab, store) for _ in range(2)]
    for w in workers:
        _, errors = w.communicate()
        assert w.returncode == 0, errors
    assert _whole_runs_only(store) == N_RUNS
    assert check_store(str(store)) == []
    with runlift.open(store) as opened:
        assert opened.sql("SELECT count(*) FROM history", arrow=True).column(0)[0].as_py() == N_RUNS * N_POINTS


def test_a_store_whose_making_was_cut_is_made(lab, tmp_path):
    """A folder that holds only the unfinished mark of another process (killed, or at work) becomes a store."""
    store = tmp_path / "store"
    store.mkdir()
    (store / "runlift.json.4711.tmp").write_text("{")
    assert runlift.ingest(lab, store).runs == 3


def test_two_writers_of_one_run_lose_nothing(tmp_path, write_events):
    """Two processes that each bring another file of the same run: it holds the points of both in the end."""
    points = [("loss", s, 1.0) for s in range(50)]
    first = write_events(tmp_path / "run", points, start=1.7e9)
    store = tmp_path / "store"
    runlift.ingest(first, store)
    more = [
        write_events(tmp_path / "run", [(f"m{k}", s, 1.0) for s in range(50)], start=1.7e9 + 100 * k) for k in (1, 2)
    ]
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(runlift.ingest(first.parent, store))) for _ in more]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with runlift.open(store) as opened:
        assert opened.sql("SELECT count(*), count(DISTINCT metric) FROM history", arrow=True).to_pylist()[0] == {
            "count_star()": 150,
            "count(DISTINCT metric)": 3,
        }
    assert check_store(str(store)) == []


def test_control_c_stops_with_one_line(big_lab, tmp_path):
    """Ctrl-C ends the command with exit code 130 and one line that says how to go on; the store is whole."""
    command = [sys.executable, "-m", "runlift", "ingest", str(big_lab), "--store", str(tmp_path / "store")]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    time.sleep(0.45)
    worker.send_signal(signal.SIGINT)
    out, errors = worker.communicate()
    assert "Traceback" not in errors
    if "The store" not in out:  # else it was done already, and the signal came while the interpreter went down
        # CPython ends itself by the signal where that came inside an import of C code; a shell shows 130 for both.
        assert worker.returncode in (130, -signal.SIGINT), (out, errors)
        assert "run the same command again" in errors
    runlift.ingest(big_lab, tmp_path / "store")
    assert _whole_runs_only(tmp_path / "store") == N_RUNS
