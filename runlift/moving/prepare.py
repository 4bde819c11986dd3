"""A run in the target's words: names that it takes, points as it keeps them, and a count of every stated loss."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.moving import files as filing
from runlift.moving.losses import (
    LEFT_FILE,
    LONG,
    NAMES,
    POINTS_FILE,
    RUN_FILE,
    SUPERSEDED,
    TWICE,
    Loss,
    as_file,
)
from runlift.moving.names import fit
from runlift.moving.target import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.content import RunContent
    from runlift.moving.files import FileItem
    from runlift.moving.names import NameRule
    from runlift.moving.series import Series
    from runlift.moving.target import MovingTarget

WITH_SOURCES = "+sources"  # behind the mark of a run whose source files were sent with it
COMMON = (NAMES, TWICE, LONG, SUPERSEDED, LEFT_FILE)
# What says when and by which runlift it was read, and in which files it lies: not what the run is.
_VOLATILE = ("ingested_at", "written_at", "parts", "runlift_version", "revision")
_FOLDERS = {
    "texts": "texts/TAG.jsonl",
    "histograms": "runlift/histograms.jsonl",
    "media": "media/TAG/STEP-N.png",
    "curves": "curves/TAG.jsonl",
    "tensors": "tensors/TAG/STEP-N.bin",
}


@dataclass(slots=True)
class Prepared:
    """A run as it is to be in the target.

    ``names``: metric -> its name there; ``params``, ``tags``, ``fields``: texts by the target's names;
    ``param_rows``: the store's row behind each param; ``items``: digest of each natively kept item;
    ``losses``: how often each stated loss was met; ``mark``: digest of all of it.
    """

    content: RunContent
    target: MovingTarget
    names: dict[str, str]
    params: dict[str, str]
    param_rows: dict[str, dict[str, Any]]
    files: list[FileItem] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    losses: Counter[str] = field(default_factory=Counter)
    mark: str = ""

    @property
    def run_id(self) -> str:
        """The run."""
        return self.content.run_id

    @property
    def row(self) -> dict[str, Any]:
        """Its columns in ``runs``."""
        return self.content.row

    @property
    def bytes(self) -> int:
        """Bytes of its files."""
        return sum(f.size for f in self.files)

    def text(self, limit: int, text: str) -> str:
        """A text as long as the target takes; one that is cut says how long it was, and is counted."""
        if len(text) <= limit:
            return text
        self.losses[LONG.code] += 1
        end = f"... [{len(text):,} characters]"
        return text[: limit - len(end)] + end

    def series(self) -> Iterator[Series]:
        """Its series as the target is to hold them, by the store's names."""
        for series in self.content.series():
            made = series
            for rule in self.target.rules:
                made, _ = rule.change(made)
            yield made


def loss_table(target: MovingTarget | type[MovingTarget]) -> list[Loss]:
    """Every stated loss of a target."""
    own = " and ".join(k for k in ("image", "audio") if k in target.native)
    kinds = [
        as_file(kind, where, {"media": own, "curves": target.native_curves}.get(kind, ""))
        for kind, where in _FOLDERS.items()
        if kind not in target.native
    ]
    common = [loss for loss in COMMON if loss is not LONG or min(target.limits.param, target.limits.tag) < NO_LIMIT]
    return [*(r.loss for r in target.rules), *target.losses, *common, *kinds]


def prepare(content: RunContent, target: MovingTarget, folder: str, *, attach_sources: bool = False) -> Prepared:
    """Put a run into the target's words. ``folder``: where files that are made for it lie until they are sent.

    Reads all its points once, to count what changes.
    """
    params, rows = _params(content, target)
    run = Prepared(content, target, fit([m["metric"] for m in content.metrics], target.limits.metric_names), {}, rows)
    run.params = {key: run.text(target.limits.param, value) for key, value in params.items()}
    _count_names(run, target)
    exact = _exact_points(run, folder)
    made = [_run_file(run), *filing.item_files(content, target.holds), *filing.artifact_files(content)]
    if exact:
        made.append(filing.from_path(POINTS_FILE, exact))
    if attach_sources:
        made += filing.source_files(content)
    run.files = filing.apart(made)
    target.settle(run)
    run.mark = _mark(run) + (WITH_SOURCES if attach_sources else "")
    return run


