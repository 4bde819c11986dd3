"""``runlift names``."""

from __future__ import annotations

import dataclasses

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option


@click.group("names")
def command() -> None:
    """Metric names that mean the same: proposed from their words, confirmed by you, undone at any time.

    \b
    Example:  runlift names propose
              runlift names confirm val_acc valid.accuracy acc/val
    """


@command.command("propose")
@store_option
@json_option
def propose(store: str, as_json: bool) -> None:
    """Names that seem to mean one metric."""
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers import names  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        found = names.propose(opened)
    if as_json:
        out.say_json([dataclasses.asdict(p) for p in found])
        return
    out.table(["metric", "names that seem to mean it", "runs"], [[p.metric, ", ".join(p.names), p.runs] for p in found])
    if found:
        out.say("Confirm with:  runlift names confirm METRIC NAME...")


@command.command("list")
@store_option
@json_option
def list_(store: str, as_json: bool) -> None:
    """What is confirmed."""
    import runlift  # noqa: PLC0415 - --help needs none of it

    with runlift.open(store) as opened:
        _show(opened.names, as_json=as_json)


@command.command("confirm")
@click.argument("metric")
@click.argument("names", nargs=-1, required=True)
@store_option
@json_option
def confirm(metric: str, names: tuple[str, ...], store: str, as_json: bool) -> None:
    """Store that NAMES mean METRIC. Points keep the names that they were read with."""
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers import names as known  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        _show(known.confirm(opened, metric, list(names)), as_json=as_json)


@command.command("undo")
@click.argument("name")
@store_option
@json_option
def undo(name: str, store: str, as_json: bool) -> None:
    """Take back what was confirmed of NAME, or of all names that mean it."""
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers import names  # noqa: PLC0415 - the same

    with runlift.open(store) as opened:
        _show(names.undo(opened, name), as_json=as_json)


def _show(aliases: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        out.say_json(aliases)
    else:
        out.table(["name", "means"], [[k, v] for k, v in aliases.items()])
