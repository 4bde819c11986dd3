"""Blocks of long series made before they are asked for: on a thread of its own while the app runs, and after each commit.

So even the first look at a series of a million points reads what is kept beside the store.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runlift.api import RunStore
from runlift.errors import RunliftError
from runlift.web import kept
from runlift.web.opened import commits

if TYPE_CHECKING:
    from typing import Self

_LOOK_S = 1.0
_MOST = 1000


class Warm:
    """Keeps up with a store from entering to leaving."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.done = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="runlift-warm", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _keep_up(self) -> None:
        seen = ""
        while True:
            now = commits(self.root)
            if now != seen:
                self.done.clear()
                self._make()
                self.done.set()
                seen = now
            if self._stop.wait(_LOOK_S):
                return

    def _make(self) -> None:
        """Make the blocks of long series, the longest first. A store that cannot be read is left to who asks it."""
        try:
            with RunStore(self.root) as store:
                for metric, run in _long(store):
                    if self._stop.is_set():
                        return
                    kept.block(store, metric, [run])
        except RunliftError:
            return


def _long(store: RunStore) -> list[tuple[str, str]]:
    rows = store.rows(
        "SELECT metric, run_id FROM named_metrics WHERE n >= $1 ORDER BY n DESC, metric, run_id LIMIT $2",
        [kept.LONG, _MOST],
    )
    return [(r["metric"], r["run_id"]) for r in rows]
