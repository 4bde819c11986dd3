"""What a table is: which layout, and which column plays which part. Decided from its names and its first rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Issue, Severity
from runlift.parsers import _table_names as called
from runlift.parsers._table_cells import EMPTY, NUMBER, WORD, Block, Cells
from runlift.parsers._table_numbers import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runlift.facts import I8

LAYOUTS = ("wide", "long", "runs")
ROLES = ("step", "epoch", "wall_time", "run", "metric", "value", "split")
_STRONG_STEPS = called.STEP.index("update")
_STRONG_METRIC = ("metric", "metric_name", "metric_key", "tag", "variable")
_UNIX = ((1e8, 5e9, 1.0), (1e11, 5e12, 1e3), (1e14, 5e15, 1e6), (1e17, 5e18, 1e9))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is to be read.

    ``layout``: wide, long, runs or none (no experiment data); ``why``: the reason in words; ``names``: the columns'
    names after any ``--map``; ``roles``: role -> column; ``left``: columns that count rows only; ``issues``: choices.
    """

    layout: str
    why: str
    names: tuple[str, ...]
    roles: dict[str, int] = field(default_factory=dict)
    left: frozenset[int] = frozenset()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What the first rows of a column look like."""

    name: str
    numbers: int
    words: int
    distinct: int
    whole: bool
    rising: float
    varies: bool

    @property
    def filled(self) -> int:
        """Cells with something in them."""
        return self.numbers + self.words

    @property
    def counts(self) -> bool:
        """Whether the column counts: whole numbers that rise more often than not."""
        return self.numbers > 0 and self.words <= self.numbers // 10 and self.whole and self.rising >= 0.5


def look_at(name: str, cells: Cells) -> Look:
    """What a column's cells look like."""
    number = cells.number[cells.kind == NUMBER]
    words = cells.codes[cells.kind == WORD] if cells.codes is not None else np.zeros(0, np.int32)
    with np.errstate(invalid="ignore", over="ignore"):
        whole = bool(len(number)) and bool(np.all(number == np.floor(number)))
        rising = float(np.mean(number[1:] >= number[:-1])) if len(number) > 1 else 1.0
    distinct = len(np.unique(words)) + len(np.unique(number))
    return Look(name, len(number), len(words), distinct, whole, rising, distinct > 1)


def decide(
    names: tuple[str, ...], block: Block, mapping: Mapping[str, str], layout: str | None, *, settings: bool
) -> Plan:
    """The plan for a table with these names, whose first rows are ``block``. ``settings``: a remark gave some."""
    said, renamed, issues = _mapped(names, mapping)
    looks = [look_at(n, c) for n, c in zip(renamed, block.columns, strict=True)]
    roles, left = _roles(looks, block, said)
    for role, column in said.items():
        roles = {r: c for r, c in roles.items() if c != column} | {role: column}
    chosen, why = (
        (layout, f"--layout {layout}") if layout in LAYOUTS else _layout(looks, roles, block, settings=settings)
    )
    if chosen == "wide":
        roles.pop("metric", None)
        roles.pop("value", None)
        if left and not {"step", "epoch"} & roles.keys():
            roles["step"] = min(left)
    if chosen == "long" and not {"metric", "value"} <= roles.keys():
        roles |= _long_by_content(looks, roles, block, force=True)
        if not {"metric", "value"} <= roles.keys():
            chosen, why = "wide", "--layout long, but no column names metrics or no other holds their values"
    return Plan(chosen, why, renamed, roles, left, tuple(issues))


def _mapped(names: tuple[str, ...], mapping: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...], list[Issue]]:
    """(role -> column, names after renaming, issues) that ``--map`` says."""
    roles: dict[str, int] = {}
    renamed = list(names)
    issues: list[Issue] = []
    for new, old in mapping.items():
        column = _column(names, old)
        if column is None:
            issues.append(_no_column(new, old, names))
        elif new in ROLES:
            roles[new] = column
        else:
            renamed[column] = new
    return roles, tuple(renamed), issues


