"""Which rows are in force: a reader asks SQL, an ingest asks Arrow, and both must mean the same."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import runlift
from runlift.reading import StoreReading
from runlift.store.committed import current_runs, current_sources, listed_parts
from runlift.store.maintain import optimize_store
from runlift.store.query import Store


@pytest.fixture
def messy(lab, tmp_path, write_events):
    """A store of many ingests: a run that grew, one that was read again whole, a copy, a moved folder, a text grown."""
    store = tmp_path / "store"
    log = lab / "run1" / "train.log"
    log.write_text("".join(f"step {s} loss {1 / (s + 1):.4f}\n" for s in range(5)))
    runlift.ingest(lab, store)
    write_events(lab / "run0", [("loss", s, 2.0) for s in range(20)], start=1.7e9 + 50)
    runlift.ingest(lab, store)
    shutil.copytree(lab / "run1", lab / "copy")
    (lab / "run2").rename(lab / "moved")
    log.write_text("".join(f"step {s} loss {1 / (s + 1):.4f}\n" for s in range(9)))
    runlift.ingest(lab, store)
    runlift.ingest(lab, store, runlift.IngestOptions(again=True))
    (lab / "notes.md").write_text("nothing to read\n")
    runlift.ingest(lab, store)
    return store


def _told(rows, keys):
    return sorted(tuple(str(r[k]) for k in keys) for r in rows)


@pytest.mark.parametrize("optimized", [False, True])
def test_sql_and_arrow_see_the_same_rows(messy, optimized):
    """Of runs and of sources the same rows are in force, with the same parts, before and after optimize."""
    if optimized:
        optimize_store(str(messy), 0)
    runs = current_runs(str(messy))
    with Store(str(messy)) as store:
        keys = ("run_id", "revision", "written_at", "parts")
        assert _told(store.rows("SELECT * FROM runs"), keys) == _told(runs.to_pylist(), keys)
        assert store.snapshot.listed == listed_parts(runs)
        keys = ("source", "ingest_id", "ingested_at", "run_ids", "parts", "total")
        found = _told(current_sources(str(messy), listed_parts(runs)), keys)
        assert _told(store.rows("SELECT * FROM sources"), keys) == found
        assert len(found) > 4


def test_values_are_those_of_the_history(messy):
    """A metric's values come run by run, each in the order of the history, whether one is asked for or all."""
    with Store(str(messy)) as store:
        reading = StoreReading(store)
        runs = [r["run_id"] for r in reading.rows("runs")]
        asked = [list(reading.values(None, "loss")), [v for r in sorted(runs) for v in reading.values([r], "loss")]]
        for found in asked:
            assert [v.run_id for v in found] == sorted({v.run_id for v in found})
            for v in found:
                rows = [r for b in reading.history([v.run_id], "loss") for r in b.to_pylist()]
                assert np.array_equal(v.value, [r["value"] for r in rows], equal_nan=True)
                assert v.step.tolist() == [r["step"] or 0 for r in rows]
                assert v.stepless.tolist() == [r["step"] is None for r in rows]
                assert np.array_equal(
                    v.epoch, [np.nan if r["epoch"] is None else r["epoch"] for r in rows], equal_nan=True
                )
