"""Texts as they lie: plain, or packed by gzip, bzip2, xz or zstd."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable

GZIP, BZIP, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)


class MissingZstdError(OSError):
    """The text is packed by zstd and the library for it is not installed."""

    def __init__(self) -> None:
        super().__init__("it is packed by zstd: pip install zstandard")


def packing(head: bytes) -> str:
    """How a file is packed by its first bytes: gzip, bzip2, xz, zstd or nothing."""
    for mark, name in ((GZIP, "gzip"), (BZIP, "bzip2"), (XZ, "xz"), (ZSTD, "zstd")):
        if head.startswith(mark):
            return name
    return ""


def unpacked(file: BinaryIO) -> BinaryIO:
    """A reader of the text in a file that stands at its start. MissingZstdError where zstd cannot be read."""
    buffered = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", file))) if not hasattr(file, "peek") else file
    name = packing(buffered.peek(6)[:6])  # type: ignore[attr-defined]
    readers: dict[str, Callable[[BinaryIO], object]] = {
        "gzip": lambda f: gzip.GzipFile(fileobj=f),
        "bzip2": bz2.BZ2File,
        "xz": lzma.LZMAFile,
        "zstd": _zstd,
    }
    return cast("BinaryIO", readers[name](buffered)) if name else buffered


def _zstd(file: BinaryIO) -> BinaryIO:
    try:
        zstandard = importlib.import_module("zstandard")  # optional
    except ImportError:
        raise MissingZstdError from None
    return cast("BinaryIO", io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file)))


def unpacked_head(head: bytes, size: int = 65_536) -> bytes:
    """As much of a packed text as its first bytes hold; the bytes themselves where they are not packed."""
    if not packing(head):
        return head
    out = b""
    try:
        with unpacked(io.BytesIO(head)) as file:
            while len(out) < size:
                part = file.read1(size - len(out))  # type: ignore[attr-defined]
                if not part:
                    break
                out += part
    except BROKEN:
        return out
    return out
