"""What TensorBoard's own code reads from one event file: no line of our decoder is used here.

Framing, checksums and events: ``event_file_loader.LegacyEventFileLoader``; tensors: ``tensor_util.make_ndarray``;
plugin data: the plugins' own protos. Slow (pure Python checksums, some 100,000 values a second) and meant to be.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Content = tuple[Any, ...]
Key = tuple[str, str]


@dataclass(slots=True)
class Scalars:
    """The points of one tag in file order."""

    step: array[int] = field(default_factory=lambda: array("q"))
    wall_time: array[float] = field(default_factory=lambda: array("d"))
    value: array[float] = field(default_factory=lambda: array("d"))


@dataclass(frozen=True, slots=True)
class LoggedItem:
    """One logged item: ``content`` is a tuple that is equal where the items are; NaN stands as text in it."""

    step: int
    wall_time: float
    content: Content


@dataclass(slots=True)
class Truth:
    """What one file holds: points by tag, items by (table, tag), settings by key, the status of its session.

    ``failed``: why TensorBoard's reader stopped with an error, where it did; ``foreign``: tags with values
    that it gives but cannot decode (dtypes that its code does not know), with the reason.
    """

    scalars: dict[str, Scalars] = field(default_factory=lambda: defaultdict(Scalars))
    items: dict[Key, list[LoggedItem]] = field(default_factory=lambda: defaultdict(list))
    params: dict[str, Any] = field(default_factory=dict)
    status: str | None = None
    failed: str | None = None
    foreign: dict[str, str] = field(default_factory=dict)


def read_truth(path: str) -> Truth:
    """Read the local file ``path`` with TensorBoard. OSError where it cannot be opened."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import
    from tensorboard.backend.event_processing.event_file_loader import (  # noqa: PLC0415 - slow to import
        LegacyEventFileLoader,
    )

    reader = _Reader()
    try:
        for event in LegacyEventFileLoader(path).Load():
            reader.event(event)
    except DecodeError as error:
        reader.truth.failed = str(error)
    return reader.truth


def sha(data: bytes) -> str:
    """How bytes stand in a content."""
    return hashlib.sha256(data).hexdigest()


def numbers(values: Any) -> Content:
    """How numbers stand in a content: as float64, NaN as text so that it equals itself."""
    return tuple("nan" if math.isnan(x) else float(x) for x in np.asarray(values, np.float64).ravel().tolist())


class _Reader:
    def __init__(self) -> None:
        self.truth = Truth()
        self._metadata: dict[str, Any] = {}
        self._described: set[str] = set()

    def event(self, event: Any) -> None:
        what = event.WhichOneof("what")
        if what == "summary":
            for value in event.summary.value:
                self._value(event, value)
        elif what == "graph_def":
            self._add("artifacts", "graph_def.pb", event, (sha(event.graph_def),))
        elif what == "meta_graph_def":
            self._add("artifacts", "meta_graph_def.pb", event, (sha(event.meta_graph_def),))
        elif what == "tagged_run_metadata":
            name = f"run_metadata/{event.tagged_run_metadata.tag or 'unnamed'}.pb"
            self._add("artifacts", name, event, (sha(event.tagged_run_metadata.run_metadata),))
        elif what == "log_message" and event.log_message.message:
            self._add("texts", "log_message", event, (event.log_message.message,))
        elif what == "session_log":
            for name, text in (("checkpoint", event.session_log.checkpoint_path), ("message", event.session_log.msg)):
                if text:
                    self._add("texts", f"session_log/{name}", event, (text,))

    def _add(self, table: str, tag: str, event: Any, content: Content) -> None:
        self.truth.items[table, tag].append(LoggedItem(event.step, event.wall_time, content))

    def _value(self, event: Any, value: Any) -> None:
        metadata = self._metadata_of(value)
        text = value.metadata.summary_description
        if text and value.tag not in self._described:
            self._described.add(value.tag)
            self._add("texts", f"{value.tag}.description", event, (text,))
        what = value.WhichOneof("value")
        if what == "simple_value":
            self._point(event, value.tag, value.simple_value)
        elif what in _OLD:
            table, content = _OLD[what](value)
            self._add(table, value.tag, event, content)
        elif metadata.plugin_data.plugin_name == "hparams":
            self._hparams(metadata.plugin_data.content)
        elif what == "tensor":
            self._tensor(event, value, metadata)
        elif metadata.plugin_data.content:
            data = metadata.plugin_data.content
            self._add("tensors", value.tag, event, ("uint8", (len(data),), sha(data)))

    def _metadata_of(self, value: Any) -> Any:
        """That of the tag's first value which names a plugin, as TensorBoard keeps it for the run."""
        own = value.metadata
        if value.tag not in self._metadata and (own.plugin_data.plugin_name or own.data_class):
            self._metadata[value.tag] = own
        return self._metadata.get(value.tag, own)

    def _point(self, event: Any, tag: str, value: float) -> None:
        points = self.truth.scalars[tag]
        points.step.append(event.step)
        points.wall_time.append(event.wall_time)
        points.value.append(value)

    def _tensor(self, event: Any, value: Any, metadata: Any) -> None:
        from tensorboard.util.tensor_util import make_ndarray  # noqa: PLC0415 - slow to import

        try:
            found = make_ndarray(value.tensor)
        except (TypeError, ValueError) as error:
            self.truth.foreign[value.tag] = str(error)
            return
        plugin = metadata.plugin_data.plugin_name
        scalar = plugin == "scalars" or metadata.data_class == 1 or not plugin
        if scalar and found.size == 1 and found.dtype.kind in "fiub":
            self._point(event, value.tag, float(found.reshape(())))
            return
        try:
            made = list(_PLUGINS.get(plugin, _tensor)(value.tag, found, metadata.plugin_data.content))
        except (AttributeError, IndexError, TypeError, ValueError):
            made = list(_tensor(value.tag, found, b""))  # not what its plugin says: a tensor like any other
        for table, tag, content in made:
            self._add(table, tag, event, content)

    def _hparams(self, content: bytes) -> None:
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData  # noqa: PLC0415 - slow to import

        data = HParamsPluginData.FromString(content)
        if data.WhichOneof("data") == "session_start_info":
            self.truth.params |= {k: _plain(v) for k, v in data.session_start_info.hparams.items()}
        elif data.WhichOneof("data") == "session_end_info":
            named = {1: "finished", 2: "failed", 3: "running"}
            self.truth.status = named.get(data.session_end_info.status, self.truth.status)


