"""What normalise gives and the store writes: rows of the schema, points still in columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    I8 = NDArray[np.int64]
    F8 = NDArray[np.float64]
    B1 = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PointRows:
    """Consecutive rows of ``points``: one run, one metric, one source. Arrays of length n; None where all are null.

    ``attempt`` and ``superseded`` None: all 0 and all False. ``step_missing``: True where that step is null.
    """

    run_id: str
    metric: str
    source: str
    step: I8 | None
    step_missing: B1 | None
    epoch: F8 | None
    wall_time: F8 | None
    value: F8
    position: I8
    attempt: NDArray[np.int32] | None = None
    superseded: B1 | None = None
