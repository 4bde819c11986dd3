"""``runlift ingest``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, read_mapping, reading_options, store_option

if TYPE_CHECKING:
    from runlift.reports import IngestReport


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True)
@store_option
@reading_options
@click.option("--jobs", default=0, metavar="N", help="Worker processes; 0: as many as there are cores.")
@click.option("--again", is_flag=True, help="Read sources again that have not changed.")
@json_option
def command(paths: tuple[str, ...], store: str, as_json: bool, **how: Any) -> int:
    """Read everything under PATHS into the store.

    \b
    Example:  runlift ingest runs/ logs/ --store ~/runs
              runlift ingest my.log --pattern 'it {step:d} | L {train/loss}'

    What was read before and has not changed is not read again. Exit code 1 means: done, with losses that are listed.
    """
    from runlift.options import IngestOptions  # noqa: PLC0415 - --help needs none of it
    from runlift.pipeline import ingest  # noqa: PLC0415 - the same

    options = IngestOptions(
        how["format_"], read_mapping(how["mapping"]), how["layout"], how["patterns"], how["jobs"],
        not how["no_join"], how["again"], not how["no_fold"],
    )  # fmt: skip
    if options.patterns:
        from runlift.cli._logs import tell_matches  # noqa: PLC0415 - only for --pattern

        tell_matches(paths, options, quiet=as_json)
    with out.progress() as progress:
        report = ingest(list(paths), store, options, progress)
    if as_json:
        out.say_json(dataclasses.asdict(report))
    else:
        _show(report)
    return int(report.losses)


def _show(r: IngestReport) -> None:
    formats = ", ".join(f"{k} {out.count(v)}" for k, v in r.formats.items())
    read = f"Read {out.count(r.read)} of {out.count(r.sources)} files ({out.size(r.bytes)})"
    out.say(f"{read} in {out.duration(r.seconds)}"
            f"{': ' + formats if formats else ''}.")  # fmt: skip
    if r.unchanged:
        out.say(f"{out.count(r.unchanged)} files have not changed and were not read again.")
    overtaken = f", {out.count(r.superseded)} of them overtaken or mirrored" if r.superseded else ""
    out.say(f"{out.count(r.runs)} runs written with {out.count(r.points)} points{overtaken}. "
            f"The store {r.store} now holds {out.count(r.runs_total)} runs.")  # fmt: skip
    for unit, sums in r.ledger.items():
        parts = [f"{out.count(n)} {word}" for word, n in sums.items() if word != "total" and n]
        out.say(f"Ledger: {out.count(sums['total'])} {unit} = {' + '.join(parts) or '0'}.")
    if r.unrecognised:
        kinds = sorted(r.unrecognised_kinds.items(), key=lambda k: -k[1])
        listed = ", ".join(f"{k} {out.count(n)}" for k, n in kinds[:8])
        out.say(f"No format claims {out.count(r.unrecognised)} files ({listed}); `runlift scan` says why.")
    if r.skipped:
        out.say(f"Folders left out: {', '.join(f'{k} {n}' for k, n in r.skipped.items())}.")
    _show_issues(r)


def _show_issues(r: IngestReport) -> None:
    if not r.issues:
        out.say("No issues.")
        return
    out.say(f"Issues: {', '.join(f'{out.count(n)} {severity}' for severity, n in sorted(r.issues.items()))}.")
    for issue in r.worst:
        times = f" ({out.count(issue['count'])} times)" if issue["count"] > 1 else ""
        done = f" {issue['done']}" if issue["done"] else ""
        tip = f" {issue['help']}" if issue["help"] else ""
        out.say(f"  {issue['severity']} {issue['code']}: {issue['message']}{times}{done}{tip}")
    shown = len(r.worst)
    listed = r.issues.get("warning", 0) + r.issues.get("error", 0)
    if listed > shown or r.issues.get("info"):
        out.say('  All of them:  runlift sql "SELECT * FROM issues"')
