"""What a push would send and what it would lose, before anything moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.moving.prepare import loss_table

if TYPE_CHECKING:
    from runlift.moving.prepare import Prepared
    from runlift.moving.target import MovingTarget


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent and lost.

    ``counts``: runs, points, params, files, bytes; ``losses``: (code, what, becomes, kept, count, an example);
    ``items``: how many of each kind the target has a place for.
    """

    counts: dict[str, int]
    losses: list[tuple[str, str, str, str, int, str]]
    seconds: float | None
    items: dict[str, int]

    def lines(self) -> list[str]:
        """In words, a line for each loss."""
        what = ", ".join(f"{n:,} {name}" for name, n in self.counts.items())
        found = [f"plan: {what}"]
        if self.items:
            found.append("items: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(self.items.items())))
        found += [
            f"loss {c}: {n:,} x {what} -> {becomes} ({kept}){ex}" for c, what, becomes, kept, n, ex in self.losses
        ]
        if self.seconds is not None:
            found.append(f"time: about {self.seconds:,.1f} s")
        return found if self.losses else [*found, "nothing is lost"]


def make_plan(target: MovingTarget, runs: list[Prepared], seconds: float | None) -> Plan:
    """Add up the runs. ``seconds``: what a trial says that it will take."""
    met: Counter[str] = Counter()
    for run in runs:
        met.update(run.losses)
    counts = {
        "runs": len(runs),
        "points": sum(r.content.points for r in runs),
        "params": sum(len(r.params) for r in runs),
        "files": sum(len(r.files) for r in runs),
        "bytes": sum(r.bytes for r in runs),
    }
    table = {loss.code: loss for loss in loss_table(target)}
    losses = [
        (code, table[code].what, table[code].becomes, table[code].kept, met[code], _example(code, runs))
        for code in table
        if met[code]
    ]
    items = Counter(name.split("/", 1)[0] for run in runs for name in run.items)
    return Plan(counts, losses, seconds, dict(items))


def _example(code: str, runs: list[Prepared]) -> str:
    """For names: one that changes, and what it becomes."""
    if code != "name":
        return ""
    for run in runs:
        pairs = [*run.names.items(), *((row["key"], name) for name, row in run.param_rows.items())]
        for old, new in pairs:
            if old != new:
                return f", such as {old[:60]!r} -> {new[:60]!r}"
    return ""
