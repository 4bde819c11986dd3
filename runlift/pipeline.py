"""The stages composed: paths to a store (``ingest``), paths to a forecast (``scan``)."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import time
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from runlift import registry
from runlift.engine import Engine
from runlift.errors import DiskFullError
from runlift.ingest.discover import Found, discover
from runlift.ingest.join import Bundle, Item, apart, join
from runlift.ingest.normalise import issue_row
from runlift.ingest.pieces import fold_pieces
from runlift.ingest.recognise import Recognised, recognise
from runlift.ingest.same import Plan, Plans
from runlift.options import IngestOptions
from runlift.planning import known_state, plan_tasks, to_items
from runlift.progress import told
from runlift.reports import IngestReport, ScanRow
from runlift.store.commit import locked
from runlift.store.committed import current_runs, current_sources, listed_parts, worst_issues
from runlift.store.mark import create_store
from runlift.store.write import Loose, commit_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runlift.work import BatchResult, RunTask


_ROUNDS = 5
_WORST = 20
_LEDGER = ("total", "used", "ignored", "unrecognised", "damaged", "unfinished")


class Progress(Protocol):
    """Told how far an ingest is: a stage's name, how much is done of how much (bytes or files), points so far."""

    def __call__(self, stage: str, done: int, total: int, points: int, /) -> None:
        """``stage``: recognise (counts files) or read (counts bytes)."""


def _silent(stage: str, done: int, total: int, points: int, /) -> None:
    del stage, done, total, points


