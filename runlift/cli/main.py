"""The entry point: commands by name, errors as one line, exit codes."""

from __future__ import annotations

import importlib
import sys

import click

# Name -> (module, one line of help): help lists the commands without importing them.
COMMANDS = {
    "scan": ("runlift.cli.scan", "Say what is under PATHS, which runs it makes and why. Writes nothing."),
    "ingest": ("runlift.cli.ingest", "Read everything under PATHS into the store."),
    "runs": ("runlift.cli.runs", "List the runs."),
    "show": ("runlift.cli.show", "Show one run: settings, metrics, sources, issues."),
    "compare": ("runlift.cli.compare", "Compare runs: settings that differ, metrics side by side."),
    "leaderboard": ("runlift.cli.leaderboard", "The best runs by a metric."),
    "groups": ("runlift.cli.groups", "Mean and interval of a metric over groups of runs; seeds are found."),
    "importance": ("runlift.cli.importance", "Which settings drive a metric."),
    "pareto": ("runlift.cli.pareto", "The runs that no other beats on several metrics at once."),
    "names": ("runlift.cli.names", "Metric names that mean the same: proposed, confirmed, undone."),
    "sql": ("runlift.cli.sql", "Ask the store in SQL."),
    "verify": ("runlift.cli.verify", "Compare event files, or what runs were moved to, with the store."),
    "trace": ("runlift.cli.trace", "Print the source's own line or record of a point."),
    "report": ("runlift.cli.report", "Write runs, charts and a Markdown file's text as one HTML file."),
    "ui": ("runlift.cli.ui", "Look at the store in the browser: a local app."),
    "export": ("runlift.cli.export", "Write the runs to a file or move them to a tracker."),
    "grammar": ("runlift.cli.grammar", "List, show, check, accept and make log grammars."),
    "store": ("runlift.cli.store", "Look after the store: info, optimize, check."),
    "formats": ("runlift.cli.formats", "List what can be read and written."),
    "doctor": ("runlift.cli.doctor", "Say what is installed, what is compiled and what is missing."),
    "completion": ("runlift.cli.completion", "Print the shell's completion script."),
}

DONE, LOSSES, WRONG, STOPPED = 0, 1, 2, 130


class _Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from runlift import __version__  # noqa: PLC0415 - only for --version

        click.echo(f"runlift {__version__}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def cli() -> None:
    """Reads the experiments you already have into one store of runs, to question, share and move.

    \b
    Start with:  runlift ingest ~/experiments
                 runlift runs
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 done with losses that are listed, 2 a usage or input error."""
    from runlift.errors import RunliftError  # noqa: PLC0415 - after click, which is all that --help needs

    try:
        code = cli.main(args=args, prog_name="runlift", standalone_mode=False)
    except click.exceptions.Abort:
        _say("Stopped. What was committed is whole; run the same command again to go on.")
        sys.exit(STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except RunliftError as error:
        _say(str(error))
        sys.exit(WRONG)
    except KeyboardInterrupt:
        _say("Stopped. What was committed is whole; run the same command again to go on.")
        sys.exit(STOPPED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
    sys.exit(code if isinstance(code, int) else DONE)


def _say(text: str) -> None:
    click.echo(f"runlift: {text}", err=True)


if __name__ == "__main__":
    main()
