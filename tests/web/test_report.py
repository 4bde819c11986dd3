"""The report as a file: Markdown, masking, size, and what the command says."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

import runlift
from runlift.errors import OptionError
from runlift.report.document import ReportOptions, write_report
from runlift.report.markdown import render
from runlift.report.redact import Redactor

from .conftest import write_runs


def _study(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="study">(.*?)</script>', text, re.DOTALL)[1])


def test_markdown_with_answers_and_charts(store):
    """SQL blocks become tables, inline values numbers, chart blocks places for charts; HTML stays text."""
    text = (
        "# My study\n\nThere are {{ sql: SELECT count(*) FROM runs }} runs. <b>bold</b>\n\n"
        "```sql\nSELECT 1 AS one, 'a<b' AS two, 'nan'::DOUBLE AS three\n```\n\n"
        "```chart\nmetric: val/acc\nruns: lr=0.1\ngroup: lr\n```\n\n```python\nx = 1\n```\n"
    )
    with runlift.open(store) as opened:
        made = render(text, opened)
        count = opened.sql("SELECT count(*) n FROM runs")["n"][0]
    assert made.title == "My study"
    assert f"There are {count} runs." in made.html
    assert "&lt;b&gt;bold" in made.html
    assert "<td>a&lt;b</td>" in made.html
    assert "<td>nan</td>" in made.html
    assert made.charts[0]["metric"] == "val/acc"
    assert len(made.charts[0]["run_ids"]) >= 96
    assert "<code" in made.html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# x\n\n```sql\nSELEC 1\n```\n", "line 3"),
        ("```chart\nruns: lr=1\n```\n", "metric"),
        ("```chart\nmetric: a\ncolour: red\n```\n", "colour"),
    ],
)
def test_a_block_that_cannot_be_answered_names_its_line(store, text, says):
    """The error says which block and why."""
    with runlift.open(store) as opened, pytest.raises(OptionError, match=says):
        render(text, opened)


def test_masking(tmp_path):
    """Paths, hosts, users, addresses and what looks like a key are masked everywhere, the same word alike; numbers stay."""
    redactor = Redactor()
    redactor.know(["lab-gpu1"], ["alice"])
    text = redactor.text(
        "alice@lab-gpu1 ran /home/alice/exp/train.py --api_key=abcdef123456 on lab-gpu1 with hf_AbCdEfGhIjKlMnOpQrSt at 10.1.2.3; "
        r"C:\Users\alice\x.txt; loss 0.123456789 step 1200"
    )
    for secret in ("alice", "lab-gpu1", "/home", "abcdef123456", "hf_AbC", "10.1.2.3", "Users"):
        assert secret not in text
    assert "loss 0.123456789 step 1200" in text
    assert "host-1" in text
    run = tmp_path / "secret-project" / "run"
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"data": "/mnt/secret/data", "token": "token=abcdefghijkl", "lr": 0.1}))
    (run / "m.csv").write_text("step,loss\n0,1\n1,0.5\n")
    runlift.ingest(tmp_path / "secret-project", tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        made = write_report(store, str(tmp_path / "r.html"), ReportOptions(redact=True))
    page = (tmp_path / "r.html").read_text()
    assert str(tmp_path) not in page
    assert "/mnt/secret" not in page
    assert "abcdefghijkl" not in page
    assert _study(tmp_path / "r.html")["runs"][0]["m"]["loss"][0] == 0.5
    assert any(n.startswith("Masked:") for n in made.notes)


def test_masking_leaves_pictures_alone(store, tmp_path):
    """Bytes of an image look like a key, and are none: with masking they are in the page as they were."""
    with runlift.open(store) as opened:
        for name, redact in (("plain", False), ("masked", True)):
            write_report(opened, str(tmp_path / f"{name}.html"), ReportOptions(redact=redact, runs="run~resnet"))
    pictures = [
        [m["data"] for d in _study(tmp_path / f"{n}.html")["details"].values() for m in d["media"] if "data" in m]
        for n in ("plain", "masked")
    ]
    assert pictures[0]
    assert pictures[0] == pictures[1]
    assert all(base64.b64decode(p).startswith(b"\x89PNG") for p in pictures[1])


def test_the_size_is_kept_and_said(tmp_path):
    """A smaller page has fewer runs, and says so; one that cannot be small enough is an error."""
    write_runs(tmp_path / "lab", 60)
    runlift.ingest(tmp_path / "lab", tmp_path / "store")
    with runlift.open(tmp_path / "store") as opened:
        big = write_report(opened, str(tmp_path / "big.html"), ReportOptions())
        small = write_report(opened, str(tmp_path / "small.html"), ReportOptions(max_mb=big.bytes * 0.75 / 1e6))
        assert small.bytes <= big.bytes * 0.75
        assert small.runs < big.runs
        assert any("latest of" in n for n in _study(tmp_path / "small.html")["notes"])
        with pytest.raises(OptionError, match="--max-size"):
            write_report(opened, str(tmp_path / "none.html"), ReportOptions(max_mb=0.05))
    assert not (tmp_path / "none.html").exists()


def test_the_policy_names_the_script_by_its_hash(report):
    """The hash in the policy is that of the one script of the page; the data holds no markup."""
    text = report.read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "'unsafe" not in text.split("</head>")[0].split("content=")[1].split(">")[0]
    data = re.search(r'id="study">(.*?)</script>', text, re.DOTALL)[1]
    assert "<" not in data


def test_the_command(store, tmp_path, runlift, runlift_json):
    """It says what it wrote; a filter that fits nothing, or a file that is not there, is one clear line."""
    out = tmp_path / "s.html"
    assert "runs" in runlift("report", "--store", store, "-o", out, "--runs", "lr=0.1").stdout
    assert runlift_json("report", "--store", store, "-o", out, "--runs", "lr=0.1")["runs"] >= 96
    assert "--runs" in runlift("report", "--store", store, "--runs", "lr=77", code=2).stderr
    assert "none.md" in runlift("report", "none.md", "--store", store, code=2).stderr
