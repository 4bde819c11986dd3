"""A W&B run read back from its own files, through W&B's own protobuf classes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from runlift.exporters import _wandb_items as items
from runlift.exporters import _wandb_run as words
from runlift.exporters._wandb_log import read_log
from runlift.exporters._wandb_rows import STEP, Row
from runlift.moving.files import digest_of
from runlift.moving.items import Item, digests
from runlift.moving.series import Series
from runlift.moving.settings import spelt
from runlift.moving.target import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

# What ``wandb sync`` puts beside our files, which all lie in folders.
_SYNCED = frozenset(("config.yaml", "wandb-summary.json", "wandb-metadata.json", "requirements.txt", "output.log"))
_NOT_POINTS = frozenset(("_step", "_timestamp", "_runtime", STEP))


class Reading:
    """What the files of a run hold, folder by folder in their order; what a later one says of the run counts."""

    def __init__(self, run_id: str) -> None:
        from wandb.proto import wandb_internal_pb2  # noqa: PLC0415 - optional

        self._proto: Any = wandb_internal_pb2  # its classes are made when it is imported
        self._run_id = run_id
        self.points: dict[str, tuple[list[int], list[float], list[float]]] = {}
        self.items: list[Item] = []
        self.fields: dict[str, str] = {}
        self.config: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self._start = ""
        self._folder = ""

    def take(self, folder: str) -> None:
        """Read a folder."""
        self._folder = os.path.join(folder, "files")
        self.files |= dict(self._found_files())
        self.fields, self.config = {}, {}
        with open(os.path.join(folder, f"run-{self._run_id}.wandb"), "rb") as file:
            for data in read_log(file):
                self._take(self._proto.Record.FromString(data))

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
        # That of later folders says in which order they come.
        self._start = self._start or repr(run.start_time.seconds + run.start_time.nanos / 1e9)
        found = {
            "name": run.display_name,
            "project": run.project,
            "group": run.run_group,
            "job_type": run.job_type,
            "notes": run.notes,
            "host": run.host,
            "tags": "\n".join(run.tags),
            "start": self._start,
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
                self.items += self._items(Row(key, value, step, time))
            else:
                steps, times, values = self.points.setdefault(key, ([], [], []))
                steps.append(step)
                times.append(time)
                values.append(value)

    def _items(self, row: Row) -> Iterator[Item]:
        """A row as an item; a table of texts as each of them, and its file as none of the run's."""
        path = row.value.get("path", "")
        if row.value["_type"] == "table-file" and self.files.get(path) == row.value["sha256"]:
            with open(os.path.join(self._folder, *path.split("/")), encoding="utf-8") as file:
                table = json.load(file)
            if items.is_text_table(table):
                del self.files[path]
                yield from items.items_of_table(row, table)
                return
        yield items.item(row)

    def held(self, mark: str | None) -> Held:
        """Everything."""
        own = (words.OWN, "_wandb")
        return Held(
            mark=mark,
            metrics=set(self.points),
            series=self._series,
            fields=self.fields,
            params={k: spelt(v) for k, v in self.config.items() if k not in own},
            items=digests(self.items),
            files=self.files,
        )

    def _found_files(self) -> Iterator[tuple[str, str]]:
        for parent, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(parent, name)
                if parent == self._folder and name in _SYNCED:
                    continue
                yield os.path.relpath(path, self._folder).replace(os.sep, "/"), digest_of(path)

    def _series(self, name: str) -> Series:
        return Series.read_back(name, *self.points[name])
