"""What holds for every target that is a folder: nothing is lost, nothing is doubled, whatever happens on the way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

import runlift
from runlift.api import verify_destination
from runlift.destinations import owner, targets
from runlift.errors import OptionError
from runlift.moving.names import NameRule, fit
from runlift.moving.prepare import loss_table
from tests.moving import pusher
from tests.moving.conftest import make_store

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ["neptune-parquet", "trackio", "wandb"]


def _tree(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _trackio(folder: Path) -> object:
    """What Trackio's reading class gives of a folder, and the files beside its databases."""
    from runlift.exporters.trackio import _pointed_at, _storage

    storage = _storage()
    with _pointed_at(str(folder)):
        runs = [(p, r["id"], r["name"]) for p in storage.get_projects() for r in storage.get_run_records(p)]
        held = {
            run: (
                sorted(map(repr, storage.get_logs(run[0], run_id=run[1]))),
                storage.get_run_config(run[0], run_id=run[1]),
            )
            for run in runs
        }
    return repr(sorted(held.items())), _tree(folder / "media")


STATES = {"trackio": _trackio}


def _state(target: str, folder: Path) -> object:
    """Everything that a folder holds, in a form that two pushes must agree in."""
    return STATES.get(target, _tree)(folder)


@pytest.fixture(scope="module", params=FOLDERS)
def moved(request, torture, tmp_path_factory):
    """The torture runs moved to each target: (target, folder, report)."""
    pytest.importorskip({"neptune-parquet": "pyarrow"}.get(request.param, request.param))
    dest = tmp_path_factory.mktemp("moved") / "dest"
    return request.param, dest, runlift.export(request.param, dest, torture)


def test_the_torture_runs_arrive_without_an_unexplained_difference(moved):
    """Each run is equal, or equal up to losses that the target's table states."""
    target, dest, report = moved
    assert report.unexplained == 0
    assert len([n for n in report.notes if n.startswith("equal")]) == 6
    assert owner(str(dest)).name == target


def test_pushing_again_changes_nothing(moved, torture):
    """Every run is found complete, and nothing there is other than before."""
    target, dest, _ = moved
    before = _state(target, dest)
    report = runlift.export(target, dest, torture)
    assert (report.counts["unchanged"], report.unexplained) == (6, 0)
    assert _state(target, dest) == before


def test_a_series_of_100_000_points_arrives(moved, long_run, tmp_path):
    """Every point of it is compared."""
    report = runlift.export(moved[0], tmp_path / "dest", long_run)
    assert (report.counts["points"], report.unexplained) == (100_000, 0)


def test_a_plan_writes_nothing(moved, torture, tmp_path):
    """It says what would be sent and lost, and the folder is not made."""
    report = runlift.export(moved[0], tmp_path / "dest", torture, plan=True)
    assert report.counts["points"] == moved[2].counts["points"]
    assert any("loss epoch" in n for n in report.notes)
    assert any(n.startswith("time: about") for n in report.notes)
    assert not list(tmp_path.iterdir())


def test_killed_at_random_moments_it_ends_as_a_clean_push(moved, small, tmp_path):
    """Twenty pushes killed with -9, five on each of four folders, and one that is not, hold what a clean push holds."""
    target = moved[0]
    whole = pusher.duration(target, tmp_path / "clean", small, verify=False)
    clean, killed = _state(target, tmp_path / "clean"), 0
    for i, moments in enumerate(pusher.moments(whole)):
        dest = tmp_path / f"killed{i}"
        killed += sum(pusher.kill(target, dest, small, moment, verify=False) for moment in moments)
        runlift.export(target, dest, small, verify=False)
        assert _state(target, dest) == clean
    assert killed


def test_two_pushes_at_once_do_not_double(moved, torture, tmp_path):
    """Both end well, and what is there is what one push leaves."""
    target = moved[0]
    assert pusher.at_once(target, tmp_path / "dest", torture, verify=False) == [0, 0]
    assert verify_destination(tmp_path / "dest", torture).unexplained == 0


def test_a_grown_run_is_the_same_run_with_more(moved, tmp_path):
    """After growth the target holds the longer run once."""
    store = make_store(tmp_path, 20, ("crashed", "family"))
    runlift.export(moved[0], tmp_path / "dest", store)
    make_store(tmp_path, 30, ("crashed", "family"))
    report = runlift.export(moved[0], tmp_path / "dest", store)
    assert (report.unexplained, report.counts["points"]) == (0, 93)
    assert len(verify_destination(tmp_path / "dest", store).runs) == 4


def test_sources_are_attached_where_asked(moved, tmp_path):
    """--attach-sources sends the source files, and a later look knows that they belong there."""
    store = make_store(tmp_path, 20, ("crashed",))
    report = runlift.export(moved[0], tmp_path / "dest", store, attach_sources=True)
    assert report.unexplained == 0
    (sent,) = (tmp_path / "dest").rglob("crashed.torture")
    assert sent.read_text() == "crashed 20\n"
    assert verify_destination(tmp_path / "dest", store).unexplained == 0


def test_each_loss_table_is_whole_and_each_row_is_once():
    """Every target states its losses, each code once, each with what it becomes and where the original is."""
    for target in targets().values():
        table = loss_table(target)
        assert len({loss.code for loss in table}) == len(table) > 5
        assert all(loss.what and loss.becomes and loss.kept for loss in table)


def test_a_place_that_nothing_was_moved_to_is_said(torture, tmp_path):
    """The error says to name the target."""
    with pytest.raises(OptionError, match="name the target"):
        verify_destination(tmp_path, torture)


def test_names_never_become_one():
    """Names that are refused, cut or equal in case get a digest; a name that fits keeps itself, whoever else comes."""
    rule = NameRule(r"[^a-z]", 12, folds=True)
    names = ["ab", "a%", "a&", "a_", "x" * 12, "x" * 13, "x" * 14]
    made = fit(names, rule)
    assert len({n.casefold() for n in made.values()}) == len(names)
    assert made["ab"] == "ab"
    assert all(len(n) <= 12 for n in made.values())
    assert all(fit(names[:k], rule).items() <= made.items() for k in range(len(names)))
