"""What each address of the app answers with. A function takes a request and gives plain data or a response."""

from __future__ import annotations

import asyncio
import dataclasses
import html
import json
import os
import re
import secrets
import tempfile
from typing import TYPE_CHECKING, Any

from runlift.answers.curves import BUCKETS
from runlift.answers.filters import select_runs
from runlift.answers.groups import groups as grouped
from runlift.answers.importance import importance as driven
from runlift.answers.items import items as logged
from runlift.answers.names import confirm, propose, undo
from runlift.answers.study import json_plain, overview, run_details
from runlift.answers.tables import plain
from runlift.errors import MissingLibraryError, OptionError
from runlift.report.blocks import pack
from runlift.report.document import ReportOptions, static, write_report
from runlift.report.gather import SAFE_MEDIA
from runlift.report.markdown import render
from runlift.web import kept, queries
from runlift.web.runs import page as runs_page
from runlift.web.runs import rows as runs_rows
from runlift.web.views import read_views, save_view

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response

_FILES = {"app.js": "text/javascript", "editor.js": "text/javascript", "app.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_RUN_ID = re.compile(r"[0-9a-f]{16}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
MOST_LINES = 200
SPARK = 48


def page(request: Request) -> Response:
    """The page, with a Markdown report's own part where there is one.

    Its policy names a nonce, new each time, for the style sheets that the workbench's editor makes.
    """
    from starlette.responses import HTMLResponse  # noqa: PLC0415 - only for the app

    nonce = secrets.token_urlsafe(16)

    options, story = request.app.state.options, ""
    title = html.escape(os.path.basename(os.path.abspath(options.store)))
    if options.source and (not options.token or request.query_params.get("token") == options.token):
        with request.app.state.opened.store() as store, open(options.source, encoding="utf-8") as f:
            story = render(f.read(), store).html
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="app.css" nonce="{nonce}">'
        f'</head>\n<body><div id="app"></div><main id="still"><h1>{title}</h1><p class="note">This page needs scripts.</p>'
        f'<div id="story">{story}</div></main><script src="app.js"></script></body></html>\n',
        headers={"Content-Security-Policy": POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")},
    )


def file(request: Request) -> Response:
    """A file of the front end, and nothing else of the disk."""
    from starlette.responses import PlainTextResponse, Response  # noqa: PLC0415 - only for the app

    name = request.path_params["name"]
    if name not in _FILES:
        return PlainTextResponse("There is no such page.", 404)
    return Response(static(name), media_type=_FILES[name])


def about(request: Request) -> Any:
    """Title and footer."""
    from runlift import __version__  # noqa: PLC0415 - only here

    root = request.app.state.options.store
    return {"title": os.path.basename(os.path.abspath(root)), "notes": [], "footer": f"{root}, runlift {__version__}"}


def all_of(request: Request) -> Any:
    """Counts, metrics, settings."""
    with request.app.state.opened.store() as store:
        return overview(store)


def runs(request: Request) -> Any:
    """A window of the table of runs."""
    q = request.query_params
    with request.app.state.opened.store() as store:
        return runs_page(
            store, filter_=q.get("filter", ""), sort=q.get("sort", ""), down=q.get("down") == "1",
            window=(int(q.get("offset", 0)), int(q.get("limit", 100))), tails=_tails(request),
        )  # fmt: skip


def some(request: Request) -> Any:
    """Chosen runs."""
    with request.app.state.opened.store() as store:
        return runs_rows(store, _ids(request), _tails(request))


def series(request: Request) -> Response:
    """The lines of a metric as a block; a closer look with ``from`` and ``to``."""
    from starlette.responses import Response  # noqa: PLC0415 - only for the app

    q = request.query_params
    span = (float(q["from"]), float(q["to"])) if "from" in q else None
    ids = _ids(request)[:MOST_LINES]
    with request.app.state.opened.store() as store:
        metric = q["metric"]
        # A page asks for as much again on both sides of what it shows, to move along it.
        found = (
            pack(metric, kept.closer(store, metric, ids, span, 3 * BUCKETS)) if span else kept.block(store, metric, ids)
        )
    return Response(found, media_type="application/octet-stream")


def sparks(request: Request) -> Response:
    """The lines of a metric in few buckets, for small drawings in cells."""
    from starlette.responses import Response  # noqa: PLC0415 - only for the app

    metric = request.query_params["metric"]
    with request.app.state.opened.store() as store:
        found = kept.block(store, metric, _ids(request)[:MOST_LINES], buckets=SPARK, band=False)
    return Response(found, media_type="application/octet-stream")


def run(request: Request) -> Any:
    """Details of one run."""
    with request.app.state.opened.store() as store:
        run_id = store.find(request.path_params["run"])
        return run_details(store, [run_id])[run_id]


def groups(request: Request) -> Any:
    """Means of groups."""
    q = request.query_params
    by = tuple(k for k in q.get("by", "").split("\n") if k)
    with request.app.state.opened.store() as store:
        return json_plain(plain(grouped(store, q["metric"], by=by, runs=q.get("filter") or None)))


def importance(request: Request) -> Any:
    """Which settings drive a metric."""
    q = request.query_params
    with request.app.state.opened.store() as store:
        try:
            return json_plain(plain(driven(store, q["metric"], runs=q.get("filter") or None)))
        except (MissingLibraryError, OptionError) as error:
            return {"drivers": [], "silent": str(error)}


def trace(request: Request) -> Any:
    """The source's own line or record of a point."""
    q = request.query_params
    with request.app.state.opened.store() as store:
        found = store.trace_position(q["source"], int(float(q["position"])))
    return None if found is None else {"source": found.source, "position": found.position, "text": found.text}


def blob(request: Request) -> Response:
    """The bytes of an image or sound that the store holds, never as a page."""
    from starlette.responses import FileResponse, PlainTextResponse  # noqa: PLC0415 - only for the app

    digest = request.path_params["digest"]
    with request.app.state.opened.store() as store:
        found = store.rows("SELECT mime FROM media WHERE sha256 = $1 LIMIT 1", [digest])
        path = os.path.join(store.root, "blobs", digest[:2], digest)
    if not _DIGEST.match(digest) or not found or found[0]["mime"] not in SAFE_MEDIA or not os.path.isfile(path):
        return PlainTextResponse("The store holds no such image or sound.", 404)
    closed = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "max-age=86400",
    }
    return FileResponse(path, media_type=found[0]["mime"], headers=closed)


