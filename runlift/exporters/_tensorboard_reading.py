"""A run's folder as TensorBoard's own event reader gives it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.exporters._tensorboard_items import END, START, number_text
from runlift.moving.files import digest_of
from runlift.moving.items import Item, digests
from runlift.moving.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.target import Held

COMPLETE = "runlift/complete.json"
_KINDS = {"text": "text", "histograms": "histogram", "images": "image", "audio": "audio", "pr_curves": "pr_curve"}


class _Reading:
    """What the event files of a folder hold."""

    def __init__(self) -> None:
        self.scalars: dict[str, tuple[list[int], list[float], list[float]]] = {}
        self.items: list[Item] = []
        self.params: dict[str, str] = {}
        self.fields: dict[str, str] = {}

    def take(self, event: Any) -> None:
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                steps, times, values = self.scalars.setdefault(value.tag, ([], [], []))
                steps.append(event.step)
                times.append(event.wall_time)
                values.append(value.simple_value)
            elif value.metadata.plugin_data.plugin_name == "hparams":
                self._hparams(value)
            else:
                self.items += _items(event, value)

    def _hparams(self, value: Any) -> None:
        from tensorboard.plugins.hparams import plugin_data_pb2  # noqa: PLC0415 - slow to import

        data = plugin_data_pb2.HParamsPluginData.FromString(value.metadata.plugin_data.content)
        if value.tag == START:
            info = data.session_start_info
            self.params = {k: _text(v) for k, v in info.hparams.items()}
            self.fields |= {"group": info.group_name, "start": repr(info.start_time_secs)}
        elif value.tag == END:
            info = data.session_end_info
            self.fields |= {"status": str(info.status), "end": repr(info.end_time_secs)}

    def series(self, name: str) -> Series:
        return Series.read_back(name, *self.scalars[name])


def read_folder(folder: str, mark: str | None) -> Held:
    """All that a run's folder holds: events through TensorBoard's reader, the other files by digest."""
    from tensorboard.backend.event_processing.event_file_loader import (  # noqa: PLC0415 - slow to import
        LegacyEventFileLoader,
    )

    from runlift.moving.target import Held  # noqa: PLC0415 - typing above

    found = _Reading()
    files: dict[str, str] = {}
    for path, name in _walk(folder):
        if "tfevents" in os.path.basename(name):
            for event in LegacyEventFileLoader(path).Load():
                found.take(event)
        elif name != COMPLETE:
            files[name] = digest_of(path)
    return Held(
        mark=mark,
        metrics=set(found.scalars),
        series=found.series,
        fields=found.fields,
        params=found.params,
        items=digests(found.items),
        files=files,
    )


def _walk(folder: str) -> Iterator[tuple[str, str]]:
    """(path, name inside the folder) of each file, in order."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            yield path, os.path.relpath(path, folder).replace(os.sep, "/")


def _text(value: Any) -> str:
    kind = value.WhichOneof("kind")
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    return number_text(value.number_value) if kind == "number_value" else str(value.string_value)


def _items(event: Any, value: Any) -> Iterator[Item]:
    kind = _KINDS.get(value.metadata.plugin_data.plugin_name, "tensor")
    datas = list(value.tensor.string_val)
    if kind == "histogram":
        datas = [value.tensor.tensor_content]
    elif kind == "pr_curve":
        datas = [np.frombuffer(value.tensor.tensor_content, "<f4").astype(np.float64).tobytes()]
    elif kind == "image":
        datas = datas[2:]
    elif kind == "audio":
        datas = datas[::2]
    for data in datas:
        yield kind, value.tag, event.step, event.wall_time, data
