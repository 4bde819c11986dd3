"""The items of a shape: pairs, loose pairs, words and marks, as the general grammar finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

N = "\x01"


@dataclass(slots=True)
class Value:
    """A value in a line: its kind of token, first slot, text, and the tails behind it as (type, text, slot)."""

    kind: str
    slot: int
    text: str
    tails: list[tuple[str, str, int]] = field(default_factory=list)

    def tail(self, kind: str) -> tuple[str, int] | None:
        """Text and slot of the first tail of a kind."""
        return next(((t, s) for k, t, s in self.tails if k == kind), None)

    @property
    def unit(self) -> str:
        """What is written behind the number: ``ms``, ``%``, ``samples/sec``."""
        found = self.tail("UNIT")
        return found[0].strip(" []()") if found else ""

    @property
    def total(self) -> int | None:
        """The slot of the total in ``3/10`` or ``3 of 10``."""
        if self.kind == "COUNTER":
            return self.slot + 1
        found = self.tail("OF")
        return found[1] if found else None


@cache
def _parser() -> Any:
    from lark import Lark  # noqa: PLC0415 - slow to import

    from runlift.grammars._lex import ShapeLexer  # noqa: PLC0415 - needs lark

    text = resources.files("runlift.grammars").joinpath("general.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=ShapeLexer)


def items_of(rest: str) -> list[Any]:
    """The items of a line's own words, in order: trees named pair, loose, bare, head, words or mark."""
    return list(_parser().parse(rest).children)


def value_of(tree: Any, base: int) -> Value:
    """A value with its tails; ``base`` is the slot of the line's first own number."""
    first, *rest = tree.children
    tails = [(t.type, str(t), base + t.start_pos) for t in rest]
    last = 1 if first.type == "SPAN" else 0  # of a span its end counts: Batch [0-20]
    return Value(first.type, base + first.start_pos + last, str(first), tails)
