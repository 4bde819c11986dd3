"""One push to a destination at a time: a lock that the system frees when its holder dies."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runlift.errors import DestinationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT = 3600.0
_POLL = 0.1


def beside(dest: str) -> str:
    """The lock file of a local destination: beside it, so that it is none of its files."""
    return os.path.abspath(dest).rstrip(os.sep) + ".runlift-lock"


def for_address(address: str) -> str:
    """The lock file for a server, in this machine's folder for temporary files: one a user and address."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:16]
    return os.path.join(tempfile.gettempdir(), f"runlift-{os.getuid() if hasattr(os, 'getuid') else 0}-{digest}.lock")


@contextmanager
def held(path: str, wait: float = _WAIT) -> Iterator[None]:
    """Hold the lock; wait up to ``wait`` seconds for another holder. DestinationError after that."""
    import fcntl  # noqa: PLC0415 - not on every system; only for pushes

    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise DestinationError(path, "another runlift has been pushing here for too long") from error
                time.sleep(_POLL)
        yield
