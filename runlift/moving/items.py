"""How logged items are known again in a target: by digests of what they hold."""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = tuple[str, str, int, float, bytes]


def digests(found: Iterable[Item]) -> dict[str, str]:
    """Digest by name of (kind, tag, step, Unix seconds, bytes). Several of one kind, tag and step count by digest."""
    made: dict[str, list[str]] = {}
    for item in found:
        where, digest = known(item)
        made.setdefault(where, []).append(digest)
    return {f"{where}#{i}": d for where, all_ in made.items() for i, d in enumerate(sorted(all_))}


def known(item: Item) -> tuple[str, str]:
    """(where it is, digest of what it is) of one item."""
    kind, tag, step, time, data = item
    return f"{kind}/{tag}@{step}", hashlib.sha256(struct.pack("<d", time) + data).hexdigest()


def counted(found: dict[str, str]) -> Counter[tuple[str, str]]:
    """How many there are of each that ``known`` gives, from what ``digests`` gave."""
    return Counter((name.rpartition("#")[0], digest) for name, digest in found.items())


def curve_table(row: dict[str, Any]) -> list[list[float | None]]:
    """A curve as a table: a row a point; None for what JSON cannot hold."""
    values = [x if math.isfinite(x) else None for x in row["values"]]
    n = len(values) // max(len(row["columns"]), 1)
    return [values[k::n] for k in range(n)]


def time_of(row: dict[str, Any], start: float) -> float:
    """Unix seconds of an item; the start of its run where it has none."""
    time = row["wall_time"]
    return start if time is None else float(time)
