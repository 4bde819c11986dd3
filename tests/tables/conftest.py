"""Reading a text or bytes with one format, and asking what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from runlift.facts import Account, Fact, Issue, Param, Points, RunSeen, Text
from runlift.parsers._api import Head, ParseOptions, Parser, Source


@dataclass
class Said:
    """The facts of one source, sorted by kind."""

    facts: list[Fact]
    points: dict[tuple[str, str], list[tuple[Any, Any, Any, float, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for f in self.facts:
            if isinstance(f, Points):
                self.points.setdefault((f.run, f.metric), []).extend(_rows(f))

    def of(self, kind: type) -> list[Any]:
        """All facts of one class."""
        return [f for f in self.facts if isinstance(f, kind)]

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics of the file's own run."""
        return [m for r, m in self.points if r == ""]

    def values(self, metric: str, run: str = "") -> list[float]:
        """The values of a metric in file order."""
        return [p[3] for p in self.points[run, metric]]

    def steps(self, metric: str, run: str = "") -> list[int | None]:
        """The steps of a metric."""
        return [p[0] for p in self.points[run, metric]]

    def epochs(self, metric: str, run: str = "") -> list[float | None]:
        """The epochs of a metric."""
        return [p[1] for p in self.points[run, metric]]

    def walls(self, metric: str, run: str = "") -> list[float | None]:
        """The wall times of a metric."""
        return [p[2] for p in self.points[run, metric]]

    def positions(self, metric: str, run: str = "") -> list[int]:
        """The positions of a metric."""
        return [p[4] for p in self.points[run, metric]]

    @property
    def params(self) -> dict[str, Any]:
        """Settings of all runs by key."""
        return {f.key: f.value for f in self.of(Param)}

    @property
    def runs(self) -> list[RunSeen]:
        """What is said of runs."""
        return self.of(RunSeen)

    @property
    def texts(self) -> list[tuple[str, str, int | None]]:
        """(tag, text, step) of the texts."""
        return [(t.tag, t.text, t.step) for t in self.of(Text)]

    @property
    def codes(self) -> set[str]:
        """The codes of all issues."""
        return {i.code for i in self.of(Issue)}

    def issue(self, code: str) -> Issue:
        """The one issue of a code."""
        (found,) = [i for i in self.of(Issue) if i.code == code]
        return found

    @property
    def account(self) -> Account:
        """The one account, which adds up."""
        (found,) = self.of(Account)
        assert found.missing() == 0, found
        return found


def _rows(f: Points) -> list[tuple[Any, Any, Any, float, int]]:
    n = len(f.value)
    for column in (f.step, f.position, f.epoch, f.wall_time, f.step_missing):
        assert column is None or len(column) == n
    steps = [None] * n if f.step is None else f.step.tolist()
    if f.step_missing is not None:
        steps = [None if gone else s for s, gone in zip(steps, f.step_missing.tolist(), strict=True)]
    epochs = [None] * n if f.epoch is None else [None if np.isnan(e) else e for e in f.epoch.tolist()]
    walls = [None] * n if f.wall_time is None else [None if np.isnan(w) else w for w in f.wall_time.tolist()]
    return list(zip(steps, epochs, walls, f.value.tolist(), f.position.tolist(), strict=True))


@pytest.fixture
def source(tmp_path):
    """A function that writes bytes (or text as UTF-8) to a file and gives its Source."""

    def write(data: str | bytes, name: str) -> Source:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return Source(str(path), name, path.stat().st_size)

    return write


@pytest.fixture
def read(source):
    """A function that reads bytes or text with a parser and gives what was said."""

    def parse(parser: Parser, data: str | bytes, name: str, **options: Any) -> Said:
        said = Said(list(parser.parse(source(data, name), ParseOptions(**options))))
        assert said.account.missing() == 0
        return said

    return parse


@pytest.fixture
def match(source):
    """A function that asks a parser whether it claims bytes or text under a name."""

    def recognise(parser: Parser, data: str | bytes, name: str):
        src = source(data, name)
        return parser.recognise(Head(src, src.head()))

    return recognise
