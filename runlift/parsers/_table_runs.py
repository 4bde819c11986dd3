"""A table with one row a run: names, settings and results of each run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.facts import Fact, Issue, Param, Points, RunSeen, Severity
from runlift.parsers import _table_names as called
from runlift.parsers._table_numbers import is_absent, literal, parse_number, parse_time, setting_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Issue as _Issue

_PREFIXES = ("params_", "param_", "params.", "params/", "config.", "config/", "hparams.", "hparams/")


@dataclass(slots=True)
class RunRows:
    """Turns rows into facts, one run each. ``comma``: a comma is the decimal sign; ``parts``: role -> column."""

    names: tuple[str, ...]
    parts: dict[str, int]
    comma: bool = False
    keys: Counter[str] = field(default_factory=Counter)
    guessed: Counter[str] = field(default_factory=Counter)
    skipped: frozenset[int] = frozenset()

    def row(self, position: int, cells: list[str]) -> Iterator[Fact]:
        """The facts of one row; nothing where it is empty."""
        words = [c.strip() for c in cells]
        settings: dict[str, Any] = {}
        results: dict[str, float] = {}
        for i, word in enumerate(words):
            if i not in self.parts.values() and i not in self.skipped and word:
                self._cell(i, word, settings, results)
        if not settings and not results:
            return
        seen, key = self._run(words, settings, position)
        yield seen
        for name, value in settings.items():
            yield Param(name, value, position, key)
        for name, number in results.items():
            yield Points(name, None, np.array([number]), np.array([position], np.int64), run=key)

    def issues(self) -> Iterator[_Issue]:
        """What had to be guessed."""
        if self.guessed:
            names = ", ".join(sorted(self.guessed)[:10])
            yield Issue(
                "setting-or-result",
                f"{len(self.guessed)} columns of numbers may be settings or results, by their names: {names}.",
                severity=Severity.INFO,
                done="Read as settings.",
                help="--map metric/NAME=COLUMN reads one as a result.",
            )

    def _cell(self, i: int, word: str, settings: dict[str, Any], results: dict[str, float]) -> None:
        name = self.names[i] or f"column {i + 1}"
        written = literal(word) if word[:1] == "{" else None
        if isinstance(written, dict):
            bag = called.rank(name, called.BAG) is not None
            settings.update({str(k) if bag else f"{name}.{k}": v for k, v in written.items()})
            return
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                settings[name.removeprefix(prefix)] = setting_value(word, comma=self.comma)
                return
        number = parse_number(word, comma=self.comma)
        if number is None or not self._is_result(name):
            if number is not None or not is_absent(word) or word.lower() in ("none", "null"):
                settings[name] = setting_value(word, comma=self.comma)
            return
        results[name.removeprefix("metric/")] = number.value

    def _is_result(self, name: str) -> bool:
        if name.startswith("metric/") or (called.is_result(name) and not called.is_setting(name)):
            return True
        if called.plain(name) in called.VALUE:
            return True
        if not called.is_known(name):
            self.guessed[name] += 1
        return False

    def _run(self, words: list[str], settings: dict[str, Any], position: int) -> tuple[RunSeen, str]:
        said = {role: words[i] for role, i in self.parts.items() if words[i] and not is_absent(words[i])}
        name = said.get("name") or said.get("id")
        same = json.dumps([said.get("id"), said.get("name"), settings], sort_keys=True, default=str, ensure_ascii=False)
        digest = hashlib.blake2b(same.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
        self.keys[digest] += 1
        again = f"#{self.keys[digest]}" if self.keys[digest] > 1 else ""
        key = f"{name or 'row'} {digest}{again}"
        started, ended = (parse_time(said[r]) if r in said else None for r in ("started", "ended"))
        return RunSeen(
            run=key,
            name=name or f"row {position}",
            native_id=said.get("id"),
            seed=f"row\0{same}{again}".encode("utf-8", "backslashreplace"),
            group_name=said.get("group"),
            status=called.STATUS_WORDS.get(said.get("status", "").split(".")[-1].strip().lower()),
            started_at=started[0] if started else None,
            ended_at=ended[0] if ended else None,
            notes=said.get("notes"),
            position=position,
        ), key


def parts_of(names: tuple[str, ...], rows: list[list[str]], mapped: dict[str, int]) -> dict[str, int]:
    """Which columns name a run and tell of it: id, name, status, started, ended, notes, group -> column."""
    found: dict[str, int] = {}
    if "run" in mapped:
        found["name"] = mapped["run"]
    lists = (("name", called.ROW_NAME), ("id", called.ROW_ID), ("status", called.STATUS), ("started", called.STARTED),
             ("ended", called.ENDED), ("notes", called.NOTES), ("group", called.GROUP))  # fmt: skip
    for part, known in lists:
        ranked = sorted((r, i) for i, n in enumerate(names) if (r := called.rank(n, known)) is not None)
        for _, i in ranked:
            if part not in found and i not in found.values() and _fits(part, [r[i].strip() for r in rows]):
                found[part] = i
    return found


def _fits(part: str, words: list[str]) -> bool:
    """Whether a column's cells can play a part: names and ids differ from row to row, times can be read."""
    there = [w for w in words if w]
    if part in ("id", "name"):
        apart = len(set(there)) == len(there) >= 0.6 * len(words)
        return apart and (part == "id" or not all(parse_number(w) for w in there))
    if part in ("started", "ended"):
        return bool(there) and all(parse_time(w) is not None for w in there)
    if part == "status":
        return bool(there) and all(w.split(".")[-1].strip().lower() in called.STATUS_WORDS for w in there)
    return True
