"""Two runs on one metric: their difference at each shared step, and the step from which they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from runlift.api import RunStore

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Divergence:
    """``step``: steps that both runs have (int64[k]); ``difference``: value of the second less that of the first there.

    ``first``: the first of those steps at which they differ by more than ``tolerance``, None where they never do.
    """

    metric: str
    step: I8
    difference: F8
    tolerance: float
    first: int | None


def divergence(store: RunStore, a: str, b: str, metric: str, tolerance: float = 0.0) -> Divergence:
    """Where two runs part on a metric.

    Args:
        store: An open store.
        a: The first run (id, beginning of one, or name).
        b: The second run.
        metric: The metric.
        tolerance: Differences up to this count as none (in the metric's unit). A NaN against a number differs.

    Raises:
        RunNotFoundError, AmbiguousRunError, MetricNotFoundError.
    """
    (xs, ys), (xt, yt) = _curve(store, a, metric), _curve(store, b, metric)
    step, i, j = np.intersect1d(xs, xt, return_indices=True)
    difference = yt[j] - ys[i]
    both = np.isnan(ys[i]) & np.isnan(yt[j]) | (ys[i] == yt[j])
    apart = np.flatnonzero(~both & ~(np.abs(difference) <= tolerance))
    return Divergence(metric, step, difference, tolerance, int(step[apart[0]]) if len(apart) else None)


def _curve(store: RunStore, run: str, metric: str) -> tuple[I8, F8]:
    """The last value at each step, steps rising."""
    store.need_metric(metric)
    query = "SELECT step, value FROM named_history WHERE metric = $1 AND run_id = $2 AND step IS NOT NULL ORDER BY source, position"
    table = store.sql(query, [metric, store.find(run)], arrow=True)
    step = table.column("step").to_numpy()
    value = table.column("value").to_numpy()
    _, first_of_reversed = np.unique(step[::-1], return_index=True)
    last = len(step) - 1 - first_of_reversed
    return step[last], value[last]
