"""The tokens of a shape's own words: keys, phrases, numbers with their units, counters, lists, bars, brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lark import Token
from lark.lexer import Lexer

if TYPE_CHECKING:
    from collections.abc import Iterator

N = "\x01"
BAR = "\x04"

_WORD = r"(?:[^\s\x01-\x04,;|│┃║()\[\]{}<>:=\"'`]|:(?=[./][\w/])|'(?=[a-z]{1,2}\b)|=(?==))+"
_PLAIN = rf"(?!-(?: |$))(?![*•>]+(?: |$)){_WORD}"
_PHRASE = rf"{_PLAIN}(?: {_PLAIN})*"
_NOTE = r"(?: {0,2}\([^()\x01]{1,40}\)| ?\[[A-Za-z/%]{1,12}\])"
_QUOTED = r"'[^'\x01\n]{1,120}'|\"[^\"\x01\n]{1,120}\""
_RATE = (
    r"[A-Za-z]+(?:es|s)? ?/ ?(?:s|sec|secs|second|step|it|iter|batch|epoch|sample|min|hour|token|frame|example|image)\b"
)
_UNITS = (
    rf"%|\u2030|{_RATE}|it/s|s/it|(?:ms|us|ns|\u00b5s|sec|secs|second(?! [A-Za-z_]+ ?[:=])|seconds|minutes|mins|min|hours|hrs|h|m|s|"
    r"GiB|MiB|KiB|GB|MB|KB|Gb|Mb|kB|TB|TFLOPS?|TFLOP/s|GFlops|fps|FPS|Hz|px|dB|points?)(?![\w:=/])"
)

_ROW = rf" ?{N}\.?(?:,? {N}\.?|,{N}\.?)* *,?"
_POSTFIX = rf" *(?:[\w/.-]+=|[A-Za-z][\w/. -]{{0,40}}: ?{N})"  # what a bar says of the work

# name -> pattern; the first that matches at a place is taken
_TOKENS: tuple[tuple[str, str], ...] = (
    (
        "TQDM",
        rf"(?:{N}%)?\|[^|\x01]*\| *{N}[kKM]?(?:it)?/(?:{N}[kKM]?|\?) *\[(?:[^\],=]|,(?!{_POSTFIX}))*(?:\]|(?=,))",
    ),
    (
        "TQDM",
        rf"(?:{N}% ?)?{BAR} ?{N}/{N}(?: {N}:{N}:{N} [^\x01]{{1,3}} {N}:{N}:{N})?(?: {N} ?(?:it/s|s/it))?(?: {N}m?s)?(?: ?<{N}:{N})?",
    ),
    ("TQDM", rf"{N}% {N}/{N} \[{N}:(?:[^\],=]|,(?!{_POSTFIX}))*(?:\]|(?=,))"),
    ("TQDM", rf"{N}it \[(?:[^\],=]|,(?!{_POSTFIX}))*(?:\]|(?=,))"),
    ("BAR", rf"\|?[ ]*{BAR}[ ]*\|?|\[[=>.#\- ]{{3,}}\]|\[ *\](?= *-)|\|  \|"),
    ("DATE", rf"{N}-{N}-{N}(?:[ T_]{N}:{N}:{N}(?:[.,]{N})?)?|{N}/{N}/{N} {N}:{N}:{N}|(?<=\[){N}/{N} {N}:{N}:{N}(?=\])"),
    (
        "CLOCK",
        (
            rf"(?:{N} days?,? )?{N}:{N}:{N}(?:\.{N})?|{N} days?,? {N}:{N}|{N}[dhm]:? ?{N}[hms](?: ?{N}s)?|"
            rf"(?<=[\[<]){N}:{N}|(?<=[ \t]){N}:{N}(?=\s*$)"
        ),
    ),
    ("REF", rf"[\w./\\-]+\.(?:py|cc|cpp|cu|cuh|c|h|hpp|go|rs|js|ts|sh|java|scala|lua|jl|ipynb):{N}(?::{N})?"),
    ("OUTOF", rf"(?<=[\x01%]) ?\( ?{N} ?/ ?{N} ?\)|(?<=%) *\( ?{N} ?/ ?{N}[^()\x01]{{0,12}}\)"),
    ("COUNTER", rf"\[ ?{N} ?(?:/|of) ?{N} ?(?:\( ?{N}%\))?\]|\( ?{N} ?/ ?{N} ?\)"),
    ("SPAN", rf"\[ *{N} ?- ?{N}(?:, ?{N}%)? *\]"),
    ("AVG", rf"(?<=[\x01%\w]) ?\( ?{N} ?%? ?\)|(?<=/\x01) ?= ?{N}%?"),
    ("LIST", rf"(?:torch\.)?(?:tensor|array|Array)\(\[{_ROW}\](?:, ?\w+=(?:'\w+(?::{N})?'|[\w.<>]+))*\)"),
    ("LIST", rf"[\[(]{_ROW}[\])]|\[array\({N}\)\]"),
    ("NEST", r"[\[(][\[(][^\[\]{}]*[\])](?:, ?[\[(][^\[\]]*[\])])*[\])]"),
    ("PM", rf" ?(?:±|\+/-|\+-) ?{N}"),
    ("ARROW", rf" ?(?:->|-->|→|=>) ?{N}"),
    ("OF", rf"(?<=[\x01KM]) ?(?:/|of) ?{N}|(?<=\x01) of {N}|(?<=[KM]) ?/ ?{N}"),
    ("TIMES", rf"(?<=[\x01%]) \* {N}"),
    ("RANGE", rf"(?<=\x01)-{N}"),
    ("NUM", rf"(?:np\.float\d+|np\.int\d+|(?:torch\.)?tensor|(?:Device)?Array|array)\( ?{N}(?:[^()\x01]|cuda:{N})*\)"),
    ("NUM", rf"'{N}'(?=[,}}\]]|$)|\"{N}\"(?=[,}}\]]|$)|{N}\.(?=[,}}\])])|{N}"),
    (
        "UNIT",
        (
            rf"(?<=\x01)(?:%|(?:ms|s)(?= [:|] )|[A-Za-z\u00b5]+(?:/[A-Za-z]+)?(?![\w:=]|[ ]?[:=]))|(?<=[\x01)]) (?:{_UNITS})|"
            rf"(?<=\x01) ?[\[(](?:{_UNITS}|[A-Za-z]+/[A-Za-z]+)[\])]"
        ),
    ),
    (
        "KEY",
        (
            rf"\|[A-Za-z_]\w*\| ?(?:=|:)|(?:{_QUOTED}) ?(?::|=(?!=))|(?:{_QUOTED}),(?= ?\x01)|"
            rf"{_PHRASE}{_NOTE}?[ \t]{{0,2}}(?::=|::?(?![/:])|=(?![=>]))(?:\t+ ?(?=\x01)| +(?=[\[(] ?\x01))?|{_PHRASE} ?\.\.\. ?|"
            rf"{_PHRASE} (?:->|→|=>)(?= ?\x01)"
        ),
    ),
    ("STRING", _QUOTED),
    ("WORDS", rf"{_PHRASE}{_NOTE}?(?= ?[\[]? ?\x01)|{_PHRASE}"),
    ("OPEN", r"[\[({<]"),
    ("CLOSE", r"[\])}>]"),
    ("SEP", r"[,;|│┃║]|\t|  |(?<=\s)-(?=\s)|^-(?=\s)|[./](?=\s|$)|/"),
    ("JUNK", r"[\s\S]"),
)
_MASTER = re.compile("|".join(f"(?P<t{i}>{p})" for i, (_, p) in enumerate(_TOKENS)))


class ShapeLexer(Lexer):
    """Lark's lexer for shapes: never fails, and tells a token's first slot as ``start_pos``."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        """Tokens of the text; single spaces between them are left out."""
        text = str(getattr(data, "text", data))
        slot = pos = 0
        while pos < len(text):
            match = _MASTER.match(text, pos)
            if match is None:  # not reached: JUNK takes any character
                break
            kind = _TOKENS[int((match.lastgroup or "t0")[1:])][0]
            value = match.group()
            if not (kind == "JUNK" and value == " "):
                yield Token(kind, value, start_pos=slot, column=pos)
            slot += value.count(N)
            pos = match.end()
