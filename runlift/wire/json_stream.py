"""JSON of any size, value by value, with the line of each: long lists need no room, cut files are read to the cut."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_CHUNK = 1 << 20
_MARGIN = 64
_TRIM = 1 << 22
_SPACE = " \t\r\n"


class BrokenJsonError(ValueError):
    """The text stops being JSON. What was read before it stands. ``line``: where; ``cut``: it just ends too early."""

    def __init__(self, line: int, reason: str, *, cut: bool) -> None:
        super().__init__(reason)
        self.line, self.reason, self.cut = line, reason, cut


@dataclass(slots=True)
class Repeats:
    """Objects that have a key twice, of which only the last value can be kept."""

    count: int = 0

    def hook(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """For ``object_pairs_hook``."""
        found = dict(pairs)
        if len(found) < len(pairs):
            self.count += 1
        return found


@dataclass(slots=True)
class JsonStream:
    """A reader over a binary file. ``repeats`` counts repeated keys."""

    file: BinaryIO
    repeats: Repeats = field(default_factory=Repeats)
    line: int = 1
    _text: str = ""
    _at: int = 0
    _ended: bool = False
    _decoder: Any = None
    _decode: Any = None

    def __post_init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._decoder = json.JSONDecoder(object_pairs_hook=self.repeats.hook, strict=False)

    def peek(self) -> str:
        """The next character that is no space, empty at the end."""
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _SPACE:
                at += 1
            self._move(at)
            if at < len(text):
                return text[at]
            if not self._more():
                return ""

    def value(self) -> Any:
        """The next value, whole.

        Raises:
            BrokenJsonError: It is not JSON, or the text ends inside it.
        """
        self.peek()
        while True:
            try:
                found, stop = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise BrokenJsonError(self.line, "it is nested too deeply", cut=False) from error
            except ValueError as error:
                if self._may_go_on(error) and self._more():
                    continue
                raise self._broken(error) from error
            if stop + _MARGIN > len(self._text) and self._more():
                continue
            self._move(stop)
            return found

    def items(self) -> Iterator[int]:
        """Stands at each item of the array that begins here in turn, giving its line; the caller reads the item."""
        yield from self._parts("[", "]")

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Stands at each value of the object that begins here in turn, giving (key, line); the caller reads it."""
        for _ in self._parts("{", "}"):
            line = self.line
            key = self.value()
            if not isinstance(key, str) or self.peek() != ":":
                raise BrokenJsonError(self.line, "a key or a colon is missing", cut=self.peek() == "")
            self._move(self._at + 1)
            self.peek()
            yield key, line

    def rest(self) -> int:
        """Skip to the end; the number of the last line."""
        while True:
            self._move(len(self._text))
            if not self._more():
                return self.line

    def _parts(self, opening: str, closing: str) -> Iterator[int]:
        if self.peek() != opening:
            raise BrokenJsonError(self.line, f"{opening} is missing", cut=self.peek() == "")
        self._move(self._at + 1)
        first = True
        while self.peek() != closing:
            if not first:
                self._comma(closing)
                if self.peek() == closing:
                    break
            first = False
            yield self.line
        self._move(self._at + 1)

    def _comma(self, closing: str) -> None:
        if self.peek() != ",":
            raise BrokenJsonError(self.line, f"a comma or {closing} is missing", cut=self.peek() == "")
        self._move(self._at + 1)

    def _may_go_on(self, error: ValueError) -> bool:
        """Whether an error may come only from the end of what was read so far."""
        return getattr(error, "pos", 0) + _MARGIN > len(self._text) or "Unterminated" in str(error)

    def _broken(self, error: ValueError) -> BrokenJsonError:
        position = getattr(error, "pos", self._at)
        line = self.line + self._text.count("\n", self._at, position)
        cut = self._ended and not self._text[position:].strip(_SPACE + "\0")
        return BrokenJsonError(line, str(getattr(error, "msg", error)).lower(), cut=cut or "Unterminated" in str(error))

    def _more(self) -> bool:
        """Read on; False at the end. The part that is done with is dropped."""
        if self._ended:
            return False
        size = max(_CHUNK, len(self._text) - self._at)
        data = self.file.read(size)
        text = self._decode.decode(data, final=not data)
        if self._at > _TRIM or self._at == len(self._text):
            self._text, self._at = self._text[self._at :], 0
        self._text += text
        self._ended = not data
        return bool(data)

    def _move(self, at: int) -> None:
        self.line += self._text.count("\n", self._at, at)
        self._at = at
