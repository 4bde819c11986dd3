"""A store of 500 runs, a browser, a running app; the browser tests are skipped where there is no Chromium."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import runlift

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
# What a log may hold and a page must never run.
HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
    "<!--<script>window.pwned=1//-->",
    "\u2028window.pwned=1\u2029",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "'-window.pwned=1-'",
)


def write_runs(folder: Path, count: int) -> None:
    """Runs of a small sweep: a config and a table of metrics each, the same every time."""
    for k in range(count):
        run = folder / f"sweep-{k:03d}"
        run.mkdir(parents=True)
        lr, opt, seed = (0.001, 0.003, 0.01, 0.03, 0.1)[k % 5], ("adam", "sgd")[k // 5 % 2], k // 10
        config = {"lr": lr, "optim": {"name": opt}, "seed": seed, "hidden": 2 ** (4 + k % 3), "epochs": 30}
        (run / "config.json").write_text(json.dumps(config))
        best = 0.95 - abs(math.log10(lr) + 2) / 10 - (0.05 if opt == "sgd" else 0) + (seed % 7) / 500
        rows = ["step,train/loss,val/acc"]
        for s in range(30 if k % 9 else 17):
            noise = math.sin(k * 12.9898 + s * 78.233) * 0.02
            rows.append(
                f"{s * 100},{2.3 * math.exp(-s / 8) + 1 - best + noise!r},{best * (1 - math.exp(-s / 6)) + noise!r}"
            )
        (run / "metrics.csv").write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The recorded lab and a sweep: 500 runs or more."""
    folder = tmp_path_factory.mktemp("web")
    write_runs(folder / "sweep", 480)
    runlift.ingest([ROOT / "examples" / "legacy-lab", folder / "sweep"], folder / "store")
    return folder / "store"


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory):
    """A store in which every name, setting, metric and text tries to run as a script, with an SVG image that does too."""
    folder = tmp_path_factory.mktemp("hostile")
    for k, text in enumerate(HOSTILE):
        run = folder / "lab" / f"run{k}"
        run.mkdir(parents=True)
        (run / "config.json").write_text(json.dumps({text: text, "name": text, "notes": text, "lr": k}))
        lines = [json.dumps({"step": s, text: s / (k + 1), "loss": 1 / (s + k + 1), "note": text}) for s in range(5)]
        (run / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    runlift.ingest(folder / "lab", folder / "store")
    return folder / "store"


@pytest.fixture(scope="session")
def browser():
    """Chromium, headless."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        made = p.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(browser):
    """A fresh page of 1280 x 800 that fails the test for each error in its console."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()
    errors: list[str] = []
    # A question that the app answers with a sentence (status 400) is one that the test asked for.
    opened.on(
        "console", lambda m: errors.append(m.text) if m.type == "error" and "status of 400" not in m.text else None
    )
    opened.on("pageerror", lambda e: errors.append(str(e)))
    opened.on("dialog", lambda d: (errors.append(f"dialog: {d.message}"), d.dismiss()))
    yield opened
    context.close()
    assert errors == []


def start_app(store: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    """The app as a process, and its address."""
    command = [sys.executable, "-m", "runlift", "ui", "--store", str(store), "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    said = process.stdout.readline()
    assert said.startswith("Open http"), said
    return process, said.removeprefix("Open ").strip()


def stop(process: subprocess.Popen[str]) -> None:
    """End the app as Ctrl-C does."""
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.fixture(scope="session")
def app(store):
    """The address of the app over the store."""
    process, address = start_app(store)
    yield address
    stop(process)


@pytest.fixture(scope="session")
def report(store, tmp_path_factory):
    """The path of a report of the store."""
    from runlift.report.document import ReportOptions, write_report

    path = tmp_path_factory.mktemp("report") / "study.html"
    with runlift.open(store) as opened:
        write_report(opened, str(path), ReportOptions(title="A study"))
    return path


@pytest.fixture(scope="session")
def media_store(tmp_path_factory):
    """A store with runs that have media, histograms, texts, settings and several metrics."""
    folder = tmp_path_factory.mktemp("rich")
    runlift.ingest([ROOT / "tests" / "tensorboard" / "samples", ROOT / "examples" / "legacy-lab"], folder / "store")
    return folder / "store"


@pytest.fixture(scope="session")
def media_pages(media_store, tmp_path_factory):
    """The addresses of a report of it and of the app over it."""
    from runlift.report.document import ReportOptions, write_report

    path = tmp_path_factory.mktemp("rich-report") / "rich.html"
    with runlift.open(media_store) as opened:
        write_report(opened, str(path), ReportOptions(title="Rich"))
    process, address = start_app(media_store)
    yield {"report": f"file://{path}", "app": address}
    stop(process)
