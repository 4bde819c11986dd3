"""Event files that TensorBoard serves: scalars, hparams, histograms, images, audio, texts."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from runlift.exporters import _tensorboard_items as items
from runlift.exporters._tensorboard_reading import COMPLETE, read_folder
from runlift.exporters._tensorboard_scalars import scalar_records
from runlift.moving import lock
from runlift.moving.files import component, folder_name
from runlift.moving.items import digests
from runlift.moving.losses import HISTOGRAM_SUMS, RUN_FIELDS, RUN_WORDS, SPELLING, Loss
from runlift.moving.names import NameRule
from runlift.moving.series import NO_EPOCH, NUMBERED, SINGLE, START_TIME
from runlift.moving.target import Limits, MovingTarget, Place, Session
from runlift.wire.tfrecord import framed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series
    from runlift.moving.target import Held

_LAYERS = 16
AGAIN = Loss(
    "equal-steps",
    "a further point, text or image of a tag at the same step",
    "one in a sub-run `again-1` to `again-15` of the run, since the server shows one a step and run",
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

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether a run in this folder has our mark."""
        return "://" not in dest and bool(_places(dest))

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
        run.items = digests(
            [(kind, tag, step, time, data) for tag, step, time, _, datas in found for kind, data in datas]
        )
        run.losses[AGAIN.code] += len(found) - len({(tag, step) for tag, step, *_ in found})
        run.losses[HISTOGRAM_SUMS.code] += len(run.content.items.get("histograms", []))
        run.losses[RUN_FIELDS.code] += sum(bool(run.row[f]) for f in RUN_WORDS)
        run.losses[KILLED.code] += run.row["status"] == "killed"
        run.losses[NO_STATUS.code] += run.row["status"] == "unknown"
        run.losses = +run.losses


def _unfinished(dest: str) -> str:
    """Where runs are written until they are whole: beside the destination, so that no server sees them."""
    return os.path.abspath(dest).rstrip(os.sep) + ".unfinished"


def _places(dest: str) -> dict[str, Place]:
    """Runs that were moved to this folder."""
    found = {}
    for project in _folders(dest):
        for folder in _folders(project):
            try:
                with open(os.path.join(folder, COMPLETE), encoding="utf-8") as file:
                    said = json.load(file)
                found[said["run_id"]] = Place(os.path.relpath(folder, dest), said["mark"])
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
        self.dest, self.places = dest, _places(dest)

    def find(self, run: Prepared) -> Place | None:
        """By the run's own mark file."""
        return self.places.get(run.run_id)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write the run beside the destination and move it into place when it is whole."""
        unfinished = os.path.join(_unfinished(self.dest), run.run_id)
        shutil.rmtree(unfinished, ignore_errors=True)
        with _Events(unfinished, run) as events:
            for series in run.series():
                events.scalars(run.names[series.metric], series)
                tell(len(series))
            events.items()
        for item in run.files:
            _write(os.path.join(unfinished, *item.name.split("/")), item.read())
        _write(os.path.join(unfinished, COMPLETE), json.dumps({"run_id": run.run_id, "mark": run.mark}).encode())
        place = self._place(run)
        _swap(unfinished, os.path.join(self.dest, place))
        self.places[run.run_id] = Place(place, run.mark)
        return place

    def _place(self, run: Prepared) -> str:
        """The run's folder: where it is already, else by its name, with its id where another run has that."""
        if run.run_id in self.places:
            return self.places[run.run_id].id
        project = component(run.row["project"] or "runs")
        name = os.path.join(project, folder_name(run.row["name"] or run.run_id))
        return f"{name}-{run.run_id[:8]}" if os.path.exists(os.path.join(self.dest, name)) else name

    def held(self, place: Place, run: Prepared) -> Held:
        """Through TensorBoard's event reader."""
        del run
        return read_folder(os.path.join(self.dest, place.id), place.mark)


