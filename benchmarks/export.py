"""Pushes beside the best plain client: the same points, the same machine, the same minute.

    .venv/bin/python benchmarks/export.py [tensorboard] [mlflow] [trackio] [wandb] [neptune-parquet] [--points 1000000]

Prints points a second of ``runlift export`` (from store to target, without reading back; then with it) and of the
target's own client given the points in memory, and their ratio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

import argparse
import os
import tempfile
import time

import numpy as np

RUNS, METRICS = 4, 5


def make(folder: str, points: int) -> str:
    """A store of four runs of five metrics, the same every time."""
    import pandas as pd

    import runlift

    rng = np.random.default_rng(7)
    rows = points // RUNS // METRICS
    lab = os.path.join(folder, "lab")
    os.makedirs(lab)
    for run in range(RUNS):
        columns = {f"metric{k}": rng.normal(0, 1, rows) for k in range(METRICS)}
        times = 1.7e9 + np.arange(rows) * 0.25
        frame = pd.DataFrame({"step": np.arange(rows), "wall_time": times, **columns})
        frame.to_csv(os.path.join(lab, f"run{run}.csv"), index=False)
    runlift.ingest(lab, os.path.join(folder, "store"))
    return os.path.join(folder, "store")


def ours(target: str, dest: str, store: str, *, verify: bool) -> float:
    """Points a second of an export."""
    import runlift

    began = time.perf_counter()
    report = runlift.export(target, dest, store, verify=verify)
    assert not report.unexplained
    return report.counts["points"] / (time.perf_counter() - began)


def tensorboard(folder: str, store: str) -> dict[str, float]:
    """Event files, beside TensorBoard's own record writer."""
    found = {
        "runlift": ours("tensorboard", os.path.join(folder, "a"), store, verify=False),
        "runlift, read back": ours("tensorboard", os.path.join(folder, "b"), store, verify=True),
    }
    return found | {"RecordWriter": plain_tensorboard(os.path.join(folder, "plain"))}


def plain_tensorboard(path: str, n: int = 100_000) -> float:
    """Points a second of TensorBoard's record writer."""
    from tensorboard.compat.proto import event_pb2
    from tensorboard.summary.writer.record_writer import RecordWriter

    began = time.perf_counter()
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for step in range(n):
            event = event_pb2.Event(wall_time=1.7e9 + step, step=step)
            event.summary.value.add(tag="metric0", simple_value=step / 7)
            writer.write(event.SerializeToString())
    return n / (time.perf_counter() - began)


WAYS: dict[str, Callable[[str, str], dict[str, float]]] = {"tensorboard": tensorboard}


def main() -> None:
    """Measure what is asked for, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", default=list(WAYS))
    parser.add_argument("--points", type=int, default=1_000_000)
    wanted = parser.parse_args()
    for target in wanted.targets:
        with tempfile.TemporaryDirectory() as folder:
            found = WAYS[target](folder, make(folder, wanted.points))
        print(f"{target}, {wanted.points:,} points")
        for way, rate in found.items():
            print(f"  {way:24} {rate:12,.0f} points/s")


if __name__ == "__main__":
    main()
