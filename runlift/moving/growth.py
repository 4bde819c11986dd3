"""A run that grew since it was moved, for targets that are files: what they hold by their own word, and what is new.

The word is a ledger that is written with the mark, last of all. What lies beside it and does not stand in it is left over
from a push that was killed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from runlift.moving.items import counted, known
from runlift.moving.series import bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runlift.moving.files import FileItem
    from runlift.moving.items import Item
    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series


@dataclass(slots=True)
class Ledger:
    """What a push left.

    ``series``: name there -> how many points in reading order, and their digest; ``items``, ``files``: digest by name;
    ``params``: their names; ``own``: what the target has to know to go on.
    """

    run_id: str
    mark: str
    series: dict[str, tuple[int, str]] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    params: list[str] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def said(cls, data: Any) -> Self:
        """From the JSON that ``asdict`` made.

        Raises:
            KeyError, TypeError: It is not that.
        """
        made = cls(str(data["run_id"]), str(data["mark"]))
        for name in ("series", "items", "files", "params", "own"):
            setattr(made, name, type(getattr(made, name))(data.get(name, ())))
        return made

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


class Growth:
    """What a run has beyond a ledger; all of it where there is none."""

    def __init__(self, run: Prepared, held: Ledger | None = None) -> None:
        self.run, self.held = run, held or Ledger(run.run_id, "")
        self._left: Counter[tuple[str, str]] = counted(self.held.items)
        self._series: dict[str, tuple[int, str]] = {}

    @classmethod
    def since(cls, run: Prepared, held: Ledger | None) -> Self | None:
        """What is new; None where the ledger holds what the run has not, or has otherwise: then it is to be sent anew."""
        if held is None or counted(held.items) - counted(run.items) or not held.own:
            return None
        names = {run.names[s.metric] for s in run.series() if _begins(s, held.series.get(run.names[s.metric]))}
        return cls(run, held) if len(names) == len(run.names) and names >= held.series.keys() else None

    def series(self) -> Iterator[tuple[str, Series]]:
        """(name there, new points) of each series that has some."""
        for series in self.run.series():
            name = self.run.names[series.metric]
            n, _ = self.held.series.get(name, (0, ""))
            self._series[name] = (len(series), _digest(series, len(series)))
            if len(series) > n or not n:
                yield name, series.tail(n)

    def is_new(self, items: Iterable[Item]) -> bool:
        """Whether these, which were logged at once, are not held yet. To be asked once for each."""
        wanted = Counter(known(item) for item in items)
        if wanted and not wanted - self._left:
            self._left -= wanted
            return False
        return True

    @property
    def covers_items(self) -> bool:
        """Whether all that is held was met again by ``is_new``."""
        return not self._left

    def files(self) -> Iterator[FileItem]:
        """Files that are not held, or with other bytes."""
        return (f for f in self.run.files if self.held.files.get(f.name) != f.sha256)

    def gone(self) -> list[str]:
        """Names of files that are held and no longer wanted."""
        return sorted(self.held.files.keys() - {f.name for f in self.run.files})

    def ledger(self, own: dict[str, Any]) -> Ledger:
        """What is held when this has been written; after ``series`` was gone through."""
        run = self.run
        return Ledger(
            run_id=run.run_id,
            mark=run.mark,
            series=self._series,
            items=run.items,
            files={f.name: f.sha256 for f in run.files},
            params=sorted(run.params),
            own=own,
        )


def _begins(series: Series, held: tuple[int, str] | None) -> bool:
    """Whether the points that are held are the first of the series."""
    return held is None or (held[0] <= len(series) and _digest(series, held[0]) == held[1])


def _digest(series: Series, n: int) -> str:
    """Of the first n points: their steps, times and values."""
    found = hashlib.sha256()
    for column in (series.step, bits(series.time), bits(series.value)):
        found.update(column[:n].tobytes())
    return found.hexdigest()[:32]
