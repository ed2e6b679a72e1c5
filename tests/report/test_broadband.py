"""The warehouse closure in a report: three sentences, on a screen, a telephone and paper."""

from datetime import date, timedelta

import pypdfium2
import pytest

from procmine.report.make import make_report
from tests.report.conftest import BROADBAND

pytestmark = pytest.mark.slow

CLOSED = date(2025, 7, 13)
CONFIGURATION = f"""
name = "Broadband orders"
log = "{BROADBAND}/mapping.toml"
policy = "{BROADBAND}/policy.toml"

[journeys]
where = {{ journey_type = "order to working line" }}

[window]
last = "90 days"

[[thresholds]]
name = "Orders close in time"
analysis = "cycle_time"
table = "summary"
column = "closing_median_seconds"
at_most = "12 days"

[outputs]
html = "report.html"
pdf = "report.pdf"
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The report of the day of the closure and the one a quarter of a year later; its folder."""
    folder = tmp_path_factory.mktemp("broadband")
    (folder / "orders.toml").write_text(CONFIGURATION)
    dates = (CLOSED, CLOSED + timedelta(days=94))
    return [make_report(folder / "orders.toml", str(day)) for day in dates], folder


def test_the_first_three_sentences_say_what_broke_where_and_for_whom(reported):
    (before, after), _ = reported
    what, where, whom = after.sentences
    assert what.startswith("Since 13 July 2025, ")
    assert "broke, first “Nobody has to ask for an order”" in what
    assert "most of what was added is waiting in Warehouse" in where
    assert whom.startswith("Business customers are hit hardest")
    assert "Head of customer care answers for what is broken." in whom
    assert len(after.changes.run.broken) > len(before.changes.run.broken)


def test_the_paper_says_the_same_on_pages_that_are_all_used(reported):
    (_, after), folder = reported
    document = pypdfium2.PdfDocument(folder / "report.pdf")
    texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    for sentence in after.sentences:
        assert sentence in texts[0]
    assert all(len(text) > 60 for text in texts), "a page that is blank"
    assert texts[0].endswith(f"1 / {len(texts)}")
    for page in document:
        picture = page.render(scale=0.5).to_pil().convert("L")
        wide, high = picture.size
        margin = picture.crop((wide - 10, 0, wide, high))
        assert min(margin.tobytes()) > 250, "something runs off the paper"
    document.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_a_telephone_and_a_screen_and_asks_for_nothing(reported, browser, width):
    asked = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{reported[1]}/report.html", timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".first").is_visible()
    page.close()
    assert [url for url in asked if not url.startswith("file:")] == []
