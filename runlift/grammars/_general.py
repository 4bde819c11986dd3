"""The general reader: the items that the general grammar finds in a shape, made into a Draft by stated rules."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runlift.grammars._counters import bare_counters
from runlift.grammars._draft import Draft, Pair
from runlift.grammars._items import N, Value, items_of, value_of
from runlift.grammars._names import ENDS, PATH, SUBJECTS, clean, is_prose, open_sentence, with_subject, without_copula
from runlift.grammars._rules import blank
from runlift.grammars._spelling import familiar
from runlift.grammars._traits import note_header, note_traits
from runlift.grammars._unnamed import (
    cells_of,
    counted_behind,
    counted_name,
    RATES,
    is_compound,
    is_duration,
    is_short,
    last_words,
    name_behind,
    names_of_list,
    names_of_ratio,
    numbered_name,
    second_column,
)
from runlift.grammars._words import (
    ARTICLES,
    COPULAS,
    EPOCHS,
    NOT_BEFORE_STEP,
    PLACES_LAST,
    STEPS,
    STOPS,
    WEAK_EPOCHS,
    WINDOWS,
    Kind,
    counted_so_far,
    is_of_the_best,
    is_own_step,
    is_settings,
    kind,
    leading_phase,
    narrow_phase,
    noted_phase,
    of_best,
    phase_of,
    plain,
)

if TYPE_CHECKING:
    from runlift.grammars._peel import Peeled

MOST_NUMBERS = 2000
_AWAITING = re.compile(r"^[^\x01-\x04:=]{2,60}[:=]\s*$")
_LONE = re.compile(r"\s*[^\W\d]\w*(?: [^\W\d]\w*){0,3}\s*")
_SCALE = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}


def read_peeled(peeled: Peeled) -> Draft:
    """The general reader's Draft of a shape."""
    draft = blank(peeled)
    if (N in peeled.rest and peeled.rest.count(N) <= MOST_NUMBERS) or _AWAITING.search(peeled.rest):
        _Reader(draft, peeled).read()
    elif _LONE.fullmatch(peeled.rest) and kind(clean(peeled.rest)) is Kind.METRIC:
        draft.awaits = clean(peeled.rest)
    if draft.step is None and peeled.process is not None and draft.pairs:
        draft.step, draft.step_rank, draft.step_name = peeled.process, 0, "[]"
    note_header(draft)
    note_traits(draft, peeled.rest)
    return draft


def read_rest(draft: Draft, rest: Peeled) -> None:
    """Add to a Draft what the general reader finds behind the part that a grammar's rule took."""
    if N in rest.rest or _AWAITING.search(rest.rest):
        _Reader(draft, rest).read()
        draft.pairs = [replace(p, free=True) for p in draft.pairs]
        draft.cells, draft.row = (), False


def _is_counter(item: Any) -> bool:
    return item is not None and str(item.data) == "bare" and item.children[0].children[0].type == "COUNTER"


