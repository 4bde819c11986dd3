"""The tall Parquet layout of neptune-exporter, whose loaders take it over to other trackers."""

from __future__ import annotations

import glob
import json
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.moving import lock
from runlift.moving.files import digest_of, write_whole
from runlift.moving.growth import Growth, Ledger
from runlift.moving.items import digests
from runlift.moving.losses import GAPS, HISTOGRAM_SUMS, Loss, count_histograms
from runlift.moving.names import NameRule
from runlift.moving.series import NO_EPOCH, NUMBERED, TO_MS, TWELVE_DIGITS
from runlift.moving.settings import project_of
from runlift.moving.target import Held, Limits, MovingTarget, Place, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared

_PART_BYTES = 50 << 20
_LEDGER = b"runlift.ledger"
ITEM_TIME = Loss(
    "item-time-to-ms", "the time of a text, histogram or image", "the nearest millisecond, its start if none"
)


class NeptuneParquet(MovingTarget):
    """Write the tall Parquet layout of neptune-exporter: DEST/data and DEST/files.

    Its loaders (Comet, Pluto, LitLogger, GoodSeed, ZenML, Minfx, ...) read it with --data-path and --files-path.
    """

    name: ClassVar[str] = "neptune-parquet"
    title: ClassVar[str] = "Parquet layout of neptune-exporter"
    example: ClassVar[str] = "exports/"
    limits: ClassVar[Limits] = Limits(NameRule(longest=1000), NameRule(longest=1000))
    rules: ClassVar[Any] = (NUMBERED, TWELVE_DIGITS, TO_MS, NO_EPOCH)
    losses: ClassVar[Any] = (HISTOGRAM_SUMS, GAPS, ITEM_TIME)
    native: ClassVar[tuple[str, ...]] = ("texts", "histograms")

    @classmethod
    def owns(cls, dest: str) -> bool:
        """Whether there is a part with our mark."""
        return "://" not in dest and any(
            _ledger(p) for p in glob.iglob(os.path.join(glob.escape(dest), "data/*/*_part_0.parquet"))
        )

    @contextmanager
    def open(self, dest: str, *, reading: bool = False) -> Iterator[Session]:
        """The folder."""
        if reading:
            yield _Layout(dest)
            return
        with lock.held(lock.beside(dest)):
            yield _Layout(dest)

    def settle(self, run: Prepared) -> None:
        """Fields and the digests of the items."""
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        run.fields = rows.fields(run)
        run.items = digests(rows.items(rows.item_rows(run)))
        found = run.content.items
        run.losses.update(count_histograms(found.get("histograms", [])))
        run.losses[ITEM_TIME.code] += sum(
            _finer(r["wall_time"]) for k in ("texts", "histograms", "media") for r in found.get(k, [])
        )
        run.losses = +run.losses


def _finer(time: float | None) -> bool:
    return time is None or round(time * 1000) / 1000 != time


