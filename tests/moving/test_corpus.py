"""Real runs moved to every target, every point compared: RUNLIFT_CORPUS names a folder of them."""

from __future__ import annotations

import os

import pytest

import runlift
from runlift.destinations import targets

CORPUS = os.environ.get("RUNLIFT_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="RUNLIFT_CORPUS names no folder of real runs")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of all that is there."""
    path = tmp_path_factory.mktemp("corpus") / "store"
    assert runlift.ingest(CORPUS, path).runs
    return path


@pytest.mark.parametrize("target", sorted(targets()))
def test_real_runs_arrive_without_an_unexplained_difference(store, tmp_path, target):
    """Each run's receipt is equal, or equal up to stated losses."""
    pytest.importorskip({"tensorboard": "tensorboard", "neptune-parquet": "pyarrow"}.get(target, target))
    dest = f"sqlite:///{tmp_path}/m.db" if target == "mlflow" else str(tmp_path / "dest")
    report = runlift.export(target, dest, store, receipt=str(tmp_path / "receipt.json"))
    assert report.unexplained == 0, [n for n in report.notes if n.startswith("different")]
