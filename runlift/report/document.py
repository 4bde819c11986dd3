"""One HTML file of a study: front end, data and a summary that needs no script, under a policy that lets nothing else run."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import os
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from runlift.answers.filters import select_runs
from runlift.errors import DestinationError, OptionError, SourceNotFoundError
from runlift.report.gather import Asked, Gathered, Limits, ask, gather
from runlift.report.markdown import Narrative, render
from runlift.report.redact import Redactor

if TYPE_CHECKING:
    from runlift.api import RunStore

POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data: blob:; "
    "media-src data: blob:; base-uri 'none'; form-action 'none'"
)
_SUMMARY_RUNS = 200


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report holds. ``source``: a Markdown file; ``runs``: a filter; ``max_mb``: size of the page, megabytes."""

    source: str | None = None
    runs: str | None = None
    title: str | None = None
    max_mb: float = 25.0
    redact: bool = False


@dataclass(slots=True)
class Report:
    """What was written: bytes, runs, metrics, and in ``notes`` what was left out or masked."""

    dest: str
    bytes: int
    runs: int
    metrics: int
    notes: list[str] = field(default_factory=list)


def write_report(store: RunStore, dest: str, options: ReportOptions) -> Report:
    """Write the page; what stood there is replaced when it is whole.

    Raises:
        OptionError: The filter, a block of the Markdown file or the size cannot be used.
        SourceNotFoundError: The Markdown file is not there.
        DestinationError: The page cannot be written.
    """
    run_ids = select_runs(store, options.runs)
    if not run_ids:
        raise OptionError("--runs", options.runs or "", "a filter that some run fits; `runlift runs` lists them")
    narrative = _narrative(store, options)
    asked = ask(store, run_ids)
    limits: Limits | None = Limits()
    while limits is not None:
        page, made = _page(store, asked, (limits, narrative, options))
        if len(page) <= options.max_mb * 1e6:
            _put(dest, page)
            return Report(dest, len(page), len(made.study["runs"]), len(made.blocks), made.notes)
        limits = limits.smaller(len(page) / (options.max_mb * 1e6))
    raise OptionError(
        "--max-size", f"{options.max_mb:g}", f"more megabytes: the smallest page takes {len(page) / 1e6:.1f}"
    )


def _narrative(store: RunStore, options: ReportOptions) -> Narrative | None:
    if options.source is None:
        return None
    try:
        with open(options.source, encoding="utf-8") as f:
            return render(f.read(), store)
    except FileNotFoundError as error:
        raise SourceNotFoundError(options.source) from error


def _page(store: RunStore, asked: Asked, how: tuple[Limits, Narrative | None, ReportOptions]) -> tuple[bytes, Gathered]:
    limits, narrative, options = how
    redactor = Redactor() if options.redact else None
    made = gather(store, asked, limits, redactor)
    title = options.title or (narrative.title if narrative else os.path.basename(os.path.abspath(store.root)))
    story = narrative.html if narrative else ""
    if redactor is not None:
        title, story = redactor.text(title), redactor.text(story)
        masked = ", ".join(f"{n:,} {kind}" for kind, n in sorted(redactor.counts.items()))
        made.notes.append(f"Masked: {masked or 'nothing was found'}.")
    read_at = made.study["overview"]["counts"]["read_at"]
    digest = hashlib.sha256(json.dumps(made.study, sort_keys=True).encode()).hexdigest()
    made.study |= {"title": title, "notes": made.notes, "story": bool(story), "digest": digest[:16], "read_at": read_at,
                   "written_at": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")}  # fmt: skip
    return assemble(title, story, made).encode("utf-8", "backslashreplace"), made


def assemble(title: str, story: str, made: Gathered) -> str:
    """The page as text. Data stands in inert blocks in which ``<`` is escaped; the policy names the script by its hash."""
    script, style = static("app.js"), static("app.css")
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    blocks = "\n".join(
        f'<script type="text/plain" class="block" data-metric="{html.escape(name, quote=True)}">{text}</script>'
        for name, text in made.blocks.items()
    )
    shown = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="runlift">\n'
        f'<title>{shown}</title>\n<style>{style}</style></head>\n<body>\n<div id="app"></div>\n'
        f'<main id="still"><h1>{shown}</h1><p class="note">This page shows more with scripts: they were blocked, or the file '
        f'was changed after it was written.</p><div id="story">{story}</div>{summary(made.study)}</main>\n'
        f'<script type="application/json" id="study">{inert(made.study)}</script>\n{blocks}\n<script>{script}</script>\n'
        f"</body></html>\n"
    )


def inert(data: Any) -> str:
    """JSON that no HTML parser takes for markup."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def summary(study: dict[str, Any]) -> str:
    """Runs and their last values as a table that needs no script; also what a printed page shows."""
    metrics = [m["name"] for m in study["overview"]["metrics"]][:8]
    head = "".join(f"<th scope='col'>{html.escape(c)}</th>" for c in ("run", "status", *metrics))
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(c))}</td>" for c in
                         (r.get("name"), r.get("status"), *(r["m"].get(m, [None])[0] for m in metrics))) + "</tr>"
        for r in study["runs"][:_SUMMARY_RUNS]
    )  # fmt: skip
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def static(name: str) -> str:
    """A file of the built front end."""
    return resources.files("runlift.web").joinpath("static", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _put(dest: str, page: bytes) -> None:
    part = f"{dest}.part"
    try:
        with open(part, "wb") as f:
            f.write(page)
        os.replace(part, dest)
    except OSError as error:
        raise DestinationError(dest, error.strerror or str(error)) from error
    finally:
        if os.path.exists(part):
            os.remove(part)
