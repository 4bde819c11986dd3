"""What a command loads: pandas only where a frame is asked, Arrow only where tables are written or moved."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_COMMAND = """
import sys, json
from runlift.cli.main import cli
cli.main(sys.argv[1:], standalone_mode=False)
print(json.dumps([name for name in ("pandas", "pyarrow") if name in sys.modules]))
"""

_FRAME = """
from runlift.lean import hold_back_pandas
hold_back_pandas()
import json, math, sys, runlift
held = "pandas" not in sys.modules
with runlift.open(sys.argv[1]) as store:
    frame = store.history("loss")
import pandas, pyarrow
print(json.dumps([held, len(frame), pyarrow.array(pandas.Series([math.nan]), from_pandas=True).null_count]))
"""


def _said(program: str, *args: object) -> object:
    found = subprocess.run([sys.executable, "-c", program, *map(str, args)], capture_output=True, text=True, check=True)
    return json.loads(found.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "args",
    [["runs"], ["show", "run0"], ["compare", "run0", "run1"], ["leaderboard", "loss", "--goal", "min"],
     ["trace", "run0", "loss@3"], ["export", "xlsx", "{store}.xlsx"]],
)  # fmt: skip
def test_commands_that_look_load_neither_pandas_nor_arrow(lab, tmp_path, runlift, args):
    """Looking and the workbook ask the database for plain values: a quarter of the memory is the libraries'."""
    runlift("ingest", lab, "--store", tmp_path / "s")
    assert _said(_COMMAND, *[a.format(store=tmp_path / "s") for a in args], "--store", tmp_path / "s") == []


@pytest.mark.parametrize("args", [["ingest", "{lab}"], ["groups", "loss"], ["export", "csv", "{store}-csv"]])
def test_commands_without_frames_do_not_load_pandas(lab, tmp_path, runlift, args):
    """Reading and tables do without pandas, which pyarrow would load only to look."""
    runlift("ingest", lab, "--store", tmp_path / "s")
    given = [a.format(lab=lab, store=tmp_path / "s") for a in args]
    assert _said(_COMMAND, *given, "--store", tmp_path / "s") == ["pyarrow"]


def test_a_frame_brings_pandas_back(lab, tmp_path, runlift):
    """Held back, pandas is loaded as soon as a frame is asked, and pyarrow knows it again."""
    runlift("ingest", lab, "--store", tmp_path / "s")
    assert _said(_FRAME, tmp_path / "s") == [True, 30, 1]
