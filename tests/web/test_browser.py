"""Report and app in a real browser: every view, without errors, for everyone, and nothing hostile runs."""

from __future__ import annotations

import math
import os
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest

import runlift
from runlift.answers.curves import lines
from runlift.answers.filters import select_runs
from runlift.report.document import ReportOptions, write_report

from .conftest import HOSTILE, ROOT, start_app, stop

VIEWS = ["Runs", "Charts", "Compare", "Explore", "Media", "Tables", "Text", "What was read"]


@pytest.fixture(params=["report", "app"])
def place(request):
    """The address of the report (a file) and of the app."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "app" else f"file://{found}"


def _open(page, address, fragment=""):
    page.goto(f"{address}#{fragment}" if fragment else address)
    page.wait_for_selector("html[data-ready]")


def _view(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(400)
    if name == "Charts":
        page.locator(".cell[data-seen=true] canvas").first.wait_for()


def _settled(page):
    """Until the table of runs has its answer."""
    page.get_by_test_id("count").get_by_text("chosen").wait_for()
    page.locator("tr[data-run]").nth(9).wait_for()


def _axe(page):
    """What axe finds against WCAG 2 A and AA."""
    source = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    found = page.evaluate("() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    return [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]]


def test_every_view_opens_and_is_accessible(page, place):
    """Each view is shown on 500 runs without an error in the console, and axe finds nothing against WCAG A and AA."""
    _open(page, place)
    page.get_by_test_id("count").get_by_text("chosen").wait_for()
    for name in VIEWS:
        _view(page, name)
        assert page.locator("main section").count() == 1
        assert _axe(page) == []


def test_dark_mode_is_accessible(page, report):
    """The dark colours have contrast enough as well."""
    page.emulate_media(color_scheme="dark")
    _open(page, f"file://{report}")
    for name in ("Runs", "Charts", "Compare", "Explore", "Media", "Tables", "Text", "What was read"):
        _view(page, name)
        assert _axe(page) == []


def test_by_keyboard_alone(page, place):
    """Filter, move, choose, compare: no mouse is needed, and what is looked at stands in the address."""
    _open(page, place, "r=")
    page.keyboard.press("/")
    page.locator("#filter:focus").wait_for()
    page.keyboard.type('run~"sweep-00"')
    page.keyboard.press("Enter")
    page.get_by_test_id("count").get_by_text("10 runs").wait_for()
    page.locator("tr[data-run]").first.wait_for()
    page.locator(".runs").focus()
    for key in ("x", "j", "x", "j"):
        page.keyboard.press(key)
    page.get_by_test_id("count").get_by_text("2 chosen").wait_for()
    page.keyboard.press("c")
    page.get_by_test_id("settings").wait_for()
    page.wait_for_url("**v=compare**")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def test_a_filter_that_cannot_be_read_says_so(page, place):
    """A mistake in the filter is said in words where the table was."""
    _open(page, place)
    page.locator("#filter").fill("nonsense=3")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert "nonsense" in page.locator("[role=alert]").inner_text()


def test_sorting_and_grouping(page, place):
    """The best accuracy stands on top when its column is pressed; runs without it come last."""
    _open(page, place, "v=runs&r=&diff=1")
    heading = page.locator("thead th.metric button", has_text="val/acc (best)").first
    heading.click()
    page.locator("th[aria-sort=descending]", has_text="val/acc (best)").wait_for()
    _settled(page)
    column = page.evaluate(
        "() => [...document.querySelectorAll('thead th')].findIndex(t => t.textContent.startsWith('val/acc (best)'))"
    )
    cells = page.locator(f"tbody tr[data-run] > *:nth-child({column + 1})").all_inner_texts()[:10]
    values = [float(c) for c in cells]
    assert values == sorted(values, reverse=True)
    page.locator("select").first.select_option("p:lr")
    page.locator("tr.opens").first.wait_for()


def test_report_and_app_show_what_sql_says(page, report, app, store):
    """The last values in the table and the drawn lines are equal in the report, in the app and in SQL."""
    with runlift.open(store) as opened:
        expected = {r["run_id"]: r["last"] for r in opened.metrics(arrow=True).to_pylist() if r["metric"] == "val/acc"}
        ids = [i for i in select_runs(opened, None)[:500] if i in expected][:40]  # a report holds the latest 500 runs
        drawn = {line.run_id: line for line in lines(opened, "val/acc", ids)}
    found = {}
    for address in (f"file://{report}", app):
        _open(page, address)
        found[address] = page.evaluate(
            """async (ids) => {
                const p = window.runlift.provider;
                const rows = await p.some(ids);
                const lines = await p.lines("val/acc", ids);
                const finite = (values) => [...values].map(v => Number.isFinite(v) ? v : null);
                return {last: rows.map(r => r.m["val/acc"][0]), lines: lines.map(l => [l.run, [...l.x], finite(l.last), [...l.position]])};
            }""",
            ids,
        )
    one, two = found.values()
    for a, b in zip(one["lines"], two["lines"], strict=True):
        assert a == b
    assert one == two
    assert one["last"] == [expected[i] for i in ids]
    for run, x, last, position in one["lines"]:
        assert x == drawn[run].x.tolist()
        assert last == [v if math.isfinite(v) else None for v in drawn[run].last.astype("<f4").tolist()]
        assert position == drawn[run].position.tolist()


def test_nothing_hostile_runs(page, hostile_store, tmp_path):
    """Names, settings, metrics and texts that try to be scripts are shown as text, in report and app, in every view."""
    path = tmp_path / "hostile.html"
    story = tmp_path / "story.md"
    story.write_text("# <img src=x onerror=window.pwned=1>\n\n" + "\n\n".join(HOSTILE) + "\n\n[x](javascript:window.pwned=1)\n\n"
                     "```sql\nSELECT name, notes FROM runs\n```\n\n{{ sql: SELECT name FROM runs LIMIT 1 }}\n")  # fmt: skip
    with runlift.open(hostile_store) as opened:
        write_report(opened, str(path), ReportOptions(source=str(story)))
    process, address = start_app(hostile_store, str(story))
    try:
        for place in (f"file://{path}", address):
            _open(page, place)
            for button in page.locator("nav button").all_inner_texts():
                _view(page, button)
                assert page.evaluate("() => window.pwned") is None
                assert page.evaluate("() => document.querySelectorAll('iframe, img[src=x], svg[onload]').length") == 0
                hrefs = page.evaluate("() => [...document.links].map(a => a.getAttribute('href'))")
                assert not [h for h in hrefs if h.lower().startswith(("javascript", "data"))]
            _view(page, "Runs")
            page.locator(".runs .open").first.click()
            page.get_by_test_id("card").wait_for()
            assert page.evaluate("() => window.pwned") is None
        page.goto("about:blank")
    finally:
        stop(process)


def test_a_report_needs_no_network(browser, report):
    """The page opens with the network off and asks for nothing but itself."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    _open(page, f"file://{report}")
    _view(page, "Charts")
    assert [a for a in asked if not a.startswith(("file:", "data:", "blob:"))] == []
    assert len([a for a in asked if a.startswith("file:")]) == 1
    context.close()


