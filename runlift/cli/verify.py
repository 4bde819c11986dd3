"""``runlift verify``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option

if TYPE_CHECKING:
    from runlift.verification.report import VerifyReport


@click.command("verify")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE|DEST...")
@store_option
@json_option
def command(sources: tuple[str, ...], store: str, as_json: bool) -> int:
    """Compare event files, or what runs were moved to, with the store, value by value.

    \b
    Example:  runlift verify runs/ --store ~/runs
              runlift verify http://127.0.0.1:5000

    A destination that runs were moved to (a server, a database, a folder) is read back through its own reading API.
    Reads every event file under SOURCE again, with no line of runlift's decoder, and compares every value of every
    kind with what the store holds of it. Exit code 0: all the same; 1: differences, which are listed.
    """
    from runlift import destinations, verify_event_files  # noqa: PLC0415 - --help needs none of it

    if len(sources) == 1 and destinations.owner(sources[0]) is not None:
        return _moved(sources[0], store, as_json=as_json)
    with out.progress() as progress:
        tick = (lambda n, total: progress("recognise", n, total, 0)) if progress else None
        report = verify_event_files(list(sources), store, tick)
    if not report.sources and not report.differences:
        raise click.UsageError(f"no event file under {' '.join(sources)} that the store knows.")
    if as_json:
        out.say_json(dataclasses.asdict(report))
    else:
        _show(report)
    return int(not report.same)


def _moved(dest: str, store: str, *, as_json: bool) -> int:
    from runlift.api import verify_destination  # noqa: PLC0415 - only where a destination is meant

    with out.progress(out.count, "points") as tell:
        told = None if tell is None else lambda stage, done, total: tell(stage, done, total, 0)
        receipt = verify_destination(dest, store, tell=told)
    if as_json:
        out.say_json(dataclasses.asdict(receipt))
    else:
        for line in receipt.lines():
            out.say(line)
    return int(receipt.unexplained > 0)


def _show(report: VerifyReport) -> None:
    listed = ", ".join(f"{out.count(n)} {kind}" for kind, n in report.compared.items())
    out.say(f"Compared {out.count(report.sources)} event files with TensorBoard's own reader: {listed or 'no values'}.")
    if report.beyond:
        more = ", ".join(f"{out.count(n)} {kind}" for kind, n in report.beyond.items())
        out.say(
            f"The store holds {more} more that TensorBoard's reader does not reach (damage, or types unknown to it)."
        )
    for name, why in report.skipped.items():
        out.say(f"Not compared: {name} ({why}).")
    for d in report.differences:
        out.say(f"  differs: {d.source}: {d.kind} {d.name!r}: {d.what}")
    out.say("All the same." if report.same else f"{out.count(len(report.differences))} differences.")
