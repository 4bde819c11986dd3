"""What a person does with the pages: compares, picks columns, holds runs against one, browses rich cells, settles names."""

from __future__ import annotations

import json
import shutil

import pytest

import runlift
from runlift.report.document import ReportOptions, write_report

from .conftest import ROOT, start_app, stop
from .test_browser import _axe, _open


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """A small store with images, sounds, histograms and texts, names that mean one metric, and settings in a tree."""
    folder = tmp_path_factory.mktemp("rich")
    for k, (lr, gamma, acc) in enumerate(
        ((0.1, 0.5, "val/acc"), (0.01, 0.5, "val/acc"), (0.01, 0.9, "valid_accuracy"))
    ):
        run = folder / "lab" / f"tree-{k}"
        run.mkdir(parents=True)
        config = {
            "optim": {"lr": lr, "sched": {"gamma": gamma, "step": 3}},
            "seed": 1,
            "command": f"python train.py --lr {lr}",
        }
        (run / "config.json").write_text(json.dumps(config))
        rows = [{"step": s, acc: s / 10 + k, "loss": 1 / (s + 1)} for s in range(9)]
        (run / "metrics.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    runlift.ingest([ROOT / "tests" / "tensorboard" / "samples", folder / "lab"], folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def rich_app(rich):
    """The app over it."""
    process, address = start_app(rich)
    yield address
    stop(process)


@pytest.fixture(scope="module")
def rich_report(rich, tmp_path_factory):
    """A report of it, as an address."""
    path = tmp_path_factory.mktemp("rich-report") / "rich.html"
    with runlift.open(rich) as opened:
        write_report(opened, str(path), ReportOptions(title="Rich"))
    return f"file://{path}"


@pytest.fixture(params=["report", "app"])
def place(request):
    """Both of them."""
    return request.getfixturevalue(f"rich_{request.param}")


def _ids(store, where):
    with runlift.open(store) as opened:
        return opened.sql(f"SELECT run_id FROM runs WHERE {where} ORDER BY name")["run_id"].tolist()


def test_compared_settings_are_a_tree(page, place, rich):
    """A part that settings share is a heading; a number says by how much it differs."""
    ids = _ids(rich, "name LIKE 'tree-%'")
    _open(page, place, f"v=compare&r={','.join(ids)}&diff=1")
    table = page.get_by_test_id("settings")
    table.wait_for()
    assert "optim" in table.locator("tr.branch th").all_inner_texts()
    row = table.locator("tr", has=page.locator("th[title='optim.lr']"))
    assert row.locator("td").nth(1).inner_text() == "0.01 -0.09"
    assert _axe(page) == []


def test_columns_are_chosen_and_kept_in_the_address(page, place):
    """What is put away is gone, what is asked for stays though it is the same for all, and the address says so."""
    _open(page, place, "v=runs&diff=1")
    page.get_by_test_id("runs").locator("tbody tr[data-run]").first.wait_for()
    page.locator(".menu summary").click()
    page.locator(".sheet").get_by_label("status", exact=True).uncheck()
    page.locator(".sheet").get_by_label("seed", exact=True).check()
    assert _axe(page) == []
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)  # an address is written a moment after the last change
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_test_id("runs").locator("thead th", has_text="seed").wait_for()
    assert page.get_by_test_id("runs").locator("thead th", has_text="status").count() == 0


def test_cells_say_how_far_they_are_from_the_baseline(page, place, rich):
    """A run is named; numbers of the others say what they are more or less."""
    ids = _ids(rich, "name LIKE 'tree-%'")
    _open(page, place, f"v=runs&diff=1&r={','.join(ids)}&f=run~tree-")
    page.get_by_test_id("baseline").select_option(ids[0])
    row = page.locator(f"tr[data-run='{ids[1]}']")
    row.locator(".delta", has_text="-0.09").wait_for()
    assert page.locator(f"tr[data-run='{ids[0]}'] .delta").all_inner_texts() == ["baseline"]
    page.wait_for_url(f"**b={ids[0]}**")


def test_a_filter_is_shown_as_sql(page, rich_app):
    """The condition with its values, which the workbench runs as it stands."""
    _open(page, rich_app, "v=runs&f=optim.lr%3D0.01")
    page.get_by_role("button", name="as SQL").click()
    page.get_by_test_id("sql").wait_for()
    assert "key = 'optim.lr' AND number = 0.01" in page.get_by_test_id("sql").inner_text()
    page.get_by_role("button", name="Open in the workbench").click()
    page.locator("#query").press("Control+Enter")
    page.get_by_test_id("answer").wait_for()
    assert page.get_by_test_id("answer").locator("tbody tr").count() == 2


