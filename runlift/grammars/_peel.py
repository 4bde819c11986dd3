r"""What stands before a line's own words: time, level, logger, rank, host. Peeled once for each shape.

A shape's text holds ``N`` (``\x01``) where a number was; a slot is the index of such a number in its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

N = "\x01"
MASKED = "\x03"  # a word with many digits: I20261125
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_CLOCK = rf"{N}:{N}:{N}(?:[.,:]{N})?"
_ZONE = rf"(?:Z| ?UTC| ?GMT| ?[+-]{N}(?::{N})?)?"
_INSIDE = r"(?: [A-Za-z_][\w.]*(?=[\])]))?"  # a level or logger in the same brackets: [11/18 07:20:37 d2.utils.events]
_LOUD = "(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SUCCESS)"
_QUIET = "(?:debug|info|warning|error|Info|Warning|Error)"  # a level only with a mark and no number behind it
_LEVEL = f"(?:{_LOUD}|{_QUIET})"

# kind -> pattern. Order matters: the first that matches at a place is taken.
_PARTS: tuple[tuple[str, str], ...] = (
    ("host", r"[\w.-]+[_-]\d+ +\|(?= +\S)"),
    ("host", rf"\[[A-Za-z][\w.-]*\](?= {N}-{N}-{N} {N}:)"),
    ("ymd", rf"[\[(]? ?(?:\w{{3}} |[DIWEC] )?{N}-{N}-{N}(?:T|,? |_| - |:)(?:at )?{_CLOCK}{_ZONE}{_INSIDE} ?[\])]?"),
    ("slashed", rf"[\[(]? ?{N}/{N}/{N},? {_CLOCK}(?: [AP]M)?{_ZONE} ?[\])]?"),
    ("monthday", rf"{N}/{N} \[{_CLOCK}\]"),
    ("slashed", rf"{N}/{N}/{N} \[{_CLOCK}\]"),
    ("monthday", rf"[\[(]? ?{N}[/-]{N} {_CLOCK}{_INSIDE} ?[\])]?"),
    (
        "ctime",
        rf"[\[(]?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:{'|'.join(MONTHS)}) {N} {_CLOCK}(?: [A-Z]{{3,4}})?(?: {N})?[\])]?",
    ),
    ("glog", rf"[IWEF]\d{{4}} {_CLOCK} (?:{N} )?[\w./-]+:{N}\]"),
    ("dated_glog", rf"{MASKED} {_CLOCK} (?:{N} )?[\w./-]+:{N}\]"),
    ("clock", rf"[\[(]? ?{_CLOCK} ?[\])]?(?= *[\[|(-]| +[A-Za-z])"),
    ("level", rf"{_LOUD}:(?:root|tensorflow|absl|__main__|\w+(?:\.\w+)+):"),
    ("level", rf"{_LEVEL}:[A-Za-z_][\w.]*:(?! *{N})(?=.*\w)"),
    ("rank", rf"\[?(?:MPI )?(?:[Rr]ank|RANK|local_rank|GPU|gpu|proc|worker|Worker) ?[:=]? ?{N}(?:\]:?|:)"),
    ("said_rank", r"\[(?:rank|RANK|Rank)\d{1,5}\]:?|(?:rank|Rank)\d{1,5}:(?= )"),
    ("rank", rf"\[{N}(?:,{N})?\]<std(?:out|err)>:?"),
    ("worker", rf"\([\w.:]+ pid={N}(?:, ip=[^)]*)?\)"),
    (
        "level",
        (
            rf"\[{_LEVEL}[^\]]{{0,60}}\]|\({_LEVEL}\)|{_LOUD}(?= *[|:>-]| )|{_QUIET}(?= ?[|:>-] (?!{N}))|"
            r"\[[IWEDF]\](?= )|[IWEF](?= [\w/]+\.\w+:)"
        ),
    ),
    (
        "source",
        rf"\[[\w./]+(?:\.\w+|:{N})(?::[\w<>.]+|:{N})*\]|[\w./<>-]+\.(?:py|cc|cpp|cu|go|rs|h|hpp|c):{N}(?::\w+)?\]?:?(?= |$)",
    ),
    ("source", rf"[\w-]+\.py(?: [\w<>]+)? ?\[line: ?{N}\]"),
    ("source", rf"\(\w+:{N}\)(?= [A-Z]+:)|[\w.]+:[\w<>]+:{N}(?= - )"),
    ("logger", r"[A-Za-z_][\w.]*:(?=[A-Za-z_<])(?![\w.]*:\x01)[\w.<>]*:(?:\x01 - )?|[A-Za-z_]\w*(?:\.\w+)+:(?! ?\x01)"),
    ("logger", r"[A-Za-z_.][\w./\\:-]*(?= - (?:[A-Z]{4,8}|INFO) - )"),
    (
        "logger",
        r"[A-Za-z_]\w*(?:\.\w+)+(?= (?:INFO|WARNING|ERROR|DEBUG)[: ])|[A-Za-z_][\w.]*(?:\.\w+)+(?= - | *\|)|__\w+__(?= - )",
    ),
    ("stream", r"(?:stdout|stderr) [FP](?= )"),
    ("logger", rf"[a-z_]\w*(?= {_LEVEL}: )"),
    ("process", rf"\[(?:{N}|process={N}|thread=\w+)\](?=\[|:? [A-Za-z\[(])|\(?pid[ =:]+{N}\)?|\[main\]"),
)
_GATED = {"logger", "source", "process"}
_PART = re.compile("|".join(f"(?P<p{i}>{p})" for i, (_, p) in enumerate(_PARTS)))
_GAP = re.compile(r"[ \t]*(?:(?:-|\||>>|:|::|»|\u203a)(?=\s)[ \t]*|:(?=\s)[ \t]*)?")
_BLANKS = re.compile(r"[ \t]*")
_NUMBER = re.compile(N)


@dataclass(slots=True)
class Peeled:
    """A shape without its prefix: ``rest`` begins at character ``at``, its first slot is ``slot``.

    ``time``: kind of time stamp and its slots; ``stamp``: its text; ``rank``: slot of the rank,
    ``said_rank``: the rank where it belongs to a word (``[rank3]``, -1: none); ``worker``: slot of
    the pid of a worker; ``process``: slot of a number in brackets, a process or what it counts; ``level`` in capitals.
    """

    text: str
    at: int = 0
    slot: int = 0
    time: tuple[str, tuple[int, ...]] | None = None
    stamp: str = ""
    rank: int | None = None
    worker: int | None = None
    said_rank: int = -1
    process: int | None = None
    level: str = ""
    parts: list[str] = field(default_factory=list)

    @property
    def rest(self) -> str:
        """The line's own words."""
        return self.text[self.at :]


