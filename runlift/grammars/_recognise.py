"""Whether the beginning of a text is a training log: by a grammar's mark, or by what the general reader finds in it."""

from __future__ import annotations

import re

from runlift.facts import Points
from runlift.grammars._claims import claims_for
from runlift.grammars._sample import read_sample
from runlift.grammars._words import Kind, kind
from runlift.wire.line_text import encoding_of

FEWEST_POINTS = 3
FEWEST_LINES = 3
ENOUGH = 32_768  # bytes that are read to decide
_DIGITS = re.compile(rb"\d[^\n]*\n")


def _counts(f: Points) -> bool:
    """Whether points speak for a log: a metric by its words, or numbers with a place."""
    return any(kind(part) is Kind.METRIC for part in f.metric.split("/")) or f.step is not None or f.epoch is not None


def signature(head: bytes) -> str:
    """In a few words why the first bytes of a text are those of a training log; empty where they are not."""
    encoding = encoding_of(head)
    text = head if encoding.name == "utf-8" else head.decode(encoding.name, "replace").encode("utf-8", "replace")
    if len(_DIGITS.findall(text)) < FEWEST_LINES:
        return ""
    claims, _ = claims_for()
    text = text[:ENOUGH]
    got = read_sample(text[: text.rfind(b"\n") + 1] or text, claims)
    if claims.awake:
        return f"it holds lines of {claims.awake[0].title}"
    series = [f for f in got.facts if isinstance(f, Points) and _counts(f)]
    if sum(len(f.value) for f in series) >= FEWEST_POINTS:
        return f"it holds lines with steps and metrics, such as {series[0].metric}"
    return ""
