"""``runlift compare``."""

from __future__ import annotations

import dataclasses

import click

from runlift.cli import _render as out
from runlift.cli._options import format_option, json_option, store_option


@click.command("compare")
@click.argument("runs", nargs=-1, required=True)
@click.option("--all", "show_all", is_flag=True, help="Also the settings that are equal.")
@format_option
@store_option
@json_option
def command(runs: tuple[str, ...], show_all: bool, as_format: str, store: str, as_json: bool) -> None:
    """Compare RUNS (two or more): the settings that differ, each metric's last and best value side by side.

    \b
    Example:  runlift compare 3f2a 91bc
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.answers.compare import compare  # noqa: PLC0415 - the same

    if len(runs) < 2:
        raise click.UsageError("Give two runs or more; `runlift runs` lists them.")
    with runlift.open(store) as opened:
        found = compare(opened, list(runs))
    if as_json:
        out.say_json(dataclasses.asdict(found))
        return
    if as_format != "table":
        from runlift.answers.tables import compare_sheet  # noqa: PLC0415 - only for these

        out.sheet(compare_sheet(found), as_format)
        return
    names = [f"{n} ({i[:6]})" for i, n in zip(found.run_ids, found.names, strict=True)]
    params = [[p.key, *p.values] for p in found.params if show_all or p.differs]
    if params:
        out.table(["setting", *names], params, "Settings" if show_all else "Settings that differ")
    equal = sum(not p.differs for p in found.params)
    out.say(
        f"{equal} settings are equal{'' if show_all else ' (--all shows them)'}." if found.params else "No settings."
    )
    rows = [
        [m.metric, m.goal, *[v for pair in zip(m.last, m.best, strict=True) for v in pair], m.delta]
        for m in found.metrics
    ]
    columns = ["metric", "goal", *[f"{word} {n}" for n in names for word in ("last", "best")], "delta of last"]
    out.table(columns, rows, "Metrics", right=columns[2:])
