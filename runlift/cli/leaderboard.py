"""``runlift leaderboard``."""

from __future__ import annotations

from typing import Any

import click

from runlift.cli import _render as out
from runlift.cli._options import format_option, json_option, store_option, where_option


@click.command("leaderboard")
@click.argument("metric")
@click.option("--goal", type=click.Choice(["min", "max"]), help="Which way is better, where the name does not tell.")
@click.option("--top", default=20, show_default=True, metavar="N", help="Places to show; 0: all.")
@where_option
@format_option
@store_option
@json_option
def command(metric: str, as_format: str, store: str, as_json: bool, **how: Any) -> None:
    """The best runs by METRIC, ties included, with the settings that differ among them.

    \b
    Example:  runlift leaderboard val/acc --runs "opt=adam" --format markdown
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers.leaderboard import leaderboard  # noqa: PLC0415 - the same
    from runlift.answers.tables import leaderboard_sheet, plain  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        found = leaderboard(opened, metric, **how)
    if as_json:
        out.say_json(plain(found))
    else:
        out.sheet(leaderboard_sheet(found), as_format)
