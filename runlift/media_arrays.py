"""Encoded images and audio clips as arrays, without TensorFlow; what claims too much is left encoded.

Shapes are those of ``tf.image.decode_image`` and ``tf.audio.decode_wav``.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PIXELS = 1 << 26
"""Pixels of all frames together beyond which an image is not unpacked: a few bytes may claim gigabytes."""

_PILLOW_RAISES = (
    OSError, EOFError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError,
    RuntimeError, struct.error,
)  # fmt: skip
"""What Pillow's readers of broken files raise beside ValueError; its documentation promises none of them."""

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_KEPT_MODES = ("L", "RGB", "RGBA", "I;16")


def image_array(data: bytes) -> NDArray[Any]:
    """An encoded image as [height, width, channels], an animated one as [frames, height, width, 3].

    uint8; uint16 for images of 16 bits.

    Raises:
        ValueError: It cannot be decoded, or claims more than MOST_PIXELS; the message says which.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            frames = int(getattr(image, "n_frames", 1))
            if image.width * image.height * frames > MOST_PIXELS:
                raise ValueError(f"it claims {frames} x {image.height} x {image.width} pixels")
            if image.format == "GIF":
                return np.stack([_frame(image, i) for i in range(frames)])
            return _channels(image)
    except UnidentifiedImageError:
        raise ValueError("it is no image of a kind that is known") from None
    except (Image.DecompressionBombError, *_PILLOW_RAISES) as error:
        raise ValueError(f"it cannot be decoded ({error})") from error


def _frame(image: Any, i: int) -> NDArray[Any]:
    image.seek(i)
    return np.asarray(image.convert("RGB"))


def _channels(image: Any) -> NDArray[Any]:
    if image.mode == "LA":
        return np.asarray(image)
    if image.mode not in _KEPT_MODES:
        image = image.convert("L" if image.mode == "1" else "RGBA" if "transparency" in image.info else "RGB")
    array = np.asarray(image)
    return array[:, :, None] if array.ndim == 2 else array


def audio_array(data: bytes) -> NDArray[np.float32]:
    """A WAV clip as float32 [frames, channels], PCM scaled to -1..1.

    Raises:
        ValueError: It is no WAV clip of PCM (8 to 32 bits) or 32-bit float.
    """
    kind, channels, bits, body = _wav(data)
    width = bits // 8
    if not channels or (kind, bits) not in _SCALES:
        raise ValueError(f"a WAV clip of format {kind} with {bits} bits")
    body = body[: len(body) // (width * channels) * width * channels]
    return _samples(kind, bits, body).reshape(-1, channels)


_SCALES = {(_PCM, 8): 128.0, (_PCM, 16): 32768.0, (_PCM, 24): 2.0**23, (_PCM, 32): 2.0**31, (_FLOAT, 32): 1.0}


def _samples(kind: int, bits: int, body: bytes) -> NDArray[np.float32]:
    if kind == _FLOAT:
        return np.frombuffer(body, "<f4").astype(np.float32)
    if bits == 8:
        whole = np.frombuffer(body, np.uint8).astype(np.int32) - 128
    elif bits == 24:
        padded = np.zeros((len(body) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(body, np.uint8).reshape(-1, 3)
        whole = padded.view("<i4").reshape(-1) >> 8
    else:
        whole = np.frombuffer(body, f"<i{bits // 8}")
    return (whole / _SCALES[kind, bits]).astype(np.float32)


def _wav(data: bytes) -> tuple[int, int, int, bytes]:
    """Format, channels, bits of a sample, and the samples of a RIFF WAVE file."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("no WAV clip")
    at, kind, channels, bits = 12, 0, 0, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt " and at + 24 <= len(data):
            kind, channels = struct.unpack_from("<HH", data, at + 8)
            (bits,) = struct.unpack_from("<H", data, at + 22)
            if kind == _EXTENSIBLE and at + 34 <= len(data):
                (kind,) = struct.unpack_from("<H", data, at + 32)
        if name == b"data":
            return kind, channels, bits, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise ValueError("a WAV clip without samples")
