"""A store with what makes exports hard: NaN and infinities, hostile texts, long names, runs of different steps."""

from __future__ import annotations

import json

import pytest

import runlift

HOSTILE = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")')
LONG = "a-metric-with-a-name-of-more-than-thirty-one-characters"


@pytest.fixture
def store(tmp_path):
    """The path of the store."""
    lab = tmp_path / "lab"
    lab.mkdir()
    rows = ["step,loss,val/acc,[odd]: name?*," + LONG + "/1," + LONG + "/2"]
    rows += [f"{s},{v},{s / 10},{s},{s + 0.5},{s + 0.25}" for s, v in enumerate(["1.5", "nan", "inf", "-inf", "0.25"])]
    (lab / "first.csv").write_text("\n".join(rows) + "\n")
    (lab / "second.csv").write_text("step,loss\n0,0.1\n10,0.30000000000000004\n20,1e-310\n")
    hostile = {f"note{i}": text for i, text in enumerate(HOSTILE)} | {"name": "=evil", "long": "x" * 40_000}
    (lab / "records.jsonl").write_text(
        "\n".join(json.dumps({"step": s, "loss": 1.0 / (s + 1)}) for s in range(3)) + "\n"
    )
    (lab / "config.json").write_text(json.dumps(hostile))
    runlift.ingest(lab, tmp_path / "store")
    return tmp_path / "store"
