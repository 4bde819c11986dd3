"""How a part is named: ``<32 hex>-<runs>``.

The number says how many runs lie in it, so that a reader knows without looking into the file whether all of them are
still in force. ``0`` marks rows that belong to no run.
"""

from __future__ import annotations

import os


def part_of(path: str) -> str:
    """The part that a file belongs to."""
    return os.path.basename(path).removesuffix(".parquet")


def runs_in(part: str) -> int:
    """How many runs were written into a part."""
    return int(part.rsplit("-", 1)[1])
