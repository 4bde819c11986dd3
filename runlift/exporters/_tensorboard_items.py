"""What is no scalar as TensorBoard's own plugins log it, and the digests by which it is known again.

Sources: the ``metadata.py`` and ``summary_v2.py`` of tensorboard/plugins/{hparams,histogram,image,audio,text}.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.moving.content import seconds
from runlift.moving.items import Item, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

_EXACT = 1 << 53
_PR_COLUMNS = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")
_STATUS = {"finished": 1, "failed": 2, "killed": 2, "running": 3}
START, END = "_hparams_/session_start_info", "_hparams_/session_end_info"
Logged = tuple[str, int, float, Any, list[tuple[str, bytes]]]


def number_text(x: float) -> str:
    """A double as the text that both sides of the comparison use."""
    return str(int(x)) if x.is_integer() and abs(x) <= _EXACT else repr(x)


def kept_as_number(row: dict[str, Any]) -> bool:
    """Whether a double holds this setting."""
    x = row["number"]
    return row["kind"] in ("int", "float") and x is not None and (row["kind"] == "float" or str(int(x)) == row["value"])


def session_start(run: Prepared) -> Any:
    """The value that opens the run for the hparams plugin: settings, group, start."""
    from tensorboard.plugins.hparams import plugin_data_pb2  # noqa: PLC0415 - slow to import

    data = plugin_data_pb2.HParamsPluginData()
    info = data.session_start_info
    for key, row in run.param_rows.items():
        if row["kind"] == "bool":
            info.hparams[key].bool_value = row["value"] == "true"
        elif kept_as_number(row):
            info.hparams[key].number_value = row["number"]
        else:
            info.hparams[key].string_value = run.params[key]
    info.group_name = run.row["group_name"] or ""
    info.start_time_secs = run.content.start
    return hparams_value(START, data)


def session_end(run: Prepared) -> Any:
    """The value that closes the run: status and end."""
    from tensorboard.plugins.hparams import plugin_data_pb2  # noqa: PLC0415 - slow to import

    data = plugin_data_pb2.HParamsPluginData()
    data.session_end_info.status = _STATUS.get(run.row["status"], 0)
    data.session_end_info.end_time_secs = end_time(run)
    return hparams_value(END, data)


def end_time(run: Prepared) -> float:
    """Unix seconds of the run's end; 0 where that is unknown."""
    return seconds(run.row["ended_at"]) or 0.0


def fields(run: Prepared) -> dict[str, str]:
    """What the hparams plugin holds of the run itself."""
    return {
        "status": str(_STATUS.get(run.row["status"], 0)),
        "group": run.row["group_name"] or "",
        "start": repr(run.content.start),
        "end": repr(end_time(run)),
    }


def hparams_value(tag: str, data: Any) -> Any:
    """A summary value without points that carries plugin data."""
    from tensorboard.compat.proto import summary_pb2, tensor_shape_pb2, types_pb2  # noqa: PLC0415 - slow to import

    value = summary_pb2.Summary.Value(tag=tag)
    value.metadata.plugin_data.plugin_name = "hparams"
    value.metadata.plugin_data.content = data.SerializeToString(deterministic=True)  # maps have no order of their own
    value.tensor.dtype = types_pb2.DT_FLOAT
    value.tensor.tensor_shape.CopyFrom(tensor_shape_pb2.TensorShapeProto())
    value.tensor.tensor_shape.dim.add(size=0)
    return value


def logged_items(run: Prepared) -> Iterator[Logged]:
    """(tag, step, time, summary value, [(kind, bytes)]): each event, with the items in it as digests are made of."""
    items = run.content.items
    for row in items.get("texts", []):
        data = row["text"].encode("utf-8", "replace")
        yield *_when(run, row), _strings(row["tag"], "text", [data]), [("text", data)]
    for row in items.get("histograms", []):
        table = np.array([row["left"], row["right"], row["count"]], np.float64).T
        yield *_when(run, row), _tensor(row["tag"], "histograms", table.astype("<f8")), [("histogram", table.tobytes())]
    for row in items.get("curves", []):
        if is_pr_curve(row):
            table = np.array(row["values"], np.float64).reshape(len(row["columns"]), -1)[: len(_PR_COLUMNS)]
            yield *_when(run, row), _pr_curve(row["tag"], table), [("pr_curve", table.tobytes())]
    for kind, plugin in (("image", "images"), ("audio", "audio")):
        for rows in _together([r for r in items.get("media", []) if r["kind"] == kind]):
            datas = [_bytes(run, r) for r in rows]
            yield *_when(run, rows[0]), _media(plugin, rows, datas), [(kind, data) for data in datas]


