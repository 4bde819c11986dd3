"""Series under confirmed names: what a run logged as another name of a metric is drawn as that metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runlift.answers.curves import BUCKETS, Line, lines
from runlift.answers.names import read_names

if TYPE_CHECKING:
    from runlift.api import RunStore


def other_names(store: RunStore, metric: str) -> list[str]:
    """The names that are confirmed to mean a metric."""
    return sorted(name for name, meant in read_names(store.root).items() if meant == metric)


def aliased_lines(
    store: RunStore,
    metric: str,
    run_ids: list[str],
    *,
    buckets: int = BUCKETS,
    span: tuple[float, float] | None = None,
) -> list[Line]:
    """As ``curves.lines``; a run without the metric gives what it has under the first other name, in order of names."""
    found = {line.run_id: line for line in lines(store, metric, run_ids, buckets=buckets, span=span)}
    if names := other_names(store, metric):
        has = store.metrics(run_ids, arrow=True).to_pylist()
        named = {(r["run_id"], r["metric"]) for r in has}
        left = [i for i in run_ids if (i, metric) not in named]
        for name in names:
            mine = [i for i in left if (i, name) in named]
            if mine:
                found |= {line.run_id: line for line in lines(store, name, mine, buckets=buckets, span=span)}
            left = [i for i in left if i not in mine]
    return [found[i] for i in run_ids if i in found]
