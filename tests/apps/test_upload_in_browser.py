"""A file of one's own in a real browser: from the wizard to the map's slider and what one takes."""

import polars as pl
import pytest
from playwright.sync_api import expect

import procmine as pm
from tests.apps.serving import served

pytestmark = pytest.mark.slow

STEPS = ("ask", "check", "answer")


@pytest.fixture
def orders(tmp_path):
    """Forty journeys, of which three take a turn of their own: the least of the paths."""
    rows = [
        f"{case},{step},2026-01-{day + 1:02}T09:00Z,{'Sales' if step != 'check' else 'Credit'}"
        for case in range(40)
        for day, step in enumerate(("ask", "complain", "answer") if case < 3 else STEPS)
    ]
    path = tmp_path / "orders.csv"
    path.write_text("number,what,when,unit\n" + "\n".join(rows))
    return path


@pytest.fixture
def tab(browser):
    with served() as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        page.set_default_timeout(60_000)
        page.goto(address)
        yield page
        page.close()


def choose(tab, role, column):
    tab.get_by_label(role, exact=True).click()
    tab.get_by_role("option", name=column, exact=True).click()


def test_a_file_is_uploaded_looked_through_and_taken_along(tab, orders, tmp_path):
    tab.locator("input[type=file]").set_input_files(orders)
    tab.get_by_role("button", name="Read the file").wait_for()
    for role, column in (
        ("Which journey (order, case, ticket)", "number"),
        ("What happened", "what"),
        ("When it was done", "when"),
        ("Department", "unit"),
    ):
        choose(tab, role, column)
    tab.get_by_role("button", name="Read the file").click()
    expect(tab.get_by_text("120 rows read = 120 accepted + 0 set aside.")).to_be_visible(
        timeout=60_000
    )
    tab.get_by_role("button", name="Open the log").click()
    tab.locator(".pm-cards").wait_for()

    tab.locator("[data-testid=stSidebar] a", has_text="Map").click()
    tab.get_by_text("All flow is shown.").first.wait_for()
    tab.get_by_role("slider", name="Activities").focus()
    tab.keyboard.press("Home")
    tab.get_by_text("of the flow").first.wait_for()
    assert "is hidden" in tab.get_by_text("of the flow").first.inner_text()

    tab.locator("[data-testid=stSidebar] a", has_text="Handoffs").click()
    tab.locator(".pm-rank").first.wait_for()
    tab.get_by_text("Export, or do the same elsewhere").click()
    tab.get_by_role("tab", name="Tables").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV", exact=True).click()
    taken = tmp_path / "taken.csv"
    download.value.save_as(taken)

    log = pm.read(orders, case_id="number", activity="what", timestamp="when", department="unit")
    own = pm.handoffs(log).handoffs
    assert pl.read_csv(taken)["count"].to_list() == own["count"].to_list()
