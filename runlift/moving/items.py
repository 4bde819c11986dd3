"""How logged items are known again in a target: by digests of what they hold."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = tuple[str, str, int, float, bytes]


def digests(found: Iterable[Item]) -> dict[str, str]:
    """Digest by name of (kind, tag, step, Unix seconds, bytes). Several of one kind, tag and step count by digest."""
    made: dict[tuple[str, str, int], list[str]] = {}
    for kind, tag, step, time, data in found:
        digest = hashlib.sha256(struct.pack("<d", time) + data).hexdigest()
        made.setdefault((kind, tag, step), []).append(digest)
    return {f"{k}/{tag}@{step}#{i}": d for (k, tag, step), all_ in made.items() for i, d in enumerate(sorted(all_))}


def time_of(row: dict[str, Any], start: float) -> float:
    """Unix seconds of an item; the start of its run where it has none."""
    time = row["wall_time"]
    return start if time is None else float(time)
