"""Line shapes without the compiled kernel: the same answers, ten times slower.

This is the meaning of a shape, in regular expressions; ``_lines.c`` is held to it by tests. A shape is a line with its
numbers masked, so that all lines that a program prints with one statement have one shape:

- ``\\x01`` a number that may be read (sign, thousands commas, decimals, exponent; nan and inf too)
- ``\\x02`` a dotted number that is none (versions, addresses); ``\\x03`` an identifier (hex, hashes, sizes as 3x3)
- ``\\x04`` the glyphs of a progress bar
- spaces before a number are one space; elsewhere one space, two for more, a tab where there is one
- the same punctuation mark four times or more is three

Digits that belong to a word stay (``acc5``, ``Top-1``, ``layer1.0``, ``mAP@.5``), except after a word that counts
(``epoch12``), where they are a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.facts import B1, F8, I8

NUMBER, DOTTED, IDENTITY, BAR = b"\x01", b"\x02", b"\x03", b"\x04"
MOST_KEY_BYTES = 16_384
COUNTING = "epoch|epochs|ep|step|steps|global_step|iter|iters|iteration|iterations|itr|it|batch|minibatch|update|round|fold|trial"

_GLYPH = rb"(?:\xe2\x96[\x80-\x9f]|\xe2\x94\x81|\xe2\x95[\xb8\xba])"
_BODY = rb"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![A-Za-z0-9_]))?"
_THOUSANDS = rb"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])(?:\.[0-9]+)?"
_NONFINITE = rb"(?i:nan|inf|infinity)(?![A-Za-z0-9_]|[-.][A-Za-z])"
_BEHIND = rb"(?:" + rb"|".join(rb"(?<=[:=,|(\[{<>\t]" + rb"[ \t]" * n + rb")" for n in range(5)) + rb")"
_SIGN = rb"(?<![A-Za-z0-9_)\]%.])[+-]"
_FREE = rb"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]\.)(?:(?<![A-Za-z_]-)|(?=[0-9]+\.[0-9]|\.[0-9]))"
_TAIL = rb"(?P<dotted>(?:\.[0-9]+)+[A-Za-z0-9_]*)?(?P<glued>[A-Za-z_]*[0-9][A-Za-z0-9_]*)?"
_STEP = rb"(?:(?i:" + COUNTING.encode() + rb")_?)"

_TOKEN = re.compile(
    rb"(?P<cut>[\r\n\x08]+)"
    rb"|(?P<ws>[ \t]+)"
    rb"|(?P<bar>" + _GLYPH + rb"(?:[ ]*" + _GLYPH + rb")*[ ]*)"
    rb"|(?P<at>(?<=[A-Za-z0-9])@[0-9.][0-9.:]*)"
    rb"|(?P<num>(?P<value>" + _BEHIND + rb")?(?:" + _SIGN + rb"|" + _FREE + rb")"
    rb"(?:(?P<thousands>(?:(?<=[ \t\n\r=$])|(?<=[ \t\n\r=$][+-])|(?<![\s\S]))" + _THOUSANDS + rb")"
    rb"|(?P<odd>" + _NONFINITE + rb"(?(value)|(?![ \t]+[A-Za-z])))|" + _BODY + rb")" + _TAIL + rb")"
    rb"|(?P<count>(?<![A-Za-z0-9_])" + _STEP + rb")(?P<counted>[0-9]{1,9})(?![A-Za-z0-9_])"
    rb"|(?P<id>(?<![A-Za-z0-9_])(?=[A-Za-z_])(?:(?=[0-9A-Fa-f]*[0-9])[0-9A-Fa-f]{7,}(?![A-Za-z0-9_])"
    rb"|[A-Za-z0-9_]*[0-9]{5}[A-Za-z0-9_]*))"
    rb"|(?P<run>(?P<mark>[-=*#._~>+])(?P=mark){3,})"
    rb"|(?P<box>(?P<line>\xe2[\x94\x95][\x80-\xbf])(?P=line)+)",
)


@dataclass(slots=True)
class Scan:
    """One block of text scanned: n frames (parts of lines between ``\\n`` and ``\\r``) that are not blank, m numbers.

    ``start``, ``stop``: byte range of each frame in the block; ``line``: its physical line, 0 = the block's first;
    ``shape``: index into ``Shapes``; ``first``: index of the frame's first number (n + 1 long). ``value``,
    ``begin``, ``end``, ``float``: each number's value, byte range, and whether it was written with a fraction.
    ``lines``: physical lines of the block.
    """

    data: bytes
    start: I8
    stop: I8
    line: I8
    shape: I8
    first: I8
    value: F8
    begin: I8
    end: I8
    is_float: B1
    lines: int


@dataclass(slots=True)
class Shapes:
    """The distinct shapes of a text in order of appearance; grows as blocks are scanned."""

    keys: list[bytes] = field(default_factory=list)
    index: dict[bytes, int] = field(default_factory=dict)

    def of(self, key: bytes) -> int:
        """The index of a shape, a new one when it was not seen."""
        found = self.index.get(key)
        if found is None:
            found = self.index[key] = len(self.keys)
            self.keys.append(key)
        return found


class _Frames:
    """Collects what the scan of one block finds."""

    def __init__(self, data: bytes, shapes: Shapes) -> None:
        self.data, self.shapes = data, shapes
        self.start: list[int] = []
        self.stop: list[int] = []
        self.line: list[int] = []
        self.shape: list[int] = []
        self.first: list[int] = []
        self.begin: list[int] = []
        self.end: list[int] = []
        self.value: list[float] = []
        self.is_float: list[bool] = []
        self.physical = 0
        self.parts: list[bytes] = []
        self.at = 0
        self.numbers = 0

    def close(self, stop: int, after: bytes) -> None:
        """A frame ends at ``stop``, where the bytes ``after`` cut it from the next."""
        key = b"".join(self.parts).rstrip(b" \t")
        if key:
            self.start.append(self.at)
            self.stop.append(stop)
            self.line.append(self.physical)
            self.shape.append(self.shapes.of(key[:MOST_KEY_BYTES]))
            self.first.append(self.numbers)
        self.numbers = len(self.value)
        self.parts = []
        self.physical += after.count(b"\n")
        self.at = stop + len(after)

    def number(self, begin: int, end: int) -> None:
        text = self.data[begin:end]
        self.begin.append(begin)
        self.end.append(end)
        self.value.append(float(text.replace(b",", b"")))
        self.is_float.append(bool(text.strip(b"+-0123456789,")))
        self.parts.append(NUMBER)


def scan(data: bytes, shapes: Shapes) -> Scan:
    """Scan a block of whole lines (UTF-8, no escape sequences, none of the bytes 1 to 4)."""
    frames = _Frames(data, shapes)
    last = 0
    for token in _TOKEN.finditer(data):
        begin, end = token.span()
        if begin > last:
            frames.parts.append(data[last:begin])
        _put(frames, token, begin, end)
        last = end
    frames.parts.append(data[last:])
    frames.close(len(data), b"")
    return _arrays(frames)


def _put(frames: _Frames, token: re.Match[bytes], begin: int, end: int) -> None:
    kind = token.lastgroup
    text = token.group()
    if token["cut"]:
        frames.close(begin, text)
    elif token["ws"]:
        frames.parts.append(_space(frames, text, end))
    elif token["num"]:
        _number(frames, token, begin, end)
    elif kind == "counted":
        frames.parts.append(token["count"])
        frames.number(*token.span("counted"))
    elif token["id"]:
        frames.parts.append(IDENTITY)
    elif token["bar"]:
        frames.parts.append(BAR)
    elif token["run"]:
        frames.parts.append(text[:3])
    elif token["box"]:
        frames.parts.append(text[:3])
    else:
        frames.parts.append(text)


def _space(frames: _Frames, text: bytes, end: int) -> bytes:
    follows = _TOKEN.match(frames.data, end)
    number = bool(follows and follows["num"])
    blank = b"\t" if b"\t" in text else b" "
    if not any(frames.parts):
        return b"" if number else blank
    return blank if number or blank == b"\t" or len(text) == 1 else b"  "


def _number(frames: _Frames, token: re.Match[bytes], begin: int, end: int) -> None:
    if token["dotted"]:
        frames.parts.append(DOTTED)
    elif token["glued"]:
        frames.parts.append(IDENTITY)
    else:
        frames.number(begin, end)


def _arrays(frames: _Frames) -> Scan:
    whole = np.int64
    return Scan(
        frames.data,
        np.array(frames.start, whole),
        np.array(frames.stop, whole),
        np.array(frames.line, whole),
        np.array(frames.shape, whole),
        np.array([*frames.first, len(frames.value)], whole),
        np.array(frames.value, np.float64),
        np.array(frames.begin, whole),
        np.array(frames.end, whole),
        np.array(frames.is_float, np.bool_),
        frames.data.count(b"\n") + (not frames.data.endswith(b"\n") and bool(frames.data)),
    )
