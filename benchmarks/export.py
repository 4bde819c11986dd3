"""Pushes beside the best plain client: the same points, the same machine, the same minute.

    .venv/bin/python benchmarks/export.py [tensorboard] [mlflow] [trackio] [wandb] [neptune-parquet] [--points 1000000]

Prints points a second of ``runlift export`` (from store to target, without reading back; then with it) and of the
target's own client given the points in memory, and their ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A benchmark beside this one is called tensorboard.py and must not be imported in the library's place.
sys.path = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(os.path.abspath(__file__))]

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


def ours(target: str, dest: str, store: str, *, verify: bool, runs: str | None = None) -> float:
    """Points a second of an export."""
    import runlift

    began = time.perf_counter()
    report = runlift.export(target, dest, store, verify=verify, runs=runs)
    if report.unexplained:
        raise SystemExit("\n".join(report.notes))
    return report.counts["points"] / (time.perf_counter() - began)


def best(ways: dict[str, Callable[[str], float]], folder: str) -> dict[str, float]:
    """The best of three turns of each way, in turn: the machine is not always equally free."""
    found: dict[str, float] = {}
    for turn in range(3):
        for way, run in ways.items():
            found[way] = max(
                found.get(way, 0), run(os.path.join(folder, f"{len(found)}-{turn}-{way.replace(' ', '')}"))
            )
    return found


def tensorboard(folder: str, store: str) -> dict[str, float]:
    """Event files, beside TensorBoard's own record writer."""
    ways = {
        "runlift": lambda dest: ours("tensorboard", dest, store, verify=False),
        "RecordWriter": plain_tensorboard,
    }
    return best(ways, folder) | {"runlift, read back": ours("tensorboard", folder + "/b", store, verify=True)}


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


@contextmanager
def mlflow_server(folder: str) -> Iterator[str]:
    """A real server over SQLite, one worker; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/m.db", "--artifacts-destination", f"{folder}/artifacts"]
    env = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with open(os.path.join(folder, "log"), "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=env, cwd=folder)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health"):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def mlflow(folder: str, store: str) -> dict[str, float]:
    """A server on loopback, beside MlflowClient.log_batch with 1,000 points a call, alone and in three threads."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    found: dict[str, float] = {}
    with mlflow_server(folder) as url:
        plain_mlflow(url, threads=1, n=2000)  # so that nobody pays for imports and the empty database
        for turn in range(3):
            rates = {
                "runlift": ours("mlflow", url, store, verify=False, runs=f'source~"run{turn}.csv"'),
                "MlflowClient": plain_mlflow(url, threads=1),
                "MlflowClient, 3 threads": plain_mlflow(url, threads=3),
            }
            found = {way: max(rate, found.get(way, 0)) for way, rate in rates.items()}
    return found


def plain_mlflow(url: str, threads: int, n: int = 30_000) -> float:
    """Points a second of the client, given points in memory; a run a thread."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(url)
    experiment = client.create_experiment(f"plain {time.time()}")

    def one(_: int) -> None:
        run = client.create_run(experiment).info.run_id
        for at in range(0, n // threads, 1000):
            batch = [Metric("metric0", i / 7, 1_700_000_000_000 + i, i) for i in range(at, at + 1000)]
            client.log_batch(run, metrics=batch)

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))
    return n / (time.perf_counter() - began)


def trackio(folder: str, store: str) -> dict[str, float]:
    """Trackio's store, beside its own ``bulk_log`` given rows in memory, without and with ids."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    return best({"runlift": lambda d: ours("trackio", d, store, verify=False), "bulk_log": plain_trackio}, folder)


def plain_trackio(folder: str, n: int = 20_000) -> float:
    """Points a second of Trackio's storage class, five metrics a row."""
    script = (
        "import sys, time\n"
        "from trackio.sqlite_storage import SQLiteStorage as S\n"
        f"rows = [{{f'metric{{k}}': i / (k + 7) for k in range({METRICS})}} for i in range({n})]\n"
        "times = [f'2020-01-01T00:00:{i % 60:02d}.{i:06d}+00:00' for i in range(len(rows))]\n"
        "began = time.perf_counter()\n"
        "S.bulk_log('p', 'r', rows, list(range(len(rows))), times, log_ids=[f'r:{i}' for i in range(len(rows))], run_id='r')\n"
        "print(time.perf_counter() - began)\n"
    )
    env = os.environ | {"TRACKIO_DIR": folder}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    return n * METRICS / float(done.stdout.split()[-1])


def wandb(folder: str, store: str) -> dict[str, float]:
    """Offline runs, beside the rows through W&B's protobuf classes into the same log."""
    ways = {"runlift": lambda d: ours("wandb", d, store, verify=False), "protobuf classes": lambda _: plain_wandb()}
    return best(ways, folder)


def plain_wandb(n: int = 20_000) -> float:
    """Points a second of W&B's protobuf classes, five metrics a row, written nowhere."""
    from wandb.proto import wandb_internal_pb2 as pb

    began = time.perf_counter()
    for i in range(n):
        row = pb.HistoryRecord(step=pb.HistoryStep(num=i))
        for k in range(METRICS):
            row.item.add(nested_key=[f"metric{k}"], value_json=repr(i / (k + 7)))
        for key in ("_step", "_timestamp", "_runtime"):
            row.item.add(nested_key=[key], value_json=repr(float(i)))
        pb.Record(num=i, history=row).SerializeToString()
    return n * METRICS / (time.perf_counter() - began)


def neptune(folder: str, store: str) -> dict[str, float]:
    """The tall Parquet layout."""
    return best({"runlift": lambda d: ours("neptune-parquet", d, store, verify=False)}, folder)


WAYS: dict[str, Callable[[str, str], dict[str, float]]] = {
    "tensorboard": tensorboard,
    "mlflow": mlflow,
    "trackio": trackio,
    "wandb": wandb,
    "neptune-parquet": neptune,
}


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
