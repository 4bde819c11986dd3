"""Where batches of runs are read: here for little work, else in worker processes (joblib)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from runlift.work import run_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.work import BatchResult, RunTask

BATCH_BYTES = 24 << 20
BATCH_RUNS = 2_000
SERIAL_BYTES = 16 << 20
COMMIT_BATCHES = 32


def batches(tasks: list[RunTask], jobs: int) -> list[list[RunTask]]:
    """Tasks in batches of about 24 MiB, at least one for each worker, in a fixed order."""
    total = sum(t.bytes for t in tasks)
    size = min(BATCH_BYTES, max(1, total // max(1, jobs)) + 1)
    made: list[list[RunTask]] = []
    room = 0
    for task in tasks:
        if not made or room <= 0 or len(made[-1]) >= BATCH_RUNS:
            made.append([])
            room = size
        made[-1].append(task)
        room -= task.bytes
    return made


def _ready() -> int:
    """Does nothing, in a worker that has imported this file and all that it needs."""
    return os.getpid()


class Engine:
    """Runs batches; results come in groups that are committed together."""

    def __init__(self, root: str, ingest_id: str, jobs: int) -> None:
        self.root, self.ingest_id = root, ingest_id
        self.jobs = jobs or (
            os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
        )
        self._parallel: Any = None
        self._warming: Any = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *kind: object) -> None:
        if self._parallel is not None:
            self._warmed()
            self._parallel.__exit__(*kind)

    def warm(self, expected: int) -> None:
        """Start the workers where ``expected`` bytes will need them, so that they import while the sources are told."""
        if self.jobs > 1 and expected >= SERIAL_BYTES:
            from joblib import Parallel, delayed  # noqa: PLC0415 - slow to import, and only for much work

            self._parallel = Parallel(n_jobs=self.jobs, return_as="generator_unordered").__enter__()
            self._warming = self._parallel(delayed(_ready)() for _ in range(self.jobs))

    def _warmed(self) -> None:
        """Wait until the workers have started: joblib takes nothing new before its last answer was taken."""
        list(self._warming)
        self._warming = ()

    def run(self, tasks: list[RunTask]) -> Iterator[list[BatchResult]]:
        """Results of all tasks, in groups, as they come."""
        if not tasks:
            return
        total = sum(t.bytes for t in tasks)
        if self.jobs == 1 or total < SERIAL_BYTES or len(tasks) == 1:
            for batch in batches(tasks, 1):
                yield [run_batch(self.root, self.ingest_id, batch)]
            return
        yield from self._in_processes(batches(tasks, self.jobs))

    def _in_processes(self, todo: list[list[RunTask]]) -> Iterator[list[BatchResult]]:
        from joblib import delayed  # noqa: PLC0415 - as above

        if self._parallel is None:
            self.warm(SERIAL_BYTES)
        self._warmed()
        group: list[BatchResult] = []
        for result in self._parallel(delayed(run_batch)(self.root, self.ingest_id, b) for b in todo):
            group.append(result)
            if len(group) >= COMMIT_BATCHES:
                yield group
                group = []
        if group:
            yield group
