"""``runlift show``."""

from __future__ import annotations

from typing import Any

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option

_HIDDEN = ("parts", "fingerprint", "written_at")


@click.command("show")
@click.argument("run")
@store_option
@json_option
def command(run: str, store: str, as_json: bool) -> None:
    """Show one RUN (an id, the beginning of one, or a name): settings, metrics, sources, issues.

    \b
    Example:  runlift show 3f2a
    """
    import runlift  # noqa: PLC0415 - --help needs none of it

    with runlift.open(store) as opened:
        run_id = opened.find(run)
        found = {
            "run": opened.rows("SELECT * FROM runs WHERE run_id = $1", [run_id])[0],
            "params": opened.rows("SELECT * FROM params WHERE run_id = $1 ORDER BY key", [run_id]),
            "metrics": opened.rows("SELECT * FROM metrics WHERE run_id = $1 ORDER BY metric", [run_id]),
            "sources": opened.rows("SELECT * FROM sources WHERE list_contains(run_ids, $1) ORDER BY source", [run_id]),
            "issues": opened.rows("SELECT * FROM issues WHERE run_id = $1 ORDER BY source, position", [run_id]),
        }
    if as_json:
        out.say_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    said = {k: v for k, v in found["run"].items() if v not in (None, [], "") and k not in _HIDDEN}
    out.table(["run", found["run"]["run_id"]], [[k, v] for k, v in said.items() if k != "run_id"])
    if found["params"]:
        out.table(["key", "value", "kind"], [[p["key"], p["value"], p["kind"]] for p in found["params"]], "Settings")
    if found["metrics"]:
        numbers = ["n", "last_step", "first", "last", "min", "max", "mean", "n_nonfinite"]
        rows = [[m["metric"], *[m[c] for c in numbers], m["goal"]] for m in found["metrics"]]
        out.table(["metric", *numbers, "goal"], rows, "Metrics (points in force)", right=numbers)
    words = ["path", "format", "used", "ignored", "unrecognised", "damaged", "unfinished", "unit", "copy_of"]
    rows = [[s[w] for w in words] for s in found["sources"]]
    headings = ["source", "format", *words[2:7], "of", "copy of"]
    out.table(headings, rows, "Sources and their ledger", right=headings[2:7])
    if found["issues"]:
        issues = [[i["severity"], i["code"], i["message"], i["done"], i["count"]] for i in found["issues"]]
        out.table(["severity", "code", "what", "done", "times"], issues, "Issues", right=["times"])
