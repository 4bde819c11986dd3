r"""Line shapes without the compiled kernel: the same answers, ten times slower.

This is the meaning of a shape, in regular expressions; ``_lines.c`` is held to it by tests. A shape is a line with its
numbers masked, so that all lines that a program prints with one statement have one shape:

- ``\\x01`` a number that may be read (sign, thousands commas, decimals, exponent, Julia's ``98.5f0``; nan and inf too)
- ``\\x02`` a dotted number that is none (versions, addresses); ``\\x03`` an identifier (hex, hashes, sizes as 3x3)
- ``\\x04`` the glyphs of a progress bar
- spaces before a number are one space; elsewhere one space, two for more, a tab where there is one
- the same punctuation mark four times or more is three

Digits that belong to a word stay (``acc5``, ``Top-1``, ``layer1.0``, ``mAP@.5``, ``R^2``), except after a word that counts
(``epoch12``, ``Ep.12``), where they are a number.
"""

from __future__ import annotations

import re

import numpy as np

from runlift.wire.line_shapes import BAR, DOTTED, IDENTITY, MOST_SHAPE_BYTES, MOST_SHAPES, NUMBER, Keys, Scan, number_of

MOST_KEY_BYTES = 16_384
COUNTING = "epoch|epochs|ep|step|steps|global_step|iter|iters|iteration|iterations|itr|it|batch|minibatch|update|round|fold|trial"

_GLYPH = rb"(?:\xe2\x96[\x80-\x9f]|\xe2\x94\x81|\xe2\x95[\xb8\xba])"
_POWER = rb"[+-]?[0-9]+(?![A-Za-z0-9_])"
_BODY = rb"(?:[0-9]*\.[0-9]+(?:[eEf]" + _POWER + rb")?|[0-9]+(?:[eE]" + _POWER + rb")?)"
_THOUSANDS = rb"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])(?:\.[0-9]+)?"
_NONFINITE = rb"(?i:nan|inf|infinity)(?![A-Za-z0-9_]|[-.][A-Za-z])"
_BEHIND = rb"(?:" + rb"|".join(rb"(?<=[:=,|(\[{<>\t]" + rb"[ \t]" * n + rb")" for n in range(5)) + rb")"
_SIGN = rb"(?<![A-Za-z0-9_)\]%.])[+-]"
_UNNAMED = rb"(?<![A-Za-z_]-)" + b"".join(
    rb"(?<!(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]{%d}-)" % n for n in range(1, 16)
)
_DATED = rb"(?<=-[0-9][0-9])T[0-9][0-9]:"  # the T of 2026-11-25T10:00 parts two numbers
_COUNTED = rb"|".join(rb"(?<=(?<![A-Za-z0-9_])(?i:" + w + rb")\.)" for w in COUNTING.encode().split(b"|"))
_FREE = (
    rb"(?:(?<=-[0-9][0-9]T)(?=[0-9][0-9]:)|"
    + _COUNTED
    + rb"|(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]\.)(?:"
    + _UNNAMED
    + rb"|(?=[0-9]+\.[0-9]|\.[0-9])))"
)
_TAIL = rb"(?P<dotted>(?:\.[0-9]+)+[A-Za-z0-9_]*)?(?P<glued>(?!" + _DATED + rb")[A-Za-z_]*[0-9][A-Za-z0-9_]*)?"
_STEP = rb"(?:(?i:" + COUNTING.encode() + rb")_?)"

_TOKEN = re.compile(
    rb"(?P<cut>[\r\n\x08]+)"
    rb"|(?P<ws>[ \t]+)"
    rb"|(?P<bar>" + _GLYPH + rb"(?:[ ]*" + _GLYPH + rb")*[ ]*)"
    rb"|(?P<at>(?<=[A-Za-z0-9])@(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?::0?\.95(?![0-9]))?)"
    rb"|(?P<power>(?<=[A-Za-z])\^[0-9]{1,2}(?![A-Za-z0-9_.]))"
    rb"|(?P<num>(?P<value>" + _BEHIND + rb")?(?:" + _SIGN + rb"|" + _FREE + rb")"
    rb"(?:(?P<thousands>(?:(?<=[ \t\n\r\x08=$])|(?<=[ \t\n\r\x08=$][+-])|(?<![\s\S]))" + _THOUSANDS + rb")"
    rb"|(?P<odd>" + _NONFINITE + rb"(?(value)|(?![ \t]+[A-Za-z])))|" + _BODY + rb")" + _TAIL + rb")"
    rb"|(?P<count>(?<![A-Za-z0-9_])" + _STEP + rb")(?P<counted>[0-9]{1,9})(?![A-Za-z0-9_])"
    rb"|(?P<id>(?<![A-Za-z0-9_])(?=[A-Za-z_])(?:(?=[0-9A-Fa-f]*[0-9])[0-9A-Fa-f]{7,}(?![A-Za-z0-9_])"
    rb"|[A-Za-z0-9_]*[0-9]{5}[A-Za-z0-9_]*))"
    rb"|(?P<run>(?P<mark>[-=*#._~>+])(?P=mark){3,})"
    rb"|(?P<box>(?P<line>\xe2[\x94\x95][\x80-\xbf])(?P=line)+)",
)


class _Frames:
    """Collects what the scan of one block finds."""

    def __init__(self, data: bytes, shapes: Keys) -> None:
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
        self.value.append(number_of(text))
        self.is_float.append(bool(text.strip(b"+-0123456789,")))
        self.parts.append(NUMBER)


class SlowScanner:
    """The scanner in Python: see ``lines.Scanner``."""

    def __init__(self, most: int = MOST_SHAPES, most_bytes: int = MOST_SHAPE_BYTES) -> None:
        self.shapes = Keys(most, most_bytes)

    @property
    def keys(self) -> list[bytes]:
        """The shapes seen so far."""
        return self.shapes.keys

    def scan(self, data: bytes) -> Scan:
        """Scan a block of whole lines."""
        frames = _Frames(data, self.shapes)
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
    elif token["run"] or token["box"]:
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
        np.array(frames.begin, np.int32),
        np.array(frames.end, np.int32),
        np.array(frames.is_float, np.bool_),
        frames.data.count(b"\n") + (not frames.data.endswith(b"\n") and bool(frames.data)),
    )