def _write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def _swap(new: str, place: str) -> None:
    """Put a folder in the place of another. A kill in between leaves the place empty, and the next push fills it."""
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.exists(place):
        old = new + ".old"
        shutil.rmtree(old, ignore_errors=True)
        os.rename(place, old)
    os.rename(new, place)
    shutil.rmtree(new + ".old", ignore_errors=True)


class _Events:
    """The event files of one run: one an attempt in the run's folder, further points of a step in ``again-N``.

    The server drops what it has of a tag from the step of a later point on. So in each folder the steps of a tag
    only rise, from file to file too: an attempt whose steps lie below those of an earlier file goes into that file.
    """

    def __init__(self, folder: str, run: Prepared) -> None:
        self.folder, self.run = folder, run
        self.files: dict[tuple[int, int], IO[bytes]] = {}

    def __enter__(self) -> Self:
        self._log(0, 0, self.run.content.start, items.session_start(self.run))
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files.values():
            file.close()

    def scalars(self, tag: str, series: Series) -> None:
        """One metric."""
        if not series.attempt.any() and (series.step[1:] > series.step[:-1]).all():
            self._file(0, 0).writelines(scalar_records(tag, series.time, series.step, series.value))
            return
        layer, attempt, order = _layers(series)
        for key in sorted(set(zip(layer.tolist(), attempt.tolist(), strict=True))):
            part = series.take(order[(layer == key[0]) & (attempt == key[1])])
            self._file(*key).writelines(scalar_records(tag, part.time, part.step, part.value))

    def items(self) -> None:
        """All that is no scalar, by step, and the end of the run."""
        seen: dict[tuple[str, int], int] = defaultdict(int)
        metrics = set(self.run.names.values())  # a tag is of one kind in a run, as the server sees it
        for tag, step, time, value, _ in sorted(items.logged_items(self.run), key=lambda found: found[1:3]):
            self._log(min(seen[tag, step] + (tag in metrics), _LAYERS - 1), step, time, value)
            seen[tag, step] += 1
        self._log(0, 0, items.end_time(self.run) or self.run.content.start, items.session_end(self.run))

    def _log(self, layer: int, step: int, time: float, value: Any) -> None:
        from tensorboard.compat.proto import event_pb2  # noqa: PLC0415 - slow to import

        event = event_pb2.Event(wall_time=time, step=step)
        event.summary.value.append(value)
        self._file(layer, 0).write(framed(event.SerializeToString()))

    def _file(self, layer: int, attempt: int) -> IO[bytes]:
        """An event file. Its name orders it among the others of its folder, and says the run and the attempt."""
        if (layer, attempt) not in self.files:
            from tensorboard.compat.proto import event_pb2  # noqa: PLC0415 - slow to import

            folder = os.path.join(self.folder, f"again-{layer}") if layer else self.folder
            os.makedirs(folder, exist_ok=True)
            start = self.run.content.start
            name = f"events.out.tfevents.{max(int(start), 0):010d}.{self.run.run_id}.{attempt:04d}"
            file = open(os.path.join(folder, name), "wb", buffering=1 << 20)  # noqa: SIM115 - closed with the run
            file.write(framed(event_pb2.Event(wall_time=start, file_version="brain.Event:2").SerializeToString()))
            self.files[layer, attempt] = file
        return self.files[layer, attempt]


def _layers(series: Series) -> tuple[Any, Any, Any]:
    """(folder, file) of each point and the order of points: by step, equal steps in reading order."""
    order = np.lexsort((np.arange(len(series)), series.step))
    step = series.step[order]
    new = np.concatenate(([True], step[1:] != step[:-1])) if len(step) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(new, np.arange(len(step)), 0))
    layer = np.minimum(np.arange(len(step)) - first, _LAYERS - 1)
    attempt = np.zeros(len(step), np.int64)
    for k in np.unique(layer):
        attempt[layer == k] = np.maximum.accumulate(series.attempt[order][layer == k])
    return layer, attempt, order
