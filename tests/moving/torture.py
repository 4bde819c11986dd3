"""Runs with all that trackers lose, as a source format of their own: what is ingested is what stands here."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np

from runlift.facts import (
    Account,
    Artifact,
    Curve,
    Histogram,
    Media,
    Param,
    Points,
    RunSeen,
    Tensor,
    Text,
)
from runlift.parsers._api import NO_MATCH, Level, Match, Parser

START = 1_262_304_000.123456  # 2010-01-01, with microseconds
LONG = "long/" + "x" * 295
N_PARAMS = 3000


def picture(width: int, height: int, turn: float) -> bytes:
    """A small picture of waves."""
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    waves = [np.sin(6.3 * (x * (k + 1) + y + turn)) * 100 + 128 for k in range(3)]
    return as_png(np.stack(waves, axis=2).astype(np.uint8).reshape(height, width * 3))


def png(width: int, height: int, seed: int) -> bytes:
    """A small picture of noise."""
    return as_png(np.random.default_rng(seed).integers(0, 256, (height, width * 3), np.uint8))


def as_png(rows) -> bytes:
    """Rows of red, green and blue as a PNG."""
    height, width = rows.shape[0], rows.shape[1] // 3
    raw = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def wav() -> bytes:
    """A tenth of a second of a tone."""
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes((np.sin(np.arange(800) / 5) * 9000).astype("<i2").tobytes())
    return file.getvalue()


def points(metric: str, steps, values, times=None, epochs=None, run: str = "") -> Points:
    """Points of one metric; a step None is a point without one."""
    n = len(values)
    missing = np.array([s is None for s in steps])
    return Points(
        metric,
        np.array([0 if s is None else s for s in steps], np.int64),
        np.array(values, np.float64),
        np.arange(n, dtype=np.int64),
        epoch=None if epochs is None else np.array(epochs, np.float64),
        wall_time=START + np.arange(n) * 0.25 if times is None else np.array(times, np.float64),
        step_missing=missing if missing.any() else None,
        run=run,
    )


def hard_points(n: int):
    """Series that trackers drop, clamp, merge or reorder."""
    nan, inf = float("nan"), float("inf")
    yield points("odd", range(8), [nan, inf, -inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1, nan])
    yield points("repeated", [0, 0, 0, 1, 1, 2], [1.0, 1.0, 2.0, nan, nan, 3.0], [START] * 6)
    yield points("backward", [5, 3, 4, 1, 2, 0], [5.0, 3.0, 4.0, 1.0, 2.0, 0.0])
    yield points("wide", [-(2**63), -5, 0, 2**40, 2**63 - 1], [1.0, 2.0, 3.0, 4.0, 5.0])
    yield points("fine", range(4), [1.0, 2.0, 3.0, 4.0], START + np.array([0, 1e-4, 2e-4, 9e-4]))
    yield points("stepless", [None] * 3, [1.0, 2.0, 3.0])
    yield points("timeless", range(3), [1.0, 2.0, 3.0], [float("nan")] * 3)
    yield points("old", range(3), [1.0, 2.0, 3.0], [-1.5, 0.0, -2e9])
    yield points("epochs", range(4), [1.0, 2.0, 3.0, 4.0], epochs=[0.5, 1.0, nan, 2.0])
    for i, name in enumerate(
        [LONG + "/a", LONG + "/b", "acc@1", "acc=1", "acc_1", "Größe/日本", "a//b", "../up", " ", "/abs"]
    ):
        yield points(name, [0, 1], [i + 0.5, i + 0.75])
    for name in (
        "time",
        "step",
        "_step",
        "_timestamp",
        "__x",
        "runlift_step",
        "metrics",
        "_hparams_/session_start_info",
    ):
        yield points(name, [0, 1], [0.5, 0.75])  # names that trackers keep for themselves
    yield points("long", range(n), np.sin(np.arange(n) / 100), START + np.arange(n) * 0.001)


def items():
    """What is no point."""
    yield Text("notes", "first, ünïcode", 0, START)
    yield Text("odd", "a text with a metric's name", 0, START)
    yield Text("notes", "same step", 0, START + 1)
    yield Text("notes", "y" * 20_000, 3, START + 2)
    edges = np.array([-1.0, 0.0, 1.0])
    yield Histogram("weights", edges[:-1], edges[1:], np.array([3.0, 4.0]), 1, START, min=-0.9, max=0.9, sum=0.5)
    for step in (0, 1):
        for index in (0, 1):
            data = png(8, 6, 2 * step + index)
            yield Media("samples/a b", "image", data, "image/png", step, START + step, index=index, width=8, height=6)
    yield Media("tone", "audio", wav(), "audio/wav", 0, START, sample_rate=8000.0, length_frames=800)
    yield Media("clip", "video", b"GIF89a", "image/gif", 0, START)
    yield Curve("pr", "pr", {"precision": np.array([1.0, 0.5]), "recall": np.array([0.0, float("nan")])}, 2, START)
    counts = {c: np.array([3.0, 2.0, 0.0]) for c in ("true_positives", "false_positives", "true_negatives")}
    counts["false_negatives"] = np.array([0.0, 1.0, 3.0])
    rates = {"precision": np.array([0.5, 0.5, 0.0]), "recall": np.array([1.0, 0.625, 0.0])}
    yield Curve("pr/whole", "pr", counts | rates | {"thresholds": np.linspace(0, 1, 3)}, 2, START)
    yield Tensor("bias", "float32", (2,), struct.pack("<2f", 1, 2), step=1, wall_time=START)
    yield Artifact("model/weights.bin", "model", b"\0\1weights")
    yield Artifact("train.csv", "dataset", b"a,b\n1,2\n")
    yield Artifact("elsewhere.bin", "model", path="/nowhere/elsewhere.bin")


def settings():
    """Settings over every limit."""
    yield Param("lr", 0.1)
    yield Param("batch", 2**60 + 1)
    yield Param("nothing", None)
    yield Param("flag", True)
    yield Param("prompt", "p" * 10_000)
    yield Param("layers", [1, 2, {"a": None}])
    yield Param("k" * 300, "long key")
    for name in ("_hidden", "__more", "runlift", "_wandb", "NaN"):
        yield Param(name, "NaN")
    yield Param("odd%key", "1")
    yield Param("odd&key", "2")
    yield Param("größe", "überall 日本")
    yield Param("dataset", "imagenet-1k")
    yield Param("data.train_file", "/data/ünï/train.csv")
    yield Param("val_files", ["s3://bucket/val.parquet", "https://data.example/val.csv", 3])
    yield Param("test_data", "none")
    yield Param("output_data_dir", "/out")
    yield Param("data.batch_size", "big")
    yield Param("many", {f"p{i:04d}": i for i in range(N_PARAMS)})


class Torture(Parser):
    """The first word says which run: hard, mixed, crashed, empty, family; the last, how many points its long series has."""

    name = "torture"
    title = "torture runs"
    rank = 99

    def recognise(self, head):
        """By the suffix."""
        return Match(Level.SIGNATURE, "named so") if head.basename.endswith(".torture") else NO_MATCH

    def parse(self, source, options):
        """The facts of the run."""
        with source.open() as file:
            data = file.read()
        kind, *_, n = data.decode().split()
        yield from getattr(self, f"_{kind}")(int(n))
        yield Account("bytes", len(data), len(data))

    def _hard(self, n):
        yield RunSeen(
            name="hard/ünï",
            project="torture: α",
            group_name="group",
            job_type="train",
            status="finished",
            started_at=START,
            ended_at=START + 3600.5,
            host="node1",
            user_name="ada",
            command="python train.py --lr 0.1",
            git_commit="abc123",
            tags=("one", "two, three"),
            notes="# Notes\n\nmarkdown",
        )
        yield from settings()
        yield from hard_points(n)
        yield from items()

    def _mixed(self, n):
        yield RunSeen(name="mixed", project="torture: α", status="finished", started_at=START, ended_at=START + 60)
        yield Param("lr", 0.1)
        yield Param("prompt", "p" * 10_000)
        yield from hard_points(n)
        yield from items()

    def _shown(self, n):
        """Two runs as a person would have them, for pictures."""
        begun = 1_556_700_000.0  # 2019-05-01
        steps = np.arange(n)
        for k, (name, rate) in enumerate({"baseline": 0.1, "wider": 0.05}.items()):
            start = begun + 86_400 * k
            yield RunSeen(
                run=name,
                seed=name.encode(),
                name=name,
                project="resnet-2019",
                status=("finished", "failed")[k],
                started_at=start,
                ended_at=start + 7200,
                user_name="ada",
                notes="Moved from old **TensorBoard** logs.",
                tags=("legacy",),
            )
            for key, value in {"lr": rate, "batch_size": 128, "depth": 18, "optimizer": "sgd"}.items():
                yield Param(key, value, run=name)
            noise = np.random.default_rng(k).normal(0, 0.02, n)
            times = start + steps * 7200 / n
            yield points("train/loss", steps, 2 * np.exp(-steps / n * (3 + k)) + 0.1 + noise, times, run=name)
            yield points("val/accuracy", steps, 0.9 - 0.8 * np.exp(-steps / n * (4 + k)) + noise / 3, times, run=name)
            for step in (0, n // 2, n - 1):
                yield Media("val/samples", "image", picture(96, 64, step / n), "image/png", step, times[step], run=name)

    def _crashed(self, n):
        yield RunSeen(name="crashed", project="torture: α", status="failed", started_at=START + 10, ended_at=START + 20)
        yield Param("lr", 0.2)
        yield points("loss", range(n), 1 / (1 + np.arange(n)), START + 10 + np.arange(n) / 10)

    def _growing(self, n):
        """Points and items of every kind, all of them more with n; two attempts of one metric."""
        yield RunSeen(name="growing", project="torture: α", status="running", started_at=START, ended_at=START + n)
        yield Param("lr", 0.2)
        yield points("loss", range(n), 1 / (1 + np.arange(n)))
        yield points("folded", np.arange(n) % 7, np.arange(n) / 3)
        yield points("late", [None] * (n // 10), np.arange(n // 10) / 7)
        edges = np.array([-1.0, 0.0, 1.0])
        for k in range(n // 10):
            time = START + k
            yield Text("notes", f"text {k}", k % 3, time)
            yield Histogram("weights", edges[:-1], edges[1:], np.array([k, 4.0]), k, time, min=-0.9, max=0.9, sum=0.5)
            yield Media("samples", "image", png(8, 6, k), "image/png", k, time, width=8, height=6)
            yield Media("tone", "audio", wav(), "audio/wav", k, time, sample_rate=8000.0, length_frames=800)
            yield Curve("pr", "pr", {"precision": np.array([1.0, 0.5]), "recall": np.array([0.0, k / 9])}, k, time)
        if n > 25:
            yield points("new", range(3), [1.0, 2.0, 3.0])

    def _empty(self, n):
        yield RunSeen(name="empty", project="torture: α", status="killed", started_at=START)

    def _family(self, n):
        yield RunSeen(name="parent", project="torture: α", status="finished", started_at=START, ended_at=START + 5)
        yield points("score", range(3), [1.0, 2.0, 3.0])
        for fold in range(2):
            key = f"fold{fold}"
            yield RunSeen(run=key, name=key, project="torture: α", parent="", status="finished", started_at=START)
            yield points("loss", range(n), np.arange(n) / 7 + fold, run=key)

    def locate(self, source, position):
        """Nothing to show."""
        return ""

    def seed(self, head):
        """The first word: a run that grows stays itself."""
        return head.data.split()[0]
