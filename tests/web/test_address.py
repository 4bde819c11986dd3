"""The address says all that is looked at: opened in a fresh page, it shows the same, in report and app."""

from __future__ import annotations

import pytest

import runlift

from .test_browser import _axe, _open


@pytest.fixture(params=["report", "app"])
def place(request, media_pages):
    """Both of them."""
    return media_pages[request.param]


def _ids(store, where, most=2):
    with runlift.open(store) as opened:
        return opened.sql(f"SELECT run_id FROM runs WHERE {where} ORDER BY name")["run_id"].tolist()[:most]


def _again(page, browser):
    """A page of its own that is given the address alone."""
    page.wait_for_timeout(400)  # an address is written a moment after the last change
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    fresh = context.new_page()
    _open(fresh, page.url)
    return fresh


def test_charts(page, browser, place, media_store):
    """Smoothing, axis, log scale, words, a closer look and a table beside a chart."""
    ids = _ids(media_store, "run_id IN (SELECT run_id FROM metrics WHERE n > 8 AND metric ILIKE '%loss%')", 3)
    _open(page, place, f"v=charts&r={','.join(ids)}")
    page.get_by_label("find").fill("loss")
    page.locator("input[type=range]").fill("0.3")
    page.get_by_label("log scale").check()
    page.get_by_label("leave out extremes").uncheck()
    chart = page.get_by_test_id("chart").first
    chart.locator("canvas").wait_for()
    chart.get_by_role("button", name="table").click()
    box = chart.locator(".u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 42, steps=4)
    page.mouse.up()
    chart.get_by_text("double click: whole range").wait_for()
    page.wait_for_timeout(300)
    fresh = _again(page, browser)
    again = fresh.get_by_test_id("chart").first
    again.get_by_text("double click: whole range").wait_for()
    assert fresh.get_by_label("find").input_value() == "loss"
    assert fresh.locator("input[type=range]").input_value() == "0.3"
    assert fresh.get_by_label("log scale").is_checked()
    assert not fresh.get_by_label("leave out extremes").is_checked()
    again.locator("table tbody tr").first.wait_for()
    assert again.locator("table").inner_text() == chart.locator("table").inner_text()
    page.get_by_test_id("axis").select_option("wall")
    fresh.context.close()
    fresh = _again(page, browser)
    assert fresh.get_by_test_id("axis").input_value() == "wall"
    assert fresh.get_by_text("double click: whole range").count() == 0
    fresh.context.close()


def _stretch(page):
    page.wait_for_timeout(500)
    ends = page.evaluate(
        "decodeURIComponent(location.hash).match(/[#&]z=[^&]*/)?.[0].split('\\t').slice(-2).map(Number)"
    )
    return ends or []


def test_moving_along_a_chart(page, place, media_store):
    """A closer look moves along by shift and drag and by buttons, keeps its width, and goes back to the whole."""
    ids = _ids(media_store, "run_id IN (SELECT run_id FROM metrics WHERE n > 8 AND metric ILIKE '%loss%')", 3)
    _open(page, place, f"v=charts&r={','.join(ids)}&q=loss")
    chart = page.get_by_test_id("chart").first
    chart.locator("canvas").wait_for()
    box = chart.locator(".u-over").bounding_box()

    def drag(start, end):
        page.mouse.move(box["x"] + box["width"] * start, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * end, box["y"] + 40, steps=5)
        page.mouse.up()

    drag(0.4, 0.6)
    chart.get_by_role("button", name="whole").wait_for()
    first = _stretch(page)
    wide = first[1] - first[0]
    page.keyboard.down("Shift")
    drag(0.5, 0.25)
    page.keyboard.up("Shift")
    assert _stretch(page) == pytest.approx([v + wide / 4 for v in first], rel=0.02)
    chart.get_by_role("button", name="earlier").click()
    assert _stretch(page) == pytest.approx([v - wide / 4 for v in first], rel=0.02)
    chart.get_by_role("button", name="later").click()
    chart.get_by_role("button", name="whole").click()
    assert _stretch(page) == []
    assert chart.get_by_role("button", name="later").count() == 0


def test_explore(page, browser, report, app):
    """Ranges kept of parallel coordinates, and what the scatter is over."""
    for address in (f"file://{report}", app):
        _open(page, address, "v=explore&m=val%2Facc")
        canvas = page.locator("canvas.parallel")
        canvas.wait_for()
        page.get_by_test_id("kept").get_by_text("of 4").wait_for()
        page.wait_for_timeout(500)
        box = canvas.bounding_box()
        x = box["x"] + box["width"] * (1100 - 90) / 1100
        page.mouse.move(x, box["y"] + box["height"] * 0.12)
        page.mouse.down()
        page.mouse.move(x, box["y"] + box["height"] * 0.3, steps=4)
        page.mouse.up()
        page.get_by_test_id("over").select_option("p:hidden")
        page.wait_for_timeout(300)
        said = page.get_by_test_id("kept").inner_text()
        kept, of = said.split(" of ")
        assert 0 < int(kept) < int(of.split()[0])
        fresh = _again(page, browser)
        fresh.get_by_test_id("kept").get_by_text(said).wait_for()
        assert fresh.get_by_test_id("over").input_value() == "p:hidden"
        fresh.context.close()
        page.goto("about:blank")


def test_media_step_and_words(page, browser, place, media_store):
    """The step of the slider, words sought in texts, how items are sorted and grouped."""
    ids = _ids(media_store, "run_id IN (SELECT run_id FROM media GROUP BY run_id HAVING count(DISTINCT step) > 1)")
    _open(page, place, f"v=media&r={','.join(ids)}")
    page.get_by_test_id("step").fill("0")
    first = page.locator(".tile figcaption").all_inner_texts()
    fresh = _again(page, browser)
    fresh.locator(".tile").first.wait_for()
    assert fresh.get_by_test_id("step").input_value() == "0"
    assert fresh.locator(".tile figcaption").all_inner_texts() == first
    fresh.context.close()
    told = _ids(media_store, "run_id IN (SELECT run_id FROM texts)")
    page.goto("about:blank")
    _open(page, place, f"v=text&r={','.join(told)}")
    page.get_by_label("find").fill("e")
    fresh = _again(page, browser)
    assert fresh.get_by_label("find").input_value() == "e"
    fresh.context.close()
    page.goto("about:blank")
    _open(page, place, "v=tables&k=histograms&kg=run&ks=-step&kw=h")
    page.get_by_test_id("items").locator("tbody tr").first.wait_for()
    rows = page.get_by_test_id("items").inner_text()
    fresh = _again(page, browser)
    fresh.get_by_test_id("items").locator("tbody tr").first.wait_for()
    assert fresh.get_by_test_id("items").inner_text() == rows
    fresh.context.close()


def test_an_open_run(page, browser, place):
    """Enter opens the run's card; its address opens it again; Escape closes it."""
    _open(page, place, "v=runs")
    page.locator("tr[data-run]").first.wait_for()
    page.locator(".runs").focus()
    page.keyboard.press("Enter")
    card = page.get_by_test_id("card")
    card.wait_for()
    assert _axe(page) == []
    fresh = _again(page, browser)
    fresh.get_by_test_id("card").wait_for()
    assert fresh.get_by_test_id("card").inner_text() == card.inner_text()
    fresh.keyboard.press("Escape")
    fresh.get_by_test_id("card").wait_for(state="detached")
    fresh.wait_for_timeout(300)
    assert "&o=" not in fresh.url
    fresh.context.close()


def test_a_query(page, browser, media_pages):
    """What stands in the workbench."""
    _open(page, media_pages["app"], "v=sql")
    page.get_by_test_id("editor").wait_for()
    page.locator("#query").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT 7 AS a -- & #")
    fresh = _again(page, browser)
    fresh.get_by_test_id("editor").wait_for()
    assert fresh.locator("#query").inner_text() == "SELECT 7 AS a -- & #"
    fresh.context.close()
