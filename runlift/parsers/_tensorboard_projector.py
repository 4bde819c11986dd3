"""The embedding projector's config beside event files: kept as it is, with the files that it names left in place.

Format: tensorboard/plugins/projector/projector_config.proto as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runlift.facts import Account, Artifact
from runlift.parsers._tensorboard_logged import lenient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._api import Source

CONFIG = "projector_config.pbtxt"
_PATH = re.compile(r'\b(?P<what>tensor|metadata|bookmarks|image|sprite_image)_path\s*:\s*"(?P<path>[^"]+)"')
_SEED_BYTES = 4096


def projector_facts(source: Source) -> Iterator[Fact]:
    """The config as an artifact, and each file that it names as one that was left where it lies."""
    with source.open() as file:
        data = file.read()
    yield Artifact(CONFIG, "projector config", data)
    for what, path in dict.fromkeys((m["what"], m["path"]) for m in _PATH.finditer(lenient(data))):
        yield Artifact(path, f"projector {what.replace('_', ' ')}", path=beside(source, path))
    yield Account("bytes", len(data), len(data))


def projector_seed(source: Source, head: bytes) -> bytes:
    """Configs of many runs are alike: the beginning of the first file of numbers tells them apart."""
    first = next((m["path"] for m in _PATH.finditer(lenient(head)) if m["what"] == "tensor"), None)
    if first is None or "://" in source.path:
        return head[:_SEED_BYTES]
    try:
        with open(beside(source, first), "rb") as file:
            return head[:_SEED_BYTES] + file.read(_SEED_BYTES)
    except OSError:
        return head[:_SEED_BYTES]


def beside(source: Source, path: str) -> str:
    """A path of the config, which goes from the config's folder."""
    return path if path.startswith("/") else f"{source.path.replace(chr(92), '/').rsplit('/', 1)[0]}/{path}"
