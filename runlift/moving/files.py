"""Files that travel with a run: what the target has no place for, whole and readable without it."""

from __future__ import annotations

import hashlib
import json
import math
import mimetypes
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runlift.moving.content import RunContent

# 60 characters of up to four bytes stay under the 255 bytes that file systems take.
_COMPONENT = NameRule(r"[^\w.\-+=,@() ]", 60)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file of the run: its ``name`` in the target (``/`` between folders), its bytes or where they lie."""

    name: str
    sha256: str
    size: int
    data: bytes | None = None
    path: str | None = None

    def read(self) -> bytes:
        """The bytes."""
        if self.data is not None:
            return self.data
        with open(os.fsencode(self.path or ""), "rb") as file:
            return file.read()


def component(name: str) -> str:
    """A name as one part of a file's path."""
    return fit([name], _COMPONENT)[name]


def folder_name(name: str) -> str:
    """A run's name as one part of a path; two names may give one, so the caller has to look what is there."""
    return _COMPONENT.fitted(name.replace("/", "__"))


def from_bytes(name: str, data: bytes) -> FileItem:
    """A file from bytes."""
    return FileItem(name, hashlib.sha256(data).hexdigest(), len(data), data=data)


def from_path(name: str, path: str) -> FileItem:
    """A file that lies on the disk. OSError where it cannot be read."""
    return FileItem(name, digest_of(path), os.path.getsize(os.fsencode(path)), path=path)


def digest_of(path: str) -> str:
    """SHA-256 of a file's bytes. OSError where it cannot be read."""
    found = hashlib.sha256()
    with open(os.fsencode(path), "rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def write_whole(path: str, data: bytes) -> None:
    """Write a file and the folders that it lies in; until all is written it has another name, ``PATH.tmp``."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "wb") as file:
        file.write(data)
    os.replace(path + ".tmp", path)


def plain(value: Any) -> Any:
    """A value of the store as JSON has it: times in ISO 8601, numbers that JSON lacks as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def as_json(value: Any) -> bytes:
    """JSON that is the same for the same value."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "replace")


def item_files(content: RunContent, holds: Callable[[str, dict[str, Any]], bool]) -> Iterator[FileItem]:
    """The items that the target has no place for: those that it does not hold, by kind and row."""

    def left(kind: str) -> list[dict[str, Any]]:
        return [row for row in content.items.get(kind, []) if not holds(kind, row)]

    for kind in ("texts", "curves"):
        for tag, rows in by_tag(left(kind)):
            yield from_bytes(f"{kind}/{component(tag)}.jsonl", _lines(rows))
    # Also where they are native: the sums of histograms and the kinds of curves have a place in no target.
    for kind in ("histograms", "curves"):
        rows = content.items.get(kind, [])
        if rows and (kind == "histograms" or len(left(kind)) < len(rows)):
            yield from_bytes(f"runlift/{kind}.jsonl", _lines(rows))
    for row, name in named_media(content):
        if not holds("media", row):
            yield _blob(content, row, name)
    for tag, rows in by_tag(left("tensors")):
        for i, row in enumerate(rows):
            yield _blob(content, row, f"tensors/{component(tag)}/{_step(row)}-{i}.bin")


def named_media(content: RunContent) -> Iterator[tuple[dict[str, Any], str]]:
    """(row, name of its file) of all that was logged of images, audio and the like, by tag."""
    for tag, rows in by_tag(content.items.get("media", [])):
        for i, row in enumerate(rows):
            yield row, f"media/{component(tag)}/{_step(row)}-{i}{suffix(row)}"


def artifact_files(content: RunContent) -> Iterator[FileItem]:
    """The artifacts whose bytes are in the store."""
    for row in content.artifacts:
        if row["stored"]:
            yield _blob(content, row, "artifacts/" + _path(row["name"]))


def source_files(content: RunContent) -> Iterator[FileItem]:
    """The source files that still lie where they were read, as they are now."""
    for row in content.sources:
        path = row["path"] or row["source"]
        if "://" not in path and os.path.isfile(os.fsencode(path)):
            yield from_path("sources/" + _path(row["source"].replace("\\", "/").rsplit("/", 1)[-1]), path)


def apart(files: Iterable[FileItem]) -> list[FileItem]:
    """Each name once: further files of a name get the digest of their bytes; equal files stay one."""
    found: dict[str, FileItem] = {}
    for item in files:
        name = item.name
        if name in found and found[name].sha256 != item.sha256:
            stem, dot, end = name.rpartition(".")
            name = f"{stem or end}-{item.sha256[:8]}{dot}{end if stem else ''}"
        found[name] = FileItem(name, item.sha256, item.size, item.data, item.path)
    return list(found.values())


def suffix(row: dict[str, Any]) -> str:
    """The file suffix for a media row."""
    return mimetypes.guess_extension(row["mime"] or "") or ".bin"


def _path(name: str) -> str:
    return "/".join(component(part) for part in name.replace("\\", "/").split("/") if part)


def _blob(content: RunContent, row: dict[str, Any], name: str) -> FileItem:
    return FileItem(name, row["sha256"], row["bytes"], path=content.reader.blob(row["sha256"]))


def by_tag(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows of the same tag together, by tag."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["tag"], []).append(row)
    return sorted(found.items())


def _lines(rows: list[dict[str, Any]]) -> bytes:
    kept = [plain({k: v for k, v in row.items() if k != "run_id"}) for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept).encode("utf-8", "replace")


def _step(row: dict[str, Any]) -> str:
    return "nostep" if row["step"] is None else str(row["step"])
