"""``runlift importance``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import format_option, json_option, store_option, where_option


@click.command("importance")
@click.argument("metric")
@click.option("--goal", type=click.Choice(["min", "max"]), help="Which way is better, where the name does not tell.")
@where_option
@format_option
@store_option
@json_option
def command(metric: str, goal: str | None, runs: str | None, as_format: str, store: str, as_json: bool) -> None:
    """Which settings drive METRIC: permutation importance with a 95% interval, and rank correlation.

    \b
    Example:  runlift importance val/acc
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers.importance import importance  # noqa: PLC0415 - the same
    from runlift.answers.tables import importance_sheet, plain  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        found = importance(opened, metric, runs=runs, goal=goal)
    if as_json:
        out.say_json(plain(found))
    else:
        out.sheet(importance_sheet(found), as_format)
