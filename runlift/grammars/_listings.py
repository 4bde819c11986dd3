"""Stretches of a log that are not data: printed source code, tracebacks, package lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from runlift.facts import B1

_CODE = re.compile(
    r"^\s*(?:import [\w.]+(?: as \w+)?(?:, ?\w+)*$|from [\w.]+ import |def \w+\(|class \w+[(:]|@\w|return\b|if .*:$|elif .*:$|else:|try:|"
    r"except\b.*:|finally:|with .*:$|for .* in .*:|while .*:|raise \w|assert |yield |async |self\.\w+|print\w*\(|lambda |pass$|"
    r"[\w.\[\]\"', ]+ ?[-+*/|&]?= ?[\w.]*(?:\(|\[|\{|self|torch|np\.|jnp|tf\.|nn\.|os\.|None|True|False)|"
    r"#(?! ?\x01)|\"\"\"|'''|[)\]}]+[,;]?$|"
    r"[\w.]+\([^:]*\)$|(?:static|const|void|int|float|#include|template|namespace|local function|end$))"
)
_STARTS = re.compile(r"^\s*(?:import [\w.]+|from [\w.]+ import |def \w+\(.*\).*:$|class \w+.*:$|#include [<\"])")
_TRACE = re.compile(r"^\s*Traceback \(most recent call last\)")
_TRACE_BODY = re.compile(
    r"^\s*(?:File \"|\^|~|During handling|The above exception|\[Previous line|raise |return |self\.)|^[ \t]|^$"
)
_RAISED = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Timeout)\b(?::|$)")
_PACKAGE = re.compile(
    r"^\s*(?:- )?[A-Za-z][\w.\-\[\]]*(?:==|>=|<=|~=|  +| )(?:\x02|\x01|\x03)[\w.+\-]*(?: +(?:pypi_?\w*|\S+_\d+|/\S+|<pip>))?$"
)
WINDOW = 12


def looks_like_code(text: str) -> bool:
    """Whether a line may be one of a program's source."""
    return _CODE.match(text) is not None


def starts_code(text: str) -> bool:
    """Whether a line can hardly be anything but a program's source."""
    return _STARTS.match(text) is not None


def is_package(text: str) -> bool:
    """Whether a line is one of a package list (``torch==2.1.0``)."""
    return _PACKAGE.match(text) is not None


def starts_trace(text: str) -> bool:
    """Whether a traceback begins."""
    return _TRACE.match(text) is not None


def ends_trace(text: str) -> bool:
    """Whether a line names the exception."""
    return _RAISED.match(text) is not None


def in_trace(text: str) -> bool:
    """Whether a line may stand inside a traceback."""
    return _TRACE_BODY.match(text) is not None


def dense(flags: B1, least: float, sure: B1) -> B1:
    """Frames in windows of which at least the part ``least`` is flagged, where something ``sure`` stands near."""
    n = len(flags)
    if not sure.any():
        return np.zeros(n, np.bool_)
    sums = np.concatenate([[0], np.cumsum(flags)])
    low, high = np.maximum(np.arange(n) - WINDOW, 0), np.minimum(np.arange(n) + WINDOW + 1, n)
    share = (sums[high] - sums[low]) / np.maximum(high - low, 1)
    thick = share >= least
    edges = np.flatnonzero(np.diff(np.concatenate([[False], thick, [False]]).astype(np.int8)))
    out = np.zeros(n, np.bool_)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        inside = np.flatnonzero(flags[start:stop])
        if sure[start:stop].any() and len(inside) >= 6:
            out[start + inside[0] : start + inside[-1] + 1] = True
    return out
