"""Firefox driven by WebDriver BiDi over its websocket: the few commands that the tests need."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PATIENCE_S = 120.0
_PREFERENCES = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,#none");
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("ui.prefersReducedMotion", 1);
"""


class Firefox:
    """A headless Firefox with one page. ``errors``: what its console and its scripts said of errors since they were asked."""

    def __init__(self, path: str) -> None:
        self.errors: list[str] = []
        self._numbers = itertools.count(1)
        with contextlib.ExitStack() as kept:
            self._socket = self._start(path, kept)
            self._ask("session.new", capabilities={})
            self._ask("session.subscribe", events=["log.entryAdded"])
            self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]
            self._kept = kept.pop_all()

    def _start(self, path: str, kept: contextlib.ExitStack) -> Any:
        """Its process with a profile of its own, and the websocket that it listens on."""
        from websockets.sync.client import connect

        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (folder / "user.js").write_text(_PREFERENCES, encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(folder)]
        said = folder / "said.txt"
        with said.open("w") as f:
            process = subprocess.Popen(command, stdout=f, stderr=f, env={**os.environ, "HOME": str(folder)})
        kept.callback(_end, process)
        until = time.monotonic() + PATIENCE_S
        while not (found := re.search(r"ws://\S+", said.read_text(encoding="utf-8", errors="replace"))):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(said.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.1)
        return kept.enter_context(connect(f"{found[0]}/session", max_size=None, open_timeout=PATIENCE_S))

    def open(self, address: str) -> None:
        """Go to an address, by way of an empty page so that one with another hash is loaded anew, until it says it is ready."""
        for url in ("about:blank", address):
            self._ask("browsingContext.navigate", context=self._page, url=url, wait="interactive")
        self.until("document.documentElement.dataset.ready === '1'")

    def value(self, expression: str) -> Any:
        """What an expression (a promise is waited for) says, as JSON."""
        told = self._ask(
            "script.evaluate", expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._page}, awaitPromise=True,
        )  # fmt: skip
        if told["type"] != "success":
            raise AssertionError(told["exceptionDetails"]["text"])
        return json.loads(told["result"].get("value", "null"))

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + PATIENCE_S
        while not self.value(f"Boolean({expression})"):
            if time.monotonic() > until:
                raise AssertionError(f"never: {expression}; errors: {self.errors}")
            time.sleep(0.1)

    def close(self) -> None:
        """End the browser and forget its profile."""
        self._kept.close()

    def _ask(self, method: str, **values: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": values}))
        while True:
            told = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                self.errors.append(str(told["params"]["text"]))
            if told.get("id") == number:
                if told["type"] == "error":
                    raise AssertionError(f"{method}: {told['message']}")
                return told["result"]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
