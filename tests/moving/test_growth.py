"""A run that has grown gets only what is new: what its target held stays to the byte, and the whole is a clean push's."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

import runlift
from runlift.api import verify_destination
from runlift.moving.growth import Ledger
from tests.moving import pusher
from tests.moving.conftest import make_store

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = {"neptune-parquet": "pyarrow"}
# What says how far the run is, and is replaced: the mark, settings and status, the files that describe the whole run.
REPLACED = ("runlift/", "curves/", ".session", "_part_0.parquet", "texts/", "tone/")


@pytest.fixture(params=["neptune-parquet", "tensorboard", "trackio", "wandb", "mlflow"])
def target(request):
    """Each target."""
    pytest.importorskip(LIBRARY.get(request.param, request.param))
    return request.param


def _dest(target: str, folder: Path) -> str:
    return f"sqlite:///{folder}/m.db" if target == "mlflow" else str(folder / "dest")


def _push(target: str, folder: Path, store) -> runlift.ExportReport:
    return runlift.export(target, _dest(target, folder), store, receipt=str(folder / "receipt.json"))


def _tree(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_grown_run_is_the_whole_run_once(target, tmp_path):
    """Grown three times, by points and items of every kind, it reads back as it is to be; a push then changes nothing."""
    for n in (20, 21, 30, 60):
        store = make_store(tmp_path, n, ("growing", "crashed", "family"))
        assert _push(target, tmp_path, store).unexplained == 0
    report = _push(target, tmp_path, store)
    assert (report.counts["unchanged"], report.unexplained) == (5, 0)


@pytest.mark.parametrize("name", ["neptune-parquet", "tensorboard", "wandb"])
def test_what_was_there_stays_to_the_byte(name, tmp_path):
    """Files of points and media are added to, none is written again; what describes the run as a whole is replaced."""
    pytest.importorskip(LIBRARY.get(name, name))
    store = make_store(tmp_path, 20, ("growing", "crashed"))
    _push(name, tmp_path, store)
    before = _tree(tmp_path / "dest")
    make_store(tmp_path, 30, ("growing", "crashed"))
    _push(name, tmp_path, store)
    after = _tree(tmp_path / "dest")
    kept = {path for path in before if not any(part in path for part in REPLACED)}
    assert len(kept) > 3
    assert {path: after.get(path) for path in kept} == {path: before[path] for path in kept}
    assert len(after) > len(before)


def test_points_taken_back_send_the_run_anew(target, tmp_path):
    """Where the source no longer begins with what was moved, the target holds what the source now says."""
    store = make_store(tmp_path, 30, ("growing",))
    assert _push(target, tmp_path, store).unexplained == 0
    shutil.rmtree(tmp_path / "lab")
    shutil.rmtree(tmp_path / "store")
    store = make_store(tmp_path, 15, ("growing",))
    assert _push(target, tmp_path, store).unexplained == 0
    assert len(verify_destination(_dest(target, tmp_path), store).runs) == 1


@pytest.mark.parametrize("name", ["neptune-parquet", "tensorboard", "trackio", "wandb"])
def test_killed_while_it_adds_it_ends_as_a_clean_push(name, tmp_path):
    """Twenty pushes of grown runs killed with -9, five after each growth, and one that is not: nothing lost or doubled."""
    pytest.importorskip(LIBRARY.get(name, name))
    kinds = ("growing", "crashed", "family")
    runlift.export(name, tmp_path / "dest", make_store(tmp_path, 20, kinds), verify=False)
    whole = pusher.duration(name, tmp_path / "other", tmp_path / "store", verify=False)
    killed = 0
    for i, moments in enumerate(pusher.moments(whole)):
        store = make_store(tmp_path, 40 + 20 * i, kinds)
        killed += sum(pusher.kill(name, tmp_path / "dest", store, moment, verify=False) for moment in moments)
        assert runlift.export(name, tmp_path / "dest", store).unexplained == 0
    assert killed


def test_a_ledger_comes_back_from_json():
    """What is written is what is read."""
    made = Ledger("r", "m", {"loss": (3, "d")}, {"text/a@1#0": "e"}, {"f": "g"}, ["lr"], {"turn": 1})
    read = Ledger.said(json.loads(json.dumps(made.as_json())))
    assert [tuple(v) for v in read.series.values()] == [(3, "d")]
    assert (read.items, read.files, read.params, read.own) == (made.items, made.files, made.params, made.own)
    with pytest.raises(KeyError):
        Ledger.said({"run_id": "r"})
