"""History rows of a W&B run as bytes. Fields: wandb/proto/wandb_internal.proto (HistoryRecord, HistoryItem).

Rows are written without the protobuf library: it makes an object for every value, which takes longer than all else.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from runlift.exporters._wandb_log import delimited, varint
from runlift.moving.rows import Rows, as_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

STEP = "runlift_step"
_ROWS = 20_000
_SPELT = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Row(NamedTuple):
    """A row that is no point: an image, a histogram, a table."""

    key: str
    value: dict[str, Any]
    step: int
    time: float


def number(value: float) -> str:
    """A double as W&B writes it: JSON, and the three that JSON lacks as Go and Python have them."""
    text = repr(value)
    return _SPELT.get(text, text)


class _Key:
    """A history item up to its value, for every length of value."""

    def __init__(self, name: str) -> None:
        self.key = delimited(b"\x12", name.encode("utf-8", "replace")) + b"\x82\x01"
        self._heads: dict[int, bytes] = {}

    def head(self, size: int) -> bytes:
        if size not in self._heads:
            body = self.key + varint(size)
            self._heads[size] = b"\x0a" + varint(len(body) + size) + body
        return self._heads[size]

    def items(self, texts: list[bytes]) -> list[bytes]:
        heads = {size: self.head(size) for size in set(map(len, texts))}
        return [heads[len(t)] + t for t in texts]


def steps_rise(run: Prepared, rows: Rows) -> bool:
    """Whether the rows' own steps can be W&B's: not negative, each beyond the last, and nothing logged beside them."""
    steps = rows.step[rows.starts[:-1]]
    plain = not any(run.content.items.get(k) for k in ("texts", "histograms", "media"))
    return plain and bool((steps >= 0).all() and (steps[1:] > steps[:-1]).all())


def history(run: Prepared, rows: Rows, names: list[str]) -> Iterator[tuple[list[bytes], int]]:
    """(records, points in them) of all points, some rows at a time."""
    own = steps_rise(run, rows)
    keys = [_Key(name) for name in names]
    done = 0
    for part in rows.parts(_ROWS):
        firsts = part.starts[:-1]
        step, time = part.step[firsts], part.time[firsts]
        count = np.arange(done, done + len(firsts))
        common = _common(step, time, step if own else count, run.content.start)
        yield _records(_items(part, keys), part.starts, common, (step if own else count).tolist()), len(part.code)
        done += len(firsts)


def _items(part: Rows, keys: list[_Key]) -> list[bytes]:
    """The item of each point, in order."""
    texts = _texts(part.value)
    if len(keys) == 1:
        return keys[0].items(texts)
    found: list[bytes] = [b""] * len(texts)
    for code in np.unique(part.code).tolist():
        at = np.flatnonzero(part.code == code).tolist()
        for i, item in zip(at, keys[code].items([texts[i] for i in at]), strict=True):
            found[i] = item
    return found


def _texts(values: Any) -> list[bytes]:
    texts = [repr(v) for v in values.tolist()]
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        texts = [_SPELT.get(t, t) for t in texts]
    return " ".join(texts).encode().split()


def _common(step: Any, time: Any, count: Any, start: float) -> list[bytes]:
    """What every row carries: W&B's step, time and runtime, and the step as logged where that is another."""
    columns = [
        _Key("_step").items(_texts(count)),
        _Key("_timestamp").items(_texts(time)),
        _Key("_runtime").items(_texts(time - start)),
    ]
    if count is not step:
        columns.append(_Key(STEP).items(_texts(step)))
    return [b"".join(row) for row in zip(*columns, strict=True)]


def _records(items: list[bytes], starts: Any, common: list[bytes], steps: list[int]) -> list[bytes]:
    """Whole records: field 2 of Record, its items, and its step (field 2, with the number as field 1)."""
    found = []
    join = b"".join
    for (a, b), shared, step in zip(itertools.pairwise(starts.tolist()), common, steps, strict=True):
        number_ = varint(step)
        body = join(items[a:b]) + shared + b"\x12" + varint(len(number_) + 1) + b"\x08" + number_
        found.append(b"\x12" + varint(len(body)) + body)
    return found


def other_history(rows: list[Row], first: int, start: float) -> list[bytes]:
    """Records of rows that are no points, numbered on from ``first``."""
    found = []
    for n, row in enumerate(rows, first):
        item = _Key(row.key).items([json.dumps(row.value, ensure_ascii=False, default=str).encode("utf-8", "replace")])
        one = np.array([row.step])
        common = _common(one, np.array([row.time]), np.array([n]), start)
        found += _records(item, np.array([0, 1]), common, [n])
    return found


def point_rows(run: Prepared) -> tuple[Rows, list[str]]:
    """All points of a run as rows, and the names of their series."""
    series = list(run.series())
    return as_rows(series), [run.names[s.metric] for s in series]
