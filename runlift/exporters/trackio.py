"""Trackio's own store: a folder with an SQLite database a project, which its dashboard shows."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from runlift.errors import DestinationError, MissingLibraryError
from runlift.exporters import _trackio_rows as rows
from runlift.moving import lock
from runlift.moving.files import digest_of, write_whole
from runlift.moving.items import digests
from runlift.moving.losses import CURVES, GAPS, HISTOGRAM_SUMS, SPELLING, Loss, count_histograms
from runlift.moving.series import NO_EPOCH, NUMBERED, START_TIME, TO_US, Series
from runlift.moving.settings import project_of, spelt
from runlift.moving.target import Held, Limits, MovingTarget, Place, Session
from runlift.moving.verify import not_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared

END = Loss("run-end-status", "the end and the status of a run", "entries of its config, under `runlift`")
PROJECT = Loss(
    "project-name", "a project's name with other than letters, digits, - and _", "`_` and a digest", "in the config"
)
ITEM_TIME = Loss(
    "item-time-to-us", "the time of a histogram, image, sound or curve", "the nearest microsecond, its start if none"
)


class Trackio(MovingTarget):
    """Move runs into Trackio's own store; DEST is its folder (TRACKIO_DIR).

    See them with: TRACKIO_DIR=DEST trackio show
    """

    name: ClassVar[str] = "trackio"
    title: ClassVar[str] = "Trackio store"
    example: ClassVar[str] = "trackio/"
    requires: ClassVar[tuple[str, ...]] = ("trackio",)
    limits: ClassVar[Limits] = Limits(rows.KEYS, rows.PARAMS)
    rules: ClassVar[Any] = (NUMBERED, START_TIME, TO_US, NO_EPOCH)
    losses: ClassVar[Any] = (END, PROJECT, SPELLING, HISTOGRAM_SUMS, GAPS, CURVES, ITEM_TIME)
    native: ClassVar[tuple[str, ...]] = ("histograms", "image", "audio", "curves")

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether the folder holds databases of Trackio and our files."""
        return (
            "://" not in dest
            and os.path.isdir(os.path.join(dest, "media"))
            and any(f.endswith(".db") for f in os.listdir(dest))
        )

    @contextmanager
    def open(self, dest: str, *, reading: bool = False) -> Iterator[Session]:
        """The folder."""
        storage = _storage()
        if reading:
            with _pointed_at(dest):
                yield _Folder(dest, storage)
            return
        with lock.held(lock.beside(dest)), _pointed_at(dest):
            os.makedirs(dest, exist_ok=True)
            try:
                yield _Folder(dest, storage)
            except sqlite3.Error as error:  # a full disk, for one
                raise DestinationError(dest, str(error)) from error

    def settle(self, run: Prepared) -> None:
        """Fields, settings as Trackio gives them back, digests of the items."""
        run.fields = rows.fields(run)
        for key, text in run.params.items():
            run.params[key] = rows.as_read(text)
            run.losses[SPELLING.code] += run.params[key] != text
        run.items = digests(rows.items(rows.item_rows(run)))
        run.items |= {f"file/{rows.media_path(run, r)}": r["sha256"] for r in rows.media(run)}
        run.losses[END.code] += 1
        run.losses[PROJECT.code] += project_of(run, rows.PROJECTS) != project_of(run)
        histograms = run.content.items.get("histograms", [])
        run.losses.update(count_histograms(histograms))
        curves = run.content.items.get("curves", [])
        run.losses[CURVES.code] += len(curves)
        for row in [*histograms, *rows.media(run), *curves]:
            run.losses[ITEM_TIME.code] += row["wall_time"] is None or round(row["wall_time"], 6) != row["wall_time"]
        run.losses = +run.losses


def _storage() -> Any:
    try:
        from trackio.sqlite_storage import SQLiteStorage  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingLibraryError("export trackio", "trackio", 'pip install "runlift[trackio]"') from error
    return SQLiteStorage


@contextmanager
def _pointed_at(dest: str) -> Iterator[None]:
    """Trackio looks for its folder once, when it is imported; for this time it is another."""
    folder = Path(os.path.abspath(dest))
    wanted = {"TRACKIO_DIR": folder, "MEDIA_DIR": folder / "media", "ARTIFACTS_DIR": folder / "artifacts"}
    modules = [m for n, m in list(sys.modules.items()) if n == "trackio" or n.startswith("trackio.")]
    before = [(m, name, getattr(m, name)) for m in modules for name in wanted if name in vars(m)]
    try:
        for module, name, _ in before:
            setattr(module, name, wanted[name])
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


