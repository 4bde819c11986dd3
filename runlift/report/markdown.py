"""Reports as code: a Markdown file with ``sql`` and ``chart`` blocks and values in ``{{ sql: ... }}``, as safe HTML.

A block fenced as ``sql`` becomes the table of its answer; one fenced as ``chart`` a chart: lines of ``key: value`` with
``metric`` (needed), ``runs`` (a filter), ``x``, ``group`` (settings), ``smooth`` and ``title``. HTML in the file is text.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.answers.filters import select_runs
from runlift.answers.study import json_plain
from runlift.errors import OptionError, RunliftError

if TYPE_CHECKING:
    from runlift.api import RunStore

_INLINE = re.compile(r"\{\{\s*sql:\s*(.*?)\s*\}\}", re.DOTALL)
_KEYS = ("metric", "runs", "x", "group", "smooth", "title")
_MOST_ROWS = 1000


@dataclass(slots=True)
class Narrative:
    """``html``: safe to be put into a page; ``charts``: what its chart blocks ask for, in order; ``title``: its heading."""

    html: str
    title: str
    charts: list[dict[str, Any]] = field(default_factory=list)


def render(text: str, store: RunStore) -> Narrative:
    """The file as HTML, its queries asked of the store.

    Raises:
        QueryError, OptionError: A block cannot be answered; the message says which line it begins at.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only for reports

    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = md.parse(_INLINE.sub(lambda m: _value(store, m[1]), text))
    made = Narrative("", next((t.content for i, t in enumerate(tokens) if i and tokens[i - 1].tag == "h1"), "Report"))
    for token in tokens:
        if token.type == "fence" and token.info.split()[:1] in (["sql"], ["chart"]):
            line = (token.map or [0])[0] + 1
            block = _table if token.info.split()[0] == "sql" else _chart
            try:
                token.content = block(made, store, token.content)
            except RunliftError as error:
                raise OptionError(f"block at line {line}", token.info.strip(), str(error)) from error
            token.type = "html_block"
    made.html = md.renderer.render(tokens, md.options, {})
    return made


def _value(store: RunStore, query: str) -> str:
    """One value, with what Markdown would take for markup escaped."""
    rows = store.sql(query, arrow=True)
    value = rows.column(0)[0].as_py() if rows.num_rows and rows.num_columns else None
    shown = f"{value:.6g}" if isinstance(value, float) else "-" if value is None else str(value)
    return re.sub(r"([\\`*_{}\[\]<>()#+!|&~])", r"\\\1", shown)


def _table(_made: Narrative, store: RunStore, query: str) -> str:
    answer = store.sql(query, arrow=True)
    head = "".join(f"<th scope='col'>{html.escape(c)}</th>" for c in answer.column_names)
    rows = json_plain(answer.slice(0, _MOST_ROWS).to_pylist())
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(row[c]))}</td>" for c in answer.column_names) + "</tr>"
        for row in rows
    )
    more = answer.num_rows - len(rows)
    note = f"<p class='note'>{more:,} more rows are not shown.</p>" if more > 0 else ""
    return f"<div class='scroll'><table class='answer'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}\n"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _chart(made: Narrative, store: RunStore, text: str) -> str:
    spec: dict[str, Any] = {}
    for line in text.strip().splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in _KEYS:
            raise OptionError("chart", line.strip(), f"lines of KEY: VALUE with {', '.join(_KEYS)}")
        spec[key.strip()] = value.strip()
    if "metric" not in spec:
        raise OptionError("chart", text.strip()[:60], "a line metric: NAME")
    spec["run_ids"] = select_runs(store, spec.pop("runs", None))
    made.charts.append(spec)
    shown = html.escape(json.dumps(spec), quote=True)
    return f"<div class='rl-chart' data-chart='{len(made.charts) - 1}' data-spec=\"{shown}\"></div>\n"
