"""Which files lie under the paths that the user named."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runlift.errors import SourceNotFoundError, SourceUnreadableError
from runlift.facts import Issue, Severity
from runlift.parsers._api import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

STORE_MARK = "runlift.json"
SKIPPED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "__pycache__",
        "node_modules",
        ".venv",
        ".ipynb_checkpoints",
        ".pytest_cache",
        "site-packages",
    }
)


@dataclass(slots=True)
class Found:
    """What a walk found.

    ``sources`` in order of path; ``issues`` of paths that could not be followed; ``explicit``: paths of files that the
    user named one by one; ``skipped``: how many folders each rule left out.
    """

    sources: list[Source] = field(default_factory=list)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    explicit: set[str] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)


def plain_name(path: str) -> str:
    r"""A path as valid Unicode: bytes that are not UTF-8 as ``\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def path_of(name: str) -> str:
    """The path on disk of a source that ``plain_name`` named (other than itself only where a name is not UTF-8)."""
    if "\\x" not in name or os.path.lexists(name):
        return name
    folder, last = os.path.split(name)
    folder = path_of(folder) if folder != name else folder
    try:
        with os.scandir(folder) as entries:
            return next((e.path for e in entries if plain_name(e.name) == last), name)
    except OSError:
        return name


def discover(paths: list[str]) -> Found:
    """All files under the paths, each once, in a fixed order.

    Raises:
        SourceNotFoundError: A path is not there.
        SourceUnreadableError: A path that was named cannot be opened.
    """
    walk = _Walk()
    for path in paths:
        walk.start(path)
    walk.follow_links()
    walk.found.sources.sort(key=lambda s: s.name)
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found = Found()
        self.seen: set[tuple[int, int]] = set()
        self.links: list[str] = []

    def start(self, path: str) -> None:
        if "://" in path:
            self._remote(path)
            return
        full = os.path.abspath(path)
        try:
            info = os.stat(full)
        except FileNotFoundError:
            raise SourceNotFoundError(plain_name(path)) from None
        except OSError as error:
            raise SourceUnreadableError(plain_name(path), error.strerror or str(error)) from error
        if stat.S_ISDIR(info.st_mode):
            if not os.access(full, os.R_OK | os.X_OK):
                raise SourceUnreadableError(plain_name(path), "Permission denied")
            self._folder(full, info)
        else:
            if not os.access(full, os.R_OK):
                raise SourceUnreadableError(plain_name(path), "Permission denied")
            self.found.explicit.add(full)
            self._file(full, info)

    def follow_links(self) -> None:
        """Linked folders come last, so that a run is known by where it really lies."""
        while self.links:
            path = self.links.pop(0)
            try:
                info = os.stat(path)
            except OSError as error:
                self._issue(path, _broken_link(path, error))
                continue
            if not stat.S_ISDIR(info.st_mode):
                self._file(path, info)
            elif (info.st_dev, info.st_ino) in self.seen:
                self._issue(path, _seen_link(path))
            else:
                self._folder(path, info)

    def _folder(self, top: str, info: os.stat_result) -> None:
        pending = [(top, info.st_dev, info.st_ino)]
        while pending:
            path, device, inode = pending.pop()
            if (device, inode) in self.seen:
                continue
            self.seen.add((device, inode))
            pending.extend(self._entries(path))

    def _entries(self, path: str) -> Iterator[tuple[str, int, int]]:
        try:
            entries = sorted(os.scandir(path), key=lambda e: e.name)
        except OSError as error:
            self._issue(path, _unreadable(path, error))
            return
        if any(e.name == STORE_MARK for e in entries):
            self.found.skipped["runlift store"] += 1
            return
        for entry in entries:
            if entry.is_symlink():
                self.links.append(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name in SKIPPED_FOLDERS:
                    self.found.skipped[entry.name] += 1
                else:
                    yield entry.path, *_key(entry.stat(follow_symlinks=False))
            else:
                self._file(entry.path, entry.stat(follow_symlinks=False))

    def _file(self, path: str, info: os.stat_result) -> None:
        key = (info.st_dev, info.st_ino)
        if key in self.seen:
            self._issue(path, _seen_link(path))
            return
        self.seen.add(key)
        if not stat.S_ISREG(info.st_mode):
            self._issue(path, _not_a_file(path))
            return
        self.found.sources.append(Source(path, plain_name(path), info.st_size, info.st_mtime_ns))

    def _remote(self, path: str) -> None:
        import fsspec  # noqa: PLC0415 - only for addresses

        try:
            system, root = fsspec.core.url_to_fs(path)
            system.invalidate_cache()  # what it listed before may have grown since
            found = system.find(root, detail=True)
        except (OSError, ImportError, ValueError) as error:
            raise SourceUnreadableError(path, str(error)) from error
        if not found:
            raise SourceNotFoundError(path)
        for name in sorted(found):
            full = system.unstrip_protocol(name)
            info = found[name]
            changed = info.get("LastModified") or info.get("mtime") or 0
            ns = int(changed.timestamp() * 1e9) if hasattr(changed, "timestamp") else int(float(changed) * 1e9)
            if len(found) == 1 and full == path:
                self.found.explicit.add(full)
            self.found.sources.append(Source(full, full, int(info["size"] or 0), ns))

    def _issue(self, path: str, issue: Issue) -> None:
        self.found.issues.append((plain_name(path), issue))


def _key(info: os.stat_result) -> tuple[int, int]:
    return info.st_dev, info.st_ino


def _unreadable(path: str, error: OSError) -> Issue:
    return Issue(
        "unreadable-folder",
        f"{plain_name(path)}: cannot be listed ({error.strerror}).",
        severity=Severity.ERROR,
        done="Left out; the rest was read.",
        help="Check its permissions and ingest again.",
    )


def _broken_link(path: str, error: OSError) -> Issue:
    return Issue(
        "broken-link",
        f"{plain_name(path)}: a link that leads nowhere ({error.strerror}).",
        done="Left out.",
        help="Mend or remove the link.",
    )


def _seen_link(path: str) -> Issue:
    return Issue(
        "link-to-seen",
        f"{plain_name(path)}: a link to something that is read already.",
        severity=Severity.INFO,
        done="Read once, where it really lies.",
    )


def _not_a_file(path: str) -> Issue:
    return Issue("not-a-file", f"{plain_name(path)}: a device, socket or pipe.", done="Left out.")
