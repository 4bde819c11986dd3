"""Names as a target takes them: what it refuses is replaced, and two names never become one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGEST = 8


@dataclass(frozen=True, slots=True)
class NameRule:
    """``refused``: a pattern of what becomes ``instead``; ``longest`` in characters; ``folds``: case does not count."""

    refused: str = r"(?!)"
    longest: int = 1 << 30
    folds: bool = False
    instead: str = "_"

    def fitted(self, name: str) -> str:
        """The name as the target takes it, before collisions."""
        made = re.sub(self.refused, self.instead, name)
        return (made if made.strip(" .") else "_" + made.strip(" ."))[: self.longest]

    def marked(self, name: str) -> str:
        """The name with a digest of its original behind it."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
        return f"{self.fitted(name)[: self.longest - _DIGEST - 1]}-{digest}"


def fit(names: Iterable[str], rule: NameRule) -> dict[str, str]:
    """Each name -> the target's; names that would be one, or were cut, get a digest of their original behind.

    A name that fits as it is keeps it, whatever the others are; the answer does not depend on the order of names. So a
    run that grows by a name keeps those that it has.
    """
    wanted = sorted(set(names))
    fold = str.casefold if rule.folds else str
    made = {n: n for n in wanted if rule.fitted(n) == n}
    if rule.folds:
        made = _apart(made, rule)
    for name in wanted:
        if name not in made:
            made[name] = rule.marked(name)
    if len({fold(n) for n in made.values()}) != len(made):
        raise ValueError("digests of two names are equal")  # 32 bits of SHA-256, behind names equal for the rest
    return made


def _apart(made: dict[str, str], rule: NameRule) -> dict[str, str]:
    """Names that differ in case only all get a digest."""
    seen: dict[str, list[str]] = {}
    for name in made:
        seen.setdefault(name.casefold(), []).append(name)
    return {n: n if len(same) == 1 else rule.marked(n) for same in seen.values() for n in same}