def _ledger(part: str) -> Ledger | None:
    """What the first part says that is there; None where there is none, or it is not ours."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - the same

    try:
        said = parquet.read_schema(part).metadata or {}
        return Ledger.said(json.loads(said[_LEDGER]))
    except (OSError, pa.ArrowInvalid, ValueError, KeyError, TypeError):
        return None


class _Layout(Session):
    """A folder with ``data`` and ``files``.

    The first part of a run has its settings and what else is said of it once, with the ledger; the others have points
    and items. A run that has grown gets further parts, then another first part in place of that which was there.
    """

    def __init__(self, dest: str) -> None:
        self.dest = dest

    def _part(self, run: Prepared, n: int | str) -> str:
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        return os.path.join(self.dest, "data", rows.safe(project_of(run)), f"{rows.safe(run.run_id)}_part_{n}.parquet")

    def _files(self, run: Prepared) -> str:
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        return os.path.join(self.dest, "files", *rows.file_folder(run).split("/"))

    def find(self, run: Prepared) -> Place | None:
        """By its first part, which is put in place last."""
        ledger = _ledger(self._part(run, 0))
        return None if ledger is None else Place(self._part(run, 0), ledger.mark)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write what is new: files, parts, the first part last. A run that is sent anew loses its first part before all."""
        growth = Growth.since(run, _ledger(self._part(run, 0)))
        if growth is None:
            growth = Growth(run)
            with suppress(FileNotFoundError):
                os.remove(self._part(run, 0))
            shutil.rmtree(self._files(run), ignore_errors=True)
        first = growth.held.own.get("parts", 1)
        self._remove_from(run, first)
        self._write_files(run, growth)
        tell(sum(n for n, _ in growth.held.series.values()))
        last = self._write_parts(run, growth, first, tell)
        for n in range(first, last):
            os.replace(self._part(run, n) + ".tmp", self._part(run, n))
        self._write_first(run, growth.ledger({"parts": last}))
        for name in growth.gone():
            with suppress(FileNotFoundError):
                os.remove(os.path.join(self._files(run), *name.split("/")))
        return self._part(run, 0)

    def _remove_from(self, run: Prepared, first: int) -> None:
        """Remove unfinished parts, and whole ones from a number on: no ledger names them."""
        for path in self._parts(run, "*"):
            n = path.rsplit("_part_", 1)[1].split(".", 1)[0]
            if path.endswith(".tmp") or int(n) >= first:
                os.remove(path)

    def _parts(self, run: Prepared, ending: str = "") -> list[str]:
        pattern = glob.escape(self._part(run, "X")).replace("_part_X.parquet", f"_part_*.parquet{ending}")
        return sorted(glob.glob(pattern))

    def _write_files(self, run: Prepared, growth: Growth) -> None:
        wanted = {f.name for f in run.files}
        for name, path in list(self._files_held(run)):
            if name.endswith(".tmp") and name not in wanted:  # a push that was killed was writing it
                os.remove(path)
        for item in growth.files():
            write_whole(os.path.join(self._files(run), *item.name.split("/")), item.read())

    def _files_held(self, run: Prepared) -> Iterator[tuple[str, str]]:
        """(name, path) of the run's files."""
        folder = self._files(run)
        for parent, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(parent, name)
                yield os.path.relpath(path, folder).replace(os.sep, "/"), path

    def _write_parts(self, run: Prepared, growth: Growth, first: int, tell: Callable[[int], None]) -> int:
        """Write parts under their unfinished names; gives the number after the last."""
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        n, writer = first, None
        os.makedirs(os.path.dirname(self._part(run, 0)), exist_ok=True)
        for batch, points in _batches(run, growth):
            if writer is None:
                writer = _writer(self._part(run, n) + ".tmp", rows.SCHEMA)
                n += 1
            writer.write_batch(batch)
            tell(points)
            if os.path.getsize(self._part(run, n - 1) + ".tmp") > _PART_BYTES:
                writer.close()
                writer = None
        if writer is not None:
            writer.close()
        return n

    def _write_first(self, run: Prepared, ledger: Ledger) -> None:
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        said = json.dumps(ledger.as_json(), ensure_ascii=False).encode("utf-8", "replace")
        schema = rows.SCHEMA.with_metadata({_LEDGER: said})
        writer = _writer(self._part(run, 0) + ".tmp", schema)
        writer.write_batch(rows.own_rows(run).cast(schema))
        writer.close()
        os.replace(self._part(run, 0) + ".tmp", self._part(run, 0))

    def held(self, place: Place, run: Prepared) -> Held:
        """Through Arrow's Parquet reader with neptune-exporter's schema, as its own reader does."""
        from runlift.exporters._neptune_reading import Reading  # noqa: PLC0415 - needs Arrow

        files = {name: digest_of(path) for name, path in self._files_held(run)}
        return Reading(self._parts(run), run).held(place.mark, files)


def _writer(path: str, schema: Any) -> Any:
    from pyarrow import parquet  # noqa: PLC0415 - slow to import

    return parquet.ParquetWriter(path, schema, use_dictionary=[f.name for f in schema if str(f.type) == "string"])


def _batches(run: Prepared, growth: Growth) -> Iterator[tuple[Any, int]]:
    """(rows, how many of them are points) of what is new."""
    from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

    others = [row for row in rows.item_rows(run) if growth.is_new(rows.items([row]))]
    if others:
        yield rows.as_batch(run, others), 0
    for _, series in growth.series():
        yield rows.point_rows(run, series), len(series)
