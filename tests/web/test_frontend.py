"""The front end's own tests, run by node where it is; and the table of filters that both languages must read alike."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess

import numpy as np
import pytest

import runlift
from runlift.answers.curves import Line, lines
from runlift.answers.filters import select_runs
from runlift.answers.study import run_rows
from runlift.errors import OptionError
from runlift.report.blocks import pack

from .conftest import ROOT

FRONTEND = ROOT / "frontend"
TABLE = json.loads((FRONTEND / "tests" / "filters.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table_store(tmp_path_factory):
    """The runs of the shared table, read as files."""
    folder = tmp_path_factory.mktemp("filters")
    for run in TABLE["runs"]:
        path = folder / "lab" / run["name"]
        path.mkdir(parents=True)
        config = {k: {"true": True, "false": False}.get(v, v) for k, v in run["p"].items()}
        (path / "config.json").write_text(json.dumps(config))
        points = [{"step": s, "loss": float(v)} for s, v in enumerate(run["loss"])] or [{"step": 0, "other": 1}]
        (path / "metrics.jsonl").write_text("".join(json.dumps(p) + "\n" for p in points))
    runlift.ingest(folder / "lab", folder / "store")
    with runlift.open(folder / "store") as opened:
        yield opened


def test_the_table_holds_what_a_page_is_given(table_store):
    """The rows that the front end's tests filter are the rows that a page gets of these runs."""
    rows = {r["project"]: r for r in run_rows(table_store, select_runs(table_store, None))}
    for run in TABLE["runs"]:
        assert rows[run["name"]]["p"] == run["p"]
        assert rows[run["name"]]["name"] == f"{run['name']}/metrics.jsonl"
        assert rows[run["name"]]["m"].get("loss", [None])[0] == (run["loss"] or [None])[-1]


@pytest.mark.parametrize(("expression", "fitting"), TABLE["cases"], ids=str)
def test_filters_fit_what_the_table_says(table_store, expression, fitting):
    """The same cases as in frontend/tests/filter.test.mjs."""
    if fitting is None:
        with pytest.raises(OptionError):
            select_runs(table_store, expression)
    else:
        rows = run_rows(table_store, select_runs(table_store, expression))
        assert "".join(sorted(r["project"] for r in rows)) == fitting


def _odd_lines() -> list[Line]:
    """A line without points, one with NaN alone, one with bands and steps that float32 would not hold."""
    none = np.empty(0)
    nan, wall = np.full(3, np.nan), np.array([1.7e9, np.nan, 1.7e9 + 0.25])
    step = np.array([2.0**40, 2.0**40 + 1, 2.0**40 + 2])
    low, mean = np.array([-1.0, np.nan, -3.0]), np.array([0.5, np.nan, 0.25])
    return [
        Line("a" * 16, "none", "step", 0, 0, none, none, none, none, none, none.astype(np.int64), none, none),
        Line("b" * 16, "nan \u2028 </script>", "epoch", 3, 3, step, nan, nan, nan, nan, np.arange(3), wall, nan),
        Line(
            "c" * 16, "band", "point", 9, 2, step, low, -low, mean, mean * 2, np.arange(3) + 2**50, wall, step / 2**40
        ),
    ]


def _plain(line: Line, *, band: bool) -> dict[str, object]:
    raw = np.array_equal(line.low, line.high, equal_nan=True)
    shown = line if band or raw else dataclasses.replace(line, low=line.mean, high=line.mean)
    found: dict[str, object] = {k: getattr(line, k) for k in ("source", "kind", "points", "odd")} | {"run": line.run_id}
    for name in ("x", "position", "wall"):
        found[name] = [float(v) if np.isfinite(v) else None for v in getattr(line, name)]
    for name in ("low", "high", "mean", "last", "epoch"):
        found[name] = [float(v) if np.isfinite(v) else None for v in getattr(shown, name).astype("<f4")]
    return found


def test_the_front_end_passes_its_own_tests(store, tmp_path):
    """What npm runs: filters, smoothing, order, differences of texts, and blocks that were written here."""
    npm = shutil.which("npm")
    if npm is None or not (FRONTEND / "node_modules").is_dir():
        pytest.skip("no npm or no frontend/node_modules: cd frontend && npm ci")
    with runlift.open(store) as opened:
        real = lines(opened, "val/acc", select_runs(opened, None)[:20], buckets=20)
    written = []
    for name, of, band, shuffle in (
        ("real", real, True, True), ("odd", _odd_lines(), True, False), ("mean", _odd_lines(), False, True),
        ("empty", [], True, True),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(pack("val/acc", of, band=band, shuffle=shuffle))
        written.append({"file": name, "lines": [_plain(line, band=band) for line in of]})
    (tmp_path / "expected.json").write_text(json.dumps(written))
    env = {**os.environ, "RUNLIFT_BLOCKS": str(tmp_path), "NO_COLOR": "1"}
    done = subprocess.run([npm, "test", "--silent"], cwd=FRONTEND, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped 0" in done.stdout
