"""Event files held against the store, value by value, with TensorBoard's own reader as the witness."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.ingest.discover import discover
from runlift.options import default_store
from runlift.store.query import Store
from runlift.verification.event_truth import read_truth
from runlift.verification.report import Difference, VerifyReport
from runlift.verification.stored import read_stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runlift.parsers._api import Source
    from runlift.verification.event_truth import LoggedItem, Scalars, Truth
    from runlift.verification.stored import Stored, StoredItem


def verify_event_files(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    store: str | os.PathLike[str] | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> VerifyReport:
    """Read the event files under ``paths`` with TensorBoard's reader and compare every value with the store.

    Steps and values must be equal to the last bit (NaN equals NaN, -0.0 is not 0.0), bytes by SHA-256. Where
    TensorBoard's reader stops at damage, the store may hold more behind it, which the report counts as ``beyond``.

    Args:
        paths: Files or folders that were ingested.
        store: The store; by default as for ``runlift.open``.
        tick: Called with (files done, files in all).

    Raises:
        SourceNotFoundError, SourceUnreadableError, StoreNotFoundError, NotAStoreError, StoreTooNewError.
    """
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    found = discover([os.fspath(p) for p in listed]).sources
    report = VerifyReport()
    with Store(os.fspath(store if store is not None else default_store())) as opened:
        rows = {r["path"]: r for r in opened.rows("SELECT * FROM sources")}
        for n, source in enumerate(found):
            if tick:
                tick(n, len(found))
            _verify_source(source, rows.get(source.name), opened, report)
    return report


def _verify_source(source: Source, row: dict[str, Any] | None, store: Store, report: VerifyReport) -> None:
    if row is None:
        if "tfevents" in source.basename:
            report.differences.append(_of_source(source, "is not in the store; runlift ingest reads it"))
        return
    if row["format"] != "tensorboard" or source.basename.endswith(".pbtxt"):
        if "tfevents" in source.basename:
            report.skipped[source.name] = "holds no event data"
        return
    if row["bytes"] != source.size:
        said = f"has {source.size:,} bytes, the store has read {row['bytes']:,} of it; runlift ingest reads on"
        report.differences.append(_of_source(source, said))
        return
    with _local(source) as path:
        truth = read_truth(path)
    report.sources += 1
    _Comparison(source, row, report).compare(truth, read_stored(store, row["source"]), store)


def _of_source(source: Source, what: str) -> Difference:
    return Difference(source.name, "source", source.basename, what)


@contextmanager
def _local(source: Source) -> Iterator[str]:
    """The source as a file of this machine: TensorBoard's reader knows no other."""
    if "://" not in source.path:
        yield source.path
        return
    with tempfile.NamedTemporaryFile(prefix="runlift-") as copy, source.open() as remote:
        shutil.copyfileobj(remote, copy)
        copy.flush()
        yield copy.name


