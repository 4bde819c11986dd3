"""The tables of a store as DuckDB sees them: the rows in force, read from the files of a snapshot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from runlift.errors import StoreDamagedError
from runlift.model import TABLES
from runlift.store.commit import active_files

if TYPE_CHECKING:
    from runlift.store.snapshot import Files, Listed

_TYPES = {
    "string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ", "list<string>": "VARCHAR[]", "list<double>": "DOUBLE[]", "list<int64>": "BIGINT[]",
}  # fmt: skip
# Of a run: of the highest revision, the row that was written last.
_RUNS = "QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY revision DESC, written_at DESC) = 1 ORDER BY run_id"
# Of a source: the latest of those each part of which one of its runs lists, or that have no part.
_SOURCES = (
    "WITH every AS (SELECT *, row_number() OVER () AS nth FROM {all}), "
    "said AS (SELECT DISTINCT nth, part, unnest(run_ids) AS run_id FROM "
    "(SELECT nth, unnest(parts) AS part, run_ids FROM every)), "
    "held AS (SELECT nth, count(DISTINCT part) AS n FROM said SEMI JOIN _listed USING (part, run_id) GROUP BY nth) "
    "SELECT {columns} FROM every LEFT JOIN held USING (nth) "
    "WHERE coalesce(len(list_distinct(parts)), 0) = coalesce(n, 0) "
    "QUALIFY row_number() OVER (PARTITION BY source ORDER BY ingested_at DESC, nth DESC) = 1 ORDER BY source"
)


def quoted(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def see_runs(db: duckdb.DuckDBPyConnection, root: str) -> Listed:
    """(Re)make ``runs`` and ``_listed`` (part, run_id); part -> the runs in force that list it.

    Raises:
        StoreDamagedError: A part cannot be read.
    """
    _make(db, root, "runs", f"SELECT {_columns('runs')} FROM {{all}} {_RUNS}")
    db.execute("CREATE OR REPLACE TABLE _listed AS SELECT unnest(parts) AS part, run_id FROM runs")
    listed: Listed = {}
    for part, run in db.execute("SELECT part, run_id FROM _listed").fetchall():
        listed.setdefault(part, []).append(run)
    return listed


def see_sources(db: duckdb.DuckDBPyConnection, root: str) -> None:
    """Make ``sources``; ``_listed`` is there. StoreDamagedError where a part cannot be read."""
    _make(db, root, "sources", _SOURCES.replace("{columns}", _columns("sources")))


def see_table(db: duckdb.DuckDBPyConnection, table: str, files: Files, what: str = "VIEW") -> None:
    """Make a view (or TABLE) of the rows in force of any other table; ``runs``, ``sources`` and ``_pairs`` are there."""
    columns = _columns(table)
    pieces = []
    if files.whole:
        pieces.append(f"SELECT {columns} FROM {_scan(files.whole)}")
    if files.mixed:
        part = "regexp_extract(filename, '([^/\\\\]+)\\.parquet$', 1)"
        pieces.append(
            f"SELECT {columns} FROM {_scan(files.mixed, 'filename=true')} WHERE ({part}, run_id) IN "
            "(SELECT (part, run_id) FROM _pairs)"
        )
    body = " UNION ALL ".join(pieces) or _nothing(table)
    if table == "issues":
        body = f"SELECT i.* FROM ({body}) i SEMI JOIN sources s ON i.source = s.source AND i.ingest_id = s.ingest_id"
    db.execute(f"CREATE {what} {table} AS {body}")


def see_pairs(db: duckdb.DuckDBPyConnection, parts: list[str]) -> None:
    """Make ``_pairs``: (part, run_id) in force of the parts that also hold rows which are no longer."""
    db.execute(
        "CREATE TABLE _pairs AS SELECT part, run_id FROM _listed WHERE part IN (SELECT unnest($1::VARCHAR[]))", [parts]
    )


def _make(db: duckdb.DuckDBPyConnection, root: str, table: str, body: str) -> None:
    files = active_files(root, table)
    # By name under the table's own columns: what an older part lacks is null.
    rows = f"({_nothing(table)} UNION ALL BY NAME SELECT * FROM {_scan(files)})" if files else f"({_nothing(table)})"
    try:
        db.execute(f"CREATE OR REPLACE TABLE {table} AS {body.replace('{all}', rows)}")
    except duckdb.Error as error:
        raise StoreDamagedError(os.path.join(root, table), str(error).splitlines()[0]) from error


def _columns(table: str) -> str:
    return ", ".join(f'"{c}"' for c in TABLES[table].names)


def _nothing(table: str) -> str:
    """A query that gives the columns of a table and no row."""
    columns = ", ".join(f'NULL::{_TYPES[c.type]} AS "{c.name}"' for c in TABLES[table].columns)
    return f"SELECT {columns} WHERE false"


def _scan(paths: list[str], more: str = "") -> str:
    listed = ", ".join(quoted(os.path.abspath(p)) for p in paths)
    return f"read_parquet([{listed}]{', ' + more if more else ''}, union_by_name=true)"
