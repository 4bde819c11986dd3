"""What a caller may choose, as data: one class a call."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

DEFAULT_STORE = "runlift-store"


def default_store() -> str:
    """``RUNLIFT_STORE`` where it is set, else ``./runlift-store``."""
    return os.environ.get("RUNLIFT_STORE") or DEFAULT_STORE


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to read.

    Attributes:
        format: Read every source with this format, whatever it looks like (``--as``).
        mapping: Role or new name -> column or key of the source (``--map step=iteration``).
        layout: How a table is laid out: wide, long or runs.
        patterns: Line patterns for text logs, such as ``epoch {epoch:d} | loss {train/loss}``.
        jobs: Worker processes; 0 = as many as there are cores, fewer for little work.
        join: Whether a log, a table and event files in one folder are one run.
        fold: Whether sub-folders that ``add_scalars`` and ``add_hparams`` write are parts of the run above them.
        again: Read sources again that have not changed.
    """

    format: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    layout: str | None = None
    patterns: tuple[str, ...] = ()
    jobs: int = 0
    join: bool = True
    again: bool = False
    fold: bool = True
