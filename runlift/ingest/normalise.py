"""Facts of a run's sources to rows of the schema: merged, attempts found, names and times put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from runlift.facts import (
    Artifact,
    Curve,
    Fact,
    Histogram,
    Issue,
    Media,
    Param,
    Points,
    Restart,
    RunSeen,
    Severity,
    Tensor,
    Text,
)
from runlift.ingest.words import flatten, plain_text, setting, utc

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from runlift.ingest.spool import Spool

_HISTOGRAM = ("left", "right", "count", "min", "max", "sum", "sum_squares")
RESTART = "session_log/start"
"""The tag of the text that tells of a start."""

PutBlob = Callable[[bytes], str]
_RUN_WORDS = frozenset(f.name for f in fields(RunSeen)) - {
    "run",
    "seed",
    "position",
    "tags",
    "started_at",
    "ended_at",
    "status",
    "parent",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One source of a run, as read: its ``name``, its format and that format's rank; ``copy`` of another source."""

    name: str
    format: str
    rank: int
    copy: bool = False


@dataclass(slots=True)
class RunDraft:
    """A run being put together from the facts of its sources, in reading order."""

    run_id: str
    seed: bytes = b""
    readings: list[Reading] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    parent: str | None = None
    tags: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    first_time: float | None = None
    last_time: float | None = None
    params: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    issues: list[dict[str, Any]] = field(default_factory=list)
    marks: list[tuple[int, int, float | None]] = field(default_factory=list)
    goals: dict[str, str] = field(default_factory=dict)
    n_points: int = 0

    def reading(self, reading: Reading) -> int:
        """The index of a source in this run, added when new."""
        if reading not in self.readings:
            self.readings.append(reading)
        return self.readings.index(reading)

    def mark(self, index: int, position: int, step: int | None) -> None:
        """Source number ``index`` says at ``position`` that training started again, at ``step`` where it tells."""
        self.marks.append((index, position, None if step is None else float(step)))

    def see_time(self, seconds: float | None) -> None:
        """Widen the span of times that were seen of the run."""
        if seconds is not None and seconds > 0:
            self.first_time = seconds if self.first_time is None else min(self.first_time, seconds)
            self.last_time = seconds if self.last_time is None else max(self.last_time, seconds)


class Drafts:
    """Takes the facts of one source after another and keeps a draft for each run that they speak of.

    Args:
        spool: Where points go.
        put_blob: Keeps bytes, gives their digest.
        run_of: The run_id of a key that a source uses, and of a seed that it may give.
    """

    def __init__(self, spool: Spool, put_blob: PutBlob, run_of: Callable[[str, bytes | None], str]) -> None:
        self.spool, self.put_blob, self.run_of = spool, put_blob, run_of
        self.by_key: dict[str, RunDraft] = {}
        self.loose: list[tuple[Reading, Issue]] = []

    def take(self, fact: Fact, reading: Reading) -> None:
        """Sort one fact into its run. Accounts are the caller's."""
        if isinstance(fact, Issue):
            self._issue(fact, reading)
            return
        draft = self._draft(fact)
        index = draft.reading(reading)
        if isinstance(fact, Points):
            self._points(draft, index, fact)
        elif isinstance(fact, RunSeen):
            _run_seen(draft, fact)
        elif isinstance(fact, Param):
            _param(draft, fact, reading)
        elif isinstance(fact, Restart):
            draft.mark(index, fact.position, fact.step)
            draft.rows["texts"].append(_restart_row(draft, fact, reading))
        else:
            self._item(draft, fact, reading)

    def _draft(self, fact: Any) -> RunDraft:
        key = fact.run
        seed = fact.seed if isinstance(fact, RunSeen) else None
        if key not in self.by_key:
            self.by_key[key] = RunDraft(self.run_of(key, seed))
        return self.by_key[key]

    def _points(self, draft: RunDraft, index: int, points: Points) -> None:
        if len(points.value) == 0:
            return
        draft.n_points += len(points.value)
        if points.goal != "unknown":
            draft.goals[points.metric] = points.goal
        if points.wall_time is not None:
            _see_times(draft, points.wall_time)
        self.spool.add(draft.run_id, index, points)

    def _issue(self, issue: Issue, reading: Reading) -> None:
        draft = self.by_key.get(issue.run)
        if draft is None:
            self.loose.append((reading, issue))
        else:
            draft.issues.append(issue_row(issue, draft.run_id, reading.name))

    def _item(self, draft: RunDraft, fact: Any, reading: Reading) -> None:
        table, row = _item_row(fact, self.put_blob)
        if reading.copy:
            return
        row |= {"run_id": draft.run_id, "source": reading.name, "position": fact.position}
        if "wall_time" in row:
            draft.see_time(row["wall_time"])
        if not (table == "texts" and _is_told(row, draft.rows[table])):
            draft.rows[table].append(row)


