"""A migrated run in each tracker's own web page, as headless Chromium shows it.

RUNLIFT_PICTURES=docs/images keeps the pictures for the documentation.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

import runlift
from tests.moving import servers
from tests.moving.conftest import make_store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A store of two runs of 2019."""
    return make_store(tmp_path_factory.mktemp("shown"), 400, ("shown",))


@pytest.fixture
def page(tmp_path):
    """A function that opens a page, waits until it shows some texts and drawings, and takes its picture."""
    playwright = pytest.importorskip("playwright.sync_api")
    kept = Path(os.environ.get("RUNLIFT_PICTURES") or tmp_path)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        tab = browser.new_page(viewport={"width": 1400, "height": 1000})

        def take(url: str, name: str, texts: tuple[str, ...], drawn: str) -> None:
            tab.goto(url)
            _until(lambda: all(t in tab.evaluate(_WORDS) for t in texts) and tab.query_selector(drawn))
            time.sleep(1.5)  # charts move into place
            kept.mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=str(kept / name))
            assert (kept / name).stat().st_size > 20_000

        yield take
        browser.close()


# What stands in shadow roots is on the page too.
_WORDS = """() => {
  const seen = [];
  const walk = (node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const child of node.childNodes || []) {
      if (child.nodeType === 3) seen.push(child.data); else walk(child);
    }
  };
  walk(document.body);
  return seen.join(" ");
}"""


def _until(true, seconds: float = 60) -> None:
    for _ in range(int(seconds * 4)):
        if true():
            return
        time.sleep(0.25)
    raise AssertionError("the page does not show it")


def test_tensorboard_shows_a_migrated_run(shown, tmp_path, page):
    """Its time series page draws both runs' metrics."""
    runlift.export("tensorboard", tmp_path / "logs", shown)
    with servers.tensorboard(tmp_path / "logs") as url:
        page(f"{url}/#timeseries", "moved-tensorboard.png", ("baseline", "wider", "loss"), "svg path, canvas")


def test_mlflow_shows_a_migrated_run(shown, tmp_path, page):
    """The run's page says its own year, status, user, settings and notes; the metrics page draws its charts."""
    pytest.importorskip("mlflow")
    with servers.mlflow(tmp_path) as url:
        runlift.export("mlflow", url, shown, receipt=str(tmp_path / "r.json"))
        from mlflow import MlflowClient

        client = MlflowClient(url)
        experiment = client.get_experiment_by_name("resnet-2019").experiment_id
        run = next(r.info.run_id for r in client.search_runs([experiment]) if r.info.run_name == "wider")
        where = f"{url}/#/experiments/{experiment}/runs/{run}"
        page(where, "moved-mlflow.png", ("wider", "Failed", "2019", "ada", "batch_size"), "table, [role=table]")
        page(f"{where}/model-metrics", "moved-mlflow-metrics.png", ("wider", "loss"), ".js-plotly-plot, canvas")


def test_trackio_shows_a_migrated_run(shown, tmp_path, page):
    """Its dashboard draws both runs' metrics."""
    pytest.importorskip("trackio")
    runlift.export("trackio", tmp_path / "trackio", shown)
    with servers.trackio(tmp_path / "trackio") as url:
        page(f"{url}/?project=resnet-2019", "moved-trackio.png", ("baseline", "wider", "loss"), "canvas, svg")
