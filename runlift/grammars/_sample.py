"""What a grammar's sample gives, as the lines of its expected result: one JSON object a series, then the account."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.facts import Account, Issue, Param, Points, Restart, RunSeen, Text
from runlift.grammars._reading import Reading
from runlift.grammars._tally import Tally
from runlift.wire.line_text import calm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runlift.facts import Fact
    from runlift.grammars._claims import Claims


@dataclass(slots=True)
class SampleReading:
    """The facts of a sample and what became of its shapes."""

    facts: list[Fact] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def account(self) -> Account:
        """The ledger in lines."""
        return next(f for f in self.facts if isinstance(f, Account))

    @property
    def points(self) -> int:
        """Points in all."""
        return sum(len(f.value) for f in self.facts if isinstance(f, Points))


def read_sample(data: bytes, claims: Claims) -> SampleReading:
    """Read the bytes of a log with certain grammars, as one block."""
    got = SampleReading()
    reading = Reading(claims, got.tally)
    got.facts += reading.facts(calm(data))
    got.facts += reading.close()
    return got


def expected_lines(got: SampleReading) -> list[str]:
    """The reading as lines of JSON: series in order of appearance, settings, what is said of the run, the account."""
    rows: list[dict[str, Any]] = [*_series(got.facts), *_others(got.facts)]
    account = got.account
    rows.append({"rules": got.tally.rules()})
    rows.append(
        {"lines": account.total, "used": account.used, "ignored": account.ignored, "unrecognised": account.unrecognised}
    )
    return [json.dumps(r, ensure_ascii=False) for r in rows]


def _series(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for p in facts:
        if not isinstance(p, Points):
            continue
        row = found.setdefault((p.run, p.metric), {"metric": p.metric, **({"run": p.run} if p.run else {})})
        for key, column in (("line", p.position), ("step", _steps(p)), ("epoch", p.epoch), ("time", p.wall_time),
                            ("value", p.value)):  # fmt: skip
            if column is not None:
                row.setdefault(key, []).extend(_plain(v) for v in column.tolist())
    return list(found.values())


def _steps(p: Points) -> Any:
    if p.step is None or p.step_missing is None:
        return p.step
    steps = p.step.astype(np.object_)
    steps[p.step_missing] = None
    return steps


def _others(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for f in facts:
        if isinstance(f, Param):
            rows.append({"param": f.key, "value": _plain(f.value), "line": f.position})
        elif isinstance(f, RunSeen):
            said = {k: getattr(f, k) for k in ("run", "status", "framework", "name", "command", "host")}
            rows.append({"said": {k: v for k, v in said.items() if v}})
        elif isinstance(f, Restart):
            rows.append({"restart": f.position})
        elif isinstance(f, Text):
            rows.append({"text": f.tag, "line": f.position, "first": f.text.splitlines()[0] if f.text else ""})
        elif isinstance(f, Issue):
            rows.append({"issue": f.code, "count": f.count})
    return rows


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: nan and infinities as text, whole numbers without a fraction."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 and math.copysign(1, value) > 0 else value
    return value
