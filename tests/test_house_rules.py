"""The rules of the house that no linter has: sizes, names, one fence, one printer, quick start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "runlift").rglob("*.py"))
VAGUE = {"utils", "helpers", "common", "base", "manager", "misc"}


def _functions(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    """No file over 400 lines, no function over 60, no parameter list over six besides self and keywords of options."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for f in _functions(path):
        assert f.end_lineno - f.lineno + 1 <= 60, f"{path.name}:{f.lineno} {f.name}"
        named = [a.arg for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs) if a.arg not in ("self", "cls")]
        assert len(named) <= 6, f"{path.name}:{f.lineno} {f.name} takes {named}"


def test_functions_are_short_as_a_rule():
    """Half of the functions have at most ten lines, nine of ten at most 30."""
    lengths = sorted(f.end_lineno - f.lineno + 1 for p in FILES for f in _functions(p))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_no_vague_names():
    """No module says nothing by its name."""
    assert not [p for p in FILES if p.stem.strip("_") in VAGUE]


def test_one_fence_catches_everything():
    """``except Exception`` stands in ingest/guard.py and nowhere else; bare except nowhere."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"except\s*:", text), path
        if path != ROOT / "runlift" / "ingest" / "guard.py":
            assert "except Exception" not in text, path


def test_one_file_prints():
    """Only cli/_render.py and cli/main.py (error lines) write to the terminal."""
    allowed = {ROOT / "runlift" / "cli" / n for n in ("_render.py", "main.py")}
    for path in FILES:
        if path not in allowed:
            assert not re.search(r"\bprint\(|click\.echo|sys\.stdout\.write", path.read_text(encoding="utf-8")), path


def test_positional_booleans_are_not_public():
    """A boolean parameter of a public function of the API is keyword-only."""
    for name in ("api.py", "pipeline.py"):
        for f in _functions(ROOT / "runlift" / name):
            if f.name.startswith("_"):
                continue
            for a in f.args.args:
                assert ast.unparse(a.annotation) != "bool" if a.annotation else True, f"{name}: {f.name}({a.arg})"


def test_help_imports_little():
    """``runlift --help`` loads neither NumPy nor Arrow nor the database libraries."""
    code = (
        "import sys, contextlib\n"
        "from runlift.cli.main import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'duckdb', 'deltalake', 'rich', 'joblib', 'lark'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_importing_everything_loads_no_optional_library():
    """All modules can be imported without any optional or slow library being loaded."""
    code = (
        "import importlib, pkgutil, sys, runlift\n"
        "for m in pkgutil.walk_packages(runlift.__path__, 'runlift.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "heavy = {'pandas', 'tensorboard', 'openpyxl', 'xlsxwriter', 's3fs', 'torch', 'joblib', 'rich', 'mlflow', 'wandb',\n"
        "         'trackio'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_tree_speaks_of_the_project_alone():
    """No path of a machine that it was made on, no registry host, stands in the tree."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    words = re.compile(rb"/work/(main|shared)|/root/|files\.pythonhosted|registry\.npmjs|deb\.debian\.org|/tmp/v/")
    bad = [
        f
        for f in listed
        if f and f != "tests/test_house_rules.py" and (ROOT / f).is_file() and words.search((ROOT / f).read_bytes())
    ]
    assert not bad
