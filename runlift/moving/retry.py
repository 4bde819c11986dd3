"""Calls to a server that may fail for a while: again with growing pauses; a refusal of access stops at once."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from runlift.errors import AccessError, PushStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
REFUSED = frozenset({401, 403})
TRIES = 8
_FIRST, _LONGEST = 0.1, 20.0
_jitter = random.Random()  # noqa: S311 - spreads retries, keeps no secret


def again(call: Callable[[], T], status_of: Callable[[BaseException], int | None], dest: str) -> T:
    """What ``call`` gives, tried up to eight times while it fails in a way that passes.

    Args:
        call: Safe to repeat.
        status_of: The HTTP status that an exception stands for, 0 for a connection that broke, None for any other
            exception, which is not caught.
        dest: For the message.

    Raises:
        AccessError: On 401 and 403.
        PushStoppedError: When the last try failed, and on every other status.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return call()
        except BaseException as error:
            status = status_of(error)
            if status is None:
                raise
            if status in REFUSED:
                raise AccessError(dest, status) from error
            if (status and status not in PASSING) or attempt == TRIES:
                raise PushStoppedError(dest, f"status {status}: {error}" if status else str(error)) from error
            # Half of the pause is random, so that pushers that were refused together do not come back together.
            time.sleep(min(_FIRST * 2**attempt, _LONGEST) * (0.5 + _jitter.random() / 2))
    raise AssertionError  # the loop returns or raises