def peel(text: str, *, numbered: bool = False, common: str = "") -> Peeled:
    """Take the known parts from the front of a shape's text.

    ``numbered``: ``3: `` at the front is a rank. ``common``: what another program puts behind them, on every line.
    """
    got = Peeled(text)
    pos = len(text) - len(text.lstrip(" \t"))
    pos = _parts(got, pos)
    if common and text.startswith(common, got.at or pos):
        got.at = (got.at or pos) + len(common)
        got.parts.append("common")
        pos = _parts(got, got.at)
    if numbered and got.rank is None and text.startswith(f"{N}:", got.at or pos):
        start = got.at or pos
        got.rank, got.at = text.count(N, 0, start), _blank_end(text, start + 2)
        got.parts.append("rank")
        _parts(got, got.at)
    got.slot = text.count(N, 0, got.at)
    return got


def _parts(got: Peeled, pos: int) -> int:
    """Take the parts from ``pos`` on; gives where they end."""
    text = got.text
    boxed = text.rstrip().endswith("|")  # the first of the last three bars is a box's own
    for _ in range(9):
        match = _PART.match(text, pos)
        if match is None or match.end() == pos:
            break
        kind = _PARTS[int((match.lastgroup or "p0")[1:])][0]
        if kind in _GATED and not got.parts:
            break
        if not _note(got, kind, match):
            break
        pos = match.end()
        gap = _GAP.match(text, pos)
        pos = (
            gap.end()
            if gap and not (boxed and "|" in gap.group() and text.count("|", pos) == 3)
            else _blank_end(text, pos)
        )
        got.at = pos
    return pos


def _blank_end(text: str, pos: int) -> int:
    match = _BLANKS.match(text, pos)
    return match.end() if match else pos


def _note(got: Peeled, kind: str, match: re.Match[str]) -> bool:
    """Write down one part; False when there is one of its kind already and this is no prefix."""
    before = got.text.count(N, 0, match.start())
    slots = tuple(range(before, before + len(_NUMBER.findall(match.group()))))
    if kind in ("ymd", "slashed", "monthday", "ctime", "glog", "dated_glog", "clock"):
        if got.time and kind == "clock":
            return False
        got.time, got.stamp = (kind, slots), match.group()
    elif kind == "said_rank":
        got.said_rank = int(re.sub(r"\D", "", match.group()))
    elif kind == "rank" and slots:
        got.rank = slots[0]
    elif kind == "worker":
        got.worker = slots[0]
    elif kind == "process" and match.group() == f"[{N}]":
        got.process = slots[0]
    elif kind == "level":
        got.level = match.group().strip("[]() ").upper()
    got.parts.append(kind)
    return True
