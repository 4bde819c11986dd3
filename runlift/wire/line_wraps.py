r"""Lines that a terminal wrapped, and lines that two writers share: a text's blocks as the lines that were printed.

A terminal of W columns leaves lines of exactly W characters that go on in the next. A text is taken to be wrapped when
many of its longest lines are equally long, what follows them begins unlike the lines that are no continuation, and
joining leaves fewer kinds of lines. Where two writers print without a newline between (``loss: 0.5Epoch 2``), the line
is cut before the second one's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import I8

NARROWEST, WIDEST = 40, 400
LOOKED_AT = 1 << 20  # bytes of the first block from which the width is learned
FEWEST_JOINS = 6
FEWEST_STARTS = 5
MOST_JOINED = 40  # lines that are one line
HEAD = 8  # characters that show how a line begins

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_RUNS = re.compile(rb"0[0.,e+]*|\s+")
_GLUE = re.compile(
    rb"(?<=[0-9%)\]])(?=(?:Epoch|EPOCH|Step|Iteration|Iter|Train|Training|Val|Valid|Validation|Test|Eval|INFO|WARNING|DEBUG|ERROR)"
    rb"\b[ :=\[#]|(?<=(?:it/s|s/it)\])[A-Za-z{\[]|(?:19|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\[(?:19|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d)"
)
_GLUED_SHAPE = re.compile(
    rb"\x01[%)\]]*(?:[A-Z]|\[\x01-\x01-\x01)|(?<=[:= (])\x01-\x01-\x01[ T]\x01:\x01:\x01|(?:it/s|s/it)\][A-Za-z{\[]"
)


_OPENS = re.compile(rb"(?i)\W*(?:epoch|step|iter\w*|train\w*|val\w*|test\w*|eval\w*|batch|loss|global_step)\b")


@dataclass(slots=True)
class Lines:
    """A block as lines that were printed.

    ``starts``: for each the physical line that it begins on, counted from the block's first, and at the end their
    number; None where the lines are as they stand.
    """

    data: bytes
    starts: I8 | None = None


@dataclass(slots=True)
class Wraps:
    """Joins wrapped lines. ``width``: the terminal's columns, 0 where the text is not wrapped; ``joined``: lines joined."""

    width: int = 0
    heads: frozenset[bytes] = frozenset()
    joined: int = 0
    looked: bool = False
    tail: list[bytes] = field(default_factory=list)

    def lines(self, blocks: Iterator[bytes]) -> Iterator[Lines]:
        """Blocks of lines that were printed; the last line of a block waits for the next."""
        for data in blocks:
            if not self.looked:
                self._look(data[:LOOKED_AT])
            if not self.width:
                yield Lines(data)
            else:
                made = self._join([*self.tail, *_split(data)], keep=True)
                if made.data:
                    yield made
        if self.tail:
            yield self._join(self.tail, keep=False)

    def _look(self, data: bytes) -> None:
        self.looked = True
        lines = _split(data)
        width = max(map(_columns, lines), default=0)
        if not NARROWEST <= width <= WIDEST or data.count(b"\r") > data.count(b"\r\n"):
            return
        full = [_columns(x) == width and _begins(x) for x in lines]
        pairs = [(x, y) for a, x, y in zip(full, lines, lines[1:], strict=False) if a]
        after = [y for _, y in pairs]
        starts = lines[:1] + [b for a, b in zip(full, lines[1:], strict=False) if not a]
        heads = _often(starts)
        known = sum(_head(x) in heads for x in after)
        if len(after) < FEWEST_JOINS or len(starts) < FEWEST_STARTS or known * 10 > len(after):
            return
        alike = sum(_head(x) == _head(y) for x, y in pairs)
        if alike * 2 > len(after):  # what follows a line begins as it does
            return
        again = sum(x.rstrip().endswith(y.strip()) for x, y in pairs)
        if again * 2 > len(after):  # another handler prints the same without its prefix
            return
        if sum(_is_print(x, y) for x, y in pairs) * 2 >= len(after):
            return
        self.width, self.heads = width, heads
        whole = self._join(lines, keep=False)
        self.joined, self.tail = 0, []
        if len(set(map(_kind, _split(whole.data)))) * 3 > len(set(map(_kind, lines))) * 2:
            self.width = 0

    def _join(self, lines: list[bytes], *, keep: bool) -> Lines:
        """The lines joined; with ``keep`` the last one waits."""
        out: list[list[bytes]] = []
        starts: list[int] = []
        before = 0
        for i, line in enumerate(lines):
            if out and self._goes_on(before, line) and len(out[-1]) < MOST_JOINED:
                stripped = before == self.width - 1  # a blank at the edge that was not copied
                out[-1].append((b" " if stripped else b"") + line)
                self.joined += 1
            else:
                out.append([line])
                starts.append(i)
            before = _columns(line)
        self.tail = []
        if keep and out:
            self.tail = lines[starts[-1] :]
            self.joined -= len(self.tail) - 1
            out.pop()
        ends = starts if keep and starts else [*starts, len(lines)]
        data = b"".join(b"".join(parts) + b"\n" for parts in out)
        return Lines(data, np.array(ends, np.int64))

    def _goes_on(self, before: int, line: bytes) -> bool:
        return before in (self.width, self.width - 1) and bool(line.strip()) and _head(line) not in self.heads


def is_glued(shape: bytes) -> bool:
    """Whether a shape may be of a line that two writers share."""
    return _GLUED_SHAPE.search(shape) is not None


def unglued(data: bytes, starts: I8 | None) -> tuple[bytes, I8] | None:
    """A block cut where two writers share a line, None where none do."""
    if not _GLUE.search(data):
        return None
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    parts = [_GLUE.split(line) for line in lines]
    first = np.arange(len(lines) + 1) if starts is None else starts
    return (
        b"\n".join(b"\n".join(p) for p in parts) + b"\n",
        np.append(np.repeat(first[:-1], [len(p) for p in parts]), first[-1]),
    )


def _split(data: bytes) -> list[bytes]:
    """The lines without their ends."""
    return [x.rstrip(b"\r") for x in data.removesuffix(b"\n").split(b"\n")] if data else []


def _columns(line: bytes) -> int:
    if line.isascii() and b"\t" not in line:
        return len(line)
    return len(line.decode("utf-8", "replace").expandtabs(8))


def _begins(line: bytes) -> bool:
    """Whether a line says anything: rulers are as wide as the terminal and go on nowhere."""
    return len(set(line)) > 8


def _is_print(before: bytes, line: bytes) -> bool:
    """Whether a line is rather a print of its own: it begins with a word that prints begin with, or is indented as the last."""
    indent = len(line) - len(line.lstrip(b" "))
    return _OPENS.match(line) is not None or 2 <= indent == len(before) - len(before.lstrip(b" "))


def _head(line: bytes) -> bytes:
    return line[:HEAD].translate(_DIGITS)


def _often(lines: list[bytes]) -> frozenset[bytes]:
    """Beginnings that come more than once; of few lines all."""
    seen: dict[bytes, int] = {}
    for line in lines:
        seen[_head(line)] = seen.get(_head(line), 0) + 1
    return frozenset(h for h, n in seen.items() if h.strip() and n > 1)


def _kind(line: bytes) -> bytes:
    """A line with its numbers masked."""
    return _RUNS.sub(b"0", line.translate(_DIGITS))
