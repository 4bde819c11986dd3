"""The README's own commands and code, run as they stand on the example lab."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import runlift

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
# Commands that set up a machine or need a server that runs: their own tests run them.
ELSEWHERE = ("make ", "pip ", "runlift ui", "runlift export mlflow")
COMMANDS = [
    line.split("#")[0].strip()
    for lang, text in BLOCKS
    if not lang
    for line in text.splitlines()
    if line.startswith("runlift")
]


@pytest.fixture
def place(tmp_path):
    """A folder with the lab as ``experiments`` and a store of it."""
    (tmp_path / "experiments").symlink_to(ROOT / "examples" / "legacy-lab", target_is_directory=True)
    runlift.ingest(tmp_path / "experiments", tmp_path / "runlift-store")
    return tmp_path


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith(ELSEWHERE)])
def test_each_command_of_the_readme_works(place, command):
    """It ends with exit code 0, or 1 where losses are listed; names that the lab does not have are put in its words."""
    with runlift.open(place / "runlift-store") as store:
        one, two = store.runs()["run_id"][:2]
    command = command.replace("~/experiments", "experiments").replace("RUN RUN", f"{one} {two}")
    command = command.replace("val_acc", "val/acc").replace("lr<0.01 and opt=adam", "optimizer.lr<0.5")
    words = [sys.executable, "-m", *shlex.split(command)]
    env = {k: v for k, v in os.environ.items() if k != "RUNLIFT_STORE"}
    done = subprocess.run(words, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout


def test_the_code_of_the_readme_works(place, monkeypatch):
    """The Python block runs as it stands."""
    (code,) = [text for lang, text in BLOCKS if lang == "python"]
    (place / "runs").symlink_to(ROOT / "examples" / "legacy-lab" / "tb", target_is_directory=True)
    monkeypatch.chdir(place)
    made: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), made)  # noqa: S102 - the README's own code
    assert len(made["curves"]) > 0


def test_every_page_that_is_linked_is_there():
    """Each relative link of README and docs leads to a file."""
    for page in (ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#\s]+)(?:#\w+)?\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
