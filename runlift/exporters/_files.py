"""A folder of files that are put in place one by one when each is whole."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def put(folder: str, name: str) -> Iterator[str]:
    """The path to write a file to; when the block ends well, it replaces ``folder/name``, else it is removed."""
    os.makedirs(folder, exist_ok=True)
    final = os.path.join(folder, name)
    unfinished = f"{final}.part"
    try:
        yield unfinished
        os.replace(unfinished, final)
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)
