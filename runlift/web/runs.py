"""A page of the table of runs: filtered by the language of filters, sorted by any column, a hundred rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlift.answers.filters import filter_sql
from runlift.answers.spoken import spoken
from runlift.answers.study import OWN, run_rows
from runlift.errors import OptionError
from runlift.report.tails import TAILS, add_tails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runlift.api import RunStore

_PLACES = ("last", "min", "max", "mean")
MOST = 100_000


def page(
    store: RunStore, *, filter_: str, sort: str, down: bool, window: tuple[int, int], tails: Sequence[str] = ()
) -> dict[str, Any]:
    """{runs, total, sql} of a window (offset, limit); ``sql`` asks for the runs that fit, for reading and the workbench.

    ``tails``: the metrics of which the mean of the last tenth is wanted as well.

    Raises:
        OptionError: The filter or the column cannot be used.
    """
    where, values = filter_sql(store, filter_) if filter_.strip() else ("true", [])
    said = spoken(f"SELECT r.name, r.run_id\nFROM runs r\nWHERE {where}", values)
    join, order = _order(sort, values)
    offset, limit = max(0, window[0]), max(1, min(MOST, window[1]))
    fitting = "r.run_id IN (SELECT run_id FROM fit)" if filter_.strip() else "true"
    # The filter is asked once: the count and the window both come from what fits.
    found = store.rows(
        f"WITH fit AS MATERIALIZED (SELECT run_id FROM runs r WHERE {where}) "
        f"SELECT r.run_id, (SELECT count(*) FROM fit) AS total FROM runs r {join} WHERE {fitting} "
        f"ORDER BY {_directed(order, down=down)}, r.run_id LIMIT {limit} OFFSET {offset}",
        values,
    )
    total = found[0]["total"] if found else _count(store, where, values)
    return {"runs": rows(store, [r["run_id"] for r in found], tails), "total": total, "sql": said}


def _count(store: RunStore, where: str, values: list[Any]) -> int:
    """How many runs fit where the window shows none. The order's own values come behind those of the condition."""
    used = sum(f"${i + 1}" in where for i in range(len(values)))
    return int(store.rows(f"SELECT count(*) AS n FROM runs r WHERE {where}", values[:used])[0]["n"])


def rows(store: RunStore, ids: list[str], tails: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of runs, with the mean of the last tenth of some metrics."""
    found = run_rows(store, ids)
    add_tails(store, found, tails)
    return found


def _directed(order: tuple[str, ...], *, down: bool) -> str:
    return ", ".join(f"{o} {'DESC' if down else 'ASC'} NULLS LAST" for o in order)


def _order(sort: str, values: list[Any]) -> tuple[str, tuple[str, ...]]:
    """(join, expressions) to sort by ``name``, ``p:KEY`` or ``m:last:METRIC``."""
    if sort.startswith("p:"):
        values.append(sort[2:])
        return f"LEFT JOIN params s ON s.run_id = r.run_id AND s.key = ${len(values)}", ("s.number", "s.value")
    if sort.startswith("m:"):
        _, which, metric = [*sort.split(":", 2), "", ""][:3]
        if which not in (*_PLACES, "tail"):
            raise OptionError("sort", sort, "m:last:METRIC, with last, min, max, mean or tail")
        values.append(metric)
        if which == "tail":
            return f"LEFT JOIN {TAILS.format(where=f'metric = ${len(values)}')} s ON s.run_id = r.run_id", ("s.tail",)
        join = f"LEFT JOIN named_metrics s ON s.run_id = r.run_id AND s.metric = ${len(values)}"
        return join, (f"CASE WHEN isnan(s.{which}) THEN NULL ELSE s.{which} END",)
    if sort and sort not in (*OWN, "run_id"):
        raise OptionError("sort", sort, f"a column of runs such as {', '.join(OWN[:6])}")
    return "", (f"r.{sort or 'started_at'}",)
