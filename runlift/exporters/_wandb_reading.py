"""A W&B run read back from its own file, through W&B's own protobuf classes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from runlift.exporters import _wandb_run as words
from runlift.exporters._wandb_log import read_log
from runlift.exporters._wandb_rows import STEP, Row
from runlift.moving.files import digest_of
from runlift.moving.items import digests
from runlift.moving.series import Series
from runlift.moving.target import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_POINTS = frozenset(("_step", "_timestamp", "_runtime", STEP))


class Reading:
    """What the file of a run and the folder beside it hold."""

    def __init__(self, folder: str, run_id: str) -> None:
        from wandb.proto import wandb_internal_pb2  # noqa: PLC0415 - optional

        proto: Any = wandb_internal_pb2  # its classes are made when it is imported
        self.points: dict[str, tuple[list[int], list[float], list[float]]] = {}
        self.rows: list[Row] = []
        self.fields: dict[str, str] = {}
        self.config: dict[str, Any] = {}
        self._folder = os.path.join(folder, "files")
        with open(os.path.join(folder, f"run-{run_id}.wandb"), "rb") as file:
            for data in read_log(file):
                self._take(proto.Record.FromString(data))

    def _take(self, record: Any) -> None:
        match record.WhichOneof("record_type"):
            case "history":
                self._history(record.history)
            case "run":
                self._run(record.run)
            case "exit":
                self.fields["exit_code"] = str(record.exit.exit_code)

    def _run(self, run: Any) -> None:
        self.config = {"".join(i.nested_key) or i.key: json.loads(i.value_json) for i in run.config.update}
        found = {
            "name": run.display_name,
            "project": run.project,
            "group": run.run_group,
            "job_type": run.job_type,
            "notes": run.notes,
            "host": run.host,
            "tags": "\n".join(run.tags),
            "start": repr(run.start_time.seconds + run.start_time.nanos / 1e9),
            words.OWN: json.dumps(self.config.get(words.OWN), sort_keys=True, ensure_ascii=False),
        }
        self.fields |= {k: v for k, v in found.items() if v}

    def _history(self, history: Any) -> None:
        row = {i.nested_key[0]: json.loads(i.value_json) for i in history.item}
        if row["_step"] != history.step.num:
            raise ValueError("a row's step differs from its record's")
        step, time = row.get(STEP, row["_step"]), row["_timestamp"]
        for key, value in row.items():
            if key in _NOT_POINTS:
                continue
            if isinstance(value, dict):
                self.rows.append(Row(key, value, step, time))
            else:
                steps, times, values = self.points.setdefault(key, ([], [], []))
                steps.append(step)
                times.append(time)
                values.append(value)

    def held(self, mark: str | None) -> Held:
        """Everything."""
        own = (words.OWN, "_wandb")
        return Held(
            mark=mark,
            metrics=set(self.points),
            series=self._series,
            fields=self.fields,
            params={k: words.text_of(v) for k, v in self.config.items() if k not in own},
            items=digests(words.items(self.rows)),
            files=dict(self._files()),
        )

    def _files(self) -> Iterator[tuple[str, str]]:
        for parent, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(parent, name)
                yield os.path.relpath(path, self._folder).replace(os.sep, "/"), digest_of(path)

    def _series(self, name: str) -> Series:
        return Series.read_back(name, *self.points[name])
