"""``runlift store``: info, check, optimize."""

from __future__ import annotations

from pathlib import Path

import pytest

import runlift
from runlift.errors import NotAStoreError, StoreNotFoundError, StoreTooNewError
from runlift.store.commit import active_files
from runlift.store.maintain import check_store, optimize_store, store_info


def _everything(store):
    with runlift.open(store) as opened:
        return [
            opened.sql(f"SELECT * FROM {t} ORDER BY ALL", arrow=True).to_pylist()
            for t in ("points", "metrics", "params", "issues")
        ]


def test_optimize_changes_no_answer(lab, tmp_path, write_events):
    """After many small ingests and a grown run, optimize leaves fewer parts and the same rows."""
    store = tmp_path / "store"
    for k in range(3):
        runlift.ingest(lab / f"run{k}", store)
    write_events(lab / "run0", [("loss", s, 2.0) for s in range(20)], start=1.7e9 + 50)
    runlift.ingest(lab, store)
    before = _everything(store)
    done = optimize_store(str(store), retain_hours=0)
    assert done.parts_after < done.parts_before
    assert repr(_everything(store)) == repr(before)
    assert check_store(str(store)) == []
    assert runlift.ingest(lab, store).read == 0


def test_optimize_spares_readers_at_work(lab, tmp_path):
    """A store that was opened before still answers after optimize, for files stay for the hours to retain."""
    store = tmp_path / "store"
    for k in range(3):
        runlift.ingest(lab / f"run{k}", store)
    with runlift.open(store) as opened:
        optimize_store(str(store), retain_hours=1)
        assert len(opened.history("loss")) == 30


def test_optimize_again_does_nothing(lab, tmp_path):
    """What is in order is left alone."""
    store = tmp_path / "store"
    runlift.ingest(lab, store)
    optimize_store(str(store), 0)
    assert optimize_store(str(store), 0).runs == 0


def test_check_names_a_missing_part(lab, tmp_path):
    """A part that somebody deleted is named, with what to do."""
    store = tmp_path / "store"
    runlift.ingest(lab, store)
    gone = active_files(str(store), "points")[0]
    Path(gone).unlink()
    problems = check_store(str(store))
    assert any(gone in p and "missing" in p for p in problems)


def test_info_counts_rows_and_bytes(lab, tmp_path):
    """Each table's rows in force and bytes on disk."""
    store = tmp_path / "store"
    runlift.ingest(lab, store)
    found = {t.table: t for t in store_info(str(store))}
    assert found["points"].rows == 30
    assert found["runs"].rows == 3
    assert found["points"].bytes > 0


def test_a_newer_store_is_refused_and_left_alone(lab, tmp_path):
    """A store of a later schema gives one clear line and is not touched."""
    store = tmp_path / "store"
    runlift.ingest(lab, store)
    mark = store / "runlift.json"
    mark.write_text('{"store": "runlift", "schema": 99}')
    for call in (lambda: runlift.open(store), lambda: runlift.ingest(lab, store)):
        with pytest.raises(StoreTooNewError, match=r"schema 99.*pip install -U runlift"):
            call()
    assert mark.read_text() == '{"store": "runlift", "schema": 99}'


def test_a_folder_that_is_no_store_is_refused(lab, tmp_path):
    """A folder with other things in it is neither read as a store nor written into."""
    with pytest.raises(NotAStoreError):
        runlift.ingest(lab, lab)
    with pytest.raises(NotAStoreError):
        runlift.open(lab)
    with pytest.raises(StoreNotFoundError):
        runlift.open(tmp_path / "nowhere")
