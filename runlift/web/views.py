"""Saved views: names for addresses of the app, kept in ``views.json`` in the store's folder."""

from __future__ import annotations

import json
import os

from runlift.errors import OptionError

FILE = "views.json"
_MOST, _LONGEST = 200, 8_000


def read_views(root: str) -> dict[str, str]:
    """Name -> the fragment of the address that shows it."""
    try:
        with open(os.path.join(root, FILE), encoding="utf-8") as f:
            return {str(k): str(v) for k, v in json.load(f).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def save_view(root: str, name: str, fragment: str) -> dict[str, str]:
    """Keep a view, or let go of it where the fragment is empty; all views then.

    Raises:
        OptionError: The name is empty, or there are too many or too long views.
    """
    views = read_views(root)
    if not name.strip() or len(name) > 200 or len(fragment) > _LONGEST:
        raise OptionError("view", name[:60], f"a name of 1 to 200 characters and an address of at most {_LONGEST:,}")
    views = {k: v for k, v in views.items() if k != name} | ({name: fragment} if fragment else {})
    if len(views) > _MOST:
        raise OptionError("view", name, f"at most {_MOST} views; let go of some")
    part = os.path.join(root, f"{FILE}.{os.getpid()}.tmp")
    with open(part, "w", encoding="utf-8") as f:
        json.dump(views, f, indent=1, ensure_ascii=False)
    os.replace(part, os.path.join(root, FILE))
    return views
