"""Numbers whose names stand elsewhere in their line: in front of a place, behind them, in parallel lists, in columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runlift.grammars._draft import CLOCK_CELL
from runlift.grammars._evidence import SECONDS
from runlift.grammars._items import N, Value, value_of
from runlift.grammars._names import clean
from runlift.grammars._words import EPOCHS, STEPS, Kind, kind, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

RATES = frozenset({"sps", "fps", "FPS", "SPS", "wps", "tps", "ips"})
_PIPES = "|│┃"
Slot = tuple[str, int]


def is_compound(before: list[tuple[str, str]]) -> bool:
    """Whether a number stands behind ``] =``: all before it, back to the last number, is its name."""
    return len(before) >= 2 and before[-1][1] in ("=", ":") and before[-2][1] in ("]", ")")


def second_column(earlier: list[Any], rest: str) -> str:
    """The name in the first of two columns: ``| name | 0.5 |``, or a metric's name, a tab and a number; else nothing."""
    row = [(str(i.data), str(i.children[0])) for i in earlier if str(i.children[0]) not in (" ", "  ")]
    if [k for k, _ in row[-2:]] != ["words", "mark"]:
        return ""
    name = clean(row[-2][1])
    if row[-1][1] == "\t":
        return name if rest.count(N) == 1 and kind(name) is Kind.METRIC else ""
    inner = rest.strip().rstrip(_PIPES + " ").lstrip(_PIPES + " ")
    return name if row[-1][1] in _PIPES and len(re.findall(f"[{_PIPES}]", inner)) == 1 else ""


def is_duration(value: Value) -> bool:
    """Whether a number is so many seconds: ``35s``, ``(0.7 sec)``."""
    return value.unit.lower() in SECONDS


def is_short(sentence: list[str], most: int) -> bool:
    """Whether words before a key may be part of its name: a whole sentence is none."""
    return sum(len(s.split(" ")) for s in sentence) <= most


def counted_behind(key: str, follows: Any) -> str:
    """The word for steps behind ``After 100``: ``updates the training loss is`` gives updates; else nothing."""
    if (
        plain(key).rpartition(" ")[2] != "after"
        or follows is None
        or str(follows.data) not in ("words", "loose", "pair")
    ):
        return ""
    word = plain(str(follows.children[0])).partition(" ")[0]
    return word if word in EPOCHS or STEPS.get(word, 0) >= 7 else ""


def last_words(text: str) -> str:
    """What stands between the last number or separator of a text and its end."""
    return re.split(r"[\x01-\x04\t,;|]|  ", text.rstrip(" :="))[-1]


_WINDOW = re.compile(
    rf"([^\W\d][^\x01]*)\((?:last|past|previous|recent|latest|over|window|avg|mean|n|ma)[ =-]?{N}[ \w]*\)"
)


def window_name(text: str) -> str:
    """The name before words at a text's end that say over how many its mean is: ``Avg Reward (last 10)``; else nothing."""
    match = _WINDOW.fullmatch(re.split(r"[\t,;|│]|  ", text.strip(" :="))[-1].strip())
    return match[1].strip() if match else ""


def numbered_name(text: str) -> tuple[str, int]:
    """A text as a name with its numbers as ``{0}``, ``{1}``, and how many there are."""
    text = re.sub(r"\s+", " ", text).strip(" :=")
    count = text.count(N)
    parts = (q.replace("{", "(").replace("}", ")") for q in text.split(N))
    return "".join(f"{p}{{{i}}}" if i < count else p for i, p in enumerate(parts)), count


def name_with_number(earlier: list[Any], slot: int, base: int) -> str:
    """The metric's name that ends in the number before this one: ``val accuracy 1: 0.9``; else nothing."""
    if [str(i.data) for i in earlier[-2:]] != ["loose", "mark"] or str(earlier[-1].children[0]) not in (":", "="):
        return ""
    number, name = value_of(earlier[-2].children[1], base), clean(str(earlier[-2].children[0]))
    plain_number = number.kind == "NUM" and not number.tails and number.slot == slot - 1
    last = plain(name).rpartition(" ")[2]
    placed = last in STEPS or last in EPOCHS  # Cost after iteration 100: 0.5
    return name if plain_number and not placed and kind(name) is Kind.METRIC and "{" not in name else ""


def counted_name(name: str) -> tuple[str, int]:
    """The name and number in ``loss[2]``; of a name without a number that is 0."""
    match = re.fullmatch(r"(.*)\[(\d+)\]", name)
    return (match[1], int(match[2])) if match else (name, 0)


