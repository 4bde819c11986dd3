"""Metrics under the names that the user confirmed: views beside ``metrics`` and ``history``, which keep the names as read.

A run that logged another name of a metric has it under the metric's name; one that has the metric itself, or two other
names of it, keeps what is left under the names as read.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FILE = "names.json"
_MEANT = (
    "SELECT m.run_id, m.metric AS name, a.metric FROM metrics m JOIN aliases a ON a.name = m.metric "
    "ANTI JOIN metrics o ON o.run_id = m.run_id AND o.metric = a.metric "
    "QUALIFY row_number() OVER (PARTITION BY m.run_id, a.metric ORDER BY m.metric) = 1"
)
# Two pieces, since a condition on a metric reaches the files of points through each of them, and not through a join.
_NAMED = (
    "SELECT t.* FROM {table} t ANTI JOIN meant n ON n.run_id = t.run_id AND n.name = t.metric UNION ALL "
    "SELECT t.* REPLACE (n.metric AS metric) FROM {table} t JOIN meant n ON n.run_id = t.run_id AND n.name = t.metric"
)


def read_names(root: str) -> dict[str, str]:
    """Name -> the metric that it means, as confirmed."""
    try:
        with open(os.path.join(root, FILE), encoding="utf-8") as f:
            found = json.load(f)
    except FileNotFoundError:
        return {}
    return {str(k): str(v) for k, v in found["aliases"].items()}


def make_named_views(db: duckdb.DuckDBPyConnection, names: dict[str, str]) -> None:
    """(Re)make ``aliases``, ``meant`` (run_id, name as read, metric), ``named_metrics`` and ``named_history``."""
    db.execute("CREATE OR REPLACE TABLE aliases (name VARCHAR, metric VARCHAR)")
    if names:
        db.executemany("INSERT INTO aliases VALUES (?, ?)", [list(pair) for pair in names.items()])
        db.execute(f"CREATE OR REPLACE TABLE meant AS {_MEANT}")
    else:
        db.execute("CREATE OR REPLACE TABLE meant (run_id VARCHAR, name VARCHAR, metric VARCHAR)")
    for table in ("metrics", "history"):
        body = _NAMED.format(table=table) if names else f"SELECT * FROM {table}"
        db.execute(f"CREATE OR REPLACE VIEW named_{table} AS {body}")
