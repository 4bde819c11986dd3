"""CSV and Parquet folders: exact where the format is, safe in a spreadsheet, whole or not at all."""

from __future__ import annotations

import csv
import math

import pyarrow.parquet as pq
import pytest

import runlift
from runlift.errors import UnknownFormatError


def _rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def test_csv_holds_every_point(store, tmp_path):
    """Values come back exactly; NaN and infinities are written out."""
    report = runlift.export("csv", tmp_path / "out", store)
    history = _rows(tmp_path / "out" / "history.csv")
    with runlift.open(store) as opened:
        expected = opened.sql("SELECT value FROM history ORDER BY run_id, metric, source, position")["value"]
    assert report.counts["history"] == len(history) == len(expected)
    for row, value in zip(history, expected, strict=True):
        got = float(row["value"])
        assert (math.isnan(got) and math.isnan(value)) or got == value


def test_csv_texts_are_no_formulas(store, tmp_path):
    """A text that begins like a formula gets an apostrophe; a negative number does not."""
    report = runlift.export("csv", tmp_path / "out", store)
    values = {r["value"] for r in _rows(tmp_path / "out" / "params.csv")}
    assert {"'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", "'\rx"} <= values
    numbers = {r["value"] for r in _rows(tmp_path / "out" / "history.csv")}
    assert "-inf" in numbers
    assert any("apostrophe" in n for n in report.notes)


def test_parquet_equals_the_store(store, tmp_path):
    """Each table of the folder has the rows and bits of the store."""
    runlift.export("parquet", tmp_path / "out", store)
    with runlift.open(store) as opened:
        for name in ("runs", "params", "metrics", "issues"):
            got = pq.read_table(tmp_path / "out" / f"{name}.parquet")
            assert got.num_rows == opened.sql(f"SELECT count(*) n FROM {name}")["n"][0]
        history = opened.history(arrow=True)
    got = pq.read_table(tmp_path / "out" / "history.parquet")
    bits = lambda t: t.column("value").combine_chunks().buffers()[1].to_pybytes()[: 8 * t.num_rows]  # noqa: E731
    assert bits(got) == bits(history)


def test_without_history(store, tmp_path):
    """``history=False`` leaves the points out."""
    for target in ("csv", "parquet"):
        runlift.export(target, tmp_path / target, store, history=False)
        assert not (tmp_path / target / f"history.{target}").exists()
        assert (tmp_path / target / f"runs.{target}").exists()


def test_an_unknown_target_names_those_that_there_are(store, tmp_path):
    """The error lists the targets."""
    with pytest.raises(UnknownFormatError, match="xlsx"):
        runlift.export("excel", tmp_path / "x", store)
