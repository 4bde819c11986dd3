"""A store as exporters see it: whole tables, and the history in batches; nothing of the database shows."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runlift.errors import OptionError
from runlift.exporters._api import Values
from runlift.model import TABLES
from runlift.store.blobs import blob_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from runlift.store.query import Store

_GROUP_POINTS = 250_000
_ORDER = {"runs": "started_at DESC NULLS LAST, name, run_id", "issues": "source, position", "ingests": "started_at"}
_EPOCH = "coalesce(epoch, 'nan'::DOUBLE)"
_HISTORY = "run_id, metric, step, epoch, wall_time, value, attempt, source, position"


class StoreReading:
    """Implements ``exporters._api.StoreReader`` over an open store; ``runs``: only these run_ids, None for all."""

    def __init__(self, store: Store, runs: Sequence[str] | None = None) -> None:
        self._store = store
        self._only = None if runs is None else list(runs)

    def rows(self, table: str, run_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The rows of a table, of some runs (all where None). OptionError where there is none of that name."""
        return self._store.rows(*self._query(table, run_ids))

    def table(self, name: str) -> pa.Table:
        """The same of all runs as an Arrow table."""
        return self._store.sql(*self._query(name, None))

    def _query(self, table: str, run_ids: Sequence[str] | None) -> tuple[str, list[object]]:
        if table not in TABLES:
            raise OptionError("table", table, f"one of {', '.join(TABLES)}")
        columns = TABLES[table].names
        order = _ORDER.get(table) or ", ".join(c for c in TABLES[table].order if c in columns)
        where, values = self._where(run_ids)
        if "run_id" not in columns:
            where, values = "", []
        elif table == "sources" and where:  # a source may hold several runs
            where, values = "WHERE list_has_any(run_ids, $1)", [self._wanted(run_ids)]
        return f"SELECT * FROM {table} {where} ORDER BY {order}", values

    def history(self, run_ids: Sequence[str] | None = None, metric: str | None = None) -> Iterator[pa.RecordBatch]:
        """Points in force, ordered by run_id, metric, source, position, in batches."""
        also = "" if metric is None else "AND metric = $2"
        query = (
            f"SELECT {_HISTORY} FROM history WHERE run_id IN (SELECT unnest($1::VARCHAR[])) {also} "
            "ORDER BY run_id, metric, source, position"
        )
        for group in self._groups(run_ids, metric):
            yield from self._store.batches(query, [group] if metric is None else [group, metric])

    def values(self, run_ids: Sequence[str] | None, metric: str) -> Iterator[Values]:
        """One metric of each run that has it, ordered by run_id, its points in the order of ``history``."""
        for group in self._groups(run_ids, metric):
            if len(group) == 1:
                yield self._of_one(group[0], metric)
            else:
                yield from self._of_several(group, metric)

    def _of_one(self, run: str, metric: str) -> Values:
        """One series, a column after the other: so only one of them is held twice."""
        order = "" if run in self._in_order else "ORDER BY source, position"

        def column(what: str) -> Any:
            query = f"SELECT {what} AS it FROM history WHERE run_id = $1 AND metric = $2 {order}"
            return self._store.columns(query, [run, metric])["it"]

        return _values(run, column("step"), column(_EPOCH), column("value"))

    def _of_several(self, group: list[str], metric: str) -> Iterator[Values]:
        order = "" if self._in_order.issuperset(group) else "ORDER BY run_id, source, position"
        # A run_id is 16 hex digits: as a number it costs eight bytes a point, as a text ten times that.
        query = (
            f"SELECT ('0x' || run_id)::UBIGINT AS run, step, {_EPOCH} AS epoch, value FROM history "
            f"WHERE run_id IN (SELECT unnest($1::VARCHAR[])) AND metric = $2 {order}"
        )
        run, *columns = self._store.columns(query, [group, metric]).values()
        cuts = [0, *((run[1:] != run[:-1]).nonzero()[0] + 1).tolist(), len(run)]
        for a, b in itertools.pairwise(cuts):
            if b > a:
                yield _values(f"{int(run[a]):016x}", *(c[a:b] for c in columns))

    @cached_property
    def _in_order(self) -> set[str]:
        """Runs whose points lie in one file in force, from one source: they stand in order there.

        To sort them again would take ten times their memory.
        """
        found = self._store.rows(
            "SELECT run_id FROM (SELECT unnest(run_ids) run_id FROM sources) GROUP BY 1 HAVING count(*) = 1"
        )
        return self._store.in_one_file("points").intersection(r["run_id"] for r in found)

    def _groups(self, run_ids: Sequence[str] | None, metric: str | None) -> Iterator[list[str]]:
        """Runs in order, as many together as half a million points: DuckDB sorts in memory what it is asked at once."""
        where, values = self._where(run_ids)
        if metric is not None:
            values.append(metric)
            where = f"{where} {'AND' if where else 'WHERE'} metric = ${len(values)}"
        query = f"SELECT run_id, sum(n)::BIGINT FROM metrics {where} GROUP BY run_id ORDER BY run_id"
        group: list[str] = []
        points = 0
        for run, n in (row.values() for row in self._store.rows(query, values)):
            if group and points + n > _GROUP_POINTS:
                yield group
                group, points = [], 0
            group.append(run)
            points += n
        if group:
            yield group

    def superseded(self) -> dict[str, int]:
        """How many points of each run are superseded; runs without any are left out."""
        where, values = self._where(None)
        found = self._store.rows(
            f"SELECT run_id, count(*) n FROM points {where} {'AND' if where else 'WHERE'} superseded GROUP BY run_id",
            values,
        )
        return {r["run_id"]: r["n"] for r in found}

    def blob(self, digest: str) -> str:
        """The path of the bytes with this SHA-256."""
        return blob_path(self._store.root, digest)

    def _where(self, run_ids: Sequence[str] | None) -> tuple[str, list[object]]:
        if run_ids is None and self._only is None:
            return "", []
        wanted = self._wanted(run_ids)
        return f"WHERE {_one_of(wanted)}", [wanted[0] if len(wanted) == 1 else wanted]

    def _wanted(self, run_ids: Sequence[str] | None) -> list[str]:
        return list(run_ids) if run_ids is not None else list(self._only or ())


def _one_of(runs: list[str]) -> str:
    """A condition on the first parameter. An equality is answered by the parts' statistics: other rows are not read."""
    return "run_id = $1" if len(runs) == 1 else "run_id IN (SELECT unnest($1::VARCHAR[]))"


def _values(run: str, step: Any, epoch: Any, value: Any) -> Values:
    """A series of its columns; ``step`` is masked where it has nulls."""
    import numpy as np  # noqa: PLC0415 - few exports need it

    return Values(run, np.ma.filled(step, 0), np.ma.getmaskarray(step), epoch, value)
