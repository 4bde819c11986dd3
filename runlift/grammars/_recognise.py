"""Whether the beginning of a text is a training log: by a grammar's mark, or by what the general reader finds in it."""

from __future__ import annotations

import re

import numpy as np

from runlift.facts import Points
from runlift.grammars._claims import claims_for
from runlift.grammars._evidence import is_outcome_name
from runlift.grammars._sample import read_sample
from runlift.grammars._words import Kind, kind
from runlift.wire.line_text import encoding_of

FEWEST_POINTS, MANY_POINTS = 3, 6
FEWEST_LINES = 3
LONG_SERIES = 12
ENOUGH = 32_768  # bytes that are read to decide
_HINT = re.compile(
    rb"(?i)(?:loss|acc|epoch|iter|step|reward|return|bleu|err|valid|train|test|eval|score|perplexity|ppl|top-?[15]|m?ap\b|f1)[^\n]{0,24}\d"
)
_DIGITS = re.compile(rb"\d[^\n]*\n")


def _counts(f: Points) -> bool:
    """Whether points speak for a log: a metric by its words, or numbers with a place."""
    return _is_metric(f.metric) or _is_placed(f)


def _is_placed(f: Points) -> bool:
    return f.step is not None or f.epoch is not None


def _is_metric(name: str) -> bool:
    return any(kind(part) is Kind.METRIC for part in name.split("/"))


def signature(head: bytes) -> str:
    """In a few words why the first bytes of a text are those of a training log; empty where they are not."""
    encoding = encoding_of(head)
    text = head if encoding.name == "utf-8" else head.decode(encoding.name, "replace").encode("utf-8", "replace")
    lines = len(_DIGITS.findall(text))
    if not lines:
        return ""
    claims, _ = claims_for()
    text = text[:ENOUGH]
    got = read_sample(text[: text.rfind(b"\n") + 1] or text, claims)
    if claims.awake:
        return f"it holds lines of {claims.awake[0].title}"
    if lines < FEWEST_LINES:
        return ""
    series = [f for f in got.facts if isinstance(f, Points) and _counts(f)]
    measured = [f for f in series if _is_metric(f.metric) and (_is_placed(f) or np.any(f.value != np.floor(f.value)))]
    few = sum(len(f.value) for f in measured) >= FEWEST_POINTS
    many = sum(len(f.value) for f in series) >= MANY_POINTS and max(len(f.value) for f in series) >= FEWEST_POINTS
    long = any(is_outcome_name(f.metric.rpartition("/")[2]) and len(f.value) >= LONG_SERIES for f in series)
    if few or long or (many and len(_HINT.findall(text)) >= FEWEST_LINES):
        return f"it holds lines with steps and metrics, such as {(measured or series)[0].metric}"
    return ""