def test_a_report_without_scripts_still_says_something(browser, report):
    """Where scripts are off, the title and a table of runs are there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{report}")
    assert page.locator("#still h1").inner_text() == "A study"
    assert page.locator("#still tbody tr").count() >= 100
    context.close()


def test_a_point_leads_to_its_line(page, app, store):
    """A click on a point shows the source's own words."""
    with runlift.open(store) as opened:
        run = opened.sql("SELECT run_id FROM runs WHERE name LIKE '%sweep-007%'")["run_id"][0]
    _open(page, app, f"v=charts&r={run}&smooth=0")
    chart = page.locator("[data-metric='val/acc'] .u-over")
    chart.wait_for()
    box = chart.bounding_box()
    for share in (0.5, 0.45, 0.55, 0.4):
        for y in range(4, int(box["height"]), 12):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + y)
            if (
                "val/acc" in page.locator("[data-metric='val/acc'] .hover").inner_text()
                or "sweep-007" in page.locator("[data-metric='val/acc'] .hover").inner_text()
            ):
                page.mouse.click(box["x"] + box["width"] * share, box["y"] + y)
                dialog = page.get_by_role("dialog")
                dialog.wait_for()
                assert "metrics.csv" in dialog.inner_text()
                assert len(dialog.locator("pre").inner_text().split(",")) == 3
                return
    raise AssertionError("no point was found under the cursor")


