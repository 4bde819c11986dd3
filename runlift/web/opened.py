"""The store as the app holds it: one snapshot, opened anew when something was committed, safe for several threads."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runlift.api import RunStore
from runlift.store.named import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK_S = 1.0
_AT_HAND = ("params", "metrics")


class Opened:
    """Hands out the newest snapshot; one question at a time, since a connection belongs to one thread."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._store = RunStore(root, at_hand=_AT_HAND)
        self._mark = commits(self.root)
        self._looked = time.monotonic()

    @contextmanager
    def store(self) -> Iterator[RunStore]:
        """The store for one question."""
        with self._lock:
            if time.monotonic() - self._looked > _LOOK_S:
                self._renew()
            yield self._store

    def version(self) -> str:
        """Changes whenever runs were committed."""
        return commits(self.root)

    def close(self) -> None:
        """Free the connection."""
        with self._lock:
            self._store.close()

    def _renew(self) -> None:
        self._looked = time.monotonic()
        mark = commits(self.root)
        if mark != self._mark:
            renewed = RunStore(self.root, at_hand=_AT_HAND)
            self._store.close()
            self._store, self._mark = renewed, mark


def commits(root: str) -> str:
    """The name of the last commit of ``runs``, and when names were confirmed last: what a snapshot depends on."""
    try:
        last = max(os.listdir(os.path.join(root, "runs", "_delta_log")), default="")
    except OSError:
        last = ""
    names = os.path.join(root, FILE)
    return f"{last} {os.stat(names).st_mtime_ns if os.path.exists(names) else ''}"
