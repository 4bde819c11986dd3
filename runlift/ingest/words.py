"""Names, values and times put right once: text that is valid Unicode, typed settings, UTC times, a metric's goal."""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
import re
from typing import Any

_MAX_TIME = 253_402_300_799.0  # 9999-12-31, the last that Arrow and Python can show

_GOAL_MAX = re.compile(
    r"(acc|accuracy|auc|f1|map|ap\d*|bleu|rouge|recall|precision|reward|return|score|top\d|iou|dice|r2|win_rate|success)",
    re.IGNORECASE,
)
_GOAL_MIN = re.compile(
    r"(loss|error|err|rmse|mse|mae|perplexity|ppl|wer|cer|fid|nll|logloss|crossentropy|bpb|bpc)", re.IGNORECASE
)


def plain_text(text: str) -> str:
    r"""Text as valid Unicode: lone surrogates (bytes that were not UTF-8) as ``\udcNN``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def utc(seconds: float | None) -> dt.datetime | None:
    """Unix seconds as a UTC time; None where there is none or no calendar holds it."""
    if seconds is None or not math.isfinite(seconds) or not 0 < seconds < _MAX_TIME:
        return None
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=round(seconds * 1e6))


def flatten(key: str, value: Any) -> list[tuple[str, Any]]:
    """A nested setting as (dotted path, leaf); lists and empty maps stay whole."""
    if isinstance(value, dict) and value:
        return [leaf for k, v in value.items() for leaf in flatten(f"{key}.{k}" if key else str(k), v)]
    return [(key, value)]


def setting(value: Any) -> dict[str, Any]:
    """The ``value``, ``number`` and ``kind`` columns of a setting."""
    text, number, kind = _setting(value)
    return {"value": text, "number": number, "kind": kind}


def _setting(value: Any) -> tuple[str, float | None, str]:
    match value:
        case None:
            found: tuple[str, float | None, str] = ("null", None, "null")
        case bool():
            found = ("true" if value else "false", float(value), "bool")
        case int():
            found = (str(value), _as_float(value), "int")
        case float():
            found = (repr(value), value, "float")
        case list() | tuple():
            found = (_json(list(value)), None, "list")
        case dict():
            found = (_json(value), None, "map")
        case _:
            found = (plain_text(str(value)), None, "string")
    return found


def _as_float(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _json(value: Any) -> str:
    return plain_text(json.dumps(value, ensure_ascii=False, default=str))


@functools.lru_cache(4096)
def goal_of(metric: str) -> str:
    """Which way is better, as far as the name says: min, max or unknown."""
    last = re.split(r"[/.\s]", metric)[-1]
    for text in (last, metric):
        if _GOAL_MIN.search(text):
            return "min"
        if _GOAL_MAX.search(text):
            return "max"
    return "unknown"
