"""Which settings drive a metric: permutation importance with an interval, and rank correlation.

A forest of trees is fitted to predict each run's best value from its settings; a setting's importance is how much the
forest's error rises when that setting is shuffled among runs that the tree has not seen. Too few runs give no answer, and
settings that always change together are named, for no method can tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from runlift.answers.asked import params_of
from runlift.answers.groups import is_own
from runlift.answers.leaderboard import leaderboard
from runlift.errors import MissingLibraryError

if TYPE_CHECKING:
    from runlift.answers.filters import Wanted
    from runlift.api import RunStore

F8 = NDArray[np.float64]

FEWEST_RUNS = 12
_REPEATS = 5
_TREES = 60
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Driver:
    """One setting.

    ``importance``: how much the R2 error rises when it is shuffled, ``low`` to ``high`` its 95% interval over folds and
    repeats; ``correlation``: Spearman's rank correlation with the metric, None for words; ``same_as``: settings that
    change with it.
    """

    param: str
    importance: float
    low: float
    high: float
    correlation: float | None
    same_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """The answer. ``drivers``: the strongest first, none where there is nothing to say; ``silent``: why there are none.

    ``r2``: how well the forest predicts runs that it has not seen (1 perfectly, 0 no better than the mean).
    """

    metric: str
    runs: int
    r2: float | None
    drivers: tuple[Driver, ...]
    silent: str = ""


def importance(store: RunStore, metric: str, *, runs: Wanted = None, goal: str | None = None) -> Importance:
    """Which settings drive a metric's best value.

    Raises:
        MetricNotFoundError, OptionError.
        MissingLibraryError: scikit-learn is not installed.
    """
    board = leaderboard(store, metric, runs=runs, goal=goal, top=0)
    ids = [p.run_id for p in board.places]
    if len(ids) < FEWEST_RUNS:
        return Importance(metric, len(ids), None, (), f"{len(ids)} runs have the metric; it takes {FEWEST_RUNS}.")
    names, columns, numeric = _features(store, ids)
    if not names:
        return Importance(metric, len(ids), None, (), "No setting differs among the runs.")
    target = np.array([p.best for p in board.places])
    names, columns, numeric, same = _merged(names, columns, numeric)
    r2, drops = _permuted(columns, target)
    if r2 <= 0:
        return Importance(metric, len(ids), r2, (), "The settings do not predict the metric better than its mean does.")
    found = [
        _driver(names[i], drops[i], columns[:, i] if numeric[i] else None, (target, same[i])) for i in range(len(names))
    ]
    found.sort(key=lambda d: -d.importance)
    return Importance(metric, len(ids), r2, tuple(found))


def _features(store: RunStore, ids: list[str]) -> tuple[list[str], F8, list[bool]]:
    """(settings that differ, float64[runs, settings], which are numbers); words are numbered by frequency."""
    place = {run: i for i, run in enumerate(ids)}
    cells: dict[str, dict[int, dict[str, Any]]] = {}
    for row in params_of(store, ids):
        cells.setdefault(row["key"], {})[place[row["run_id"]]] = row
    names: list[str] = []
    columns: list[F8] = []
    numeric: list[bool] = []
    for key, rows in sorted(cells.items()):
        values = [rows[i]["value"] if i in rows else None for i in range(len(ids))]
        number = all(r["kind"] in ("int", "float", "bool") for r in rows.values()) and len(rows) == len(ids)
        if not is_own(key) and len(set(values)) > 1 and (number or len(set(values)) <= len(ids) // 2):
            names.append(key)
            columns.append(np.array([rows[i]["number"] for i in range(len(ids))], float) if number else _coded(values))
            numeric.append(number)
    return names, np.array(columns).T if columns else np.empty((len(ids), 0)), numeric


def _coded(values: list[str | None]) -> F8:
    order = sorted(set(values), key=lambda v: (-values.count(v), str(v)))
    return np.array([order.index(v) for v in values], float)


def _merged(
    names: list[str], columns: F8, numeric: list[bool]
) -> tuple[list[str], F8, list[bool], list[tuple[str, ...]]]:
    """Settings that always change together as one, named after the first."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in range(len(names)):
        pattern = tuple(np.unique(columns[:, i], return_inverse=True)[1].tolist())
        mirrored = tuple(max(pattern) - p for p in pattern)
        groups.setdefault(mirrored if mirrored in groups else pattern, []).append(i)
    kept = [g[0] for g in groups.values()]
    return (
        [names[i] for i in kept],
        columns[:, kept],
        [numeric[i] for i in kept],
        [tuple(names[i] for i in g[1:]) for g in groups.values()],
    )


def _permuted(columns: F8, target: F8) -> tuple[float, F8]:
    """(R2 on unseen runs, drops of R2 by setting: float64[settings, folds x repeats]), the same for the same input."""
    try:
        from sklearn.ensemble import ExtraTreesRegressor  # noqa: PLC0415 - optional
        from sklearn.model_selection import KFold  # noqa: PLC0415 - the same
    except ImportError as error:
        raise MissingLibraryError("importance", "scikit-learn", 'pip install "runlift[importance]"') from error
    rng = np.random.default_rng(0)
    total = float(np.mean((target - target.mean()) ** 2)) or 1.0
    errors = np.empty(len(target))
    drops: list[list[float]] = [[] for _ in range(columns.shape[1])]
    for train, test in KFold(_FOLDS, shuffle=True, random_state=0).split(columns):
        forest = ExtraTreesRegressor(_TREES, min_samples_leaf=2, random_state=0, n_jobs=1).fit(
            columns[train], target[train]
        )
        errors[test] = (forest.predict(columns[test]) - target[test]) ** 2
        for i in range(columns.shape[1]):
            for _ in range(_REPEATS):
                shuffled = columns[test].copy()
                shuffled[:, i] = rng.permutation(columns[:, i])[: len(test)]
                worse = (forest.predict(shuffled) - target[test]) ** 2
                drops[i].append(float(np.mean(worse - errors[test])) / total)
    return 1 - float(errors.mean()) / total, np.array(drops)


def _driver(name: str, drops: F8, numbers: F8 | None, rest: tuple[F8, tuple[str, ...]]) -> Driver:
    target, same = rest
    mean, half = float(drops.mean()), float(1.96 * drops.std(ddof=1) / np.sqrt(len(drops)))
    return Driver(name, mean, mean - half, mean + half, None if numbers is None else _spearman(numbers, target), same)


def _spearman(a: F8, b: F8) -> float:
    """Rank correlation, ties with their mean rank."""
    x, y = _ranks(a), _ranks(b)
    spread = float(x.std() * y.std())
    return float(np.mean((x - x.mean()) * (y - y.mean()))) / spread if spread else 0.0


def _ranks(values: F8) -> F8:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    return np.asarray(mean_rank[place], float)
