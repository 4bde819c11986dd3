"""Tables in text: a line of names over lines of numbers. Columns become pairs of a derived Draft."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._draft import CLOCK_CELL, Draft, Pair
from runlift.grammars._evidence import PARTS_OF_LOSS
from runlift.grammars._words import EPOCHS, STEPS, Kind, is_rate_of_learning, kind, leading_phase, phase_of, plain

if TYPE_CHECKING:
    from runlift.facts import I8

_BAR = re.compile(r"[):]* *\x01% ?[|\x04].*$|:? *\x04.*$")
_GROUPED = re.compile(
    r"\b\w+\((?=\w+[\s,])(?![^()]*\))"
)  # Box(P  R  mAP50  mAP50-95): the names inside are the columns
_WIDE = re.compile(r"\t|  +|\||│|┃|, ?")
_HEADER = re.compile(r"^[\s#|│┃]*[A-Za-z_(]")
MOST_BETWEEN = 3
LABEL, INDEX = "\x00label", "\x00index"  # in place of a name: a number that names the row, one that counts rows
_PER_CLASS = frozenset({"precision", "recall", "f1 score", "f1", "support", "iou", "dice", "ap"})
_PROSE = re.compile(r"[.!?…]$|://|\.\.\.$|\x01|\x03|[{}=\"]")


def header_cells(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a header line parted by wide gaps, and by any space; empty where it can be no header."""
    text = _GROUPED.sub("", _BAR.sub("", text.lstrip("\x04 "))).rstrip("\\ ").strip()  # pandas ends with a backslash
    if not _HEADER.match(text) or _PROSE.search(text) or len(text) > 2000:
        return (), ()
    wide = tuple(c.strip() for c in _WIDE.split(text.lstrip("#").strip()) if c.strip())
    narrow = tuple(c for c in re.split(r"[\s|│┃]+", text.lstrip("#").strip()) if c)
    if not all(_is_name(c) for c in wide):
        wide = ()
    return wide, narrow if all(_is_name(c) for c in narrow) else ()


def _is_name(cell: str) -> bool:
    return len(cell) <= 48 and any(c.isalpha() for c in cell) and not cell.endswith(":")


def heads_any(head: Draft) -> bool:
    """Whether a header line may head rows of some width."""
    return any(usable_headers(head, len(names)) for names in header_cells(_own(head)))


def usable_headers(head: Draft, want: int) -> bool:
    """Whether a header line has a name for each of ``want`` columns, and one of them that training logs use."""
    names = _fitting(_own(head), want) or _fitting(_own(head), want - 1)
    if names is None or want < 2:
        return False
    known = sum(
        plain(n) in STEPS or plain(n) in EPOCHS or kind(n) is Kind.METRIC or is_rate_of_learning(n) or bool(phase_of(n))
        for n in names
    )
    return known >= (2 if want < 4 else 1)


def named_row(row: Draft, head: Draft, above: Draft | None, below: Draft | None = None) -> Draft | None:
    """A row's Draft with the names of its header; ``above`` is a line over the header with as many names.

    ``below``: the line right below it, which goes on with the names where it has as many cells, some of them empty.
    """
    names = _fitting(_own(head), len(row.cells))
    if names is None and row.cells[0][1] < 0:
        short = _fitting(_own(head), len(row.cells) - 1)
        names = ("", *short) if short else None
    if names is None and row.cells[0][1] >= 0:
        short = _fitting(_own(head), len(row.cells) - 1)
        names = (LABEL if _of_classes(short) else INDEX, *short) if short else None
    if names is None:
        return None
    upper = _fitting(_own(above), len(row.cells)) if above else None
    if upper:
        names = tuple(f"{u} {n}" for u, n in zip(upper, names, strict=True))
    lower = _piped(_own(below)) if below else ()
    if len(lower) == len(names):
        names = tuple(f"{n} {low}".strip() for n, low in zip(names, lower, strict=True))
    return _draft_of(row, names)


def _piped(text: str) -> tuple[str, ...]:
    """The cells between the bars of a line, empty ones too."""
    bars = text.strip()
    return tuple(c.strip() for c in bars[1:-1].split("|")) if bars[:1] == "|" == bars[-1:] else ()


def _of_classes(names: tuple[str, ...]) -> bool:
    """Whether a table's rows are of classes that numbers may name, as in a classification report."""
    return not _PER_CLASS.isdisjoint(plain(n) for n in names)


def _own(head: Draft) -> str:
    text = head.text[head.at :]
    if not head.columns:
        return text
    return "  ".join(head.columns.get(c.strip(), c) for c in _WIDE.split(text.strip()))


def _fitting(text: str, want: int) -> tuple[str, ...] | None:
    wide, narrow = header_cells(text)
    return wide if len(wide) == want else narrow if len(narrow) == want else None


def _draft_of(row: Draft, names: tuple[str, ...]) -> Draft:
    draft = replace(row, pairs=[], step=None, step_rank=-1, epoch=None, row=False, rule="table")
    own = ""
    keys: tuple[int, ...] = ()
    for name, (word, slot) in zip(names, row.cells, strict=True):
        if slot == CLOCK_CELL:
            continue
        if name == LABEL:
            own, keys = "{0}", (slot,)
            continue
        if name == INDEX:
            draft.step, draft.step_rank = slot, 0
            continue
        if word[:1] == "[" and slot >= 0:
            draft.pairs += [Pair(f"{name}[{i}]", slot + i, series=name, index=i) for i in range(int(word[1:-1]))]
            continue
        if slot < 0:
            own = "" if word.lower() in ("all", "total", "overall", "mean", "average") else word
            keys = ()
            continue
        if own and phase_of(name):
            draft.pairs.append(Pair(own, slot, phase_of(name)))
            continue
        phase, rest = leading_phase(name)
        short = plain(rest if phase else name)
        if short in EPOCHS and draft.epoch is None:
            draft.epoch = slot
        elif short in STEPS and STEPS[short] > max(draft.step_rank, 1):
            draft.step, draft.step_rank = slot, STEPS[short]
        elif short not in STEPS and (kind(name) not in (Kind.COUNTER, Kind.CLOCK) or short in PARTS_OF_LOSS):
            draft.pairs.append(Pair(f"{name}/{own}" if own else name, slot, keys=keys))
    if draft.epoch is not None and draft.step_rank == 0:
        draft.step, draft.step_rank = None, -1
    return draft


def rows_under(headers: I8, rows: I8, broken: I8) -> I8:
    """For each row the index into ``headers`` of the one it stands under, -1 for none.

    Args:
        headers: Frames of header lines with the right number of names, rising.
        rows: Frames of rows, rising.
        broken: Running count of frames that belong to no table, for every frame of the block; a few may stand between.
    """
    at = np.searchsorted(headers, rows) - 1
    both = np.sort(np.concatenate([headers, rows]))
    parted = np.cumsum(np.diff(broken[both], prepend=broken[both[:1]]) > MOST_BETWEEN)
    link = np.zeros(int(both[-1]) + 1 if len(both) else 0, np.int64)
    link[both] = parted
    near = (at >= 0) & (link[rows] == link[headers[np.maximum(at, 0)]])
    began = np.zeros(len(headers), np.bool_)
    began[at[near]] = True
    return np.where((at >= 0) & began[np.maximum(at, 0)], at, -1)
