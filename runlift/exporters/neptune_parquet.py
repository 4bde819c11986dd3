"""The tall Parquet layout of neptune-exporter, whose loaders take it over to other trackers."""

from __future__ import annotations

import glob
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from runlift.moving import lock
from runlift.moving.files import digest_of
from runlift.moving.items import digests
from runlift.moving.losses import HISTOGRAM_SUMS, Loss
from runlift.moving.names import NameRule
from runlift.moving.series import NO_EPOCH, NUMBERED, TO_MS, TWELVE_DIGITS
from runlift.moving.target import Held, Limits, MovingTarget, Place, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.prepare import Prepared

_PART_BYTES = 50 << 20
_MARK = b"runlift.mark"
ITEM_TIME = Loss(
    "item-time-to-ms", "the time of a text, histogram or image", "the nearest millisecond, its start if none"
)
GAPS = Loss(
    "histogram-gaps", "a histogram whose buckets leave gaps", "buckets without them", "in `runlift/histograms.jsonl`"
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
            _mark(p) for p in glob.iglob(os.path.join(glob.escape(dest), "data/*/*_part_0.parquet"))
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
        run.losses[HISTOGRAM_SUMS.code] += len(found.get("histograms", []))
        run.losses[GAPS.code] += sum(h["left"][1:] != h["right"][:-1] for h in found.get("histograms", []))
        run.losses[ITEM_TIME.code] += sum(
            _finer(r["wall_time"]) for k in ("texts", "histograms", "media") for r in found.get(k, [])
        )
        run.losses = +run.losses


def _finer(time: float | None) -> bool:
    return time is None or round(time * 1000) / 1000 != time


def _mark(part: str) -> str | None:
    """The mark in a part; None where it is not there, or not ours."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - the same

    try:
        said = parquet.read_schema(part).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return None
    return said[_MARK].decode() if _MARK in said else None


class _Layout(Session):
    """A folder with ``data`` and ``files``."""

    def __init__(self, dest: str) -> None:
        self.dest = dest

    def _part(self, run: Prepared, n: int | str) -> str:
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        return os.path.join(
            self.dest, "data", rows.safe(rows.project(run)), f"{rows.safe(run.run_id)}_part_{n}.parquet"
        )

    def _files(self, run: Prepared) -> str:
        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        return os.path.join(self.dest, "files", *rows.file_folder(run).split("/"))

    def find(self, run: Prepared) -> Place | None:
        """By its first part, which is put in place last."""
        mark = _mark(self._part(run, 0))
        return None if mark is None else Place(self._part(run, 0), mark)

    def push(self, run: Prepared, tell: Callable[[int], None]) -> str:
        """Write files and parts. A run without its first part is not complete, so that goes first and comes last."""
        shutil.rmtree(self._files(run), ignore_errors=True)
        pattern = glob.escape(self._part(run, "X")).replace("_part_X.parquet", "_part_*.parquet*")
        for old in sorted(glob.glob(pattern)):  # part_0 sorts first
            os.remove(old)
        for item in run.files:
            path = os.path.join(self._files(run), *item.name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(item.read())
        for n in reversed(range(self._write(run, tell))):
            os.replace(self._part(run, n) + ".tmp", self._part(run, n))
        return self._part(run, 0)

    def _write(self, run: Prepared, tell: Callable[[int], None]) -> int:
        """Write the parts under their unfinished names; gives how many."""
        from pyarrow import parquet  # noqa: PLC0415 - slow to import

        from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

        schema = rows.SCHEMA.with_metadata({_MARK: run.mark.encode()})
        os.makedirs(os.path.dirname(self._part(run, 0)), exist_ok=True)
        texts = [f.name for f in rows.SCHEMA if str(f.type) == "string"]
        n, writer = 0, None
        for batch, points in _batches(run):
            if writer is None:
                writer = parquet.ParquetWriter(self._part(run, n) + ".tmp", schema, use_dictionary=texts)
                n += 1
            writer.write_batch(batch.cast(schema))
            tell(points)
            if os.path.getsize(self._part(run, n - 1) + ".tmp") > _PART_BYTES:
                writer.close()
                writer = None
        if writer is not None:
            writer.close()
        return n

    def held(self, place: Place, run: Prepared) -> Held:
        """Through Arrow's Parquet reader with neptune-exporter's schema, as its own reader does."""
        from runlift.exporters._neptune_reading import Reading  # noqa: PLC0415 - needs Arrow

        folder = self._files(run)
        files = {
            os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/"): digest_of(
                os.path.join(parent, name)
            )
            for parent, _, names in os.walk(folder)
            for name in names
        }
        pattern = glob.escape(self._part(run, "X")).replace("_part_X.parquet", "_part_*.parquet")
        return Reading(sorted(glob.glob(pattern)), run).held(place.mark, files)


def _batches(run: Prepared) -> Iterator[tuple[Any, int]]:
    from runlift.exporters import _neptune_rows as rows  # noqa: PLC0415 - needs Arrow

    yield rows.other_rows(run), 0
    for series in run.series():
        yield rows.point_rows(run, series), len(series)
