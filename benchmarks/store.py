"""The store: bytes a point, one series, the last values of all series, reading 10,000 unchanged files again.

    .venv/bin/python benchmarks/store.py [--runs 1000] [--files 10000]

The peer is DuckDB alone over one Parquet file of the same columns, written with Parquet's defaults and sorted alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow.parquet as pq

import runlift

if TYPE_CHECKING:
    from collections.abc import Callable

METRICS, STEPS = 20, 1_000
ONE = "SELECT step, value FROM {history} WHERE run_id = '{run}' AND metric = 'm07' ORDER BY position"
LAST = "SELECT run_id, metric, arg_max(value, position) FROM {history} GROUP BY run_id, metric"


def make(folder: str, runs: int) -> str:
    """A store of ``runs`` x 20 metrics x 1,000 steps, read from JSON lines."""
    lab = os.path.join(folder, "lab")
    rng = np.random.default_rng(7)
    head = ",".join(["step", *(f"m{k:02d}" for k in range(METRICS))])
    for run in range(runs):
        os.makedirs(os.path.join(lab, f"run{run:05d}"))
        values = np.cumsum(rng.normal(0, 0.01, (STEPS, METRICS)), axis=0) + rng.random(METRICS)
        rows = np.column_stack([np.arange(STEPS), values])
        path = os.path.join(lab, f"run{run:05d}", "metrics.csv")
        np.savetxt(path, rows, fmt=["%d"] + ["%.9g"] * METRICS, delimiter=",", header=head, comments="")
    began = time.perf_counter()
    runlift.ingest(lab, os.path.join(folder, "store"))
    print(f"{runs * METRICS * STEPS:,} points in {runs:,} CSV files read in {time.perf_counter() - began:.1f} s")
    return os.path.join(folder, "store")


def median(call: Callable[[], object]) -> float:
    """Milliseconds of the median of seven calls, the first left out."""
    times = []
    for _ in range(8):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:]) * 1000


def ask(store: str, folder: str) -> None:
    """Size and questions, beside the peer."""
    with runlift.open(store) as opened:
        points = opened.sql("SELECT count(*) n FROM points")["n"][0]
        run = opened.sql("SELECT min(run_id) r FROM runs")["r"][0]
        plain = os.path.join(folder, "plain.parquet")
        pq.write_table(opened.sql("SELECT * FROM points ORDER BY run_id, metric, position", arrow=True), plain)
        parts = os.path.join(store, "points")
        size = sum(e.stat().st_size for e in os.scandir(parts) if e.name.endswith(".parquet"))
        print(
            f"  bytes a point, all columns   ours {size / points:6.1f}   Parquet's defaults {os.path.getsize(plain) / points:6.1f}"
        )
        peer = duckdb.connect()
        peer.execute(f"CREATE VIEW history AS SELECT * FROM read_parquet('{plain}')")
        for name, query in (("one series", ONE), ("last value of each series", LAST)):
            asked = query.format(history="history", run=run)
            ours = median(lambda q=asked: opened.sql(q, arrow=True))
            theirs = median(lambda q=asked: peer.sql(q).to_arrow_table())
            print(f"  {name:28} ours {ours:6.1f} ms   DuckDB alone {theirs:6.1f} ms   ratio {ours / theirs:.2f}")
    began = time.perf_counter()
    runlift.open(store).close()
    print(f"  opening the store            {1000 * (time.perf_counter() - began):6.1f} ms")


def again(folder: str, files: int) -> None:
    """Reading many unchanged files a second time."""
    lab = os.path.join(folder, "many")
    for k in range(files):
        os.makedirs(os.path.join(lab, f"r{k:05d}"))
        with open(os.path.join(lab, f"r{k:05d}", "m.csv"), "w") as f:
            f.write(f"step,loss\n0,{k}\n1,{k / 2}\n2,{k / 3}\n")
    store = os.path.join(folder, "again")
    began = time.perf_counter()
    runlift.ingest(lab, store)
    first = time.perf_counter() - began
    times = []
    for _ in range(3):
        began = time.perf_counter()
        report = runlift.ingest(lab, store)
        times.append(time.perf_counter() - began)
        assert report.read == 0
    print(f"{files:,} files: read in {first:.1f} s; again, nothing changed, in {min(times):.2f} s")


def main() -> None:
    """Make, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--files", type=int, default=10_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ask(make(folder, wanted.runs), folder)
        again(folder, wanted.files)


if __name__ == "__main__":
    main()
