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

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1150",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A store of two runs of 2019."""
    return make_store(tmp_path_factory.mktemp("shown"), 400, ("shown",))


@pytest.fixture
def page(tmp_path):
    """A browser, and a function that waits until the page shows some texts and takes its picture."""
    selenium = pytest.importorskip("selenium.webdriver")
    options = selenium.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(flag)
    browser = selenium.Chrome(options=options, service=selenium.ChromeService(DRIVER))
    kept = Path(os.environ.get("RUNLIFT_PICTURES") or tmp_path)

    def take(url: str, name: str, texts: tuple[str, ...], drawn: str) -> None:
        browser.get(url)
        _until(lambda: all(t in _text(browser) for t in texts) and _drawn(browser, drawn))
        time.sleep(1.5)  # charts move into place
        kept.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(kept / name))
        assert (kept / name).stat().st_size > 20_000

    yield take
    browser.quit()


# What stands in shadow roots is on the page too.
_WALK = """
const seen = [];
const walk = (node) => {
  if (node.shadowRoot) walk(node.shadowRoot);
  for (const child of node.childNodes || []) {
    if (child.nodeType === 3) seen.push(child.data); else walk(child);
  }
};
"""


def _text(browser) -> str:
    return browser.execute_script(_WALK + "walk(document.body); return seen.join(' ');")


def _drawn(browser, selector: str) -> bool:
    return browser.execute_script("return document.querySelectorAll(arguments[0]).length > 0;", selector)


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
