"""``runlift report``."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option


@click.command("report")
@click.argument("source", required=False, metavar="[FILE.md]")
@click.option("-o", "--output", "dest", default="study.html", show_default=True, metavar="FILE.html", help="Where to.")
@click.option("--runs", metavar="FILTER", help="Only runs that fit, such as 'lr<0.01 and opt=adam'.")
@click.option("--title", help="The page's title.")
@click.option(
    "--max-size", "max_mb", default=25.0, show_default=True, metavar="MB", help="Reduce the page to this size."
)
@click.option("--redact", is_flag=True, help="Mask paths, hosts, user names, addresses and what looks like a key.")
@store_option
@json_option
def command(dest: str, store: str, as_json: bool, **wanted: Any) -> None:
    """Write one HTML file with the runs, charts, comparisons and a Markdown file's own text. It opens offline.

    \b
    Example:  runlift report study.md --runs "opt=adam" -o study.html
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.report.document import ReportOptions, write_report  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        made = write_report(opened, dest, ReportOptions(**wanted))
    if as_json:
        out.say_json(dataclasses.asdict(made))
        return
    out.say(f"{made.dest}: {out.count(made.runs)} runs, {out.count(made.metrics)} metrics, {out.size(made.bytes)}.")
    for note in made.notes:
        out.say(note)
