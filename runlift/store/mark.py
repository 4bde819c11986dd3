"""The file that makes a folder a store: what it is, and by which schema."""

from __future__ import annotations

import json
import os
from typing import Any

from runlift.errors import NotAStoreError, StoreNotFoundError, StoreTooNewError
from runlift.model import SCHEMA_VERSION

MARK = "runlift.json"


def read_mark(root: str) -> dict[str, Any]:
    """The store's own description. StoreNotFoundError, NotAStoreError or StoreTooNewError where it cannot be used."""
    path = os.path.join(root, MARK)
    if not os.path.isfile(path):
        if not os.path.isdir(root) or all(_unfinished(name) for name in os.listdir(root)):
            raise StoreNotFoundError(root)
        if not os.path.isfile(path):  # another process may have made it between the two looks
            raise NotAStoreError(root)
    try:
        with open(path, encoding="utf-8") as f:
            mark = json.load(f)
        found = int(mark["schema"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotAStoreError(root) from error
    if found > SCHEMA_VERSION:
        raise StoreTooNewError(root, found, SCHEMA_VERSION)
    return dict(mark)


def _unfinished(name: str) -> bool:
    """Whether a file is a mark that is being written, or that a killed process left."""
    return name.startswith(f"{MARK}.") and name.endswith(".tmp")


def create_store(root: str) -> None:
    """Make an empty store, or leave the store that is there. NotAStoreError where another folder is in the way."""
    try:
        read_mark(root)
    except StoreNotFoundError:
        os.makedirs(root, exist_ok=True)
        part = os.path.join(root, f"{MARK}.{os.getpid()}.tmp")
        with open(part, "w", encoding="utf-8") as f:
            json.dump({"store": "runlift", "schema": SCHEMA_VERSION}, f)
        os.replace(part, os.path.join(root, MARK))
