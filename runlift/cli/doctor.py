"""``runlift doctor``."""

from __future__ import annotations

import dataclasses

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option


@click.command("doctor")
@json_option
def command(as_json: bool) -> int:
    """Say what is installed, which kernels are compiled, what is missing and how to get it.

    \b
    Example:  runlift doctor
    """
    from runlift.health import examine  # noqa: PLC0415 - --help needs none of it

    found = examine()
    if as_json:
        out.say_json([dataclasses.asdict(f) for f in found])
    else:
        out.table(["what", "state", "version", "what to do"], [[f.what, f.state, f.version, f.help] for f in found])
    return int(any(f.state == "missing" and f.needed for f in found))
