"""Bad input: one clear line, nothing else lost, never a traceback."""

from __future__ import annotations

import os
import subprocess

import pytest

import runlift
from runlift.facts import Issue
from runlift.ingest.recognise import recognise
from runlift.parsers._api import NO_MATCH, Level, Match, Parser, Source


def _codes(store) -> dict[str, str]:
    with runlift.open(store) as opened:
        return {r["code"]: r["message"] for r in opened.table("issues", arrow=True).to_pylist()}


def test_a_path_that_is_not_there(runlift, tmp_path):
    """Exit code 2 and one line that names it; no store is made for it beyond an empty one."""
    done = runlift("ingest", tmp_path / "nowhere", "--store", tmp_path / "s", code=2)
    assert done.stderr.count("\n") == 1
    assert "nowhere: no such file or folder" in done.stderr


def test_a_path_that_may_not_be_read(runlift, tmp_path):
    """Exit code 2 and one line; shown for an ordinary user, since root may read everything."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0)
    if os.access(folder, os.R_OK):
        pytest.skip("this user may read everything")
    assert "cannot be read" in runlift("ingest", folder, "--store", tmp_path / "s", code=2).stderr
    folder.chmod(0o700)


def test_an_empty_folder(runlift, tmp_path):
    """Done, with nothing found, said so."""
    (tmp_path / "empty").mkdir()
    out = runlift("ingest", tmp_path / "empty", "--store", tmp_path / "s").stdout
    assert "Read 0 of 0 files" in out
    assert "0 runs" in runlift("runs", "--store", tmp_path / "s").stdout


def test_an_empty_file_a_pointer_and_noise(lab, tmp_path):
    """Each is named with its cause; the runs beside them are read as ever."""
    (lab / "run0" / "events.out.tfevents.1.empty").write_bytes(b"")
    (lab / "run1" / "events.out.tfevents.2.pointer").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 12\n"
    )
    (lab / "run2" / "noise.bin").write_bytes(bytes(range(256)) * 40)
    report = runlift.ingest(lab, tmp_path / "s")
    assert (report.runs, report.points) == (3, 30)
    codes = _codes(tmp_path / "s")
    assert "holds nothing" in codes["empty-file"]
    assert "Git LFS pointer" in codes["git-lfs-pointer"]
    assert report.unrecognised == 3
    assert report.ledger["bytes"]["unrecognised"] >= 10_240
    assert report.losses


def test_a_cut_file_says_how_much_is_unfinished(lab, tmp_path):
    """A file that was cut inside a record: all before it is read, the tail is in the ledger."""
    path = next((lab / "run0").iterdir())
    path.write_bytes(path.read_bytes()[:-7])
    report = runlift.ingest(lab, tmp_path / "s")
    assert report.points == 29
    assert report.ledger["bytes"]["unfinished"] > 0
    with runlift.open(tmp_path / "s") as store:
        assert len(store.sql("SELECT * FROM sources WHERE unfinished > 0")) == 1


def test_a_name_that_is_not_utf8(lab, tmp_path):
    """It is read, shown with escapes, and can be traced."""
    os.rename(lab / "run0", os.fsencode(lab) + b"/caf\xe9")
    runlift.ingest(lab, tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        (name,) = store.sql("SELECT source FROM sources WHERE contains(source, 'caf')")["source"]
        assert "\\xe9" in name
        run = store.runs("contains(source, 'caf')")["run_id"][0]
        assert store.trace(run, "loss", 3)[0].text
    assert runlift.ingest(lab, tmp_path / "s").read == 0


def test_links_in_a_circle(lab, tmp_path):
    """A folder that links to itself and a link that leads nowhere end, and are said."""
    (lab / "run0" / "loop").symlink_to(lab, target_is_directory=True)
    (lab / "gone").symlink_to(lab / "nothing")
    report = runlift.ingest(lab, tmp_path / "s")
    assert (report.runs, report.points) == (3, 30)
    assert {"link-to-seen", "broken-link"} <= _codes(tmp_path / "s").keys()


class _Greedy(Parser):
    name, title, rank = "greedy", "claims all", 99

    def recognise(self, head):
        return Match(Level.SHAPE, "claims all") if head.data.startswith(b"step,") else NO_MATCH

    def parse(self, source, options):
        del source, options
        yield Issue("none", "none")
        raise RuntimeError("reader broke")

    def locate(self, source, position):
        return ""


def test_two_formats_that_claim_one_file(tmp_path, monkeypatch):
    """Both are named, one reads it, and --as settles it."""
    from runlift import registry

    path = tmp_path / "a.csv"
    path.write_text("step,loss\n" + "".join(f"{i},{1 / (i + 1)}\n" for i in range(30)))
    both = {"greedy": _Greedy(), **registry.parsers()}
    monkeypatch.setattr(registry, "parsers", lambda: both)
    found = recognise(Source(str(path), str(path), path.stat().st_size))
    if found.parser.name != "csv":
        assert [i.code for i in found.issues] == ["contested-format"]
        assert "greedy and csv" in found.issues[0].message
    chosen = recognise(Source(str(path), str(path), path.stat().st_size), only="csv")
    assert chosen.parser.name == "csv"


def test_a_reader_that_breaks_stops_nothing(tmp_path, monkeypatch, lab):
    """What a format raises becomes an Issue on its source; the rest is read."""
    from runlift import registry

    (lab / "a.csv").write_text("step,loss\n0,1\n1,2\n")
    both = {"greedy": _Greedy(), **{k: v for k, v in registry.parsers().items() if k != "csv"}}
    monkeypatch.setattr(registry, "parsers", lambda: both)
    monkeypatch.setattr(registry, "parser", lambda name: both[name])
    report = runlift.ingest(lab, tmp_path / "s")
    assert report.points == 30
    assert "RuntimeError: reader broke" in _codes(tmp_path / "s")["reader-failed"]


def test_an_unknown_format_is_named(lab, runlift, tmp_path):
    """--as with a name that is none lists those that there are."""
    done = runlift("ingest", lab, "--as", "excel97", "--store", tmp_path / "s", code=2)
    assert "no format is called 'excel97'; there are:" in done.stderr


def test_a_full_disk(lab, tmp_path, runlift):
    """One clear line, exit code 2; with room again the same command completes it."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        done = runlift("ingest", lab, "--store", place / "s", code=2)
        assert "no space left on the disk" in done.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)
        runlift("ingest", lab, "--store", place / "s")
        with runlift_open(place / "s") as store:
            assert len(store.history()) == 30
    finally:
        subprocess.run(["umount", place], check=True)


def runlift_open(path):
    """The public ``open`` under a name that no fixture takes."""
    return runlift.open(path)
