"""The app in a browser as people see it: by day and by night, with one journey in its lanes."""

import pytest

from procmine.draw.dark import dark
from procmine.draw.theme import PAPER
from tests.apps.conftest import SMALL
from tests.apps.serving import at_rest, served

pytestmark = pytest.mark.slow

ROOM = "page => [page.scrollWidth, page.clientWidth]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    small_log = tmp_path_factory.mktemp("small") / "orders.csv"
    small_log.write_text(SMALL)
    with served(small_log) as found:
        yield found


@pytest.fixture
def tab(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector(".pm-cards")
    at_rest(page)
    yield page
    page.close()


def ground(tab):
    return tab.locator("[data-testid=stApp]").evaluate(
        "app => getComputedStyle(app).backgroundColor"
    )


def rgb(colour):
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_words_drawings_and_page_follow_the_system_into_the_night(tab, address):
    assert ground(tab) == rgb(PAPER)
    ink = tab.locator(".pm-headline").evaluate("h => getComputedStyle(h).color")

    tab.emulate_media(color_scheme="dark")
    tab.goto(f"{address}/map")
    tab.wait_for_selector("g.node")
    tab.wait_for_selector(f'.stage svg [fill="{dark(PAPER)}"], .stage svg [stroke="{dark(PAPER)}"]')

    assert ground(tab) == rgb(dark(PAPER))
    by_night = tab.locator(".pm-headline").evaluate("h => getComputedStyle(h).color")
    assert by_night == rgb(dark("#1F2933"))
    assert ink == rgb("#1F2933")


@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_are_drawn_anew_when_somebody_chooses_the_night(tab, address, width):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{address}/map")
    tab.wait_for_selector(f'.stage svg [stroke="{PAPER}"]')
    at_rest(tab)
    tab.get_by_test_id("stMainMenuButton").or_(
        tab.locator("[data-testid=stMainMenu] button")
    ).click()
    tab.get_by_test_id("stMainMenuItem-theme-Dark").click()

    tab.wait_for_selector(f'.stage svg [stroke="{dark(PAPER)}"]')
    assert ground(tab) == rgb(dark(PAPER))


def test_a_journey_is_chosen_shown_and_found_again_by_its_link(tab, address, browser):
    tab.goto(f"{address}/?segment=Business")
    tab.get_by_text("2 of 4 journeys").first.wait_for()
    tab.locator("[data-testid=stSidebar] a", has_text="Journeys").click()
    tab.locator(".st-key-_questions a", has_text="1:").click()
    tab.locator(".lanes svg").wait_for()

    assert tab.locator(".lanes .event").count() == 3
    assert tab.locator(".lanes svg").get_attribute("aria-label").startswith("Journey 1 took")
    assert (
        tab.locator(".lanes .wait title").nth(1).text_content() == "1 day of waiting before answer"
    )
    tab.wait_for_url(lambda url: "journey=1" in url and "segment=Business" in url)

    again = browser.new_page()
    again.goto(tab.url)
    again.locator(".lanes svg").wait_for()
    assert again.locator(".lanes .event").count() == 3
    assert again.get_by_text("2 of 4 journeys").first.is_visible()
    again.close()


def test_questions_keep_the_filters_and_lead_back(tab, address):
    tab.goto(f"{address}/?segment=Business")
    tab.get_by_text("2 of 4 journeys").first.wait_for()
    tab.locator("[data-testid=stSidebar] a", has_text="More questions").click()
    tab.locator(".st-key-_questions a").first.click()
    tab.wait_for_url("**ask=*")
    tab.get_by_text("2 of 4 journeys").first.wait_for()
    tab.get_by_text("All questions").click()
    tab.locator(".st-key-_questions a").first.wait_for()

    tab.wait_for_url(lambda url: "segment=Business" in url and "ask=" not in url)


def test_links_to_other_pages_say_the_filters_themselves(tab, address):
    tab.goto(f"{address}/?segment=Business")
    tab.get_by_text("2 of 4 journeys").first.wait_for()

    at_rest(tab)
    said = [a.get_attribute("href") for a in tab.locator("[data-testid=stSidebar] a").all()]

    pages = [href for href in said if "://" not in href]
    assert len(pages) > 10
    assert all("segment=Business" in href for href in pages)


@pytest.mark.parametrize("name", ["Overview", "Journeys", "More questions", "The log"])
def test_nothing_sticks_out_of_a_telephone_s_screen(tab, name):
    tab.locator("[data-testid=stSidebar] a", has_text=name).click()
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.wait_for_timeout(1500)

    wide, room = tab.locator("[data-testid=stMain]").evaluate(ROOM)
    assert wide <= room
