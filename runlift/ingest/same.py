"""Which run a bundle of sources is: one that is known, a copy of one, one that has grown, or a new one."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.ingest.discover import path_of
from runlift.ingest.identity import Print, digest_of, is_start_of, print_from_json, run_id_from
from runlift.parsers._api import Source

if TYPE_CHECKING:
    from runlift.ingest.join import Bundle, Item


@dataclass(slots=True)
class Kept:
    """A source that the store knows: its row and its Print; ``here``: whether it still lies where it was."""

    row: dict[str, Any]
    print: Print
    here: bool

    @property
    def source(self) -> Source:
        """It, to be read again."""
        return Source(path_of(self.row["path"]), self.row["source"], self.row["bytes"], self.row["mtime"] or 0)


@dataclass(slots=True)
class Plan:
    """One run to be: its id, the bundle-level id of its sources, the items to read and the settings beside them."""

    run_id: str
    folder: str
    items: list[Item] = field(default_factory=list)
    settings: list[Item] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)

    def add(self, bundle: Bundle) -> None:
        """Take in a bundle's items."""
        self.items += bundle.items
        self.settings += [s for s in bundle.settings if s not in self.settings]
        self.bundles.append(bundle)


class Plans:
    """Runs by id and by seed; decides for each bundle which run it is."""

    def __init__(self, known: list[dict[str, Any]]) -> None:
        self.by_id: dict[str, Plan] = {}
        self.by_seed: dict[str, list[str]] = defaultdict(list)
        self.kept: dict[str, list[Kept]] = defaultdict(list)
        for row in known:
            mark = print_from_json(row["head"])
            if mark and row["joined_as"]:
                kept = Kept(row, mark, os.path.lexists(path_of(row["path"])))
                self.kept[row["joined_as"]].append(kept)
                self._seen(mark.seed, row["joined_as"])

    def _seen(self, seed: str, run_id: str) -> None:
        if run_id not in self.by_seed[seed]:
            self.by_seed[seed].append(run_id)

    def place(self, bundle: Bundle) -> Plan:
        """The plan that a bundle belongs to, with the bundle added."""
        run_id = next((i.known["joined_as"] for i in bundle.items if i.known and i.known["joined_as"]), None)
        if run_id is None:
            run_id = self._same_run(bundle) or self._new_id(bundle)
        plan = self.by_id.get(run_id)
        if plan is None:
            kept = [k for k in self.kept.get(run_id, []) if k.here or not self._replaced(k, bundle)]
            plan = self.by_id[run_id] = Plan(run_id, bundle.folder, kept=kept)
        plan.add(bundle)
        for item in bundle.items:
            self._seen(item.print.seed, run_id)
        return plan

    def _replaced(self, kept: Kept, bundle: Bundle) -> bool:
        """Whether a known source that lies there no more has come back in this bundle, moved and perhaps grown."""
        return any(i.known and i.known["source"] == kept.row["source"] for i in bundle.items) or any(
            _kept_starts(kept, i) for i in bundle.items
        )

    def _same_run(self, bundle: Bundle) -> str | None:
        seeds = {i.print.seed for i in bundle.items}
        ids = [run for seed in sorted(seeds) for run in self.by_seed.get(seed, [])]
        for run_id in dict.fromkeys(ids):
            plan = self.by_id.get(run_id)
            others = plan.items if plan else []
            kept = self.kept.get(run_id, [])
            if self._is_copy(bundle, others, kept) or self._has_grown(bundle, others, kept):
                return run_id
        return None

    def _is_copy(self, bundle: Bundle, others: list[Item], kept: list[Kept]) -> bool:
        found = [_partner(i, others, kept) for i in bundle.items]
        if not all(found):
            return False
        for item, name in zip(bundle.items, found, strict=True):
            if any(k.here and k.row["source"] == name for k in kept) or any(o.name == name for o in others):
                item.copy_of = name
        return True

    def _has_grown(self, bundle: Bundle, others: list[Item], kept: list[Kept]) -> bool:
        """Whether all of a run's sources are beginnings of this bundle's."""
        if others:
            pairs = [(o, next((i for i in bundle.items if _starts(o, i)), None)) for o in others]
            if not all(b for _, b in pairs):
                return False
            for old, new in pairs:
                old.copy_of = new.name if new else None
            return True
        mine = [k for k in kept if k.row["copy_of"] is None]
        return bool(mine) and all(any(_kept_starts(k, i) for i in bundle.items) for k in mine)

    def _new_id(self, bundle: Bundle) -> str:
        first = bundle.items[0]
        run_id = run_id_from("seed", first.print.seed)
        if run_id in self.by_id or run_id in self.kept:
            run_id = run_id_from("whole", first.print.seed, *(digest_of(i.source) for i in bundle.items))
        return run_id


def _partner(item: Item, others: list[Item], kept: list[Kept]) -> str | None:
    """The name of a source whose beginning (or whole) this item is."""
    for o in others:
        if o.copy_of is None and _starts(item, o):
            return o.name
    for k in kept:
        if _starts_kept(item, k):
            return str(k.row["source"])
    return None


def _starts(short: Item, long: Item) -> bool:
    return short.print.may_be(long.print) and is_start_of(short.source, long.source)


def _starts_kept(item: Item, kept: Kept) -> bool:
    """Whether the item is the beginning of a known source, or all of it."""
    if not item.print.may_be(kept.print) or item.source.size > kept.row["bytes"]:
        return False
    if item.source.size == kept.row["bytes"]:
        return bool(kept.row["digest"]) and digest_of(item.source) == kept.row["digest"]
    return kept.here and is_start_of(item.source, kept.source)


def _kept_starts(kept: Kept, item: Item) -> bool:
    """Whether a known source is the beginning of the item, or all of it."""
    if not item.print.may_be(kept.print) or item.source.size < kept.row["bytes"] or not kept.row["digest"]:
        return False
    return bool(digest_of(item.source, kept.row["bytes"]) == kept.row["digest"])
