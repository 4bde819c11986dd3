r"""Text of any encoding as blocks of whole lines in UTF-8, ready to be scanned: no escapes, frames cut by ``\r``."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES = 16 << 20
LONGEST_LINE = 64 << 20
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-9;?]*(?P<final>[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[=>78cDEHM])|[\x01-\x04\x1b]|\x00"
)
_NEEDS_CARE = (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04", b"\x1b")  # six searches by memchr beat one class by far
_GLUED = re.compile(
    rb"((?:it/s|s/it)[^\]\r\n\[]{0,2000}\])(?=[A-Za-z\[{*])"
)  # another writer's text right behind a bar
_MOVES = b"ABCDEFGH"
_SLASH, _T, _S, _I = b"/tsi"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text is written: codec name, bytes of its mark at the start, and how this was found (for people)."""

    name: str
    mark: int
    why: str
    sure: bool = True


def encoding_of(head: bytes) -> Encoding:
    """The encoding of a text from its first bytes; text that is nothing else is taken as UTF-8 with damage."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark), "byte order mark")
    zeros = _zero_pattern(head)
    if zeros:
        return Encoding(zeros, 0, "every other byte is zero")
    if not head or head.isascii():
        return Encoding("utf-8", 0, "ASCII")
    bad = _undecodable(head, "utf-8")
    if bad == 0:
        return Encoding("utf-8", 0, "valid UTF-8")
    return _legacy(head, bad)


def _zero_pattern(head: bytes) -> str:
    sample = head[:4096]
    if len(sample) < 8:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _undecodable(data: bytes, name: str) -> int:
    """How many bytes (not counting a character cut at the end) a codec cannot read."""
    text = codecs.getincrementaldecoder(name)("replace").decode(data)
    return text.count("\ufffd")


def _legacy(head: bytes, bad: int) -> Encoding:
    high = sum(c > 127 for c in head)
    if bad < 0.2 * high:
        return Encoding("utf-8", 0, "UTF-8 with damaged bytes")
    scores = {name: _plausible(head, name) for name in ("gb18030", "shift_jis", "cp1252")}
    best = max(scores, key=lambda n: scores[n])
    if scores[best] <= 0:
        return Encoding("latin-1", 0, "no multi-byte encoding fits", sure=False)
    return Encoding(best, 0, f"bytes fit {best} best", sure=False)


def _plausible(head: bytes, name: str) -> float:
    """How much a decoding looks like text: common characters for, unreadable and rare ones against."""
    text = codecs.getincrementaldecoder(name)("replace").decode(head)
    foreign = [c for c in text if ord(c) > 127]
    if not foreign:
        return 0.0
    good = sum(_common(c, name) for c in foreign)
    return (good - 4.0 * text.count("\ufffd")) / len(foreign)


def _common(char: str, name: str) -> float:
    code = ord(char)
    if name == "cp1252":
        return 0.7 if code in _WESTERN else -0.5
    if 0x2500 <= code < 0x25A0 or 0x3000 <= code < 0x3040 or 0xFF01 <= code < 0xFF5F:
        return 1.0
    if name == "shift_jis":
        return 1.0 if 0x3040 <= code < 0x3100 else 0.5 if 0x4E00 <= code < 0x9FB0 else -0.5
    return 0.8 if 0x4E00 <= code < 0x9FB0 else 0.2 if code < 0x500 else -0.5


_WESTERN = frozenset(map(ord, "äöüÄÖÜßéèêëàâáåæçîïíìóòôøúùûñÉÈÀÅÆØÑ°±µ·«»“”‘’–—…€²³×"))  # noqa: RUF001 - the look-alikes are what is counted


def blocks(file: BinaryIO, encoding: Encoding, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Blocks of whole lines (a line over 64 MiB is cut); every block is UTF-8 and safe to scan."""
    file.read(encoding.mark)
    rest = b""
    texts = _texts(file, encoding.name, size)
    data = next(texts, b"")
    while data:
        ahead = next(texts, b"")
        data = rest + data
        cut = _last_cut(data) if ahead else len(data)  # a last line without a newline belongs to the lines before it
        rest = data[cut:]
        if cut:
            yield calm(data[:cut])
        data = ahead


def _texts(file: BinaryIO, name: str, size: int) -> Iterator[bytes]:
    """What a file holds as UTF-8, in parts that are not empty."""
    decoder = None if name == "utf-8" else codecs.getincrementaldecoder(name)("replace")
    while True:
        data = file.read(size)
        text = data if decoder is None else decoder.decode(data, final=not data).encode("utf-8", "replace")
        if text:
            yield text
        if not data:
            return


def _last_cut(data: bytes) -> int:
    cut = data.rfind(b"\n") + 1
    if cut == 0 and len(data) > LONGEST_LINE:
        cut = data.rfind(b"\r") + 1 or len(data)
    return cut


def calm(data: bytes) -> bytes:
    r"""Without escape sequences and control bytes; a move of the cursor ends a frame as ``\\r`` does.

    So does the end of a progress bar that text of another writer is glued to.
    """
    if any(c in data for c in _NEEDS_CARE):
        data = _ESCAPE.sub(_still, data)
    return _GLUED.sub(rb"\1\r", data) if _has_rate(data) else data


def _has_rate(data: bytes) -> bool:
    """Whether ``it/s`` or ``s/it`` stands in a text: looking at slashes alone is several times as fast as a search."""
    text = np.frombuffer(data, np.uint8)
    slash = np.flatnonzero(text[1:-2] == _SLASH) + 1
    before, after = text[slash - 1], text[slash + 1]
    return bool(np.any(((before == _T) & (after == _S)) | ((before == _S) & (after == _I))))


def _still(match: re.Match[bytes]) -> bytes:
    final = match["final"]
    if final is not None:
        return b"\r" if final in _MOVES else b""
    return b" " if match.group() == b"\x00" else b""
