"""What there is to do: each source held against the store, each run made a task or left alone."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift import registry
from runlift.carry import CarriedRun
from runlift.ingest.discover import path_of, plain_name
from runlift.ingest.identity import digest_of, print_from_json
from runlift.ingest.join import Item, folder_of
from runlift.ingest.recognise import Recognised, recognise
from runlift.parsers._api import ParseOptions
from runlift.store.write import state_of
from runlift.work import ReadTask, RunTask

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from runlift.ingest.discover import Found
    from runlift.ingest.same import Plan
    from runlift.options import IngestOptions
    from runlift.parsers._api import Source


@dataclass(slots=True)
class Known:
    """The store's sources: by where they were last seen, and those that lie there no more by size."""

    by_path: dict[str, dict[str, Any]]
    gone: dict[int, list[dict[str, Any]]]
    unclaimed: int = 0
    taken: set[str] = field(default_factory=set)


def known_state(rows: list[dict[str, Any]]) -> Known:
    """Index the rows of ``sources``."""
    gone: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if row["format"] and "://" not in row["path"] and not os.path.lexists(path_of(row["path"])):
            gone.setdefault(row["bytes"], []).append(row)
    return Known({r["path"]: r for r in rows}, gone)


def to_items(
    found: Found, known: Known, options: IngestOptions, tick: Callable[[int], None]
) -> tuple[list[Recognised], list[Item]]:
    """(sources that no format claims, items): unchanged sources are taken from the store without being opened."""
    unclaimed: list[Recognised] = []
    items: list[Item] = []
    for n, source in enumerate(found.sources):
        row = known.by_path.get(source.name)
        if row is not None and _same_file(row, source, options):
            if row["format"] is None:
                known.unclaimed += 1
            else:
                items.append(_unchanged(row, source))
            continue
        tick(n)
        r = recognise(source, explicit=source.path in found.explicit, only=options.format)
        if r.parser is None or r.print is None:
            unclaimed.append(r)
        else:
            items.append(_fresh(r, row, known))
            if options.again:
                items[-1].start = 0
    return unclaimed, items


def _same_file(row: dict[str, Any], source: Source, options: IngestOptions) -> bool:
    if options.again or row["bytes"] != source.size or row["mtime"] != source.mtime_ns:
        return False
    if options.format not in (None, row["format"]) or options.mapping or options.layout or options.patterns:
        return False
    if row["format"] is None:
        return bool(row["parser_version"] == registry.formats_version())
    return bool(registry.parser(row["format"]).version == row["parser_version"])


def _unchanged(row: dict[str, Any], source: Source) -> Item:
    mark = print_from_json(row["head"]) or print_from_json('{"seed": "", "rungs": {}, "size": 0}')
    assert mark is not None  # noqa: S101 - the second is never None
    return Item(source, registry.parser(row["format"]), mark, known=row, unchanged=True, copy_of=row["copy_of"])


def _fresh(r: Recognised, row: dict[str, Any] | None, known: Known) -> Item:
    """A source that is new, has moved, has grown, or was replaced by something else."""
    assert r.parser is not None  # noqa: S101 - the caller looked
    assert r.print is not None  # noqa: S101 - the caller looked
    item = Item(r.source, r.parser, r.print, r.match, issues=r.issues)
    if row is not None and row["joined_as"] and _grew_from(row, item):
        item.known, item.copy_of = row, row["copy_of"]
        item.start = _read_on_from(row, item)
        return item
    for moved in known.gone.get(r.source.size, []):
        if moved["source"] not in known.taken and _is_it(moved, item):
            known.taken.add(moved["source"])
            item.known, item.unchanged, item.copy_of = moved, True, moved["copy_of"]
            break
    return item


def _grew_from(row: dict[str, Any], item: Item) -> bool:
    mark = print_from_json(row["head"])
    if mark is None or row["format"] != item.parser.name or not mark.may_be(item.print) or not row["digest"]:
        return False
    if item.source.size < row["bytes"]:
        return False
    return bool(digest_of(item.source, row["bytes"]) == row["digest"])


def _read_on_from(row: dict[str, Any], item: Item) -> int:
    """The byte from which a grown source is read on; 0 where it has to be read from the start."""
    same_reader = item.parser.version == row["parser_version"]
    if not (item.parser.resumable and same_reader and row["unit"] == "bytes" and row["run_ids"]):
        return 0
    if row["total"] != row["bytes"] or not row["used"] + row["ignored"]:
        return 0
    return int(row["total"] - row["unfinished"])


