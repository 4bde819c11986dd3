"""TensorBoard logs as DataFrames without a store: the names of tbparse, every kind of value, nothing sampled away."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.errors import OptionError
from runlift.facts import (
    Artifact,
    Curve,
    Histogram,
    Issue,
    Media,
    Param,
    Points,
    Restart,
    Tensor,
    Text,
)
from runlift.ingest.discover import discover
from runlift.ingest.guard import guarded_parse
from runlift.ingest.steps import Series, find_attempts
from runlift.media_arrays import audio_array, image_array
from runlift.parsers._api import NO_MATCH, Head, ParseOptions
from runlift.parsers.tensorboard import TensorBoard
from runlift.wide_frames import LAST, widen
from runlift.wire.tensor_values import DTYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from runlift.parsers._api import Source

EXTRA = frozenset(
    ("dir_name", "file_name", "wall_time", "min", "max", "num", "sum", "sum_squares", "width", "height", "content_type",
     "length_frames", "sample_rate")
)  # fmt: skip
_OURS = ("graph_def", "meta_graph_def", "log_message", "session_log/checkpoint", "session_log/message")
_NUMPY = {d.name: d.numpy for d in DTYPES.values()}


@dataclass(slots=True)
class _File:
    """One event file: the folder relative to what was asked for, its name, and its facts by kind."""

    dir_name: str
    file_name: str
    facts: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))


def read_tensorboard(
    path: str | os.PathLike[str],
    *,
    pivot: bool = False,
    extra_columns: Iterable[str] | None = None,
    superseded: bool = False,
) -> TensorBoardFrames:
    """All event files under ``path`` as DataFrames, by kind, with the column names that tbparse uses.

    Args:
        path: An event file, or a folder that is searched to any depth; ``scheme://`` addresses are read by fsspec.
        pivot: Wide frames: one row a step, one column a tag (several values of a tag at a step become a list).
        extra_columns: More columns: dir_name, file_name, wall_time; of histograms min, max, num, sum, sum_squares; of
            images width, height; of audio content_type, length_frames, sample_rate.
        superseded: Also the points that a later start of the same training overtakes.

    Raises:
        SourceNotFoundError, SourceUnreadableError.
        OptionError: An extra column that is none of these.
    """
    wanted = frozenset(extra_columns or ())
    if wanted - EXTRA:
        raise OptionError("extra_columns", ", ".join(sorted(wanted - EXTRA)), f"some of {', '.join(sorted(EXTRA))}")
    return TensorBoardFrames(_read(os.fspath(path)), wanted, pivot=pivot, superseded=superseded)


def _read(path: str) -> list[_File]:
    parser = TensorBoard()
    root = path.rstrip("/") if "://" in path else os.path.abspath(path)
    files = []
    for source in discover([path]).sources:
        if parser.recognise(Head(source, source.head())) == NO_MATCH or source.basename.endswith(".pbtxt"):
            continue
        file = _File(_relative(source, root), source.basename)
        for fact in guarded_parse(parser, source, ParseOptions()):
            file.facts[type(fact)].append(fact)
        files.append(file)
    return sorted(files, key=lambda f: [*f.dir_name.split("/"), f.file_name] if f.dir_name else [f.file_name])


def _relative(source: Source, root: str) -> str:
    folder = source.path.replace(os.sep, "/").rsplit("/", 1)[0]
    return folder.removeprefix(root).strip("/") if folder.startswith(root) else ""


class TensorBoardFrames:
    """What ``read_tensorboard`` found. Each property makes its frame anew; an empty frame where there is nothing.

    Rows are in order of dir_name and file_name (where these columns are asked for), tag, step. ``issues``: what was
    wrong or repaired, in the order met; images and clips that cannot be decoded are added when they are asked for, and
    have None for a value.
    """

    def __init__(self, files: list[_File], extra: frozenset[str], *, pivot: bool, superseded: bool) -> None:
        self._files, self._extra, self._pivot, self._superseded = files, extra, pivot, superseded
        self.issues: list[Issue] = [i for f in files for i in f.facts[Issue]]

    @property
    def scalars(self) -> pd.DataFrame:
        """step, tag, value: every scalar, those that were logged as tensors too."""
        gone = {} if self._superseded else _overtaken(self._files)
        found = _Columns(self._extra)
        for file in self._files:
            for points in file.facts[Points]:
                mask = gone.get(id(points))
                found.block(file, points, None if mask is None or not mask.any() else ~mask)
        return self._frame(found.joined(), {"value": ""})

    @property
    def tensors(self) -> pd.DataFrame:
        """step, tag, value: tensors of kinds with no frame of their own, as arrays (bfloat16 and float8 as bits)."""
        return self._items(Tensor, lambda t: {"value": _array(t)})

    @property
    def histograms(self) -> pd.DataFrame:
        """step, tag, counts, limits: as logged; a histogram logged as a tensor begins with its left edge, count 0."""
        return self._items(Histogram, _histogram, {"counts": "/counts", "limits": "/limits"})

    @property
    def images(self) -> pd.DataFrame:
        """step, tag, value: uint8 arrays [height, width, channels], [frames, height, width, 3] of an animated GIF."""
        return self._items(Media, self._picture, only="image")

    @property
    def audio(self) -> pd.DataFrame:
        """step, tag, value: float32 arrays [frames, channels]."""
        return self._items(Media, self._clip, only="audio")

    @property
    def meshes(self) -> pd.DataFrame:
        """step, tag, value: parts of meshes as arrays; the column ``caption`` says which part of which mesh."""
        return self._items(Media, _mesh, {"value": "", "caption": "/caption"}, only="mesh")

    @property
    def text(self) -> pd.DataFrame:
        """step, tag, value: texts; PyTorch's suffix ``/text_summary`` is not part of the tag."""
        return self._items(Text, lambda t: {"value": t.text})

    @property
    def hparams(self) -> pd.DataFrame:
        """tag, value: settings of the hparams plugin."""
        rows = [(f, p) for f in self._files for p in f.facts[Param]]
        made = {"tag": [p.key for _, p in rows], "value": [p.value for _, p in rows]}
        return self._frame(made | _places([f for f, _ in rows]), {"value": ""}, steps=False)

    @property
    def curves(self) -> pd.DataFrame:
        """step, tag, value: PR curves as a dict of arrays, by the names of TensorBoard's columns."""
        return self._items(Curve, lambda c: {"value": c.columns})

    @property
    def artifacts(self) -> pd.DataFrame:
        """tag, value: graphs, run metadata and layouts as the bytes that were logged."""
        rows = [(f, a) for f in self._files for a in f.facts[Artifact]]
        made = {"tag": [a.name for _, a in rows], "value": [a.data for _, a in rows]}
        return self._frame(made | _places([f for f, _ in rows]), {"value": ""}, steps=False)

    @property
    def tags(self) -> dict[str, list[str]]:
        """The tags of each kind, in order of first appearance, as in tbparse."""
        found: dict[str, list[str]] = {}
        for kind, facts in _KINDS.items():
            names = [n for f in self._files for n in facts(f)]
            found[kind] = list(dict.fromkeys(names))
        return found

    def get_events(self, event_type: str) -> pd.DataFrame:
        """The frame of a kind by its name, as in tbparse."""
        if event_type not in _KINDS:
            raise OptionError("event_type", event_type, f"one of {', '.join(_KINDS)}")
        frame: pd.DataFrame = getattr(self, event_type)
        return frame

    def _decoded(self, media: Media, decode: Callable[[bytes], Any]) -> dict[str, Any]:
        try:
            return {"value": decode(media.data)}
        except ValueError as error:
            issue = Issue("media-not-decoded", f"{media.tag!r} at step {media.step}: {error}.", media.position)
            if issue not in self.issues:
                self.issues.append(issue)
            return {"value": None}

    def _picture(self, media: Media) -> dict[str, Any]:
        return self._decoded(media, image_array) | {"height": media.height, "width": media.width}

    def _clip(self, media: Media) -> dict[str, Any]:
        own = {"content_type": media.mime, "length_frames": media.length_frames, "sample_rate": media.sample_rate}
        return self._decoded(media, audio_array) | own

    def _items(
        self,
        kind: type,
        columns: Callable[[Any], dict[str, Any]],
        values: dict[str, str] | None = None,
        only: str | None = None,
    ) -> pd.DataFrame:
        rows = [(f, x) for f in self._files for x in f.facts[kind] if _wanted(x, only)]
        made: dict[str, Any] = {"step": [x.step for _, x in rows], "tag": [_tag(x) for _, x in rows]}
        own = [columns(x) for _, x in rows]
        for name in own[0] if own else ():
            made[name] = [o[name] for o in own]
        made |= {"wall_time": [x.wall_time for _, x in rows]} | _places([f for f, _ in rows])
        return self._frame(made, values or {"value": ""})

    def _frame(self, columns: dict[str, Any], values: dict[str, str], *, steps: bool = True) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 - slow to import

        if not len(columns["tag"]):
            return pd.DataFrame()
        left_out = EXTRA - self._extra
        shown = {k: _objects(v) for k, v in columns.items() if k not in left_out}
        frame = pd.DataFrame(shown)
        order = [c for c in ("dir_name", "file_name", "tag", "step") if c in shown and (steps or c != "step")]
        if self._pivot:
            order = [c for c in order if c != "tag"]
        frame = frame.sort_values(order, kind="stable", ignore_index=True) if order else frame
        if not self._pivot:
            return frame
        more = {c: f"/{c}" for c in shown if c not in (*values, "step", "tag", "wall_time", "dir_name", "file_name")}
        return widen(frame, values | more)