class _Folder(Session):
    """A folder that Trackio keeps its databases in."""

    def __init__(self, dest: str, storage: Any) -> None:
        self.dest, self.storage = dest, storage

    def find(self, run: Prepared) -> Place | None:
        """By run id, which is ours; the mark is in the config."""
        project = project_of(run, rows.PROJECTS)
        if not os.path.exists(self.storage.get_project_db_path(project)):
            return None
        if run.run_id not in {r["id"] for r in self.storage.get_run_records(project)}:
            return None
        config = self.storage.get_run_config(project, run_id=run.run_id) or {}
        return Place(run.run_id, (config.get(rows.OWN) or {}).get("complete"))

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """The run's own row, what is missing of its points, items, files; the config with the mark comes last."""
        held = (
            _Logged(self.storage.get_logs(project_of(run, rows.PROJECTS), run_id=run.run_id))
            if self.find(run)
            else None
        )
        if held and self._outdated(run, held):
            self.storage.delete_run(project_of(run, rows.PROJECTS), run.row["name"] or run.run_id, run_id=run.run_id)
            held = None
        self._log(run, self._own_row(run))
        missing = []
        for series in run.series():
            name = run.names[series.metric]
            there = name in held.points if held else False
            missing.append(not_held(series, held.series(name)) if held and there else series)
            tell(len(series) - len(missing[-1]))
        for some in rows.point_rows(run, missing):
            self._log(run, some)
            tell(some.points)
        self._log(run, rows.item_rows(run))
        self._files(run)
        self._log(run, self._own_row(run), rows.config(run, run.mark))
        return run.run_id

    @staticmethod
    def _outdated(run: Prepared, held: _Logged) -> bool:
        """Whether it holds points that are no longer in force, which cannot be taken back one by one."""
        there = (s for s in run.series() if run.names[s.metric] in held.points)
        return any(len(not_held(held.series(run.names[s.metric]), s)) for s in there)

    def _own_row(self, run: Prepared) -> rows.Rows:
        """A row without values at the start of the run: a run is there without points, and dates from its start."""
        return rows.Rows([{}], [0], [rows.iso(run.content.start)], [f"{run.run_id}:start"], 0)

    def _log(self, run: Prepared, some: rows.Rows, config: dict[str, Any] | None = None) -> None:
        self.storage.bulk_log(
            project_of(run, rows.PROJECTS),
            run.row["name"] or run.run_id,
            some.values,
            steps=some.steps,
            timestamps=some.times,
            log_ids=some.ids,
            run_id=run.run_id,
            config=config,
        )

    def _files(self, run: Prepared) -> None:
        for item in run.files:
            write_whole(self._file_path(run, item.name), item.read())
        for row in rows.media(run):
            with open(run.content.reader.blob(row["sha256"]), "rb") as file:
                write_whole(os.path.join(self.dest, "media", *rows.media_path(run, row).split("/")), file.read())

    def _media(self, logged: _Logged) -> Iterator[tuple[str, str]]:
        """The digest of each image's and sound's file that is there."""
        for value in logged.items.values:
            for said in value.values():
                path = os.path.join(self.dest, "media", *str(said.get("file_path", "")).split("/"))
                if os.path.isfile(path):
                    yield f"file/{said['file_path']}", digest_of(path)

    def _file_path(self, run: Prepared, name: str = "") -> str:
        """Where Trackio keeps the files of a project."""
        return os.path.join(self.dest, "media", project_of(run, rows.PROJECTS), "files", run.run_id, *name.split("/"))

    def held(self, place: Place, run: Prepared) -> Held:
        """Through the storage class that Trackio's server reads with."""
        project = project_of(run, rows.PROJECTS)
        logged = _Logged(self.storage.get_logs(project, run_id=run.run_id))
        config = self.storage.get_run_config(project, run_id=run.run_id) or {}
        own = config.get(rows.OWN) or {}
        return Held(
            mark=place.mark,
            metrics=set(logged.points),
            series=logged.series,
            fields=own.get("run", {}),
            params={k: spelt(v) for k, v in config.items() if not k.startswith("_") and k != rows.OWN},
            items=digests(rows.items(logged.items)) | dict(self._media(logged)),
            files=dict(_digests(self._file_path(run).rstrip(os.sep))),
        )


def _digests(top: str) -> Iterator[tuple[str, str]]:
    for parent, _, names in os.walk(top):
        for name in names:
            path = os.path.join(parent, name)
            yield os.path.relpath(path, top).replace(os.sep, "/"), digest_of(path)


class _Logged:
    """The rows of a run, as columns by metric, and its items."""

    def __init__(self, logs: list[dict[str, Any]]) -> None:
        self.points: dict[str, tuple[list[int], list[str], list[float]]] = {}
        self.items = rows.Rows([], [], [], [], 0)
        for log in logs:
            step, time = log["step"], log["timestamp"]
            for key, value in log.items():
                if key in ("step", "timestamp"):
                    continue
                if isinstance(value, dict):
                    self.items.values.append({key: value})
                    self.items.steps.append(step)
                    self.items.times.append(time)
                else:
                    steps, times, values = self.points.setdefault(key, ([], [], []))
                    steps.append(step)
                    times.append(time)
                    values.append(value)

    def series(self, name: str) -> Series:
        """One metric."""
        steps, times, values = self.points[name]
        n = len(steps)
        return Series(
            metric=name,
            step=np.array(steps, np.int64),
            stepless=np.zeros(n, bool),
            epoch=np.full(n, np.nan),
            time=rows.seconds(times),
            value=np.array(values, np.float64),
            attempt=np.zeros(n, np.int32),
        )
