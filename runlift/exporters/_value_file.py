"""Values that wait on disk until their rows are written: a sheet takes one row of all runs at a time."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BYTES = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """float64[n] of a file, from ``place`` (in values) on."""

    file: IO[bytes]
    place: int
    n: int

    def __len__(self) -> int:
        return self.n

    def read(self, first: int = 0, last: int | None = None) -> NDArray[np.float64]:
        """The values from ``first`` up to ``last`` (all where None). OSError where the file cannot be read."""
        stop = self.n if last is None else min(last, self.n)
        return np.frombuffer(os.pread(self.file.fileno(), (stop - first) * _BYTES, (self.place + first) * _BYTES))


class ValueFile:
    """A temporary file of values; it is gone when it is closed. OSError where there is no room for it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is this object's own to close
        self._n = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, values: NDArray[np.float64]) -> Waiting:
        """Write values behind those that are there."""
        left = memoryview(np.ascontiguousarray(values).data).cast("B")
        while left:  # without a buffer, a write may stop early
            left = left[self._file.write(left) :]
        made = Waiting(self._file, self._n, len(values))
        self._n += len(values)
        return made
