"""W&B offline runs: folders that ``wandb sync`` uploads with their own steps, times and runtimes."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from runlift.errors import MissingLibraryError
from runlift.exporters import _wandb_run as words
from runlift.exporters._wandb_log import LogWriter
from runlift.exporters._wandb_rows import STEP, history, number, other_history, point_rows, steps_rise
from runlift.moving import lock
from runlift.moving.content import seconds
from runlift.moving.files import apart
from runlift.moving.items import digests
from runlift.moving.losses import HISTOGRAM_SUMS, Loss
from runlift.moving.series import NO_EPOCH, NUMBERED, START_TIME
from runlift.moving.target import Held, Limits, MovingTarget, Place, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.rows import Rows
    from runlift.moving.series import Series

COMPLETE = "runlift-complete.json"
AXIS = Loss(
    "step-axis",
    "a run whose rows (points of one step and time) have steps that repeat, go back or are negative, or that holds items",
    f"W&B's `_step` counts its rows; `{STEP}` holds the step as logged and is the x-axis of all charts",
    "all of it, in the rows",
)
CREATED = Loss(
    "created",
    "the start and end of a run",
    "the server shows the time of upload; rows keep theirs",
    "in the config, under `runlift`",
)
STATUS = Loss("exit-code", "the status killed or unknown", "exit code 255 or 0", "in the config, under `runlift`")
PROJECT = Loss(
    "project-name", "a project's name with / \\ # ? % : in it", "`_` and a digest", "in the config, under `runlift`"
)
ZERO = Loss("negative-zero", "a value -0.0", "0 when `wandb sync` uploads it", "in the file")
PARENT = Loss("parent", "the parent of a run", "nothing that W&B shows", "in the config, under `runlift`")
GAPS = Loss(
    "histogram-gaps", "a histogram whose buckets leave gaps", "buckets without them", "in `runlift/histograms.jsonl`"
)
TABLES = Loss("text-table", "texts", "one table a tag, of step, time and text", "whole, in the table")


class Wandb(MovingTarget):
    """Write W&B offline runs, which `wandb sync DEST/wandb/offline-run-*` uploads.

    Steps, times and runtimes are the run's own. What is read back for the receipt is the file; the server is not asked.
    """

    name: ClassVar[str] = "wandb"
    title: ClassVar[str] = "W&B offline runs"
    example: ClassVar[str] = "wandb-runs/"
    requires: ClassVar[tuple[str, ...]] = ("wandb",)
    limits: ClassVar[Limits] = Limits(words.KEYS, words.PARAMS)
    rules: ClassVar[Any] = (NUMBERED, START_TIME, NO_EPOCH)
    losses: ClassVar[Any] = (AXIS, CREATED, STATUS, ZERO, PROJECT, PARENT, TABLES, HISTOGRAM_SUMS, GAPS)
    native: ClassVar[tuple[str, ...]] = ("texts", "histograms", "image")

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether there is an offline run with our mark."""
        return "://" not in dest and bool(_places(dest))

    @contextmanager
    def open(self, dest: str, *, reading: bool = False) -> Iterator[Session]:
        """The folder."""
        try:
            from wandb.proto import wandb_internal_pb2 as proto  # noqa: PLC0415 - optional
        except ImportError as error:
            raise MissingLibraryError("export wandb", "wandb", 'pip install "runlift[wandb]"') from error
        if reading:
            yield _Offline(dest, proto)
            return
        with lock.held(lock.beside(dest)):
            os.makedirs(os.path.join(dest, "wandb"), exist_ok=True)
            try:
                yield _Offline(dest, proto)
            finally:
                shutil.rmtree(_unfinished(dest), ignore_errors=True)

    def see(self, run: Prepared, series: Series) -> None:
        """What the file holds and the upload does not."""
        run.losses[ZERO.code] += int((np.signbit(series.value) & (series.value == 0)).sum())

    def settle(self, run: Prepared) -> None:
        """Fields, rows that are no points, and their files."""
        rows, files = words.other_rows(run)
        run.files = apart([*run.files, *files])
        run.fields = words.fields(run)
        run.items = digests(words.items(rows))
        histograms = run.content.items.get("histograms", [])
        run.losses[CREATED.code] += 1
        run.losses[STATUS.code] += run.row["status"] in ("killed", "unknown")
        run.losses[PROJECT.code] += run.fields["project"] != (run.row["project"] or "runlift")
        run.losses[PARENT.code] += bool(run.row["parent_run_id"])
        run.losses[TABLES.code] += len(run.content.items.get("texts", []))
        run.losses[HISTOGRAM_SUMS.code] += len(histograms)
        run.losses[GAPS.code] += sum(h["left"][1:] != h["right"][:-1] for h in histograms)
        run.losses[AXIS.code] += not steps_rise(run, point_rows(run)[0])
        run.losses = +run.losses


