"""Series made ready to be drawn: the points of a metric over their steps, long ones as buckets on a grid that runs share.

A bucket keeps its smallest, largest, mean and last finite value, so that no spike is lost and means compose; a run with
no more points than there are buckets is given as it is. The report and the app draw the same numbers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from runlift.api import RunStore

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

BUCKETS = 1000
# Where a source gives no step, its epoch orders the points; where it gives neither, their place in the source does.
_X = "coalesce(step::DOUBLE, epoch, row_number() OVER (PARTITION BY run_id ORDER BY source, position) - 1)"


@dataclass(frozen=True, slots=True)
class Line:
    """One run's series. Arrays of length k, ``x`` rising (of a bucket: its upper edge).

    ``low``, ``high``, ``mean`` and ``last`` of the finite values, NaN where there is none. ``position``, ``wall`` (Unix
    seconds) and ``epoch`` (NaN where not given) are those of the bucket's last point. ``kind``: what x is: step, epoch or
    point. ``points``: how many there are in force; ``odd``: those that are not finite.
    """

    run_id: str
    source: str
    kind: str
    points: int
    odd: int
    x: F8
    low: F8
    high: F8
    mean: F8
    last: F8
    position: I8
    wall: F8
    epoch: F8


@dataclass(frozen=True, slots=True)
class Sorted:
    """All points of one run's series in the order of x: arrays of length n, named as in ``Line``."""

    run_id: str
    source: str
    kind: str
    x: F8
    value: F8
    position: F8
    wall: F8
    epoch: F8


def lines(
    store: RunStore,
    metric: str,
    run_ids: list[str],
    *,
    buckets: int = BUCKETS,
    span: tuple[float, float] | None = None,
    see: Callable[[Sorted], None] | None = None,
) -> list[Line]:
    """The series of a metric for runs, in the order of ``run_ids``; runs without it are left out.

    Args:
        store: An open store.
        metric: The metric.
        run_ids: Full ids.
        buckets: At most so many a run.
        span: Only points with x in it (both ends included), for a closer look.
        see: Called with all points of each run, for who keeps them in another form.
    """
    table = _read(store, metric, run_ids, span)
    found = {run: (a, b) for run, a, b in _cuts(table)}
    columns = {c: table.column(c).to_numpy() for c in ("x", "value", "position", "wall", "epoch")}
    still = _by_epoch(columns, found)
    edges = _edges(columns["x"], buckets)
    made = []
    for run in run_ids:
        if run in found:
            a, b = found[run]
            kind = "epoch" if run in still else str(table.column("kind")[a])
            order = np.argsort(columns["x"][a:b], kind="stable")
            points = Sorted(run, str(table.column("source")[a]), kind, **{k: c[a:b][order] for k, c in columns.items()})
            made.append(_line(points, edges))
            if see:
                see(points)
    return made


def _by_epoch(columns: dict[str, NDArray[np.float64]], found: dict[str, tuple[int, int]]) -> set[str]:
    """The runs whose step stands still while the epoch goes on (a counter within the epoch): they are put over epochs."""
    columns["x"] = columns["x"].copy()
    still = set()
    for run, (a, b) in found.items():
        x, epoch = columns["x"][a:b], columns["epoch"][a:b]
        if b - a > 1 and x.min() == x.max() and np.isfinite(epoch).all() and epoch.min() < epoch.max():
            columns["x"][a:b] = epoch
            still.add(run)
    return still


def _read(store: RunStore, metric: str, run_ids: list[str], span: tuple[float, float] | None) -> pa.Table:
    inside = "" if span is None else "WHERE x >= $3 AND x <= $4"
    x = "step::DOUBLE" if _all_stepped(store, metric, run_ids) else _X
    return store.sql(
        f"SELECT * FROM (SELECT run_id, source, position, {x} AS x, "
        "CASE WHEN step IS NOT NULL THEN 'step' WHEN epoch IS NOT NULL THEN 'epoch' ELSE 'point' END AS kind, value, "
        "coalesce(wall_time, 'nan'::DOUBLE) AS wall, coalesce(epoch, 'nan'::DOUBLE) AS epoch FROM named_history "
        f"WHERE metric = $1 AND run_id IN (SELECT unnest($2::VARCHAR[]))) {inside} ORDER BY run_id, source, position",
        [metric, run_ids, *(span or ())],
        arrow=True,
    )


def _all_stepped(store: RunStore, metric: str, run_ids: list[str]) -> bool:
    """Whether every point in question has a step, so that no order has to be made up for others (which takes long)."""
    found = store.sql(
        "SELECT count(*) FROM named_history WHERE metric = $1 AND run_id IN (SELECT unnest($2::VARCHAR[])) AND step IS NULL",
        [metric, run_ids],
        arrow=True,
    )
    return bool(found.column(0)[0].as_py() == 0)


def _cuts(table: pa.Table) -> list[tuple[str, int, int]]:
    if table.num_rows == 0:
        return []
    runs = table.column("run_id").combine_chunks().dictionary_encode()
    index = runs.indices.to_numpy()
    edges = [0, *(np.flatnonzero(index[1:] != index[:-1]) + 1).tolist(), len(index)]
    return [(runs.dictionary[index[a]].as_py(), a, b) for a, b in itertools.pairwise(edges)]


def _edges(x: F8, buckets: int) -> F8:
    return np.linspace(float(x.min()), float(x.max()), buckets + 1) if len(x) else np.empty(0)


def _line(points: Sorted, edges: F8) -> Line:
    x, value, position, wall, epoch = points.x, points.value, points.position, points.wall, points.epoch
    good = np.isfinite(value)
    head = (points.run_id, points.source, points.kind, len(x), int((~good).sum()))
    shown = np.where(good, value, np.nan)
    if len(x) <= max(1, len(edges) - 1):
        return Line(*head, x, shown, shown, shown, shown, position.astype(np.int64), wall, epoch)
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    starts = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])))
    ends = np.append(starts[1:], len(x)) - 1
    low, high, mean = _bounds(value, good, starts)
    last = np.maximum.accumulate(np.where(good, np.arange(len(x)), -1))[ends]
    last = np.where(last >= starts, last, ends)
    at = position[last].astype(np.int64)
    return Line(*head, edges[place[starts] + 1], low, high, mean, shown[last], at, wall[last], epoch[last])


def _bounds(value: F8, good: NDArray[np.bool_], starts: I8) -> tuple[F8, F8, F8]:
    """(smallest, largest, mean) of the finite values of each bucket, NaN where it has none."""
    count = np.add.reduceat(good.astype(np.float64), starts)
    filled = np.where(count > 0, count, np.nan)
    low = np.minimum.reduceat(np.where(good, value, np.inf), starts)
    high = np.maximum.reduceat(np.where(good, value, -np.inf), starts)
    mean = np.add.reduceat(np.where(good, value, 0.0), starts) / filled
    return np.where(count > 0, low, np.nan), np.where(count > 0, high, np.nan), mean
