"""What ``scan --explain`` and ``ingest --pattern`` say of logs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from runlift.cli import _render as out

if TYPE_CHECKING:
    from runlift.grammars._explain import Explanation
    from runlift.options import IngestOptions

MOST_SHAPES = 40


def explain_logs(paths: tuple[str, ...], options: IngestOptions, *, as_json: bool) -> None:
    """Say of each log under ``paths`` what becomes of its shapes."""
    from runlift.grammars._explain import explain  # noqa: PLC0415 - it loads the reader

    made = [explain(path, options.patterns) for path in _logs(paths, options)]
    if as_json:
        out.say_json([dataclasses.asdict(m) for m in made])
        return
    for m in made:
        _show(m)
    if not made:
        out.say("No log is under these paths: runlift scan says what is.")


def _logs(paths: tuple[str, ...], options: IngestOptions) -> list[str]:
    from runlift.pipeline import scan  # noqa: PLC0415 - it loads the store

    return [r.source for r in scan(list(paths), None, options) if r.format == "text_log"]


def _show(m: Explanation) -> None:
    shown = [[s.count, s.reader, s.outcome, ", ".join(s.gave[:8]) + (" ..." if len(s.gave) > 8 else ""), s.line, s.example[:100]]
             for s in m.shapes[:MOST_SHAPES]]  # fmt: skip
    out.table(
        ["lines", "read by", "what it gave", "metrics", "first at", "first line"],
        shown,
        m.path,
        right=["lines", "first at"],
    )
    if len(m.shapes) > MOST_SHAPES:
        out.say(f"{out.count(len(m.shapes) - MOST_SHAPES)} more shapes: --json lists all.")
    share = 100 * m.taken / m.numbers if m.numbers else 0
    out.say(f"Lines: {out.count(m.lines)} = {out.count(m.used)} used + {out.count(m.ignored)} ignored + {out.count(m.unread)} unread. "
            f"Numbers: {out.count(m.taken)} of {out.count(m.numbers)} were read ({share:.0f}%).")  # fmt: skip
    if m.suggestions:
        out.say("Nothing reads these lines; a pattern would (runlift ingest --pattern '...', with names of your own):")
        for count, pattern in m.suggestions:
            out.say(f"  {out.count(count):>8}  {pattern[:160]}")


def tell_matches(paths: tuple[str, ...], options: IngestOptions, *, quiet: bool) -> None:
    """Say which lines the patterns match before anything is written; a usage error where they match none."""
    from runlift.grammars._explain import match_patterns  # noqa: PLC0415 - it loads the reader

    found = [m for path in _logs(paths, options) for m in match_patterns(path, options.patterns)]
    if not any(m.lines for m in found):
        raise click.UsageError(
            "No line of any log matches --pattern; nothing was written. runlift scan LOG --explain shows the lines."
        )
    for m in found:
        if not quiet:
            out.say(f"{m.path}: {out.count(m.lines)} of {out.count(m.total)} lines match {m.pattern}")
            if m.first:
                out.say(f"  the first: {m.first[:160]}")
