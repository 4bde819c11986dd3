"""The recorded samples, event files made record by record, and a store to ask."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import runlift as package
from runlift.facts import Points
from runlift.parsers._api import ParseOptions, Source
from runlift.parsers.tensorboard import TensorBoard
from runlift.wire.tfrecord import framed

SAMPLES = Path(__file__).parent / "samples"
START = 1.7e9


def pytest_generate_tests(metafunc):
    """Tests that take ``sample_run`` or ``sample_file`` run once for each folder or event file that was recorded."""
    if "sample_run" in metafunc.fixturenames:
        runs = sorted(p for p in SAMPLES.iterdir() if p.is_dir() and p.name != "__pycache__")
        metafunc.parametrize("sample_run", runs, ids=lambda p: p.name)
    if "sample_file" in metafunc.fixturenames:
        files = sorted(p for p in SAMPLES.rglob("*tfevents*") if p.is_file())
        metafunc.parametrize("sample_file", files, ids=lambda p: str(p.parent.relative_to(SAMPLES)))


@pytest.fixture
def samples() -> Path:
    """The folder of all recorded samples."""
    return SAMPLES


class Records:
    """Makes event files record by record."""

    name = "events.out.tfevents.1700000000.host.1.0"

    @staticmethod
    def event(**fields: Any) -> bytes:
        """Any event as a framed record; fields as of the Event proto."""
        from tensorboard.compat.proto.event_pb2 import Event

        return framed(Event(**fields).SerializeToString())

    def version(self, wall: float = START) -> bytes:
        """The record that current writers begin with."""
        return self.event(wall_time=wall, file_version="brain.Event:2")

    def scalar(self, tag: str, step: int, value: float, wall: float | None = None) -> bytes:
        """One simple_value."""
        time = START + step if wall is None else wall
        return self.event(wall_time=time, step=step, summary={"value": [{"tag": tag, "simple_value": value}]})

    def restart(self, step: int) -> bytes:
        """SessionLog START."""
        return self.event(wall_time=START + 1000, step=step, session_log={"status": 1})

    def series(self, tag: str, steps: Any, value: float = 1.0) -> list[bytes]:
        """A version record and one point for each step."""
        return [self.version(), *(self.scalar(tag, s, value) for s in steps)]

    def write(self, folder: Path, records: list[bytes], name: str = name) -> Path:
        """One event file in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(b"".join(records))
        return path


class InMemory(Source):
    """Bytes as a source."""

    __slots__ = ("data",)

    def open(self) -> io.BytesIO:
        """A reader of the bytes."""
        return io.BytesIO(self.data)


class Said:
    """The facts of one event file, sorted by kind."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        source = InMemory("/run/events.out.tfevents.1.h", "events.out.tfevents.1.h", len(data))
        object.__setattr__(source, "data", data)
        self.facts = list(TensorBoard().parse(source, ParseOptions(start=start)))

    def of(self, kind: type) -> list[Any]:
        """All facts of one class."""
        return [f for f in self.facts if isinstance(f, kind)]

    def points(self) -> dict[str, list[tuple[int, int, float, float]]]:
        """Position, step, wall time and value (NaN as text) of each metric's points."""
        found: dict[str, list[Any]] = {}
        for p in self.of(Points):
            rows = zip(
                p.position.tolist(), p.step.tolist(), p.wall_time.tolist(), map(repr, p.value.tolist()), strict=True
            )
            found.setdefault(p.metric, []).extend(rows)
        return found


@pytest.fixture
def said():
    """A function that reads bytes as an event file, without any store."""
    return Said


@pytest.fixture
def records() -> Records:
    """The maker of event files."""
    return Records()


@pytest.fixture
def read(tmp_path):
    """A function that ingests into one store and gives the report."""

    def ingest(*paths: Path, **how: Any):
        return package.ingest(list(paths), tmp_path / "store", package.IngestOptions(**{"jobs": 1, **how}))

    return ingest


@pytest.fixture
def ask(tmp_path):
    """A function that asks the store and gives rows as tuples."""

    def ask(query: str, *values: Any) -> list[tuple]:
        with package.open(tmp_path / "store") as store:
            return [tuple(r.values()) for r in store.sql(query, list(values), arrow=True).to_pylist()]

    return ask