def _is_it(row: dict[str, Any], item: Item) -> bool:
    mark = print_from_json(row["head"])
    if mark is None or row["format"] != item.parser.name or not mark.may_be(item.print):
        return False
    if item.parser.version != row["parser_version"]:
        return False
    return bool(row["digest"]) and digest_of(item.source) == row["digest"]


def plan_tasks(plans: list[Plan], runs: pa.Table, options: IngestOptions) -> list[RunTask]:
    """The runs that have something new in them, as tasks."""
    rows = {r["run_id"]: r for r in runs.to_pylist()}
    shared = _shared(plans)
    return [_task(p, rows, shared, options) for p in plans if _has_news(p)]


def _shared(plans: list[Plan]) -> dict[str, list[str]]:
    """Settings file -> the runs beside it."""
    shared: dict[str, list[str]] = {}
    for plan in plans:
        for s in plan.settings:
            shared.setdefault(s.name, []).append(plan.run_id)
    return shared


def _has_news(plan: Plan) -> bool:
    if any(not i.unchanged for i in plan.items):
        return True
    runs = {r for i in plan.items if i.known for r in i.known["run_ids"]}
    return bool(runs) and any(not s.unchanged or plan.run_id not in _run_ids(s) for s in plan.settings)


def _run_ids(item: Item) -> list[str]:
    return list(item.known["run_ids"]) if item.known else []


def _task(plan: Plan, rows: dict[str, Any], shared: dict[str, list[str]], options: IngestOptions) -> RunTask:
    carried_rows = {i.name: i.known for i in plan.items if i.known and (i.unchanged or i.start)}
    here = {i.name for i in plan.items}
    for kept in plan.kept:
        if kept.row["source"] not in here:
            carried_rows[kept.row["source"]] = kept.row
    reads = tuple(_read(i, options) for i in plan.items if not i.unchanged)
    carried = _carried([r for r in carried_rows.values() if r], rows, frozenset(i.name for i in plan.items if i.start))
    name, project = (plain_name(n) for n in _names(plan, plan.items[0]))
    return RunTask(
        plan.run_id, name, project, reads,
        tuple(_read(s, options) for s in plan.settings), carried,
        {k: v for k, v in shared.items() if any(s.name == k for s in plan.settings)},
        _states(plan, rows),
        tuple(i for b in plan.bundles for i in b.issues),
    )  # fmt: skip


def _states(plan: Plan, rows: dict[str, Any]) -> dict[str, str]:
    """The rows of ``runs`` that the plan was made from; a run that is missing here is expected to be new."""
    ids = {plan.run_id, *(r for i in plan.items if i.known for r in i.known["run_ids"])}
    ids |= {r for k in plan.kept for r in k.row["run_ids"]}
    return {i: state_of(rows[i]) for i in ids if i in rows}


def _carried(
    source_rows: list[dict[str, Any]], runs: dict[str, Any], read_on: frozenset[str]
) -> tuple[CarriedRun, ...]:
    by_run: dict[str, list[dict[str, Any]]] = {}
    for row in source_rows:
        for run in row["run_ids"]:
            by_run.setdefault(run, []).append(row)
    return tuple(CarriedRun(runs[r], tuple(by_run[r]), read_on) for r in sorted(by_run) if r in runs)


def _read(item: Item, options: IngestOptions) -> ReadTask:
    parse = ParseOptions(options.mapping, options.layout, options.patterns, item.start, item.rename)
    mark = json.dumps({**json.loads(item.print.to_json())})
    earlier = item.known if item.start else None
    return ReadTask(item.source, item.name, item.parser.name, mark, parse, item.copy_of, tuple(item.issues), earlier)


def _names(plan: Plan, first: Item) -> tuple[str, str]:
    """A run's default name (the last two parts of its folder's path, or of its file's where that is a run of its own) and project."""
    folder = folder_of(first.source.path)
    parts = [p for p in folder.replace("\\", "/").split("/") if p]
    if len(plan.bundles[0].items) == 1 and first.parser.gathers == "file":
        return "/".join([*parts[-1:], first.source.basename]), parts[-1] if parts else ""
    return "/".join(parts[-2:]), parts[-2] if len(parts) > 1 else ""
