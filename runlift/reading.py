"""A store as exporters see it: whole tables, and the history in batches; nothing of the database shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from runlift.errors import OptionError
from runlift.model import TABLES
from runlift.store.blobs import blob_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from runlift.store.query import Store

_GROUP_POINTS = 250_000
_HISTORY = "run_id, metric, step, epoch, wall_time, value, attempt, source, position"


class StoreReading:
    """Implements ``exporters._api.StoreReader`` over an open store; ``runs``: only these run_ids, None for all."""

    def __init__(self, store: Store, runs: Sequence[str] | None = None) -> None:
        self._store = store
        self._only = None if runs is None else list(runs)

    def runs(self) -> pa.Table:
        """One row a run, the latest start first."""
        return self._ask("runs", None, "started_at DESC NULLS LAST, name, run_id")

    def params(self, run_ids: Sequence[str] | None = None) -> pa.Table:
        """Settings of some runs (all where None), ordered by run_id and key."""
        return self._ask("params", run_ids, "run_id, key")

    def metrics(self, run_ids: Sequence[str] | None = None) -> pa.Table:
        """One row for each metric of each run, ordered by run_id and metric."""
        return self._ask("metrics", run_ids, "run_id, metric")

    def history(self, run_ids: Sequence[str] | None = None, metric: str | None = None) -> Iterator[pa.RecordBatch]:
        """Points in force, ordered by run_id, metric, source, position, in batches."""
        also = "" if metric is None else "AND metric = $2"
        query = (
            f"SELECT {_HISTORY} FROM history WHERE run_id IN (SELECT unnest($1::VARCHAR[])) {also} "
            "ORDER BY run_id, metric, source, position"
        )
        for group in self._groups(run_ids, metric):
            yield from self._store.batches(query, [group] if metric is None else [group, metric])

    def values(self, run_ids: Sequence[str] | None, metric: str) -> Iterator[pa.RecordBatch]:
        """run_id, step, epoch, value of one metric: the points of each run together, in the order of ``history``."""
        for group in self._groups(run_ids, metric):
            order = "" if self._in_order.issuperset(group) else "ORDER BY run_id, source, position"
            query = (
                "SELECT run_id, step, epoch, value FROM history "
                f"WHERE run_id IN (SELECT unnest($1::VARCHAR[])) AND metric = $2 {order}"
            )
            yield from self._store.batches(query, [group, metric])

    @cached_property
    def _in_order(self) -> set[str]:
        """Runs whose points lie in one file in force, from one source: they stand in order there.

        To sort them again would take ten times their memory.
        """
        found = self._store.sql(
            "SELECT run_id FROM (SELECT unnest(run_ids) run_id FROM sources) GROUP BY 1 HAVING count(*) = 1"
        )
        return self._store.in_one_file("points").intersection(found.column(0).to_pylist())

    def _groups(self, run_ids: Sequence[str] | None, metric: str | None) -> Iterator[list[str]]:
        """Runs in order, as many together as half a million points: DuckDB sorts in memory what it is asked at once."""
        where, values = self._where(run_ids)
        if metric is not None:
            values.append(metric)
            where = f"{where} {'AND' if where else 'WHERE'} metric = ${len(values)}"
        query = f"SELECT run_id, sum(n)::BIGINT FROM metrics {where} GROUP BY run_id ORDER BY run_id"
        group: list[str] = []
        points = 0
        for run, n in zip(*(c.to_pylist() for c in self._store.sql(query, values).columns), strict=True):
            if group and points + n > _GROUP_POINTS:
                yield group
                group, points = [], 0
            group.append(run)
            points += n
        if group:
            yield group

    def issues(self) -> pa.Table:
        """What was wrong, repaired or chosen."""
        return self._ask("issues", None, "source, position")

    def sources(self) -> pa.Table:
        """The files that were read, with their ledgers."""
        if self._only is None:
            return self._store.sql("SELECT * FROM sources ORDER BY source")
        return self._store.sql("SELECT * FROM sources WHERE list_has_any(run_ids, $1) ORDER BY source", [self._only])

    def table(self, name: str) -> pa.Table:
        """Any other table of the schema. OptionError where there is none of that name."""
        if name not in TABLES:
            raise OptionError("table", name, f"one of {', '.join(TABLES)}")
        if "run_id" not in TABLES[name].names:
            return self._store.sql(f"SELECT * FROM {name}")
        return self._ask(name, None, ", ".join(c for c in TABLES[name].order if c in TABLES[name].names) or "run_id")

    def superseded(self) -> dict[str, int]:
        """How many points of each run are superseded; runs without any are left out."""
        where, values = self._where(None)
        found = self._store.sql(
            f"SELECT run_id, count(*) n FROM points {where} {'AND' if where else 'WHERE'} superseded GROUP BY run_id",
            values,
        )
        return dict(zip(found.column("run_id").to_pylist(), found.column("n").to_pylist(), strict=True))

    def blob(self, digest: str) -> str:
        """The path of the bytes with this SHA-256."""
        return blob_path(self._store.root, digest)

    def _ask(self, table: str, run_ids: Sequence[str] | None, order: str) -> pa.Table:
        where, values = self._where(run_ids)
        return self._store.sql(f"SELECT * FROM {table} {where} ORDER BY {order}", values)

    def _where(self, run_ids: Sequence[str] | None) -> tuple[str, list[object]]:
        if run_ids is None and self._only is None:
            return "", []
        wanted = list(run_ids) if run_ids is not None else list(self._only or ())
        if len(wanted) == 1:  # an equality that the parts' statistics can answer: rows of other runs are not read
            return "WHERE run_id = $1", [wanted[0]]
        return "WHERE run_id IN (SELECT unnest($1::VARCHAR[]))", [wanted]
