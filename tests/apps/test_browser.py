"""The app in a real browser: started as `procmine app` starts it, clicked, and listened to."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.apps.serving import at_rest, served

pytestmark = pytest.mark.slow

ON_THE_LINE = """edge => {
    const line = edge.querySelector('path');
    const middle = line.getPointAtLength(line.getTotalLength() / 2);
    const spot = middle.matrixTransform(line.getScreenCTM());
    return [spot.x, spot.y];
}"""
"""Where an arrow can be hit: its bounding box's middle may lie beside a bent line."""


@pytest.fixture(scope="module")
def address(real_logs):
    with served(real_logs / "bpic2013_incidents.xes.gz") as found:
        yield found


@pytest.fixture
def tab(browser, address):
    """A page of the app, which must not complain and must ask nobody else for anything."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: complaints.append(asked.url) if foreign(asked.url, address) else None,
    )
    page.goto(address)
    page.wait_for_selector(".pm-cards")
    at_rest(page)
    yield page
    assert page.locator("[data-testid=stException]").count() == 0
    page.close()
    assert complaints == []


def foreign(url, address):
    return not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


LANDMARKS = {
    "Overview": ".pm-cards",
    "Map": "g.node[role=button]",
    "Handoffs": ".pm-rank",
    "Variants": ".pm-variants",
}
"""What stands on one page only, or on none before it."""


def turn_to(tab, name):
    tab.locator("[data-testid=stSidebar] a", has_text=name).first.click()
    tab.wait_for_url("**/?*" if name == "Overview" else f"**/{name.lower()}*")
    tab.wait_for_selector(LANDMARKS[name])
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")


def test_a_box_and_an_arrow_of_the_map_show_their_figures_by_mouse_and_by_key(tab):
    turn_to(tab, "Map")
    card = tab.locator(".card")
    tab.locator("g.node", has_text="Queued").click()
    card.locator("h3", has_text="Queued").wait_for()
    assert "11,544" in card.inner_text()
    assert "seconds" not in card.inner_text()

    x, y = tab.locator("g.edge.handoff[role=button]").first.evaluate(ON_THE_LINE)
    tab.mouse.click(x, y)
    card.locator("h3", has_text="→").wait_for()
    assert "waiting in total" in card.inner_text()

    tab.keyboard.press("Escape")
    card.wait_for(state="hidden")
    tab.locator("g.node", has_text="Completed").focus()
    tab.keyboard.press("Enter")
    card.locator("h3", has_text="Completed").wait_for()


def settled(tab):
    """Wait until what was asked for is there, and nothing moves any more."""
    tab.wait_for_timeout(1000)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")


def test_a_box_and_an_arrow_filter_and_the_link_shows_the_same_to_others(tab, browser):
    turn_to(tab, "Map")
    tab.locator("g.node", has_text="Queued").click()
    tab.get_by_role("button", name="Only journeys through Queued").click()
    tab.get_by_text("Journeys that pass through Queued:").wait_for()
    settled(tab)
    x, y = tab.locator("g.edge.handoff[role=button]").first.evaluate(ON_THE_LINE)
    tab.mouse.click(x, y)
    tab.get_by_role("button", name="Without this step").click()
    tab.get_by_text("never go from").first.wait_for()
    settled(tab)
    tab.get_by_role("slider", name="Activities").press("ArrowLeft")
    tab.wait_for_url(lambda url: "activities=99" in url)
    settled(tab)

    elsewhere = browser.new_context()
    other = elsewhere.new_page()
    other.set_default_timeout(60_000)
    other.goto(tab.url)
    other.wait_for_selector("g.node[role=button]")
    settled(other)

    assert {"through", "nostep", "activities"} <= {*parse_qs(urlsplit(tab.url).query)}
    assert " of 7,554 journeys." in other.locator(".pm-showing").inner_text()
    for place in (".pm-showing", "[data-testid=stMain] .pm-small >> nth=0"):
        expect(tab.locator(place)).to_have_text(other.locator(place).inner_text())
    elsewhere.close()


def test_the_map_stays_put_when_its_colours_change(tab):
    turn_to(tab, "Map")
    boxes = "g => g.map(b => b.id + b.querySelector('path').getAttribute('d')).sort().join()"
    places = tab.locator("g.node").evaluate_all(boxes)
    tab.get_by_label("Colour and label").click()
    tab.get_by_role("option", name="How often").click()
    tab.get_by_text("Colour and label: how often").wait_for()

    assert tab.locator("g.node").evaluate_all(boxes) == places


def test_the_map_fills_the_screen_and_leaves_it(tab):
    turn_to(tab, "Map")
    tab.get_by_role("button", name="Full screen").click()
    tab.get_by_role("button", name="Leave full screen").wait_for()
    assert tab.locator(".map").bounding_box()["width"] == 1280
    tab.get_by_role("button", name="Leave full screen").click()
    tab.get_by_role("button", name="Full screen", exact=True).wait_for()
    assert tab.locator(".map").bounding_box()["width"] < 1280


def test_journeys_move_over_the_map_and_stop_when_they_are_told_to(tab):
    turn_to(tab, "Map")
    tab.get_by_text("Play journeys").click()
    tab.get_by_text("200 of 7,554 journeys are played").wait_for()
    clock = tab.locator(".clock")
    before = clock.inner_text()
    tab.locator(".base").select_option(label="all from their start")
    tab.get_by_role("button", name="Play", exact=True).click()
    expect(clock).not_to_have_text(before)
    tab.locator(".tokens circle[display=inline]").first.wait_for()
    tab.get_by_role("button", name="Pause").click()
    stopped = clock.inner_text()
    tab.wait_for_timeout(700)

    assert clock.inner_text() == stopped
    assert "after each began" in stopped


def test_the_map_zooms_moves_and_fits_again(tab):
    turn_to(tab, "Map")
    drawing = tab.locator(".stage > svg")
    whole = drawing.get_attribute("viewBox")
    tab.get_by_role("button", name="Zoom in").click()
    closer = drawing.get_attribute("viewBox")
    box = tab.locator(".stage").bounding_box()
    tab.mouse.move(box["x"] + 80, box["y"] + 200)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 160, box["y"] + 260, steps=4)
    tab.mouse.up()
    moved = drawing.get_attribute("viewBox")
    tab.get_by_role("button", name="Fit the map").click()

    assert len({whole, closer, moved}) == 3
    assert [float(n) for n in drawing.get_attribute("viewBox").split()] == [
        float(n) for n in whole.split()
    ]


def test_on_a_telephone_the_map_begins_where_it_can_be_read_and_still_fits(tab):
    turn_to(tab, "Map")
    drawing = tab.locator(".stage > svg")
    drawing.wait_for()
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.get_by_text("Draw the map sideways").wait_for()
    x, _, wide, _ = map(float, drawing.get_attribute("viewBox").split())
    scale = drawing.evaluate("s => s.getScreenCTM().a")
    box = tab.locator(".stage").bounding_box()
    tab.mouse.move(box["x"] + 200, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 120, box["y"] + 100, steps=4)
    tab.mouse.up()
    moved = float(drawing.get_attribute("viewBox").split()[0])
    tab.get_by_role("button", name="Fit the map").click()
    whole = float(drawing.get_attribute("viewBox").split()[2])

    assert scale >= 0.6
    assert moved > x
    assert whole > wide


def test_every_page_opens_and_the_filter_goes_along(tab):
    tab.get_by_text("Filter journeys").click()
    tab.get_by_label("Pass through", exact=True).click()
    tab.get_by_role("option", name="Unmatched").click()
    tab.get_by_text("Journeys that pass through Unmatched").wait_for()
    for name in ("Map", "Handoffs", "Variants", "Overview"):
        turn_to(tab, name)
        assert tab.get_by_text("5 of 7,554 journeys.").is_visible()
    assert "through=Unmatched" in tab.url


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_of_the_page(tab, width):
    for name in ("Map", "Handoffs", "Variants"):
        tab.set_viewport_size({"width": 1280, "height": 900})
        turn_to(tab, name)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(500)
        room = tab.locator("[data-testid=stMain]").evaluate("m => [m.scrollWidth, m.clientWidth]")
        assert room[0] <= room[1], name
