"""How far a running ingest is, in a small file of the store, for those who look at the store meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE = "progress.json"
_EVERY_S = 0.4
_STALE_S = 30.0


@contextlib.contextmanager
def told(root: str, tell: Callable[[str, int, int, int], None]) -> Iterator[Callable[[str, int, int, int], None]]:
    """``tell`` (stage, done, total, points), which also leaves word in the store; the word is gone when the work is."""
    path = os.path.join(root, FILE)
    last = 0.0

    def say(stage: str, done: int, total: int, points: int) -> None:
        nonlocal last
        tell(stage, done, total, points)
        if time.monotonic() - last > _EVERY_S:
            last = time.monotonic()
            with contextlib.suppress(OSError):
                _write(path, {"stage": stage, "done": done, "total": total, "points": points, "at": time.time()})

    try:
        yield say
    finally:
        with contextlib.suppress(OSError):
            os.remove(path)


def _write(path: str, news: dict[str, object]) -> None:
    part = f"{path}.{os.getpid()}.tmp"
    with open(part, "w", encoding="utf-8") as f:
        json.dump(news, f)
    os.replace(part, path)


def read_progress(root: str) -> str:
    """A sentence on the ingest that is running; empty where none is, or where it has said nothing for half a minute."""
    try:
        with open(os.path.join(root, FILE), encoding="utf-8") as f:
            news = json.load(f)
        if time.time() - news["at"] > _STALE_S:
            return ""
        share = 100 * news["done"] // max(1, news["total"])
        points = f", {news['points']:,} points" if news["points"] else ""
        return f"An ingest is running: {news['stage']} {share}%{points}."
    except (OSError, ValueError, KeyError, TypeError):
        return ""
