"""How a series ended: the mean of its last tenth, which one lucky or unlucky last value does not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runlift.api import RunStore

PLACE = 7
# Of the finite values in order of step, else epoch, else place in the source; one of them at least.
TAILS = (
    "(SELECT run_id, metric, avg(value) AS tail FROM (SELECT run_id, metric, value, "
    "row_number() OVER (PARTITION BY run_id, metric ORDER BY coalesce(step::DOUBLE, epoch), source, position) AS i, "
    "count(*) OVER (PARTITION BY run_id, metric) AS n FROM named_history WHERE isfinite(value) AND {where}) "
    "WHERE i > n - ceil(n / 10.0) GROUP BY run_id, metric)"
)


def add_tails(store: RunStore, rows: list[dict[str, Any]], metrics: Iterable[str]) -> None:
    """Put the mean of the last tenth of these metrics into rows of runs, at place 7 of their values; None without one."""
    wanted = sorted(metrics)
    if not wanted:
        return
    where = "run_id IN (SELECT unnest($1::VARCHAR[])) AND metric IN (SELECT unnest($2::VARCHAR[]))"
    asked = [[r["run_id"] for r in rows], wanted]
    found = {
        (r["run_id"], r["metric"]): r["tail"] for r in store.rows(f"SELECT * FROM {TAILS.format(where=where)}", asked)
    }
    for row in rows:
        for metric in row["m"].keys() & set(wanted):
            row["m"][metric][PLACE:] = [found.get((row["run_id"], metric))]
