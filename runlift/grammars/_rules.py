"""Grammars as data: what a TOML file holds, and what one rule makes of a shape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from runlift.grammars._draft import Draft, Pair
from runlift.grammars._pattern import N, Pattern
from runlift.grammars._settings import is_boxed
from runlift.grammars._words import PHASES, phase_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.grammars._peel import Peeled


_TIME_OF_BAR = re.compile(rf"(?<=[-\x04] ){N}(?P<unit>ms|us|s)(?: {N}(?P<per>(?:ms|us|s)/(?:step|epoch|sample)))? -")


class Reads(Protocol):
    """How a rule reads: a pattern, or a Lark grammar."""

    def read(self, rule: Rule, peeled: Peeled) -> Draft | None:
        """The Draft of a shape, None where the rule does not fit it."""

    def prepare(self) -> None:
        """Compile what is needed now; PatternError where it cannot be."""


@dataclass(slots=True)
class Rule:
    """One rule of a grammar.

    ``phase`` of its metrics; ``names`` metric field -> name (may hold fields in braces); ``mark``: a line that fits it
    shows that the file is of this grammar; ``ignore``: its lines hold nothing;
    ``bar``: a progress bar, ``final``: of which only states count whose step is its total; ``columns``: its lines head
    tables, and so their columns are named; ``opens``: a record begins, whose lines share the step that one of them gives;
    ``closes``: a record ends with its line.
    """

    name: str
    how: Reads
    phase: str = ""
    lead: str = ""
    names: dict[str, str] = field(default_factory=dict)
    mark: bool = False
    ignore: bool = False
    bar: bool = False
    final: bool = False
    columns: dict[str, str] | None = None
    opens: bool = False
    closes: bool = False


@dataclass(slots=True)
class Grammar:
    """One log format: its name, title, where its facts come from, how its sample was made, and its rules in order."""

    name: str
    title: str
    source: str
    sample: str
    rules: list[Rule]
    framework: str = ""
    path: str = ""

    def marks(self, peeled: Peeled) -> bool:
        """Whether a shape shows that a file is of this grammar."""
        return any(r.mark and r.how.read(r, peeled) is not None for r in self.rules)

    def read(self, peeled: Peeled) -> Draft | None:
        """The Draft that the first fitting rule makes of a shape."""
        for rule in self.rules:
            draft = rule.how.read(rule, peeled)
            if draft is not None:
                draft.by, draft.rule, draft.ignored, draft.opens = self.name, rule.name, rule.ignore, rule.opens
                draft.closes = rule.closes
                return draft
        return None


def blank(peeled: Peeled) -> Draft:
    """A Draft with what the prefix says."""
    return Draft(
        peeled.text,
        at=peeled.at,
        first_slot=peeled.slot,
        rank=peeled.rank,
        worker=peeled.worker,
        said_rank=peeled.said_rank,
        time=peeled.time,
        stamp=peeled.stamp,
        level=peeled.level,
        words=re.sub(r"[\x01-\x04]+", "#", peeled.rest).strip(),
    )


@dataclass(slots=True)
class ByPattern:
    """Reads shapes by a pattern."""

    pattern: Pattern

    def prepare(self) -> None:
        """Compile the expression; PatternError where it is none."""
        self.pattern.expression  # noqa: B018 - looked at, it is compiled

    def read(self, rule: Rule, peeled: Peeled) -> Draft | None:
        """The Draft of a shape that fits the pattern."""
        match = self.pattern.match(peeled.rest)
        if match is None:
            return None
        draft = blank(peeled)
        draft.phase, draft.lead, draft.bar, draft.final = rule.phase, rule.lead, rule.bar, rule.final
        draft.heads, draft.columns, draft.boxed = rule.columns is not None, rule.columns or {}, is_boxed(peeled.rest)
        self._texts(draft, match)
        if self.pattern.rest:
            self._rest(draft, peeled, match.end())
        self._numbers(draft, rule, match, peeled.slot)
        return draft

    def _texts(self, draft: Draft, match: re.Match[str]) -> None:
        for f in self.pattern.fields:
            text = match[f.group]
            if f.kind in ("w", "t") and f.name == "phase" and text:
                draft.phase = phase_of(text.strip()) or PHASES.get(text.strip().lower(), text.strip())

    def _rest(self, draft: Draft, peeled: Peeled, end: int) -> None:
        from runlift.grammars._general import read_rest  # noqa: PLC0415 - it loads the general grammar

        head = peeled.rest[:end]
        rest = replace(peeled, at=peeled.at + end, slot=peeled.slot + head.count(N))
        read_rest(draft, rest)
        if draft.bar and draft.pairs:
            draft.pairs += _times_of_bar(head, peeled.slot, draft.phase)

    def _numbers(self, draft: Draft, rule: Rule, match: re.Match[str], base: int) -> None:
        texts = {f.name: (match[f.group] or "").strip() for f in self.pattern.fields if f.kind in ("w", "t")}
        slots = {
            (f.name, f.kind == "avg"): base + match.string.count(N, 0, match.start(f.group))
            for f in self.pattern.fields
            if f.kind not in ("w", "t") and match[f.group] is not None
        }
        keys = [f.name for f in self.pattern.fields if f.kind == "k" and (f.name, False) in slots]
        for f in self.pattern.fields:
            slot = slots.get((f.name, False))
            if slot is None or f.kind in ("w", "t", "k", "avg") or f.name.startswith("_"):
                continue
            if place(draft, f.name, slot):
                continue
            name, used = spelled(rule.names.get(f.name, f.name), texts, keys)
            average = slots.get((f.name, True))
            draft.pairs.append(
                Pair(name, slot, draft.phase, average=average, keys=tuple(slots[k, False] for k in used))
            )


def _times_of_bar(head: str, base: int, phase: str) -> Iterator[Pair]:
    """What a bar's own part says of time behind its count: ``- 2s 17ms/step -`` took 2 s, at 17 ms a step."""
    for match in _TIME_OF_BAR.finditer(head):
        slot = base + head.count(N, 0, match.start())
        yield Pair("time", slot, phase, match["unit"])
        if match["per"]:
            yield Pair(match["per"], slot + 1, phase, match["per"])


def place(draft: Draft, name: str, slot: int) -> bool:
    """Write down a number that says where the line stands; False where it is no place."""
    if name == "step":
        draft.step, draft.step_rank = slot, 10
    elif name == "epoch":
        draft.epoch = slot
    elif name == "rank":
        draft.rank = slot
    elif name == "total_steps":
        draft.step_total = slot
    elif name == "total_epochs":
        draft.epoch_total = slot
    else:
        return False
    return True


def spelled(name: str, texts: dict[str, str], keys: list[str]) -> tuple[str, list[str]]:
    """A metric's name with its text fields put in and its number fields numbered: ``{short}[{iou}]`` is ``AP[{0}]``."""
    used: list[str] = []

    def put(match: re.Match[str]) -> str:
        own = match[1]
        if own in texts:
            return texts[own].replace("{", "(").replace("}", ")")
        if own in keys:
            used.append(own)
            return f"{{{len(used) - 1}}}"
        return ""

    return re.sub(r"\{(\w+)\}", put, name), used
