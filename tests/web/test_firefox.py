"""Report and app in Firefox: the same rows, charts that are drawn, no errors, and nothing hostile runs."""

from __future__ import annotations

import shutil

import pytest

import runlift
from runlift.answers.filters import select_runs
from runlift.report.document import ReportOptions, write_report

from .conftest import start_app, stop
from .firefox import Firefox

VIEWS = ("runs", "charts", "compare", "explore", "media", "tables", "text", "losses")
# Shares of pixels that are not transparent, of each canvas in sight.
INK = """[...document.querySelectorAll('main canvas')].slice(0, 2).map(c => {
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    let n = 0;
    for (let i = 3; i < d.length; i += 4) n += d[i] > 0;
    return 4 * n / d.length;
})"""


@pytest.fixture(scope="module")
def firefox():
    """Firefox, headless."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("no Firefox: apt-get install firefox-esr")
    pytest.importorskip("websockets")
    made = Firefox(path)
    yield made
    made.close()


@pytest.fixture(params=["report", "app"])
def place(request):
    """The address of the report (a file) and of the app."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "app" else f"file://{found}"


def test_errors_are_heard(firefox):
    """What a page throws or says of errors is not missed."""
    firefox.errors.clear()
    firefox.value("setTimeout(() => { throw new Error('thrown') }) && console.error('said')")
    firefox.until("true")
    assert [e for e in firefox.errors if "said" in e]
    assert [e for e in firefox.errors if "thrown" in e]


def test_every_view_opens(firefox, place):
    """Each view is shown on 500 runs without an error, and charts and parallel coordinates are not blank."""
    firefox.errors.clear()
    firefox.open(f"{place}#v=runs")
    for view in VIEWS:
        firefox.value(f"location.hash = '#v={view}&m=val%2Facc'")
        firefox.until("document.querySelectorAll('main section').length >= 1")
        if view in ("charts", "explore"):
            firefox.until(f"{INK}.some(share => share > 0.01)")
        if view == "runs":
            firefox.until("document.querySelectorAll('tr[data-run]').length >= 10")
    assert firefox.errors == []


def test_the_table_holds_the_rows_of_the_store(firefox, place, store):
    """The runs with the best accuracy are, in order and value, those that SQL names."""
    with runlift.open(store) as opened:
        latest = select_runs(opened, None)[:500]  # a report holds the latest 500 runs
        best = {r["run_id"]: r["max"] for r in opened.metrics(arrow=True).to_pylist() if r["metric"] == "val/acc"}
    firefox.errors.clear()
    firefox.open(f"{place}#v=runs&s=m:max:val/acc&d=1&f=hidden%3E0")
    firefox.until("document.querySelectorAll('tr[data-run]').length >= 10")
    shown = firefox.value("[...document.querySelectorAll('tr[data-run]')].map(r => r.dataset.run).slice(0, 10)")
    inside = best.keys() if place.startswith("http") else best.keys() & set(latest)
    wanted = sorted((best[i] for i in inside), reverse=True)[:10]
    assert [best[i] for i in shown] == wanted
    rows = firefox.value(f"window.runlift.provider.some({shown}).then(rows => rows.map(r => r.m['val/acc'][2]))")
    assert rows == wanted
    assert firefox.errors == []


def test_the_editor_takes_what_is_typed(firefox, app):
    """The workbench's editor is loaded under the app's policy."""
    firefox.errors.clear()
    firefox.open(f"{app}#v=sql&sql=SELECT+1+AS+n")
    firefox.until("document.querySelector('.cm-content')")
    assert firefox.value("document.querySelector('.cm-content').textContent") == "SELECT 1 AS n"
    assert firefox.value("getComputedStyle(document.querySelector('.cm-line span')).color") != firefox.value(
        "getComputedStyle(document.body).color"
    )
    assert firefox.errors == []


def test_nothing_hostile_runs(firefox, hostile_store, tmp_path):
    """Names, settings, metrics and texts that try to be scripts stay text in every view."""
    path = tmp_path / "hostile.html"
    with runlift.open(hostile_store) as opened:
        write_report(opened, str(path), ReportOptions())
    process, address = start_app(hostile_store)
    firefox.errors.clear()
    try:
        for place in (f"file://{path}", address):
            firefox.open(f"{place}#v=runs")
            for view in VIEWS:
                firefox.value(f"location.hash = '#v={view}'")
                firefox.until("document.querySelectorAll('main section').length >= 1")
                assert firefox.value("window.pwned === undefined")
                assert firefox.value("document.querySelectorAll('iframe, img[src=x], svg[onload]').length") == 0
    finally:
        stop(process)
    assert firefox.errors == []