def _plain(value: Any) -> Any:
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - slow to import

    kind = value.WhichOneof("kind")
    if kind == "number_value":
        return value.number_value
    return MessageToDict(value) if kind else None


def _old_histogram(value: Any) -> tuple[str, Content]:
    h = value.histo
    sums = (h.min, h.max, h.sum, h.sum_squares)
    return "histograms", (numbers(h.bucket_limit), numbers(h.bucket), numbers(sums))


def _old_image(value: Any) -> tuple[str, Content]:
    i = value.image
    return "media", (sha(i.encoded_image_string), i.width, i.height)


def _old_audio(value: Any) -> tuple[str, Content]:
    a = value.audio
    return "media", (sha(a.encoded_audio_string), a.sample_rate, a.length_frames)


_OLD: dict[str, Callable[[Any], tuple[str, Content]]] = {
    "histo": _old_histogram,
    "image": _old_image,
    "audio": _old_audio,
}
_Found = tuple[str, str, Content]


def _histogram(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    yield "histograms", tag, tuple(numbers(column) for column in found.T)


def _images(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    width, height, *encoded = found.tolist()
    for data in encoded:
        yield "media", tag, (sha(data), int(width), int(height))


def _audio(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    clips = found[:, 0] if found.ndim == 2 else found
    labels = found[:, 1] if found.ndim == 2 else [b""] * len(clips)
    for clip, label in zip(clips, labels, strict=True):
        yield "media", tag, (sha(clip), label.decode() or None)


def _text(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    words = np.vectorize(lambda s: s.decode("utf-8", "backslashreplace"), otypes=[object])(found).tolist()
    text = words if isinstance(words, str) else words[0] if found.shape == (1,) else None
    if text is None and found.size == 1:
        text = found.reshape(-1)[0].decode("utf-8", "backslashreplace")
    yield "texts", tag, (json.dumps(words, ensure_ascii=False) if text is None else text,)


def _pr_curve(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    yield "curves", tag, numbers(found)


def _mesh(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    yield "media", tag, (str(found.dtype), found.shape, sha(found.tobytes()))


def _layout(_tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - slow to import
    from tensorboard.plugins.custom_scalar.layout_pb2 import Layout  # noqa: PLC0415 - slow to import

    layout = MessageToDict(Layout.FromString(found.reshape(-1)[0]))
    yield "artifacts", "custom_scalars_layout.json", (json.dumps(layout, sort_keys=True),)


def _graph(suffix: str) -> Callable[[str, Any, bytes], Iterator[_Found]]:
    def graphs(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
        for i, data in enumerate(found.reshape(-1).tolist()):
            yield "artifacts", f"{tag}{f'.{i}' if i else ''}.{suffix}", (sha(data),)

    return graphs


def _without_plugin(tag: str, found: Any, content: bytes) -> Iterator[_Found]:
    yield from (_text if found.dtype.kind == "O" else _tensor)(tag, found, content)


def _tensor(tag: str, found: Any, _content: bytes) -> Iterator[_Found]:
    """Several strings stand each behind their length, as the store keeps them."""
    if found.dtype.kind != "O":
        yield "tensors", tag, (str(found.dtype), found.shape, sha(found.tobytes()))
        return
    strings = found.reshape(-1).tolist()
    data = strings[0] if len(strings) == 1 else b"".join(struct.pack("<Q", len(s)) + s for s in strings)
    yield "tensors", tag, ("string", found.shape, sha(data))


_PLUGINS: dict[str, Callable[[str, Any, bytes], Iterator[_Found]]] = {
    "histograms": _histogram,
    "images": _images,
    "audio": _audio,
    "text": _text,
    "pr_curves": _pr_curve,
    "mesh": _mesh,
    "custom_scalars": _layout,
    "": _without_plugin,
    "graphs": _graph("pb"),
    "graph_run_metadata": _graph("pb"),
    "graph_run_metadata_graph": _graph("pb"),
    "graph_keras_model": _graph("json"),
    "graph_tagged_run_metadata": _graph("pb"),
}