class _Reader:
    """Walks over the items of one shape and fills the Draft."""

    def __init__(self, draft: Draft, peeled: Peeled) -> None:
        self.draft, self.base, self.rest = draft, peeled.slot, familiar(peeled.rest)
        self.path: list[str] = []
        self.sentence: list[str] = []
        self.head = ""
        self.phase = ""
        self.bracket = self.weak_epoch = False
        self.numbers: list[Value] = []
        self.before: list[tuple[str, str]] = []
        self.earlier: list[Any] = []
        self.subject = self.counted = ""
        self.told = False
        self.follows: Any = None
        self.previous: Any = None

    def read(self) -> None:
        """Walk over the items; then look at what had no name."""
        items = items_of(self.rest)
        for i, item in enumerate(items):
            self.previous = items[i - 1] if i else None
            self.follows = follows = items[i + 1] if i + 1 < len(items) else None
            self.earlier = items[max(i - 16, 0) : i]
            before = [(str(t.data), str(t.children[0])) for t in self.earlier[-4:]]
            self.before = [b for b in before if b[1].strip()]
            getattr(self, "_" + str(item.data))(item.children, follows)
        self._edges(items)
        bare_counters(self.draft, self.base, self.rest, self.numbers)
        self.draft.cells = tuple(cells_of(items, self.base, self.rest))
        self.draft.row = sum(slot >= 0 for _, slot in self.draft.cells) >= 2

    def _edges(self, items: list[Any]) -> None:
        """A name at the end without a value, a value at the front without a name: they may belong together."""
        last = items[-1]
        if str(last.data) == "head" and last.children[0].rstrip()[-1:] in (":", "=") and len(last.children[0]) < 60:
            self.draft.awaits = clean(str(last.children[0]))
        first = next((i for i in items if str(i.data) != "mark"), last)
        if str(first.data) == "bare" and first.children[0].children[0].type == "NUM":
            self.draft.brings = value_of(first.children[0], self.base).slot
            name = name_behind(items) if not self.draft.pairs else ""
            if name:
                self._add(name, value_of(first.children[0], self.base))
                self.numbers = []

    # one method for each kind of item

    def _head(self, children: list[Any], follows: Any) -> None:
        name = clean(str(children[0]))
        kind = str(follows.data) if follows is not None else ""
        self.head = name
        if name.lower() in SUBJECTS and kind == "words" and self.path:
            self.subject = clean(str(follows.children[0]))
        if kind == "words" or (kind == "mark" and str(follows.children[0]) not in "{[("):
            self.draft.texts += kind == "words"
            if kind != "words" and phase_of(name):
                self._set_phase(phase_of(name))
            return
        if kind == "mark" and str(follows.children[0]) == "{":
            return
        phase = phase_of(name) or narrow_phase(name)
        if phase:
            if phase != "best" or kind:
                self._set_phase(phase)
        elif kind in ("pair", "loose", "bare") and not self.draft.pairs and len(name) < 40 and plain(name) not in ENDS:
            self.draft.lead = name if not self.path else ""

    def _words(self, children: list[Any], _follows: Any) -> None:
        text = str(children[0])
        for word in text.split(" ")[:2]:
            if phase_of(word) and not self.draft.pairs:
                self._set_phase(phase_of(word))
                break
        self.sentence.append(text)

    def _mark(self, children: list[Any], _follows: Any) -> None:
        mark = str(children[0])
        kind = children[0].type
        if kind == "OPEN":
            self.path.append(self.head if mark == "{" else self._called(children[0]))
            self.head = ""
            self.bracket = True
        elif kind == "CLOSE":
            if self.path:
                self.path.pop()
            if mark in ")]" and self.bracket:
                self.bracket = False
        if kind in ("SEP", "OPEN", "CLOSE"):
            self.sentence = []
            if mark and mark != "-":
                self.head = self.head if kind == "OPEN" else ""

    def _called(self, mark: Any) -> str:
        """The word right before an opening bracket: ``tot_loss[loss=0.5]``."""
        before = self.previous
        if before is None or str(before.data) != "words" or str(mark) != "[":
            return ""
        token = before.children[0]
        return clean(str(token)) if token.column + len(token) == mark.column and " " not in token else ""

    def _pair(self, children: list[Any], _follows: Any) -> None:
        value = value_of(children[1], self.base)
        key = clean(str(children[0]))
        if not self._several(names_of_list(self.earlier, key, value) or names_of_ratio(key, value)):
            self._number(key, value, spaced=False)

    def _loose(self, children: list[Any], follows: Any) -> None:
        value = value_of(children[1], self.base)
        key = clean(str(children[0])).removeprefix(self.counted).strip()
        self.counted = counted_behind(key, follows) if value.kind == "NUM" and not value.tails else ""
        if self.counted:
            self._take(self.counted, value)
            return
        if is_of_the_best(key):
            self.phase = "best"
        if self._in_sentence(key, value, follows):
            self.sentence.append(key)
            self.told = True
            return
        if not self._several(names_of_ratio(key, value)):
            self._number(key, value, spaced=True)

    def _several(self, names: list[tuple[str, int]]) -> bool:
        for name, slot in names:
            self._add(name, Value("NUM", slot, N))
        return bool(names)

    def _bare(self, children: list[Any], _follows: Any) -> None:
        value = value_of(children[0], self.base)
        if value.kind in ("TQDM", "BAR"):
            self._bar(value)
        elif value.kind == "NUM" and ("/" in value.unit or value.unit in RATES) and value.total is None:
            self._add(value.unit, value)
        elif value.kind == "NUM" and is_duration(value) and self._tells_duration():
            self._add("time", value)
        elif value.kind == "NUM" and value.unit == "%" and self._is_share(value):
            self.draft.pairs[-1] = replace(self.draft.pairs[-1], slot=value.slot, unit="%", spaced=False)
        elif value.kind == "NUM" and self._goes_on(value):
            self._add_further(self.draft.pairs[-1], value.slot)
        elif value.kind == "NUM" and is_compound(self.before):
            self._add_compound(value, children[0])
        elif value.kind == "NUM" and self._announced():
            name, self.sentence = without_copula(self.sentence[-1]), []
            self._number(name.removesuffix(" after"), value, spaced=False)
        elif value.kind == "NUM" and (name := second_column(self.earlier, self.rest)):
            self._number(name, value, spaced=False)
        elif value.kind in ("NUM", "LIST", "COUNTER"):
            self.numbers.append(value)

    def _announced(self) -> bool:
        """Whether a place parts a number from its name: ``Cost after iteration 100: 0.5``."""
        placed = self.draft.step_rank >= 1 or self.draft.epoch is not None
        return bool(self.before and self.before[-1][1] in ("=", ":") and self.sentence and placed)

    def _tells_duration(self) -> bool:
        """Whether seconds without a name are of what the line reports: ``8/8 [====] - 2s - loss: 0.5``, ``loss: 0.5 (1.2 s)``."""
        opened = self.previous is not None and str(self.previous.children[0]) in ("(", "[")
        closed = self.follows is not None and str(self.follows.children[0]) in (")", "]")
        return self.draft.bar or (opened and closed and bool(self.draft.pairs))

    def _is_share(self, value: Value) -> bool:
        """Whether a percentage is what the count before it amounts to, at the end of a line: ``right   1512   50.7 %``."""
        last = self.draft.pairs[-1] if self.draft.pairs else None
        return last is not None and self.follows is None and last.slot == value.slot - 1 and not last.unit and last.spaced

    def _goes_on(self, value: Value) -> bool:
        """Whether a number is a further value of the name before it: ``error: 0.5, 0.4``."""
        parted = self.previous is not None and str(self.previous.children[0]) in (",", "/") and not value.tails
        last = self.draft.pairs[-1] if self.draft.pairs else None
        alone = self.follows is None or str(self.follows.data) == "mark"
        return parted and alone and last is not None and max(last.slot, last.average or 0) == value.slot - 1

    def _add_further(self, last: Pair, slot: int) -> None:
        name, at = counted_name(last.name)
        self.draft.pairs.append(replace(last, name=f"{name}[{at + 1}]", slot=slot, average=None, part=True))

    def _add_compound(self, value: Value, tree: Any) -> None:
        end = tree.children[0].column
        if self.draft.pairs:
            self._add(last_words(self.rest[:end]), value)
            return
        name, count = numbered_name(self.rest[:end])
        keys = tuple(range(self.base, self.base + count))
        self.draft.pairs = [Pair(name, value.slot, self.phase, value.unit, keys=keys)]

    # what a named number is

    def _number(self, key: str, value: Value, *, spaced: bool) -> None:
        if value.kind in ("TQDM", "BAR"):
            self.sentence.append(key)
            self._bar(value)
            return
        if value.kind not in ("NUM", "LIST", "COUNTER", "SPAN"):
            return
        ran_over = self.told and not spaced  # reward over the last 100 episodes: 8.5
        if self._phased_counter(key, value) or value.kind == "SPAN":
            return
        if not ran_over and self._counts(key, value, spaced=spaced):
            return
        if spaced and plain(key) in COPULAS:
            key = self.sentence[-1] if self.sentence else ""
        elif (
            not spaced
            and self.sentence
            and not self.bracket
            and (ran_over or open_sentence(self.sentence))
            and is_short(self.sentence, 8 if ran_over else 4)
        ):
            key = " ".join([*self.sentence, key])
        self.sentence, self.told = [], False
        key = without_copula(key)
        if key and not is_prose(key):
            self._add(key, value, spaced=spaced)

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
                self.weak_epoch = name in WEAK_EPOCHS
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
        if phase:
            self.phase, key = phase, clean(rest)
        if not key or PATH.search(key) or any(is_settings(p) for p in self.path):
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

    def _ratio(self, name: str, value: Value) -> None:
        """``Accuracy: 9840/10000 (98%)`` is 98, and ``(0.98)`` is 0.98; other counters with a name are progress."""
        average = value.tail("AVG")
        unit = "%" if average and "%" in average[0] else ""
        where = self.phase or self.draft.phase
        if average and (unit or kind(name) is Kind.METRIC):
            self.draft.pairs.append(Pair(name, average[1], where, unit))
        elif not average and value.kind == "NUM" and (self.follows is None or str(self.follows.data) != "words"):
            first = Pair(name, value.slot, where, value.unit, part=True)
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

    def _in_sentence(self, key: str, value: Value, follows: Any) -> bool:
        """A whole number in the middle of prose: ``on the 10000 test images: 71%``."""
        if value.kind != "NUM" or value.tails:
            return False
        tokens = plain(key).split(" ")
        prose = bool(tokens) and (tokens[-1] in STOPS or tokens[-1] in WINDOWS or len(tokens) > 6)
        return (
            prose
            and tokens[-1] not in COPULAS
            and follows is not None
            and str(follows.data) in ("words", "pair", "loose", "head")
        )
