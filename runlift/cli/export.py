"""``runlift export``: one sub-command a target, its options from the target's own options class."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option
from runlift.errors import UnknownFormatError


class _Targets(click.Group):
    """The registry's exporters as commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        from runlift import registry  # noqa: PLC0415 - only when export is used

        return sorted(registry.exporters())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        from runlift import registry  # noqa: PLC0415 - only when export is used

        try:
            return _command(registry.exporter(cmd_name))
        except UnknownFormatError:  # Click says so, with what is near
            return None


def _command(target: Any) -> click.Command:
    def run(dest: str, store: str, as_json: bool, **chosen: Any) -> int:
        import runlift  # noqa: PLC0415 - --help needs none of it

        given = {k: v for k, v in chosen.items() if v not in (None, ())}
        with out.progress(out.count, "points") as tell:
            report = runlift.export(target.name, dest, store, tell=_told(tell), announce=_announced(as_json), **given)
        if as_json:
            out.say_json(dataclasses.asdict(report))
        else:
            _show(report)
        return 1 if report.unexplained else 0

    params: list[click.Parameter] = [
        click.Argument(["dest"]),
        click.Option(["--runs"], metavar="FILTER", help="Only runs that fit, such as 'lr<0.01 and status=finished'."),
    ]
    params += [_option(f, typing.get_type_hints(target.options)[f.name]) for f in dataclasses.fields(target.options)]
    made = click.Command(target.name, callback=run, params=params, help=_help(target), short_help=target.title)
    return store_option(json_option(made))


def _told(tell: Any) -> Any:
    """The progress display as an export calls it."""
    return None if tell is None else lambda stage, done, total: tell(stage, done, total, 0)


def _announced(as_json: bool) -> Any:
    """How a plan is said before a large push; not between the lines of JSON."""
    return None if as_json else lambda lines: out.say("\n".join(lines))


def _help(target: Any) -> str:
    doc = (target.__doc__ or target.title).strip().split("\n\n")[0]
    return f"{doc}\n\n\b\nExample:  runlift export {target.name} {target.example}"


def _option(field: dataclasses.Field[Any], hint: Any) -> click.Option:
    flag = "--" + field.name.replace("_", "-")
    doc = field.metadata.get("help", "")
    if hint is bool:
        return click.Option([f"{flag}/--no-{flag[2:]}"], default=field.default, help=doc)
    if typing.get_origin(hint) in (tuple, list):
        return click.Option([flag], multiple=True, help=doc)
    kind: Any = int if hint in (int, int | None) else float if hint in (float, float | None) else str
    return click.Option([flag], type=kind, default=None, help=doc)


def _show(report: Any) -> None:
    for line in report.lines():
        out.say(line)


@click.command("export", cls=_Targets)
def command() -> None:
    """Write the runs to a workbook, CSV or Parquet, or move them to another tracker.

    \b
    Example:  runlift export xlsx runs.xlsx
    """
