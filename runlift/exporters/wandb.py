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
from runlift.exporters import _wandb_items as items
from runlift.exporters import _wandb_run as words
from runlift.exporters._wandb_rows import STEP, steps_rise
from runlift.exporters._wandb_segment import segment_of
from runlift.moving import lock
from runlift.moving.files import apart
from runlift.moving.growth import Ledger
from runlift.moving.items import digests
from runlift.moving.losses import CURVES, GAPS, HISTOGRAM_SUMS, Loss, count_histograms
from runlift.moving.rows import as_rows
from runlift.moving.series import NO_EPOCH, NUMBERED, START_TIME
from runlift.moving.settings import project_of
from runlift.moving.target import Held, Limits, MovingTarget, Place, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared
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
TABLES = Loss("text-table", "texts", "a table a tag and push, of step, time and text", "whole, in the table")


class Wandb(MovingTarget):
    """Write W&B offline runs, which `wandb sync DEST/wandb/offline-run-*` uploads.

    Steps, times and runtimes are the run's own. What is read back for the receipt is the file; the server is not asked.
    """

    name: ClassVar[str] = "wandb"
    title: ClassVar[str] = "W&B offline runs"
    example: ClassVar[str] = "wandb-runs/"
    requires: ClassVar[tuple[str, ...]] = ("wandb",)
    limits: ClassVar[Limits] = Limits(items.KEYS, words.PARAMS)
    rules: ClassVar[Any] = (NUMBERED, START_TIME, NO_EPOCH)
    losses: ClassVar[Any] = (AXIS, CREATED, STATUS, ZERO, PROJECT, PARENT, TABLES, CURVES, HISTOGRAM_SUMS, GAPS)
    native: ClassVar[tuple[str, ...]] = ("texts", "histograms", "image", "audio", "curves")

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether there is an offline run with our mark."""
        return "://" not in dest and bool(_ledgers(dest))

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
        logged = list(items.logged(run))
        run.files = apart([*run.files, *(one.file for one in logged if one.file)])
        run.fields = words.fields(run)
        run.items = digests([*(items.item(one.row) for one in logged), *items.text_items(run)])
        found = run.content.items
        run.losses.update(count_histograms(found.get("histograms", [])))
        run.losses[CREATED.code] += 1
        run.losses[STATUS.code] += run.row["status"] in ("killed", "unknown")
        run.losses[PROJECT.code] += run.fields["project"] != project_of(run)
        run.losses[PARENT.code] += bool(run.row["parent_run_id"])
        run.losses[TABLES.code] += len(found.get("texts", []))
        run.losses[CURVES.code] += len(found.get("curves", []))
        run.losses[AXIS.code] += not steps_rise(run, as_rows(list(run.series())))
        run.losses = +run.losses


def _unfinished(dest: str) -> str:
    return os.path.abspath(dest).rstrip(os.sep) + ".unfinished"


def _ledgers(dest: str) -> dict[str, Ledger]:
    """The runs in a folder that have our mark, as their last offline folder says."""
    found: dict[str, Ledger] = {}
    top = os.path.join(dest, "wandb")
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
        try:
            with open(os.path.join(top, name, COMPLETE), encoding="utf-8") as file:
                said = Ledger.said(json.load(file))
            turn = said.own["turn"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if said.run_id not in found or turn > found[said.run_id].own["turn"]:
            found[said.run_id] = said
    return found


class _Offline(Session):
    """A folder of offline runs. ``proto``: W&B's record classes."""

    def __init__(self, dest: str, proto: Any) -> None:
        self.dest, self.proto, self.ledgers = dest, proto, _ledgers(dest)

    def find(self, run: Prepared) -> Place | None:
        """By the mark file in the run's last folder."""
        found = self.ledgers.get(run.run_id)
        return None if found is None else Place(os.path.join("wandb", found.own["folders"][0]), found.mark)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write a folder with what is new beside the destination, and move it into place when it is whole."""
        folder = os.path.join(_unfinished(self.dest), run.run_id)
        shutil.rmtree(folder, ignore_errors=True)
        held = self.ledgers.get(run.run_id)
        segment = segment_of(self.proto, run, held)
        start = dt.datetime.fromtimestamp(max(run.content.start, 0) + segment.turn, dt.UTC)
        name = f"offline-run-{start:%Y%m%d_%H%M%S}-{run.run_id}"
        before: list[str] = held.own["folders"] if held else []
        folders = [*before, name] if segment.turn else [name]
        tell(run.content.points - len(segment.rows.code))
        segment.write(folder, tell)
        ledger = segment.growth.ledger(segment.own(folders))
        with open(os.path.join(folder, COMPLETE), "w", encoding="utf-8") as said:
            json.dump(ledger.as_json(), said)
        if not segment.turn:
            # The last first, so that those that are left stand for themselves.
            for i, old in enumerate(reversed(before)):
                os.rename(os.path.join(self.dest, "wandb", old), f"{folder}.old{i}")
        os.rename(folder, os.path.join(self.dest, "wandb", name))
        self.ledgers[run.run_id] = ledger
        return os.path.join("wandb", folders[0])

    def held(self, place: Place, run: Prepared) -> Held:
        """From the files of all its folders."""
        from runlift.exporters._wandb_reading import Reading  # noqa: PLC0415 - needs W&B

        folders = self.ledgers[run.run_id].own["folders"]
        reading = Reading(run.run_id)
        for name in folders:
            reading.take(os.path.join(self.dest, "wandb", name))
        return reading.held(place.mark)
