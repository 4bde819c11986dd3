"""The general reader: the items that the general grammar finds in a shape, made into a Draft by stated rules."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runlift.grammars._counters import bare_counters
from runlift.grammars._draft import Draft, Pair
from runlift.grammars._items import N, Value, items_of, value_of
from runlift.grammars._names import ENDS, LABELS, SUBJECTS, clean, is_prose, open_sentence, without_copula
from runlift.grammars._notes import is_note, is_noted
from runlift.grammars._rules import blank
from runlift.grammars._spelling import familiar
from runlift.grammars._taking import NAMED, Taking
from runlift.grammars._traits import note_header, note_traits
from runlift.grammars._unnamed import (
    RATES,
    cells_of,
    counted_behind,
    counted_name,
    is_compound,
    is_duration,
    is_short,
    last_words,
    name_behind,
    name_with_number,
    names_of_list,
    names_of_ratio,
    names_of_row,
    numbered_name,
    second_column,
    window_name,
)
from runlift.grammars._words import (
    COPULAS,
    STOPS,
    WINDOWS,
    Kind,
    is_of_the_best,
    kind,
    narrow_phase,
    phase_of,
    plain,
    words,
)

if TYPE_CHECKING:
    from runlift.grammars._peel import Peeled

MOST_NUMBERS = 2000
_AWAITING = re.compile(r"^[^\x01-\x04:=]{2,60}[:=]\s*$")
_IS = frozenset({"is", "was"})
_LONE = re.compile(r"\s*(?:% )?[^\W\d]\w*(?: [^\W\d]\w*){0,3}(?: \([^\W\d][\w ]{0,20}\))?\s*")


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


class _Reader(Taking):
    """Walks over the items of one shape and fills the Draft."""

    def __init__(self, draft: Draft, peeled: Peeled) -> None:
        super().__init__(draft, peeled.slot)
        self.rest = familiar(peeled.rest)
        self.sentence: list[str] = []
        self.head = ""
        self.bracket = False
        self.before: list[tuple[str, str]] = []
        self.earlier: list[Any] = []
        self.counted = ""
        self.told = False
        self.passed = 0
        self.indexed = ""
        self.place = -1
        self.ahead: list[Any] = []
        self.previous: Any = None

    def read(self) -> None:
        """Walk over the items; then look at what had no name."""
        items = items_of(self.rest)
        for i, item in enumerate(items):
            self.previous = items[i - 1] if i else None
            self.follows = follows = items[i + 1] if i + 1 < len(items) else None
            self.earlier, self.ahead = items[max(i - 16, 0) : i], items[i + 1 : i + 17]
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
        if kind == "words" and name.lower() in LABELS and not self.path:
            self.draft.lead = clean(str(follows.children[0]))
            return
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
        elif (
            kind in ("pair", "loose", "bare")
            and not self.draft.pairs
            and len(name) < 40
            and plain(name) not in ENDS
            and "=" not in name
        ):
            self.draft.lead = name if not self.path else ""

    def _words(self, children: list[Any], follows: Any) -> None:
        text = str(children[0])
        if self.draft.pairs and is_note(self.draft.pairs[-1], self.earlier, text, follows, self.base):
            self.phase = phase_of(text)  # also of what follows it
            self.draft.pairs[-1:] = [replace(p, phase=self.phase) for p in self.draft.pairs[-1:]]
            return
        opened = follows is not None and str(follows.data) == "mark" and str(follows.children[0]) in "([{"
        for word in text.split(" ")[:2]:
            phase = phase_of(word) or self._tagged(word)
            if phase and (not self.draft.pairs or (word == text and (opened or self._heads_further()))):
                self._set_phase(phase)
                break
        self.sentence.append(text)

    def _heads_further(self) -> bool:
        """Whether a word in brackets heads the rest of a line that such a word began: ``[train] loss: 0.5 [valid] loss: 0.6``."""
        inside = self.before[-1:] == [("mark", "[")] and len(self.ahead) > 1 and str(self.ahead[0].children[0]) == "]"
        return bool(self.phase) and inside and str(self.ahead[1].data) in ("pair", "loose")

    def _tagged(self, word: str) -> str:
        """The phase that a word in brackets names, perhaps with others: ``[val_e3] acc=0.9``."""
        if self.before[-1:] != [("mark", "[")]:
            return ""
        return next((p for p in map(phase_of, words(word)) if p and p != "best"), "")

    def _mark(self, children: list[Any], _follows: Any) -> None:
        mark = str(children[0])
        kind = children[0].type
        if kind == "OPEN":
            self.path.append(self.head if mark == "{" else self._called(children[0]))
            self.phase = self._phase_before() or self.phase
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

    def _phase_before(self) -> str:
        """The phase whose total stands right before its parts: ``val=1.9 (p=1.4 v=0.5)``."""
        before = self.previous
        return phase_of(clean(str(before.children[0]))) if before is not None and str(before.data) == "pair" else ""

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
        if self._places_next(value):
            self.indexed, self.place = key, value.slot
            return
        if not self._several(names_of_list(self.earlier, key, value) or names_of_ratio(key, value)):
            self._number(key, value, spaced=False)

    def _loose(self, children: list[Any], follows: Any) -> None:
        value = value_of(children[1], self.base)
        key = clean(str(children[0])).removeprefix(self.counted).strip()
        if not NAMED.search(key):  # [1/3]--[5/40]
            self._bare(children[1:], follows)
            return
        self.counted = counted_behind(key, follows) if value.kind == "NUM" and not value.tails else ""
        if self.counted:
            lasted = key.endswith(" after") and self.draft.step_rank >= 1  # Episode 3 finished after 200 steps
            (self._add if lasted else self._take)(self.counted, value)
            return
        if is_of_the_best(key):
            self.phase = "best"
        row = names_of_row(self.earlier, key, value, self.ahead)
        if self._several(row):
            self.passed = len(row) - 1
            return
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
        if self.passed:
            self.passed -= 1
            return
        value = value_of(children[0], self.base)
        if self.indexed and self._places_next(value):
            self.place = value.slot
        elif value.kind in ("TQDM", "BAR"):
            self._bar(value)
        elif value.kind == "NUM":
            if not self._tells_of_itself(value):
                self._named_before(value, children[0])
        elif value.kind in ("LIST", "COUNTER"):
            self.numbers.append(value)

    def _tells_of_itself(self, value: Value) -> bool:
        """Whether a number's unit, or what stands right before it, says what it is; then it is taken."""
        if self.indexed and self.place == value.slot - 1:
            self._add(self.indexed, value)
            self.draft.pairs[-1:] = [replace(p, place=self.place) for p in self.draft.pairs[-1:]]
        elif ("/" in value.unit or value.unit in RATES) and value.total is None:
            self._add(value.unit, value)
        elif is_duration(value) and self._tells_duration():
            self._add("time", value)
        elif value.unit == "%" and self._is_share(value):
            self.draft.pairs[-1] = replace(self.draft.pairs[-1], slot=value.slot, unit="%", spaced=False)
        elif self.draft.pairs and is_noted(self.draft.pairs[-1], value, self.ahead):
            self.draft.pairs.append(replace(self.draft.pairs[-1], slot=value.slot, average=None))
        elif self._goes_on(value):
            self._add_further(self.draft.pairs[-1], value.slot)
        else:
            return False
        return True

    def _named_before(self, value: Value, tree: Any) -> None:
        name = name_with_number(self.earlier, value.slot, self.base)
        if name and value.slot - 1 not in (self.draft.step, self.draft.epoch):
            self.draft.pairs = [p for p in self.draft.pairs if p.slot != value.slot - 1]
            self._add(f"{name} {{0}}", value)
            self.draft.pairs[-1:] = [replace(p, keys=(value.slot - 1,)) for p in self.draft.pairs[-1:]]
        elif is_compound(self.before):
            self._add_compound(value, tree)
        elif self._announced():
            name, self.sentence = without_copula(self.sentence[-1]), []
            self._number(name.removesuffix(" after"), value, spaced=False)
        elif name := second_column(self.earlier, self.rest):
            self._number(name, value, spaced=False)
        else:
            self.numbers.append(value)

    def _places_next(self, value: Value) -> bool:
        """Whether a number in brackets says where the one behind it belongs: ``perplexity: [1]5.1,[2]5.3``, ``[1]:26.5``."""
        behind = [i for i in self.ahead[:2] if str(i.children[0]) != ":"]
        if value.kind != "LIST" or value.text.count(N) != 1 or not behind or str(behind[0].data) != "bare":
            return False
        number = value_of(behind[0].children[0], self.base)
        return number.kind == "NUM" and number.slot == value.slot + 1 and not value.tails

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
        return (
            last is not None and self.follows is None and last.slot == value.slot - 1 and not last.unit and last.spaced
        )

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
        windowed = window_name(self.rest[:end])
        if windowed:
            self.draft.pairs = [p for p in self.draft.pairs if p.slot != value.slot - 1]
            self._add(windowed, value)
            return
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
        if value.kind == "CLOCK":
            self._duration(key, value, spaced=spaced)
        if value.kind not in ("NUM", "LIST", "COUNTER", "SPAN"):
            return
        # reward over the last 100 episodes is 8.5
        ran_over = self.told and (not spaced or plain(key).rpartition(" ")[2] in _IS)
        if self._phased_counter(key, value) or value.kind == "SPAN":
            return
        if not ran_over and self._counts(key, value, spaced=spaced):
            return
        if spaced and plain(key) in COPULAS and not ran_over:
            key = self.sentence[-1] if self.sentence else ""
        elif (
            (not spaced or ran_over)
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
