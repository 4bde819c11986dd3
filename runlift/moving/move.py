"""Plan, push, verify: the same for every target."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runlift.exporters._api import ExportReport
from runlift.moving.content import LockedReader
from runlift.moving.plan import make_plan
from runlift.moving.prepare import Prepared, prepare
from runlift.moving.receipt import Receipt, receipt, receipt_path, without_credentials
from runlift.moving.verify import RunReceipt, compare, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.exporters._api import StoreReader
    from runlift.moving.target import MoveOptions, MovingTarget, Session

# A push of this many points or bytes is large: its plan is said before.
_LARGE_POINTS, _LARGE_BYTES = 1_000_000, 1 << 30


def move(target: MovingTarget, store: StoreReader, dest: str, options: MoveOptions) -> ExportReport:
    """Move every run of the store to the destination, or only say what that would be.

    Raises:
        MissingLibraryError, DestinationError, AccessError, PushStoppedError: What was sent before is good; the same call goes on.
    """
    report = ExportReport(target.name, without_credentials(dest))
    with tempfile.TemporaryDirectory(prefix="runlift-") as folder:
        runs = prepare_all(target, store, folder, attach_sources=options.attach_sources)
        large = _is_large(runs)
        plan = make_plan(target, runs, target.seconds(dest, runs) if options.plan or large else None)
        report.counts = plan.counts
        if options.plan:
            report.notes = plan.lines()[1:]  # the report begins with the counts
            return report
        if large and target.announce:
            target.announce(plan.lines())
        with target.open(dest) as session:
            report.counts["unchanged"] = _push_all(target, session, runs)
            if options.verify:
                found = read_back(target, session, runs, dest)
                _tell_receipt(report, found, options.receipt or receipt_path(target.name, dest))
    return report


def _is_large(runs: list[Prepared]) -> bool:
    return sum(r.content.points for r in runs) >= _LARGE_POINTS or sum(r.bytes for r in runs) >= _LARGE_BYTES


def prepare_all(target: MovingTarget, store: StoreReader, folder: str, *, attach_sources: bool) -> list[Prepared]:
    """Every run in the target's words, parents before their children."""
    contents = list(LockedReader(store).contents())
    total = sum(c.points for c in contents)
    runs, done = [], 0
    for content in contents:
        runs.append(prepare(content, target, folder, attach_sources=attach_sources))
        done += content.points
        _progress(target, "plan", done, total)
    return [run for wave in _waves(runs) for run in wave]


def read_back(target: MovingTarget, session: Session, runs: list[Prepared], dest: str) -> Receipt:
    """Read every run back and compare it."""
    found: list[RunReceipt] = []
    done, total = 0, sum(r.content.points for r in runs)
    for run in runs:
        place = session.find(run)
        if place is None:
            found.append(missing(run))
        else:
            found.append(compare(run, session.held(place, run), session.address(place.id)))
        done += run.content.points
        _progress(target, "verify", done, total)
    return receipt(target, dest, found)


def _tell_receipt(report: ExportReport, found: Receipt, path: str) -> None:
    found.write(path)
    report.files.append(path)
    report.notes += found.lines()
    report.unexplained = found.unexplained


def _push_all(target: MovingTarget, session: Session, runs: list[Prepared]) -> int:
    """Push what is not complete there; gives how many runs were complete already."""
    total = sum(r.content.points for r in runs)
    done = unchanged = 0

    def tell(points: int) -> None:
        nonlocal done
        done += points
        _progress(target, "push", done, total)

    with ThreadPoolExecutor(target.in_flight) as pool:
        for wave in _waves(runs):
            # list() raises what a run raised; those in flight beside it are finished first.
            unchanged += sum(pool.map(lambda run: _push_one(session, run, tell), wave))
    return unchanged


def _push_one(session: Session, run: Prepared, tell: Callable[[int], None]) -> bool:
    """True where the run was complete already."""
    place = session.find(run)
    if place is not None and place.mark == run.mark:
        tell(run.content.points)
        return True
    session.push(run, tell)
    return False


def _waves(runs: list[Prepared]) -> Iterator[list[Prepared]]:
    """Runs whose parents are not among those that are left, wave by wave; a circle of parents is the last wave."""
    left = list(runs)
    while left:
        ids = {r.run_id for r in left}
        wave = [r for r in left if r.row["parent_run_id"] not in ids or r.row["parent_run_id"] == r.run_id] or left
        yield wave
        sent = {r.run_id for r in wave}
        left = [r for r in left if r.run_id not in sent]


def _progress(target: MovingTarget, stage: str, done: int, total: int) -> None:
    if target.tell is not None:
        target.tell(stage, done, total)
