"""All words of all pages, in a real browser, against what lies behind them: WCAG 2, level AA."""

from pathlib import Path

import pytest

from tests.apps.serving import at_rest, served

pytestmark = pytest.mark.slow

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
RESTS = "[data-testid=stApp][data-test-script-state=notRunning]"
EACH = "[data-testid=stSidebar] a[data-testid=stPageLink-NavLink]"
TO_REST = 500
"""Milliseconds until what moves has come to rest."""


@pytest.fixture(scope="module")
def address(sample):
    with served(sample("rental")) as found:
        yield found


@pytest.fixture
def tab(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(address)
    at_rest(page)
    yield page
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_words_can_be_read(tab, theme):
    tab.locator(EACH).last.wait_for()
    names = [link.inner_text().split("\n")[-1] for link in tab.locator(EACH).all()]
    tab.emulate_media(color_scheme=theme)
    faults = {}
    for name in names:
        tab.locator(EACH, has_text=name).last.click()
        tab.wait_for_timeout(TO_REST)
        tab.wait_for_selector(RESTS)
        tab.get_by_text("What next").wait_for()
        faults |= {name: found} if (found := tab.evaluate(CONTRAST)) else {}

    assert len(names) > 10
    assert not faults


def test_words_that_can_t_be_read_are_found(tab):
    tab.locator(".pm-headline").evaluate("words => { words.style.color = '#999999'; }")
    tab.locator(".pm-small").first.evaluate("words => { words.style.opacity = 0.4; }")

    assert len(tab.evaluate(CONTRAST)) >= 2