class _Columns:
    """Scalars gathered block by block: step, tag, value and the wanted ones of wall_time, dir_name and file_name."""

    def __init__(self, extra: frozenset[str]) -> None:
        self._names = ["step", "tag", "value", *(c for c in LAST if c in extra)]
        self._parts: dict[str, list[Any]] = defaultdict(list)

    def block(self, file: _File, points: Points, keep: NDArray[np.bool_] | None) -> None:
        place = slice(None) if keep is None else keep
        value = points.value[place]
        own: dict[str, Any] = {"step": points.step, "value": points.value, "wall_time": points.wall_time}
        same = {"tag": points.metric, "dir_name": file.dir_name, "file_name": file.file_name}
        for name in self._names:
            made = own[name][place] if name in own else np.full(len(value), same[name], object)
            self._parts[name].append(made)

    def joined(self) -> dict[str, Any]:
        return {k: np.concatenate(self._parts[k]) if self._parts[k] else [] for k in self._names}


def _overtaken(files: list[_File]) -> dict[int, NDArray[np.bool_]]:
    """Id of a block -> which of its points a later start in the same folder overtakes."""
    folders: dict[str, list[_File]] = defaultdict(list)
    for file in files:
        folders[file.dir_name].append(file)
    return {k: mask for folder in folders.values() for k, mask in _overtaken_in(folder)}