def is_pr_curve(row: dict[str, Any]) -> bool:
    """Whether a curve is one that TensorBoard's own plugin shows: with its counts, at its thresholds, in 32-bit floats."""
    if row["kind"] != "pr" or tuple(row["columns"]) != (*_PR_COLUMNS, "thresholds"):
        return False
    table = np.array(row["values"], np.float64).reshape(len(row["columns"]), -1)
    even = np.array_equal(table[-1], np.linspace(0.0, 1.0, table.shape[1]))
    with np.errstate(over="ignore"):
        return even and np.array_equal(table.astype(np.float32).astype(np.float64)[:-1], table[:-1], equal_nan=True)


def _pr_curve(tag: str, table: Any) -> Any:
    """Source: tensorboard/plugins/pr_curve/metadata.py."""
    from tensorboard.plugins.pr_curve import plugin_data_pb2  # noqa: PLC0415 - slow to import

    value = _tensor(tag, "pr_curves", table.astype("<f4"))
    data = plugin_data_pb2.PrCurvePluginData(num_thresholds=table.shape[1])
    value.metadata.plugin_data.content = data.SerializeToString()
    return value


def parts(logged: Logged) -> list[Item]:
    """The items in one event, as digests are made of."""
    tag, step, time, _, datas = logged
    return [(kind, tag, step, time, data) for kind, data in datas]


def _together(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Media of one tag that were logged at once: their indexes rise from 0."""
    for _, same in itertools.groupby(rows, key=lambda r: (r["tag"], r["step"], r["wall_time"], r["source"])):
        group: list[dict[str, Any]] = []
        for row in same:
            if group and (row["index"] or 0) <= (group[-1]["index"] or 0):
                yield group
                group = []
            group.append(row)
        yield group


def _bytes(run: Prepared, row: dict[str, Any]) -> bytes:
    with open(run.content.reader.blob(row["sha256"]), "rb") as file:
        return file.read()


def _when(run: Prepared, row: dict[str, Any]) -> tuple[str, int, float]:
    return row["tag"], row["step"] or 0, time_of(row, run.content.start)


def _media(plugin: str, rows: list[dict[str, Any]], datas: list[bytes]) -> Any:
    first = rows[0]
    if plugin == "images":
        size = [str(first["width"] or 0).encode(), str(first["height"] or 0).encode()]
        return _strings(first["tag"], plugin, [*size, *datas], [len(datas) + 2])
    labels = [(r["caption"] or "").encode("utf-8", "replace") for r in rows]
    flat = list(itertools.chain.from_iterable(zip(datas, labels, strict=True)))
    return _strings(first["tag"], plugin, flat, [len(datas), 2])


def _strings(tag: str, plugin: str, strings: list[bytes], shape: list[int] | None = None) -> Any:
    from tensorboard.compat.proto import summary_pb2, types_pb2  # noqa: PLC0415 - slow to import

    value = summary_pb2.Summary.Value(tag=tag)
    value.metadata.plugin_data.plugin_name = plugin
    value.metadata.plugin_data.content = _content(plugin)
    value.metadata.data_class = 2 if plugin == "text" else 3
    value.tensor.dtype = types_pb2.DT_STRING
    value.tensor.string_val.extend(strings)
    for size in shape or [len(strings)]:
        value.tensor.tensor_shape.dim.add(size=size)
    return value


def _content(plugin: str) -> bytes:
    if plugin == "audio":
        from tensorboard.plugins.audio import plugin_data_pb2  # noqa: PLC0415 - slow to import

        wav: bytes = plugin_data_pb2.AudioPluginData(encoding=plugin_data_pb2.AudioPluginData.WAV).SerializeToString()
        return wav
    return b""  # version 0, which is all that the others' data says


def _tensor(tag: str, plugin: str, table: Any) -> Any:
    """A value that holds a table of floats, of 32 or 64 bits."""
    from tensorboard.compat.proto import summary_pb2, types_pb2  # noqa: PLC0415 - slow to import

    value = summary_pb2.Summary.Value(tag=tag)
    value.metadata.plugin_data.plugin_name = plugin
    value.metadata.data_class = 2
    value.tensor.dtype = types_pb2.DT_FLOAT if table.itemsize == 4 else types_pb2.DT_DOUBLE
    value.tensor.tensor_content = table.tobytes()
    for size in table.shape:
        value.tensor.tensor_shape.dim.add(size=size)
    return value