def ingest(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    store: str | os.PathLike[str] = "runlift-store",
    options: IngestOptions | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read everything under ``paths`` into a store, which is made where there is none.

    Sources that have not changed are not decoded again; a killed ingest is completed by running it again.

    Args:
        paths: A file or folder, or several; ``scheme://`` addresses are read through fsspec.
        store: The store's folder.
        options: How to read.
        progress: Called as work goes on.

    Returns:
        What was read, what was not, and every Issue counted.

    Raises:
        SourceNotFoundError, SourceUnreadableError, NotAStoreError, StoreTooNewError, StoreBusyError, DiskFullError.
    """
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    job = _Ingest([os.fspath(p) for p in listed], os.fspath(store), options or IngestOptions(), progress or _silent)
    try:
        return job.run()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
            raise DiskFullError(job.root) from error
        raise


class _Ingest:
    def __init__(self, paths: list[str], root: str, options: IngestOptions, progress: Progress) -> None:
        self.paths, self.root, self.options, self.progress = paths, root, options, progress
        self.ingest_id = uuid.uuid4().hex
        self.began = time.time()
        self.report = IngestReport(root)
        self.loose = Loose()
        self.stale = 0

    def run(self) -> IngestReport:
        """Read, and look again while another process wrote some of the same runs meanwhile."""
        create_store(self.root)
        found = discover(self.paths)
        with told(self.root, self.progress) as self.progress:
            for _ in range(_ROUNDS):
                self._round(found)
                if not self.stale:
                    break
        self.report.seconds = time.time() - self.began
        self._finish()
        return self.report

    def _round(self, found: Found) -> None:
        self.stale = 0
        self.loose = Loose()
        self.report.issues.clear()
        runs = current_runs(self.root)
        known = current_sources(self.root, listed_parts(runs))
        self._note_found(found)
        with Engine(self.root, self.ingest_id, self.options.jobs) as engine:
            if not known and len(found.sources) > 1:  # all of it is to be read, by several
                engine.warm(sum(s.size for s in found.sources))
            items = self._items(found, known)
            plans, alone = _plan(items, known, self.options)
            self._alone(alone)
            self._work(plan_tasks(plans, runs, self.options), engine)

    def _note_found(self, found: Found) -> None:
        self.report.sources = len(found.sources)
        self.report.skipped = dict(found.skipped)
        for path, issue in found.issues:
            self._loose_source({"source": path, "path": path})
            self.loose.issues.append(issue_row(issue, "", path))
            self._count(issue.severity.value)

    def _items(self, found: Found, known: list[dict[str, Any]]) -> list[Item]:
        state = known_state(known)

        def tick(done: int) -> None:
            self.progress("recognise", done, len(found.sources), 0)

        recognised, items = to_items(found, state, self.options, tick)
        for r in recognised:
            self._unrecognised(r)
        self.report.unchanged = sum(i.unchanged for i in items) + state.unclaimed
        moved = [i for i in items if i.unchanged and i.known and i.known["path"] != i.source.name]
        for item in moved:
            self._loose_source(
                {**(item.known or {}), "path": item.source.name, "mtime": item.source.mtime_ns}, moved=True
            )
        return items

    def _unrecognised(self, r: Recognised) -> None:
        self.report.unrecognised += 1
        suffix = os.path.splitext(r.source.basename)[1].lower() or "(no suffix)"
        kinds = self.report.unrecognised_kinds
        kinds[suffix] = kinds.get(suffix, 0) + 1
        self._loose_source(
            {"source": r.source.name, "path": r.source.name, "bytes": r.source.size, "mtime": r.source.mtime_ns,
             "unit": "bytes", "total": r.source.size, "used": 0, "ignored": 0, "unrecognised": r.source.size,
             "damaged": 0, "unfinished": 0, "parser_version": registry.formats_version()}
        )  # fmt: skip
        for issue in r.issues:
            self.loose.issues.append(issue_row(issue, "", r.source.name))
            self._count(issue.severity.value)

    def _loose_source(self, row: dict[str, Any], *, moved: bool = False) -> None:
        extra = {} if moved else {"run_ids": [], "parts": [], "ingest_id": self.ingest_id}
        self.loose.sources.append(row | extra)

    def _alone(self, alone: list[Item]) -> None:
        """Settings that no run lies beside: noted, not made a run of."""
        for item in alone:
            if item.unchanged:
                continue
            s = item.source
            self._loose_source(
                {"source": item.name, "path": s.name, "bytes": s.size, "mtime": s.mtime_ns, "unit": "bytes",
                 "total": s.size, "used": 0, "ignored": s.size, "unrecognised": 0, "damaged": 0, "unfinished": 0,
                 "format": item.parser.name, "parser_version": item.parser.version,
                 "ledger": json.dumps([{"unit": "bytes", "ignored": {"settings without a run": s.size}}])}
            )  # fmt: skip

    def _count(self, severity: str, n: int = 1) -> None:
        self.report.issues[severity] = self.report.issues.get(severity, 0) + n

    def _work(self, tasks: list[RunTask], engine: Engine) -> None:
        total = sum(t.bytes for t in tasks)
        done = points = 0
        for results in engine.run(tasks):
            self._commit(results)
            for r in results:
                done, points = done + r.bytes, points + r.points
                self._add_up(r)
            self.progress("read", done, total, points)

    def _add_up(self, r: BatchResult) -> None:
        report = self.report
        report.read += r.sources
        report.bytes += r.bytes
        report.points += r.points
        report.superseded += r.superseded
        report.runs += len(r.runs)
        for severity, n in r.issues.items():
            self._count(severity, n)

    def _commit(self, results: list[BatchResult]) -> None:
        with locked(self.root):
            self.stale += commit_batches(self.root, results)
        for r in results:
            self.loose.sources += r.loose_sources
            self.loose.issues += r.loose_issues

    def _finish(self) -> None:
        report = self.report
        row = {
            "ingest_id": self.ingest_id, "started_at": dt.datetime.fromtimestamp(self.began, dt.UTC),
            "seconds": report.seconds, "paths": [os.path.abspath(p) for p in self.paths], "sources": report.sources,
            "sources_read": report.read, "sources_unchanged": report.unchanged,
            "sources_unrecognised": report.unrecognised, "runs": report.runs, "points": report.points,
            "issues": sum(report.issues.values()),
        }  # fmt: skip
        with locked(self.root):
            self.loose.commit(self.root, self.ingest_id, row)
        summarise(self.root, self.ingest_id, report)


def summarise(root: str, ingest_id: str, report: IngestReport) -> None:
    """Fill in what the store as a whole says: run count, ledger sums by unit, formats, the worst issues.

    Asked without DuckDB, whose start takes longer than a small ingest.
    """
    runs = current_runs(root)
    report.runs_total = runs.num_rows
    listed = listed_parts(runs)
    rows = [r for r in current_sources(root, listed) if r["ingest_id"] == ingest_id]
    formats: Counter[str] = Counter(r["format"] for r in rows if r["format"])
    report.formats = dict(sorted(formats.items()))
    for row in sorted((r for r in rows if r["unit"]), key=lambda r: (r["format"] or "(none)", r["unit"])):
        sums = report.ledger.setdefault(row["unit"], dict.fromkeys(_LEDGER, 0))
        for k in _LEDGER:
            sums[k] += int(row[k] or 0)
    report.worst = worst_issues(root, listed, ingest_id, {r["source"] for r in rows})[:_WORST]


def _plan(items: list[Item], known: list[dict[str, Any]], options: IngestOptions) -> tuple[list[Plan], list[Item]]:
    bundles, alone = (join if options.join else apart)(items)
    if options.fold:
        bundles = fold_pieces(bundles)
    plans = Plans(known)
    for bundle in sorted(bundles, key=_known_first):
        plans.place(bundle)
    return list(plans.by_id.values()), alone


def _known_first(bundle: Bundle) -> tuple[bool, int, str]:
    """Bundles that the store knows keep their runs; of several copies, the one with most in it is the run."""
    return (not any(i.known for i in bundle.items), -len(bundle.items), bundle.folder)


def scan(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    store: str | os.PathLike[str] | None = None,
    options: IngestOptions | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> list[ScanRow]:
    """What is under ``paths``, which runs it would make and why; nothing is written.

    Args:
        paths: A file or folder, or several.
        store: A store to hold the sources against, where there is one.
        options: As for ``ingest``.
        tick: Called with (files looked at, files in all).
    """
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    options = options or IngestOptions()
    found = discover([os.fspath(p) for p in listed])
    known: list[dict[str, Any]] = []
    if store is not None and os.path.isdir(store):
        known = current_sources(os.fspath(store), listed_parts(current_runs(os.fspath(store))))
    total = len(found.sources)
    recognised, items = to_items(found, known_state(known), options, lambda n: tick(n, total) if tick else None)
    plans, alone = _plan(items, known, options)
    rows = [_scan_row(r) for r in recognised]
    for plan in plans:
        for bundle in plan.bundles:
            rows += [_item_row(i, plan.run_id, bundle) for i in (*bundle.items, *bundle.settings)]
    rows += [_item_row(i, None, None) for i in alone]
    rows += [ScanRow(p, 0, None, "", "", None, "", "problem", (i.message,)) for p, i in found.issues]
    return sorted(rows, key=lambda r: r.source)


def _scan_row(r: Recognised) -> ScanRow:
    issues = tuple(i.message for i in r.issues)
    return ScanRow(r.source.name, r.source.size, None, "", "no format claims it", None, "", "unrecognised", issues)


def _item_row(item: Item, run: str | None, bundle: Bundle | None) -> ScanRow:
    state = "unchanged" if item.unchanged else "grown" if item.known else "copy" if item.copy_of else "new"
    match = item.match
    if match is None and item.known:
        match = recognise(item.source, only=item.parser.name).match
    return ScanRow(
        item.source.name, item.source.size, item.parser.name, match.level.name.lower() if match else "",
        match.why if match else "", run, item.why or bundle.why if bundle else "settings with no run beside them", state,
        tuple(i.message for i in item.issues),
    )  # fmt: skip
