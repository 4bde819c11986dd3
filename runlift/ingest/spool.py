"""Points of the runs being read, in memory up to a budget and in a temporary file beyond it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import numpy as np

from runlift.facts import Points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BUDGET_BYTES = 96 << 20
_COLUMNS = ("step", "value", "position", "epoch", "wall_time", "step_missing")
_TYPES = {"step": np.int64, "position": np.int64, "step_missing": np.bool_}


@dataclass(slots=True)
class _Block:
    """A block of points, here or at ``offset`` of the file; ``source`` is the index of its source in the run."""

    metric: str
    source: int
    n: int
    goal: str
    columns: dict[str, NDArray[np.generic]] | None
    names: tuple[str, ...]
    offset: int = 0


@dataclass(slots=True)
class Spool:
    """Blocks by run and metric in reading order. One a worker; ``close`` frees the file."""

    budget: int = BUDGET_BYTES
    used: int = 0
    blocks: dict[str, dict[str, list[_Block]]] = field(default_factory=dict)
    _file: IO[bytes] | None = None

    def add(self, run: str, source: int, points: Points) -> None:
        """Keep a block of a run's points."""
        columns = {c: a for c in _COLUMNS if (a := getattr(points, c)) is not None}
        block = _Block(points.metric, source, len(points.value), points.goal, columns, tuple(columns))
        self.blocks.setdefault(run, {}).setdefault(points.metric, []).append(block)
        self.used += sum(a.nbytes for a in columns.values())
        if self.used > self.budget:
            self._spill()

    def metrics(self, run: str) -> list[str]:
        """The metric names of a run, sorted."""
        return sorted(self.blocks.get(run, {}))

    def arrange(self, run: str, place: list[int]) -> None:
        """Put a run's blocks in order of ``place[source]``; blocks of one source keep theirs."""
        for blocks in self.blocks.get(run, {}).values():
            blocks.sort(key=lambda b: place[b.source])

    def read(self, run: str, metric: str) -> Iterator[tuple[int, Points]]:
        """(source index, points) of one metric in reading order."""
        for block in self.blocks[run][metric]:
            columns = self._load(block)
            yield (
                block.source,
                Points(
                    metric=metric,
                    step=columns.get("step"),  # type: ignore[arg-type]
                    value=columns["value"],  # type: ignore[arg-type]
                    position=columns["position"],  # type: ignore[arg-type]
                    epoch=columns.get("epoch"),  # type: ignore[arg-type]
                    wall_time=columns.get("wall_time"),  # type: ignore[arg-type]
                    step_missing=columns.get("step_missing"),  # type: ignore[arg-type]
                    goal=block.goal,
                ),
            )

    def places(
        self, run: str, metric: str
    ) -> Iterator[tuple[int, NDArray[np.int64] | None, NDArray[np.bool_] | None, NDArray[np.float64] | None]]:
        """(source index, step, step_missing, epoch) of one metric in reading order; other columns are not looked at."""
        for block in self.blocks[run][metric]:
            found = self._load(block, ("step", "step_missing", "epoch"))
            yield block.source, found.get("step"), found.get("step_missing"), found.get("epoch")  # type: ignore[misc]

    def close(self) -> None:
        """Forget everything and remove the temporary file."""
        self.blocks.clear()
        if self._file:
            self._file.close()

    def _load(self, block: _Block, only: tuple[str, ...] = _COLUMNS) -> dict[str, NDArray[np.generic]]:
        if block.columns is not None:
            return block.columns
        assert self._file is not None  # noqa: S101 - a block without columns was spilled
        self._file.seek(block.offset)
        found: dict[str, NDArray[np.generic]] = {}
        for name in block.names:
            kind = np.dtype(_TYPES.get(name, np.float64))
            if name in only:
                found[name] = np.frombuffer(self._file.read(kind.itemsize * block.n), kind)
            else:
                self._file.seek(kind.itemsize * block.n, 1)
        return found

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="runlift-")  # noqa: SIM115 - closed in close()
        self._file.seek(0, 2)
        for metrics in self.blocks.values():
            for blocks in metrics.values():
                for block in blocks:
                    self._write(block)
        self.used = 0

    def _write(self, block: _Block) -> None:
        if block.columns is None or self._file is None:
            return
        block.offset = self._file.tell()
        for name in block.names:
            kind = np.dtype(_TYPES.get(name, np.float64))
            self._file.write(np.ascontiguousarray(block.columns[name], kind).tobytes())
        block.columns = None
