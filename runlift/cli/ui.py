"""``runlift ui``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import store_option


@click.command("ui")
@click.argument("source", required=False, metavar="[FILE.md]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address makes a token needed.")
@click.option("--port", default=8585, show_default=True, metavar="N", help="0: any that is free.")
@click.option("--token", envvar="RUNLIFT_TOKEN", help="Ask it of every request; made up where --host needs one.")
@store_option
def command(source: str | None, host: str, port: int, token: str | None, store: str) -> None:
    """Look at the store in the browser: the table of runs, charts, comparison, media, SQL. Ctrl-C ends it.

    \b
    Example:  runlift ui --store ~/runs
    """
    import secrets  # noqa: PLC0415 - --help needs none of it

    from runlift.web.server import AppOptions, serve  # noqa: PLC0415 - the same

    local = host in ("127.0.0.1", "localhost", "::1")
    made = token or ("" if local else secrets.token_urlsafe(24))
    try:
        serve(AppOptions(store, made, source), host, port, said=lambda address: out.say(f"Open {address}"))
    except OSError as error:
        raise click.ClickException(f"{host}:{port}: {error.strerror or error}. Another --port may be free.") from error
