"""The table of runs: curves in cells, pinned and moved columns, the mean of the last tenth, all kept in the address."""

from __future__ import annotations

import math

import pytest

import runlift

from .test_browser import _axe, _open


@pytest.fixture(params=["report", "app"])
def place(request):
    """The address of the report (a file) and of the app."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "app" else f"file://{found}"


def _table(page, address, fragment):
    _open(page, address, fragment)
    page.locator("tr[data-run]").nth(5).wait_for()


def _settled(page):
    """Wait until no heading moves any more: curves that come into cells widen their columns."""
    page.locator(".spark polyline").nth(10).wait_for()
    left = "[...document.querySelectorAll('.runs thead th')].map(h => h.getBoundingClientRect().left).join()"
    page.evaluate("() => { window.seenLeft = '' }")
    page.wait_for_function(
        f"() => {{ const now = {left}, same = now === window.seenLeft; window.seenLeft = now; return same }}",
        polling=250,
    )


def _titles(page):
    return [t.split(" \u2193")[0] for t in page.locator(".runs thead th").all_inner_texts()]


def test_curves_in_cells(page, place):
    """A cell of a metric that was logged over steps draws its series, for rows in sight alone; they can be put away."""
    _table(page, place, "v=runs&f=hidden>0&s=name")
    page.locator(".spark polyline").nth(20).wait_for()
    points = page.locator("tr[data-run]").nth(3).locator(".spark polyline").first.get_attribute("points").split()
    assert len(points) in (17, 30)
    rows = page.locator("tr[data-run]").count()
    assert rows < 60
    assert page.locator(".spark").count() <= 2 * rows + 8
    assert _axe(page) == []
    page.locator(".menu summary").click()
    page.get_by_label("curves in cells").uncheck()
    page.locator(".spark").first.wait_for(state="detached")
    page.wait_for_url("**sp=0**")


def test_columns_are_pinned_and_moved_by_keyboard(page, place):
    """A pinned column stays where it is while the others are scrolled; buttons move columns; a fresh page shows the same."""
    page.set_viewport_size({"width": 800, "height": 800})
    _table(page, place, "v=runs&f=hidden>0&diff=0")
    page.locator(".menu summary").press("Enter")
    page.get_by_role("button", name="pin hidden", exact=True).press("Enter")
    page.get_by_role("button", name="pin seed", exact=True).press("Enter")
    page.get_by_role("button", name="move hidden left", exact=True).press("Enter")
    page.get_by_role("button", name="move val/acc right", exact=True).press("Enter")
    assert _axe(page) == []
    page.keyboard.press("Escape")
    titles = _titles(page)
    assert titles[1:4] == ["run", "hidden", "seed"]
    assert titles.index("val/acc") == titles.index("val/acc (best)") + 1
    before = page.locator("th.pinned").nth(1).bounding_box()
    cell = page.locator("tr[data-run] td.pinned").nth(1).bounding_box()
    page.evaluate("() => { document.querySelector('.runs').scrollLeft = 300 }")
    page.wait_for_timeout(100)
    assert page.locator("th.pinned").nth(1).bounding_box()["x"] == before["x"]
    assert page.locator("tr[data-run] td.pinned").nth(1).bounding_box()["x"] == cell["x"] == before["x"]
    assert before["x"] >= page.locator("th.pinned").nth(0).bounding_box()["x"] + 20
    page.wait_for_timeout(300)
    page.reload()
    page.locator("th.pinned").nth(1).wait_for()
    # Which columns are constant is known when a sample of runs has come.
    page.wait_for_function("n => document.querySelectorAll('.runs thead th').length === n", arg=len(titles))
    assert _titles(page) == titles


def test_a_heading_is_dragged_to_another_place(page, place):
    """A column that is dropped on another stands before it."""
    _table(page, place, "v=runs&f=hidden>0")
    _settled(page)
    page.locator("th", has_text="train/loss (best)").drag_to(page.locator("th", has_text="lasted"))
    page.wait_for_url("**co=m*train**")
    titles = _titles(page)
    assert titles.index("train/loss (best)") == titles.index("lasted") - 1


def test_the_mean_of_the_last_tenth(page, place, store):
    """Chosen as a column it holds what the points say, and sorts; last, least, largest and mean are there to choose as well."""
    with runlift.open(store) as opened:
        points = opened.sql("SELECT run_id, value FROM history WHERE metric = 'val/acc' ORDER BY run_id, step, epoch")
    ends = {}
    for run, values in points.groupby("run_id")["value"]:
        good = [v for v in values if math.isfinite(v)]
        last = good[-math.ceil(len(good) / 10) :]
        ends[run] = sum(last) / len(last) if last else None
    _table(page, place, "v=runs&f=hidden>0")
    page.locator(".menu summary").click()
    for which in ("min", "mean", "mean of last 10%"):
        page.get_by_label(f"val/acc ({which})", exact=True).check()
    page.get_by_label("val/acc (max)", exact=True).wait_for(state="detached")  # that is its best
    page.locator(".menu summary").click()
    page.get_by_role("button", name="val/acc (mean of last 10%)", exact=True).click()
    page.locator("th[aria-sort=descending]", has_text="last 10%").wait_for()
    page.wait_for_timeout(500)
    page.locator("tr[data-run]").nth(9).wait_for()
    column = next(i for i, t in enumerate(_titles(page)) if "last 10%" in t)
    shown = page.locator("tr[data-run]").evaluate_all(
        "(rows, c) => rows.slice(0, 10).map(r => [r.dataset.run, Number(r.cells[c].innerText)])", column
    )
    for run, value in shown:
        assert value == pytest.approx(ends[run], rel=1e-4)
    assert [v for _, v in shown] == sorted((v for _, v in shown), reverse=True)
