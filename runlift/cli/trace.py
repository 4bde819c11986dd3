"""``runlift trace``."""

from __future__ import annotations

import dataclasses

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option


@click.command("trace")
@click.argument("run")
@click.argument("point", metavar="METRIC[@STEP]")
@store_option
@json_option
def command(run: str, point: str, store: str, as_json: bool) -> None:
    """Print the source's own line or record that a point of RUN was read from.

    \b
    Example:  runlift trace 3f2a val_loss@1200
    """
    import runlift  # noqa: PLC0415 - --help needs none of it

    metric, step = _split(point)
    with runlift.open(store) as opened:
        found = opened.trace(run, metric, step)
    if as_json:
        out.say_json([dataclasses.asdict(t) for t in found])
        return
    if not found:
        raise click.UsageError(f"{metric} has no point at step {step}.")
    for t in found:
        p = t.point
        state = " (superseded)" if p["superseded"] else ""
        out.say(
            f"{metric} = {out.cell(p['value'])} at step {out.cell(p['step']) or '-'}, attempt {p['attempt']}{state}"
        )
        out.say(f"  {t.source}, {t.unit} {t.position}, read as {t.format}{'; ' + t.note if t.note else ''}")
        for line in (t.text or "(not to be had)").splitlines() or [""]:
            out.say(f"  | {line}")


def _split(point: str) -> tuple[str, int | None]:
    metric, at, step = point.rpartition("@")
    if not at:
        return point, None
    try:
        return metric, int(step)
    except ValueError:
        return point, None
