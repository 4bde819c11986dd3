"""Reading small texts in tests."""

from __future__ import annotations

import pytest

from runlift.facts import Account, Points
from runlift.grammars._claims import Claims
from runlift.grammars._reading import Reading
from runlift.parsers._api import ParseOptions, Source
from runlift.parsers.text_log import TextLog


class Got:
    """What a text gave: ``series`` by (run, metric), the other facts, the account."""

    def __init__(self, facts) -> None:
        self.facts = facts
        self.series = {}
        for p in facts:
            if isinstance(p, Points):
                row = self.series.setdefault(
                    (p.run, p.metric), {"value": [], "step": [], "epoch": [], "time": [], "line": []}
                )
                n = len(p.value)
                row["value"] += p.value.tolist()
                row["line"] += p.position.tolist()
                row["step"] += [None] * n if p.step is None else p.step.tolist()
                row["epoch"] += [None] * n if p.epoch is None else p.epoch.tolist()
                row["time"] += [None] * n if p.wall_time is None else p.wall_time.tolist()

    def __getitem__(self, metric) -> dict:
        return self.series["", metric]

    @property
    def names(self):
        """Metrics of the first run."""
        return sorted(m for r, m in self.series if r == "")

    def holds(self, series):
        """Assert that these metrics are there, perhaps behind a phase or a subject, with all their values."""
        for metric, wanted in series.items():
            found = [s for (_, m), s in self.series.items() if m == metric or m.endswith("/" + metric)]
            assert found, (metric, self.names)
            assert found[0]["value"] == pytest.approx(wanted, rel=1e-9)

    def of(self, kind):
        """Facts of a class."""
        return [f for f in self.facts if isinstance(f, kind)]

    @property
    def account(self):
        """The ledger in lines."""
        return self.of(Account)[0]

    @property
    def codes(self):
        """Codes of the issues."""
        return sorted(f.code for f in self.facts if type(f).__name__ == "Issue")


@pytest.fixture
def read(tmp_path):
    """A function that reads a text (or bytes) as a log file and returns what it gave."""

    def go(text, *, name="run.log", patterns=()):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        source = Source(str(path), name, path.stat().st_size, 1_764_000_000_000_000_000)
        got = Got(list(TextLog().parse(source, ParseOptions(patterns=patterns))))
        assert got.account.missing() == 0
        return got

    return go


@pytest.fixture
def read_general():
    """A function that reads a text with the general reader alone."""

    def go(text):
        reading = Reading(Claims(()))
        return Got([*reading.facts(text.encode("utf-8")), *reading.close()])

    return go
