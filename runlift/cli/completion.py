"""``runlift completion``."""

from __future__ import annotations

import click

from runlift.cli import _render as out


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    Example:  eval "$(runlift completion bash)"
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - --help needs none of it

    from runlift.cli.main import cli  # noqa: PLC0415 - main imports this module

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click knows no completion for {shell}.")
    out.say(made(cli, {}, "runlift", "_RUNLIFT_COMPLETE").source())
