"""Writes the generated parts of the pages again, with cog; ``--check`` only says whether they are what they should be.

A page holds ``[[[cog print(schema()) ]]]`` and the like; the functions that may be called are those of this file.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def schema() -> str:
    """Every table and column of the store."""
    from runlift.model import TABLES, VIEWS

    parts = [_table(t.name, t.row, t.columns) for t in TABLES.values()]
    parts += [f"## `{name}`\n\nA view of `{of}`: {doc}.\n" for name, (of, doc) in VIEWS.items()]
    return "\n".join(parts)


def _table(name: str, row: str, columns) -> str:
    lines = [f"| `{c.name}` | {c.type} | {c.doc} |" for c in columns]
    return "\n".join([f"## `{name}`\n\nA row is {row}.\n\n| column | type | |\n|---|---|---|", *lines, ""])


def formats() -> str:
    """What is read."""
    from runlift import registry

    rows = [
        f"| `{p.name}` | {p.title} | {', '.join(f'`{s}`' for s in p.suffixes) or 'event files by content'} |"
        for p in registry.parsers().values()
    ]
    return "\n".join(["| format | what it is | usual names |", "|---|---|---|", *rows])


def targets() -> str:
    """What is written."""
    from runlift import registry

    rows = [
        f"| `{e.name}` | {e.title} | `runlift export {e.name} {e.example}` | {', '.join(e.requires) or '-'} |"
        for e in registry.exporters().values()
    ]
    return "\n".join(["| target | what it is | | needs |", "|---|---|---|---|", *rows])


def loss_tables() -> str:
    """What each tracker cannot hold as it is."""
    from runlift import destinations

    return destinations.loss_tables()


def log_line() -> str:
    """How text logs are read, with the number of grammars."""
    count = len(list((ROOT / "runlift" / "grammars").glob("*.toml")))
    return (
        f"Text logs are read by a general reader and by {count} grammars of single tools "
        "([how to write one](docs/grammars.md))."
    )


def commands() -> str:
    """The help of every command."""
    from runlift.cli.main import COMMANDS

    return "\n".join(_help([name]) for name in COMMANDS)


def _help(path: list[str]) -> str:
    import click

    from runlift.cli.main import cli

    found: click.Command = cli
    context = click.Context(cli, info_name="runlift")
    for name in path:
        found = found.get_command(context, name)
        context = click.Context(found, info_name=name, parent=context, max_content_width=100, terminal_width=100)
    text = f"{'##' if len(path) == 1 else '###'} `runlift {' '.join(path)}`\n\n```\n{found.get_help(context)}\n```\n"
    if isinstance(found, click.Group):
        text += "".join("\n" + _help([*path, sub]) for sub in found.list_commands(context))
    return text


PAGES = ["README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md"))]


def main() -> int:
    """Write, or check with ``--check``; 1 where a page is not what it should be."""
    from cogapp import Cog

    os.chdir(ROOT)
    os.environ.pop("RUNLIFT_STORE", None)
    sys.path.insert(0, str(ROOT / "docs"))
    out = io.StringIO()
    cog = Cog()
    cog.set_output(stdout=out, stderr=out)
    how = ["--check"] if "--check" in sys.argv else ["-r"]
    code = cog.main(["cog", "-e", "-P", "-p", "from generate import *", *how, *PAGES])
    if code:
        print(out.getvalue() + "Run `make docs` and commit what changed.")
    return code


if __name__ == "__main__":
    sys.exit(main())