def test_the_workbench(page, app):
    """A SELECT is answered with Ctrl+Enter."""
    _open(page, app, "v=sql")
    page.get_by_test_id("editor").wait_for()
    page.locator("#query").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT count(*) AS n FROM runs")
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("answer").wait_for()
    assert int(page.get_by_test_id("answer").locator("td").inner_text().replace(",", "")) >= 500


def test_a_phone(browser, report):
    """At the width of a phone nothing is wider than the screen but what scrolls in its own box."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    _open(page, f"file://{report}")
    for name in VIEWS:
        _view(page, name)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 391, name
    context.close()


SHOTS = [("runs", "Runs", 1280), ("charts", "Charts", 1280), ("compare", "Compare", 1280), ("explore", "Explore", 1280),
         ("media", "Media", 1280), ("tables", "Tables", 1280), ("read", "What was read", 1280),
         ("charts-wide", "Charts", 1920)]  # fmt: skip


def test_screenshots(browser, store, tmp_path):
    """Each view is drawn at 1280 and 1920 pixels; RUNLIFT_SHOTS=1 puts the pictures into docs/images."""
    folder = ROOT / "docs" / "images" if os.environ.get("RUNLIFT_SHOTS") else tmp_path
    folder.mkdir(exist_ok=True)
    report = tmp_path / "study.html"
    with runlift.open(store) as opened:
        write_report(opened, str(report), ReportOptions(title="A study", redact=True))
        ids = opened.sql(
            "SELECT run_id FROM runs WHERE regexp_matches(name, 'resnet|sweep-0(0[27]|12)') ORDER BY name"
        )["run_id"]
    for name, view, width in SHOTS:
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
        page = context.new_page()
        _open(page, f"file://{report}", f"r={','.join(ids)}&m=val%2Facc&s=m:max:val/acc&d=1")
        _view(page, view)
        page.wait_for_timeout(600)
        path = Path(folder) / f"{name}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 10_000
        context.close()


BEST = """SELECT r.name, m.last, m.max -- the best first
FROM metrics m JOIN runs r USING (run_id)
WHERE m.metric = 'val/acc'
ORDER BY m.max DESC
LIMIT 20"""


def test_screenshot_of_the_workbench(browser, app, tmp_path):
    """The editor and an answer, drawn in light and dark at the widths of a phone and of screens, nothing wider than its page."""
    folder = ROOT / "docs" / "images" if os.environ.get("RUNLIFT_SHOTS") else tmp_path
    for width, scheme in ((1280, "light"), (1280, "dark"), (1920, "light"), (390, "light"), (390, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        _open(page, app, f"v=sql&sql={quote(BEST)}")
        page.get_by_test_id("editor").wait_for()
        page.get_by_role("button", name="Run (Ctrl+Enter)").click()
        page.get_by_test_id("answer").wait_for()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width + 1
        shown = (width, scheme) == (1280, "light")
        path = (folder if shown else tmp_path) / ("sql.png" if shown else f"sql-{width}-{scheme}.png")
        page.screenshot(path=path)
        assert path.stat().st_size > 10_000
        context.close()


def test_a_run_has_its_colour_in_every_view(browser, report, store):
    """An address gives a run the same colour whichever view it opens."""
    with runlift.open(store) as opened:
        ids = opened.sql("SELECT run_id FROM runs WHERE name LIKE '%sweep-00%' ORDER BY name")["run_id"].tolist()[:4]
    found = []
    for view, colours in (
        ("charts", "[...document.querySelectorAll('.legend i')].map(i => getComputedStyle(i).backgroundColor)"),
        ("compare", "[...document.querySelectorAll('[data-testid=settings] .dot')].map(i => getComputedStyle(i).backgroundColor)"),
        ("runs", f"{ids}.map(i => getComputedStyle(document.querySelector(`tr[data-run='${{i}}'] input`)).accentColor)"),
    ):  # fmt: skip
        context = browser.new_context()
        page = context.new_page()
        # The table shows them the other way round than they were chosen.
        _open(page, f"file://{report}", f"v={view}&r={','.join(ids)}&f=run~%22sweep-00%22&s=name&d=1")
        page.wait_for_timeout(800)
        found.append(page.evaluate(colours))
        context.close()
    assert len(set(found[0])) == 4
    assert found[0] == found[1] == found[2]
