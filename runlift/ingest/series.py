"""The points of one run, metric by metric: attempts, what is in force, the metric's summary row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.batch import PointRows
from runlift.facts import Issue, Severity
from runlift.ingest.steps import Attempts, Series, find_attempts, training_key
from runlift.ingest.words import goal_of, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from runlift.facts import Points
    from runlift.ingest.normalise import Reading, RunDraft
    from runlift.ingest.spool import Spool


@dataclass(slots=True)
class Counts:
    """What the report says of a run's points."""

    points: int = 0
    superseded: int = 0
    restarts: int = 0
    mirrored: int = 0
    saws: int = 0


def run_series(draft: RunDraft, spool: Spool, counts: Counts) -> Iterator[PointRows | dict[str, Any]]:
    """Rows of ``points`` in sort order, each metric followed by its row of ``metrics``."""
    order = sorted(range(len(draft.readings)), key=lambda i: _reading_order(draft.readings[i]))
    place = [order.index(i) for i in range(len(order))]
    spool.arrange(draft.run_id, place)
    for metric in spool.metrics(draft.run_id):
        yield from _metric(draft, spool, metric, counts)


def _reading_order(reading: Reading) -> tuple[int, str, str]:
    return (-reading.rank, reading.name.rsplit("/", 1)[-1], reading.name)


def _metric(draft: RunDraft, spool: Spool, metric: str, counts: Counts) -> Iterator[PointRows | dict[str, Any]]:
    primary = _primary(draft, spool, metric)
    found = _attempts(draft, spool, metric, primary)
    counts.restarts = max(counts.restarts, found.restarts)
    counts.saws += found.saw
    summary = _Summary(draft, metric)
    at = 0
    for source, p in spool.read(draft.run_id, metric):
        n = len(p.value)
        attempt: NDArray[np.int32] | None = None
        superseded: NDArray[np.bool_] | None = None
        if source not in primary:
            superseded = np.ones(n, bool)
            counts.mirrored += n
        elif found is not NOT_AGAIN:
            attempt, superseded = found.attempt[at : at + n], found.superseded[at : at + n]
            at += n
        counts.points += n
        counts.superseded += 0 if superseded is None else int(superseded.sum())
        summary.see(p, superseded)
        yield PointRows(
            draft.run_id, plain_text(metric), draft.readings[source].name,
            p.step, p.step_missing, p.epoch, p.wall_time, p.value, p.position, attempt, superseded,
        )  # fmt: skip
    yield summary.row()


def _primary(draft: RunDraft, spool: Spool, metric: str) -> set[int]:
    """The sources whose points of this metric are in force: those of the highest rank that are no copies."""
    present = {block.source for block in spool.blocks[draft.run_id][metric]}
    own = {i for i in present if not draft.readings[i].copy}
    if not own:
        return set()
    top = max(draft.readings[i].rank for i in own)
    return {i for i in own if draft.readings[i].rank == top}


NOT_AGAIN = Attempts(np.zeros(0, np.int32), np.zeros(0, bool), 0)
"""The attempts of a metric that was not started again, without arrays: most are like that."""


def _attempts(draft: RunDraft, spool: Spool, metric: str, primary: set[int]) -> Attempts:
    if not primary or (not draft.marks and len(primary) == 1 and _only_rises(spool, draft.run_id, metric, primary)):
        return NOT_AGAIN
    blocks = [b for b in spool.read(draft.run_id, metric) if b[0] in primary]
    source = np.concatenate([np.full(len(p.value), s, np.int64) for s, p in blocks])
    return find_attempts(Series(_key([p for _, p in blocks]), source, _marks(draft, blocks)))


def _only_rises(spool: Spool, run: str, metric: str, primary: set[int]) -> bool:
    """Whether every point of one source has a step, and no step, or no (epoch, step), is below the one before it; or none a place."""
    by_step = by_epoch = nowhere = True
    at: int | None = None
    of = -np.inf
    for source, step, missing, epoch in spool.places(run, metric):
        if source not in primary:
            continue
        nowhere = nowhere and step is None and epoch is None
        if nowhere:
            continue
        if step is None or missing is not None or len(step) == 0:
            return False
        stays = step[1:] >= step[:-1]
        further = at is None or bool(step[0] >= at)
        by_step = by_step and further and bool(stays.all())
        by_epoch = by_epoch and epoch is not None and bool(epoch[0] > of or (epoch[0] == of and further))
        if by_epoch and epoch is not None:
            by_epoch = bool(((epoch[1:] > epoch[:-1]) | ((epoch[1:] == epoch[:-1]) & stays)).all())
            of = float(epoch[-1])
        if not by_step and not by_epoch:
            return False
        at = int(step[-1])
    return True


