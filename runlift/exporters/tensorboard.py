"""Event files that TensorBoard serves: scalars, hparams, histograms, images, audio, texts."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from runlift.exporters import _tensorboard_items as items
from runlift.exporters._tensorboard_reading import COMPLETE, read_folder
from runlift.exporters._tensorboard_writing import LAYERS, Events, growth_of, left_over
from runlift.moving import lock
from runlift.moving.files import component, folder_name, write_whole
from runlift.moving.growth import Growth, Ledger
from runlift.moving.items import digests
from runlift.moving.losses import HISTOGRAM_SUMS, RUN_FIELDS, RUN_WORDS, SPELLING, Loss
from runlift.moving.names import NameRule
from runlift.moving.series import NO_EPOCH, NUMBERED, SINGLE, START_TIME
from runlift.moving.target import Limits, MovingTarget, Place, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series
    from runlift.moving.target import Held

AGAIN = Loss(
    "equal-steps",
    "a further point, text or image of a tag at the same step",
    f"one in a sub-run `again-1` to `again-{LAYERS - 1}` of the run, since the server shows one a step and run",
    "all are in the event files",
)
KILLED = Loss("status-killed", "the status killed", "FAILURE", "in `runlift/run.json` of the run")
NO_STATUS = Loss("status-unknown", "the status unknown", "UNKNOWN: the dashboard shows none", "in `runlift/run.json`")


class TensorBoard(MovingTarget):
    """Write event files that TensorBoard serves, a folder a run: PROJECT/NAME.

    The runs' settings are in the HPARAMS tab, and what event files have no place for lies beside them as files. Attempts of a
    restarted run are files of their own.
    """

    name: ClassVar[str] = "tensorboard"
    title: ClassVar[str] = "TensorBoard event files"
    example: ClassVar[str] = "tb-logs/"
    limits: ClassVar[Limits] = Limits(NameRule(r"^(?=_hparams_/)"))
    rules: ClassVar[Any] = (NUMBERED, START_TIME, NO_EPOCH, SINGLE)
    losses: ClassVar[Any] = (AGAIN, SPELLING, HISTOGRAM_SUMS, RUN_FIELDS, KILLED, NO_STATUS)
    native: ClassVar[tuple[str, ...]] = ("texts", "histograms", "image", "audio")
    native_curves: ClassVar[str] = "PR curves as TensorBoard logs them, with their counts"

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether a run in this folder has our mark."""
        return "://" not in dest and bool(_ledgers(dest))

    @contextmanager
    def open(self, dest: str, *, reading: bool = False) -> Iterator[Session]:
        """The folder."""
        if reading:
            yield _Folder(dest)
            return
        with lock.held(lock.beside(dest)):
            os.makedirs(dest, exist_ok=True)
            try:
                yield _Folder(dest)
            finally:
                shutil.rmtree(_unfinished(dest), ignore_errors=True)

    def holds(self, kind: str, row: dict[str, Any]) -> bool:
        """PR curves too, where the plugin can show them."""
        return super().holds(kind, row) or (kind == "curves" and items.is_pr_curve(row))

    def see(self, run: Prepared, series: Series) -> None:
        """Points of one step."""
        if not (series.step[1:] > series.step[:-1]).all():
            run.losses[AGAIN.code] += len(series) - len(np.unique(series.step))

    def settle(self, run: Prepared) -> None:
        """Settings as doubles hold them, and the digests of the items."""
        for key, row in run.param_rows.items():
            if items.kept_as_number(row):
                run.params[key] = items.number_text(row["number"])
                run.losses[SPELLING.code] += run.params[key] != row["value"]
        run.fields = items.fields(run)
        found = list(items.logged_items(run))
        run.items = digests([item for logged in found for item in items.parts(logged)])
        run.losses[AGAIN.code] += len(found) - len({(tag, step) for tag, step, *_ in found})
        run.losses[HISTOGRAM_SUMS.code] += len(run.content.items.get("histograms", []))
        run.losses[RUN_FIELDS.code] += sum(bool(run.row[f]) for f in RUN_WORDS)
        run.losses[KILLED.code] += run.row["status"] == "killed"
        run.losses[NO_STATUS.code] += run.row["status"] == "unknown"
        run.losses = +run.losses


