"""``runlift scan``."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, read_mapping, reading_options, store_option


@click.command("scan")
@click.argument("paths", nargs=-1, required=True)
@store_option
@reading_options
@click.option("--explain", is_flag=True, help="Say of each log what becomes of its lines, by shape.")
@json_option
def command(paths: tuple[str, ...], store: str, as_json: bool, **how: Any) -> None:
    """Say what is under PATHS, which runs it makes and why. Writes nothing.

    \b
    Example:  runlift scan ~/experiments
              runlift scan train.log --explain
    """
    from runlift.options import IngestOptions  # noqa: PLC0415 - --help needs none of it
    from runlift.pipeline import scan  # noqa: PLC0415 - the same

    options = IngestOptions(
        how["format_"],
        read_mapping(how["mapping"]),
        how["layout"],
        how["patterns"],
        join=not how["no_join"],
        fold=not how["no_fold"],
    )
    if how["explain"]:
        from runlift.cli._logs import explain_logs  # noqa: PLC0415 - only for --explain

        explain_logs(paths, options, as_json=as_json)
        return
    with out.progress() as progress:
        rows = scan(
            list(paths), store, options, (lambda n, total: progress("recognise", n, total, 0)) if progress else None
        )
    if as_json:
        out.say_json([dataclasses.asdict(r) for r in rows])
        return
    top = os.path.commonpath([os.path.dirname(r.source) for r in rows]) if rows else ""
    shown = [
        [os.path.relpath(r.source, top) if top else r.source, out.size(r.bytes), r.format or "-", r.level, r.why,
         r.run or "-", r.joined, r.state]
        for r in rows
    ]  # fmt: skip
    columns = ["source", "size", "format", "claim", "why", "run", "joined because", "state"]
    out.table(columns, shown, right=["size"])
    runs = {r.run for r in rows if r.run}
    out.say(f"{out.count(len(rows))} files under {top}: {out.count(len(runs))} runs, "
            f"{out.count(sum(r.format is None for r in rows))} files that no format claims.")  # fmt: skip
    for r in rows:
        for issue in r.issues:
            out.say(f"  {issue}")
