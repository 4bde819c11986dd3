"""``runlift.read_tensorboard``: tbparse's names and values where tbparse is right, and what it lacks."""

from __future__ import annotations

import contextlib
import io
import shutil
import struct
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from runlift import RunliftError, read_tensorboard
from runlift.media_arrays import MOST_PIXELS, audio_array, image_array

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {"dir_name", "file_name", "wall_time"}
KINDS = ("scalars", "histograms", "text", "hparams")


class _theirs:  # noqa: N801 - reads as a function
    """tbparse's reader of the same log; what it and TensorBoard use that is deprecated is not our concern."""

    def __init__(self, path, **how: object) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from tbparse import SummaryReader

            self._reader = SummaryReader(str(path), **how)

    def __getattr__(self, kind: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return getattr(self._reader, kind)


def _same_cells(a: pd.Series, b: pd.Series) -> bool:
    """Equal values cell by cell: arrays and lists by content, NaN equal to NaN, 1 equal to 1.0."""
    # tbparse sorts unstably, so that a list's order is not meant.
    pairs = [(sorted(x), sorted(y)) if isinstance(x, list) else (x, y) for x, y in zip(a, b, strict=True)]
    return all(np.array_equal(np.asarray(x), np.asarray(y), equal_nan=_number(x)) for x, y in pairs)


def _number(x) -> bool:
    return np.asarray(x).dtype.kind in "fc"


@pytest.mark.parametrize("columns", [set(), COLUMNS, {"dir_name"}, {"min", "max", "num", "sum", "sum_squares"}])
@pytest.mark.parametrize("name", ["torch_kinds", "tensorboardx_kinds", "torch_folders"])
def test_long_frames_are_tbparses(name, columns, samples):
    """The same columns in the same order, the same rows in the same order, for every kind that tbparse reads here."""
    ours = read_tensorboard(samples / name, extra_columns=columns, superseded=True)
    theirs = _theirs(samples / name, extra_columns=columns)
    for kind in KINDS:
        a, b = getattr(ours, kind), getattr(theirs, kind)
        if kind == "scalars":  # tbparse has scalars that were logged as tensors among the tensors
            a = a[~a["tag"].str.startswith("new/")].reset_index(drop=True)
            b = b[~b["tag"].str.startswith("new/")].reset_index(drop=True)
        if kind == "hparams" and len(a):
            a, b = (f.sort_values([c for c in f.columns if c != "value"], ignore_index=True) for f in (a, b))
        assert list(a.columns) == list(b.columns), kind
        for column in a.columns:
            assert _same_cells(a[column], b[column]), (kind, column)


@pytest.mark.parametrize("name", ["tensorboardx_kinds", "torch_folders"])
@pytest.mark.parametrize("columns", [set(), {"dir_name", "wall_time"}])
def test_wide_frames_are_tbparses(name, columns, samples):
    """``pivot=True``: one row a step, a column a tag, lists where a tag has several values at a step."""
    ours = read_tensorboard(samples / name, pivot=True, extra_columns=columns)
    theirs = _theirs(samples / name, pivot=True, extra_columns=columns)
    for kind in ("scalars", "histograms", "text"):
        a, b = getattr(ours, kind), getattr(theirs, kind)
        assert list(a.columns) == list(b.columns), kind
        for column in a.columns:
            assert _same_cells(a[column], b[column]), (kind, column)


def test_tensor_scalars_are_scalars(samples):
    """TF2, Keras and clu log scalars as tensors: tbparse's ``scalars`` are empty there, its values are ours."""
    ours = read_tensorboard(samples / "tensorflow_v2", extra_columns={"dir_name", "wall_time"})
    theirs = _theirs(samples / "tensorflow_v2", extra_columns={"dir_name", "wall_time"})
    assert theirs.scalars.empty
    b = theirs.tensors
    b = b[b["tag"] == "epoch_loss"].reset_index(drop=True)
    assert ours.scalars["value"].tolist() == b["value"].tolist()
    assert ours.scalars["dir_name"].tolist() == b["dir_name"].tolist()
    assert list(ours.tensors["tag"]) == ["raw", "raw"]
    assert ours.tensors["value"][0].tolist() == [[1, 2], [3, 4]]


def test_a_restart_is_not_listed_twice(samples):
    """Where tbparse gives lists because a restarted run repeats steps, here the later start counts, or all on request."""
    wide = read_tensorboard(samples / "torch_restart", pivot=True).scalars
    assert wide["step"].tolist() == list(range(12))
    assert wide["loss"].tolist() == [10.0 - s for s in range(6)] + [110.0 - s for s in range(6, 12)]
    assert len(read_tensorboard(samples / "torch_restart", superseded=True).scalars) == 16
    both = read_tensorboard(samples / "torch_restart", pivot=True, superseded=True).scalars
    theirs = _theirs(samples / "torch_restart", pivot=True).scalars
    assert _same_cells(both["loss"], theirs["loss"])


def test_images_are_arrays_without_tensorflow(samples):
    """Height, width and channels of every image, frames of an animated GIF; the pixels are those that were logged."""
    r = read_tensorboard(samples / "torch_kinds", extra_columns={"width", "height"})
    shapes = dict(zip(r.images["tag"], (v.shape for v in r.images["value"]), strict=True))
    assert shapes == {"film": (4, 4, 6, 3), "picture": (4, 6, 3), "pictures": (4, 12, 3)}
    logged = np.random.default_rng(1).integers(0, 255, (3, 4, 6), dtype=np.uint8)
    picture = r.images.loc[r.images["tag"] == "picture", "value"].item()
    assert np.array_equal(picture, logged.transpose(1, 2, 0))
    assert r.images["width"].tolist() == [6, 6, 12]
    assert len(read_tensorboard(samples / "tensorflow_v2").images) == 8


def test_audio_is_arrays_with_rate_and_length(samples):
    """The samples of a clip as float32 in -1..1, within the 16 bits that were logged."""
    r = read_tensorboard(samples / "torch_kinds", extra_columns={"sample_rate", "length_frames", "content_type"})
    row = r.audio.iloc[0]
    assert (row["sample_rate"], row["length_frames"], row["content_type"]) == (8000, 200, "audio/wav")
    assert row["value"].shape == (200, 1)
    assert np.allclose(row["value"][:, 0], np.sin(np.arange(200) / 5), atol=1e-4)


def test_everything_else_has_a_frame_too(samples):
    """PR curves, meshes, graphs, layouts and odd tensors."""
    r = read_tensorboard(samples / "torch_kinds")
    assert set(r.curves["value"][0]) >= {"precision", "recall", "thresholds"}
    assert r.meshes["value"].map(lambda a: a.shape).tolist() == [(1, 5, 3), (1, 2, 3), (1, 5, 3)]
    assert r.artifacts["tag"].tolist() == ["custom_scalars_layout.json"]
    assert read_tensorboard(samples / "torch_graph").artifacts["tag"].tolist()[0] == "graph_def.pb"
    kinds = read_tensorboard(samples / "tensorboard_dtypes")
    assert kinds.tensors["value"][0].tolist() == [1.0, 2.0]
    assert kinds.tags["tensors"] == ["unknown"]
    assert kinds.get_events("text")["value"].tolist() == ["model-0", "model-1", "model-2"]


def test_one_file_and_an_empty_folder(samples, tmp_path):
    """A file alone is read as a folder is; where nothing is there, every frame is empty, in both shapes."""
    (path,) = (samples / "tensorboard_writer").glob("events*")
    frame = read_tensorboard(path, extra_columns=COLUMNS).scalars
    assert (len(frame), set(frame["dir_name"]), set(frame["file_name"])) == (10, {""}, {path.name})
    for pivot in (False, True):
        empty = read_tensorboard(tmp_path, pivot=pivot)
        assert all(empty.get_events(kind).empty for kind in empty.tags)


def test_damage_is_read_past_and_told(samples, tmp_path):
    """Where tbparse stops without a word, the rest is read and ``issues`` says what is lost."""
    folder = shutil.copytree(samples / "tensorboardx_kinds", tmp_path / "run")
    (path,) = folder.glob("events*")
    data = bytearray(path.read_bytes())
    data[400] ^= 1
    path.write_bytes(data)
    r = read_tensorboard(folder)
    assert len(r.scalars) == 23
    assert [i.code for i in r.issues] == ["damaged-bytes"]


def test_a_bomb_is_not_unpacked(records, tmp_path):
    """An image that claims too many pixels has None for a value and an issue; the images beside it are arrays."""
    from PIL import Image

    small = io.BytesIO()
    Image.new("RGB", (2, 2)).save(small, "png")
    bomb = small.getvalue().replace(struct.pack(">II", 2, 2), struct.pack(">II", 1 << 16, 1 << 16))
    images = {"a": bomb, "b": small.getvalue(), "c": b"no image"}
    values = [{"tag": t, "image": {"width": 2, "height": 2, "encoded_image_string": d}} for t, d in images.items()]
    records.write(tmp_path / "run", [records.event(wall_time=1.7e9, step=1, summary={"value": values})])
    r = read_tensorboard(tmp_path / "run")
    for _ in range(2):
        images = r.images
        assert [v if v is None else v.shape for v in images["value"]] == [None, (2, 2, 3), None]
        assert [i.code for i in r.issues] == ["media-not-decoded"] * 2
    assert MOST_PIXELS < 1 << 32


@pytest.mark.parametrize(
    ("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 4), ("LA", 2), ("P", 3), ("1", 1), ("I;16", 1)]
)
def test_modes_of_images(mode, channels):
    """Grey, colour, transparency, palettes, one bit and sixteen bits."""
    from PIL import Image

    file = io.BytesIO()
    Image.new(mode, (5, 3)).save(file, "png")
    found = image_array(file.getvalue())
    assert found.shape == (3, 5, channels)
    assert found.dtype == (np.uint16 if mode == "I;16" else np.uint8)


@pytest.mark.parametrize("form", ["png", "gif", "jpeg", "bmp", "tiff"])
def test_a_broken_image_is_an_array_or_a_reason(form):
    """Cut anywhere, or with a byte changed anywhere, an image gives an array or a ValueError, never anything else."""
    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((9, 7), 50).convert("RGB").save(file, form)
    data = file.getvalue()
    for i in range(0, len(data), 5):
        for bad in (data[:i], data[:i] + bytes([data[i] ^ 0x55]) + data[i + 1 :]):
            with contextlib.suppress(ValueError):
                assert image_array(bad).ndim >= 3


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_depths_of_audio(bits):
    """Full scale is 1, silence 0, at every depth."""
    width = bits // 8
    low, zero, high = -(1 << (bits - 1)), 0, (1 << (bits - 1)) - 1
    offset = 128 if bits == 8 else 0
    body = b"".join((v + offset).to_bytes(width, "little", signed=bits > 8) for v in (low, zero, high, high))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, 8000, 0, 0, bits)
    found = audio_array(b"RIFF\0\0\0\0WAVE" + form + struct.pack("<4sI", b"data", len(body)) + body)
    assert found.dtype == np.float32
    assert np.allclose(found, [[-1, 0], [1, 1]], atol=1e-2)
    with pytest.raises(ValueError, match="no WAV"):
        audio_array(b"RIFF")


def test_a_wrong_column_and_a_wrong_path(samples, tmp_path):
    """Both are named in one clear error."""
    with pytest.raises(RunliftError, match="walltime"):
        read_tensorboard(samples / "torch_kinds", extra_columns={"walltime"})
    with pytest.raises(RunliftError, match="no such file"):
        read_tensorboard(tmp_path / "nowhere")
    with pytest.raises(RunliftError, match="event_type"):
        read_tensorboard(tmp_path).get_events("scalar")
