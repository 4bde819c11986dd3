"""An open MLflow destination: find, create, send what is missing, read back."""

from __future__ import annotations

import os
import tempfile
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.errors import DestinationError, PushStoppedError
from runlift.exporters import _mlflow_run as words
from runlift.exporters._mlflow_calls import Calls, Points
from runlift.exporters._mlflow_datasets import Named, datasets
from runlift.moving.files import component, digest_of
from runlift.moving.series import Series, milliseconds
from runlift.moving.target import Held, Place, Session
from runlift.moving.verify import not_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared

_BATCH, _SMALL = 1000, 100
_TRIES = 3
# What MLflow itself writes into the tags of a run.
_NOT_OURS = ("mlflow.runName", words.MARK)


class MlflowSession(Session):
    """A tracking server. ``artifacts``: the folder for artifacts of new experiments, where no server serves them."""

    def __init__(self, dest: str, artifacts: str | None = None) -> None:
        self.dest, self.calls, self._artifacts = dest, Calls(dest), artifacts
        self._points = Points(self.calls, dest)
        self._experiments: dict[str, str] = {}
        self._lock = threading.Lock()

    def find(self, run: Prepared) -> Place | None:
        """By the tag ``runlift.run_id``: the run that was completed, else the one that was begun first."""
        experiment = self.calls("get_experiment_by_name", run.fields["experiment"])
        if experiment is None:
            return None
        found = self._tagged(experiment.experiment_id, run.run_id)
        return found[0] if found else None

    def _tagged(self, experiment: str, run_id: str) -> list[Place]:
        """All runs that carry our tag: completed ones first, then by id, so that every pusher chooses the same."""
        runs = self.calls("search_runs", [experiment], f"tags.`{words.RUN_ID}` = '{run_id}'")
        places = [Place(r.info.run_id, r.data.tags.get(words.MARK)) for r in runs]
        return sorted(places, key=lambda p: (p.mark is None, p.id))

    def _experiment(self, name: str) -> str:
        """The experiment of a project, made where there is none."""
        with self._lock:
            if name not in self._experiments:
                found = self.calls("get_experiment_by_name", name)
                if found is not None and found.lifecycle_stage != "active":
                    raise DestinationError(
                        self.dest, f"experiment {name!r} is deleted; restore it or rename the project"
                    )
                self._experiments[name] = found.experiment_id if found else self._create_experiment(name)
            return self._experiments[name]

    def _create_experiment(self, name: str) -> str:
        where = None
        if self._artifacts:
            where = "file://" + os.path.join(self._artifacts, "mlartifacts", component(name))
        try:
            made = self.calls("create_experiment", name, where, {"mlflow.experimentKind": "custom_model_development"})
        except PushStoppedError:  # made meanwhile, by another push or by the request that seemed to fail
            found = self.calls("get_experiment_by_name", name)
            if found is None:
                raise
            made = found.experiment_id
        return str(made)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Send what is missing. A run that another push completed, and so took ours away, is looked for again."""
        experiment = self._experiment(run.fields["experiment"])
        for attempt in range(1, _TRIES + 1):
            places = self._tagged(experiment, run.run_id)
            if places and self._outdated(places[0].id, run):
                self.calls("delete_run", places.pop(0).id)
            place = places[0] if places else self._create(experiment, run)
            try:
                self._fill(place.id, run, tell, resumed=bool(places))
                self._settle(experiment, run, place)
            except PushStoppedError:
                gone = self.calls("get_run", place.id).info.lifecycle_stage != "active"
                if not gone or attempt == _TRIES:
                    raise
            else:
                return place.id
        raise AssertionError  # the loop returns or raises

    def _outdated(self, id_: str, run: Prepared) -> bool:
        """Whether it holds what cannot be taken back one by one: another value of a setting, points no longer in force."""
        there = self.calls("get_run", id_).data
        if any(run.params.get(k, v) != v for k, v in there.params.items()):
            return True
        names = (s for s in run.series() if run.names[s.metric] in there.metrics)
        return any(len(not_held(self._series(id_, run.names[s.metric]), s)) for s in names)

    def _create(self, experiment: str, run: Prepared) -> Place:
        """A new run. A request that is sent twice makes two: the first by id is used, the others are removed at the end."""
        tags = {words.RUN_ID: run.run_id, "mlflow.user": run.tags.get("mlflow.user", "runlift")}
        tags |= {k: v for k, v in run.tags.items() if k in ("mlflow.source.type", "mlflow.source.name")}
        self.calls("create_run", experiment, int(run.fields["start"]), tags, run.fields["name"])
        return self._tagged(experiment, run.run_id)[0]

    def _fill(self, id_: str, run: Prepared, tell: Callable[[int], None], *, resumed: bool) -> None:
        there = self.calls("get_run", id_).data if resumed else None
        for series in run.series():
            name = run.names[series.metric]
            held = self._series(id_, name) if there is not None and name in there.metrics else None
            missing = series if held is None else not_held(series, held)
            tell(len(series) - len(missing))
            self._metrics(id_, name, missing, tell)
        self._texts(id_, run, there)
        self._datasets(id_, run, resumed=resumed)
        self._files(id_, run)
        end = run.fields["end"]
        if end:
            self.calls("set_terminated", id_, run.fields["status"], int(end))
        else:
            self.calls("update_run", id_, run.fields["status"])
        self.calls("set_tag", id_, words.MARK, run.mark)

    def _metrics(self, id_: str, name: str, series: Series, tell: Callable[[int], None]) -> None:
        times = milliseconds(series.time)
        for at in range(0, len(series), _BATCH):
            part = slice(at, at + _BATCH)
            columns = (series.value[part].tolist(), times[part].tolist(), series.step[part].tolist())
            self._points(id_, name, *columns)
            tell(len(columns[0]))

    def _texts(self, id_: str, run: Prepared, there: Any) -> None:
        """Params that are missing, and all tags but those that stand as they are to be."""
        from mlflow.entities import Param, RunTag  # noqa: PLC0415 - optional

        held = ({}, {}) if there is None else (there.params, there.tags)
        tags = dict(run.tags)
        parent = self._parent(run)
        if parent:
            tags["mlflow.parentRunId"] = run.tags["mlflow.parentRunId"] = parent
        params = [Param(k, v) for k, v in run.params.items() if k not in held[0]]
        for some in _some(params):
            self.calls("log_batch", id_, params=some)
        for some in _some([RunTag(k, v) for k, v in tags.items() if held[1].get(k) != v]):
            self.calls("log_batch", id_, tags=some)

    def _parent(self, run: Prepared) -> str | None:
        """The id here of the run's parent, in the same experiment."""
        parent = run.row["parent_run_id"]
        if not parent:
            return None
        found = self._tagged(self._experiment(run.fields["experiment"]), parent)
        if not found:
            run.losses[words.PARENT.code] = 1
        return found[0].id if found else None

    def _datasets(self, id_: str, run: Prepared, *, resumed: bool) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag  # noqa: PLC0415 - optional

        there = self._held_datasets(self.calls("get_run", id_)) if resumed else {}
        new = [
            DatasetInput(Dataset(d.name, d.digest, d.source_type, d.source), [InputTag(*tag) for tag in d.tags.items()])
            for d in datasets(run)
            if d.key not in there
        ]
        for some in _some(new):
            self.calls("log_inputs", id_, some)

    @staticmethod
    def _held_datasets(found: Any) -> dict[str, str]:
        inputs = [
            Named(
                i.dataset.name,
                i.dataset.digest,
                i.dataset.source_type,
                i.dataset.source,
                {t.key: t.value for t in i.tags},
            )
            for i in found.inputs.dataset_inputs
        ]
        return {d.key: d.said for d in inputs}

    def _files(self, id_: str, run: Prepared) -> None:
        """Every file by itself, so that a broken connection costs one; sent again they replace themselves."""
        place = self._artifact_place(self.calls("get_run", id_))
        with tempfile.TemporaryDirectory(prefix="runlift-") as folder:
            for item in run.files:
                parent, _, name = item.name.rpartition("/")
                path = os.path.join(folder, name)  # the client takes the name from the path
                if item.path:
                    os.symlink(os.path.abspath(item.path), path)
                else:
                    with open(path, "wb") as file:
                        file.write(item.read())
                self.calls.trying(partial(place.log_artifact, path, parent or None))
                os.remove(path)

    def _artifact_place(self, found: Any) -> Any:
        """Where the run's artifacts lie. The client would ask for the whole run again with every file."""
        from mlflow.store.artifact import artifact_repository_registry as places  # noqa: PLC0415 - optional

        return places.get_artifact_repository(found.info.artifact_uri, tracking_uri=self.dest)

    def _settle(self, experiment: str, run: Prepared, place: Place) -> None:
        """Leave one run with our tag: begun and given up ones go, of two that were completed at once the first by id stays."""
        for other in self._tagged(experiment, run.run_id):
            if other.id != place.id and (other.mark is None or other.id > place.id):
                self.calls("delete_run", other.id)

    def held(self, place: Place, run: Prepared) -> Held:
        """Everything, through MlflowClient."""
        found = self.calls("get_run", place.id)
        info, tags = found.info, dict(found.data.tags)
        parent = self._parent(run)
        if parent:
            run.tags["mlflow.parentRunId"] = parent
        experiment = self.calls("get_experiment", info.experiment_id)
        return Held(
            mark=tags.get(words.MARK),
            metrics=set(found.data.metrics),
            series=lambda name: self._series(place.id, name),
            fields={
                "name": info.run_name,
                "experiment": experiment.name,
                "status": info.status,
                "start": str(info.start_time),
                "end": "" if info.end_time is None else str(info.end_time),
            },
            params=dict(found.data.params),
            tags={k: v for k, v in tags.items() if k not in _NOT_OURS and (k in run.tags or k != "mlflow.user")},
            items=self._held_datasets(found),
            files=self._held_files(self._artifact_place(found)),
        )

    def _series(self, id_: str, name: str) -> Series:
        points = self.calls("get_metric_history", id_, name)
        n = len(points)
        return Series(
            metric=name,
            step=np.array([p.step for p in points], np.int64),
            stepless=np.zeros(n, bool),
            epoch=np.full(n, np.nan),
            time=np.array([p.timestamp for p in points], np.int64) / 1000,
            value=np.array([p.value for p in points], np.float64),
            attempt=np.zeros(n, np.int32),
        )

    def _held_files(self, place: Any, folder: str | None = None) -> dict[str, str]:
        """The digest of each artifact, downloaded one by one."""
        found: dict[str, str] = {}
        for entry in self.calls.trying(partial(place.list_artifacts, folder)):
            if entry.is_dir:
                found |= self._held_files(place, entry.path)
                continue
            with tempfile.TemporaryDirectory(prefix="runlift-") as scratch:
                found[entry.path] = digest_of(self.calls.trying(partial(place.download_artifacts, entry.path, scratch)))
        return found

    def address(self, place_id: str) -> str:
        """The run's id."""
        return place_id


def _some(items: list[Any]) -> Iterator[list[Any]]:
    """As many at once as a request may hold."""
    for at in range(0, len(items), _SMALL):
        yield items[at : at + _SMALL]
