"""The workbench's one SELECT: checked, limited in time and rows, with a cursor of its own."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runlift.answers.study import json_plain

if TYPE_CHECKING:
    from runlift.api import RunStore

SECONDS = 10.0
ROWS = 1000
_FIRST = ("runs", "params", "metrics", "points", "history")


@dataclass(frozen=True, slots=True)
class Answer:
    """``rows``: the first rows, of ``total``; ``seconds``: how long it took."""

    columns: list[str]
    rows: list[list[Any]]
    total: int
    seconds: float


def ask(store: RunStore, query: str, *, explain: bool = False, seconds: float = SECONDS, rows: int = ROWS) -> Answer:
    """The answer to one SELECT, or its plan.

    Raises:
        QueryError: It is not exactly one SELECT, cannot be answered, or took longer than ``seconds``.
    """
    began = time.monotonic()
    with store.one_select(query, explain=explain) as cursor:
        timer = threading.Timer(seconds, cursor.stop)
        timer.start()
        try:
            table = cursor.table()
        finally:
            timer.cancel()
    shown = table.slice(0, rows).to_pylist()
    columns = table.column_names
    return Answer(
        columns, [[json_plain(_told(r[c])) for c in columns] for r in shown], table.num_rows, time.monotonic() - began
    )


def _told(value: Any) -> Any:
    """What JSON has no word for, as text; a decimal as the number that it is."""
    if isinstance(value, dict):
        return {str(k): _told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(v) for v in value]
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, str | int | float | dt.datetime) else str(value)


def schema(store: RunStore) -> dict[str, list[str]]:
    """Table or view -> its columns in order; the tables that are asked for most come first."""
    rows = store.rows(
        "SELECT table_name, list(column_name ORDER BY ordinal_position) AS columns FROM information_schema.columns "
        "WHERE table_name NOT LIKE '\\_%' ESCAPE '\\' GROUP BY table_name"
    )
    found = {r["table_name"]: r["columns"] for r in rows}
    return {t: found[t] for t in sorted(found, key=lambda t: (_FIRST.index(t) if t in _FIRST else len(_FIRST), t))}
