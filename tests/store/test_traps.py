"""The traps that a Parquet and Delta store falls into, each with what cures it."""

from __future__ import annotations

import math
import multiprocessing
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

import runlift
from runlift.store.commit import active_files, commit_table, locked
from runlift.store.parts import PartWriter


@pytest.fixture
def store(lab, tmp_path):
    """A store with a NaN in one run."""
    runlift.ingest(lab, tmp_path / "store")
    return tmp_path / "store"


def test_sql_finds_a_nan_whatever_the_condition(store):
    """Statistics of a column with NaN make DuckDB skip rows that match; ours has none, so each form finds it."""
    with runlift.open(store) as opened:
        for condition in ("isnan(value)", "value = 'nan'::DOUBLE", "value > 100", "value >= 3 AND metric = 'loss'"):
            found = opened.sql(f"SELECT value FROM history WHERE {condition}", arrow=True).column(0).to_pylist()
            assert any(math.isnan(v) for v in found), condition
        assert math.isnan(opened.sql("SELECT max(value) FROM history", arrow=True).column(0)[0].as_py())


def test_no_statistics_on_doubles_in_parquet(store):
    """No double column of any part carries a minimum or maximum, not even inside lists."""
    for path in Path(store).rglob("*.parquet"):
        if "_delta_log" in path.parts:
            continue
        meta = pq.ParquetFile(path).metadata
        for g in range(meta.num_row_groups):
            for c in range(meta.num_columns):
                column = meta.row_group(g).column(c)
                if column.physical_type == "DOUBLE":
                    assert column.statistics is None or not column.statistics.has_min_max, (path, column.path_in_schema)


def test_other_readers_of_the_delta_table_lose_no_row(store):
    """Statistics for some columns make Delta readers drop rows when they filter on another; ours say which they have."""
    table = DeltaTable(store / "points")
    assert table.metadata().configuration["delta.dataSkippingStatsColumns"] == "run_id,metric"
    rows = table.to_pyarrow_dataset().to_table(filter=ds.field("step") >= 5)
    assert rows.num_rows == 15
    assert table.to_pyarrow_dataset().to_table(filter=ds.field("value") > 1.05).num_rows > 0


def test_queries_read_plain_local_files(store):
    """DuckDB over Python file systems reads short now and then: it is only ever given local paths."""
    with runlift.open(store) as opened:
        assert not opened._store._db.list_filesystems()


def _commit_many(root: str, n: int) -> None:
    for i in range(n):
        writer = PartWriter(root)
        writer.add("points", [{"run_id": f"r{i}", "metric": "m", "value": 1.0, "source": "s", "position": i}])
        with locked(root):
            commit_table(root, "points", writer.close(1))


def test_commits_of_many_processes_all_arrive(tmp_path):
    """Commits at once conflict and handles go stale: a lock and a fresh handle a commit let every one through."""
    root = str(tmp_path)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_commit_many, args=(root, 10)) for _ in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
        assert w.exitcode == 0
    assert len(active_files(root, "points")) == 40
    assert DeltaTable(tmp_path / "points").to_pyarrow_table().num_rows == 40


def test_part_names_are_never_used_again(lab, tmp_path):
    """The same work twice gives other file names, so that a killed and repeated ingest never writes over a live part."""
    names = []
    for k in range(2):
        runlift.ingest(lab, tmp_path / f"store{k}")
        names.append({p.name for p in (tmp_path / f"store{k}").rglob("*.parquet")})
    assert names[0].isdisjoint(names[1])


def test_parts_have_the_encodings_of_the_design(store):
    """Points: zstd, dictionary on text, delta packing on integers, byte-stream split on doubles, sorted."""
    path = active_files(str(store), "points")[0]
    meta = pq.ParquetFile(path).metadata
    columns = {meta.row_group(0).column(i).path_in_schema: meta.row_group(0).column(i) for i in range(meta.num_columns)}
    assert {c.compression for c in columns.values()} == {"ZSTD"}
    assert "BYTE_STREAM_SPLIT" in columns["value"].encodings
    assert "DELTA_BINARY_PACKED" in columns["position"].encodings
    assert any("DICTIONARY" in e for e in columns["metric"].encodings)
    rows = pq.read_table(path).to_pylist()
    keys = [(r["run_id"], r["metric"], r["position"]) for r in rows]
    assert keys == sorted(keys)


def test_a_point_takes_at_most_eight_bytes(tmp_path, write_events):
    """All columns of a point together, for float32 values with a clock that ticks irregularly."""
    import numpy as np

    rng = np.random.default_rng(1)
    values = rng.normal(size=20_000).astype(np.float32).cumsum()
    folder = tmp_path / "many"
    write_events(folder, [("train/loss", i, float(v)) for i, v in enumerate(values)])
    runlift.ingest(folder, tmp_path / "store")
    path = active_files(str(tmp_path / "store"), "points")[0]
    assert Path(path).stat().st_size / 20_000 <= 8
