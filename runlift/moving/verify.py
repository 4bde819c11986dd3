"""What a target holds against what it is to hold: every point, setting, tag, field, item and file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runlift.moving.series import bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series
    from runlift.moving.target import Held

EQUAL, EQUAL_BUT, DIFFERENT = "equal", "equal up to stated losses", "different"
FIRST = 20
_TEXT = 200


@dataclass(slots=True)
class RunReceipt:
    """What the comparison of one run found.

    ``compared``: how many points, params, ... were compared; ``losses``: code -> count of the stated losses;
    ``differences``: the first that no stated loss explains, ``n_different`` of them in all.
    """

    run_id: str
    name: str
    place: str
    verdict: str = EQUAL
    compared: dict[str, int] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    n_different: int = 0

    def line(self) -> str:
        """In one line."""
        what = ", ".join(f"{n:,} {k}" for k, n in self.compared.items() if n)
        losses = ", ".join(f"{code} {n:,}" for code, n in sorted(self.losses.items()))
        text = f"{self.verdict}: {self.name} ({self.run_id}): {what or 'empty'}"
        if self.verdict == EQUAL_BUT:
            text += f"; stated losses: {losses}"
        if self.differences:
            text += f"; {self.n_different:,} differences, first: {self.differences[0]}"
        return text


def compare(run: Prepared, held: Held, place: str) -> RunReceipt:
    """Compare one run. What the target holds beyond it is a difference too."""
    receipt = RunReceipt(run.run_id, str(run.row["name"] or ""), place, losses=dict(sorted(run.losses.items())))
    for difference in _differences(run, held, receipt.compared):
        receipt.n_different += 1
        if len(receipt.differences) < FIRST:
            receipt.differences.append(difference)
    if receipt.n_different:
        receipt.verdict = DIFFERENT
    elif run.losses:
        receipt.verdict = EQUAL_BUT
    return receipt


def missing(run: Prepared) -> RunReceipt:
    """The receipt of a run that the target does not have."""
    said = ["the target has no such run"]
    return RunReceipt(run.run_id, str(run.row["name"] or ""), "", DIFFERENT, differences=said, n_different=1)


def _differences(run: Prepared, held: Held, compared: dict[str, int]) -> Iterator[str]:
    compared["points"] = 0
    if held.mark != run.mark:
        yield f"mark of completeness: {held.mark} in place of {run.mark}"
    for series in run.series():
        yield from _series(series, held, run.names[series.metric])
        compared["points"] += len(series)
    for name in sorted(held.metrics - set(run.names.values())):
        yield f"metric {name!r}: only in the target"
    digests = {f.name: f.sha256 for f in run.files}
    for what, wanted, found in (
        ("params", run.params, held.params),
        ("tags", run.tags, held.tags),
        ("fields", run.fields, held.fields),
        ("items", run.items, held.items),
        ("files", digests, held.files),
    ):
        compared[what] = len(wanted)
        yield from _texts(what.rstrip("s"), wanted, found)


def _texts(what: str, wanted: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield f"{what} {name!r}: not in the target"
        elif name not in wanted:
            yield f"{what} {name!r}: only in the target"
        elif wanted[name] != found[name]:
            yield f"{what} {name!r}: {_short(found[name])} in place of {_short(wanted[name])}"


def _short(text: str) -> str:
    return repr(text if len(text) <= _TEXT else f"{text[:_TEXT]}... [{len(text):,} characters]")


def _series(series: Series, held: Held, name: str) -> Iterator[str]:
    if name not in held.metrics:
        yield f"metric {name!r}: not in the target ({len(series):,} points)"
        return
    wanted, found = series.ordered(), held.series(name).ordered()
    if len(wanted) != len(found):
        yield f"metric {name!r}: {len(found):,} points in place of {len(wanted):,}"
        wanted, found = _only(wanted, found), _only(found, wanted)
        yield from (f"metric {name!r}: {_point(wanted, i)} is not in the target" for i in range(len(wanted)))
        yield from (f"metric {name!r}: {_point(found, i)} is only in the target" for i in range(len(found)))
        return
    for i in np.flatnonzero(_unequal(wanted, found)).tolist():
        yield f"metric {name!r}: {_point(found, i)} in place of {_point(wanted, i)}"


def _unequal(a: Series, b: Series) -> Any:
    unequal = (a.step != b.step) | (a.stepless != b.stepless) | (bits(a.value) != bits(b.value))
    return unequal | (bits(a.time) != bits(b.time)) | (bits(a.epoch) != bits(b.epoch))


def keys(series: Series) -> Any:
    """One value a point, equal where step, time and value are."""
    made = np.empty(len(series), [("step", np.int64), ("time", np.int64), ("value", np.int64)])
    made["step"], made["time"], made["value"] = series.step, bits(series.time), bits(series.value)
    return made


def _only(a: Series, b: Series) -> Series:
    """The points of ``a`` that ``b`` lacks; of equal points as many as it has fewer."""
    return a.take(_surplus(keys(a), keys(b)))


def _surplus(a: Any, b: Any) -> Any:
    """Where ``a`` has a key more often than ``b`` has it, the later ones."""
    unique, inverse = np.unique(np.concatenate([a, b]), return_inverse=True)
    in_a, in_b = inverse[: len(a)], inverse[len(a) :]
    have = np.bincount(in_b, minlength=len(unique))
    order = np.argsort(in_a, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(in_a, minlength=len(unique)))))[:-1]
    nth = np.empty(len(a), np.int64)
    nth[order] = np.arange(len(a)) - starts[in_a[order]]
    return nth >= have[in_a]


def not_held(series: Series, held: Series) -> Series:
    """The points that a target still lacks."""
    return _only(series, held)


def _point(series: Series, i: int) -> str:
    return f"(step {int(series.step[i])}, time {float(series.time[i])!r}, value {float(series.value[i])!r})"
