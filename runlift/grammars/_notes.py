"""Phases in parentheses behind their numbers: ``loss: 0.5 (train) | 0.6 (val)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlift.grammars._items import Value, value_of
from runlift.grammars._words import phase_of

if TYPE_CHECKING:
    from runlift.grammars._draft import Pair


def is_note(last: Pair, before: list[Any], text: str, behind: Any, base: int) -> bool:
    """Whether a word is the phase of the last named number: it stands in parentheses right behind that."""
    if not _is_phase(text) or len(before) < 2 or behind is None:
        return False
    closed = str(before[-1].children[0]) == "(" and str(behind.children[0]) == ")"
    number = str(before[-2].data) in ("pair", "loose", "bare")
    return closed and number and last.slot == value_of(before[-2].children[-1], base).slot


def is_noted(last: Pair, value: Value, ahead: list[Any]) -> bool:
    """Whether a number without a name is the last named one in another phase, which stands in parentheses behind it."""
    texts = [str(i.children[0]) for i in ahead[:3]]
    noted = len(texts) == 3 and texts[0] == "(" and texts[2] == ")" and _is_phase(texts[1])
    return noted and last.slot == value.slot - 1 and not value.tails


def _is_phase(text: str) -> bool:
    return phase_of(text) not in ("", "best")