def _column(names: tuple[str, ...], wanted: str) -> int | None:
    for form in (str, str.lower, called.plain):
        found = [i for i, n in enumerate(names) if form(n) == form(wanted)]
        if found:
            return found[0]
    return None


def _no_column(new: str, old: str, names: tuple[str, ...]) -> Issue:
    return Issue(
        "mapping-unknown-column",
        f"--map {new}={old}: no column is called {old!r}; there are: {', '.join(names[:20])}.",
        done="The rest was read without it.",
        help="Check the spelling; the name stands after the =.",
    )


def _roles(looks: list[Look], block: Block, said: dict[str, int]) -> tuple[dict[str, int], frozenset[int]]:
    roles: dict[str, int] = dict(said)
    free = {i for i in range(len(looks)) if i not in said.values()}
    index = _index_column(looks, block)
    for role, found in (
        ("epoch", _ranked(looks, free, called.EPOCH, _is_epoch)),
        ("step", _ranked(looks, free, called.STEP, _is_step)),
        ("wall_time", _time_column(looks, block, free)),
        ("metric", _ranked(looks, free, called.METRIC, lambda k, _: k.words > 0 and k.numbers == 0)),
        ("value", _ranked(looks, free, called.VALUE, lambda k, _: k.numbers > 0)),
        ("run", _ranked(looks, free, called.RUN, lambda k, _: k.filled > 0)),
        ("split", _ranked(looks, free, called.SPLIT, lambda k, _: k.words > 0)),
    ):
        if found is not None and role not in roles:
            roles[role] = found
    if "split" in roles and not _splits(block.columns[roles["split"]]):
        del roles["split"]
    if "run" not in roles and (repeat := _repeat_column(looks, roles, block)) is not None:
        roles["run"] = repeat
    return roles, frozenset() if index is None else frozenset({index})


def _ranked(looks: list[Look], free: set[int], names: tuple[str, ...], fits: object) -> int | None:
    """The free column whose name stands first in the list and that fits."""
    ranked = sorted((r, i) for i in free if (r := called.rank(looks[i].name, names)) is not None)
    return next((i for r, i in ranked if fits(looks[i], r)), None)  # type: ignore[operator]


def _is_epoch(look: Look, rank: int) -> bool:
    if look.numbers == 0 or look.words > look.numbers // 10:
        return False
    return rank < called.EPOCH.index("num_epoch") or (look.varies and look.rising >= 0.9)


def _is_step(look: Look, rank: int) -> bool:
    if look.numbers == 0 or look.words > look.numbers // 10:
        return False
    if rank < _STRONG_STEPS:
        return rank < 3 or look.whole
    return look.counts and look.varies


def _index_column(looks: list[Look], block: Block) -> int | None:
    """The unnamed first column that pandas writes: 0, 1, 2, ... (or R's from 1)."""
    first = looks[0] if looks else None
    if first is None or not (first.name == "" or first.name.startswith("Unnamed: 0")) or not first.whole:
        return None
    number = block.columns[0].number
    return 0 if len(number) and number[0] in (0, 1) and bool(np.all(np.diff(number) == 1)) else None


def _time_column(looks: list[Look], block: Block, free: set[int]) -> int | None:
    ranked = sorted((r, i) for i in free if (r := called.rank(looks[i].name, called.TIME)) is not None)
    numbers = [i for _, i in ranked if time_scale(block.columns[i]) is not None]
    words = [i for _, i in ranked if _are_times(block.columns[i])]
    return next(iter(numbers + words), None)


def time_scale(cells: Cells) -> float | None:
    """What to divide a column of Unix times by to get seconds; None for numbers that are no such times."""
    number = cells.number[(cells.kind == NUMBER) & np.isfinite(cells.number)]
    if len(number) == 0 or len(number) < 0.9 * np.count_nonzero(cells.kind != EMPTY):
        return None
    low, high = float(number.min()), float(number.max())
    return next((scale for a, b, scale in _UNIX if a <= low and high <= b), None)