def _see_times(draft: RunDraft, times: NDArray[np.float64]) -> None:
    low, high = float(times.min()), float(times.max())
    if not low > 0:  # 0, times before 1970 and NaN stand for times that the source does not know
        good = times[times > 0]
        if len(good) == 0:
            return
        low, high = float(good.min()), float(good.max())
    draft.see_time(low)
    draft.see_time(high)


def _is_told(row: dict[str, Any], texts: list[dict[str, Any]]) -> bool:
    """Whether a tag's description stands there already: a source that is read on says it again."""
    if not row["tag"].endswith((".description", ".display_name")):
        return False
    return any(all(row[k] == t[k] for k in ("tag", "text", "source")) for t in texts)


def _restart_row(draft: RunDraft, fact: Restart, reading: Reading) -> dict[str, Any]:
    """A start that the source tells of as a text, so that it is known when the run is put together from the store."""
    row = {"run_id": draft.run_id, "tag": RESTART, "step": fact.step, "wall_time": None, "text": "started"}
    return row | {"source": reading.name, "position": fact.position}


def issue_row(issue: Issue, run_id: str, source: str) -> dict[str, Any]:
    """A row of ``issues``."""
    return {
        "run_id": run_id,
        "source": source,
        "position": issue.position,
        "code": issue.code,
        "severity": Severity(issue.severity).value,
        "message": plain_text(issue.message),
        "done": plain_text(issue.done),
        "help": plain_text(issue.help),
        "count": issue.count,
    }


def _run_seen(draft: RunDraft, fact: RunSeen) -> None:
    for word in _RUN_WORDS:
        value = getattr(fact, word)
        if value is not None:
            draft.said[word] = plain_text(value)
    if fact.status:
        draft.statuses.append(fact.status)
    if fact.parent is not None:
        draft.parent = fact.parent
    if fact.seed is not None:
        draft.seed = fact.seed
    draft.tags += [plain_text(t) for t in fact.tags if t not in draft.tags]
    draft.see_time(fact.started_at)
    draft.see_time(fact.ended_at)


def _param(draft: RunDraft, fact: Param, reading: Reading) -> None:
    for key, value in flatten(fact.key, fact.value):
        name = plain_text(key)
        row = {"run_id": draft.run_id, "key": name, "source": reading.name, "position": fact.position}
        draft.params[name, reading.name] = row | setting(value)


def _item_row(fact: Any, put_blob: PutBlob) -> tuple[str, dict[str, Any]]:
    """The table of a logged item and its own columns."""
    if isinstance(fact, Artifact):
        return "artifacts", _artifact_row(fact, put_blob)
    row: dict[str, Any] = {"tag": plain_text(fact.tag), "step": fact.step, "wall_time": fact.wall_time}
    if isinstance(fact, Text):
        return "texts", row | {"text": plain_text(fact.text)}
    if isinstance(fact, Histogram):
        return "histograms", row | {k: getattr(fact, k) for k in _HISTOGRAM}
    if isinstance(fact, Curve):
        values = [float(v) for column in fact.columns.values() for v in column]
        return "curves", row | {"kind": fact.kind, "columns": list(fact.columns), "values": values}
    blob = {"bytes": len(fact.data), "sha256": put_blob(fact.data)}
    if isinstance(fact, Tensor):
        return "tensors", row | blob | {"plugin": fact.plugin, "dtype": fact.dtype, "shape": list(fact.shape)}
    if isinstance(fact, Media):
        own = ("kind", "mime", "index", "width", "height", "sample_rate", "length_frames")
        caption = None if fact.caption is None else plain_text(fact.caption)
        return "media", row | blob | {k: getattr(fact, k) for k in own} | {"caption": caption}
    raise TypeError(type(fact))


def _artifact_row(fact: Artifact, put_blob: PutBlob) -> dict[str, Any]:
    row: dict[str, Any] = {"name": plain_text(fact.name), "type": fact.type, "path": fact.path, "stored": False}
    if fact.data is not None:
        row |= {"bytes": len(fact.data), "sha256": put_blob(fact.data), "stored": True}
    return row


def run_row(draft: RunDraft, default_name: str, project: str) -> dict[str, Any]:
    """The row of ``runs``, but for revision, parts and times of writing, which the commit knows."""
    start, end = draft.first_time, draft.last_time
    if start == end:
        end = None  # a single time says when it began, not how long it took
    return {
        "run_id": draft.run_id,
        "name": draft.said.get("name") or default_name,
        "project": draft.said.get("project") or project,
        "status": draft.statuses[-1] if draft.statuses else "unknown",
        "started_at": utc(start),
        "ended_at": utc(end),
        "duration_s": end - start if start is not None and end is not None else None,
        "source": draft.readings[0].name if draft.readings else None,
        "formats": sorted({r.format for r in draft.readings}),
        "tags": draft.tags,
        **{k: v for k, v in draft.said.items() if k not in ("name", "project")},
    }
