"""Every value of an event file that is not a plain scalar: what kind it is and the facts that it gives.

The plugins' own formats: tensorboard/plugins/*/metadata.py; old-style values: tensorflow/core/framework/summary.proto.
A value of an unknown plugin, or one that its plugin's reader cannot make sense of, is kept as a Tensor.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.facts import Artifact, Curve, Fact, Histogram, Media, Points, Tensor, Text
from runlift.parsers._tensorboard_hparams import hparams
from runlift.parsers._tensorboard_logged import Ignored, Logged, When, unreadable_value
from runlift.parsers._tensorboard_media import audio, images, mesh, old_audio, old_image
from runlift.wire.protobuf_fields import LEN, fields
from runlift.wire.tensor_values import TensorValue, tensor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Values:
    """Reads the values of one event file; remembers the metadata that came with the first value of each tag."""

    def __init__(self) -> None:
        self._metadata: dict[str, Any] = {}
        self._described: set[str] = set()

    def remember(self, tag: str, data: memoryview) -> None:
        """Take a value's metadata for what follows, and nothing else of it."""
        proto = _value_proto(data)
        if proto is not None:
            self._in_force(tag, proto)

    def read(self, tag: str, data: memoryview, when: When) -> Iterator[Fact | Ignored]:
        """The facts of one serialised Summary.Value; an Issue alone when it cannot be decoded."""
        proto = _value_proto(data)
        if proto is None:
            yield unreadable_value(tag, when["position"], "its bytes are no Summary.Value")
            return
        logged = Logged(tag, when, proto, self._in_force(tag, proto))
        if proto.HasField("metadata"):
            yield from self.words(tag, proto.metadata, when)
        yield from _facts(logged)

    def words(self, tag: str, metadata: Any, when: When) -> Iterator[Text]:
        """A tag's description, and its display name where that says more than the tag; once a tag."""
        if tag in self._described:
            return
        words = {"description": metadata.summary_description, "display_name": metadata.display_name}
        if words["display_name"] in tag:
            words["display_name"] = ""
        for name, text in words.items():
            if text:
                self._described.add(tag)
                yield Text(f"{tag}.{name}", text, **when)

    def _in_force(self, tag: str, proto: Any) -> Any:
        own = proto.metadata
        if proto.HasField("metadata") and (own.plugin_data.plugin_name or own.data_class):
            self._metadata[tag] = own
        return self._metadata.get(tag)


def metadata_proto(data: memoryview) -> Any:
    """A SummaryMetadata; None when the bytes are none."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata  # noqa: PLC0415 - slow to import

    try:
        return SummaryMetadata.FromString(bytes(data))
    except DecodeError:
        return None


def _value_proto(data: memoryview) -> Any:
    """A Summary.Value without its tag and node name (which need not be UTF-8); None when the bytes are none."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import
    from tensorboard.compat.proto.summary_pb2 import Summary  # noqa: PLC0415 - slow to import

    try:
        kept = [data[f.key : f.stop] for f in fields(data) if f.type != LEN or f.number not in (1, 7)]
        return Summary.Value.FromString(b"".join(kept))
    except (ValueError, DecodeError):
        return None


def _facts(logged: Logged) -> Iterator[Fact | Ignored]:
    what = logged.proto.WhichOneof("value")
    if what is None:
        yield from _only_metadata(logged)
    elif what in _OLD_STYLE:
        yield from _OLD_STYLE[what](logged)
    else:
        yield from _tensor_facts(logged)


def _tensor_facts(logged: Logged) -> Iterator[Fact | Ignored]:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import

    if logged.plugin == "hparams":
        yield from _only_metadata(logged)
        return
    try:
        tensor = tensor_of(logged.proto.tensor)
    except ValueError as error:
        yield unreadable_value(logged.tag, logged.position, str(error))
        return
    try:
        facts = list(_PLUGINS.get(logged.plugin, _unknown)(logged, tensor))
    except (ValueError, DecodeError):
        facts = list(_unknown(logged, tensor))
    yield from facts


def _only_metadata(logged: Logged) -> Iterator[Fact | Ignored]:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import

    if logged.plugin == "hparams":
        try:
            yield from list(hparams(logged))
        except DecodeError:
            yield unreadable_value(logged.tag, logged.position, "its plugin data is no HParamsPluginData")
    elif logged.content:
        data = logged.content
        yield Tensor(logged.tag, "uint8", (len(data),), data, logged.plugin, **logged.when)
    else:
        yield Ignored("value without content")


def _old_histogram(logged: Logged) -> Iterator[Fact]:
    h = logged.proto.histo
    right, count = np.array(h.bucket_limit, np.float64), np.array(h.bucket, np.float64)
    if len(right) != len(count):
        yield unreadable_value(logged.tag, logged.position, f"{len(right)} bucket limits for {len(count)} buckets")
        return
    left = np.concatenate(([min(h.min, right[0])], right[:-1])) if len(right) else right
    sums = {"min": h.min, "max": h.max, "sum": h.sum, "sum_squares": h.sum_squares}
    yield Histogram(logged.tag, left, right, count, **logged.when, **sums)


