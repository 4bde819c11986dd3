"""Which grammar reads which shape of a file. What two claim goes to the one whose sample holds such a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runlift.grammars._load import GrammarFile, built_in, of_patterns, users_own
from runlift.grammars._peel import peel
from runlift.wire.line_text import calm
from runlift.wire.lines import new_scanner

if TYPE_CHECKING:
    from pathlib import Path

    from runlift.errors import GrammarError
    from runlift.grammars._draft import Draft
    from runlift.grammars._peel import Peeled
    from runlift.grammars._rules import Grammar

MOST_MARKED = 4000


@dataclass(slots=True)
class Claims:
    """The grammars that may read a file, and those awake: one of their marks stood in it.

    ``first``: patterns that the user gave for this reading. ``users``: names of the user's own grammars, which settle
    what two claim.
    """

    grammars: tuple[Grammar, ...] = field(default_factory=built_in)
    first: tuple[Grammar, ...] = ()
    users: frozenset[str] = frozenset()
    awake: list[Grammar] = field(default_factory=list)
    contested: dict[tuple[str, ...], int] = field(default_factory=dict)
    _samples: dict[str, frozenset[str]] = field(default_factory=dict)

    def wake(self, new: list[Peeled]) -> bool:
        """Wake the grammars that new shapes are marks of; whether any woke."""
        before = len(self.awake)
        for grammar in self.grammars:
            if grammar not in self.awake and any(grammar.marks(p) for p in new[:MOST_MARKED]):
                self.awake.append(grammar)
        return len(self.awake) > before

    def read(self, peeled: Peeled) -> Draft | None:
        """The Draft of the grammar that claims a shape."""
        for grammar in self.first:
            draft = grammar.read(peeled)
            if draft is not None:
                return draft
        drafts = [d for d in (g.read(peeled) for g in self.awake) if d is not None]
        if len(drafts) < 2:
            return drafts[0] if drafts else None
        return self._settle(peeled, drafts)

    def _settle(self, peeled: Peeled, drafts: list[Draft]) -> Draft:
        mine = next((d for d in drafts if d.by in self.users), None)
        if mine is not None:
            return mine
        own = [d for d in drafts if peeled.text in self._shapes_of(d.by)]
        if len(own) == 1:
            return own[0]
        names = tuple(sorted(d.by for d in drafts))
        self.contested[names] = self.contested.get(names, 0) + 1
        return next(d for g in self.awake for d in drafts if d.by == g.name)

    def _shapes_of(self, name: str) -> frozenset[str]:
        if name not in self._samples:
            path = next((g.path for g in self.grammars if g.name == name), "")
            self._samples[name] = sample_shapes(path)
        return self._samples[name]


def claims_for(patterns: tuple[str, ...] = ()) -> tuple[Claims, list[GrammarError]]:
    """All grammars, the user's own among them and what is wrong with those; ``patterns`` come before all."""
    own, wrong = users_own()
    first = (of_patterns(patterns),) if patterns else ()
    return Claims((*built_in(), *own), first, frozenset(g.name for g in own)), wrong


def sample_shapes(path: str | Path) -> frozenset[str]:
    """The shapes in the sample of a grammar's file."""
    from pathlib import Path  # noqa: PLC0415 - only where two grammars meet

    log = GrammarFile(Path(path)).log
    if not path or not log.exists():
        return frozenset()
    scanner = new_scanner()
    scanner.scan(calm(log.read_bytes()))
    return frozenset(peel(k.decode("utf-8", "replace")).text for k in scanner.keys)
