"""A proxy that cuts, delays, repeats and refuses requests at random, with a fixed seed."""

from __future__ import annotations

import http.client
import http.server
import random
import threading
import time
import urllib.parse
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# How often of a hundred: the others pass unharmed.
FAULTS = {"cut before": 5, "cut after": 6, "delay": 6, "repeat": 6, "503": 4, "429": 4}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Silent."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault()
        if fault in ("503", "429"):
            self.send_error(int(fault))
            return
        if fault == "cut before":
            self._cut()
            return
        if fault == "delay":
            time.sleep(0.05)
        answer = self._forward(body)
        if fault == "repeat":
            answer = self._forward(body)
        if fault == "cut after":
            self._cut()
            return
        self._give(*answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - http.server's names

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.behind, timeout=60)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _give(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behind: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.seen, self._random, self._lock = behind, Counter(), random.Random(seed), threading.Lock()

    def fault(self) -> str:
        """What happens to the next request."""
        with self._lock:
            (found,) = self._random.choices([*FAULTS, "none"], [*FAULTS.values(), 100 - sum(FAULTS.values())])
            self.seen[found] += 1
            return found

    def handle_error(self, request, client_address) -> None:
        """The pusher may be gone."""


@contextmanager
def faulty(url: str, seed: int = 7) -> Iterator[tuple[str, Counter]]:
    """(address of the proxy, how often each fault was met so far) before the server at ``url``."""
    server = _Server(urllib.parse.urlsplit(url).netloc, seed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