class _Comparison:
    """One source on both sides."""

    def __init__(self, source: Source, row: dict[str, Any], report: VerifyReport) -> None:
        self.source, self.row, self.report = source, row, report
        self.may_have_more = bool(row["damaged"] or row["unrecognised"])
        self.foreign: dict[str, str] = {}

    def compare(self, truth: Truth, stored: Stored, store: Store) -> None:
        self.foreign = truth.foreign
        self.may_have_more |= truth.failed is not None
        self._scalars(truth, stored)
        if self.row["copy_of"] is None:  # items of a copy are kept once, under the other source
            self._items(truth, stored)
            self._params(truth, stored)
            self._status(truth, store)

    def _differ(self, kind: str, name: str, what: str) -> None:
        self.report.differences.append(Difference(self.source.name, kind, name, what))

    def _scalars(self, truth: Truth, stored: Stored) -> None:
        left = dict(stored.points)
        for tag, points in truth.scalars.items():
            name = next((n for n in _names(tag, self.source) if n in left), None)
            self.report.count("points", len(points.value))
            if name is None:
                self._differ("points", tag, f"{len(points.value):,} points, none of them in the store")
                continue
            self._series(tag, points, left.pop(name))
        for name, columns in left.items():
            self._more("points", name, len(columns[2]))

    def _series(self, tag: str, points: Scalars, columns: tuple[Any, Any, Any]) -> None:
        true = [np.frombuffer(a, k) for a, k in
                ((points.step, np.int64), (points.wall_time, np.float64), (points.value, np.float64))]  # fmt: skip
        n, have = len(true[2]), len(columns[2])
        wrong = np.zeros(min(n, have), bool)
        for a, b in zip(true, columns, strict=True):
            wrong |= ~_alike(a[: len(wrong)], b[: len(wrong)])
        if wrong.any():
            i = int(wrong.argmax())
            sides = [f"(step {s[0][i]}, time {s[1][i]!r}, value {s[2][i]!r})" for s in (true, columns)]
            what = f"point {i} is {sides[0]}, in the store {sides[1]}"
            self._differ("points", tag, f"{int(wrong.sum()):,} of {n:,} differ: {what}")
        elif have < n:
            self._differ("points", tag, f"{n:,} points, {have:,} of them in the store")
        elif have > n:
            self._more("points", tag, have - n)

    def _more(self, kind: str, name: str, n: int) -> None:
        if self.may_have_more or name in self.foreign:
            self.report.count_beyond(kind, n)
        else:
            self._differ(kind, name, f"the store has {n:,} more than the file")

    def _items(self, truth: Truth, stored: Stored) -> None:
        for key in sorted(truth.items.keys() | stored.items.keys()):
            true, have = truth.items.get(key, []), stored.items.get(key, [])
            self.report.count(key[0], len(true))
            odd = next((i for i, (a, b) in enumerate(zip(true, have, strict=False)) if not _same(a, b)), None)
            if odd is not None:
                self._differ(*key, f"item {odd} is {_shown(true[odd])}, in the store {_shown_stored(have[odd])}")
            elif len(have) < len(true):
                self._differ(*key, f"{len(true):,} items, {len(have):,} of them in the store")
            elif len(have) > len(true):
                self._more(*key, len(have) - len(true))

    def _params(self, truth: Truth, stored: Stored) -> None:
        self.report.count("params", len(truth.params))
        for key, value in truth.params.items():
            row = stored.params.get(key)
            if row is None:
                self._differ("params", key, f"{value!r} is not in the store")
            elif not _same_setting(value, row):
                self._differ("params", key, f"{value!r}, in the store {row['value']!r} ({row['kind']})")

    def _status(self, truth: Truth, store: Store) -> None:
        """Only where the file alone tells: of several files of a run the last one counts."""
        if truth.status is None or self.row["run_id"] is None:
            return
        query = "SELECT status, (SELECT count(*) FROM sources WHERE list_contains(run_ids, $1)) n FROM runs WHERE run_id = $1"
        (run,) = store.rows(query, [self.row["run_id"]])
        self.report.count("runs", 1)
        if run["n"] == 1 and run["status"] != truth.status:
            self._differ("runs", "status", f"{truth.status}, in the store {run['status']}")


def _names(tag: str, source: Source) -> Iterator[str]:
    """What the store may call a tag: as it is, or as the run says that the file's folder is a piece of."""
    yield tag
    way = source.path.replace("\\", "/").rsplit("/", 1)[0]
    yield f"hparams/{tag}"
    for start in (f"/{tag}/", f"/{tag.replace('/', '_')}_"):
        before, found, series = way.rpartition(start)
        if found and before:
            yield f"{tag}/{series}"


def _alike(a: Any, b: Any) -> Any:
    if a.dtype.kind != "f":
        return a == b
    return ((a == b) & (np.signbit(a) == np.signbit(b))) | (np.isnan(a) & np.isnan(b))


def _same(a: LoggedItem, b: StoredItem) -> bool:
    times = b.wall_time is None or a.wall_time == b.wall_time
    steps = b.step is None or a.step == b.step
    return times and steps and a.content in b.forms


def _shown(item: LoggedItem) -> str:
    return f"(step {item.step}, time {item.wall_time!r}, {str(item.content)[:120]})"


def _shown_stored(item: StoredItem) -> str:
    return f"(step {item.step}, time {item.wall_time!r}, {str(item.forms[0])[:120]})"


def _same_setting(value: Any, row: dict[str, Any]) -> bool:
    match value:
        case None:
            return bool(row["kind"] == "null")
        case bool():
            return bool(row["kind"] == "bool" and row["number"] == float(value))
        case float():
            return bool(row["number"] == value or (value != value and row["number"] != row["number"]))  # noqa: PLR0124
        case str():
            return bool(row["value"] == value)
        case _:
            return True
