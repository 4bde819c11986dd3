"""The trackers' own servers, started on loopback and stopped again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def mlflow(folder: Path) -> Iterator[str]:
    """A real `mlflow server` over SQLite, one worker."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/m.db", "--artifacts-destination", str(folder / "artifacts")]
    # Its job runner is a dozen processes that nothing here needs.
    env = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with _running(command, folder, env):
        yield _answering(f"http://127.0.0.1:{port}", "/health")


@contextmanager
def tensorboard(logs: Path) -> Iterator[str]:
    """A real tensorboard with its default data server, showing every point."""
    port = free_port()
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--port", str(port)]
    command += ["--samples_per_plugin", "scalars=1000000", "--host", "127.0.0.1"]
    with _running(command, logs.parent, {}):
        yield _answering(f"http://127.0.0.1:{port}", "/data/environment")


@contextmanager
def trackio(folder: Path) -> Iterator[str]:
    """Trackio's real dashboard."""
    port = free_port()
    code = f"import trackio, time; trackio.show(open_browser=False, block_thread=False, server_port={port}); time.sleep(600)"
    env = {"TRACKIO_DIR": str(folder), "HF_HUB_OFFLINE": "1", "GRADIO_ANALYTICS_ENABLED": "False"}
    with _running([sys.executable, "-c", code], folder.parent, env):
        yield _answering(f"http://127.0.0.1:{port}", "/")


@contextmanager
def _running(command: list[str], folder: Path, env: dict[str, str]) -> Iterator[None]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | env, cwd=folder, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            # Its workers too: they are in the session that was started for it.
            _kill_session(process.pid)


def _kill_session(session: int) -> None:
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


def _answering(url: str, path: str) -> str:
    for _ in range(900):
        try:
            urllib.request.urlopen(url + path, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.1)
        else:
            return url
    raise AssertionError(f"{url} does not answer")