def _unfinished(dest: str) -> str:
    """Where runs are written until they are whole: beside the destination, so that no server sees them."""
    return os.path.abspath(dest).rstrip(os.sep) + ".unfinished"


def _ledgers(dest: str) -> dict[str, tuple[str, Ledger]]:
    """(folder, what it holds) of the runs that were moved to this folder, by run."""
    found = {}
    for project in _folders(dest):
        for folder in _folders(project):
            try:
                with open(os.path.join(folder, COMPLETE), encoding="utf-8") as file:
                    said = Ledger.said(json.load(file))
                found[said.run_id] = (os.path.relpath(folder, dest), said)
            except (OSError, ValueError, KeyError, TypeError):
                continue
    return found


def _folders(path: str) -> list[str]:
    if not os.path.isdir(path):
        return []
    return sorted(e.path for e in os.scandir(path) if e.is_dir())


class _Folder(Session):
    """A log folder."""

    def __init__(self, dest: str) -> None:
        self.dest, self.ledgers = dest, _ledgers(dest)

    def find(self, run: Prepared) -> Place | None:
        """By the run's own mark file."""
        found = self.ledgers.get(run.run_id)
        return None if found is None else Place(found[0], found[1].mark)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write what is new beside the destination, and move it into place when it is whole, the mark last."""
        unfinished = os.path.join(_unfinished(self.dest), run.run_id)
        place, held = self.ledgers.get(run.run_id, (self._new_place(run), None))
        growth = growth_of(run, held)
        if growth is not None:
            ledger = _write_run(unfinished, growth, tell)
            growth = growth if growth.covers_items else None
        if growth is None:
            ledger = _write_run(unfinished, Growth(run), tell)
            _swap(unfinished, os.path.join(self.dest, place))
        else:
            _add(unfinished, os.path.join(self.dest, place), growth)
        self.ledgers[run.run_id] = (place, ledger)
        return place

    def _new_place(self, run: Prepared) -> str:
        """The run's folder by its name, with its id where another run has that."""
        project = component(run.row["project"] or "runs")
        name = os.path.join(project, folder_name(run.row["name"] or run.run_id))
        return f"{name}-{run.run_id[:8]}" if os.path.exists(os.path.join(self.dest, name)) else name

    def held(self, place: Place, run: Prepared) -> Held:
        """Through TensorBoard's event reader."""
        del run
        return read_folder(os.path.join(self.dest, place.id), place.mark)


def _write_run(folder: str, growth: Growth, tell: Callable[[int], None]) -> Ledger:
    """Write what is new of a run into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    tell(sum(n for n, _ in growth.held.series.values()))
    with Events(folder, growth) as events:
        for name, series in growth.series():
            events.scalars(name, series)
            tell(len(series))
        events.items()
    for item in growth.files():
        write_whole(os.path.join(folder, *item.name.split("/")), item.read())
    ledger = growth.ledger(events.own())
    write_whole(
        os.path.join(folder, COMPLETE), json.dumps(ledger.as_json(), ensure_ascii=False).encode("utf-8", "replace")
    )
    return ledger


def _add(new: str, place: str, growth: Growth) -> None:
    """Move the files of one folder into another, one by one, that with the mark last."""
    for name in [*left_over(place, growth.held), *growth.gone()]:
        with suppress(FileNotFoundError):  # a push that was killed had removed it
            os.remove(os.path.join(place, name))
    names = [os.path.relpath(os.path.join(parent, n), new) for parent, _, found in os.walk(new) for n in found]
    for name in sorted(names, key=lambda n: n == os.path.normpath(COMPLETE)):
        os.makedirs(os.path.dirname(os.path.join(place, name)), exist_ok=True)
        os.replace(os.path.join(new, name), os.path.join(place, name))


def _swap(new: str, place: str) -> None:
    """Put a folder in the place of another. A kill in between leaves the place empty, and the next push fills it."""
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.exists(place):
        old = new + ".old"
        shutil.rmtree(old, ignore_errors=True)
        os.rename(place, old)
    os.rename(new, place)
    shutil.rmtree(new + ".old", ignore_errors=True)
