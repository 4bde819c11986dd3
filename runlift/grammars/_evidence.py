"""Which of the named numbers are metrics: by their words, by the line they stand in, by how often and how they vary."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from runlift.grammars._words import (
    NARRATION,
    PHASES,
    Kind,
    is_outcome,
    is_rate_of_learning,
    kind,
    own_phase,
    plain,
    words,
)

_LOSS = re.compile(r"(?i)loss|entropy|nll|perplexity|ppl")

_HEADING = re.compile(
    r"(?i)^[\W_]*(?:results?\b|(?:[a-z]+ ){0,3}(?:results?|metrics|scores|performance)\b"
    r"(?:[^#:=.()]{0,20}|[^#:=.()]{0,8}\([^#:=.()]{1,40}\)):?[^\w.]*$)"
)
FEW, MANY = 4, 3
LAST = frozenset({"final", "last", "best", "end", "mean", "average", "avg", "overall"})
TALLIES = frozenset({"wins", "correct", "tp", "tn", "fp", "fn"})
_PARTED = re.compile(r"[|│,;\t]|  +")
_FIELD = re.compile(r"[^\W\d][\w ./()%-]{0,30}(?:: ?|=| = | )\+?#%?(?:/#)?")
_OF_RESULTS = frozenset({Kind.METRIC, Kind.COUNTER})
STEADY = 8  # times that it is said alone, where nothing tells of training
OFTEN = 5  # times that a number with a fraction varies behind one name: it is measured
FEWEST_RESULTS = 2
PARTS_OF_LOSS = frozenset({"total", "id", "class"})  # counters by name, parts of a loss where they have fractions
BYTES = frozenset({"B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "Mb", "Gb"})
SECONDS = frozenset({"s", "sec", "secs", "seconds", "ms"})

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlift.grammars._draft import Draft, Pair


@dataclass(frozen=True, slots=True)
class Seen:
    """What a block shows of one number of a shape: times seen, whether it varies, whether written with a fraction."""

    count: int
    varies: bool
    is_float: bool
    first: float = 0.0


@dataclass(slots=True)
class Evidence:
    """What is known of a file so far.

    ``training``: some line has a step or an epoch, and a metric; or several results are named (``measured``).
    ``recorded``: what lines with a place gave as metrics, in plain words.
    """

    training: bool = False
    measured: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)

    def look(self, draft: Draft, varies: bool) -> None:
        """Note whether a shape makes the file one of training: a place with a metric, one that moves on, results announced."""
        if draft.phase in ("val", "test", "eval") and not draft.pairs and "result" in draft.words.lower():
            self.training = True
        if draft.phase == "val" and not draft.pairs and "cross-validation" in draft.words.lower():
            self.training = True
        moves = varies and (draft.epoch is not None or draft.step_rank >= 5)
        measures = any(kind(p.name) is Kind.METRIC for p in draft.pairs)
        repeats = varies and not draft.texts and any(_LOSS.search(p.name) for p in draft.pairs)
        if (is_record(draft) and (moves or measures)) or (draft.bar and varies and measures) or repeats:
            self.training = True

    def measure(self, draft: Draft, is_float: Callable[[int], bool]) -> None:
        """Note the results that a shape names alone: a text with several of them tells of an evaluation."""
        results = sum(kind(p.name) in _OF_RESULTS for p in draft.pairs)
        most = results >= MANY and 2 * results > len(draft.pairs)
        if draft.texts or not results or not (most or results == len(draft.pairs)):
            return
        self.measured |= {
            f"{draft.lead} {p.phase} {plain(p.name)}" for p in draft.pairs if _outcome(p.name) and is_float(p.slot)
        }
        self.training |= len(self.measured) >= FEWEST_RESULTS

    def accepts(self, draft: Draft, pair: Pair, seen: Seen) -> bool:
        """Whether the number is a metric."""
        what = kind(pair.name)
        if what is Kind.UNKNOWN and draft.lead:
            what = kind(f"{draft.lead} {pair.name}")
        if plain(pair.name).rpartition(" ")[2] in PARTS_OF_LOSS and seen.is_float and not pair.unit:
            what = Kind.UNKNOWN
        if self._cannot(draft, pair, what, seen):
            return False
        if is_record(draft):
            taken = _in_record(draft, pair, what, seen)
            if taken:
                self.recorded.add(plain(pair.name))
            return taken
        if draft.bar and seen.count > 1 and (what is Kind.METRIC or (what is Kind.UNKNOWN and seen.is_float)):
            return seen.varies
        if draft.texts and draft.words.startswith("{") and what is Kind.METRIC:
            told = seen.varies if seen.count > 1 else self.training and _outcome(pair.name)
            return told and seen.is_float
        if draft.bar or draft.texts or draft.level in ("WARNING", "WARN", "ERROR", "CRITICAL"):
            return False
        return self._alone(draft, pair, what, seen)

    @staticmethod
    def _cannot(draft: Draft, pair: Pair, what: Kind, seen: Seen) -> bool:
        """Whether a number is none whatever its line: a clock, a count, seconds since 1970, a setting among texts."""
        if what is Kind.COUNTER and pair.unit == "%" and seen.is_float:
            what = Kind.UNKNOWN
        told_best = plain(pair.name) == "best" and not (is_record(draft) and len(draft.pairs) > 1 and seen.varies)
        if what in (Kind.CLOCK, Kind.COUNTER) or told_best or _is_progress(pair, seen):
            return True
        if what is Kind.UNKNOWN and pair.unit in BYTES:
            return True
        unmoved = draft.texts >= 2 and not seen.varies and seen.count > 1
        return unmoved or (what is not Kind.METRIC and _is_time(seen.first))

    def _alone(self, draft: Draft, pair: Pair, what: Kind, seen: Seen) -> bool:
        if what is Kind.METRIC:
            return self._metric_alone(draft, pair, seen)
        whole = not seen.is_float
        if what is Kind.UNKNOWN and (self._unknown_alone(draft, pair, seen) or self._said_in_the_end(pair, seen)):
            return True
        rate = is_rate_of_learning(pair.name) and draft.single and seen.is_float  # it may stay as it was
        if not self.training or seen.count < 3 or not (seen.varies or rate):
            return False
        if what is Kind.GAUGE:
            return rate or _company(draft) or is_rate_of_learning(pair.name)
        measured = not whole and not pair.spaced and not pair.part and pair.unit in ("", "%")
        return what is Kind.UNKNOWN and measured and seen.count >= OFTEN

    def _said_in_the_end(self, pair: Pair, seen: Seen) -> bool:
        """Whether it is the last or best value of what lines with a place told of: ``Final exploitability: 0.0002``."""
        first, _, rest = plain(pair.name).partition(" ")
        return seen.is_float and not pair.spaced and first in LAST and rest in self.recorded

    def _metric_alone(self, draft: Draft, pair: Pair, seen: Seen) -> bool:
        if not self.training and (draft.code or (pair.spaced and not seen.is_float)):
            return False  # return 0
        if seen.count >= 2 and (self.training or seen.varies):
            many = sum(kind(p.name) is Kind.METRIC for p in draft.pairs) >= MANY
            return seen.varies or (seen.is_float and (seen.count < FEW or many))
        of_phase = pair.phase in ("val", "test", "eval") or (pair.phase == "best" and own_phase(pair.name))
        if not (self.training or of_phase) or not (seen.is_float or pair.unit == "%" or _is_tally(draft, pair)):
            return False
        return _is_tally(draft, pair) or any(_outcome(f"{draft.lead} {p.name}") for p in draft.pairs)

    def _unknown_alone(self, draft: Draft, pair: Pair, seen: Seen) -> bool:
        """It stands beside a metric each time, has a place of its own, or nothing else is said so often."""
        whole = not seen.is_float
        metrics = sum(kind(p.name) is Kind.METRIC for p in draft.pairs)
        if not pair.spaced and (
            (metrics >= MANY and seen.is_float) or (metrics and self.training and is_fields(draft.words))
        ):
            return True
        named = not (whole and (pair.spaced or pair.series or pair.unit or not seen.varies))
        if named and _company(draft) and seen.count >= (2 if self.training else 3):
            return True
        told = draft.single and (bool(pair.series) or not draft.wordy)
        steady = seen.count >= STEADY and seen.varies and told and not pair.spaced
        return not whole and (pair.place is not None or steady)


def may_be_metric(pair: Pair, seen: Seen) -> bool:
    """Whether nothing speaks against a number: it is no clock, counter or time since 1970, nor just "best"."""
    what = kind(pair.name)
    if what in (Kind.CLOCK, Kind.COUNTER) or plain(pair.name) == "best" or _is_progress(pair, seen):
        return False
    return what is Kind.METRIC or not _is_time(seen.first)


def _is_progress(pair: Pair, seen: Seen) -> bool:
    """Whether one of several numbers is rather so much of so much: ``3/10``, ``2.0/16 CPUs``."""
    return pair.part and (not seen.is_float or bool(pair.unit))


def _in_record(draft: Draft, pair: Pair, what: Kind, seen: Seen) -> bool:
    if what is Kind.METRIC or (what is Kind.GAUGE and pair.unit in SECONDS and draft.epoch is not None):
        return True
    weak = draft.epoch is None and draft.step_rank <= 1
    moving = seen.varies and seen.count >= OFTEN and not pair.unit and pair.name.replace("_", "").isalpha()
    sure = seen.is_float and not pair.spaced if weak else is_fields(draft.words)
    if moving and what is Kind.UNKNOWN and sure:
        return True
    company = any(kind(p.name) is Kind.METRIC or (kind(p.name) is Kind.GAUGE and not weak) for p in draft.pairs)
    bare = pair.spaced and not seen.is_float and what is not Kind.GAUGE
    if bare or (weak and not company and not draft.member):
        return False
    if draft.member:
        return what is not Kind.SETTING or seen.varies
    if what is Kind.SETTING and not (draft.rule == "table" and seen.varies):
        return company and seen.varies and seen.is_float
    return seen.is_float or ((company or moving) and (what is Kind.GAUGE or not pair.spaced))


@lru_cache(maxsize=4096)
def is_fields(text: str) -> bool:
    """Whether a line is names with numbers, parted by bars, commas or wide blanks, and nothing else: ``ep # | survived #``."""
    fields = [f for f in _PARTED.split(text.strip(" |│")) if f.strip()]
    return len(fields) > 1 and all(_FIELD.fullmatch(f.strip()) for f in fields)


