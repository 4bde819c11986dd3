"""``runlift groups``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import format_option, json_option, store_option, where_option


@click.command("groups")
@click.argument("metric")
@click.option("--by", multiple=True, metavar="SETTING", help="Settings that make the groups; by default all but seeds.")
@where_option
@format_option
@store_option
@json_option
def command(metric: str, by: tuple[str, ...], runs: str | None, as_format: str, store: str, as_json: bool) -> None:
    """Mean and 95% interval of METRIC over groups of runs: those that are equal in all but the seed, or --by settings.

    \b
    Example:  runlift groups val_loss --by lr --by model.depth
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers.groups import groups  # noqa: PLC0415 - the same
    from runlift.answers.tables import groups_sheet, plain  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        found = groups(opened, metric, by=by, runs=runs)
    if as_json:
        out.say_json(plain(found))
    else:
        out.sheet(groups_sheet(found), as_format)
