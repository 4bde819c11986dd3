"""Asking a store: DuckDB views over the files in force, answers as Arrow tables or pandas frames."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb

from runlift.errors import AmbiguousRunError, QueryError, RunNotFoundError
from runlift.store.mark import read_mark
from runlift.store.named import make_named_views, read_names
from runlift.store.part_name import part_of
from runlift.store.snapshot import take_snapshot
from runlift.store.views import quoted, see_pairs, see_runs, see_sources, see_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    import pyarrow as pa

_BATCH_ROWS = 100_000
T = TypeVar("T")


class Store:
    """A store opened for reading: one consistent snapshot, asked by SQL.

    Args:
        root: The store's folder.
        at_hand: Tables to hold in memory, for who asks them again and again.
        memory_limit: DuckDB's memory limit, such as ``2GB``; by default DuckDB's own.
        threads: How many threads DuckDB may use, each of which holds memory of its own; by default one a core.

    Raises:
        StoreNotFoundError, NotAStoreError, StoreTooNewError, StoreDamagedError.
    """

    def __init__(
        self, root: str, memory_limit: str | None = None, *, threads: int | None = None, at_hand: tuple[str, ...] = ()
    ) -> None:
        read_mark(root)
        self._at_hand = at_hand
        self.root = root
        self._db = duckdb.connect(":memory:")
        if memory_limit:
            self._db.execute(f"SET memory_limit = {quoted(memory_limit)}")
        if threads:
            self._db.execute(f"SET threads = {threads}")
        self._db.execute("SET TimeZone = 'UTC'")
        self._make_views()
        self._close_the_door()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the connection."""
        self._db.close()

    def _close_the_door(self) -> None:
        """From here on SQL reaches the store's own folder and nothing else on the machine."""
        folder = quoted(os.path.abspath(self.root) + os.sep)
        self._db.execute(f"SET allowed_directories = [{folder}]")
        self._db.execute("SET enable_external_access = false")
        self._db.execute("SET lock_configuration = true")

    def _make_views(self) -> None:
        self.snapshot = take_snapshot(self.root, lambda: see_runs(self._db, self.root))
        see_sources(self._db, self.root)
        see_pairs(self._db, self.snapshot.mixed_parts())
        for table, files in self.snapshot.files.items():
            see_table(self._db, table, files, "TABLE" if table in self._at_hand else "VIEW")
        self._db.execute("CREATE VIEW history AS SELECT * FROM points WHERE NOT superseded")
        self.renew_names()

    def renew_names(self) -> None:
        """See the names of metrics that are confirmed now."""
        self.names = read_names(self.root)
        make_named_views(self._db, self.names)

    def in_one_file(self, table: str) -> set[str]:
        """The runs whose rows of a table lie in one file, which is read as it is."""
        files, listed = self.snapshot.files[table], self.snapshot.listed
        seen = Counter(run for path in (*files.whole, *files.mixed) for run in listed.get(part_of(path), ()))
        filtered = {run for path in files.mixed for run in listed.get(part_of(path), ())}
        return {run for run, n in seen.items() if n == 1} - filtered

    def sql(self, query: str, parameters: list[Any] | None = None) -> pa.Table:
        """The answer to one query as an Arrow table. QueryError with DuckDB's reason where it cannot be answered."""
        found = self._asked(query, parameters, lambda answer: answer.to_arrow_table())
        return _no_table() if found is None else found

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """The answer to one query as a dictionary a row. QueryError as ``sql``."""

        def read(answer: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
            return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]

        return self._asked(query, parameters, read) or []

    def columns(self, query: str, parameters: list[Any] | None = None) -> dict[str, Any]:
        """The answer to one query as a NumPy array a column, masked where it has nulls. QueryError as ``sql``."""
        return self._asked(query, parameters, lambda answer: dict(answer.fetchnumpy())) or {}

    def _asked(
        self, query: str, parameters: list[Any] | None, read: Callable[[duckdb.DuckDBPyRelation], T]
    ) -> T | None:
        """What ``read`` makes of the answer; None where a statement has none."""
        try:
            answer = self._db.sql(query, params=parameters or None)
            return None if answer is None else read(answer)
        except duckdb.Error as error:
            raise QueryError(_reason(error)) from error

    def batches(self, query: str, parameters: list[Any] | None = None) -> Iterator[pa.RecordBatch]:
        """The answer to one query as record batches of bounded size, none of which is kept. QueryError as ``sql``."""
        try:
            answer = self._db.cursor().sql(query, params=parameters or None)
            if answer is not None:
                yield from answer.to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise QueryError(_reason(error)) from error

    def one_select(self, query: str, *, explain: bool = False) -> OneSelect:
        """A query from outside: one SELECT that can be stopped. QueryError where it is something else."""
        return OneSelect(self._db.cursor(), _vetted(query, explain=explain))

    def frame(self, query: str, parameters: list[Any] | None = None) -> pd.DataFrame:
        """The answer as a pandas frame."""
        found: pd.DataFrame = self.sql(query, parameters).to_pandas()
        return found

    def find_run(self, name: str) -> str:
        """The run_id that an id, a prefix of one (4 digits at least) or a unique name means.

        Raises:
            RunNotFoundError, AmbiguousRunError.
        """
        known = self.rows("SELECT run_id, name FROM runs")
        ids, names = [r["run_id"] for r in known], [r["name"] for r in known]
        if name in ids:
            return name
        fits = [i for i, n in zip(ids, names, strict=True) if n == name]
        if not fits and len(name) >= 4:
            fits = [i for i in ids if i.startswith(name)]
        if not fits:
            fits = [i for i, n in zip(ids, names, strict=True) if n and n.endswith("/" + name)]
        if len(fits) == 1:
            return str(fits[0])
        if fits:
            raise AmbiguousRunError(name, fits)
        import difflib  # noqa: PLC0415 - only for the message

        spoken = {n.rsplit("/", 1)[-1]: n for n in names if n} | {n: n for n in names if n}
        near = [spoken[n] for n in difflib.get_close_matches(name, spoken, 3)]
        raise RunNotFoundError(name, list(dict.fromkeys(near)))


class OneSelect:
    """One vetted SELECT on a cursor of its own, which another thread may stop."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, query: str) -> None:
        self._cursor, self._query = cursor, query

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def stop(self) -> None:
        """End it where it stands; ``table`` then raises QueryError."""
        self._cursor.interrupt()

    def table(self) -> pa.Table:
        """The answer. QueryError with DuckDB's reason where there is none."""
        try:
            found = self._cursor.sql(self._query)
            return found.to_arrow_table() if found is not None else _no_table()
        except duckdb.InterruptException as error:
            raise QueryError("it took too long and was stopped") from error
        except duckdb.Error as error:
            raise QueryError(_reason(error)) from error


def _vetted(query: str, *, explain: bool) -> str:
    """The query where it is one SELECT and nothing else; an EXPLAIN is built here, since one from outside may write."""
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise QueryError(_reason(error)) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("the workbench takes exactly one SELECT")
    return f"EXPLAIN {statements[0].query}" if explain else statements[0].query


def _no_table() -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - few questions need it

    return pa.table({})


def _reason(error: duckdb.Error) -> str:
    text = str(error).strip()
    return text.split("\n\nLINE", 1)[0].replace("\n", " ")