def name_behind(items: list[Any]) -> str:
    """The name behind a number at the front: ``0.88 = Validation score``; else nothing."""
    kinds = [(str(i.data), str(i.children[0])) for i in items]
    told = [(k, t) for k, t in kinds if k != "mark" or t.strip()]
    if len(told) >= 3 and told[1] == ("mark", "=") and told[2][0] == "words" and not any(k == "pair" for k, _ in told):
        return clean(told[2][1])
    return ""


def names_of_list(earlier: list[Any], key: str, value: Value) -> list[Slot]:
    """Names in a row before a list of as many numbers: ``precision, recall, F1: (0.8, 0.7, 0.75)``."""
    count = value.text.count(N)
    if value.kind != "LIST" or not 2 <= count <= 8:
        return []
    names = [key]
    row = [(str(i.data), str(i.children[0])) for i in earlier]
    while len(names) < count and len(row) >= 2 and row[-1] == ("mark", ",") and row[-2][0] == "words":
        names.insert(0, clean(row[-2][1]))
        row = row[:-2]
    return [(n, value.slot + i) for i, n in enumerate(names)] if len(names) == count else []


def names_of_row(earlier: list[Any], key: str, value: Value, ahead: list[Any]) -> list[Slot]:
    """Names parted by commas before as many numbers: ``loss_a,loss_b 7.1 5.5``."""
    names = [key]
    row = [(str(i.data), str(i.children[0])) for i in earlier]
    while len(row) >= 2 and row[-1] == ("mark", ",") and row[-2][0] == "words":
        names.insert(0, clean(row[-2][1]))
        row = row[:-2]
    numbers = [i for i in ahead if str(i.data) != "mark"]
    rest = [i.children[0].children[0].type for i in numbers[: len(names) - 1] if str(i.data) == "bare"]
    alone = len(numbers) == len(names) - 1 == len(rest) and all(t == "NUM" for t in rest)
    if len(names) < 2 or row or not alone or value.kind != "NUM" or value.tails:
        return []
    return [(n, value.slot + i) for i, n in enumerate(names)]


def names_of_ratio(key: str, value: Value) -> list[Slot]:
    """Names parted like their numbers: ``valid loss/acc: 0.5/0.91``, ``mean/median reward 8.5/9.0``."""
    others = [slot for kind_, text, slot in value.tails if kind_ == "OF" and "/" in text]
    parted = [w for w in key.split(" ") if w.count("/") == len(others)]
    if value.kind != "NUM" or not others or len(parted) != 1:
        return []
    names = [key.replace(parted[0], own) for own in parted[0].split("/") if own]
    if len(names) != len(others) + 1 or not any(kind(n) is Kind.METRIC for n in names):
        return []
    return list(zip(names, [value.slot, *others], strict=True))


def cells_of(items: list[Any], base: int, rest: str) -> list[Slot]:
    """The cells of a row of a table: (word, -1), ("", slot) or ("[n]", slot of the first) of a list; nothing where it is no row."""
    cells: list[Slot] = []
    for item, follows in zip(items, [*items[1:], None], strict=True):
        kind_ = str(item.data)
        if kind_ == "mark":
            if str(item.children[0]) == "[" and follows is not None and str(follows.children[0]) == "]":
                cells.append(("[0]", base))  # an empty list
            continue
        indexed = len(cells) == 1 and cells[0][1] >= 0  # 0  Random Forest  0.91
        if kind_ == "words" and (not cells or indexed or "|" in rest):
            cells.append((clean(str(item.children[0])), -1))
            continue
        if kind_ not in ("bare", "loose"):
            return []
        value = value_of(item.children[-1], base)
        if value.kind in ("TQDM", "BAR"):
            break
        if value.kind in ("CLOCK", "DATE") and kind_ == "bare":
            cells.append(("", CLOCK_CELL))
            continue
        if value.kind == "LIST" and kind_ == "bare" and cells:
            cells.append((f"[{value.text.count(N)}]", value.slot))
            continue
        if value.kind != "NUM" or (kind_ == "loose" and cells and not indexed):
            return []
        cells += _cells_of_number(item, value)
    return cells


def _cells_of_number(item: Any, value: Value) -> Iterator[Slot]:
    if str(item.data) == "loose":
        yield clean(str(item.children[0])), -1
    yield "", value.slot
