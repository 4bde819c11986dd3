"""One batch of runs, read and written by one worker: the same whether here, in a process beside or on a cluster."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from runlift import registry
from runlift.batch import PointRows
from runlift.carry import CarriedRun, carry_over
from runlift.facts import Account, Issue
from runlift.ingest.guard import guarded_parse
from runlift.ingest.identity import run_id_from
from runlift.ingest.ledger import check, ledger_columns
from runlift.ingest.normalise import Drafts, Reading, RunDraft, issue_row, run_row
from runlift.ingest.series import Counts, run_series, series_issues
from runlift.ingest.spool import Spool
from runlift.store.blobs import put_blob
from runlift.store.parts import PartFile, PartWriter
from runlift.store.points import PointsBuffer

if TYPE_CHECKING:
    from runlift.parsers._api import ParseOptions, Source


@dataclass(frozen=True, slots=True)
class ReadTask:
    """One source to decode: by which format, from which byte (``earlier``: its row as known so far), as whose copy."""

    source: Source
    name: str
    parser: str
    print_json: str
    options: ParseOptions
    copy_of: str | None = None
    issues: tuple[Issue, ...] = ()
    earlier: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RunTask:
    """One run (or the runs that its sources hold together). ``carried``: what is taken over without decoding."""

    run_id: str
    name: str
    project: str
    reads: tuple[ReadTask, ...]
    settings: tuple[ReadTask, ...]
    carried: tuple[CarriedRun, ...]
    shared_runs: dict[str, list[str]]
    states: dict[str, str]
    issues: tuple[Issue, ...] = ()

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return sum(r.source.size - r.options.start for r in self.reads)


@dataclass(slots=True)
class BatchResult:
    """What a worker wrote: files to commit, rows of ``runs`` and of run-less ``sources`` and ``issues``, and counts."""

    files: list[PartFile] = field(default_factory=list)
    part: str | None = None
    runs: list[dict[str, Any]] = field(default_factory=list)
    loose_sources: list[dict[str, Any]] = field(default_factory=list)
    loose_issues: list[dict[str, Any]] = field(default_factory=list)
    points: int = 0
    superseded: int = 0
    bytes: int = 0
    sources: int = 0
    issues: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Read:
    """What is known of a source when it has been read."""

    task: ReadTask
    reading: Reading
    accounts: list[Account]
    digest: str | None


def run_batch(root: str, ingest_id: str, tasks: list[RunTask]) -> BatchResult:
    """Read the sources of some runs and write them as one part; nothing is visible before it is committed."""
    return _Batch(root, ingest_id).run(tasks)


class _Batch:
    def __init__(self, root: str, ingest_id: str) -> None:
        self.root, self.ingest_id = root, ingest_id
        self.spool = Spool()
        self.writer = PartWriter(root)
        self.result = BatchResult()
        self.drafts: list[tuple[RunDraft, RunTask]] = []
        self.source_rows: dict[str, dict[str, Any]] = {}
        self.issue_rows: list[dict[str, Any]] = []

    def run(self, tasks: list[RunTask]) -> BatchResult:
        try:
            for task in tasks:
                self._task(task)
            self.drafts.sort(key=lambda d: d[0].run_id)
            self._write_runs()
            self._write_sources()
        except BaseException:
            self.writer.abandon()
            raise
        finally:
            self.spool.close()
        self.result.part = self.writer.part(len(self.drafts))
        self.result.files = self.writer.close(len(self.drafts))
        return self.result

    def _task(self, task: RunTask) -> None:
        drafts = Drafts(self.spool, partial(put_blob, self.root), partial(_run_of, task.run_id))
        for carried in task.carried:
            carry_over(carried, drafts, self.root)
        reads = [self._read(r, drafts) for r in task.reads]
        self._settings(task, drafts, reads)
        made = list(drafts.by_key.values())
        self.drafts += [(d, task) for d in made]
        for issue in task.issues:
            drafts.take(issue, reads[0].reading if reads else Reading(task.name, "", 0))
        for read in reads:
            self._source(read, task, made)
        for row in (r for c in task.carried for r in c.source_rows):
            self.source_rows.setdefault(row["source"], row)  # one that was read on has its new row already
        for reading, issue in drafts.loose:
            self._issue(issue, "", reading.name, loose=not made)

    def _read(self, task: ReadTask, drafts: Drafts) -> _Read:
        parser = registry.parser(task.parser)
        reading = Reading(task.name, parser.name, parser.rank, task.copy_of is not None)
        accounts: list[Account] = []
        issues = list(task.issues)
        for fact in guarded_parse(parser, task.source, task.options):
            if isinstance(fact, Account):
                accounts.append(fact)
            elif isinstance(fact, Issue):
                issues.append(fact)
            else:
                drafts.take(fact, reading)
        for issue in [*issues, *check(task.name, accounts)]:
            drafts.take(issue, reading)
        self.result.bytes += task.source.size - task.options.start
        self.result.sources += 1
        return _Read(task, reading, accounts, _digest(task))

    def _settings(self, task: RunTask, drafts: Drafts, reads: list[_Read]) -> None:
        """Settings files speak to the run beside them, or to each of the runs where one file holds several."""
        before = list(drafts.by_key)
        for setting in task.settings:
            own = Drafts(self.spool, drafts.put_blob, drafts.run_of)
            reads.append(self._read(setting, own))
            params = own.by_key.pop("", None)
            for key in before:
                draft = drafts.by_key[key]
                for row in params.params.values() if params else ():
                    draft.params.setdefault((row["key"], row["source"]), row | {"run_id": draft.run_id})
                if params:
                    draft.reading(reads[-1].reading)
            drafts.loose += own.loose
            for row in params.issues if params else ():
                self.issue_rows.append(row | {"run_id": task.run_id})

    def _source(self, read: _Read, task: RunTask, made: list[RunDraft]) -> None:
        t = read.task
        run_ids = [d.run_id for d in made if any(r.name == t.name for r in d.readings)]
        if made and not run_ids:  # it said nothing, but it is a source of the run all the same
            run_ids = [next((d.run_id for d in made if d.run_id == task.run_id), made[0].run_id)]
        run_ids += [r for r in task.shared_runs.get(t.name, ()) if r not in run_ids]
        row = {
            "source": t.name, "run_id": run_ids[0] if len(run_ids) == 1 else None, "format": t.parser,
            "parser_version": registry.parser(t.parser).version, "bytes": t.source.size, "digest": read.digest,
            "mtime": t.source.mtime_ns, "ingested_at": dt.datetime.now(dt.UTC), "run_ids": run_ids,
            "path": t.source.name, "copy_of": t.copy_of,
            "joined_as": task.run_id, "head": t.print_json, "ingest_id": self.ingest_id,
            **_ledger(read),
        }  # fmt: skip
        if made:
            self.source_rows[t.name] = row
        else:
            self.result.loose_sources.append(row)

    def _issue(self, issue: Issue, run_id: str, source: str, *, loose: bool) -> None:
        row = issue_row(issue, run_id, source) | {"ingest_id": self.ingest_id}
        (self.result.loose_issues if loose else self.issue_rows).append(row)
        self.result.issues[row["severity"]] = self.result.issues.get(row["severity"], 0) + 1

    def _run_issue(self, issue: Issue, run_id: str, source: str) -> None:
        """What concerns a run as a whole stands with one of its sources, and is in force as long as that reading is."""
        row = issue_row(issue, run_id, source)
        self.issue_rows.append(row | {"ingest_id": self.source_rows[source]["ingest_id"]})
        self.result.issues[row["severity"]] = self.result.issues.get(row["severity"], 0) + 1

    def _write_runs(self) -> None:
        buffer = PointsBuffer(self.writer)
        for draft, task in self.drafts:
            counts = Counts()
            metrics: list[dict[str, Any]] = []
            for piece in run_series(draft, self.spool, counts):
                if isinstance(piece, PointRows):
                    buffer.add(piece)
                else:
                    metrics.append(piece)
            self._write_rows(draft, metrics)
            name = draft.said.get("name") or task.name
            first = draft.readings[0].name if draft.readings else task.name
            for issue in series_issues(counts, str(name)):
                self._run_issue(issue, draft.run_id, first)
            self.result.superseded += counts.superseded
            self.result.runs.append(self._run_row(draft, task))
        buffer.flush()
        self.result.points = buffer.total

    def _write_rows(self, draft: RunDraft, metrics: list[dict[str, Any]]) -> None:
        self.writer.add("metrics", metrics)
        params = sorted(draft.params.values(), key=lambda r: (r["key"], r["position"]))
        self.writer.add("params", params)
        for table, rows in draft.rows.items():
            by = "name" if table == "artifacts" else "tag"
            self.writer.add(table, sorted(rows, key=lambda r: (r[by], r["position"])))
        for row in draft.issues:
            self.issue_rows.append({"ingest_id": self.ingest_id} | row)
            self.result.issues[row["severity"]] = self.result.issues.get(row["severity"], 0) + 1

    def _run_row(self, draft: RunDraft, task: RunTask) -> dict[str, Any]:
        row = run_row(draft, task.name, task.project)
        if draft.parent is not None and draft.run_id != task.run_id:
            row["parent_run_id"] = task.run_id
        row["expected"] = task.states.get(draft.run_id, "")
        row["fingerprint"] = hashlib.sha256(draft.seed or draft.run_id.encode()).hexdigest()
        return row

    def _write_sources(self) -> None:
        part = self.writer.part(len(self.drafts))
        rows = [self.source_rows[k] | {"parts": [part]} for k in sorted(self.source_rows)]
        self.result.loose_sources = [r | {"parts": []} for r in self.result.loose_sources]
        self.writer.add("sources", rows)
        self.writer.add("issues", sorted(self.issue_rows, key=lambda r: (r["run_id"], r["source"], r["position"])))


def _run_of(task_run: str, key: str, seed: bytes | None) -> str:
    if key.startswith("id:"):
        return key[3:]
    if seed is not None:
        return run_id_from("seed", seed)
    return run_id_from(task_run, key) if key else task_run


def _digest(task: ReadTask) -> str | None:
    from runlift.ingest.identity import digest_of  # noqa: PLC0415 - kept beside its only use

    try:
        return digest_of(task.source)
    except OSError:
        return None


def _ledger(read: _Read) -> dict[str, Any]:
    """The ledger of a source; where it was read on from an earlier end, both readings together."""
    earlier = read.task.earlier
    if not earlier or not read.task.options.start:
        return ledger_columns(read.accounts)
    old = [_account(a) for a in json.loads(earlier["ledger"] or "[]")]
    return ledger_columns([_together(a, b) for a, b in zip(old, read.accounts, strict=False)])


def _account(raw: dict[str, Any]) -> Account:
    return Account(**(raw | {"damaged": tuple((a, b) for a, b in raw["damaged"])}))


def _together(old: Account, new: Account) -> Account:
    ignored = dict(old.ignored)
    for rule, n in new.ignored.items():
        ignored[rule] = ignored.get(rule, 0) + n
    return Account(
        old.unit, old.total - old.unfinished + new.total, old.used + new.used, ignored,
        old.unrecognised + new.unrecognised, old.damaged + new.damaged, new.unfinished,
    )  # fmt: skip