def _overtaken_in(files: list[_File]) -> Iterable[tuple[int, NDArray[np.bool_]]]:
    by_tag: dict[str, list[tuple[int, Points]]] = defaultdict(list)
    for i, file in enumerate(files):
        for points in file.facts[Points]:
            by_tag[points.metric].append((i, points))
    for blocks in by_tag.values():
        key = np.concatenate([np.asarray(p.step, np.float64) for _, p in blocks])
        source = np.concatenate([np.full(len(p.value), i, np.int64) for i, p in blocks])
        mask = find_attempts(Series(key, source, _marks(files, blocks))).superseded
        edges = np.cumsum([0, *(len(p.value) for _, p in blocks)])
        yield from ((id(p), mask[a:b]) for (_, p), a, b in zip(blocks, edges[:-1], edges[1:], strict=True))


def _marks(files: list[_File], blocks: list[tuple[int, Points]]) -> tuple[tuple[int, float | None], ...]:
    """Restarts as (points of the tag before it, its step); the rules are those of an ingest."""
    found: dict[int, float | None] = {}
    for i, file in enumerate(files):
        for mark in file.facts[Restart]:
            before = sum(
                len(p.value) if j < i else int(np.searchsorted(p.position, mark.position)) for j, p in blocks if j <= i
            )
            if before:
                step = None if mark.step is None else float(mark.step)
                known = found.get(before, step)
                found[before] = step if known is None or step is None else min(known, step)
    return tuple(sorted(found.items()))


def _wanted(item: Any, only: str | None) -> bool:
    if isinstance(item, Media):
        return item.kind == only
    return not (isinstance(item, Text) and (item.tag in _OURS or item.tag.endswith((".description", ".display_name"))))


def _tag(item: Any) -> str:
    return item.tag.removesuffix("/text_summary") if isinstance(item, Text) else item.tag


def _places(files: list[_File]) -> dict[str, list[str]]:
    return {"dir_name": [f.dir_name for f in files], "file_name": [f.file_name for f in files]}


def _objects(values: Any) -> Any:
    """Lists that hold arrays or dicts as one object a cell, which pandas would take apart."""
    if not isinstance(values, list) or not any(isinstance(v, (np.ndarray, dict, list)) for v in values):
        return values
    cells = np.empty(len(values), object)
    for i, v in enumerate(values):
        cells[i] = v
    return cells


def _array(tensor: Tensor) -> Any:
    """A tensor's bytes as an array of its shape; the bytes themselves where they are strings."""
    if tensor.dtype not in _NUMPY:
        return tensor.data
    found = np.frombuffer(tensor.data, _NUMPY[tensor.dtype]).reshape(tensor.shape)
    return found.item() if found.ndim == 0 else found


def _mesh(media: Media) -> dict[str, Any]:
    import io  # noqa: PLC0415 - only for meshes

    return {"value": np.load(io.BytesIO(media.data), allow_pickle=False), "caption": media.caption}


def _histogram(h: Histogram) -> dict[str, Any]:
    """Old-style histograms know their sum; the others have buckets with left edges."""
    counts, limits = h.count, h.right
    if h.sum is None and len(h.left):
        counts, limits = np.concatenate(([0.0], h.count)), np.concatenate((h.left[:1], h.right))
    sums = {"max": h.max, "min": h.min, "num": float(h.count.sum()), "sum": h.sum, "sum_squares": h.sum_squares}
    return {"counts": counts, "limits": limits} | sums


_KINDS: dict[str, Callable[[_File], list[str]]] = {
    "scalars": lambda f: [p.metric for p in f.facts[Points]],
    "tensors": lambda f: [t.tag for t in f.facts[Tensor]],
    "histograms": lambda f: [h.tag for h in f.facts[Histogram]],
    "images": lambda f: [m.tag for m in f.facts[Media] if m.kind == "image"],
    "audio": lambda f: [m.tag for m in f.facts[Media] if m.kind == "audio"],
    "meshes": lambda f: [m.tag for m in f.facts[Media] if m.kind == "mesh"],
    "text": lambda f: [_tag(t) for t in f.facts[Text] if _wanted(t, None)],
    "hparams": lambda f: [p.key for p in f.facts[Param]],
    "curves": lambda f: [c.tag for c in f.facts[Curve]],
    "artifacts": lambda f: [a.name for a in f.facts[Artifact]],
}
