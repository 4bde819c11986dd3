"""Settings as targets with typed values keep them, and names of projects as targets take them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from runlift.moving.prepare import Prepared

_INT64 = 1 << 63
DEFAULT_PROJECT = "runlift"


def typed(row: dict[str, Any], text: str) -> bool | int | float | str:
    """A setting as the JSON type that holds it exactly, spelling included; else its text."""
    kind, value, number = row["kind"], row["value"], row["number"]
    if kind == "bool":
        return bool(value == "true")
    if kind == "int" and -_INT64 <= int(value) < _INT64:
        return int(value)
    if kind == "float" and number is not None and math.isfinite(number) and repr(number) == value:
        return float(number)
    return text


def spelt(value: Any) -> str:
    """A typed setting as the store spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def project_of(run: Prepared, rule: NameRule | None = None) -> str:
    """The name of the run's project, as the target takes it."""
    name = str(run.row["project"] or DEFAULT_PROJECT)
    return name if rule is None else fit([name], rule)[name]
