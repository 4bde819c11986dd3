"""Formats and exporters by name: the files of their folders and entry points, imported when asked for."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import zlib
from typing import TYPE_CHECKING, TypeVar

from runlift.errors import UnknownFormatError

if TYPE_CHECKING:
    from runlift.exporters._api import Exporter
    from runlift.parsers._api import Parser

T = TypeVar("T")


def _classes(package: str, parent: type[T]) -> list[type[T]]:
    """Every concrete subclass of ``parent`` that a module of the package (names without ``_``) or a plug-in defines."""
    folder = importlib.import_module(package)
    found: list[type[T]] = []
    for info in pkgutil.iter_modules(folder.__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{package}.{info.name}")
            found += [
                c
                for c in vars(module).values()
                if isinstance(c, type) and issubclass(c, parent) and c is not parent and c.__module__ == module.__name__
            ]
    found += [point.load() for point in importlib.metadata.entry_points(group=package)]
    return found


@functools.cache
def parsers() -> dict[str, Parser]:
    """All source formats by name, the surest first."""
    from runlift.parsers._api import Parser  # noqa: PLC0415 - the registry is imported by the command line

    made = [c() for c in _classes("runlift.parsers", Parser)]  # type: ignore[type-abstract]  # its children are called
    return {p.name: p for p in sorted(made, key=lambda p: (-p.rank, p.name))}


@functools.cache
def formats_version() -> int:
    """A number that changes with the formats and their versions: what none claimed is looked at again then."""
    text = ",".join(f"{p.name}={p.version}" for p in parsers().values())
    return zlib.crc32(text.encode()) & 0x7FFFFFFF


def _in_its_own_file(package: str, name: str, parent: type[T]) -> type[T] | None:
    """A format or target that lies in the file of its name: who is told the name need not import all others."""
    module = f"{package}.{name.replace('-', '_')}"
    if not module.isascii() or name.startswith("_") or "." in name or importlib.util.find_spec(module) is None:
        return None
    found = vars(importlib.import_module(module)).values()
    made = [c for c in found if isinstance(c, type) and issubclass(c, parent) and c.__module__ == module]
    return next((c for c in made if vars(c).get("name") == name), None)


@functools.cache
def _parser_in_its_own_file(name: str) -> Parser | None:
    from runlift.parsers._api import Parser  # noqa: PLC0415 - as above

    found = _in_its_own_file("runlift.parsers", name, Parser)  # type: ignore[type-abstract]  # as above
    return found() if found else None


def parser(name: str) -> Parser:
    """One source format. UnknownFormatError names those that there are."""
    own = _parser_in_its_own_file(name)
    if own is not None:
        return own
    try:
        return parsers()[name]
    except KeyError:
        raise UnknownFormatError("format", name, list(parsers())) from None


@functools.cache
def exporters() -> dict[str, type[Exporter]]:
    """All export targets by name."""
    from runlift.exporters._api import Exporter  # noqa: PLC0415 - the registry is imported by the command line

    return {c.name: c for c in sorted(_classes("runlift.exporters", Exporter), key=lambda c: c.__name__)}  # type: ignore[type-abstract]  # the same


def exporter(name: str) -> type[Exporter]:
    """One export target. UnknownFormatError names those that there are."""
    from runlift.exporters._api import Exporter  # noqa: PLC0415 - as above

    own = _in_its_own_file("runlift.exporters", name, Exporter)  # type: ignore[type-abstract]  # as above
    if own is not None:
        return own
    try:
        return exporters()[name]
    except KeyError:
        raise UnknownFormatError("export target", name, list(exporters())) from None
