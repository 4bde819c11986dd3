"""Records to facts: the rules of tables, for dicts that need not have the same keys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runlift.facts import Issue, Severity
from runlift.parsers import _table_names as called
from runlift.parsers._records_columns import Record, as_text, columns_of, flat
from runlift.parsers._table_axes import AxisReader
from runlift.parsers._table_plan import Plan, choice, decide
from runlift.parsers._table_runs import RunRows, parts_of
from runlift.parsers._table_wide import Emitter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._api import ParseOptions
    from runlift.parsers._table_cells import Block
    from runlift.parsers._table_notes import Notes

BATCH = 4096


@dataclass(slots=True)
class RecordFacts:
    """Takes records one by one and gives their facts in batches.

    ``prefix`` stands before each metric's name; ``read``: how many records gave facts; ``refused``: how many did not.
    """

    name: str
    options: ParseOptions
    notes: Notes
    prefix: str = ""
    read: int = 0
    refused: int = 0
    _records: list[Record] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)
    _plan: Plan | None = None
    _roles: dict[str, str] = field(default_factory=dict)
    _emitter: Emitter | None = None

    def add(self, record: Record, line: int) -> Iterator[Fact]:
        """Take a record that begins at a line."""
        self._records.append(record)
        self._lines.append(line)
        if len(self._records) >= BATCH:
            yield from self._flush()

    def extend(self, records: list[Record], lines: list[int]) -> Iterator[Fact]:
        """Take several records."""
        self._records += records
        self._lines += lines
        if len(self._records) >= BATCH:
            yield from self._flush()

    def finish(self) -> Iterator[Fact]:
        """The facts of what is left, and those that are known only at the end."""
        if self._records:
            yield from self._flush()
        if self._emitter:
            yield from self._emitter.finish()
        if self._plan and self._plan.layout == "none":
            yield _no_experiment(self.name, self._plan.why, self.refused)

    def _flush(self) -> Iterator[Fact]:
        records, lines = self._records, self._lines
        self._records, self._lines = [], []
        flats = [flat(r) for r in records]
        names, block, quoted = columns_of(flats, lines)
        if self._plan is None:
            self._plan = decide(names, block, self.options.mapping, self.options.layout, settings=False)
            yield from self._plan.issues
            if self._plan.layout != "none":
                yield _choice(self._plan)
        if self._plan.layout == "none":
            self.refused += len(records)
            return
        self.read += len(records)
        if self._plan.layout == "runs":
            yield from self._runs([flat(r, lists=False) for r in records], lines)
        else:
            yield from self._points(names, block, quoted)

    def _points(self, names: tuple[str, ...], block: Block, quoted: set[str]) -> Iterator[Fact]:
        plan = self._replanned(names, block)
        if self._emitter is None:
            has_x = {"step", "epoch"} & plan.roles.keys()
            axes = AxisReader(plan.roles, plan.names, self.notes, count=not has_x and plan.layout == "wide")
            self._emitter = Emitter(plan, axes, self.notes, self.prefix)
            if axes.count:
                yield _counted(self.name, int(block.position[0]))
        self._emitter.plan = plan
        self._emitter.axes.roles, self._emitter.axes.names = plan.roles, plan.names
        bags = {n for n in names if "/" in n and called.rank(n.split("/")[0], called.BAG) is not None}
        self._emitter.quoted |= {p for p, n in zip(plan.names, names, strict=True) if n in quoted or n in bags}
        yield from self._emitter.take(block)

    def _replanned(self, names: tuple[str, ...], block: Block) -> Plan:
        """The plan for the keys of this batch: parts once given to a key stay with it."""
        fresh = decide(names, block, self.options.mapping, self.options.layout, settings=False)
        assert self._plan is not None  # noqa: S101 - _flush made it
        taken = set(self._roles.values())
        for role, column in fresh.roles.items():
            if (
                role not in self._roles
                and fresh.names[column] not in taken
                and (self._emitter is None or role == "epoch")
            ):
                self._roles[role] = fresh.names[column]
        at = {n: i for i, n in enumerate(fresh.names)}
        roles = {role: at[n] for role, n in self._roles.items() if n in at}
        layout = self._plan.layout if self._plan.layout != "long" or {"metric", "value"} <= roles.keys() else "wide"
        return replace(fresh, layout=layout, roles=roles)

    def _runs(self, records: list[Record], lines: list[int]) -> Iterator[Fact]:
        names = tuple(dict.fromkeys(k for r in records for k in r))
        rows = [[_word(r.get(n)) if n in r else "" for n in names] for r in records]
        mapped = {"run": names.index(self.options.mapping["run"])} if self.options.mapping.get("run") in names else {}
        runs = RunRows(names, parts_of(names, rows, mapped))
        for line, row in zip(lines, rows, strict=True):
            yield from runs.row(line, row)
        yield from runs.issues()


def _word(value: Any) -> str:
    """A value as a cell would hold it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value) if isinstance(value, int | float) else as_text(value)


def _choice(plan: Plan) -> Issue:
    issue = choice(plan)
    words = {"wide": "Each record was read as a step.", "long": "Each record was read as one point."}
    message = issue.message.replace("table", "list of records", 1).replace("column", "key")
    return replace(issue, message=message, done=words.get(plan.layout, "Each record was read as a run."))


def _counted(name: str, line: int) -> Issue:
    return Issue(
        "steps-counted",
        f"{name}: no key counts steps or epochs.",
        line,
        Severity.INFO,
        "Records were counted as steps, from 0.",
        "--map step=KEY names a key that does.",
    )


def _no_experiment(name: str, why: str, n: int) -> Issue:
    return Issue(
        "no-experiment-data",
        f"{name}: {n} records, but no experiment as far as can be seen: {why.replace('column', 'key')}.",
        severity=Severity.INFO,
        done="Nothing was read from them.",
        help="--layout wide|long|runs reads them all the same.",
        count=n,
    )