def _marks(draft: RunDraft, blocks: list[tuple[int, Points]]) -> tuple[tuple[int, float | None], ...]:
    """Each mark of a writer as (how many points of this metric lie before it in reading order, its step).

    A mark concerns every metric of the run, those too that have no point behind it or none in its source.
    """
    top = draft.readings[blocks[0][0]].rank
    found: dict[int, float | None] = {}
    for index, position, step in draft.marks:
        reading = draft.readings[index]
        if reading.copy or reading.rank != top:
            continue
        order = _reading_order(reading)
        before = 0
        for source, p in blocks:
            if source == index:
                before += int(np.searchsorted(p.position, position))
            elif _reading_order(draft.readings[source]) < order:
                before += len(p.value)
        if before:
            known = found.get(before, step)
            found[before] = step if known is None or step is None else min(known, step)
    return tuple(sorted(found.items()))


def _key(blocks: list[Points]) -> NDArray[np.float64]:
    """What orders the points of a metric, over all its blocks together."""
    n = [len(b.value) for b in blocks]
    epoch = None
    if any(b.epoch is not None for b in blocks):
        nothing = [np.full(k, np.nan) for k in n]
        epoch = np.concatenate([e if b.epoch is None else b.epoch for b, e in zip(blocks, nothing, strict=True)])
    step = np.concatenate([np.zeros(k, np.int64) if b.step is None else b.step for b, k in zip(blocks, n, strict=True)])
    missing = np.concatenate(
        [
            b.step_missing if b.step_missing is not None else np.full(k, b.step is None)
            for b, k in zip(blocks, n, strict=True)
        ]
    )
    return training_key(step, missing, epoch)


class _Summary:
    """The row of ``metrics``, gathered block by block over the points in force."""

    def __init__(self, draft: RunDraft, metric: str) -> None:
        self.run_id, self.metric = draft.run_id, metric
        self.goal = draft.goals.get(metric) or goal_of(metric)
        self.n = self.n_nonfinite = 0
        self.total = 0.0
        self.low, self.high = math.inf, -math.inf
        self.first: float | None = None
        self.last: float | None = None
        self.first_step: int | None = None
        self.last_step: int | None = None
        self.kind = "none"

    def see(self, p: Points, superseded: NDArray[np.bool_] | None) -> None:
        keep = None if superseded is None or not superseded.any() else np.flatnonzero(~superseded)
        value = p.value if keep is None else p.value[keep]
        if len(value) == 0:
            return
        finite, total = _finite(value)
        self.n += len(value)
        self.n_nonfinite += len(value) - len(finite)
        if len(finite):
            self.total += total
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        if self.first is None:
            self.first, self.first_step = float(value[0]), _step(p, 0 if keep is None else int(keep[0]))
        self.last, self.last_step = float(value[-1]), _step(p, len(p.value) - 1 if keep is None else int(keep[-1]))
        if self.kind == "none":
            self.kind = _kind(p)

    def row(self) -> dict[str, Any]:
        finite = self.n - self.n_nonfinite
        return {
            "run_id": self.run_id, "metric": plain_text(self.metric), "n": self.n,
            "first_step": self.first_step, "last_step": self.last_step, "first": self.first, "last": self.last,
            "min": self.low if finite else None, "max": self.high if finite else None,
            "mean": self.total / finite if finite else None,
            "n_nonfinite": self.n_nonfinite, "step_kind": self.kind, "goal": self.goal,
        }  # fmt: skip


def _finite(value: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The finite values and their sum; a sum that is finite says that they all are."""
    with np.errstate(all="ignore"):
        total = float(value.sum())
        if math.isfinite(total):
            return value, total
        finite = value[np.isfinite(value)]
        return finite, float(finite.sum())


def _step(p: Points, i: int) -> int | None:
    if p.step is None or (p.step_missing is not None and p.step_missing[i]):
        return None
    return int(p.step[i])


def _kind(p: Points) -> str:
    if p.step is not None and (p.step_missing is None or not p.step_missing.all()):
        return "step"
    if p.epoch is not None and not np.isnan(p.epoch).all():
        return "epoch"
    return "time" if p.wall_time is not None else "none"


def series_issues(counts: Counts, name: str) -> list[Issue]:
    """What a person should know of how the points were taken."""
    issues = []
    if counts.restarts:
        issues.append(
            Issue(
                "restart",
                f"{name}: training started again {counts.restarts} time(s); {counts.superseded - counts.mirrored} "
                "earlier points are overtaken by later attempts.",
                severity=Severity.INFO,
                done="All are kept; `history` shows the points in force, `points` all.",
                count=counts.restarts,
            )
        )
    if counts.mirrored:
        issues.append(
            Issue(
                "mirrored-metric",
                f"{name}: {counts.mirrored} points stand in a second source of the run as well.",
                severity=Severity.INFO,
                done="All are kept; `history` shows those of the more exact source.",
                count=counts.mirrored,
            )
        )
    if counts.saws:
        issues.append(
            Issue(
                "local-steps",
                f"{name}: the steps of {counts.saws} metric(s) count anew in every epoch.",
                severity=Severity.INFO,
                done="Kept as read; file order tells the epochs apart.",
                count=counts.saws,
            )
        )
    return issues
