"""Lines that hold settings, not results: single settings in a row, dumps of arguments, command lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._evidence import is_record
from runlift.grammars._words import Kind, kind

if TYPE_CHECKING:
    from runlift.facts import B1, I8
    from runlift.grammars._draft import Draft

N = "\x01"
SHORTEST_RUN = 4
RARE = 3
MANY_TEXTS = 5

_KEY = r"(?:'[^']{1,80}'|\"[^\"]{1,80}\"|[\w][\w .\-/()\[\]*+@#?]{0,60}?)"
_GAP = rf"(?P<gap>: |:$|:\t| = |=|: ?(?=[{N}'\"\[{{(])| \.{{3}} ?|│|\t| {{2}}(?![:=]))"
_SINGLE = re.compile(rf"^[\s│|>*\-]*(?P<key>{_KEY}) ?{_GAP}(?P<value>.*?)[ ,;│|\]}})]*$")
_NUMBER_ONLY = re.compile(rf"^['\"]?[{N}\x02\x03][%\w]*['\"]?(?: ?\([^)]*\))?$")
_STRUCTURE = re.compile(r"^[\s\[\](){},;:│|├┤┼╞╡═─+\-=*#'\"]*$|^\s*- \S+$|^\s*['\"][^'\"]*['\"],?$")
_DUMP = re.compile(
    r"\b(?:Namespace|Config|Arguments|TrainingArguments|HParams|Args|Options|Params|OmegaConf|ConfigDict|EasyDict|AttrDict)\(",
)
_OPTION = re.compile(r"(?:^|[\s'\"])--[A-Za-z][\w-]+")
_COMMAND = re.compile(
    r"^[\s+$>]*(?:(?:cmd|CMD|command|Command|\w+)\s*[:=]\s*['\"]?\s*)?(?:\S*(?:python|torchrun|deepspeed|accelerate|srun|bash|mpirun)[\w.]*)\s"
)


_HEADS = frozenset(
    {"flag", "key", "name", "parameter", "setting", "argument", "option", "hyperparameter", "value", "values"}
)
_BOXED = re.compile(r"^\s*[|│┃]\s*[\w(][^|│┃\x01]*[|│┃]\s*(?:[\x01-\x03][\w%/]{0,8}|[^\x01|│┃]{0,40}?)\s*[|│┃]\s*$")


def is_boxed(text: str) -> bool:
    """Whether a shape's own words are a row of a box of two columns: ``| loss | 0.5 |``, ``| train/ | |``."""
    return _BOXED.match(text) is not None


def single(text: str) -> tuple[bool, bool]:
    """Whether a shape's own words are one ``key: value``, and whether the value is text (no number)."""
    match = _SINGLE.match(text)
    if match is None or len(text) > 400:
        return False, False
    value = match["value"].strip()
    if "..." in match["gap"]:
        return True, True
    if not value:
        return True, False
    if match["gap"] == "  " and "  " in value:
        return False, False
    return True, _NUMBER_ONLY.match(value) is None


def key_and_value(text: str) -> tuple[str, str] | None:
    """The key and the value of a line that is one setting, as written; None where it is none."""
    match = _SINGLE.match(text)
    if match is None:
        return None
    key, value = match["key"].strip(" '\""), match["value"].strip().strip(".|│ ").strip()
    return None if key.lower() in _HEADS and value.lower() in _HEADS else (key, value)


def is_structure(text: str) -> bool:
    """Brackets, rulers, list items: they neither make nor end a row of settings."""
    return _STRUCTURE.match(text) is not None


def is_dump(draft: Draft, count: int, *, varies: bool) -> bool:
    """Whether one line is a dump of settings: ``Namespace(...)``, a command, many pairs once, text among them."""
    text = draft.text
    if _DUMP.search(text) or is_command(text):
        return True
    own = [p for p in draft.pairs if kind(p.name) is not Kind.METRIC]
    if count == 1 and draft.texts >= MANY_TEXTS and len(own) * 2 >= len(draft.pairs):
        return True
    if is_record(draft) and len(own) < len(draft.pairs):
        return False
    if draft.texts >= 3 and not varies and len(own) * 2 >= len(draft.pairs):
        return True
    return count == 1 and len(draft.pairs) >= 6 and len(own) * 2 > len(draft.pairs) and draft.step is None


def is_command(text: str) -> bool:
    """Whether a line is a command: it names an interpreter or launcher, or has two options at least."""
    return len(_OPTION.findall(text)) >= 2 or (bool(_COMMAND.match(text)) and ".py" in text)


def setting_runs(lone: B1, texts: B1, neutral: B1, counts: B1) -> B1:
    """The frames that stand in rows of settings.

    Args:
        lone: Frames that are one setting each (rare ones, or always the same).
        texts: Those whose value is text.
        neutral: Frames of structure, which belong to the row around them.
        counts: Those whose name is of a counter or a setting: where they are a third, the row needs no texts.
    """
    inside = lone | neutral
    out = np.zeros(len(lone), np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        singles = int(lone[start:stop].sum())
        if singles < SHORTEST_RUN:
            continue
        wordy = int(texts[start:stop].sum())
        if (wordy >= 2 and wordy * 5 >= singles) or int(counts[start:stop].sum()) * 3 > singles:
            out[start:stop] = True
    return out


def rare_or_constant(counts: I8, constant: B1) -> B1:
    """Shapes that may be settings: seen rarely, or with the same numbers every time."""
    return (counts <= RARE) | constant
