"""``runlift store``."""

from __future__ import annotations

import dataclasses

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option


@click.group("store")
def command() -> None:
    """Look after the store.

    \b
    Example:  runlift store info
    """


@command.command("info")
@store_option
@json_option
def info(store: str, as_json: bool) -> None:
    """Say what the store holds and how large it is."""
    from runlift.store.maintain import store_info  # noqa: PLC0415 - --help needs none of it

    found = store_info(store)
    if as_json:
        out.say_json([dataclasses.asdict(t) for t in found])
        return
    numbers = ["rows", "files", "bytes", "bytes/row", "commits"]
    rows = [[t.table, t.rows, t.files, t.bytes, t.bytes / t.rows if t.rows else None, t.commits] for t in found]
    out.table(["table", *numbers], rows, f"{store}", right=numbers)


@command.command("optimize")
@click.option("--retain-hours", default=1.0, show_default=True, help="Keep replaced files so long for readers at work.")
@store_option
@json_option
def optimize(retain_hours: float, store: str, as_json: bool) -> None:
    """Rewrite the parts sorted and whole, drop what is no longer in force, remove old files."""
    from runlift.store.maintain import optimize_store  # noqa: PLC0415 - --help needs none of it

    done = optimize_store(store, retain_hours)
    if as_json:
        out.say_json(dataclasses.asdict(done))
        return
    out.say(f"{done.runs} runs rewritten; {done.parts_before} parts became {done.parts_after}.")
    out.say(f"{done.files_removed} files removed, {out.size(done.bytes_freed)} freed.")


@command.command("check")
@store_option
@json_option
def check(store: str, as_json: bool) -> int:
    """Check that every part is there and whole and that all ledgers add up. Exit code 1 where something is wrong."""
    from runlift.store.maintain import check_store  # noqa: PLC0415 - --help needs none of it

    problems = check_store(store)
    if as_json:
        out.say_json(problems)
    else:
        for p in problems:
            out.say(p)
        out.say("The store is whole." if not problems else f"{len(problems)} problems.")
    return int(bool(problems))
