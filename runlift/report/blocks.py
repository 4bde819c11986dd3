"""Series as bytes for the front end: one layout for the report (shuffled, gzip, base64) and the app (as it is).

A block is: uint32 little endian length of the header; the header, JSON in UTF-8, padded with spaces so that what follows
begins at a multiple of 8; float64 positions, then float64 wall times, of all lines; float32 columns of all lines. The
header lists the lines: ``k`` points each, of ``shape`` raw (columns x, epoch, value), band (x, epoch, low, high, mean,
last) or mean (x, epoch, mean, last). x is given less ``x0``, which float32 would not hold.
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runlift.answers.curves import Line


def pack(metric: str, lines: list[Line], *, band: bool = True, shuffle: bool = False) -> bytes:
    """The block of a metric's lines."""
    headers = [_header(line, band) for line in lines]
    columns = [c for line, head in zip(lines, headers, strict=True) for c in _columns(line, head)]
    with np.errstate(over="ignore"):
        values = np.concatenate(columns).astype("<f4") if columns else np.empty(0, "<f4")
    positions = [line.position.astype(np.float64) for line in lines]
    exact = np.concatenate([*positions, *(line.wall for line in lines)]) if lines else np.empty(0)
    body = _shuffled(values) if shuffle else values.tobytes()
    head = json.dumps({"metric": metric, "lines": headers, "shuffle": shuffle}, separators=(",", ":")).encode()
    return _joined(head, exact.astype("<f8").tobytes() + body)


def _joined(head: bytes, body: bytes) -> bytes:
    head += b" " * (-(len(head) + 4) % 8)
    return struct.pack("<I", len(head)) + head + body


def rewritten(block: bytes, change: Any) -> bytes:
    """A block whose header was changed by a function of plain data; the numbers are as they were."""
    (size,) = struct.unpack_from("<I", block)
    head = json.dumps(change(json.loads(block[4 : 4 + size])), separators=(",", ":")).encode()
    return _joined(head, block[4 + size :])


def _header(line: Line, band: bool) -> dict[str, Any]:
    raw = np.array_equal(line.low, line.high, equal_nan=True) and np.array_equal(line.mean, line.last, equal_nan=True)
    return {
        "run": line.run_id, "source": line.source, "kind": line.kind, "k": len(line.x), "points": line.points,
        "odd": line.odd, "x0": float(line.x[0]) if len(line.x) else 0.0, "shape": "raw" if raw else "band" if band else "mean",
    }  # fmt: skip


def _columns(line: Line, head: dict[str, Any]) -> list[NDArray[np.float64]]:
    values = {"raw": (line.last,), "band": (line.low, line.high, line.mean, line.last), "mean": (line.mean, line.last)}
    return [line.x - head["x0"], line.epoch, *values[head["shape"]]]


def _shuffled(values: NDArray[np.float32]) -> bytes:
    """All first bytes, all second bytes, ...: what gzip packs best."""
    return values.view(np.uint8).reshape(-1, 4).T.tobytes() if len(values) else b""


def as_text(block: bytes) -> str:
    """A block for a page: gzip and base64, the same for the same block."""
    return base64.b64encode(gzip.compress(block, 9, mtime=0)).decode("ascii")
