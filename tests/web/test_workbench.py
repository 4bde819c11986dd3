"""The app's workbench: an editor with colours and completion under the app's own policy, and a plain field without it."""

from __future__ import annotations

from .test_browser import _axe, _open


def _editor(page, address, fragment="v=sql"):
    _open(page, address, fragment)
    page.get_by_test_id("editor").locator(".cm-content").wait_for()


def _type(page, text):
    page.locator("#query").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_query_is_coloured_completed_and_run_by_keyboard(page, app):
    """Keywords have a colour of their own, columns come from the store, Ctrl+Enter asks."""
    _editor(page, app)
    field = page.locator("#query")
    _type(page, "SELECT r. FROM runs r")
    colours = "() => new Set([...document.querySelectorAll('.cm-line, .cm-line span')].map(s => getComputedStyle(s).color)).size"
    assert page.evaluate(colours) > 1
    page.keyboard.press("Escape")
    field.press("Control+Home")
    for _ in range(len("SELECT r.")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Space")
    listed = page.locator(".cm-tooltip-autocomplete")
    listed.get_by_text("framework", exact=True).wait_for()
    assert _axe(page) == []
    page.keyboard.type("statu")
    listed.get_by_text("status", exact=True).wait_for()
    page.wait_for_timeout(200)  # a list that has only just opened takes no Enter, so that none is hit by chance
    page.keyboard.press("Enter")
    assert field.inner_text() == "SELECT r.status FROM runs r"
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("answer").locator("td").first.wait_for()
    assert page.get_by_test_id("answer").locator("thead").inner_text().strip() == "status"


def test_the_editor_lets_go_of_the_tab_key(page, app):
    """Tab indents; after Escape it moves on to the button that runs the query."""
    _editor(page, app)
    _type(page, "SELECT 1 ")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    assert page.locator(".cm-line").first.inner_text().startswith("  SELECT")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent").startswith("Run")


def test_the_workbench_is_accessible_in_dark_and_light(page, app):
    """Nothing against WCAG A and AA, with an answer below the editor, whichever colours are asked for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        _editor(page, app, "v=sql&sql=SELECT+name%2C+'a'+AS+b%2C+1.5+AS+c+FROM+runs+--+all%0ALIMIT+3")
        page.locator("#query").press("Control+Enter")
        page.get_by_test_id("answer").wait_for()
        assert _axe(page) == []
        page.goto("about:blank")


def test_without_its_chunk_the_workbench_is_a_plain_field(browser, app):
    """Where the editor cannot be loaded, a text field asks the same question."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/editor.js", lambda route: route.abort())
    _open(page, app, "v=sql")
    page.locator("textarea#query").fill("SELECT 41 + 1 AS n")
    page.locator("textarea#query").press("Control+Enter")
    page.get_by_test_id("answer").wait_for()
    assert page.get_by_test_id("answer").locator("td").inner_text() == "42"
    context.close()


def test_the_report_holds_no_editor(report):
    """The one file has the page's own script alone."""
    text = report.read_text(encoding="utf-8")
    assert "cm-content" not in text
