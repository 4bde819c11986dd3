"""``runlift formats``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option


@click.command("formats")
@json_option
def command(as_json: bool) -> None:
    """List what can be read and written.

    \b
    Example:  runlift formats
    """
    from runlift import registry  # noqa: PLC0415 - --help needs none of it

    reads = [
        {
            "name": p.name,
            "title": p.title,
            "suffixes": list(p.suffixes),
            "version": p.version,
            "needs": list(p.requires),
        }
        for p in registry.parsers().values()
    ]
    writes = [{"name": e.name, "title": e.title, "needs": list(e.requires)} for e in registry.exporters().values()]
    if as_json:
        out.say_json({"read": reads, "write": writes})
        return
    out.table(["format", "what it is", "usual names", "needs"],
              [[r["name"], r["title"], r["suffixes"], r["needs"]] for r in reads], "Read")  # fmt: skip
    out.table(["target", "what it is", "needs"], [[w["name"], w["title"], w["needs"]] for w in writes], "Write")
