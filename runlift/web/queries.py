"""The workbench's one SELECT: checked, limited in time and rows, with a cursor of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runlift.answers.study import json_plain

if TYPE_CHECKING:
    from runlift.api import RunStore

SECONDS = 10.0
ROWS = 1000


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
        columns, [[json_plain(r[c]) for c in columns] for r in shown], table.num_rows, time.monotonic() - began
    )
