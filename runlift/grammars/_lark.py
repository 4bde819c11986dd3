"""Grammars of the kind ``lark``: rules over the tokens of a shape, whose names say what a number is.

Every token of the general lexer may be used: ``KEY`` (``loss:``), ``WORDS``, ``NUM``, ``UNIT``, ``AVG``, ``OF``,
``COUNTER``, ``LIST``, ``CLOCK``, ``TQDM``, ``BAR``, ``OPEN``, ``CLOSE``, ``SEP``, ``STRING``, ``JUNK``, ``REF``.
Named subtrees say what their first number is: ``metric`` (its first KEY, WORDS or STRING is the name), ``step``,
``epoch``, ``rank``; ``phase`` names the phase with its words. All else is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from runlift.grammars._draft import Pair
from runlift.grammars._pattern import N, PatternError
from runlift.grammars._rules import Rule, blank, place
from runlift.grammars._words import phase_of

if TYPE_CHECKING:
    from runlift.grammars._draft import Draft
    from runlift.grammars._peel import Peeled

TOKENS = "KEY WORDS STRING NUM LIST COUNTER SPAN CLOCK DATE NEST TQDM BAR OPEN CLOSE SEP JUNK REF UNIT AVG OF OUTOF TIMES RANGE PM ARROW"
MEANINGS = frozenset({"metric", "step", "epoch", "rank", "phase"})


@cache
def parser(text: str) -> Any:
    """The parser of a Lark grammar over shapes; PatternError where the text is no grammar."""
    from lark import Lark  # noqa: PLC0415 - slow to import
    from lark.exceptions import LarkError  # noqa: PLC0415

    from runlift.grammars._lex import ShapeLexer  # noqa: PLC0415 - needs lark

    try:
        return Lark(f"{text}\n%declare {TOKENS}\n", parser="lalr", lexer=ShapeLexer)
    except LarkError as error:
        first = str(error).strip().splitlines()[0]
        raise PatternError(
            f"Lark says: {first}", "See the grammar reference of Lark, and the tokens in docs/grammars.md."
        ) from error


@dataclass(slots=True)
class ByLark:
    """Reads shapes by a Lark grammar."""

    text: str

    def prepare(self) -> None:
        """Make the parser; PatternError where the text is no grammar."""
        parser(self.text)

    def read(self, rule: Rule, peeled: Peeled) -> Draft | None:
        """The Draft of a shape that the grammar accepts."""
        from lark.exceptions import LarkError  # noqa: PLC0415 - slow to import

        if N not in peeled.rest:
            return None
        try:
            tree = parser(self.text).parse(peeled.rest)
        except LarkError:
            return None
        draft = blank(peeled)
        draft.phase, draft.lead = rule.phase, rule.lead
        for part in tree.iter_subtrees_topdown():
            _mean(draft, rule, str(part.data), part, peeled.slot)
        return draft


def _mean(draft: Draft, rule: Rule, meaning: str, tree: Any, base: int) -> None:
    if meaning not in MEANINGS:
        return
    tokens = list(tree.scan_values(lambda _: True))
    words = [str(t) for t in tokens if t.type in ("KEY", "WORDS", "STRING")]
    name = words[0].strip(" :='\"|") if words else ""
    if meaning == "phase":
        draft.phase = phase_of(name) or name
        return
    first = next((t for t in tokens if N in t), None)
    if first is None:
        return
    slot = base + first.start_pos
    if not place(draft, meaning, slot):
        average = next((base + t.start_pos for t in tokens if t.type == "AVG"), None)
        draft.pairs.append(Pair(rule.names.get(name, name), slot, draft.phase, average=average))