def _are_times(cells: Cells) -> bool:
    sample = [cells.word_at(int(i)) for i in np.flatnonzero(cells.kind == WORD)[:20]]
    return bool(sample) and all(parse_time(w) is not None for w in sample)


def _splits(cells: Cells) -> bool:
    """Whether a column says train, val, test and the like."""
    seen = (
        {cells.words[c].strip().lower() for c in np.unique(cells.codes).tolist() if c >= 0}
        if cells.codes is not None
        else set()
    )
    return bool(seen) and seen <= called.SPLIT_WORDS


def keys_of(cells: Cells) -> I8:
    """int64[n]: equal for equal cells."""
    codes = cells.codes if cells.codes is not None else np.full(len(cells), -1, np.int32)
    _, numbers = np.unique(cells.number, return_inverse=True)
    return (codes.astype(np.int64) + 1) * (len(cells) + 2) + numbers.astype(np.int64)


def _repeat_column(looks: list[Look], roles: dict[str, int], block: Block) -> int | None:
    """A column (seed, fold, a method's name) whose values tell rows of one step apart, so that each is a run."""
    at = roles.get("step", roles.get("epoch"))
    if at is None or "metric" in roles:
        return None
    step = block.columns[at].number
    split = keys_of(block.columns[roles["split"]]) if "split" in roles else np.zeros(len(step), np.int64)
    rows = np.unique(np.stack([step, split.astype(np.float64)]), axis=1).shape[1]
    if rows == len(step):
        return None
    for i in range(len(looks)):
        named = called.rank(looks[i].name, called.REPEAT) is not None
        words = looks[i].words > 0 and looks[i].numbers == 0 and _results_beside(looks, roles, i)
        if i not in roles.values() and looks[i].varies and (named or words):
            apart = np.unique(
                np.stack([step, split.astype(np.float64), keys_of(block.columns[i]).astype(np.float64)]), axis=1
            )
            if apart.shape[1] == len(step):
                return i
    return None


def _results_beside(looks: list[Look], roles: dict[str, int], words: int) -> bool:
    """Whether the columns of numbers beside a column of words are named as results, not ``value``."""
    beside = [k for i, k in enumerate(looks) if i not in roles.values() and i != words and k.numbers]
    return bool(beside) and all(called.is_result(k.name) and called.rank(k.name, called.VALUE) is None for k in beside)


def _layout(looks: list[Look], roles: dict[str, int], block: Block, *, settings: bool) -> tuple[str, str]:
    """(layout, why) from what the columns look like."""
    if {"metric", "value"} <= roles.keys():
        name, value = looks[roles["metric"]].name, looks[roles["value"]].name
        if {"step", "epoch", "wall_time"} & roles.keys() or called.plain(name) in _STRONG_METRIC:
            return "long", f"column {name!r} names the metric and {value!r} holds its value"
    found = _long_by_content(looks, roles, block)
    if found:
        roles |= found
        name = looks[roles["metric"]].name
        return "long", f"each step has one row for every word of column {name!r}, with one number"
    runs = _as_runs(looks, roles, block)
    if runs:
        return "runs", runs
    at = roles.get("step", roles.get("epoch"))
    if at is not None:
        return "wide", f"column {looks[at].name!r} counts and each other column of numbers is a metric"
    if settings or any(called.is_training(k.name) for k in looks):
        return "wide", "each column of numbers is a metric; no column counts steps, so rows are counted"
    return "none", "no column counts steps and no name speaks of training"