def sql(request: Request) -> Any:
    """The workbench."""
    body = request.state.body
    with request.app.state.opened.store() as store:
        return dataclasses.asdict(queries.ask(store, str(body["query"]), explain=bool(body.get("explain"))))


def schema(request: Request) -> Any:
    """Table or view -> its columns, for the workbench's completion."""
    with request.app.state.opened.store() as store:
        return queries.schema(store)


def report(request: Request) -> Response:
    """These runs as one HTML file."""
    from starlette.responses import Response  # noqa: PLC0415 - only for the app

    wanted = ReportOptions(
        source=request.app.state.options.source, runs=str(request.state.body.get("filter") or "") or None
    )
    with tempfile.TemporaryDirectory() as folder, request.app.state.opened.store() as store:
        path = os.path.join(folder, "study.html")
        write_report(store, path, wanted)
        with open(path, "rb") as f:
            page_bytes = f.read()
    return Response(page_bytes, media_type="application/octet-stream")


def workbook(request: Request) -> Response:
    """These runs as a workbook."""
    from starlette.responses import Response  # noqa: PLC0415 - only for the app

    from runlift.api import export  # noqa: PLC0415 - only where it is asked for

    root = request.app.state.opened.root
    ids = [str(r) for r in request.state.body.get("runs") or ()]
    chosen = " or ".join(f"run_id='{i}'" for i in ids if _RUN_ID.match(i))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "runs.xlsx")
        export("xlsx", path, root, runs=chosen or None)
        with open(path, "rb") as f:
            return Response(f.read(), media_type="application/octet-stream")


def views(request: Request) -> Any:
    """Saved views; a post keeps one."""
    root = request.app.state.opened.root
    if request.method == "POST":
        body = request.state.body
        return save_view(root, str(body["name"]), str(body.get("fragment", "")).lstrip("#"))
    return read_views(root)


def items(request: Request) -> Any:
    """What the runs that fit logged besides numbers."""
    q = request.query_params
    with request.app.state.opened.store() as store:
        wanted = q.get("filter", "").strip()
        return logged(store, q["kind"], select_runs(store, wanted) if wanted else None, q.get("words", ""))


def names(request: Request) -> Any:
    """Names that seem to mean one metric, and those that were confirmed; a post confirms some or takes one back."""
    with request.app.state.opened.store() as store:
        if request.method == "POST":
            body = request.state.body
            if "undo" in body:
                undo(store, str(body["undo"]))
            else:
                confirm(store, str(body["metric"]), [str(n) for n in body["names"]])
        return {"proposals": [dataclasses.asdict(p) for p in propose(store)], "aliases": store.names}


def events(request: Request) -> Response:
    """What a running ingest says of itself, and whenever runs were committed: server-sent events."""
    from starlette.responses import StreamingResponse  # noqa: PLC0415 - only for the app

    return StreamingResponse(_news(request), media_type="text/event-stream")


async def _news(request: Request) -> AsyncIterator[str]:
    from runlift.progress import read_progress  # noqa: PLC0415 - only for the app

    opened = request.app.state.opened
    last: tuple[str, str] | None = None
    version = opened.version()
    while not await request.is_disconnected():
        text, now = read_progress(opened.root), opened.version()
        if (text, now) != last:
            yield f"data: {json.dumps({'text': text, 'changed': now != version})}\n\n"
            last, version = (text, now), now
        await asyncio.sleep(0.5)


def _tails(request: Request) -> list[str]:
    return [m for m in request.query_params.get("tails", "").split("\n") if m]


def _ids(request: Request) -> list[str]:
    return [r for r in request.query_params.get("runs", "").split(",") if r]


ROUTES: dict[str, Callable[[Request], Any]] = {
    "about": about, "overview": all_of, "runs": runs, "some": some, "lines": series, "run/{run:str}": run,
    "groups": groups, "importance": importance, "trace": trace, "blob/{digest:str}": blob, "sql": sql, "report": report,
    "events": events, "workbook": workbook, "views": views,
    "items": items, "names": names, "schema": schema, "sparks": sparks,
}  # fmt: skip
