"""Images, audio clips and meshes of event files: encoded bytes as logged, sizes from the protos, none decompressed."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from runlift.facts import Media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._tensorboard_logged import Logged
    from runlift.wire.tensor_values import TensorValue

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"<svg", "image/svg+xml"),
)


def image_mime(data: bytes) -> str:
    """The kind of an encoded image, by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for start, mime in _SIGNATURES if data.startswith(start)), "application/octet-stream")


def old_image(logged: Logged) -> Iterator[Media]:
    """A Summary.Image."""
    image = logged.proto.image
    data = image.encoded_image_string
    yield Media(logged.tag, "image", data, image_mime(data), width=image.width, height=image.height, **logged.when)


def images(logged: Logged, tensor: TensorValue) -> Iterator[Media]:
    """A tensor of strings: width, height, then the encoded images of this step."""
    if tensor.dtype != "string" or len(tensor.strings) < 2:
        raise ValueError("an image tensor must hold width, height and images")
    width, height = (int(s) for s in tensor.strings[:2])
    for i, data in enumerate(tensor.strings[2:]):
        yield Media(logged.tag, "image", data, image_mime(data), width=width, height=height, index=i, **logged.when)


def old_audio(logged: Logged) -> Iterator[Media]:
    """A Summary.Audio."""
    audio = logged.proto.audio
    yield Media(
        logged.tag,
        "audio",
        audio.encoded_audio_string,
        audio.content_type or "audio/wav",
        sample_rate=audio.sample_rate,
        length_frames=audio.length_frames,
        **logged.when,
    )


def audio(logged: Logged, tensor: TensorValue) -> Iterator[Media]:
    """A tensor of strings, shape [k] of clips or [k, 2] of clip and label."""
    if tensor.dtype != "string" or len(tensor.shape) not in (1, 2):
        raise ValueError("an audio tensor must hold clips")
    stride = tensor.shape[1] if len(tensor.shape) == 2 else 1
    for i in range(0, len(tensor.strings), stride or 1):
        clip, *labels = tensor.strings[i : i + stride]
        wav = wav_header(clip)
        yield Media(
            logged.tag,
            "audio",
            clip,
            "audio/wav" if wav else "application/octet-stream",
            sample_rate=wav.rate if wav else None,
            length_frames=wav.frames if wav else None,
            index=i // stride,
            caption=labels[0].decode("utf-8", "backslashreplace") if labels and labels[0] else None,
            **logged.when,
        )


class Wav(NamedTuple):
    """What a WAV header says: samples a second, and how many of each channel there are."""

    rate: float
    frames: int | None


def wav_header(data: bytes) -> Wav | None:
    """The header of a RIFF WAVE clip; None for other bytes."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    at, rate, block = 12, 0, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt " and size >= 16 and at + 24 <= len(data):
            rate, _, block = struct.unpack_from("<IIH", data, at + 12)
        if name == b"data":
            return Wav(float(rate), min(size, len(data) - at - 8) // block if block else None)
        at += 8 + size + size % 2
    return None


def mesh(logged: Logged, tensor: TensorValue) -> Iterator[Media]:
    """One part of a mesh (vertices, faces or colours) as .npy; its caption says which, and the viewer's settings."""
    from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData  # noqa: PLC0415 - slow to import

    data = MeshPluginData.FromString(logged.content)
    if tensor.array is None or tensor.dtype == "bfloat16":
        raise ValueError("a mesh tensor must hold numbers")
    part = MeshPluginData.ContentType.Name(data.content_type).lower() if data.content_type in (1, 2, 3) else "part"
    caption = " ".join(filter(None, (part, "of", data.name, data.json_config)))
    file = io.BytesIO()
    np.save(file, tensor.array, allow_pickle=False)
    yield Media(logged.tag, "mesh", file.getvalue(), "application/x-npy", caption=caption, **logged.when)
