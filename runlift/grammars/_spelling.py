r"""A shape's own words spelled as the rules know them: as many numbers (``\x01``) as before, in the same order."""

from __future__ import annotations

import re

from runlift.grammars._tongues import counted_first

N = "\x01"
_NARROW = {ord(c) + 0xFEE0: c for c in ":,;()[]{}=/%|"}  # the wide forms of a Chinese or Japanese keyboard
_NTH = re.compile(rf"(?i){N}(?:st|nd|rd|th) (epoch|step|iteration|iter|round|episode)\b")
_TUPLED = re.compile(rf"\(('[^'\x01]{{1,60}}'|\"[^\"\x01]{{1,60}}\"), ?({N})\)")  # of a list of names and values
_DASHED = re.compile(
    rf"(?<=[;,|)] )([A-Za-z]\w*(?: [A-Za-z]\w*){{0,3}}) - (?={N}(?: ?[;,|]|\s*$))"
)  # loss - 0.5; acc - 0.9
FEWEST_DASHED = 2
_BOXED = re.compile(rf"(?<=: )\[({N} / {N})\]")
_NOTED = re.compile(rf"\(([^()\x01]{{1,40}})\) (is|was|=)(?= {N})")  # accuracy of cats (tabby) is 0.5
_MONEY = re.compile(rf"(?:US)?[$€£¥] ?(?={N})")
_BRACED = re.compile(rf"\{{ ?({N}(?: ?/ ?{N})?) ?\}}")
_TUPLES = re.compile(r"^\s*\(([^\x01]+)\) = \(([^=]+)\)\s*$")


def familiar(rest: str) -> str:
    """Wide punctuation narrow, ``3rd epoch`` as ``epoch 3``, ``(loss, acc) = (0.5, 0.9)`` as two pairs, ``{0.5}`` bare."""
    if not rest.isascii():
        rest = counted_first(rest.translate(_NARROW))
    if _TUPLED.search(rest):
        rest = _TUPLED.sub(r"\1: \2", rest).replace("([", "({").replace("])", "})")
    if len(_DASHED.findall(rest)) >= FEWEST_DASHED:
        rest = _DASHED.sub(r"\1: ", rest)
    rest = _BOXED.sub(r"\1", rest)
    rest = _NOTED.sub(r"\1 \2", rest)
    rest = _MONEY.sub("", rest)
    rest = _BRACED.sub(r"\1", rest)
    rest = _NTH.sub(rf"\1 {N}", rest)
    match = _TUPLES.match(rest)
    return _pairs(match[1], match[2]) or rest if match else rest


def _pairs(names: str, values: str) -> str:
    """The pairs of two tuples of the same length; empty where they do not fit."""
    left, right = split_outside(names), split_outside(values)
    if len(left) != len(right) or len(left) < 2:
        return ""
    return ", ".join(f"{name.strip()} = {value.strip()}" for name, value in zip(left, right, strict=True))


def split_outside(text: str) -> list[str]:
    """The parts of a text between the commas that stand in no brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts
