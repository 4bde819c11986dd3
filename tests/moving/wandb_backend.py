"""As much of a W&B server as ``wandb sync`` talks to, which records what arrives."""

from __future__ import annotations

import gzip
import http.server
import json
import re
import threading
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Backend(http.server.ThreadingHTTPServer):
    """``runs``: name -> what UpsertBucket said; ``rows``: name -> history rows; ``files``: (run, name) -> bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.runs: dict[str, dict] = {}
        self.rows: dict[str, dict[int, dict]] = {}
        self.ends: dict[str, dict] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.lock = threading.Lock()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """The client may be gone."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Silent."""

    def _body(self) -> bytes:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        coding = self.headers.get("Content-Encoding", "")
        return gzip.decompress(data) if coding == "gzip" else zlib.decompress(data) if coding == "deflate" else data

    def _give(self, answer: object) -> None:
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self._body()
        self._give({})

    def do_PUT(self) -> None:
        """A file."""
        _, run, name = self.path.split("?")[0].lstrip("/").split("/", 2)
        with self.server.lock:
            self.server.files[run, _unquoted(name)] = self._body()
        self._give({})

    def do_POST(self) -> None:
        """GraphQL, or the stream of a run."""
        said = json.loads(self._body() or b"{}")
        stream = re.fullmatch(r"/files/[^/]+/[^/]+/([^/]+)/file_stream", self.path)
        if stream:
            self._stream(stream[1], said)
            self._give({"exitcode": None, "limits": {}})
        else:
            self._give({"data": self._graphql(said.get("query", ""), said.get("variables") or {})})

    def _stream(self, run: str, said: dict) -> None:
        with self.server.lock:
            history = (said.get("files") or {}).get("wandb-history.jsonl")
            if history:
                rows = self.server.rows.setdefault(run, {})
                for i, line in enumerate(history["content"], history["offset"]):
                    rows[i] = json.loads(line)
            if said.get("complete") is not None:
                self.server.ends[run] = {"complete": said["complete"], "exitcode": said.get("exitcode")}

    def _graphql(self, query: str, variables: dict) -> dict:
        name = re.search(r"(?:query|mutation)\s+(\w+)", query)
        self.server.asked.append(name[1] if name else query[:60])
        if "upsertBucket" in query:
            return {"upsertBucket": self._upsert(variables)}
        if name and name[1] == "RunResumeStatus":
            return {"model": self._resumed(variables["name"])}
        if "createRunFiles" in query:
            run, names = variables["run"], variables["files"]
            files = [{"name": n, "uploadUrl": f"{self.server.url}/storage/{run}/{_quoted(n)}"} for n in names]
            return {"createRunFiles": {"runID": run, "uploadHeaders": [], "files": files}}
        if "viewer" in query:
            return {"viewer": {"id": "1", "entity": "me", "username": "me", "flags": "{}", "teams": {"edges": []}}}
        return {"serverInfo": {"features": [], "cliVersionInfo": {"max_cli_version": "99.0.0"}}, "model": None}

    def _resumed(self, run: str) -> dict | None:
        """What the server holds of a run: how many rows, and the last."""
        with self.server.lock:
            rows = self.server.rows.get(run, {})
            if run not in self.server.runs:
                return None
            tail = json.dumps([json.dumps(rows[max(rows)])] if rows else [])
            bucket = {"id": "r" + run, "name": run, "historyLineCount": len(rows), "historyTail": tail}
            bucket |= {"logLineCount": 0, "eventsLineCount": 0, "eventsTail": "[]", "summaryMetrics": "{}"}
            config = json.loads(self.server.runs[run].get("config") or "{}")
            said = {"t": config.get("_wandb", {}).get("value", {}).get("t", {})}
            bucket |= {"config": json.dumps(config), "tags": [], "wandbConfig": json.dumps(said)}
            return {"id": "m", "name": "p", "entity": {"id": "e", "name": "me"}, "bucket": bucket}

    def _upsert(self, variables: dict) -> dict:
        with self.server.lock:
            known = self.server.runs.setdefault(variables["name"], {})
            known.update({k: v for k, v in variables.items() if v is not None})
        project = {"name": variables.get("project") or "none", "entity": {"name": "me"}}
        bucket = {"id": "r" + variables["name"], "name": variables["name"], "displayName": variables.get("displayName")}
        bucket |= {"config": "{}", "sweepName": None, "historyLineCount": 0, "project": project}
        return {"bucket": bucket, "inserted": True}


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)


@contextmanager
def backend() -> Iterator[Backend]:
    """A server on loopback."""
    server = Backend()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
