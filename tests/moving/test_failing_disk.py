"""Pushes to folders on a disk that fails: an error that says so, and the next push completes to what a clean one holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import runlift
from tests.moving.conftest import make_store

LIBRARY = {"neptune-parquet": "pyarrow"}
COMPILER = shutil.which("cc") or shutil.which("gcc")
pytestmark = pytest.mark.skipif(
    not (COMPILER and sys.platform == "linux"), reason="needs Linux and a C compiler, to stand before the C library"
)


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """The library that makes calls fail."""
    made = tmp_path_factory.mktemp("shim") / "failing.so"
    source = Path(__file__).with_name("failing_files.c")
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
    return made


def _push(target: str, dest: str, store, shim: Path, seed: int, rate: int) -> subprocess.CompletedProcess:
    env = os.environ | {"LD_PRELOAD": str(shim), "FAIL_SEED": str(seed), "FAIL_RATE": str(rate)}
    env["FAIL_UNDER"] = dest
    command = [sys.executable, "-m", "runlift", "export", target, dest, "--store", str(store), "--no-verify"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("target", ["neptune-parquet", "tensorboard", "trackio", "wandb"])
def test_on_a_failing_disk_it_says_so_and_ends_as_a_clean_push(target, shim, tmp_path):
    """Three pushes on a disk without space or with errors at random calls, also of a grown run: none lost, none doubled."""
    pytest.importorskip(LIBRARY.get(target, target))
    dest = str(tmp_path / "target")
    failed = []
    for n in (20, 40):
        store = make_store(tmp_path, n, ("growing", "crashed"))
        for seed, rate in enumerate((5, 30, 80)):
            done = _push(target, dest, store, shim, seed + 7 * n, rate)
            if done.returncode:
                failed.append(done)
        report = runlift.export(target, dest, store, receipt=str(tmp_path / "receipt.json"))
        assert report.unexplained == 0
    assert len(failed) > 1
    for done in failed:
        assert "Traceback" not in done.stderr, done.stderr
        assert str(tmp_path) in done.stderr or "target" in done.stderr
