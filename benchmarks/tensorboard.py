"""Event files: decoding and whole ingests, beside TensorBoard's data server, EventAccumulator and tbparse.

    .venv/bin/python benchmarks/tensorboard.py [--scale 1.0] [--repeat 3] [--sets a1,a2,a3,a4] [--ways decode,ingest,...]

Makes four sets of event files, the same every time, lets each reader get all scalars of a set in a process of its own,
checks that all find as many points with the same sum, and prints CPU seconds (user and system; best of the repeats),
wall seconds, the highest resident memory, and the ratio to ours. Times of readers begin after their imports; those of
``ingest`` are of the whole command with its worker processes, to a durable store.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# This file has the name of a package that it measures: its folder must not be searched for it.
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]

NOTHING_LEFT_OUT = dict.fromkeys(("scalars", "tensors", "images", "audio", "histograms", "compressedHistograms"), 0)
SETS = {
    "a1": "1,000,000 scalar events (simple_value) in one file",
    "a2": "1,000,000 scalar events as tensors, each with its metadata, in one file",
    "a3": "1,000 files of 4,000 scalar events",
    "a4": "200,000 scalar events, 2,000 histograms and 200 images in one file",
}
START = 1.7e9


# ---- the four sets ----


def make(folder: Path, name: str, scale: float) -> Path:
    """The event files of a set, made where they are not there yet."""
    top = folder / f"{name}-{scale}"
    if not top.exists():
        part = folder / f"{name}-{scale}.part"
        {"a1": _a1, "a2": _a2, "a3": _a3, "a4": _a4}[name](part, scale)
        part.rename(top)
    return top


def _a1(top: Path, scale: float) -> None:
    _write(top, (_simple(f"train/metric_{i % 20}", i // 20, _value(i)) for i in range(int(1_000_000 * scale))))


def _a2(top: Path, scale: float) -> None:
    _write(top, (_tensor(f"train/metric_{i % 20}", i // 20, _value(i)) for i in range(int(1_000_000 * scale))))


def _a3(top: Path, scale: float) -> None:
    for k in range(int(1000 * scale)):
        events = (_simple(f"train/metric_{i % 20}", i // 20, _value(i + k), k * 1000.0) for i in range(4000))
        _write(top / f"run{k:04d}", events, k * 1000.0)


def _a4(top: Path, scale: float) -> None:
    n = int(200_000 * scale)

    def events() -> Iterator[bytes]:
        for i in range(n):
            yield _simple(f"train/metric_{i % 20}", i // 20, _value(i))
            if i % 100 == 0:
                yield _histogram(i // 100)
            if i % 1000 == 0:
                yield _image(i // 1000)

    _write(top, events())


def _value(i: int) -> float:
    return struct.unpack("<f", struct.pack("<f", 1.0 / (1 + i % 997) + i * 1e-6))[0]


def _write(folder: Path, events: Iterator[bytes], offset: float = 0.0) -> None:
    from tensorboard.compat.proto.event_pb2 import Event

    from runlift.wire.tfrecord import framed

    folder.mkdir(parents=True)
    with (folder / f"events.out.tfevents.{int(START + offset)}.bench.1.0").open("wb") as f:
        f.write(framed(Event(wall_time=START + offset, file_version="brain.Event:2").SerializeToString()))
        f.writelines(map(framed, events))


def _simple(tag: str, step: int, value: float, offset: float = 0.0) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(wall_time=START + offset + step * 0.25, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event.SerializeToString()


def _tensor(tag: str, step: int, value: float) -> bytes:
    """As TensorFlow's C++ writer lays it out: the number in tensor_content."""
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(wall_time=START + step * 0.25, step=step)
    added = event.summary.value.add(tag=tag)
    added.metadata.plugin_data.plugin_name = "scalars"
    added.metadata.data_class = 1
    added.tensor.dtype = 1
    added.tensor.tensor_shape.SetInParent()
    added.tensor.tensor_content = struct.pack("<f", value)
    return event.SerializeToString()


def _histogram(step: int) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(wall_time=START + step * 25, step=step)
    limits = [x / 10 - 5 for x in range(100)]
    histo = {"min": -5.0, "max": 4.9, "num": 100.0, "sum": 1.0, "sum_squares": 9.0}
    event.summary.value.add(tag="weights", histo={**histo, "bucket_limit": limits, "bucket": [1.0] * 100})
    return event.SerializeToString()


