r"""The Python API: a store opened for questions, and export.

>>> import runlift, tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "metrics.csv").write_text("step,loss\n0,1.5\n1,nan\n2,0.5\n")
>>> _ = (folder / "config.yaml").write_text("lr: 0.1\noptimizer: {name: adam}\n")
>>> report = runlift.ingest(folder, store=folder / "store")
>>> report.runs, report.points
(1, 3)
>>> store = runlift.open(folder / "store")
>>> store.history("loss")[["step", "value"]].values.tolist()
[[0.0, 1.5], [1.0, nan], [2.0, 0.5]]
>>> store.params()[["key", "value", "kind"]].values.tolist()
[['lr', '0.1', 'float'], ['optimizer.name', 'adam', 'string']]
>>> store.metrics()[["metric", "n", "min", "n_nonfinite"]].values.tolist()
[['loss', 3, 0.5, 1]]
>>> store.runs("status = 'unknown'", arrow=True).num_rows
1
>>> store.sql("SELECT step FROM history WHERE isnan(value)")["step"].tolist()
[1]
>>> store.trace("metrics.csv", "loss", 2)[0].text
'2,0.5'
>>> store.close()
>>> runlift.export("csv", folder / "csv", store=folder / "store").counts["history"]
3
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from runlift import registry
from runlift.errors import DestinationError, MetricNotFoundError, OptionError
from runlift.options import default_store
from runlift.store.query import OneSelect, Store
from runlift.tracing import trace_point, trace_position

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from runlift.moving.receipt import Receipt
    from runlift.reports import TraceLine


Runs = Sequence[str] | str | None


class RunStore:
    """A store opened for reading. Every method gives a pandas frame, or an Arrow table with ``arrow=True``.

    The columns are those of ``docs/schema.md``. What is committed after opening is not seen; open again for it.
    ``at_hand``: tables to hold in memory, for who asks them all the time.
    """

    def __init__(self, root: str | os.PathLike[str], *, at_hand: tuple[str, ...] = ()) -> None:
        self._store = Store(os.fspath(root), at_hand=at_hand)
        self.root = os.fspath(root)

    @classmethod
    def over(cls, store: Store) -> Self:
        """The same questions over a store that is open already; who opened it closes it."""
        made = cls.__new__(cls)
        made._store, made.root = store, store.root  # noqa: SLF001 - its own
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the connection."""
        self._store.close()

    @overload
    def runs(self, where: str | None = None, *, arrow: Literal[False] = False) -> pd.DataFrame: ...

    @overload
    def runs(self, where: str | None = None, *, arrow: Literal[True]) -> pa.Table: ...

    def runs(self, where: str | None = None, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """One row a run, the latest start first. ``where``: an SQL condition over the columns of ``runs``.

        Raises:
            QueryError: The condition cannot be read.
        """
        condition = f"WHERE {where}" if where else ""
        return self._give(
            f"SELECT * FROM runs {condition} ORDER BY started_at DESC NULLS LAST, name, run_id", [], arrow
        )

    @overload
    def params(self, runs: Runs = None, *, arrow: Literal[False] = False) -> pd.DataFrame: ...

    @overload
    def params(self, runs: Runs = None, *, arrow: Literal[True]) -> pa.Table: ...

    def params(self, runs: Runs = None, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """Settings, one row each."""
        ids, chosen = self._chosen(runs)
        return self._give(f"SELECT * FROM params {chosen} ORDER BY run_id, key", ids, arrow)

    @overload
    def metrics(self, runs: Runs = None, *, arrow: Literal[False] = False) -> pd.DataFrame: ...

    @overload
    def metrics(self, runs: Runs = None, *, arrow: Literal[True]) -> pa.Table: ...

    def metrics(self, runs: Runs = None, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """One row for each metric of each run: count, first, last, min, max, mean, goal."""
        ids, chosen = self._chosen(runs)
        return self._give(f"SELECT * FROM metrics {chosen} ORDER BY run_id, metric", ids, arrow)

    @overload
    def history(
        self, metric: str | None = None, runs: Runs = None, *, superseded: bool = ..., arrow: Literal[False] = False
    ) -> pd.DataFrame: ...

    @overload
    def history(
        self, metric: str | None = None, runs: Runs = None, *, superseded: bool = ..., arrow: Literal[True]
    ) -> pa.Table: ...

    def history(
        self,
        metric: str | None = None,
        runs: Runs = None,
        *,
        superseded: bool = False,
        arrow: bool = False,
    ) -> pd.DataFrame | pa.Table:
        """Points in file order.

        Args:
            metric: One metric; None for all.
            runs: A run (id, prefix of it, or name) or several; None for all.
            superseded: Also the points that later attempts overtake.
            arrow: An Arrow table instead of a frame.

        Raises:
            RunNotFoundError, AmbiguousRunError, MetricNotFoundError.
        """
        ids, chosen = self._chosen(runs)
        table = "points" if superseded else "history"
        if metric is not None:
            chosen = f"{chosen} {'AND' if chosen else 'WHERE'} metric = ${len(ids) + 1}"
            self.need_metric(metric)
            ids = [*ids, metric]
        return self._give(f"SELECT * FROM {table} {chosen} ORDER BY run_id, metric, source, position", ids, arrow)

    @overload
    def table(self, name: str, runs: Runs = None, *, arrow: Literal[False] = False) -> pd.DataFrame: ...

    @overload
    def table(self, name: str, runs: Runs = None, *, arrow: Literal[True]) -> pa.Table: ...

    def table(self, name: str, runs: Runs = None, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """Any table of the schema: texts, histograms, media, curves, tensors, artifacts, sources, issues, ingests."""
        from runlift.model import TABLES, VIEWS  # noqa: PLC0415 - only for this call

        if name not in TABLES and name not in VIEWS:
            raise OptionError("table", name, f"one of {', '.join([*TABLES, *VIEWS])}")
        ids, chosen = self._chosen(runs) if runs is not None else ([], "")
        return self._give(f"SELECT * FROM {name} {chosen}", ids, arrow)

    @overload
    def sql(
        self, query: str, parameters: list[Any] | None = None, *, arrow: Literal[False] = False
    ) -> pd.DataFrame: ...

    @overload
    def sql(self, query: str, parameters: list[Any] | None = None, *, arrow: Literal[True]) -> pa.Table: ...

    def sql(self, query: str, parameters: list[Any] | None = None, *, arrow: bool = False) -> pd.DataFrame | pa.Table:
        """The answer to an SQL query (DuckDB's dialect) over all tables and the view ``history``.

        Raises:
            QueryError: With DuckDB's reason.
        """
        found = self._store.sql(query, parameters)
        return found if arrow else found.to_pandas()

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """The answer to an SQL query as a dictionary a row, for programs that need no table.

        Raises:
            QueryError: With DuckDB's reason.
        """
        return self._store.rows(query, parameters)

    def one_select(self, query: str, *, explain: bool = False) -> OneSelect:
        """One SELECT (or its plan) that another thread can stop. QueryError where the query is something else."""
        return self._store.one_select(query, explain=explain)

    def trace(self, run: str, metric: str, step: int | None = None) -> list[TraceLine]:
        """Where the points of a metric (at a step) were read: the source's own lines or records.

        Raises:
            RunNotFoundError, AmbiguousRunError, MetricNotFoundError.
        """
        run_id = self.find(run)
        self.need_metric(metric, run_id)
        read = self._store.rows("SELECT name FROM meant WHERE run_id = $1 AND metric = $2", [run_id, metric])
        return trace_point(self._store, run_id, read[0]["name"] if read else metric, step)

    def trace_position(self, source: str, position: int) -> TraceLine | None:
        """The line or record at a position of a source; None where the store does not know the source."""
        return trace_position(self._store, source, position)

    def find(self, run: str) -> str:
        """The run_id that an id, a prefix of one, or a unique name means."""
        return self._store.find_run(run)

    @property
    def names(self) -> dict[str, str]:
        """Name as read -> the metric that it is confirmed to mean."""
        return self._store.names

    def renew_names(self) -> None:
        """See the names that are confirmed now, in the views ``named_metrics`` and ``named_history``."""
        self._store.renew_names()

    def _chosen(self, runs: Runs) -> tuple[list[Any], str]:
        if runs is None:
            return [], ""
        ids = [self.find(r) for r in ([runs] if isinstance(runs, str) else runs)]
        marks = ", ".join(f"${i + 1}" for i in range(len(ids)))
        return list(ids), f"WHERE run_id IN ({marks})" if ids else "WHERE false"

    def need_metric(self, metric: str, run_id: str | None = None) -> None:
        """MetricNotFoundError, with the names that there are, where no run (or not that one) has the metric."""
        condition, values = ("AND run_id = $2", [metric, run_id]) if run_id else ("", [metric])
        either = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE metric = $1 {condition}" for table in ("metrics", "meant")
        )
        if not self._store.rows(f"{either} LIMIT 1", values):
            where, more = ("WHERE run_id = $1", [run_id]) if run_id else ("", [])
            known = self._store.rows(f"SELECT DISTINCT metric FROM metrics {where} ORDER BY 1", more)
            raise MetricNotFoundError(metric, [r["metric"] for r in known])

    def _give(self, query: str, values: list[Any], arrow: bool) -> Any:
        found = self._store.sql(query, values)
        return found if arrow else found.to_pandas()


def open(store: str | os.PathLike[str] | None = None) -> RunStore:  # noqa: A001 - runlift.open reads as it is meant
    """Open a store for questions; the default is ``RUNLIFT_STORE`` or ``./runlift-store``.

    Raises:
        StoreNotFoundError, NotAStoreError, StoreTooNewError, StoreDamagedError.
    """
    return RunStore(store if store is not None else default_store())


def export(
    target: str,
    dest: str | os.PathLike[str],
    store: str | os.PathLike[str] | None = None,
    *,
    runs: str | None = None,
    tell: Callable[[str, int, int], None] | None = None,
    announce: Callable[[list[str]], None] | None = None,
    **options: Any,
) -> Any:
    """Write a store's runs to a target: a workbook, CSV, Parquet, or another tracker.

    Args:
        target: The target's name (``runlift formats`` lists them).
        dest: The file, folder or address to write.
        store: The store; by default as for ``open``.
        runs: Only the runs that fit this filter, such as ``lr<0.01 and status=finished``.
        tell: Called with (what is being done, points done, points in all) where the work is long.
        announce: Called with the lines of the plan before a large push.
        options: The target's own options, as its options class names them.

    Returns:
        The target's report: files written, what could not be put into them, and, where it was read back, how many
        differences no stated loss explains.

    Raises:
        UnknownFormatError, MissingLibraryError, OptionError, DestinationError, AccessError, PushStoppedError, QueryError.
    """
    from runlift.reading import StoreReading  # noqa: PLC0415 - only for exports

    chosen = registry.exporter(target)
    try:
        wanted = chosen.options(**options)
    except TypeError as error:
        raise OptionError("options", ", ".join(options), str(error)) from error
    with Store(os.fspath(store if store is not None else default_store()), threads=chosen.threads) as opened:
        exporter = chosen()
        exporter.tell, exporter.announce = tell, announce
        try:
            return exporter.export(StoreReading(opened, _meeting(opened, runs)), os.fspath(dest), wanted)
        except OSError as error:
            raise DestinationError(os.fspath(dest), error.strerror or str(error)) from error


def verify_destination(
    dest: str | os.PathLike[str],
    store: str | os.PathLike[str] | None = None,
    *,
    target: str | None = None,
    runs: str | None = None,
    tell: Callable[[str, int, int], None] | None = None,
) -> Receipt:
    """Read back what a tracker holds and compare it with the store; nothing is written there.

    Args:
        dest: A destination that runs were moved to.
        store: The store; by default as for ``open``.
        target: What the destination is; by default that is found out.
        runs: Only the runs that fit this filter.
        tell: As for ``export``.

    Raises:
        UnknownFormatError, MissingLibraryError, OptionError, DestinationError, AccessError, PushStoppedError, QueryError.
    """
    from runlift.destinations import verify_moved  # noqa: PLC0415 - only for this call
    from runlift.reading import StoreReading  # noqa: PLC0415 - the same

    with Store(os.fspath(store if store is not None else default_store())) as opened:
        return verify_moved(os.fspath(dest), StoreReading(opened, _meeting(opened, runs)), target, tell)


def _meeting(store: Store, wanted: str | None) -> list[str] | None:
    """The runs that fit a filter (``answers.filters``); None, for all, without one."""
    if not wanted:
        return None
    from runlift.answers.filters import select_runs  # noqa: PLC0415 - it asks through this module's RunStore

    return select_runs(RunStore.over(store), wanted)
