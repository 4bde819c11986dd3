"""The same thing read again gives the same runs, once, wherever it lies and however far it has grown."""

from __future__ import annotations

import os
import shutil

import pytest

import runlift
from runlift.store.maintain import check_store


@pytest.fixture
def read(tmp_path):
    """A function that ingests a folder into one store and gives the report."""
    return lambda *paths, **how: runlift.ingest(list(paths), tmp_path / "store", **how)


@pytest.fixture
def ask(tmp_path):
    """A function that asks the store and gives rows as tuples."""

    def ask(query: str) -> list[tuple]:
        with runlift.open(tmp_path / "store") as store:
            assert check_store(str(tmp_path / "store")) == []
            return [tuple(r.values()) for r in store.sql(query, arrow=True).to_pylist()]

    return ask


HISTORY = "SELECT run_id, metric, step, value FROM history ORDER BY ALL"


def test_twice_reads_nothing_again(lab, read, ask):
    """Unchanged sources are not decoded a second time, and every table stays as it was."""
    first = read(lab)
    before = ask(HISTORY)
    again = read(lab)
    assert (first.read, first.runs, again.read, again.runs, again.unchanged) == (3, 3, 0, 0, 3)
    assert repr(ask(HISTORY)) == repr(before)
    assert ask("SELECT DISTINCT revision FROM runs") == [(1,)]


def test_moved_is_known_again(lab, read, ask, tmp_path):
    """A folder that was moved is the same runs, undecoded, and is traced at its new place."""
    read(lab)
    before = ask(HISTORY)
    shutil.move(lab, tmp_path / "elsewhere")
    again = read(tmp_path / "elsewhere")
    assert (again.read, again.runs, again.runs_total) == (0, 0, 3)
    assert repr(ask(HISTORY)) == repr(before)
    assert all("elsewhere" in path for (path,) in ask("SELECT path FROM sources"))
    with runlift.open(tmp_path / "store") as store:
        line = store.trace("lab/run0", "loss", 3)[0]
    assert "elsewhere" in line.source
    assert line.text
    assert read(tmp_path / "elsewhere").read == 0


@pytest.mark.parametrize("at_once", [True, False])
def test_a_copy_beside_is_the_same_run(lab, read, ask, tmp_path, at_once):
    """A copy of a folder, read with it or later, adds no run and no point in force."""
    if not at_once:
        read(lab)
    shutil.copytree(lab, tmp_path / "lab copy")
    read(lab, tmp_path / "lab copy")
    assert ask("SELECT count(*) FROM runs") == [(3,)]
    assert ask("SELECT count(*) FROM history") == [(30,)]
    assert ask("SELECT count(*) FROM sources WHERE copy_of IS NOT NULL") == [(3,)]
    again = read(lab, tmp_path / "lab copy")
    assert (again.read, again.runs) == (0, 0)


def test_grown_is_the_same_run_with_more(lab, read, ask):
    """A file that grew gives one revision more of the same run, each point once, read on from where it ended."""
    from tests.conftest import event_bytes  # type: ignore[import-not-found]

    read(lab)
    ids = ask("SELECT run_id FROM runs ORDER BY 1")
    path = next((lab / "run0").iterdir())
    with path.open("ab") as f:
        f.write(event_bytes([("loss", s, 0.0) for s in range(10, 15)], header=False))
    grown = read(lab)
    assert (grown.read, grown.runs) == (1, 1)
    assert grown.bytes < path.stat().st_size
    assert ask("SELECT run_id FROM runs ORDER BY 1") == ids
    assert ask(
        "SELECT count(*), count(DISTINCT step) FROM history JOIN runs USING (run_id) WHERE name = 'lab/run0'"
    ) == [(15, 15)]
    assert ask("SELECT max(revision) FROM runs") == [(2,)]


def test_grown_and_moved(lab, read, ask, tmp_path):
    """Moved and grown meanwhile: still the same run."""
    from tests.conftest import event_bytes  # type: ignore[import-not-found]

    read(lab)
    ids = ask("SELECT run_id FROM runs ORDER BY 1")
    shutil.move(lab, tmp_path / "elsewhere")
    path = next((tmp_path / "elsewhere" / "run2").iterdir())
    with path.open("ab") as f:
        f.write(event_bytes([("loss", 10, 0.0)], header=False))
    read(tmp_path / "elsewhere")
    assert ask("SELECT run_id FROM runs ORDER BY 1") == ids
    assert ask("SELECT count(*) FROM history") == [(31,)]


def test_another_training_in_the_same_place_is_another_run(lab, read, ask, write_events):
    """A file that was overwritten by a new training is a new run; the old one stays in the store."""
    read(lab)
    path = next((lab / "run0").iterdir())
    new = write_events(lab / "new", [("loss", s, 5.0) for s in range(4)], start=1.8e9)
    os.replace(new, path)
    read(lab)
    assert ask("SELECT count(*) FROM runs") == [(4,)]


def test_a_link_to_a_run_is_that_run(lab, read, ask):
    """``latest-run`` as a link, to a folder or to a file, adds nothing."""
    (lab / "latest-run").symlink_to(lab / "run1", target_is_directory=True)
    os.link(next((lab / "run2").iterdir()), lab / "run2" / "hard.tfevents.link")
    report = read(lab)
    assert report.runs == 3
    assert ask("SELECT count(*) FROM points") == [(30,)]
    assert ask("SELECT count(*) FROM issues WHERE code = 'link-to-seen'") == [(2,)]


def test_logs_that_begin_alike_are_runs_apart(tmp_path, read, ask):
    """Two different sources with the same beginning are two runs, in whatever order and ingest they come."""
    for name, last in (("a", "0.5"), ("b", "0.7")):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / f"{name}.csv").write_text("step,loss\n0,1.0\n1,0.9\n2," + last + "\n")
    read(tmp_path / "logs" / "a.csv")
    read(tmp_path / "logs")
    assert ask("SELECT count(*) FROM runs") == [(2,)]
    assert ask("SELECT sum(value) FROM history") == [(pytest.approx(1.9 * 2 + 1.2),)]
    assert read(tmp_path / "logs").read == 0


def test_a_restart_is_an_attempt_of_the_same_run(tmp_path, read, ask, write_events):
    """A second file that starts over overtakes the steps that it repeats; those stay, superseded."""
    write_events(tmp_path / "run", [("loss", s, 1.0) for s in range(10)], start=1.7e9)
    read(tmp_path / "run")
    write_events(tmp_path / "run", [("loss", s, 2.0) for s in range(6, 12)], start=1.7e9 + 500)
    report = read(tmp_path / "run")
    assert (report.read, report.runs_total) == (1, 1)
    assert ask("SELECT attempt, superseded, count(*) FROM points GROUP BY ALL ORDER BY ALL") == [
        (0, False, 6),
        (0, True, 4),
        (1, False, 6),
    ]
    assert ask("SELECT step, count(*) FROM history GROUP BY ALL HAVING count(*) > 1") == []
    assert ask("SELECT count(*) FROM issues WHERE code = 'restart'") == [(1,)]


def test_run_ids_do_not_depend_on_the_store(lab, tmp_path):
    """Two stores made on their own name the runs alike."""
    ids = []
    for name in ("one", "two"):
        runlift.ingest(lab, tmp_path / name)
        with runlift.open(tmp_path / name) as store:
            ids.append(set(store.runs()["run_id"]))
        lab = shutil.copytree(lab, tmp_path / "copy") if name == "one" else lab
    assert ids[0] == ids[1]
