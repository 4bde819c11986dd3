"""Names of metrics as they stand in a line, without what is not part of them."""

from __future__ import annotations

import re

from runlift.grammars._words import COPULAS, STOPS, plain

# What a line says of itself when a part of the work is over: no name of its values.
ENDS = frozenset({"done", "finished", "complete", "completed", "ended", "over", "results", "result", "summary"})
_DENIALS = frozenset({"not", "no", "never", "than", "didn't", "without"})
# Keys whose text says what the numbers behind it are of: Class: road  IoU: 0.95
LABELS = frozenset(
    {
        "class",
        "category",
        "label",
        "dataset",
        "task",
        "method",
        "algorithm",
        "env",
        "ticker",
        "symbol",
        "language",
        "subset",
    }
)
SUBJECTS = frozenset({"key", "name", "metric", "tag", "metric_name"})


def with_subject(name: str, subject: str) -> str:
    """``{"key": "accuracy", "value": 0.9}`` is named by its key; ``accuracy: {"value": 0.9}`` by what stands before."""
    parts = name.split("/")
    if "value" not in parts:
        return name
    at = parts.index("value")
    rest = parts[at + 1 :]
    if subject:
        return "/".join([subject, *rest])
    return "/".join([*parts[:at], *rest]) if at else name


PATH = re.compile(r"^[/~.]|//|\.(?:py|cc|cpp|c|h|cu|json|ya?ml|txt|pth?|ckpt|npz)$|\\|/$")


_CHANGED = re.compile(
    r"(?i) (?:has )?(?:improved|increased|decreased|reduced|dropped|rose|fell|changed)(?: from| to)?$"
)


def open_sentence(parts: list[str]) -> bool:
    """Whether words before a key belong to it: they end with a little word, or began with a verb of counting."""
    last = plain(parts[-1]).split(" ")[-1]
    return last in STOPS or len(parts) > 1


_SIGNS = re.compile(r"^[\u2010-\u2bff\U0001f000-\U0001faff\ufe0f ]+")  # arrows, bullets, boxes, pictures before a name


def clean(key: str) -> str:
    """A key as a name: without quotes, leaders, separators and marks around it."""
    key = re.split(r"(?<=[a-z])[.!] (?=[A-Z])", key.strip())[-1].removeprefix("/ ")
    key = re.sub(r" ?(?::=|::|[:=,])$", "", key).removeprefix(". ")
    key = re.sub(r"^\.{2,} ?| ?\.\.\.\s*$", "", key).strip()
    if len(key) > 1 and key[0] in "'\"" and key[-1] == key[0]:
        key = key[1:-1]
    key = _SIGNS.sub("", re.sub(r"\s+", " ", key))
    return (
        key.strip("\"'`*#>~=+&^!?,;: \t\u2014\u2013").removeprefix("- ").strip("- ").rstrip(".")
        if not key.startswith("%")
        else key
    )


def is_prose(key: str) -> bool:
    """Whether a key is rather what a sentence says: ``score did not improve more than tol``."""
    tokens = key.lower().split(" ")
    return len(tokens) > 4 and not _DENIALS.isdisjoint(tokens)


def without_copula(key: str) -> str:
    """``avg loss so far is`` without its last word; ``with loss`` without its first; ``val_loss improved from`` without two."""
    tokens = _CHANGED.sub("", key).split(" ")
    while tokens and tokens[-1].lower() in COPULAS:
        tokens.pop()
    if len(tokens) > 2 and tokens[0].lower() in ENDS:  # finished with value
        tokens.pop(0)
    while len(tokens) > 1 and tokens[0].lower() in STOPS - {"no"}:
        tokens.pop(0)
    return " ".join(tokens).strip(" :=-,")
