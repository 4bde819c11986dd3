"""What lies where in a JSON document: lists of records, lists of numbers, single values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.parsers import _table_names as called
from runlift.parsers._records_columns import flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.parsers._records_columns import Record
    from runlift.wire.json_stream import JsonStream

Path = tuple[str, ...]
_MAX_DEPTH = 8


@dataclass(slots=True)
class Outline:
    """A document seen once through.

    ``records``: path -> how many dicts its list holds; ``firsts``: path -> the first of them; ``lists``: path -> a list
    of numbers or texts; ``triples``: path -> rows of [wall time, step, value]; ``leaves``: path -> any other value;
    ``lines``: top key -> line; ``inside``: path -> a list of dicts that is not at the top, kept.
    """

    records: dict[Path, int] = field(default_factory=dict)
    firsts: dict[Path, Record] = field(default_factory=dict)
    lists: dict[Path, list[Any]] = field(default_factory=dict)
    triples: dict[Path, list[list[float]]] = field(default_factory=dict)
    leaves: dict[Path, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    inside: dict[Path, list[Record]] = field(default_factory=dict)

    def read(self, stream: JsonStream) -> Iterator[str]:
        """See the object that begins at the stream through, key by key; BrokenJsonError passes, what was seen stays."""
        for key, line in stream.pairs():
            self.lines.setdefault(key, line)
            if stream.peek() == "[":
                self._list(stream, (key,))
            else:
                self._value(stream.value(), (key,))
            yield key

    def _list(self, stream: JsonStream, path: Path) -> None:
        """A list at the top: dicts are counted and let go, so that a long one needs no room."""
        rest: list[Any] = []
        try:
            for _ in stream.items():
                item = stream.value()
                if isinstance(item, dict):
                    self.firsts.setdefault(path, item)
                    self.records[path] = self.records.get(path, 0) + 1
                else:
                    rest.append(item)
        finally:
            if path not in self.records:
                self._sort_list(rest, path)

    def _value(self, value: Any, path: Path) -> None:
        if isinstance(value, dict) and value and len(path) < _MAX_DEPTH:
            for key, inner in value.items():
                self._value(inner, (*path, key))
        elif isinstance(value, list):
            self._sort_list(value, path)
        else:
            self.leaves[path] = value

    def _sort_list(self, value: list[Any], path: Path) -> None:
        dicts = [v for v in value if isinstance(v, dict)]
        if dicts and len(dicts) == len(value):
            self.records[path], self.firsts[path], self.inside[path] = len(dicts), dicts[0], dicts
        elif value and all(is_triple(v) for v in value):
            self.triples[path] = value
        elif value and _is_column(value):
            self.lists[path] = value
        else:
            self.leaves[path] = value

    def spoken(self) -> list[Path]:
        """The lists of records that speak of an experiment: the longest, and those named as splits beside it."""
        good = sorted((p for p in self.records if speaks(self.firsts[p])), key=lambda p: -self.records[p])
        return [p for i, p in enumerate(good) if i == 0 or {p[-1].lower(), good[0][-1].lower()} <= called.SPLIT_WORDS]

    def histories(self) -> dict[tuple[Path, int], list[Path]]:
        """Lists of numbers that go together: (parent, length) -> paths, where any of them is named as a result."""
        groups: dict[tuple[Path, int], list[Path]] = {}
        for path, values in self.lists.items():
            if not called.is_setting(path[-1]) or counts(path[-1]):
                groups.setdefault((path[:-1], len(values)), []).append(path)
        return {g: paths for g, paths in groups.items() if self._is_history(paths)}

    def _is_history(self, paths: list[Path]) -> bool:
        numbers = [p for p in paths if not isinstance(self.lists[p][0], str)]
        if any(called.is_result(p[-1]) for p in numbers):
            return True
        values = [p for p in numbers if called.rank(p[-1], called.VALUE) is not None]
        return bool(values) and any(counts(p[-1]) for p in numbers)


def _is_column(value: list[Any]) -> bool:
    numbers = all(v is None or type(v) in (int, float) for v in value)
    return numbers or all(isinstance(v, str) for v in value)


def counts(name: str) -> bool:
    """Whether a name is that of a counter of steps or epochs."""
    return called.rank(name, called.STEP) is not None or called.rank(name, called.EPOCH) is not None


def is_triple(value: Any) -> bool:
    """Whether a list is [wall time, step, value], as TensorBoard's download and tensorboardX write it."""
    if not isinstance(value, list) or len(value) != 3 or not all(type(v) in (int, float) for v in value):
        return False
    wall, step, _ = value
    return bool(1e8 < wall < 5e9 and step == int(step)) if abs(step) < 2**63 else False


def speaks(record: Record) -> bool:
    """Whether a record has numbers and a key that counts or is named as a result."""
    keys = [k for k, v in flat(record).items() if type(v) in (int, float)]
    return any(counts(k) or called.is_result(k) for k in keys)
