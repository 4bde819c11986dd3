"""Where a line stands, when its counters have no names: ``[3/10]``, ``[1, 2000]``, ``100:``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runlift.grammars._draft import Draft
    from runlift.grammars._items import Value

N = "\x01"
ONGOING = "..."  # what stands behind a number whose work goes on: 12.351... loss: 0.5


def bare_counters(draft: Draft, base: int, rest: str, numbers: list[Value]) -> None:
    """Numbers without a name at the front: ``[3/10]``, ``[100]``, ``[1, 2000]``, ``[1][1700/3416]``."""
    dashed = re.match(rf"\s*{N}-{N} +[^\s\x01]", rest)
    if dashed and draft.pairs and draft.step is None and draft.epoch is None:
        draft.epoch, draft.step, draft.step_rank = base, base + 1, 1  # 3-120 [loss: 0.5]
    counters = [v for v in numbers if v.total is not None]
    lists = [v for v in numbers if v.kind == "LIST"]
    draft.inner = bool(counters)
    if counters and draft.step_rank < 1:
        draft.step, draft.step_rank, draft.step_total = counters[0].slot, 1, counters[0].total
        if lists and lists[0].slot < counters[0].slot and draft.epoch is None and lists[0].text.count(N) == 1:
            draft.epoch = lists[0].slot
        if len(counters) > 1 and draft.epoch is None:
            draft.epoch, draft.epoch_total = counters[0].slot, counters[0].total
            draft.step, draft.step_total = counters[1].slot, counters[1].total
    elif lists and lists[0].slot == base and draft.step is None and rest.lstrip().startswith("["):
        count = lists[0].text.count(N)
        if count == 2 and draft.epoch is None and draft.pairs:  # a row of a matrix says no place
            draft.epoch, draft.step, draft.step_rank = lists[0].slot, lists[0].slot + 1, 1
        elif count == 1:
            draft.step, draft.step_rank = lists[0].slot, 1
    elif numbers and draft.step is None and rest.startswith(N + ONGOING):
        draft.step, draft.step_rank, draft.step_name = numbers[0].slot, 0, ONGOING
    elif numbers and draft.step is None and re.match(rf"\s*(?:<{N}>|{N}[:\t |)])", rest):
        draft.step, draft.step_rank = numbers[0].slot, 0
