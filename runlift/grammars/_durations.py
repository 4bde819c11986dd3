"""Durations written in parts: ``0:11:54.5``, ``2 days, 1:02:03``, ``1h 2m 3s``, and the names that tell of them."""

from __future__ import annotations

import re

from runlift.grammars._words import Kind, kind, words

Parts = tuple[tuple[int, float], ...]
TIME_OF_DAY = 3  # numbers: hours, minutes, seconds
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_BY_COLONS = re.compile(r"(?:(\x01) days?,? )?(\x01(?::\x01)+)(\.\x01)?")
_LETTERED = re.compile(r"\x01([dhms])")
_NAMES = frozenset({"time", "elapsed", "duration", "took", "runtime"})


def duration_name(key: str, *, spaced: bool) -> str:
    """The name of a duration: a key that ends with a word for one, or that word where a sentence runs into it; else nothing."""
    own = words(key)
    if not own or own[-1] not in _NAMES:
        return ""
    name = key.rpartition(" ")[2] if spaced else key
    return name if kind(key) is Kind.GAUGE and kind(name) is Kind.GAUGE else ""


def seconds_of(text: str, slot: int) -> Parts:
    """The slots of a duration's numbers, the first of which is ``slot``, with the seconds that each counts; empty for other texts."""
    match = _BY_COLONS.fullmatch(text)
    if match:
        count = match[2].count("\x01")
        units = ("d",) * bool(match[1]) + ("h", "m", "s")[-count:]
        return tuple((slot + i, _SECONDS[u]) for i, u in enumerate(units)) if count <= TIME_OF_DAY else ()
    letters = _LETTERED.findall(text)
    parts = re.sub(r"\x01[dhms]", "", text).strip(" :")
    return tuple((slot + i, _SECONDS[u]) for i, u in enumerate(letters)) if letters and not parts else ()
