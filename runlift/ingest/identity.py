"""How a source is known again: by its own content, wherever it lies and however far it has grown.

``seed`` is what does not change when a source grows (its first record, its first lines). Many different logs begin
alike, so an equal seed only says "look closer": two sources are one where the shorter is the beginning of the longer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from runlift.parsers._api import HEAD_BYTES, Source

_RUNGS = (256, 1024, 4096, 16_384, HEAD_BYTES)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Print:
    """Digests of a source's beginning: of its seed, and of its first 256, 1,024, ... 65,536 bytes as far as it goes."""

    seed: str
    rungs: dict[int, str]
    size: int

    def to_json(self) -> str:
        """As kept in the store."""
        return json.dumps({"seed": self.seed, "size": self.size, "rungs": self.rungs})

    def may_be(self, other: Print) -> bool:
        """Whether one can be the beginning of the other, as far as the digests tell."""
        if self.seed != other.seed:
            return False
        shared = [n for n in self.rungs if n in other.rungs]
        return all(self.rungs[n] == other.rungs[n] for n in shared)


def print_from_json(text: str | None) -> Print | None:
    """A Print as kept in the store; None where there is none."""
    if not text:
        return None
    raw = json.loads(text)
    return Print(raw["seed"], {int(k): v for k, v in raw["rungs"].items()}, raw["size"])


def take_print(seed: bytes, head: bytes, size: int) -> Print:
    """The Print of a source of ``size`` bytes from its seed and first 64 KiB."""
    digest = hashlib.blake2b(digest_size=8)
    rungs: dict[int, str] = {}
    done = 0
    for n in _RUNGS:
        if len(head) < n:
            break
        digest.update(head[done:n])
        done, rungs[n] = n, digest.copy().hexdigest()
    return Print(hashlib.blake2b(seed, digest_size=8).hexdigest(), rungs, size)


def digest_of(source: Source, n: int | None = None) -> str:
    """SHA-256 of the first ``n`` bytes (all, where n is None)."""
    digest = hashlib.sha256()
    left = source.size if n is None else n
    with source.open() as f:
        while left > 0 and (data := f.read(min(left, _CHUNK))):
            digest.update(data)
            left -= len(data)
    return digest.hexdigest()


def is_start_of(short: Source, long: Source) -> bool:
    """Whether the whole of one source is the beginning of the other, byte for byte."""
    if short.size > long.size:
        return False
    with short.open() as a, long.open() as b:
        left = short.size
        while left > 0:
            data = a.read(min(left, _CHUNK))
            if not data or data != b.read(len(data)):
                return False
            left -= len(data)
    return True


def run_id_from(*parts: str | bytes) -> str:
    """16 hex digits from what identity derives from."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()
