"""What goes into a report: the runs, their series as blocks, groups, importance, media and texts, as much as fits."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.answers.asked import metric_names
from runlift.answers.curves import lines
from runlift.answers.groups import groups
from runlift.answers.importance import importance
from runlift.answers.study import json_plain, overview, run_details, run_rows
from runlift.answers.tables import plain
from runlift.errors import MetricNotFoundError, MissingLibraryError, OptionError
from runlift.report.blocks import as_text, pack, rewritten
from runlift.report.tails import add_tails

if TYPE_CHECKING:
    from runlift.api import RunStore
    from runlift.report.redact import Redactor

SAFE_MEDIA = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "audio/wav", "audio/x-wav",
              "audio/mpeg", "audio/ogg")  # fmt: skip
_TRACED = 600
_DRIVEN = 6


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page may hold: buckets a line, the band of each bucket or only its mean, runs, bytes of media."""

    buckets: int = 1000
    band: bool = True
    runs: int = 500
    media: int = 8 << 20

    def smaller(self, excess: float) -> Limits | None:
        """The next smaller: fewer buckets, then no bands, then fewer runs and media; None where it can be no smaller.

        ``excess``: how many times too large the page was.
        """
        if self.buckets > 200:
            return Limits(500 if self.buckets > 500 and excess < 2 else 200, self.band, self.runs, self.media)
        if self.band:
            return Limits(self.buckets, band=False, runs=self.runs, media=self.media // 2)
        if self.runs > 10:
            runs = max(10, min(self.runs * 3 // 4, int(self.runs / excess * 0.95)))
            return Limits(self.buckets, band=False, runs=runs, media=self.media // 2)
        return None


@dataclass(slots=True)
class Gathered:
    """``study``: JSON for the page; ``blocks``: metric -> block as text; ``notes``: what was left out, in sentences."""

    study: dict[str, Any]
    blocks: dict[str, str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """What does not depend on the size of a page: ``overview`` of the metrics that the runs have, groups, importance."""

    run_ids: list[str]
    overview: dict[str, Any]
    groups: dict[str, Any]
    importance: dict[str, Any]


def ask(store: RunStore, run_ids: list[str]) -> Asked:
    """The answers about all the runs that were asked for, however many of them a page shows."""
    known = set(metric_names(store, run_ids))
    seen = overview(store)
    metrics = [m for m in seen["metrics"] if m["name"] in known]
    return Asked(
        run_ids,
        seen | {"metrics": metrics},
        {m["name"]: _groups(store, m["name"], run_ids) for m in metrics},
        {n: _importance(store, n, run_ids) for n in _main(metrics)},
    )


def gather(store: RunStore, asked: Asked, limits: Limits, redactor: Redactor | None) -> Gathered:
    """All that a page shows of these runs, within the limits."""
    notes, run_ids = [], asked.run_ids
    if len(run_ids) > limits.runs:
        notes.append(f"The {limits.runs} latest of {len(run_ids):,} runs are in this page.")
        run_ids = run_ids[: limits.runs]
    if limits.buckets < 1000:
        notes.append(f"Each line has at most {limits.buckets} buckets.")
    if not limits.band:
        notes.append("Lines show the mean of each bucket, without the band from smallest to largest.")
    rows = run_rows(store, run_ids)
    add_tails(store, rows, [m["name"] for m in asked.overview["metrics"]])
    details = run_details(store, run_ids)
    study: dict[str, Any] = {
        "overview": asked.overview,
        "runs": rows,
        "details": details,
        "groups": asked.groups,
        "importance": asked.importance,
        "traces": _traces(store, rows),
    }
    names = [m["name"] for m in asked.overview["metrics"]]
    blocks = {
        n: pack(n, lines(store, n, run_ids, buckets=limits.buckets), band=limits.band, shuffle=True) for n in names
    }
    notes += _media(store, details, limits.media)
    if redactor is not None:
        hosts = {str(r["host"]) for r in rows if r.get("host")}
        redactor.know(sorted(hosts), sorted({str(r["user_name"]) for r in rows if r.get("user_name")}))
        study = _masked(study, redactor)
        blocks = {redactor.text(n): rewritten(b, redactor.all) for n, b in blocks.items()}
    return Gathered(study, {n: as_text(b) for n, b in blocks.items()}, notes)


def _masked(study: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """A study with its texts masked; bytes of media and their digests, which look like keys, are left as they are."""
    kept = [(m.pop("data", None), m.pop("sha256")) for d in study["details"].values() for m in d["media"]]
    masked: dict[str, Any] = redactor.all(study)
    media = (m for d in masked["details"].values() for m in d["media"])
    for medium, (data, digest) in zip(media, kept, strict=True):
        medium["sha256"] = digest
        if data is not None:
            medium["data"] = data
    return masked


def _main(metrics: list[dict[str, Any]]) -> list[str]:
    """The metrics whose drivers are sought: those of most runs, as far as it is known which way they are better."""
    return [m["name"] for m in metrics if m["goal"] != "unknown"][:_DRIVEN]


def _groups(store: RunStore, metric: str, run_ids: list[str]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json_plain(plain(groups(store, metric, runs=run_ids)))
    except MetricNotFoundError:
        return {"groups": [], "by": [], "seeds": []}
    return found


def _importance(store: RunStore, metric: str, run_ids: list[str]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json_plain(plain(importance(store, metric, runs=run_ids)))
    except (MissingLibraryError, OptionError, MetricNotFoundError) as error:
        return {"drivers": [], "silent": str(error)}
    return found


def _traces(store: RunStore, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The source's own words for the last point of each metric, as far as there is room."""
    found: dict[str, Any] = {}
    for row in rows:
        for metric, values in row["m"].items():
            if len(found) >= _TRACED:
                return found
            seen = store.trace(row["run_id"], metric, values[4])
            if seen:
                line = seen[-1]
                text = None if line.text is None else line.text[:2000]
                found[f"{row['run_id']} {metric}"] = {"source": line.source, "position": line.position, "text": text}
    return found


def _media(store: RunStore, details: dict[str, Any], room: int) -> list[str]:
    """Put the bytes of media into their rows, the latest of each tag first, as far as there is room."""
    left = 0
    wanted = [m for d in details.values() for m in d["media"]]
    for item in sorted(wanted, key=lambda m: -(m["step"] or 0)):
        path = os.path.join(store.root, "blobs", item["sha256"][:2], item["sha256"])
        if item["mime"] in SAFE_MEDIA and item["bytes"] * 4 // 3 <= room and os.path.exists(path):
            with open(path, "rb") as f:
                item["data"] = base64.b64encode(f.read()).decode("ascii")
            room -= len(item["data"])
        else:
            left += 1
    return [f"{left:,} of {len(wanted):,} images and sounds are not in this page."] if left else []
