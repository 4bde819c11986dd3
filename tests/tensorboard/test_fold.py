"""Sub-folders of ``add_scalars`` and ``add_hparams`` are pieces of the run above them, told with the evidence."""

from __future__ import annotations

import shutil

import pytest

import runlift as package
from runlift.ingest.fold import Fold, FolderFacts, find_folds, writer_of


def _one(folds: list[Fold]) -> Fold:
    (fold,) = folds
    return fold


def test_both_spellings_of_add_scalars():
    """PyTorch's flat folder name and the older path both give metric/series, and say why."""
    for child in ("run/loss_all_train", "run/loss/all/train"):
        fold = _one(find_folds([FolderFacts("run"), FolderFacts(child, frozenset({"loss/all"}))]))
        assert (fold.parent, fold.kind, fold.rename) == ("run", "add_scalars", {"loss/all": "loss/all/train"})
        assert "begins its path" in fold.why


@pytest.mark.parametrize(
    "child",
    [
        FolderFacts("run/loss_train", frozenset({"loss", "acc"})),
        FolderFacts("run/loss_train", frozenset({"loss"}), other_items=1),
        FolderFacts("run/train", frozenset({"loss"})),
        FolderFacts("run/loss_", frozenset({"loss"})),
        FolderFacts("run/1771595857.3", frozenset({"loss"})),
        FolderFacts("run/best", frozenset({"loss"}), frozenset({("lr", "1")})),
        FolderFacts("other/loss_train", frozenset({"loss"})),
        FolderFacts("run/loss_train", frozenset({"loss"}), writers=frozenset({"b.2"})),
    ],
)
def test_what_is_a_run_of_its_own(child):
    """Two tags, other items, another name, no settings, no run above, another writer: left alone."""
    assert find_folds([FolderFacts("run", writers=frozenset({"a.1"})), child]) == []


def test_a_piece_of_a_piece_belongs_to_the_run_at_the_top():
    """add_hparams' own writer may write add_scalars folders in turn."""
    settings = frozenset({("lr", "1")})
    folders = [
        FolderFacts("run"),
        FolderFacts("run/1771595857.25", frozenset({"x"}), settings),
        FolderFacts("run/1771595857.25/loss_a", frozenset({"loss"})),
    ]
    assert [f.parent for f in find_folds(folders)] == ["run", "run"]


def test_writers_are_told_from_file_names():
    """Host and process of all common forms of names."""
    assert writer_of("events.out.tfevents.1700000000.box.12.0") == "box.12"
    assert writer_of("events.out.tfevents.1700000000.a.b.c") == "a.b.c"
    assert writer_of("events.out.tfevents") == ""


def test_four_folders_are_one_run(samples, read, ask, tmp_path):
    """What add_scalars and add_hparams spread over four folders is one run with its settings; verify agrees."""
    report = read(samples / "torch_folders")
    assert report.runs == 1
    assert not report.losses
    counts = ask("SELECT metric, count(*) FROM history GROUP BY metric ORDER BY metric")
    assert counts == [("accuracy", 5), ("hparam/best", 1), ("hparams/accuracy", 1), ("loss/all/train", 5), ("loss/all/val", 5)]  # fmt: skip
    assert ask("SELECT count(*) FROM points WHERE superseded") == [(0,)]
    assert ask("SELECT key, kind FROM params ORDER BY key") == [
        ("adam", "int"), ("batch size", "int"), ("lr", "float"), ("schedule", "string"), ("ünï", "string"),
    ]  # fmt: skip
    issues = ask("SELECT severity, message FROM issues WHERE code = 'folded-folder'")
    assert len(issues) == 3
    assert all(severity == "info" and "torch_folders" in message for severity, message in issues)
    assert package.verify_event_files(samples / "torch_folders", tmp_path / "store").same
    assert read(samples / "torch_folders").read == 0


def test_no_fold_leaves_them_apart(samples, read, ask, runlift, tmp_path):
    """``--no-fold``: four folders, four runs, tags as they are."""
    assert read(samples / "torch_folders", fold=False).runs == 4
    assert ask("SELECT count(DISTINCT run_id) FROM history WHERE metric = 'loss/all'") == [(2,)]
    out = runlift("ingest", samples / "torch_folders", "--no-fold", "--store", tmp_path / "cli").stdout
    assert "4 runs written" in out


def test_scan_says_why(samples, runlift_json, tmp_path):
    """``scan`` shows one run and, for each piece, the evidence."""
    rows = runlift_json("scan", samples / "torch_folders", "--store", tmp_path / "none")
    assert len({r["run"] for r in rows}) == 1
    assert sum("as add_scalars writes it" in r["joined"] for r in rows) == 2
    apart = runlift_json("scan", samples / "torch_folders", "--no-fold", "--store", tmp_path / "none")
    assert len({r["run"] for r in apart}) == 4


def test_a_piece_that_comes_later_or_grows_stays_in_its_run(samples, read, ask, records, tmp_path):
    """A sub-folder that appears after the first ingest joins the run; when it grows, its metric keeps its name."""
    folder = shutil.copytree(samples / "torch_folders", tmp_path / "run")
    late = folder / "loss_all_val"
    shutil.move(late, tmp_path / "late")
    assert read(folder).runs_total == 1
    shutil.move(tmp_path / "late", late)
    assert read(folder).runs_total == 1
    with next(late.iterdir()).open("ab") as f:
        f.write(records.scalar("loss/all", 5, 9.0))
    assert read(folder).runs_total == 1
    assert ask("SELECT step, value FROM history WHERE metric = 'loss/all/val' ORDER BY step DESC LIMIT 1") == [(5, 9.0)]
    assert ask("SELECT count(*) FROM history WHERE metric LIKE 'loss/all/%'") == [(11,)]
    assert ask("SELECT count(*) FROM issues WHERE code = 'folded-folder'") == [(3,)]
    assert package.verify_event_files(folder, tmp_path / "store").same


def test_trials_of_a_search_stay_apart(samples, read, ask, records, tmp_path):
    """Several add_hparams folders with different settings are runs of their own, whatever the order they come in."""
    folder = shutil.copytree(samples / "torch_folders", tmp_path / "search")
    (trial,) = (p for p in folder.iterdir() if p.is_dir() and p.name[0].isdigit())
    (path,) = trial.iterdir()
    other = folder / "1795590999.25"
    other.mkdir()
    (other / path.name).write_bytes(_with_setting(path.read_bytes(), "lr", 0.5))
    assert read(folder).runs == 3
    assert ask("SELECT number FROM params WHERE key = 'lr' ORDER BY 1") == [(0.1,), (0.5,)]
    assert ask("SELECT count(*) FROM points WHERE superseded") == [(0,)]


def _with_setting(data: bytes, key: str, value: float) -> bytes:
    """An event file of add_hparams with one setting changed."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    from runlift.wire.tfrecord import FRAME, framed, payload_at

    out, at = b"", 0
    while (payload := payload_at(data, at)) is not None:
        at += FRAME + len(payload)
        event = Event.FromString(bytes(payload))
        for v in event.summary.value:
            content = HParamsPluginData.FromString(v.metadata.plugin_data.content)
            if content.HasField("session_start_info"):
                content.session_start_info.hparams[key].number_value = value
                v.metadata.plugin_data.content = content.SerializeToString()
        out += framed(event.SerializeToString())
    return out


def test_again_reads_the_whole_file_again(samples, read):
    """``--again`` decodes what has not changed."""
    first = read(samples / "torch_folders")
    again = read(samples / "torch_folders", again=True)
    assert (again.read, again.points, again.bytes) == (first.read, first.points, first.bytes)
