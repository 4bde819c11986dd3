"""Stores of torture runs."""

from __future__ import annotations

import os

import pytest

import runlift
from runlift import registry
from runlift.options import IngestOptions
from tests.moving.torture import Torture

# No client that the tests start may call home.
os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "HF_HUB_OFFLINE": "1"}

KINDS = ("hard", "crashed", "empty", "family")


def make_store(folder, n: int, kinds=KINDS):
    """A store of the torture runs in ``folder``, or the one there grown to ``n`` points a series."""
    lab = folder / "lab"
    lab.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        path = lab / f"{kind}.torture"
        path.write_text(f"{path.read_text() if path.exists() else kind + ' '}{n}\n")
    registry.parsers()["torture"] = Torture()
    try:
        runlift.ingest(lab, folder / "store", options=IngestOptions(jobs=1))
    finally:
        del registry.parsers()["torture"]
    return folder / "store"


@pytest.fixture(scope="session")
def torture(tmp_path_factory):
    """The path of a store of all torture runs, with 300 points in the long series."""
    return make_store(tmp_path_factory.mktemp("torture"), 300)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The path of a store that is pushed quickly, and so often: points and items of all kinds, parents, few settings."""
    return make_store(tmp_path_factory.mktemp("small"), 150, ("mixed", "crashed", "family"))


@pytest.fixture(scope="session")
def long_run(tmp_path_factory):
    """The path of a store of one run with a series of 100,000 points."""
    return make_store(tmp_path_factory.mktemp("long"), 100_000, ("crashed",))
