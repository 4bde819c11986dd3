"""``runlift runs``."""

from __future__ import annotations

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option

COLUMNS = ["run_id", "name", "status", "started_at", "duration_s", "formats", "points", "metrics"]


@click.command("runs")
@click.option("--where", metavar="SQL", help="A condition over the columns of `runs`, such as \"status = 'failed'\".")
@click.option("--limit", default=200, show_default=True, metavar="N", help="At most so many; 0: all.")
@store_option
@json_option
def command(where: str | None, limit: int, store: str, as_json: bool) -> None:
    """List the runs, the latest first.

    \b
    Example:  runlift runs --where "name LIKE '%resnet%'"
    """
    import runlift  # noqa: PLC0415 - --help needs none of it

    with runlift.open(store) as opened:
        rows = opened.rows(
            "SELECT r.*, coalesce(m.points, 0) points, coalesce(m.metrics, 0) metrics FROM "
            f"(SELECT * FROM runs {'WHERE ' + where if where else ''}) r LEFT JOIN "
            "(SELECT run_id, sum(n)::BIGINT points, count(*) metrics FROM metrics GROUP BY run_id) m USING (run_id) "
            "ORDER BY r.started_at DESC NULLS LAST, r.name, r.run_id"
        )
    if as_json:
        out.say_json(rows)
        return
    shown = rows[:limit] if limit else rows
    listed = [
        [r["run_id"], r["name"], r["status"], out.when(r["started_at"]), out.duration(r["duration_s"]),
         out.cell(r["formats"]), out.count(r["points"]), r["metrics"]]
        for r in shown
    ]  # fmt: skip
    headings = ["run", "name", "status", "started (UTC)", "lasted", "read from", "points", "metrics"]
    out.table(headings, listed, right=["points", "metrics", "lasted"])
    more = f" ({out.count(len(rows) - len(shown))} more: --limit 0)" if len(shown) < len(rows) else ""
    out.say(f"{out.count(len(rows))} runs{more}.")
