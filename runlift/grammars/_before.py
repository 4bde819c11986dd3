"""What another program puts in front of every line: a service, a node, a launcher. Found once, in a text's first block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._words import EPOCHS, GAUGES, METRICS, OUTCOMES, PHASES, STEPS, words

if TYPE_CHECKING:
    from runlift.grammars._peel import Peeled
    from runlift.wire.line_shapes import Scan

N = "\x01"
FEWEST_LINES, FEWEST_SHAPES = 8, 3
SHARE = 0.9
_END = re.compile(r"[:|>»\]-] ?")
_LOOSE = re.compile(rf"{N}(?!\]|\)|: )")  # a number that no bracket closes may be of a date or of what the line says
_CONTENT = frozenset(METRICS | GAUGES | OUTCOMES | set(STEPS) | EPOCHS | set(PHASES))


def common_prefixes(peeled: list[Peeled], scan: Scan) -> list[tuple[str, bool]]:
    """The beginnings that nearly all lines of a block share behind their known prefix, the shortest first.

    Each ends at a separator, holds no word that logs use of training, and its numbers are the same on every line. Sure
    are those that three kinds of lines share at least; others may be what the lines say.
    """
    if len(scan.shape) < FEWEST_LINES:
        return []
    count = np.bincount(scan.shape, minlength=len(peeled))
    most = peeled[int(count.argmax())].rest
    found = []
    for head in (most[: m.end()] for m in _END.finditer(most[:120])):
        if (
            not any(c.isalpha() or c == N for c in head)
            or _LOOSE.search(head)
            or any(w in _CONTENT for w in words(head))
        ):
            continue
        mine = [i for i, p in enumerate(peeled) if p.rest.startswith(head)]
        if count[mine].sum() >= SHARE * len(scan.shape) and _constant(peeled, mine, head, scan):
            found.append((head, len(mine) >= FEWEST_SHAPES))
    return found


def _constant(peeled: list[Peeled], mine: list[int], head: str, scan: Scan) -> bool:
    for k in range(head.count(N)):
        values = [scan.value[scan.first[np.flatnonzero(scan.shape == i)] + peeled[i].slot + k] for i in mine[:200]]
        if len(np.unique(np.concatenate(values))) > 1:
            return False
    return True
