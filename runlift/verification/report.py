"""What a verification answers with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same on both sides.

    ``source``: the file; ``kind``: the table that it concerns (points, texts, media, ...) or ``source``; ``name``: the
    tag or key; ``what``: a sentence with both values.
    """

    source: str
    kind: str
    name: str
    what: str


@dataclass(slots=True)
class VerifyReport:
    """What was compared, and what differs.

    Attributes:
        sources: Files that were compared. ``skipped``: files that nothing was compared of, each with the reason.
        compared: Values that were compared, by kind.
        beyond: Values that only the store has, because the other reader stopped at damage before them or
            does not know their type, by kind.
        differences: In order of source; at most one for each tag and kind of a source.
    """

    sources: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    beyond: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def count(self, kind: str, n: int) -> None:
        """Add to what was compared."""
        if n:
            self.compared[kind] = self.compared.get(kind, 0) + n

    def count_beyond(self, kind: str, n: int) -> None:
        """Add to what only the store has."""
        if n:
            self.beyond[kind] = self.beyond.get(kind, 0) + n
