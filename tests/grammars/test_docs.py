"""The commands and the TOML of docs/grammars.md work as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from runlift.grammars._load import _TOP, _TYPES, grammar
from runlift.grammars._peel import peel

TEXT = (Path(__file__).parents[2] / "docs" / "grammars.md").read_text(encoding="utf-8")
LOG = "".join(f"2026-11-25 10:00:0{k} INFO it {k} | L 0.{k}\n" for k in range(1, 6))


def test_the_commands_work_in_their_order(tmp_path):
    """Each command of the page runs in a folder that holds a log called train.log."""
    (tmp_path / "train.log").write_text(LOG, encoding="utf-8")
    commands = [c for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for c in block.splitlines()]
    assert len(commands) >= 6
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "runlift"
        done = subprocess.run([sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_the_toml_is_a_grammar():
    """The example can be loaded, and its rules fit the lines that it speaks of."""
    (text,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    made = grammar("mytool", tomllib.loads(text))
    rules = {r.name: r for r in made.rules}
    assert rules["step"].how.read(rules["step"], peel("it \x01 | L \x01"))
    assert rules["evaluation"].how.read(rules["evaluation"], peel("eval acc = \x01"))


def test_every_key_is_explained():
    """All keys of a grammar and of a rule stand on the page."""
    for key in [*_TOP, *_TYPES]:
        assert re.search(rf"\b{key}\b", TEXT), key