def _is_tally(draft: Draft, pair: Pair) -> bool:
    """Whether a whole number is how often a model was right or won."""
    return not pair.spaced and not pair.unit and not TALLIES.isdisjoint(words(pair.name)) and is_fields(draft.words)


def _company(draft: Draft) -> bool:
    return any(kind(p.name) is Kind.METRIC for p in draft.pairs)


def _is_time(value: float) -> bool:
    """Seconds or milliseconds since 1970, between 2001 and 2065."""
    return 1e9 < value < 3e9 or 1e12 < value < 3e12


def is_record(draft: Draft) -> bool:
    """Whether a line says where in training it stands."""
    return (draft.step is not None and draft.step_rank >= 1) or draft.epoch is not None or draft.member


def is_outcome_name(name: str) -> bool:
    """Whether a name is of what a model is judged by, and of nothing else."""
    return kind(name) is Kind.METRIC and _outcome(name)


def heads_results(draft: Draft) -> bool:
    """Whether a line announces results: ``Test Results:``, ``Results for {...}``."""
    return _HEADING.match(draft.words) is not None and not draft.code and draft.trace != 1


def _outcome(name: str) -> bool:
    own = plain(name).split(" ")
    if all(w in PHASES for w in words(name)):
        return True
    return any(is_outcome(w) or "@" in name for w in own) and not any(w in NARRATION for w in own)
