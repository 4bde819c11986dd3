"""``runlift grammar``: list, show, new, check, accept; grammars of the user are used by ingest."""

from __future__ import annotations

import json

import pytest

LOG = "".join(f"2026-11-25 10:00:0{k} INFO [it {100 * k}] pg={1 / k:.3f}, vf={k}.5\n" for k in range(1, 6))


@pytest.fixture
def log(tmp_path):
    """A log of a tool that no grammar knows."""
    path = tmp_path / "train.log"
    path.write_text("starting\n" + LOG, encoding="utf-8")
    return path


def test_list_and_show(runlift, runlift_json):
    """Grammars are listed with what prints them, and shown with what their sample gives."""
    rows = runlift_json("grammar", "list")
    assert {r["name"] for r in rows} >= {"timm", "xgboost", "keras"}
    assert all(r["sample"] and r["source"] for r in rows)
    assert "pattern = " in runlift("grammar", "show", "openpi").stdout


def test_the_package_has_no_problems(runlift):
    """``grammar check`` checks all that there are."""
    assert "0 problems" in runlift("grammar", "check").stdout


def test_new_says_first_and_then_writes(runlift, log, tmp_path):
    """A proposal says which lines it matches; --dry-run writes nothing; what is written passes its check."""
    own = tmp_path / "own"
    said = runlift("grammar", "new", "mytool", "--from", log, "--grammars", own, "--dry-run").stdout
    assert "The rules match 5 of 6 lines." in said
    assert "{step:d}" in said
    assert not own.exists()
    runlift("grammar", "new", "mytool", "--from", log, "--grammars", own)
    assert sorted(p.name for p in own.iterdir()) == ["mytool.expected.jsonl", "mytool.log", "mytool.toml"]
    assert "0 problems" in runlift("grammar", "check", "mytool", "--grammars", own).stdout
    assert "there already" in runlift("grammar", "new", "mytool", "--from", log, "--grammars", own, code=2).stderr


def test_new_says_who_reads_the_log_already(runlift, tmp_path):
    """Before a grammar is made for a known format, its grammar is named."""
    path = tmp_path / "x.log"
    path.write_text("".join(f"[{k}]\ttrain-rmse:0.{k}\n" for k in range(1, 5)), encoding="utf-8")
    assert "read already by: xgboost" in runlift("grammar", "new", "x", "--from", path, "--dry-run").stdout


def test_a_log_without_metrics_gives_no_grammar(runlift, tmp_path):
    """Nothing is proposed where nothing looks like a metric."""
    path = tmp_path / "empty.log"
    path.write_text("hello\nworld\n", encoding="utf-8")
    assert (
        "Nothing in these logs"
        in runlift("grammar", "new", "x", "--from", path, "--grammars", tmp_path / "o", code=1).stdout
    )


def test_check_and_accept(runlift, log, tmp_path):
    """A changed grammar fails its check until its result is accepted, which says what changed."""
    own = tmp_path / "own"
    runlift("grammar", "new", "mytool", "--from", log, "--grammars", own)
    toml = own / "mytool.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("{pg}", "{policy_loss}"), encoding="utf-8")
    assert "accept mytool" in runlift("grammar", "check", "mytool", "--grammars", own, code=1).stdout
    said = runlift("grammar", "accept", "mytool", "--grammars", own).stdout
    assert '- {"metric": "pg"' in said
    assert '+ {"metric": "policy_loss"' in said
    problems = json.loads(runlift("grammar", "check", "mytool", "--grammars", own, "--json").stdout)
    assert problems == {"checked": ["mytool"], "problems": []}


def test_ingest_uses_the_users_grammars(runlift, runlift_json, log, tmp_path):
    """Grammars in RUNLIFT_GRAMMARS read logs; one that cannot be used is an Issue."""
    own, store = tmp_path / "own", tmp_path / "store"
    runlift("grammar", "new", "mytool", "--from", log, "--grammars", own)
    toml = own / "mytool.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("{pg}", "{policy_loss}"), encoding="utf-8")
    (own / "broken.toml").write_text("name = 1", encoding="utf-8")
    runlift("ingest", log, "--store", store, code=1, RUNLIFT_GRAMMARS=str(own))
    rows = runlift_json("sql", "SELECT DISTINCT metric FROM points ORDER BY 1", "--store", store)
    assert [r["metric"] for r in rows] == ["policy_loss", "vf"]
    issues = runlift_json("sql", "SELECT code FROM issues WHERE severity <> 'info'", "--store", store)
    assert [r["code"] for r in issues] == ["grammar_unusable"]


def test_every_subcommand_speaks_json(runlift_json, log, tmp_path):
    """List, show, new, check and accept print JSON for programs."""
    own = tmp_path / "own"
    made = runlift_json("grammar", "new", "mytool", "--from", log, "--grammars", own)
    assert made["rules"][0]["lines"] == 5
    assert "pattern = " in runlift_json("grammar", "show", "mytool", "--grammars", own)["toml"]
    changed = runlift_json("grammar", "accept", "mytool", "--grammars", own)["mytool"]
    assert changed["before"] == changed["after"]


def test_an_unknown_name_is_one_clear_line(runlift):
    """A name that is no grammar says where to look."""
    done = runlift("grammar", "show", "nothing_like_it", code=2)
    assert done.stderr.strip().count("\n") == 0
    assert "runlift grammar list" in done.stderr
