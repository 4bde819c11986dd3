"""What a number with a name becomes in a Draft: a place, a metric, a list of them, or nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from runlift.grammars._draft import Draft, Pair
from runlift.grammars._durations import duration_name, seconds_of
from runlift.grammars._items import N, Value
from runlift.grammars._names import PATH, clean, with_subject, without_copula
from runlift.grammars._words import (
    ARTICLES,
    EPOCHS,
    NOT_BEFORE_STEP,
    PLACES_LAST,
    STEPS,
    WEAK_EPOCHS,
    Kind,
    counted_so_far,
    is_own_step,
    is_settings,
    kind,
    leading_phase,
    noted_phase,
    of_best,
    phase_of,
    plain,
    words,
)

_OF_SUCCESS = frozenset({"accuracy", "acc", "success", "correct", "recall", "precision", "solved", "wins", "rate"})
NAMED = re.compile(r"[^\W_]|%")
_SCALE = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}


def _is_counter(item: Any) -> bool:
    return item is not None and str(item.data) == "bare" and item.children[0].children[0].type == "COUNTER"


class Taking:
    """Fills a Draft number by number. ``base``: the slot of the line's first own number; ``follows``: the item behind."""

    def __init__(self, draft: Draft, base: int) -> None:
        self.draft, self.base = draft, base
        self.path: list[str] = []
        self.sentence: list[str] = []
        self.phase = self.subject = ""
        self.weak_epoch = False
        self.numbers: list[Value] = []
        self.follows: Any = None

    def _phased_counter(self, key: str, value: Value) -> bool:
        """A place behind a phase: ``Test: [10/20]``, ``Val [3]``, ``Train: 3 [10/50]``."""
        phase = phase_of(key)
        if not phase or phase == "best":
            return False
        if value.kind == "NUM" and not value.tails and _is_counter(self.follows):
            self._take("epoch", value)
        elif value.kind in ("LIST", "COUNTER") or value.total is not None:
            self.numbers.append(value)
        else:
            return False
        self._set_phase(phase)
        return True

    def _counts(self, key: str, value: Value, *, spaced: bool) -> bool:
        """Whether the number is the line's step or epoch."""
        short = plain(key)
        phase, rest = noted_phase(key) or leading_phase(key)
        name = plain(rest) if phase else short
        if not phase and leading_phase(short)[1] in STEPS and leading_phase(short)[0] != "best":
            phase, name = leading_phase(short)
        name = counted_so_far(name) or of_best(name) or name
        if name == "epochs" and name == short and value.total is None:
            return False
        if name in EPOCHS or name in STEPS:
            if phase and phase != "best":
                self._set_phase(phase)
            self._take(name, value)
            return True
        tokens = short.split(" ")
        if spaced and len(tokens) > 1 and tokens[-1] in PLACES_LAST:
            if tokens[-2] not in ARTICLES and any(t in NOT_BEFORE_STEP for t in tokens[:-1]):
                return False
            self._take(tokens[-1], value)
            before = without_copula(re.sub(r"[\W_]*\w+[\W_]*$", "", key))
            if phase_of(before.split(" ")[0]):
                self._set_phase(phase_of(before.split(" ")[0]))
            self.sentence = [before] if before else []
            return True
        return not spaced and self._may_step(tokens, value)

    def _may_step(self, tokens: list[str], value: Value) -> bool:
        """``Learner Steps = 100``: a step if it turns out to rise."""
        moment = tokens == ["time"] and value.slot == self.base  # time: 17 reward: 0.5
        if self.draft.step_rank >= 0 or value.tails or not (moment or is_own_step(tokens)):
            return False
        self.draft.step, self.draft.step_rank, self.draft.step_name = value.slot, 0, " ".join(tokens)
        return True

    def _take(self, name: str, value: Value) -> None:
        draft, slot = self.draft, value.slot
        if name in EPOCHS:
            if draft.epoch is None or (self.weak_epoch and name not in WEAK_EPOCHS):
                draft.epoch, draft.epoch_total = slot, value.total
                self.weak_epoch = draft.weak = name in WEAK_EPOCHS
            return
        rank = STEPS[name]
        if name in ("s", "t", "i", "it", "e") and draft.pairs:
            self._add(name, value)
            return
        if rank <= draft.step_rank:
            draft.spare.append((name, slot))
        else:
            if draft.step is not None and draft.step_name:
                draft.spare.append((draft.step_name, draft.step))
            draft.step, draft.step_rank, draft.step_total = slot, rank, value.total
            draft.step_name, draft.step_scale = name, _SCALE.get(value.unit, 1.0)

    def _bar(self, value: Value) -> None:
        draft = self.draft
        draft.bar = True
        if value.kind == "TQDM" and draft.step_rank < 0:
            first = value.slot + (1 if "%" in value.text.split("|")[0] else 0)
            draft.step, draft.step_rank = first, 0

    def _add(self, key: str, value: Value, *, spaced: bool = False) -> None:
        key, unit = clean(key), value.unit
        phase, rest = leading_phase(key)
        if phase and not rest.startswith("over "):  # Evaluation over 10 episodes
            self.phase, key = phase if phase != "best" else self.phase, clean(rest)
        if not NAMED.search(key) or PATH.search(key) or any(is_settings(p) for p in self.path):
            return
        prefix = "/".join(p for p in self.path if p)
        name = with_subject(f"{prefix}/{key}" if prefix else key, self.subject)
        if value.total is not None:
            self._ratio(name, value)
            return
        where = phase or self.phase or self.draft.phase
        if value.kind == "LIST":
            self._list(name, value, where)
            return
        average = value.tail("AVG")
        arrow = value.tail("ARROW")
        slot = arrow[1] if arrow else value.slot
        kept = average[1] if average and ("%" in average[0]) == (unit == "%") else None
        self.draft.pairs.append(Pair(name, slot, where, unit, kept, spaced=spaced))

    def _duration(self, key: str, value: Value, *, spaced: bool) -> None:
        name, parts = duration_name(key, spaced=spaced), seconds_of(value.text, value.slot)
        if name and parts:
            self._add(name, Value("NUM", parts[-1][0], N))
            self.draft.pairs[-1:] = [replace(p, unit="s", seconds=parts) for p in self.draft.pairs[-1:]]

    def _ratio(self, name: str, value: Value) -> None:
        """``Accuracy: 9840/10000 (98%)`` is 98; alone it is two numbers; other counters with a name are progress."""
        average = value.tail("AVG")
        unit = "%" if average and "%" in average[0] else ""
        where = self.phase or self.draft.phase
        if average and (unit or kind(name) is Kind.METRIC):
            self.draft.pairs.append(Pair(name, average[1], where, unit))
        elif not average and value.kind == "NUM" and (self.follows is None or str(self.follows.data) != "words"):
            part = kind(name) is not Kind.METRIC or _OF_SUCCESS.isdisjoint(words(name))
            first = Pair(name, value.slot, where, value.unit, part=part)
            others = [slot for of, _, slot in value.tails if of == "OF"]
            self.draft.pairs += [first, *(replace(first, name=f"{name}[{i}]", slot=s) for i, s in enumerate(others, 1))]

    def _list(self, name: str, value: Value, where: str) -> None:
        count = value.text.partition("]")[0].count(N)
        for i in range(count):
            label, series = (name, "") if count == 1 else (f"{name}[{i}]", name)
            self.draft.pairs.append(Pair(label, value.slot + i, where, value.unit, series=series, index=i))

    def _set_phase(self, phase: str) -> None:
        self.phase = phase
        if not self.draft.phase:
            self.draft.phase = phase
