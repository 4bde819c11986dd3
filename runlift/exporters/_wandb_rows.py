"""History rows of a W&B run as bytes. Fields: wandb/proto/wandb_internal.proto (HistoryRecord, HistoryItem).

Rows are written as whole columns, without the protobuf library: it makes an object for every value, which takes longer
than all else. What differs between rows is joined by Arrow; the items of a row lie side by side, so a row is a slice.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runlift.exporters._wandb_log import delimited, varint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.rows import Rows

STEP = "runlift_step"
_ROWS = 20_000
_SPELT = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Row(NamedTuple):
    """A row that is no point: an image, a histogram, a table."""

    key: str
    value: dict[str, Any]
    step: int
    time: float


class Numbering(NamedTuple):
    """How rows are numbered: by their own steps, or counted from ``first``; ``start``: Unix seconds of the run's start."""

    start: float
    by_step: bool
    first: int


def number(value: float) -> str:
    """A double as W&B writes it: JSON, and the three that JSON lacks as Go and Python have them."""
    text = repr(value)
    return _SPELT.get(text, text)


def steps_rise(run: Prepared, rows: Rows) -> bool:
    """Whether the rows' own steps can be W&B's: not negative, each beyond the last, and nothing logged beside them."""
    steps = rows.step[rows.starts[:-1]]
    plain = not any(run.content.items.get(k) for k in ("texts", "histograms", "media", "curves"))
    return plain and bool((steps >= 0).all() and (steps[1:] > steps[:-1]).all())


def history(rows: Rows, names: list[str], numbering: Numbering) -> Iterator[tuple[list[bytes], int]]:
    """(records, points in them) of all points, some rows at a time."""
    done = numbering.first
    for part in rows.parts(_ROWS):
        firsts = part.starts[:-1]
        step, time = part.step[firsts], part.time[firsts]
        count = step if numbering.by_step else np.arange(done, done + len(firsts))
        items = _sliced(_items(names, part.code, _texts(part.value)), part.starts)
        yield _records(items, _common(step, time, count, numbering.start), count), len(part.code)
        done += len(firsts)


def other_history(rows: list[Row], first: int, start: float) -> list[bytes]:
    """Records of rows that are no points, numbered on from ``first``."""
    if not rows:
        return []
    texts = [json.dumps(r.value, ensure_ascii=False, default=str).encode("utf-8", "replace") for r in rows]
    names = sorted({r.key for r in rows})
    items = _items(names, np.array([names.index(r.key) for r in rows]), pa.array(texts, pa.binary()))
    count = np.arange(first, first + len(rows))
    step, time = np.array([r.step for r in rows]), np.array([r.time for r in rows])
    return _records(items, _common(step, time, count, start), count)


def _texts(numbers: Any) -> Any:
    """Numbers as JSON: the shortest that gives the same double."""
    texts = pa.array(numbers).cast(pa.string())
    if numbers.dtype.kind == "f" and not (np.isfinite(numbers) & (numbers != 0)).all():
        for plain, spelt in {**_SPELT, "-0": "-0.0"}.items():  # -0 would be read as an integer, which has no sign
            texts = pc.if_else(pc.equal(texts, plain), spelt, texts)
    return texts.cast(pa.binary())


def _items(names: list[str], code: Any, texts: Any) -> Any:
    """History items: the name by its index and the value; an item begins with its length, a value too."""
    keys = [delimited(b"\x12", n.encode("utf-8", "replace")) + b"\x82\x01" for n in names]
    sizes, which = np.unique(pc.binary_length(texts).to_numpy(), return_inverse=True)
    bodies = [[key + varint(size) for size in sizes.tolist()] for key in keys]
    heads = [
        b"\x0a" + varint(len(body) + size) + body
        for row in bodies
        for body, size in zip(row, sizes.tolist(), strict=True)
    ]
    chosen = pa.array(heads, pa.binary()).take(pa.array(code * len(sizes) + which))
    return pc.binary_join_element_wise(chosen, texts, b"")


def _sliced(items: Any, starts: Any) -> Any:
    """Neighbouring items as one: those of each row, without a copy."""
    _, offsets, data = items.buffers()
    edges = np.frombuffer(offsets, np.int32)[items.offset :][starts]
    return pa.Array.from_buffers(pa.binary(), len(starts) - 1, [None, pa.py_buffer(edges.copy()), data])


def _common(step: Any, time: Any, count: Any, start: float) -> list[Any]:
    """What every row carries: W&B's step, time and runtime, and the step as logged where that is another."""
    columns = {"_step": count, "_timestamp": time, "_runtime": time - start}
    if count is not step:
        columns[STEP] = step
    none = np.zeros(len(step), np.int64)
    return [_items([name], none, _texts(numbers)) for name, numbers in columns.items()]


def _records(items: Any, common: list[Any], steps: Any) -> list[bytes]:
    """Whole records: field 2 of Record, its items, and its step (field 2, with the number as field 1)."""
    number_ = pc.binary_join_element_wise(b"\x08", _varints(steps), b"")
    step = pc.binary_join_element_wise(b"\x12", _varints(pc.binary_length(number_).to_numpy()), number_, b"")
    body = pc.binary_join_element_wise(items, *common, step, b"")
    whole = pc.binary_join_element_wise(b"\x12", _varints(pc.binary_length(body).to_numpy()), body, b"")
    _, offsets, data = whole.buffers()
    edges, held = np.frombuffer(offsets, np.int32)[: len(whole) + 1].tolist(), data.to_pybytes()
    return [held[a:b] for a, b in itertools.pairwise(edges)]


def _varints(numbers: Any) -> Any:
    """Numbers, none of them negative, as protobuf writes them."""
    left = numbers.astype(np.uint64)
    sizes = 1 + sum((left >= np.uint64(1 << (7 * k))).astype(np.int32) for k in range(1, 9))
    places = np.arange(9)
    groups = (left[:, None] >> (7 * places).astype(np.uint64)).astype(np.uint8) & 0x7F
    groups |= np.where(places < sizes[:, None] - 1, 0x80, 0).astype(np.uint8)
    data = groups[places < sizes[:, None]]
    edges = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(left), [None, pa.py_buffer(edges), pa.py_buffer(data)])
