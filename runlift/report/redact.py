"""Masks what should not leave the house: paths, hosts, user names, and whatever looks like a key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_KEYS = re.compile(
    r"\b(?:sk|pk|rk|hf|ghp|gho|ghs|glpat|xox[abps]|AKIA|ASIA|AIza|eyJ)[-_]?[A-Za-z0-9_\-.]{12,}"
    r"|(?P<word>(?:api[_-]?key|secret|token|password|passwd|authorization|bearer|credential)s?[\"']?\s*[:= ]\s*[\"']?)"
    r"(?P<value>[^\s\"',;&]{6,})"
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"
    r"|\b[0-9a-f]{40,}\b|\b(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])[A-Za-z0-9+/]{40,}={0,2}",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?P<drive>[A-Za-z]:)?(?:(?<![\w./:])/(?:[\w.@+~-]+/)+|(?<=[A-Za-z]:)\\(?:[^\\\s:*?\"<>|]+\\)+|\\\\[\w.-]+\\(?:[^\\\s]+\\)+)(?P<last>[\w.@+~=-]*)"
)
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w.+-]+@[\w-]+\.[\w.-]+\b")


@dataclass(slots=True)
class Redactor:
    """Masks texts; the same word becomes the same mask. ``counts``: how many of each kind were masked."""

    hosts: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def know(self, hosts: list[str], users: list[str]) -> None:
        """Names that are to be masked wherever they stand."""
        for names, masks, word in ((hosts, self.hosts, "host"), (users, self.users, "user")):
            for name in names:
                if name and len(name) > 1:
                    masks.setdefault(name, f"{word}-{len(masks) + 1}")

    def text(self, text: str) -> str:
        """A text with everything masked."""
        text = _KEYS.sub(self._key, text)
        for kind, masks in (("host", self.hosts), ("user", self.users)):
            for name in sorted(masks, key=len, reverse=True):
                text, n = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", masks[name], text)
                self._count(kind, n)
        text = _PATH.sub(self._path, text)
        text, n = _ADDRESS.subn("[address]", text)
        self._count("address", n)
        return text

    def all(self, value: Any) -> Any:
        """Every text in plain data, keys of maps too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(k): self.all(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.all(v) for v in value]
        return value

    def _count(self, kind: str, n: int = 1) -> None:
        if n:
            self.counts[kind] = self.counts.get(kind, 0) + n

    def _key(self, found: re.Match[str]) -> str:
        self._count("key")
        return f"{found['word']}[masked]" if found["word"] else "[masked]"

    def _path(self, found: re.Match[str]) -> str:
        self._count("path")
        return f".../{found['last']}" if found["last"] else "..."
