"""Settings in JSON, TOML, INI and as printed lines: (path, value, line) of each."""

from __future__ import annotations

import ast
import io
import re
from typing import TYPE_CHECKING, Any

from runlift.parsers._table_numbers import setting_value
from runlift.wire.json_stream import BrokenJsonError, JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterator

Leaf = tuple[tuple[str, ...], Any, int]
_MAX_DEPTH = 60
_LINE = re.compile(r"\s*([\w./\-]+(?: [\w./\-]+){0,3})\s*[:=]\s*(.*?)\s*(?:\[default:.*\])?\s*\Z")
_SECTION = re.compile(r"\s*\[([^\[\]]+)\]\s*\Z")


class SettingsError(ValueError):
    """The text stops being what it should be. ``line``: where; what stands before it may be read by itself."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def json_leaves(text: str) -> Iterator[Leaf]:
    """The settings of a JSON text.

    Raises:
        SettingsError: It is not JSON; what came before the error has been given.
    """
    stream = JsonStream(io.BytesIO(text.encode("utf-8", "surrogateescape")))
    try:
        yield from _json_walk(stream, (), 1)
        if stream.peek():
            raise SettingsError(stream.line, "something stands behind the end")
    except BrokenJsonError as error:
        raise SettingsError(error.line, error.reason) from error


def _json_walk(stream: JsonStream, path: tuple[str, ...], line: int) -> Iterator[Leaf]:
    if stream.peek() != "{" or len(path) > _MAX_DEPTH:
        yield path, stream.value(), line
        return
    empty = True
    for key, at in stream.pairs():
        empty = False
        yield from _json_walk(stream, (*path, key), at)
    if empty and path:
        yield path, {}, line


def toml_leaves(text: str) -> Iterator[Leaf]:
    """The settings of a TOML text, each at the first line that begins with its key.

    Raises:
        SettingsError: It is not TOML.
    """
    import tomllib  # noqa: PLC0415 - only for TOML

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"line (\d+)", str(error))
        raise SettingsError(int(at[1]) if at else 1, str(error)) from error
    lines = {
        m[1]: text.count("\n", 0, m.start(1)) + 1
        for m in reversed([*re.finditer(r'^\s*["\']?([^=\s"\']+)', text, re.MULTILINE)])
    }
    for path, value in _dict_leaves(found, ()):
        yield path, value, lines.get(path[-1], 1)


def _dict_leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value and len(path) < _MAX_DEPTH:
        for key, inner in value.items():
            yield from _dict_leaves(inner, (*path, str(key)))
    elif path:
        yield path, value if isinstance(value, str | int | float | bool | list | dict) else str(value)


def line_leaves(text: str) -> Iterator[Leaf]:
    """The settings of an INI file or of lines ``key: value`` or ``key = value``; indented lines go on."""
    section: tuple[str, ...] = ()
    held: tuple[tuple[str, ...], list[str], int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith(("#", ";", "---", "===")):
            continue
        head, pair = _SECTION.match(line), _LINE.match(line)
        if head is None and held and line[:1] in " \t" and (pair is None or held[1] == [""]):
            held[1].append(bare)
            continue
        if held:
            yield _finished(held)
            held = None
        if head:
            section = tuple(head[1].strip().split("."))
        elif pair:
            held = ((*section, pair[1].strip()), [pair[2]], number)
    if held:
        yield _finished(held)


def _finished(held: tuple[tuple[str, ...], list[str], int]) -> Leaf:
    path, parts, line = held
    text = "\n".join(p for p in parts if p) or parts[0]
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return path, text[1:-1] if quoted else setting_value(text), line


def namespace_leaves(text: str) -> Iterator[Leaf]:
    """The settings of a printed ``Namespace(lr=0.1, ...)`` or dict.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SettingsError(getattr(error, "lineno", 1) or 1, "it is no Namespace(...)") from error
    if not isinstance(call, ast.Call):
        raise SettingsError(1, "it is no Namespace(...)")
    for word in call.keywords:
        if word.arg:
            yield (word.arg,), _literal(word.value), word.value.lineno


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return ast.unparse(node)
