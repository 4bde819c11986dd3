"""``runlift grammar``: list, show, check, accept, new."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option

if TYPE_CHECKING:
    from runlift.grammars._propose import Proposal

_folder = click.option(
    "--grammars", "folder", type=click.Path(file_okay=False, path_type=Path), envvar="RUNLIFT_GRAMMARS",
    default=Path("runlift-grammars"), show_default=True, metavar="DIR", help="Your own grammars; RUNLIFT_GRAMMARS sets it too.",
)  # fmt: skip


@click.group("grammar")
def command() -> None:
    """List, show, check, accept and make log grammars.

    \b
    Example:  runlift grammar new mytool --from train.log
              runlift grammar check mytool

    A grammar is NAME.toml with NAME.log (a sample) and NAME.expected.jsonl (what the sample gives) beside it. Your own
    lie in ./runlift-grammars; ingest and scan use them.
    """


@command.command("list")
@_folder
@json_option
def list_(folder: Path, as_json: bool) -> None:
    """List the grammars that there are.

    \b
    Example:  runlift grammar list --json
    """
    from runlift.grammars._catalogue import catalogue  # noqa: PLC0415 - --help needs none of it
    from runlift.grammars._load import load  # noqa: PLC0415 - the same

    rows = [load(f.toml) for f in catalogue(folder)]
    if as_json:
        out.say_json([{"name": g.name, "title": g.title, "source": g.source, "sample": g.sample} for g in rows])
        return
    out.table(["name", "what prints it", "rules"], [[g.name, g.title, len(g.rules)] for g in rows], right=["rules"])


@command.command("show")
@click.argument("name")
@_folder
@json_option
def show(name: str, folder: Path, as_json: bool) -> None:
    """Show a grammar and what its sample gives.

    \b
    Example:  runlift grammar show timm
    """
    from runlift.grammars._catalogue import find  # noqa: PLC0415 - --help needs none of it

    file = find(name, folder)
    expected = file.expected.read_text(encoding="utf-8").splitlines() if file.expected.is_file() else []
    if as_json:
        out.say_json({"path": str(file.toml), "toml": file.toml.read_text(encoding="utf-8"), "expected": expected})
        return
    out.say(f"# {file.toml}")
    out.say(file.toml.read_text(encoding="utf-8"))
    for line in expected:
        out.say(line[:200])


@command.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_folder
@json_option
def check(names: tuple[str, ...], folder: Path, as_json: bool) -> int:
    """Check grammars, all when none is named. Exit code 1: something is wrong with one.

    \b
    Example:  runlift grammar check mytool
    """
    from runlift.grammars._catalogue import check_named  # noqa: PLC0415 - --help needs none of it

    checked, problems = check_named(names, folder)
    if as_json:
        said = [{"grammar": p.grammar, "where": p.where, "why": p.why, "help": p.help} for p in problems]
        out.say_json({"checked": checked, "problems": said})
        return int(bool(problems))
    for problem in problems:
        out.say(str(problem))
    out.say(f"{out.count(len(checked))} grammars checked, {out.count(len(problems))} problems.")
    return int(bool(problems))


@command.command("accept")
@click.argument("names", nargs=-1, required=True)
@_folder
@json_option
def accept(names: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Write what a grammar's sample gives as its expected result, and say what changed.

    \b
    Example:  runlift grammar accept mytool
    """
    from runlift.grammars._catalogue import find  # noqa: PLC0415 - --help needs none of it
    from runlift.grammars._check import accept as write  # noqa: PLC0415 - the same

    changes = {name: write(find(name, folder)) for name in names}
    if as_json:
        out.say_json({name: {"before": before, "after": after} for name, (before, after) in changes.items()})
        return
    for name, (before, after) in changes.items():
        for line in before:
            if line not in after:
                out.say(f"- {line[:160]}")
        for line in after:
            if line not in before:
                out.say(f"+ {line[:160]}")
        out.say(f"{name}: {'nothing changed' if before == after else f'{out.count(len(after))} lines written'}.")


@command.command("new")
@click.argument("name")
@click.option("--from", "logs", multiple=True, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A log to learn from; may be given again.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say which lines it would match.")
@_folder
@json_option
def new(name: str, logs: tuple[Path, ...], folder: Path, **how: Any) -> int:
    """Propose a grammar from logs, with its sample and expected result, ready to be edited.

    \b
    Example:  runlift grammar new mytool --from train.log
    """
    from runlift.grammars._propose import propose  # noqa: PLC0415 - --help needs none of it

    if not name.isidentifier():
        raise click.BadParameter(f"{name!r} is not a name: letters, digits and _ only.", param_hint="NAME")
    made = propose(name, [p.read_bytes() for p in logs])
    if how["as_json"]:
        out.say_json(dataclasses.asdict(made))
    else:
        _say_proposal(made)
    if not made.rules and not how["as_json"]:
        out.say("Nothing in these logs looks like a metric; write the patterns by hand: docs/grammars.md")
    if made.rules and not how["dry_run"]:
        _write(made, folder, quiet=how["as_json"])
    return int(not made.rules)


def _say_proposal(made: Proposal) -> None:
    rows = [[r.name, r.lines, r.pattern, r.example.strip()] for r in made.rules]
    if rows:
        out.table(["rule", "lines", "pattern", "first line"], rows, right=["lines"])
    if made.known:
        out.say(f"These logs are read already by: {', '.join(made.known)} (runlift grammar show NAME).")
    out.say(f"The rules match {out.count(made.lines - made.left)} of {out.count(made.lines)} lines.")


def _write(made: Proposal, folder: Path, *, quiet: bool) -> None:
    from runlift.grammars._check import accept as write  # noqa: PLC0415 - --help needs none of it
    from runlift.grammars._load import GrammarFile  # noqa: PLC0415 - the same

    try:
        paths = made.write(folder)
    except FileExistsError as error:
        raise click.UsageError(f"{error} is there already; remove it, or choose another name.") from None
    write(GrammarFile(paths[0]))
    if not quiet:
        out.say(
            f"Written: {folder}/{made.name}.toml, .log, .expected.jsonl. Edit, then: runlift grammar check {made.name}"
        )
