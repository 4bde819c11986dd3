"""Drawings that say more than numbers: waveforms, pictures laid over each other, heatmaps, quantiles, coverage, any two texts."""

from __future__ import annotations

import math

import pytest

import runlift

from .test_browser import _axe, _open


@pytest.fixture(params=["report", "app"])
def place(request, media_pages):
    """A report and an app of runs with media."""
    return media_pages[request.param]


@pytest.fixture(params=["report", "app"])
def sweep(request):
    """The report and the app of the sweep."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "app" else f"file://{found}"


def _ids(store, query):
    with runlift.open(store) as opened:
        return opened.sql(query)["run_id"].tolist()


def test_a_sound_has_its_waveform(page, place, media_store):
    """The samples are drawn, the length is said."""
    ids = _ids(media_store, "SELECT run_id FROM media WHERE tag = 'tone' GROUP BY run_id ORDER BY run_id")[:2]
    _open(page, place, f"v=media&r={','.join(ids)}")
    wave = page.get_by_test_id("wave").first
    wave.wait_for()
    assert wave.locator("path").first.get_attribute("d").count("M") > 50
    assert "seconds" in wave.get_attribute("aria-label")
    assert page.locator(".sound audio").count() >= 2
    assert _axe(page) == []


def test_a_sound_that_cannot_be_decoded_keeps_its_player(page, media_pages, media_store):
    """Bytes that are no sound give a player without a waveform, and no error."""
    ids = _ids(media_store, "SELECT run_id FROM media WHERE tag = 'tone' GROUP BY run_id ORDER BY run_id")[:1]
    page.route("**/api/blob/**", lambda route: route.fulfill(status=200, content_type="audio/wav", body=b"no sound"))
    _open(page, media_pages["app"], f"v=media&r={ids[0]}")
    page.locator(".sound audio").first.wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_test_id("wave").count() == 0


def test_pictures_are_laid_over_each_other(page, place, media_store):
    """Onion skin shows the second through the first by a slider, flip shows one or the other; the address says which."""
    ids = _ids(media_store, "SELECT run_id FROM media WHERE tag = 'pictures' GROUP BY run_id ORDER BY run_id")[:3]
    _open(page, place, f"v=compare&r={','.join(ids)}")
    page.get_by_test_id("laid").select_option("onion")
    over = page.get_by_test_id("overlay").first
    over.locator("input[type=range]").fill("0.25")
    assert over.locator("img").nth(1).evaluate("i => getComputedStyle(i).opacity") == "0.25"
    assert _axe(page) == []
    page.wait_for_timeout(300)
    page.reload()
    over.wait_for()
    assert over.locator("img").nth(1).evaluate("i => getComputedStyle(i).opacity") == "0.25"
    page.get_by_test_id("laid").select_option("flip")
    flip = over.get_by_role("button")
    assert over.locator("img").nth(1).evaluate("i => getComputedStyle(i).opacity") == "0"
    flip.press("Enter")
    assert over.locator("img").nth(1).evaluate("i => getComputedStyle(i).opacity") == "1"
    assert _axe(page) == []


def test_any_two_are_held_against_each_other(page, sweep, store):
    """The texts of the second and third instead of the first two, in the address as well."""
    ids = _ids(store, "SELECT run_id FROM texts GROUP BY run_id HAVING count(*) > 0 ORDER BY run_id")[:3]
    _open(page, sweep, f"v=compare&r={','.join(ids)}")
    page.get_by_test_id("left").select_option(ids[1])
    page.get_by_test_id("right").select_option(ids[2])
    page.wait_for_url(f"**pa={ids[1]}**pb={ids[2]}**")
    assert page.get_by_test_id("left").input_value() == ids[1]
    page.get_by_test_id("left").select_option(ids[2])  # the two change places: no run is held against itself
    assert page.get_by_test_id("right").input_value() == ids[1]
    assert page.get_by_test_id("left").input_value() == ids[2]
    assert _axe(page) == []


def test_histograms_as_heatmap_and_quantiles(page, place, media_store):
    """Over steps as a heatmap that is not blank, and as bands whose order holds."""
    query = "SELECT run_id FROM histograms GROUP BY run_id HAVING count(DISTINCT step) > 2 ORDER BY run_id"
    ids = _ids(media_store, query)[:2]
    assert ids
    _open(page, place, f"v=media&r={','.join(ids)}")
    page.get_by_test_id("drawn-as").select_option("heat")
    canvas = page.get_by_test_id("heat-over").first
    canvas.wait_for()
    ink = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 == 3 && v > 0).length"
    for _ in range(50):  # it is painted a frame after it is there
        if canvas.evaluate(ink):
            break
        page.wait_for_timeout(100)
    assert canvas.evaluate(ink) >= canvas.evaluate("c => c.width")
    assert _axe(page) == []
    page.get_by_test_id("drawn-as").select_option("bands")
    page.get_by_test_id("bands").first.wait_for()
    assert page.get_by_test_id("bands").first.locator("path").count() == 3
    page.wait_for_url("**hm=bands**")
    assert _axe(page) == []


def test_a_heatmap_of_two_settings(page, sweep, store):
    """Each cell holds the best accuracy of the runs that have both values, and how many they are."""
    _open(page, sweep, "v=explore&m=val%2Facc&f=seed<20&hx=lr&hy=hidden")
    heat = page.get_by_test_id("heat")
    heat.locator("tbody tr").nth(2).wait_for()
    assert page.get_by_test_id("across").input_value() == "lr"
    columns = [float(t) for t in heat.locator("thead th").all_inner_texts()[1:]]
    with runlift.open(store) as opened:
        runs = opened.sql(
            "SELECT l.number AS lr, h.number AS hidden, m.max AS best FROM metrics m JOIN params l ON l.run_id = m.run_id AND "
            "l.key = 'lr' JOIN params h ON h.run_id = m.run_id AND h.key = 'hidden' JOIN params s ON s.run_id = m.run_id AND "
            "s.key = 'seed' AND s.number < 20 WHERE metric = 'val/acc'"
        )
    for row in heat.locator("tbody tr").all():
        hidden = float(row.locator("th").inner_text())
        for lr, cell in zip(columns, row.locator("td").all_inner_texts(), strict=True):
            mine = runs[(runs.lr == lr) & (runs.hidden == hidden)]
            if len(mine):
                value, n = cell.split()
                assert math.isclose(float(value), mine.best.max(), rel_tol=1e-4)
                assert int(n) == len(mine)
    assert _axe(page) == []


def test_coverage_says_who_lacks_what(page, sweep, store):
    """Runs with the same metrics share a row; what it says is what the store holds."""
    _open(page, sweep, "v=losses&f=run~%22sweep-0%22")
    table = page.get_by_test_id("coverage")
    table.locator("tbody tr").first.wait_for()
    assert table.locator("tbody tr").first.locator("button").inner_text() == "100"
    metrics = table.locator("thead th").all_inner_texts()[1:]
    cells = table.locator("tbody tr").first.locator("td").all_inner_texts()
    assert dict(zip(metrics, cells, strict=True)) == {"train/loss": "17 to 30", "val/acc": "17 to 30"}
    assert _axe(page) == []