def _image(step: int) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(wall_time=START + step * 250, step=step)
    data = b"\x89PNG\r\n\x1a\n" + bytes((step * 7 + i) % 256 for i in range(120_000))
    event.summary.value.add(tag="picture", image={"width": 200, "height": 200, "encoded_image_string": data})
    return event.SerializeToString()


# ---- the readers: each gives (points, sum) of a folder; times begin when `ready` is called ----


def decode(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """Ours: bytes to NumPy columns, both checksums of every record tested."""
    from runlift.wire.events import EventReader

    ready()
    n, total = 0, 0.0
    for path in _files(top):
        with path.open("rb") as f:
            for window in EventReader(f, path.stat().st_size).windows():
                n += len(window.value)
                total += float(window.value.sum())
    return n, total


def parse(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """Ours: all facts of every kind, with ledger and issues."""
    from tensorboard.compat.proto import summary_pb2  # noqa: F401 - imports are not timed for the others either

    from runlift.facts import Points
    from runlift.parsers._api import ParseOptions, Source
    from runlift.parsers.tensorboard import TensorBoard

    ready()
    n, total = 0, 0.0
    for path in _files(top):
        for fact in TensorBoard().parse(Source(str(path), str(path), path.stat().st_size), ParseOptions()):
            if isinstance(fact, Points):
                n += len(fact.value)
                total += float(fact.value.sum())
    return n, total


def frames(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """Ours: a DataFrame of all scalars, by read_tensorboard."""
    import pandas as pd  # noqa: F401 - as above

    import runlift

    ready()
    found = runlift.read_tensorboard(top).scalars["value"]
    return len(found), float(found.sum())


def accumulator(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """TensorBoard's EventAccumulator, nothing sampled away."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    ready()
    n, total = 0, 0.0
    for folder in sorted({p.parent for p in _files(top)}):
        found = EventAccumulator(str(folder), NOTHING_LEFT_OUT)
        found.Reload()
        tags = found.Tags()
        values = [e.value for t in tags["scalars"] for e in found.Scalars(t)]
        values += [float(make_ndarray(e.tensor_proto)) for t in tags["tensors"] for e in found.Tensors(t)]
        n += len(values)
        total += sum(values)
    return n, total


def tbparse(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """The library tbparse; scalars that were logged as tensors are among its tensors."""
    from tbparse import SummaryReader

    ready()
    reader = SummaryReader(str(top), event_types={"scalars", "tensors", "histograms"})
    found = reader.scalars
    if found.empty:
        found = reader.tensors
    return len(found), float(found["value"].sum())


def data_server(top: Path, ready: Callable[[], None]) -> tuple[int, float]:
    """TensorBoard's data server (Rust), which does not test checksums unless it is told to: here it is."""
    import grpc
    import numpy as np
    import tensorboard_data_server
    from tensorboard.data.proto import data_provider_pb2 as pb
    from tensorboard.data.proto import data_provider_pb2_grpc

    ready()
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        command = [
            tensorboard_data_server.server_binary(),
            "--logdir",
            str(top),
            "--port",
            "0",
            "--port-file",
            str(port_file),
        ]
        command += ["--reload", "once", "--checksum", "--die-after-stdin", "--samples-per-plugin", "scalars=all"]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not port_file.exists() or not port_file.read_text().strip():
                time.sleep(0.005)
            options = [("grpc.max_receive_message_length", -1)]
            channel = grpc.insecure_channel(f"localhost:{port_file.read_text().strip()}", options)
            stub = data_provider_pb2_grpc.TensorBoardDataProviderStub(channel)
            plugin, every = {"plugin_name": "scalars"}, {"num_points": 1 << 40}
            request = pb.ReadScalarsRequest(experiment_id="", plugin_filter=plugin, downsample=every)
            n, total = _all_of(stub, request, pb, np)
        finally:
            server.stdin.close()
            server.wait()
    return n, total


def _all_of(stub: Any, request: Any, pb: Any, np: Any) -> tuple[int, float]:
    """The server answers while it loads: asked again until it says that it has loaded everything and nothing is added."""
    runs = pb.ListRunsRequest(experiment_id="")
    before = -1
    while True:
        listed = len(stub.ListRuns(runs).runs)
        n, total = 0, 0.0
        for run in stub.ReadScalars(request).runs:
            for tag in run.tags:
                values = np.asarray(tag.data.value)
                n += len(values)
                total += float(values.sum())
        if listed and n == before:
            return n, total
        before = n
        time.sleep(0.05)


def _files(top: Path) -> list[Path]:
    return sorted(top.rglob("*tfevents*"))


def ingest(top: Path, _ready: Callable[[], None]) -> tuple[int, float]:
    """Ours: the command ``runlift ingest``, whole, to a durable store."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        command = [sys.executable, "-m", "runlift", "ingest", str(top), "--store", str(store)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        measured = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        ingest.measured = measured  # type: ignore[attr-defined]
        import runlift

        with runlift.open(store) as opened:
            ((n, total),) = opened.sql("SELECT count(*), sum(value) FROM points", arrow=True).to_pandas().values
    return int(n), float(total)


WAYS: dict[str, Callable[[Path, Callable[[], None]], tuple[int, float]]] = {
    "decode": decode,
    "parse": parse,
    "frames": frames,
    "ingest": ingest,
    "data server": data_server,
    "EventAccumulator": accumulator,
    "tbparse": tbparse,
}
PEERS = ("data server", "EventAccumulator", "tbparse")


# ---- measuring ----


def one(way: str, top: Path) -> None:
    """Let one reader read, in this process, and print what it took as JSON."""
    warnings.simplefilter("ignore")
    began = [0.0, 0.0]

    def ready() -> None:
        began[:] = [_cpu(), time.perf_counter()]

    ready()
    n, total = WAYS[way](top, ready)
    cpu, wall = _cpu() - began[0], time.perf_counter() - began[1]
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if way == "ingest":  # what follows the command is ours to check with, not part of it
        used, ended = ingest.measured  # type: ignore[attr-defined]
        cpu, wall, most = used.ru_utime + used.ru_stime, ended - began[1], used.ru_maxrss
    print(json.dumps({"cpu": cpu, "wall": wall, "mib": most / 1024, "n": n, "sum": total}))


def _cpu() -> float:
    """User and system seconds of this process and of its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in both)


def measured(way: str, top: Path, repeat: int) -> dict[str, float]:
    """The best of ``repeat`` processes, by CPU; wall by itself."""
    runs = []
    for _ in range(repeat):
        command = [sys.executable, __file__, "--one", way, str(top)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda r: r["cpu"]) | {
        "wall": min(r["wall"] for r in runs),
        "mib": max(r["mib"] for r in runs),
    }


def compare(name: str, top: Path, ways: list[str], repeat: int) -> None:
    """Measure all ways on one set, check that they agree, and print a table."""
    size = sum(p.stat().st_size for p in _files(top))
    found = {way: measured(way, top, 1 if way in PEERS[1:] else repeat) for way in ways}
    first = next(iter(found.values()))
    for way, r in found.items():
        same = r["n"] == first["n"] and abs(r["sum"] - first["sum"]) <= 1e-6 * abs(first["sum"])
        if not same:
            sys.exit(
                f"{name}: {way} found {r['n']:,} points with sum {r['sum']!r}, {ways[0]} {first['n']:,} with {first['sum']!r}"
            )
    print(f"\n{name}: {SETS[name]} ({size / 1e6:.1f} MB; all agree on {first['n']:,} points, sum {first['sum']:.6f})\n")
    print("| reader | CPU s | million points a CPU s | wall s | MiB | CPU / decode |")
    print("|---|---|---|---|---|---|")
    for way, r in found.items():
        rate, ratio = r["n"] / r["cpu"] / 1e6, r["cpu"] / found.get("decode", r)["cpu"]
        print(f"| {way} | {r['cpu']:.3f} | {rate:.2f} | {r['wall']:.2f} | {r['mib']:.0f} | {ratio:.1f} |")


def main() -> None:
    """Make the sets, measure, print."""
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0, help="share of the events")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many; 1 for the slow peers")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--keep", help="folder for the event files, kept for the next time")
    wanted = parser.parse_args()
    packages = ("runlift", "numpy", "tensorboard", "tensorboard-data-server", "tbparse", "pandas", "protobuf")
    print("Python", sys.version.split()[0], *(f"{p} {importlib.metadata.version(p)}" for p in packages), sep=", ")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        keep = Path(wanted.keep or folder)
        keep.mkdir(parents=True, exist_ok=True)
        for name in wanted.sets.split(","):
            compare(name, make(keep, name, wanted.scale), wanted.ways.split(","), wanted.repeat)


if __name__ == "__main__":
    main()
