"""A run's parts as neptune-exporter's loaders see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from runlift.exporters import _neptune_rows as rows
from runlift.moving.items import digests
from runlift.moving.series import Series
from runlift.moving.settings import project_of, spelt
from runlift.moving.target import Held

if TYPE_CHECKING:
    from runlift.moving.prepare import Prepared

_SERIES = ("string_series", "histogram_series", "file_series")


class Reading:
    """The rows of one run."""

    def __init__(self, parts: list[str], run: Prepared) -> None:
        whole = pa.concat_tables([parquet.read_table(p, schema=rows.SCHEMA) for p in parts])
        own = pc.and_(pc.equal(whole["run_id"], run.run_id), pc.equal(whole["project_id"], project_of(run)))
        table = whole.filter(own)
        points = pc.equal(table["attribute_type"], "float_series")
        self.points = table.filter(points)
        self.others: list[dict[str, Any]] = table.filter(pc.invert(points)).to_pylist()

    def held(self, mark: str | None, files: dict[str, str]) -> Held:
        """Everything, with the run's files, which have a row each."""
        params = {
            row["attribute_path"].removeprefix("params/"): spelt(row[f"{row['attribute_type']}_value"])
            for row in self.others
            if row["attribute_path"].startswith("params/")
        }
        plain = [
            r for r in self.others if r["attribute_type"] == "string" and not r["attribute_path"].startswith("params/")
        ]
        series = [self._item(r) for r in self.others if r["attribute_type"] in _SERIES]
        said = {r["attribute_path"].removeprefix("files/") for r in self.others if r["attribute_type"] == "file"}
        listed = said | {r["file_value"]["path"].split("/", 2)[2] for r in series if r["file_value"]}
        return Held(
            mark=mark,
            metrics={p.removeprefix("metrics/") for p in self.points["attribute_path"].unique().to_pylist()},
            series=self._series,
            fields={r["attribute_path"]: r["string_value"] for r in plain},
            params=params,
            items=digests(rows.items(series)),
            files={name: digest for name, digest in files.items() if name in listed},
        )

    @staticmethod
    def _item(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"timestamp": round(row["timestamp"].timestamp() * 1000)}

    def _series(self, name: str) -> Series:
        table = self.points.filter(pc.equal(self.points["attribute_path"], f"metrics/{name}"))
        time = table["timestamp"].combine_chunks().cast(pa.int64())
        seconds = time.fill_null(0).to_numpy() / 1000
        n = table.num_rows
        return Series(
            metric=name,
            step=table["step"].cast(pa.int64()).to_numpy(),
            stepless=np.zeros(n, bool),
            epoch=np.full(n, np.nan),
            time=np.where(time.is_null().to_numpy(zero_copy_only=False), np.nan, seconds),
            value=table["float_value"].to_numpy(),
            attempt=np.zeros(n, np.int32),
        )
