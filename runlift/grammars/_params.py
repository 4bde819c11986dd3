"""Settings that a log prints: single ``key: value`` lines, dumps of arguments and dicts, command lines."""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.facts import Param, RunSeen
from runlift.grammars._fate import Fate
from runlift.grammars._settings import is_command, key_and_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.grammars._block import Block

MOST = 5000
LONGEST_LINE = 100_000
LONGEST_VALUE = 4000
_OPENERS, _CLOSERS = "([{", ")]}"
_CALL = re.compile(r"(?:^|[\s:=])([A-Za-z_][\w.]*)?([({])")
_NAME = re.compile(r"""^['"]?([A-Za-z_][\w.\-/ ]{0,80}?)['"]?\s*[=:]\s*(.*)$""", re.DOTALL)
_NO_KEY = re.compile(r"(?:Error|Exception|Warning|Interrupt)$")  # what was raised is no setting
_PREFIX = re.compile(r"^[\s│|>*]*")


@dataclass(slots=True)
class Params:
    """Takes the settings from the frames that hold some; the first value of a key in a run counts."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    run: str = ""
    path: list[tuple[int, str]] = field(default_factory=list)
    commanded: bool = False

    def read(self, block: Block, line: int, runs: list[str]) -> Iterator[Fact]:
        """Settings of a block whose first physical line is ``line``; ``runs``: the run's key for each frame of settings."""
        settings = (block.fate == Fate.SETTING).nonzero()[0].tolist()
        before = -2
        for frame, self.run in zip(settings, runs, strict=True):
            if frame != before + 1:
                self.path = []
            before = frame
            if len(self.seen) < MOST:
                text = block.text(frame)[:LONGEST_LINE]
                yield from self._line(block.own_text(frame, text), int(block.scan.line[frame]) + line)

    def _line(self, own: str, at: int) -> Iterator[Fact]:
        if is_command(own):
            if not self.commanded:
                self.commanded = True
                yield RunSeen(command=own.strip()[:2000], position=at)
            yield from self._put(options(own), at)
            return
        found = key_and_value(own)
        inside = pairs_in(own)
        if inside and (found is None or len(inside) > 1 or own.count("=") > 1):
            yield from self._put(inside, at)
        elif found is not None:
            yield from self._single(own, found, at)

    def _single(self, own: str, found: tuple[str, str], at: int) -> Iterator[Fact]:
        """One ``key: value``; a key without a value opens a level that deeper lines belong to."""
        key, value = found
        indent = len(own) - len(own.lstrip(" \t"))
        self.path = [(i, k) for i, k in self.path if i < indent]
        if not value:
            self.path.append((indent, key))
            return
        yield from self._put([(".".join([*(k for _, k in self.path), key]), read_value(value))], at)

    def _put(self, pairs: list[tuple[str, Any]], at: int) -> Iterator[Param]:
        for key, value in pairs:
            if (
                key
                and (self.run, key) not in self.seen
                and len(str(value)) <= LONGEST_VALUE
                and not _NO_KEY.search(key)
            ):
                self.seen.add((self.run, key))
                yield Param(key, value, at, self.run)


def read_value(text: str) -> Any:
    """A value as Python or YAML would read a plain one; else the text itself."""
    text = text.strip().rstrip(",;").strip()
    plain = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in plain:
        return plain[text.lower()]
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text.strip("'\"")
    return (
        list(value)
        if isinstance(value, (tuple, set, frozenset))
        else str(value)
        if isinstance(value, (bytes, complex))
        else value
    )


def options(command: str) -> list[tuple[str, Any]]:
    """The options of a command line: ``--key value``, ``--key=value``, ``--flag`` (True)."""
    try:
        words = shlex.split(command, comments=False)
    except ValueError:
        words = command.split()
    found: list[tuple[str, Any]] = []
    for i, word in enumerate(words):
        if not re.match(r"--?[A-Za-z]", word):
            continue
        key, equals, value = word.lstrip("-").partition("=")
        follows = words[i + 1] if i + 1 < len(words) else ""
        if equals:
            found.append((key, read_value(value)))
        elif follows and not re.match(r"--?[A-Za-z]", follows):
            found.append((key, read_value(follows)))
        else:
            found.append((key, True))
    return found


def pairs_in(text: str) -> list[tuple[str, Any]]:
    """The pairs of a dump: ``Namespace(a=1, b='x')``, ``{'a': 1}``, ``a=1, b=2``; nested ones as dotted keys."""
    body = _PREFIX.sub("", text).strip()
    call = _CALL.search(body)
    if call and body.rstrip()[-1:] in _CLOSERS:
        body = body[call.end() : body.rstrip().__len__() - 1]
    return list(_pairs(body, ""))


def _pairs(body: str, prefix: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    for part in _split(body):
        match = _NAME.match(part.strip())
        if match is None:
            continue
        key, value = prefix + match[1].strip(), match[2].strip()
        inner = re.match(r"^[A-Za-z_][\w.]*\((.*)\)$|^\{(.*)\}$", value, re.DOTALL)
        if inner and depth < 8 and re.search(r"[=:]", inner[1] or inner[2] or ""):
            yield from _pairs(inner[1] or inner[2], key + ".", depth + 1)
        else:
            yield key, read_value(value)


def _split(body: str) -> Iterator[str]:
    """The parts of a text between the commas of its outermost level."""
    depth, start, quote = 0, 0, ""
    for i, c in enumerate(body):
        if quote:
            quote = "" if c == quote and body[i - 1] != "\\" else quote
        elif c in "'\"" and (i == 0 or not body[i - 1].isalnum()):
            quote = c
        elif c in _OPENERS:
            depth += 1
        elif c in _CLOSERS:
            depth -= 1
        elif c == "," and depth <= 0:
            yield body[start:i]
            start = i + 1
    yield body[start:]
