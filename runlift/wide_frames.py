"""A long frame (one row a value, the tag in a column) as a wide one (one row a step, one column a tag)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LAST = ("wall_time", "dir_name", "file_name")


def widen(frame: pd.DataFrame, values: dict[str, str]) -> pd.DataFrame:
    """One row for each step (and dir_name, file_name where they are there), in the order of the frame.

    ``values``: column -> what is put behind the tag to name its wide column. Several values of one tag at one step
    become a list, as do the wall times of a step.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    keys = [c for c in ("dir_name", "file_name", "step") if c in frame.columns]
    row: Any = frame.groupby(keys, sort=False).ngroup().to_numpy() if keys else np.zeros(len(frame), np.int64)
    rows = int(row.max()) + 1
    first = np.unique(row, return_index=True)[1]
    columns: dict[str, Any] = {k: frame[k].to_numpy()[first] for k in keys}
    for tag, places in sorted(frame.groupby("tag", sort=False).indices.items()):
        for column, suffix in values.items():
            columns[f"{tag}{suffix}"] = _spread(frame[column].to_numpy()[places], row[places], rows)
    if "wall_time" in frame.columns:
        columns["wall_time"] = _spread(frame["wall_time"].to_numpy(), row, rows)
    order = [c for c in columns if c == "step"] + [c for c in columns if c != "step" and c not in LAST]
    return pd.DataFrame(columns)[[*order, *(c for c in LAST if c in columns)]]


def _spread(values: NDArray[Any], row: NDArray[np.int64], rows: int) -> NDArray[Any]:
    """Values at their rows, NaN elsewhere; as objects where they are none of one number a row."""
    twice = np.bincount(row, minlength=rows) > 1
    kind = np.float64 if values.dtype.kind in "fiu" and not twice.any() else object
    out = np.full(rows, np.nan, kind)
    single = ~twice[row]
    out[row[single]] = values[single]
    lists: dict[int, list[Any]] = {}
    for r, v in zip(row[~single].tolist(), values[~single].tolist(), strict=True):
        lists.setdefault(r, []).append(v)
    for r, several in lists.items():
        out[r] = several
    return out
