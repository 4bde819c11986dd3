"""What a cell of a table says: a number in any of the ways that people and programs write them, nothing, or words."""

from __future__ import annotations

import ast
import datetime as dt
import json
import math
import re
from dataclasses import dataclass
from typing import Any

ABSENT = frozenset(
    {"", *["none", "null", "na", "n/a", "#n/a", "<na>", "nil", "nat", "-", "--", "---", "\u2013", "\u2014", "?"]}
)
"""Cells (lower case, trimmed) that say that there is no value."""

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?\Z")
_WHOLE = re.compile(r"[+-]?\d+\Z")
_NONFINITE = {
    "nan": math.nan, "inf": math.inf, "infinity": math.inf, "nan(ind)": math.nan, "∞": math.inf,
    "1.#inf": math.inf, "1.#qnan": math.nan, "1.#snan": math.nan, "1.#ind": math.nan, "1.#j": math.inf,
}  # fmt: skip
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z|[+-]?\d{1,3}(?:[ '\u00a0\u202f\u2019]\d{3})+(?:\.\d+)?\Z")
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[. '\u00a0\u202f]\d{3})+)?,\d+(?:[eE][+-]?\d+)?\Z")
_DOTTED_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}\Z")
_WRAPPED = re.compile(
    r"(?:tensor|array|np\.float\d+|np\.int\d+|numpy\.\w+|Decimal)\(['\"]?\[?([^,()\[\]'\"]+)\]?['\"]?(?:,.*)?\)\Z"
)
_SURE_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d*),(?:\d{1,2}|\d{4,})\Z|[+-]?0,\d+\Z")
_SURE_POINT = re.compile(r"[+-]?\d*\.(?:\d{1,2}|\d{4,})\Z|[+-]?0\.\d+\Z")
_CLOCK = re.compile(r"(-?)(?:(\d+) days?,? )?(\d{1,4}):([0-5]\d):([0-5]\d(?:\.\d+)?)\Z")
_STAMP = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T _]\d{1,2}[:h-]\d{2}.*)?\Z")
_MAX_LITERAL = 100_000


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how it was written: plain, percent, grouped (thousands), comma (decimal), wrapped or clock."""

    value: float
    form: str = "plain"


def is_absent(word: str) -> bool:
    """Whether a cell says that there is no value."""
    return word.strip().lower() in ABSENT


def parse_number(word: str, *, comma: bool = False) -> Number | None:
    """The number that a cell says, None where it says none; ``comma``: a comma is the decimal sign."""
    word = word.strip()
    if comma:
        found = _with_comma(word)
        if found:
            return found
    if _PLAIN.match(word):
        return Number(float(word.replace("d", "e").replace("D", "e")))
    special = _nonfinite(word)
    if special is not None:
        return Number(special)
    return _dressed(word, comma)


def _nonfinite(word: str) -> float | None:
    low = word.lower()
    sign = -1.0 if low.startswith("-") else 1.0
    value = _NONFINITE.get(low.lstrip("+-"))
    return None if value is None or len(low) - len(low.lstrip("+-")) > 1 else sign * value


def _with_comma(word: str) -> Number | None:
    if _COMMA.match(word):
        return Number(float(re.sub(r"[. '\u00a0\u202f]", "", word).replace(",", ".")), "comma")
    if _DOTTED_GROUPS.match(word):
        return Number(float(word.replace(".", "")), "grouped")
    return None


def _dressed(word: str, comma: bool) -> Number | None:
    """Percent signs (the value as printed: 12% is 12), thousands separators, ``tensor(0.5)``, ``1:02:03``."""
    if word.endswith("%"):
        inner = parse_number(word[:-1], comma=comma)
        return Number(inner.value, "percent") if inner else None
    if _GROUPED.match(word):
        return Number(float(re.sub(r"[, '\u00a0\u202f\u2019]", "", word)), "grouped")
    clock = _CLOCK.match(word)
    if clock:
        days, hours, minutes, seconds = (float(clock[i] or 0) for i in (2, 3, 4, 5))
        total = 86400 * days + 3600 * hours + 60 * minutes + seconds
        return Number(-total if clock[1] else total, "clock")
    wrapped = _WRAPPED.match(word)
    if wrapped:
        inner = parse_number(wrapped[1])
        return Number(inner.value, "wrapped") if inner else None
    return None


def exact_whole(word: str) -> int | None:
    """The 64-bit integer that a cell says, with any thousands separators; None for anything else."""
    word = word.strip()
    if _GROUPED.match(word):
        word = re.sub(r"[, '\u00a0\u202f\u2019]", "", word)
    if not _WHOLE.match(word):
        return None
    value = int(word)
    return value if -(2**63) <= value < 2**63 else None


def decimal_comma(words: list[str]) -> bool:
    """Whether a comma is certainly the decimal sign: some cells can be read no other way, and none the other way."""
    return any(_SURE_COMMA.match(w) for w in words) and not any(_SURE_POINT.match(w) for w in words)


def parse_time(word: str) -> tuple[float, bool] | None:
    """(Unix seconds, whether the time zone was written) of a date and time; None for anything else.

    A time without a zone is taken as UTC.
    """
    word = word.strip()
    if not _STAMP.match(word):
        return None
    text = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", r"\1-\2-\3", word).replace("_", "T", 1)
    text = re.sub(r"(T| )(\d{1,2})[-h](\d{2})-(\d{2})", r"\1\2:\3:\4", text)
    text = re.sub(r"\b(\d)\b(?=-|T|:| |$)", r"0\1", text.replace(",", "."))
    try:
        found = dt.datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    zoned = found.tzinfo is not None
    try:
        return (found if zoned else found.replace(tzinfo=dt.UTC)).timestamp(), zoned
    except (OverflowError, ValueError):
        return None


def literal(word: str) -> Any:
    """The Python or JSON value that a cell's text writes out (a dict, a list); None where it is not one."""
    word = word.strip()
    if word[:1] not in ("{", "[", "(") or len(word) > _MAX_LITERAL:
        return None
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def setting_value(word: str, *, comma: bool = False) -> Any:
    """A cell as a setting: int, float, bool, None, a list or dict that is written out, else the text."""
    text = word.strip()
    whole = exact_whole(text)
    if whole is not None and not _GROUPED.match(text):
        return whole
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.lower() in ("none", "null"):
        return None
    number = parse_number(text, comma=comma)
    if number is not None and number.form in ("plain", "comma", "wrapped"):
        return number.value
    written = literal(text)
    return text if written is None else written
