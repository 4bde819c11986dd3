"""``runlift sql``."""

from __future__ import annotations

import sys

import click

from runlift.cli import _render as out
from runlift.cli._options import json_option, store_option


@click.command("sql")
@click.argument("query")
@click.option("--output", metavar="FILE", help="Write the answer to a .parquet, .csv or .json file.")
@click.option("--limit", default=200, show_default=True, metavar="N", help="Show so many rows at most; 0: all.")
@store_option
@json_option
def command(query: str, output: str | None, limit: int, store: str, as_json: bool) -> None:
    """Ask the store in SQL (DuckDB's dialect). QUERY may be - for standard input.

    The tables: runs, params, points, history (points in force), metrics, texts, histograms, media, curves, tensors,
    artifacts, sources, issues, ingests.

    \b
    Example:  runlift sql "SELECT run_id, min(value) FROM history WHERE metric = 'val_loss' GROUP BY ALL"
    """
    import runlift  # noqa: PLC0415 - --help needs none of it
    from runlift.store.answers import write_answer  # noqa: PLC0415 - the same

    text = sys.stdin.read() if query == "-" else query
    with runlift.open(store) as opened:
        answer = opened.sql(text, arrow=True)
    if output:
        write_answer(answer, output)
        out.say(f"{out.count(answer.num_rows)} rows written to {output}.")
    elif as_json:
        out.say_json(answer.to_pylist())
    else:
        shown = answer.slice(0, limit) if limit else answer
        numbers = [f.name for f in answer.schema if str(f.type) in ("int64", "int32", "double", "float")]
        out.table(answer.column_names, ([r[c] for c in answer.column_names] for r in shown.to_pylist()), right=numbers)
        more = (
            f" ({out.count(answer.num_rows - shown.num_rows)} more: --limit 0)"
            if shown.num_rows < answer.num_rows
            else ""
        )
        out.say(f"{out.count(answer.num_rows)} rows{more}.")
