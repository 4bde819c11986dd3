"""Every mistake that a user can make in a grammar has a folder with the exact message: ``mistakes/NAME/message.txt``.

``ACCEPT_MESSAGES=1 pytest tests/grammars/test_mistakes.py`` writes the messages; read them before you commit them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runlift.grammars._check import check, check_folder
from runlift.grammars._load import GrammarFile, built_in

FOLDERS = sorted(p for p in (Path(__file__).parent / "mistakes").iterdir() if p.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_each_mistake_has_its_message(folder):
    """The message says the grammar, where, why, and what to do."""
    problems = (
        check(GrammarFile(folder / "mine.toml"), built_in())
        if (folder / "mine.toml").exists()
        else check_folder(folder)
    )
    said = "\n".join(str(p) for p in problems[:1]).replace(str(folder), "FOLDER") + "\n"
    wanted = folder / "message.txt"
    if os.environ.get("ACCEPT_MESSAGES"):
        wanted.write_text(said, encoding="utf-8")
    assert said == wanted.read_text(encoding="utf-8")
    assert said.count(": ") >= 2
    assert said.strip()


def test_messages_differ():
    """No two mistakes have the same message."""
    said = [(p / "message.txt").read_text(encoding="utf-8") for p in FOLDERS]
    assert len(set(said)) == len(said)