def _unfinished(dest: str) -> str:
    return os.path.abspath(dest).rstrip(os.sep) + ".unfinished"


def _places(dest: str) -> dict[str, Place]:
    """The runs in a folder that have our mark."""
    found = {}
    top = os.path.join(dest, "wandb")
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
        try:
            with open(os.path.join(top, name, COMPLETE), encoding="utf-8") as file:
                said = json.load(file)
            found[said["run_id"]] = Place(os.path.join("wandb", name), said["mark"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


class _Offline(Session):
    """A folder of offline runs. ``proto``: W&B's record classes."""

    def __init__(self, dest: str, proto: Any) -> None:
        self.dest, self.proto, self.places = dest, proto, _places(dest)

    def find(self, run: Prepared) -> Place | None:
        """By the mark file in the run's folder."""
        return self.places.get(run.run_id)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write the run beside the destination and move it into place when it is whole."""
        folder = os.path.join(_unfinished(self.dest), run.run_id)
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("files", "logs", "tmp"):
            os.makedirs(os.path.join(folder, name))
        for item in run.files:
            path = os.path.join(folder, "files", *item.name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(item.read())
        with open(os.path.join(folder, f"run-{run.run_id}.wandb"), "wb", buffering=1 << 20) as file:
            self._write(LogWriter(file), run, tell)
        with open(os.path.join(folder, COMPLETE), "w", encoding="utf-8") as said:
            json.dump({"run_id": run.run_id, "mark": run.mark}, said)
        start = dt.datetime.fromtimestamp(max(run.content.start, 0), dt.UTC)
        place = os.path.join("wandb", f"offline-run-{start:%Y%m%d_%H%M%S}-{run.run_id}")
        if run.run_id in self.places:
            os.rename(os.path.join(self.dest, self.places[run.run_id].id), folder + ".old")
        os.rename(folder, os.path.join(self.dest, place))
        self.places[run.run_id] = Place(place, run.mark)
        return place

    def _write(self, log: LogWriter, run: Prepared, tell: Callable[[int], None]) -> None:
        rows, names = point_rows(run)
        log.write(self._beginning(run, by_step=steps_rise(run, rows)))
        for records, points in history(run, rows, names):
            log.write(records)
            tell(points)
        others, _ = words.other_rows(run)
        log.write(other_history(others, len(rows), run.content.start))
        log.write(self._end(run, rows, names))

    def _beginning(self, run: Prepared, *, by_step: bool) -> Iterator[bytes]:
        """Header, run, x-axis, list of files."""
        pb = self.proto
        version = pb.VersionInfo(producer="runlift", min_consumer="0.70.0")
        yield pb.Record(header=pb.HeaderRecord(version_info=version)).SerializeToString()
        row = run.row
        said = pb.RunRecord(run_id=run.run_id, project=words.project(run), tags=row["tags"] or ())
        said.display_name = row["name"] or run.run_id
        for mine, theirs in {
            "group_name": "run_group",
            "job_type": "job_type",
            "notes": "notes",
            "host": "host",
        }.items():
            setattr(said, theirs, row[mine] or "")
        start = round((seconds(row["started_at"]) or 0.0) * 1_000_000)
        said.start_time.seconds, said.start_time.nanos = start // 1_000_000, start % 1_000_000 * 1000
        for key, value in words.config(run).items():
            said.config.update.add(key=key, value_json=json.dumps(value, ensure_ascii=False))
        yield pb.Record(run=said).SerializeToString()
        if not by_step:
            axis = pb.MetricOptions(defined=True)
            yield pb.Record(metric=pb.MetricRecord(name=STEP, options=axis)).SerializeToString()
            every = pb.MetricRecord(glob_name="*", step_metric=STEP, options=axis)
            yield pb.Record(metric=every).SerializeToString()
        files = pb.FilesRecord(files=[pb.FilesItem(path=f.name, policy=1) for f in run.files])
        yield pb.Record(files=files).SerializeToString()

    def _end(self, run: Prepared, rows: Rows, names: list[str]) -> Iterator[bytes]:
        """Summary (the last value of each metric) and exit."""
        pb = self.proto
        last = dict(zip(rows.code.tolist(), rows.value.tolist(), strict=True))
        summary = pb.SummaryRecord()
        for code, value in last.items():
            summary.update.add(nested_key=[names[code]], value_json=number(value))
        yield pb.Record(summary=summary).SerializeToString()
        code_ = words.exit_code(run.row["status"])
        if code_ is not None:
            runtime = round(run.row["duration_s"] or 0)
            yield pb.Record(exit=pb.RunExitRecord(exit_code=code_, runtime=runtime)).SerializeToString()

    def held(self, place: Place, run: Prepared) -> Held:
        """From the file."""
        from runlift.exporters._wandb_reading import Reading  # noqa: PLC0415 - needs W&B

        return Reading(os.path.join(self.dest, place.id), run.run_id).held(place.mark)
