"""What several tests need: small event files, a folder of runs, the command line as a process."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

Point = tuple[str, int, float]

# The same examples on every machine, so that a change fails for its own reasons; HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def _record(data: bytes) -> bytes:
    from tensorboard.summary.writer.record_writer import masked_crc32c

    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", masked_crc32c(head)) + data + struct.pack("<I", masked_crc32c(data))


def event_bytes(points: list[Point], start: float = 1.7e9, *, header: bool = True) -> bytes:
    """An event file's bytes: a version record, then one record a point, a second apart."""
    from tensorboard.compat.proto.event_pb2 import Event

    events = [Event(wall_time=start, file_version="brain.Event:2")] if header else []
    for i, (tag, step, value) in enumerate(points):
        event = Event(wall_time=start + 1 + i, step=step)
        event.summary.value.add(tag=tag, simple_value=value)
        events.append(event)
    return b"".join(_record(e.SerializeToString()) for e in events)


@pytest.fixture
def write_events():
    """A function that writes an event file and returns its path."""

    def write(folder: Path, points: list[Point], start: float = 1.7e9) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"events.out.tfevents.{int(start)}.testhost.1.0"
        path.write_bytes(event_bytes(points, start))
        return path

    return write


@pytest.fixture
def lab(tmp_path, write_events) -> Path:
    """A folder of three runs, one of them with a NaN."""
    folder = tmp_path / "lab"
    for k in range(3):
        points = [("loss", s, float("nan") if k == 1 and s == 3 else 1.0 / (s + 1) + k) for s in range(10)]
        write_events(folder / f"run{k}", points, start=1.7e9 + 1000 * k)
    return folder


@pytest.fixture
def runlift():
    """A function that runs the command line as a process of its own and returns what it did."""

    def run(*args: object, code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "runlift", *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        if code is not None:
            assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    return run


@pytest.fixture
def runlift_json(runlift):
    """As ``runlift``, with ``--json``, returning what was printed as data."""
    return lambda *args, code=0: json.loads(runlift(*args, "--json", code=code).stdout)
