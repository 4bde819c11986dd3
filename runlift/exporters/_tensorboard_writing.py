"""The event files of one run, and those that are added when it has grown."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np

from runlift.exporters import _tensorboard_items as items
from runlift.exporters._tensorboard_scalars import scalar_records
from runlift.moving.growth import Growth
from runlift.wire.tfrecord import framed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.growth import Ledger
    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series

LAYERS = 16
_LOWEST = -(1 << 63)


class Events:
    """Event files: one an attempt in the run's folder, further points of a step in ``again-N``, one for its settings.

    The server drops what it has of a tag from the step of a later point on. So in each folder the steps of a tag
    only rise, from file to file too: an attempt whose steps lie below those of an earlier file goes into that file, and
    what is added when the run has grown goes into the first folder in which its step is beyond those of its tag.
    Settings, status and end have a file of their own, which is the only one that growth replaces.
    """

    def __init__(self, folder: str, growth: Growth) -> None:
        self.folder, self.growth, self.run = folder, growth, growth.run
        own = growth.held.own
        self.turn = own.get("turn", -1) + 1
        self.tops: dict[str, list[int]] = {k: [*v] for k, v in own.get("tops", {}).items()}
        self.item_tops: dict[str, list[int]] = {k: [*v] for k, v in own.get("item_tops", {}).items()}
        self._names: list[str] = list(own.get("files", []))
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def own(self) -> dict[str, Any]:
        """What a later push has to know: the event files, and the last step of each tag in each folder."""
        files = sorted({*self._names, *self._files})
        return {"turn": self.turn, "files": files, "tops": self.tops, "item_tops": self.item_tops}

    def scalars(self, tag: str, series: Series) -> None:
        """One metric."""
        tops = self.tops.setdefault(tag, [])
        rising = not series.attempt.any() and bool((series.step[1:] > series.step[:-1]).all())
        if rising and (not tops or series.step[0] > tops[0]):
            self._points(tag, series, 0, 0)
            tops[:1] = [int(series.step[-1])]
            return
        for layer, part in _layers(series, tops):
            attempt = np.maximum.accumulate(part.attempt)
            for n in np.unique(attempt).tolist():
                self._points(tag, part.take(attempt == n), layer, n)

    def _points(self, tag: str, series: Series, layer: int, attempt: int) -> None:
        self._file(layer, attempt).writelines(scalar_records(tag, series.time, series.step, series.value))

    def items(self) -> None:
        """All that is no scalar, by step; settings, status and end."""
        metrics = set(self.run.names.values())  # a tag is of one kind in a run, as the server sees it
        for logged in sorted(items.logged_items(self.run), key=lambda found: found[1:3]):
            tag, step, time, value, _ = logged
            if self.growth.is_new(items.parts(logged)):
                tops = self.item_tops.setdefault(tag, [_LOWEST] * (tag in metrics))
                self._log(self._file(_layer(tops, step, int(tag in metrics)), 0), step, time, value)
        file = self._open(self._name("session"))
        start = self.run.content.start
        self._log(file, 0, start, items.session_start(self.run))
        self._log(file, 0, items.end_time(self.run) or start, items.session_end(self.run))

    def _log(self, file: IO[bytes], step: int, time: float, value: Any) -> None:
        from tensorboard.compat.proto import event_pb2  # noqa: PLC0415 - slow to import

        event = event_pb2.Event(wall_time=time, step=step)
        event.summary.value.append(value)
        file.write(framed(event.SerializeToString()))

    def _file(self, layer: int, attempt: int) -> IO[bytes]:
        grown = f"grown-{self.turn:04d}." if self.turn else ""
        name = self._name(f"{grown}{attempt:04d}")
        return self._open(f"again-{layer}/{name}" if layer else name)

    def _name(self, end: str) -> str:
        """Of an event file: it orders it among the others of its folder, and says the run and the attempt."""
        return f"events.out.tfevents.{max(int(self.run.content.start), 0):010d}.{self.run.run_id}.{end}"

    def _open(self, name: str) -> IO[bytes]:
        if name not in self._files:
            from tensorboard.compat.proto import event_pb2  # noqa: PLC0415 - slow to import

            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            file = open(path, "wb", buffering=1 << 20)  # noqa: SIM115 - closed with the run
            self._files[name] = file
            start = self.run.content.start
            file.write(framed(event_pb2.Event(wall_time=start, file_version="brain.Event:2").SerializeToString()))
        return self._files[name]


def growth_of(run: Prepared, held: Ledger | None) -> Growth | None:
    """What is new, if it can be added: not where the start, which names files, is another, or an item's tag a metric."""
    growth = Growth.since(run, held)
    if growth is None or held is None:
        return None
    new = set(run.names.values()) - held.series.keys()
    name = f".{max(int(run.content.start), 0):010d}.{run.run_id}."
    same = all(name in file for file in held.own["files"])
    return growth if same and not new & held.own["item_tops"].keys() else None


def left_over(folder: str, held: Ledger) -> list[str]:
    """Event files of the run that its ledger does not name: a push that was killed had added them."""
    known = set(held.own["files"])
    return [
        name
        for parent, _, names in os.walk(folder)
        for name in (os.path.relpath(os.path.join(parent, n), folder).replace(os.sep, "/") for n in names)
        if f".{held.run_id}." in os.path.basename(name) and "tfevents" in name and name not in known
    ]


def _layer(tops: list[int], step: int, first: int) -> int:
    """The folder for an item, whose step is noted."""
    for k in range(first, LAYERS - 1):
        if k == len(tops):
            tops.append(_LOWEST - 1)
        if step > tops[k]:
            tops[k] = step
            return k
    return LAYERS - 1


def _layers(series: Series, tops: list[int]) -> Iterator[tuple[int, Series]]:
    """(folder, its points by step): each point in the first folder where its step is beyond the last of its tag.

    Notes the last steps in ``tops``; the last folder takes all that is left.
    """
    left = series.take(np.lexsort((np.arange(len(series)), series.step)))
    for k in range(LAYERS):
        if not len(left):
            return
        fits = np.ones(len(left), bool)
        if k < LAYERS - 1:
            fits[1:] = left.step[1:] != left.step[:-1]
            if k < len(tops):
                fits &= left.step > tops[k]
        if fits.any():
            part = left.take(fits)
            tops.extend([_LOWEST - 1] * (k + 1 - len(tops)))
            tops[k] = int(part.step[-1])
            yield k, part
        left = left.take(~fits)
