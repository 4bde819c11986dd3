"""Groups of runs: those that are equal in all but the seed, or by settings that the user names; mean and interval a step.

At each step the answer says how many runs it is a mean of, so that runs that end early do not shift it unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from runlift.answers.asked import metric_names, params_of
from runlift.answers.filters import Wanted, select_runs
from runlift.errors import MetricNotFoundError, OptionError

if TYPE_CHECKING:
    import pyarrow as pa

    from runlift.api import RunStore

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

_SEED = re.compile(
    r"(?:^|[._\-/])(?:random_?|rng_?|np_?|torch_?|global_?|manual_?)?(?:seeds?|random_?state)\d*$", re.IGNORECASE
)
# What a launcher writes anew for every start says nothing of the experiment.
_OWN = re.compile(r"(?:^|[._\-/])(?:(?:run|exp|experiment)_?(?:name|id)|"
                  r"(?:out|output|log|logging|save|work|ckpt|checkpoint)_?(?:dir|path|folder)|"
                  r"timestamp|date|pid|port|hostname|job_?id|uuid)$", re.IGNORECASE)  # fmt: skip
# Two-sided 95% points of Student's t by degrees of freedom; between them by 1/df, beyond the last the normal's.
_T_DF = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 60, 120])
_T_95 = np.array([12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.1788, 2.1314, 2.0860,
                  2.0423, 2.0003, 1.9799])  # fmt: skip
_T_NORMAL = 1.959964


@dataclass(frozen=True, slots=True)
class Group:
    """One group. Arrays of length k, one entry a step.

    ``n`` runs with a finite value there, their ``mean``, standard deviation (of the sample; NaN for one run) and the half
    width of the 95% interval of the mean (NaN for one run). ``final``: the last value of each run.
    """

    label: str
    params: dict[str, str]
    run_ids: tuple[str, ...]
    step: I8
    n: I8
    mean: F8
    std: F8
    half: F8
    final: F8

    @property
    def final_mean(self) -> float:
        """Mean of the runs' last values."""
        return float(np.mean(self.final)) if len(self.final) else float("nan")

    @property
    def final_half(self) -> float:
        """Half width of the 95% interval of ``final_mean``; NaN for one run."""
        if len(self.final) < 2:
            return float("nan")
        return float(t95(np.array([len(self.final) - 1]))[0] * np.std(self.final, ddof=1) / np.sqrt(len(self.final)))


@dataclass(frozen=True, slots=True)
class Groups:
    """The answer. ``by``: the settings that tell the groups apart; ``seeds``: settings taken for seeds."""

    metric: str
    by: tuple[str, ...]
    seeds: tuple[str, ...]
    groups: tuple[Group, ...]


def t95(df: NDArray[np.int64]) -> F8:
    """The two-sided 95% point of Student's t (within 0.2%), NaN for no degree of freedom."""
    with np.errstate(divide="ignore"):
        inverse = np.where(df > 0, 1.0 / np.maximum(df, 1), np.nan)
    xs = np.concatenate(([0.0], 1.0 / _T_DF[::-1]))
    return np.interp(inverse, xs, np.concatenate(([_T_NORMAL], _T_95[::-1])))


def is_own(key: str) -> bool:
    """Whether a setting is what a launcher writes anew for each start (``output_dir``, ``run_name``)."""
    return bool(_OWN.search(key))


def groups(
    store: RunStore,
    metric: str,
    *,
    by: tuple[str, ...] = (),
    runs: Wanted = None,
) -> Groups:
    """Mean and interval of a metric over groups of runs.

    Args:
        store: An open store.
        metric: The metric.
        by: Settings that make the groups; empty: all but seeds and what is written anew for each start.
        runs: A filter (``answers.filters``) or ids; None for all.

    Raises:
        MetricNotFoundError: None of the runs has the metric.
        OptionError: A setting that no run has, or a filter that cannot be read.
    """
    ids = select_runs(store, runs)
    points = _points(store, metric, ids)
    if points.num_rows == 0:
        raise MetricNotFoundError(metric, metric_names(store))
    run = np.array(points.column("run_id").to_pylist(), object)
    present = list(dict.fromkeys(run.tolist()))
    params = _params(store, present)
    keys, seeds = _keys(params, by)
    members: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for run_id in present:
        mine = params.get(run_id, {})
        members.setdefault(tuple((k, mine.get(k, "")) for k in keys), []).append(run_id)
    step = points.column("step").to_numpy()
    value = points.column("value").to_numpy()
    made = [_group(dict(k), m, (run, step, value)) for k, m in members.items()]
    varying = _varying([g.params for g in made])
    named = tuple(_labelled(g, varying) for g in made)
    return Groups(metric, tuple(varying), tuple(seeds), named)


def _points(store: RunStore, metric: str, ids: list[str]) -> pa.Table:
    return store.sql(
        "SELECT run_id, coalesce(step, epoch::BIGINT, 0) AS step, value FROM named_history "
        "WHERE metric = $1 AND run_id IN (SELECT unnest($2::VARCHAR[])) AND isfinite(value) ORDER BY run_id, source, position",
        [metric, ids],
        arrow=True,
    )


def _params(store: RunStore, ids: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in params_of(store, ids):
        found.setdefault(row["run_id"], {})[row["key"]] = row["value"]
    return found


def _keys(params: dict[str, dict[str, str]], by: tuple[str, ...]) -> tuple[list[str], list[str]]:
    known = sorted({k for p in params.values() for k in p})
    for key in by:
        if key not in known:
            raise OptionError(
                "--by", key, f"a setting of these runs, such as {', '.join(known[:8]) or '(there are none)'}"
            )
    seeds = [k for k in known if _SEED.search(k)]
    return list(by) or [k for k in known if k not in seeds and not is_own(k)], seeds


def _group(params: dict[str, str], members: list[str], columns: tuple[NDArray[np.object_], I8, F8]) -> Group:
    run, step, value = columns
    mine = np.isin(run, members)
    run, step, value = run[mine], step[mine], value[mine]
    # A run that logs a step twice counts once there, with its last value.
    order = np.lexsort((np.arange(len(run)), step, np.unique(run, return_inverse=True)[1]))
    run, step, value = run[order], step[order], value[order]
    last = np.ones(len(run), bool)
    last[:-1] = (run[1:] != run[:-1]) | (step[1:] != step[:-1])
    final = value[np.append(run[1:] != run[:-1], True)]
    steps, place = np.unique(step[last], return_inverse=True)
    n = np.bincount(place)
    mean = np.bincount(place, value[last]) / n
    spread = np.bincount(place, (value[last] - mean[place]) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        std = np.sqrt(spread / np.where(n > 1, n - 1, np.nan))
    half = t95(n - 1) * std / np.sqrt(n)
    return Group("", params, tuple(members), steps, n, mean, std, half, final)


def _varying(configs: list[dict[str, str]]) -> list[str]:
    keys = list(dict.fromkeys(k for c in configs for k in c))
    return [k for k in keys if len({c.get(k) for c in configs}) > 1]


def _labelled(group: Group, keys: list[str]) -> Group:
    label = ", ".join(f"{k.rsplit('.', 1)[-1]}={group.params[k] or '-'}" for k in keys) or "all runs"
    return Group(
        label, group.params, group.run_ids, group.step, group.n, group.mean, group.std, group.half, group.final
    )