def _params(content: RunContent, target: MovingTarget) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Texts and rows by the target's names; a key that several sources give is several settings where they differ."""
    unique: dict[str, dict[str, Any]] = {}
    for row in content.params:
        first = unique.setdefault(row["key"], row)
        if first is not row and first["value"] != row["value"]:
            unique[f"{row['key']} ({row['source']})"] = row
    names = fit(unique, target.limits.param_names)
    rows = {names[k]: row for k, row in unique.items()}
    return {k: "" if row["value"] is None else row["value"] for k, row in rows.items()}, rows


def _count_names(run: Prepared, target: MovingTarget) -> None:
    content = run.content
    changed = sum(a != b for a, b in run.names.items())
    changed += sum(_refused(row["key"], target.limits.param_names) for row in run.param_rows.values())
    keys = {row["key"] for row in content.params}
    counts = {
        NAMES.code: changed,
        TWICE.code: len(run.param_rows) - len(keys),
        SUPERSEDED.code: content.superseded,
        LEFT_FILE.code: sum(not a["stored"] for a in content.artifacts),
    }
    counts |= {f"{k}-file": sum(not target.holds(k, r) for r in rows) for k, rows in content.items.items()}
    run.losses.update({code: n for code, n in counts.items() if n})


def _refused(name: str, rule: NameRule) -> bool:
    return rule.fitted(name) != name


def _exact_points(run: Prepared, folder: str) -> str | None:
    """Count what the rules change, and keep the series that they change more than slightly in a file as they are."""
    path = os.path.join(folder, f"{run.run_id}.points.parquet")
    writer = None
    for series in run.content.series():
        made, lossy = series, False
        for rule in run.target.rules:
            made, changed = rule.change(made)
            run.losses[rule.loss.code] += changed
            lossy = lossy or bool(changed and not rule.minor)
        run.target.see(run, made)
        if lossy:
            writer = writer or _writer(path)
            writer.write_table(_as_table(series))
    run.losses += Counter()  # drops what was met nowhere
    if writer is None:
        return None
    writer.close()
    return path


def _schema() -> Any:
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    kinds = {"step": pa.int64(), "epoch": pa.float64(), "wall_time": pa.float64(), "value": pa.float64()}
    return pa.schema([("metric", pa.string()), *kinds.items(), ("attempt", pa.int32())])


def _writer(path: str) -> Any:
    from pyarrow import parquet  # noqa: PLC0415 - slow to import

    return parquet.ParquetWriter(path, _schema(), compression="zstd", write_statistics=False)


def _as_table(series: Series) -> Any:
    import numpy as np  # noqa: PLC0415 - slow to import
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    columns = [
        pa.array([series.metric]).take(pa.array(np.zeros(len(series), np.int32))),
        pa.array(series.step, mask=series.stepless),
        pa.array(series.epoch, mask=np.isnan(series.epoch)),
        pa.array(series.time, mask=np.isnan(series.time)),
        pa.array(series.value),
        pa.array(series.attempt),
    ]
    return pa.table(columns, schema=_schema())


def _run_file(run: Prepared) -> FileItem:
    """All that is not points, bytes or texts, in the store's words, and what its names became."""
    content = run.content
    items = {
        kind: [{k: v for k, v in row.items() if k != "run_id"} for row in rows]
        for kind, rows in content.items.items()
        if kind in ("media", "tensors")
    }
    said = {
        "run": {k: v for k, v in content.row.items() if k not in _VOLATILE},
        "params": [{k: v for k, v in row.items() if k != "run_id"} for row in content.params],
        "metric_names": {a: b for a, b in run.names.items() if a != b},
        "param_names": {row["key"]: name for name, row in run.param_rows.items() if row["key"] != name},
        "metrics": [{k: v for k, v in row.items() if k != "run_id"} for row in content.metrics],
        "artifacts": [{k: v for k, v in row.items() if k != "run_id"} for row in content.artifacts],
        "sources": [{k: row[k] for k in ("source", "format", "bytes", "digest")} for row in content.sources],
        "items": items,
    }
    return filing.from_bytes(RUN_FILE, filing.as_json(said))


def _mark(run: Prepared) -> str:
    """A digest of what is to be in the target: equal where a push would change nothing."""
    files = sorted((f.name, f.sha256) for f in run.files)
    text = repr([run.target.name, run.target.version, files, run.content.superseded, sorted(run.tags.items())])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


__all__ = ["COMMON", "Prepared", "loss_table", "prepare"]
