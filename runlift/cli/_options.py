"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from runlift.lean import hold_back_pandas
from runlift.options import DEFAULT_STORE

F = TypeVar("F", bound=Callable[..., Any])


def _lean(_context: click.Context, _option: click.Parameter, store: str) -> str:
    hold_back_pandas()  # only once it is known that the command is run: --help loads nothing
    return store


store_option: Callable[[F], F] = click.option(
    "--store",
    callback=_lean,
    envvar="RUNLIFT_STORE",
    default=DEFAULT_STORE,
    show_default=True,
    metavar="FOLDER",
    help="The store; RUNLIFT_STORE sets it too.",
)
json_option: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


format_option: Callable[[F], F] = click.option(
    "--format",
    "as_format",
    type=click.Choice(["table", "csv", "markdown", "latex"]),
    default="table",
    show_default=True,
    help="How to print it; latex pastes into a paper.",
)
where_option: Callable[[F], F] = click.option(
    "--runs", metavar="FILTER", help="Only runs that fit, such as 'lr<0.01 and opt=adam'."
)


def reading_options(command: F) -> F:
    """How sources are read: --as, --map, --layout, --pattern, --no-join, --no-fold."""
    for option in (
        click.option("--no-fold", is_flag=True, help="Folders of add_scalars and add_hparams are runs of their own."),
        click.option("--no-join", is_flag=True, help="A log, a table and event files in one folder are runs apart."),
        click.option(
            "--pattern", "patterns", multiple=True, help="A line of a text log, as 'epoch {epoch:d} loss {loss}'."
        ),
        click.option("--layout", type=click.Choice(["wide", "long", "runs"]), help="How tables are laid out."),
        click.option("--map", "mapping", multiple=True, metavar="ROLE=COLUMN", help="Such as step=iteration."),
        click.option(
            "--as", "format_", metavar="FORMAT", help="Read every source as this format (see: runlift formats)."
        ),
    ):
        command = option(command)
    return command


def read_mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """``("step=iteration",)`` as a mapping; a usage error names a pair that is none."""
    found = {}
    for pair in pairs:
        role, equals, column = pair.partition("=")
        if not equals or not role or not column:
            raise click.BadParameter(f"{pair!r} is not ROLE=COLUMN, such as step=iteration.", param_hint="--map")
        found[role] = column
    return found
