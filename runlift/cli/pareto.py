"""``runlift pareto``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import format_option, json_option, store_option, where_option


@click.command("pareto")
@click.argument("metrics", nargs=-1, required=True)
@where_option
@format_option
@store_option
@json_option
def command(metrics: tuple[str, ...], runs: str | None, as_format: str, store: str, as_json: bool) -> None:
    """The runs that no other run beats on all METRICS at once; NAME:min or NAME:max says which way is better.

    \b
    Example:  runlift pareto val/acc latency_ms:min
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers.pareto import pareto  # noqa: PLC0415 - the same
    from runlift.answers.tables import pareto_sheet, plain  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        found = pareto(opened, list(metrics), runs=runs)
    if as_json:
        out.say_json(plain(found))
    else:
        out.sheet(pareto_sheet(found), as_format)
