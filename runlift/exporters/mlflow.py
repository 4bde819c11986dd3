"""MLflow 3: a tracking server, or the database behind one."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.exporters import _mlflow_run as words
from runlift.exporters._mlflow_calls import Calls
from runlift.exporters._mlflow_datasets import NAMED, datasets, known_by_name
from runlift.exporters._mlflow_session import MlflowSession
from runlift.moving import lock
from runlift.moving.files import apart
from runlift.moving.losses import RUN_TIME, STATUS
from runlift.moving.series import (
    CLAMP,
    COLLAPSE,
    NO_EPOCH,
    NO_NEGATIVE_TIME,
    NUMBERED,
    START_TIME,
    TO_MS,
    UNSIGNED_ZERO,
)
from runlift.moving.target import Limits, MovingTarget, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

# What a server over SQLite did beside its client on 2 cores (benchmarks/export.py, 2026-11-25).
_POINTS_A_SECOND, _SECONDS_A_RUN = 10_000, 0.1
_ASKED, _REQUESTS_A_RUN = 3, 8
_SCHEMES = ("http://", "https://", "sqlite://", "postgresql", "mysql", "mssql", "databricks")


class Mlflow(MovingTarget):
    """Move runs to an MLflow 3 server (http://...) or into its database (sqlite:///...).

    A project becomes an experiment; start, end, status, steps and times are the run's own. Credentials come from
    MLflow's own environment variables.
    """

    name: ClassVar[str] = "mlflow"
    title: ClassVar[str] = "MLflow tracking server"
    example: ClassVar[str] = "http://127.0.0.1:5000"
    version: ClassVar[int] = 2
    requires: ClassVar[tuple[str, ...]] = ("mlflow",)
    limits: ClassVar[Limits] = Limits(words.NAMES, words.NAMES, param=6000, tag=words.TAG_LIMIT)
    # Clamped and made positive before equal points are looked for: the store compares them as it keeps them.
    rules: ClassVar[Any] = (
        NUMBERED,
        START_TIME,
        NO_NEGATIVE_TIME,
        TO_MS,
        NO_EPOCH,
        CLAMP,
        UNSIGNED_ZERO,
        COLLAPSE,
    )
    losses: ClassVar[Any] = (RUN_TIME, STATUS, words.NO_START, words.NO_END, words.PARENT, words.IMAGE_KEYS, NAMED)
    native: ClassVar[tuple[str, ...]] = ("image",)
    in_flight: ClassVar[int] = 2

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether the destination is an address that MLflow understands."""
        return dest.startswith(_SCHEMES)

    @contextmanager
    def open(self, dest: str, *, reading: bool = False) -> Iterator[Session]:
        """The server. Pushes from this machine wait for each other; those from others are settled in the server."""
        if reading:
            yield MlflowSession(dest)
            return
        file = _database(dest)
        with lock.held(lock.beside(file) if file else lock.for_address(dest)):
            yield MlflowSession(dest, artifacts=os.path.dirname(os.path.abspath(file)) if file else None)

    def seconds(self, dest: str, runs: list[Prepared]) -> float | None:
        """From the time that the server takes to answer, and what it took to keep points where that was measured."""
        if _database(dest):
            return sum(r.content.points for r in runs) / _POINTS_A_SECOND + len(runs) * _SECONDS_A_RUN
        calls = Calls(dest)
        began = time.perf_counter()
        for _ in range(_ASKED):
            calls("search_experiments", max_results=1)
        answer = (time.perf_counter() - began) / _ASKED
        requests = sum(_REQUESTS_A_RUN + r.content.points / 1000 + len(r.files) + len(r.params) / 100 for r in runs)
        return requests * answer + sum(r.content.points for r in runs) / _POINTS_A_SECOND

    def settle(self, run: Prepared) -> None:
        """Fields, tags, image names, datasets."""
        run.files = apart([*run.files, *words.images(run)])
        run.fields = words.fields(run)
        run.tags = words.tags(run)
        inputs = datasets(run)
        run.items = {d.key: d.said for d in inputs}
        run.losses[NAMED.code] += known_by_name(inputs)
        exact = (run.row["started_at"], run.row["ended_at"])
        run.losses[RUN_TIME.code] += sum(bool(t is not None and t.microsecond % 1000) for t in exact)
        run.losses[STATUS.code] += run.row["status"] == "unknown"
        run.losses = +run.losses


def _database(dest: str) -> str | None:
    """The file of an SQLite address."""
    return dest.removeprefix("sqlite:///") if dest.startswith("sqlite:///") else None