def _long_by_content(looks: list[Look], roles: dict[str, int], block: Block, *, force: bool = False) -> dict[str, int]:
    """The metric and value columns of a long table whose names do not tell: one column of words, one of numbers."""
    taken = {c for r, c in roles.items() if r not in ("metric", "value")}
    words = [i for i, k in enumerate(looks) if i not in taken and k.words and not k.numbers and k.varies]
    numbers = [i for i, k in enumerate(looks) if i not in taken and k.numbers and not k.words]
    if len(words) != 1 or len(numbers) != 1:
        return {}
    if force:
        return {"metric": words[0], "value": numbers[0]}
    at = roles.get("step", roles.get("epoch"))
    few = looks[words[0]].distinct <= max(2, looks[words[0]].words // 3)
    if at is None or not few or called.is_result(looks[numbers[0]].name):
        return {}
    step = block.columns[at].number
    both = np.unique(np.stack([step, keys_of(block.columns[words[0]]).astype(np.float64)]), axis=1)
    unique = both.shape[1] == len(step) and len(np.unique(step)) < len(step)
    return {"metric": words[0], "value": numbers[0]} if unique else {}


def _as_runs(looks: list[Look], roles: dict[str, int], block: Block) -> str:
    """Why each row is a run, empty where it is not."""
    n = len(block)
    settings = [k for k in looks if _tells_runs_apart(k, n)]
    bags = [k for k in looks if k.name.startswith(("params_", "param_", "params.", "config/", "config."))]
    named = [k for k in looks if k.distinct == k.filled >= max(2, 0.6 * n) and _names_rows(k)]
    if _counts_steps(looks, roles, n) and not (named and named[0].words and settings):
        return ""
    if named and (called.rank(named[0].name, called.ROW_NAME) is not None or _speaks_of_runs(looks, named[0])):
        return f"column {named[0].name!r} names each row and no column counts steps"
    has_steps = bool({"step", "epoch"} & roles.keys())
    if bags or len(settings) > has_steps:
        return f"column {(bags or settings)[0].name!r} is a setting and no column counts steps"
    return ""


def _speaks_of_runs(looks: list[Look], name: Look) -> bool:
    """Whether a table whose rows have numbers (``id``) is one of runs: some other column is of what runs have."""
    known = (
        called.is_setting,
        called.is_training,
        called.is_result,
        lambda n: called.rank(n, called.STATUS) is not None,
    )
    return any(says(k.name) for k in looks if k is not name for says in known)


def _tells_runs_apart(look: Look, n: int) -> bool:
    """Whether a column is a setting that differs between rows, and of a kind that no schedule changes within a run."""
    if called.rank(look.name, called.BAG) is not None:
        return look.words > 0
    return (
        called.is_setting(look.name)
        and not called.is_scheduled(look.name)
        and look.filled > 0
        and (look.varies or n == 1)
    )


def _counts_steps(looks: list[Look], roles: dict[str, int], n: int) -> bool:
    """Whether a column truly counts: it rises from row to row, or the only row has it."""
    steps = [looks[c] for r, c in roles.items() if r in ("step", "epoch") and not called.is_setting(looks[c].name)]
    return any(
        k.numbers == 1 or (k.varies and (k.rising >= 0.9 or (k.rising >= 0.5 and k.distinct > n // 2))) for k in steps
    )


def _names_rows(look: Look) -> bool:
    if called.rank(look.name, called.ROW_NAME) is not None:
        return look.words > 0 or look.whole
    return called.rank(look.name, called.ROW_ID) is not None and (look.words > 0 or look.whole)


def choice(plan: Plan, help_: str = "") -> Issue:
    """The Issue that says how the table was read, and why."""
    return Issue(
        "table-layout",
        f"A {plan.layout} table: {plan.why}.",
        severity=Severity.INFO,
        done={"wide": "Each row was read as a step.", "long": "Each row was read as one point.",
              "runs": "Each row was read as a run."}[plan.layout],
        help=help_ or "--layout wide|long|runs and --map step=COLUMN override it.",
    )  # fmt: skip
