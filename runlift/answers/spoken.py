"""A query as a person reads it: its values stand where its marks were. For reading only; a store is asked with marks."""

from __future__ import annotations

import math
import re
from typing import Any

_MARK = re.compile(r"\$(\d+)")


def spoken(query: str, values: list[Any]) -> str:
    """The query with ``$1``, ``$2``, ... written out as SQL literals, texts quoted."""
    return _MARK.sub(lambda m: _literal(values[int(m[1]) - 1]), query)


def _literal(value: Any) -> str:
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"'{value}'::DOUBLE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
