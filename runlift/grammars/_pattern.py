"""Line patterns: ``epoch {epoch:d} | loss {train/loss}`` as people write them, made into expressions over shapes.

Fields:

- ``{name}`` a number: the metric ``name``, or the place ``step``, ``epoch``, ``total_steps``, ``total_epochs``, ``rank``
- ``{name:d}`` the same, said to be a whole number; ``{name:avg}`` the running average of the metric ``name``
- ``{name:k}`` a number that is part of metrics' names; ``{name:w}`` one word, ``{name:t}`` text without numbers
- ``{_}`` a number that is passed over, ``{_:w}`` and ``{_:t}`` likewise, ``{*}`` anything at all
- ``{...}`` at the end: the rest of the line, which the general reader reads
- ``{?`` and ``?}`` stand around a part that may be missing; ``{{`` and ``}}`` are braces

A space in a pattern is any run of spaces or tabs; a mark four times or more (``*****``) is any such run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PLACES = frozenset({"step", "epoch", "total_steps", "total_epochs", "rank"})
KINDS = ("d", "avg", "k", "w", "t")
N = "\x01"

_FIELD = re.compile(r"\{\{|\}\}|\{\?|\?\}|\{\*\}|\{\.\.\.\}|\{(?P<name>[^{}:]*)(?::(?P<kind>[^{}]*))?\}|[{}]")
_IN_REGEX = re.compile(r"\\[{}]|" + _FIELD.pattern)  # an escaped brace is the expression's own
_RUNS = re.compile(r"([-=*#._~>+])\1{3,}")
_EXPRESSIONS = {"w": r"[^\s\x01-\x04,;|]+?", "t": r"[^\x01-\x04]+?"}


class PatternError(ValueError):
    """A pattern that cannot be used: ``why`` and ``help``."""

    def __init__(self, why: str, help_: str) -> None:
        super().__init__(why)
        self.why, self.help = why, help_


@dataclass(frozen=True, slots=True)
class Field:
    """One named part of a pattern; ``group`` is its group in the expression."""

    name: str
    kind: str
    group: str


@dataclass(slots=True)
class Pattern:
    """A pattern; ``rest``: what follows the match is the general reader's.

    ``body`` is its expression as text, compiled when a line first holds ``literal``, the longest text that every line
    of it has: most grammars never see such a line.
    """

    text: str
    body: str
    fields: tuple[Field, ...]
    rest: bool
    literal: str = ""
    _compiled: re.Pattern[str] | None = None

    @property
    def expression(self) -> re.Pattern[str]:
        """The compiled expression; PatternError where it is none."""
        if self._compiled is None:
            try:
                self._compiled = re.compile(self.body)
            except re.error as error:
                raise PatternError(f"not a regular expression ({error})", "Check brackets and escapes.") from error
        return self._compiled

    def match(self, text: str) -> re.Match[str] | None:
        """The match at the start of a line's own words."""
        return self.expression.match(text) if self.literal in text else None


@dataclass(slots=True)
class _Making:
    parts: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    depth: int = 0
    rest: bool = False
    literal: str = ""

    def put(self, text: str, *, literal: bool) -> None:
        """Add the text between two fields."""
        self.parts.append(_plain(text, literal=literal))
        if literal and not self.depth:
            self.literal = max(self.literal, *re.split(r"[ \t]+", _RUNS.sub(r"\1\1\1", text)), key=len)


def compile_pattern(text: str, *, literal: bool = True) -> Pattern:
    """A pattern's expression. ``literal`` False: text between the fields is a regular expression already."""
    made = _Making()
    at = 0
    for token in (_FIELD if literal else _IN_REGEX).finditer(text):
        made.put(text[at : token.start()], literal=literal)
        if made.rest:
            raise PatternError("something follows {...}", "{...} takes the rest of the line: put it last.")
        _take(made, token, literal=literal)
        at = token.end()
    made.put(text[at:], literal=literal)
    if made.rest and text[at:].strip():
        raise PatternError("something follows {...}", "{...} takes the rest of the line: put it last.")
    if made.depth:
        raise PatternError("{? has no ?}", "Close the part that may be missing with ?}.")
    if not made.fields and not made.rest and literal and not text.strip():
        raise PatternError("it is empty", "Write the line as it is printed, with {name} for each number.")
    body = r"\s*" + "".join(made.parts) + ("" if made.rest else r"\s*$")
    return Pattern(text, body, tuple(made.fields), made.rest, made.literal)


def _plain(text: str, *, literal: bool) -> str:
    if not literal:
        return text
    text = _RUNS.sub(r"\1\1\1", text)
    if re.search(r"(?<![A-Za-z0-9_@.#-])\d", text):
        number = re.search(r"\d[\d.]*", text)
        raise PatternError(
            f"it holds the number {number.group() if number else ''}",
            "Numbers are masked before patterns see a line: write {_} to pass over it, {name:k} to keep it in names.",
        )
    return r"[ \t]+".join(re.escape(p) for p in re.split(r"[ \t]+", text))


def _take(made: _Making, token: re.Match[str], *, literal: bool) -> None:
    text = token.group()
    if text in ("{{", "}}"):
        made.parts.append(re.escape(text[0]))
    elif text == "{?":
        made.depth += 1
        made.parts.append("(?:")
    elif text == "?}":
        made.depth -= 1
        made.parts.append(")?")
        if made.depth < 0:
            raise PatternError("?} without {?", "Open the part that may be missing with {?.")
    elif text == "{*}":
        made.parts.append(".*?")
    elif text == "{...}":
        made.rest = True
    elif text in ("\\{", "\\}"):
        made.parts.append(text)
    elif text in ("{", "}"):
        if literal:
            raise PatternError(f"a lone {text}", "Write {{ or }} for a brace.")
        made.parts.append(text)
    elif not literal and re.fullmatch(r"\{\d+(,\d*)?\}", text):
        made.parts.append(text)
    else:
        _field(made, token["name"].strip(), (token["kind"] or "").strip())


def _field(made: _Making, name: str, kind: str) -> None:
    if not name:
        raise PatternError("a field without a name", "Write {name}, or {_} to pass over a number.")
    if kind and kind not in KINDS:
        raise PatternError(f"{{{name}:{kind}}} has an unknown kind", f"Kinds are {', '.join(KINDS)}.")
    taken = [f for f in made.fields if f.name == name and (f.kind == "avg") == (kind == "avg")]
    if name != "_" and taken:
        raise PatternError(f"{{{name}}} stands twice", "Give each field its own name.")
    if kind == "avg" and not any(f.name == name for f in made.fields):
        raise PatternError(f"{{{name}:avg}} comes before {{{name}}}", "Put the average behind its metric.")
    group = f"f{len(made.fields)}"
    made.fields.append(Field(name, kind, group))
    made.parts.append(f"(?P<{group}>{_EXPRESSIONS.get(kind, N)})")
