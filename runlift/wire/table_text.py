"""The bytes of a text table as UTF-8 blocks of whole lines: encodings, line ends and quotes, nothing of meaning."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

BLOCK_BYTES = 4 << 20
MAX_LINE_BYTES = 64 << 20
_TWO_SPACES = re.compile(r"\s{2,}|\t")
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text is encoded: the codec, the length of its byte order mark, and whether lines end with CR alone."""

    codec: str
    mark: int = 0
    cr_only: bool = False

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes can be used as they are."""
        return self.codec == "utf-8"


def detect(head: bytes) -> Encoding | None:
    """The encoding of a text from its beginning; None for bytes that are no text."""
    cr_only = b"\r" in head and b"\n" not in head
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return Encoding(codec, len(mark), b"\r" in head and b"\n" not in head)
    if b"\0" in head:
        return _without_mark(head)
    if _control_share(head) > 0.02:
        return None
    return Encoding("utf-8" if _is_utf8(head) else "cp1252", 0, cr_only)


def _without_mark(head: bytes) -> Encoding | None:
    """UTF-16 without a mark shows as zeros in every other byte; few zeros are damage in a text."""
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.7 * half and head[0::2].count(0) < 0.1 * half:
        return Encoding("utf-16-le")
    if head[0::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return Encoding("utf-16-be")
    if _control_share(head.replace(b"\0", b"")) > 0.02 or head.count(0) == len(head):
        return None
    return Encoding("utf-8" if _is_utf8(head) else "cp1252")


def _control_share(head: bytes) -> float:
    controls = len(head) - len(head.translate(None, bytes([*range(9), *range(14, 27), *range(28, 32), 127])))
    return controls / max(1, len(head))


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def to_text(data: bytes) -> tuple[str, bool]:
    """(text, whether all of it was UTF-8); other bytes are taken as Windows-1252."""
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\ufffd", "\u00bf"), False


def blocks(file: BinaryIO, encoding: Encoding, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """UTF-8 blocks of whole lines, each line ended by LF or CRLF but perhaps the last of the file.

    A line longer than 64 MiB comes in pieces, as lines of their own.
    """
    rest: list[bytes] = []
    held = 0
    for data in _utf8(file, encoding, size):
        cut = data.rfind(b"\n") + 1
        if not cut and held + len(data) < MAX_LINE_BYTES:
            rest.append(data)
            held += len(data)
            continue
        yield b"".join([*rest, data[:cut] if cut else data + b"\n"])
        rest, held = ([data[cut:]], len(data) - cut) if cut and cut < len(data) else ([], 0)
    if held:
        yield b"".join(rest)


def _utf8(file: BinaryIO, encoding: Encoding, size: int) -> Iterator[bytes]:
    file.seek(encoding.mark)
    decoder = None if encoding.is_utf8 else codecs.getincrementaldecoder(encoding.codec)("replace")
    while True:
        data = file.read(size)
        if decoder is not None:
            data = decoder.decode(data, final=not data).encode("utf-8", "replace")
        if not data:
            return
        yield data.replace(b"\r", b"\n") if encoding.cr_only else data


def split_record(line: str, delimiter: str) -> list[str]:
    """The cells of a record. ``delimiter`` " " is any white space, "  " two spaces or more or a tab."""
    if delimiter == " ":
        return line.split()
    if delimiter == "  ":
        return _TWO_SPACES.split(line.strip())
    if delimiter == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    if '"' not in line:
        return line.split(delimiter)
    return _split_quoted(line, delimiter)


def _split_quoted(line: str, delimiter: str) -> list[str]:
    cells: list[str] = []
    at = 0
    while True:
        quoted = _QUOTED.match(line, at)
        if quoted and (quoted.end() == len(line) or line[quoted.end()] == delimiter):
            cells.append(quoted[1].replace('""', '"'))
            stop = quoted.end()
        else:
            stop = line.find(delimiter, at)
            stop = len(line) if stop < 0 else stop
            cells.append(line[at:stop])
        if stop >= len(line):
            return cells
        at = stop + 1


def is_open(line: str, delimiter: str) -> bool:
    """Whether a quoted cell of the record is not closed yet, so that it goes on in the next line."""
    if '"' not in line or delimiter in (" ", "  ", "|") or line.count('"') % 2 == 0:
        return False
    # A quote inside an unquoted cell (5" disk) opens nothing.
    return bool(re.search(rf'(?:^|{re.escape(delimiter)})\s*"(?:[^"]|"")*\Z', line))