def _simple(logged: Logged) -> Iterator[Fact]:
    yield _point(logged, logged.proto.simple_value)


def _point(logged: Logged, value: float) -> Points:
    return Points(
        logged.tag,
        np.array([logged.when["step"]], np.int64),
        np.array([value], np.float64),
        np.array([logged.position], np.int64),
        wall_time=np.array([logged.when["wall_time"]], np.float64),
    )


def _oldest_histogram(logged: Logged) -> Iterator[Fact]:
    data = logged.proto.obsolete_old_style_histogram
    yield Tensor(logged.tag, "uint8", (len(data),), data, "obsolete_old_style_histogram", **logged.when)


_OLD_STYLE: dict[str, Callable[[Logged], Iterator[Fact]]] = {
    "simple_value": _simple,
    "histo": _old_histogram,
    "image": old_image,
    "audio": old_audio,
    "obsolete_old_style_histogram": _oldest_histogram,
}


def _scalar(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    numbers = tensor.numbers()
    if numbers.size != 1:
        raise ValueError("a scalar must be one number")
    yield _point(logged, float(numbers.reshape(())))


def _histogram(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    """Float [k, 3]: left, right and count of each bucket."""
    rows = tensor.numbers()
    if rows.ndim != 2 or rows.shape[1] != 3:
        raise ValueError("a histogram must be [k, 3]")
    left, right, count = (np.ascontiguousarray(c) for c in rows.T)
    low, high = (float(left[0]), float(right[-1])) if len(rows) else (None, None)
    yield Histogram(logged.tag, left, right, count, **logged.when, min=low, max=high)


def _text(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    """One string as it is; several as a JSON list of the tensor's shape."""
    if tensor.dtype != "string":
        raise ValueError("a text must be strings")
    words = [s.decode("utf-8", "backslashreplace") for s in tensor.strings]
    text = words[0] if len(words) == 1 else json.dumps(_nested(words, tensor.shape), ensure_ascii=False)
    yield Text(logged.tag, text, **logged.when)


def _nested(flat: list[str], shape: tuple[int, ...]) -> Any:
    if len(shape) < 2:
        return flat
    n = len(flat) // shape[0] if shape[0] else 0
    return [_nested(flat[i * n : (i + 1) * n], shape[1:]) for i in range(shape[0])]


_PR_ROWS = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")


def _pr_curve(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    """Float [6, k]; the thresholds are spread evenly over 0 to 1, as TensorBoard has them."""
    rows = tensor.numbers()
    if rows.ndim != 2 or len(rows) != len(_PR_ROWS):
        raise ValueError("a PR curve must be [6, k]")
    columns = dict(zip(_PR_ROWS, rows, strict=True))
    yield Curve(logged.tag, "pr", columns | {"thresholds": np.linspace(0.0, 1.0, rows.shape[1])}, **logged.when)


def _layout(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415 - slow to import
    from tensorboard.plugins.custom_scalar.layout_pb2 import Layout  # noqa: PLC0415 - slow to import

    if tensor.dtype != "string" or len(tensor.strings) != 1:
        raise ValueError("a layout must be one string")
    data = MessageToJson(Layout.FromString(tensor.strings[0]), ensure_ascii=False).encode()
    yield Artifact("custom_scalars_layout.json", "tensorboard layout", data, position=logged.position)


def _graph_blob(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    if tensor.dtype != "string":
        raise ValueError("a graph must be strings")
    suffix = "json" if logged.plugin == "graph_keras_model" else "pb"
    for i, data in enumerate(tensor.strings):
        name = f"{logged.tag}{f'.{i}' if i else ''}.{suffix}"
        yield Artifact(name, logged.plugin.replace("_", " "), data, position=logged.position)


def _unknown(logged: Logged, tensor: TensorValue) -> Iterator[Fact]:
    """Strings without a plugin are texts (Estimator's ``checkpoint_path``); everything else is kept as it is."""
    if tensor.dtype == "string" and not logged.plugin:
        yield from _text(logged, tensor)
    else:
        yield Tensor(logged.tag, tensor.dtype, tensor.shape, tensor.raw(), logged.plugin, **logged.when)


_PLUGINS: dict[str, Callable[[Logged, TensorValue], Iterator[Fact] | Iterator[Media]]] = {
    "scalars": _scalar,
    "histograms": _histogram,
    "images": images,
    "audio": audio,
    "text": _text,
    "pr_curves": _pr_curve,
    "mesh": mesh,
    "custom_scalars": _layout,
    "graphs": _graph_blob,
    "graph_run_metadata": _graph_blob,
    "graph_run_metadata_graph": _graph_blob,
    "graph_keras_model": _graph_blob,
    "graph_tagged_run_metadata": _graph_blob,
}
