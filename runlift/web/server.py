"""The local app: the front end of the report over a store that is asked live.

Listens on this machine alone unless a token is set. Every answer names a policy that lets no foreign script run; requests
for another host's name are refused (DNS rebinding), and so is whatever the page itself did not send.
"""

from __future__ import annotations

import dataclasses
import hmac
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.errors import RunliftError
from runlift.web import answers
from runlift.web.opened import Opened
from runlift.web.warm import Warm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_METHODS = {
    "sql": ["POST"],
    "report": ["POST"],
    "workbook": ["POST"],
    "views": ["GET", "POST"],
    "names": ["GET", "POST"],
}
_HEADERS = {
    "Content-Security-Policy": answers.POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What is served. ``token``: asked of every request where it is set; ``source``: a Markdown report shown live."""

    store: str
    token: str = ""
    source: str | None = None
    hosts: tuple[str, ...] = field(default=("127.0.0.1", "localhost", "[::1]"))


def make_app(options: AppOptions) -> Starlette:
    """The application. StoreNotFoundError and its like where the store cannot be opened."""
    from starlette.applications import Starlette  # noqa: PLC0415 - only for the app
    from starlette.middleware import Middleware  # noqa: PLC0415 - the same
    from starlette.middleware.base import BaseHTTPMiddleware  # noqa: PLC0415 - the same
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415 - the same
    from starlette.routing import Route  # noqa: PLC0415 - the same

    opened = Opened(options.store)
    routes = [Route("/", answers.page), Route("/{name:str}", answers.file)]
    routes[1:1] = [
        Route(f"/api/{path}", _fenced(answer), methods=_METHODS.get(path, ["GET"]))
        for path, answer in answers.ROUTES.items()
    ]
    app = Starlette(
        routes=routes,
        lifespan=_warmed,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(options.hosts)),
            Middleware(BaseHTTPMiddleware, dispatch=_guard(options)),
        ],
    )
    app.state.opened = opened
    app.state.options = options
    return app


@asynccontextmanager
async def _warmed(app: Starlette) -> AsyncIterator[None]:
    """While the app is served, long series are made ready before they are asked for."""
    with Warm(app.state.options.store) as app.state.warm:
        yield


def _fenced(answer: Callable[[Request], Any]) -> Callable[[Request], Awaitable[Response]]:
    """A mistake of the asker is a sentence with status 400; queries run on a thread of their own."""
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - only for the app
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415 - the same

    async def answered(request: Request) -> Response:
        if request.method == "POST":
            request.state.body = await request.json()
        try:
            found = await run_in_threadpool(answer, request)
        except RunliftError as error:
            return JSONResponse({"error": str(error)}, 400)
        except (KeyError, ValueError) as error:
            return JSONResponse({"error": f"the request lacks or misspells {error}"}, 400)
        return found if isinstance(found, Response) else JSONResponse(found)

    return answered


def _guard(options: AppOptions) -> Callable[[Request, Any], Awaitable[Response]]:
    from starlette.responses import PlainTextResponse  # noqa: PLC0415 - only for the app

    async def guard(request: Request, call_next: Any) -> Response:
        if options.token and request.url.path.startswith("/api/") and not _knows(request, options.token):
            return PlainTextResponse("The token is missing or wrong.", 401, headers=_HEADERS)
        if request.method == "POST" and request.headers.get("x-runlift") != "1":
            return PlainTextResponse("Only the page itself may ask this.", 403, headers=_HEADERS)
        answer: Response = await call_next(request)
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    return guard


def _knows(request: Request, token: str) -> bool:
    said = request.headers.get("authorization", "").removeprefix("Bearer ") or request.query_params.get("token", "")
    return hmac.compare_digest(said.encode(), token.encode())


def serve(options: AppOptions, host: str, port: int, *, said: Callable[[str], None]) -> None:
    """Serve until it is stopped; ``said`` is called with the address when it listens.

    Raises:
        OSError: The port is taken.
    """
    import socket  # noqa: PLC0415 - only for the app

    import uvicorn  # noqa: PLC0415 - the same

    local = host in ("127.0.0.1", "localhost", "::1")
    options = options if local else dataclasses.replace(options, hosts=("*",))
    app = make_app(options)
    listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    shown = f"[{host}]" if ":" in host else host
    query = f"?token={options.token}" if options.token else ""
    said(f"http://{shown}:{listening.getsockname()[1]}/{query}")
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        app.state.opened.close()


def title_of(store: str) -> str:
    """The store's folder as a title."""
    return os.path.basename(os.path.abspath(store)) or store