def test_rich_cells_in_a_table(page, place):
    """Pictures, drawings of histograms and texts across runs: sorted, searched, grouped; the address says how."""
    _open(page, place, "v=tables")
    table = page.get_by_test_id("items")
    table.locator("img").first.wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.items img')].some(i => i.naturalWidth > 0)")
    assert table.locator("tr.group").count() > 1
    assert _axe(page) == []
    page.get_by_test_id("kind").select_option("histograms")
    table.locator("svg rect").first.wait_for()
    page.get_by_test_id("group").select_option("none")
    table.get_by_role("button", name="step").click()
    steps = [int(s.replace(",", "") or -1) for s in table.locator("tbody tr td.number").all_inner_texts()]
    assert steps == sorted(steps)
    page.wait_for_url("**k=histograms**ks=step**")
    page.get_by_label("find").fill("no such tag")
    page.get_by_label("find").press("Enter")
    page.get_by_test_id("items-count").get_by_text("0 rows").wait_for()
    for kind in ("texts", "curves", "tensors"):
        _open(page, place, f"v=tables&k={kind}")
        table.locator("tbody tr").first.wait_for()
        assert _axe(page) == []


def test_report_and_app_list_the_same_items(page, rich_app, rich_report, rich):
    """Of each kind the same rows in the same order as the store has."""
    found = []
    for address in (rich_report, rich_app):
        _open(page, address)
        script = """async () => Object.fromEntries(await Promise.all(["media", "histograms", "texts", "curves", "tensors"].map(
            async k => [k, (await window.runlift.provider.items(k, "", "")).rows.map(r => [r.run_id, r.tag, r.step])])))"""
        found.append(page.evaluate(script))
    for kind, rows in found[0].items():
        assert sorted(map(str, rows)) == sorted(map(str, found[1][kind])), kind
    with runlift.open(rich) as opened:
        assert len(found[1]["media"]) == opened.sql("SELECT count(*) n FROM media")["n"][0]


def test_names_are_confirmed_and_taken_back(page, rich, tmp_path):
    """A confirmed name is drawn under its metric, in the app and in a report; undone, it is not."""
    shutil.copytree(rich, tmp_path / "s")
    ids = _ids(rich, "name LIKE 'tree-%'")
    process, address = start_app(tmp_path / "s")
    drawn = "async (ids) => (await window.runlift.provider.lines('val/acc', ids)).map(l => l.run)"
    try:
        _open(page, address, f"v=charts&r={','.join(ids)}")
        page.locator("[data-metric='valid_accuracy']").wait_for()
        page.get_by_test_id("names").locator("summary").click()
        assert _axe(page) == []
        page.get_by_role("button", name="confirm that valid_accuracy mean val/acc").click()
        page.locator("[data-metric='valid_accuracy']").wait_for(state="detached")
        assert page.evaluate(drawn, ids) == ids
        with runlift.open(tmp_path / "s") as opened:
            write_report(opened, str(tmp_path / "named.html"), ReportOptions())
        page.get_by_role("button", name="undo valid_accuracy").click()
        page.locator("[data-metric='valid_accuracy']").wait_for()
        assert page.evaluate(drawn, ids) == ids[:2]
        _open(page, f"file://{tmp_path / 'named.html'}")
        assert page.evaluate(drawn, ids) == ids
    finally:
        page.goto("about:blank")
        stop(process)


def test_texts_and_pictures_stand_side_by_side(page, place, rich):
    """The command of the first two as a diff, an argument a line; pictures of runs in columns."""
    ids = _ids(rich, "run_id IN (SELECT run_id FROM media WHERE mime = 'image/png')")[:2]
    _open(page, place, f"v=compare&r={','.join(ids)}")
    page.get_by_test_id("sides").locator("img").first.wait_for()
    assert page.get_by_test_id("sides").locator("thead th").count() == 3
    assert _axe(page) == []
    told = _ids(rich, "run_id IN (SELECT run_id FROM texts WHERE tag = 'note/text_summary' OR tag = 'note')")[:2]
    page.goto("about:blank")
    _open(page, place, f"v=compare&r={','.join(told)}")
    for _ in range(30):  # what is typed before the texts are there may be drawn anew without it
        page.get_by_test_id("together").fill("te")
        page.wait_for_timeout(300)
        if page.locator(".lines tbody tr").count():
            break
    assert page.locator(".lines tbody tr").count()
    assert _axe(page) == []
