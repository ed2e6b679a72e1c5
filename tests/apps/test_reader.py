"""Each reader sees figures as they write them, whoever asked the same before."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from pyarrow.ipc import open_stream

from tests.apps.serving import at_rest, served

JOURNEYS = 1204
SAID = {"de-DE": "1.204", "en-GB": "1,204", "fr-FR": "1\u202f204", "sv-SE": "1\xa0204"}


@pytest.fixture(scope="module")
def large_log(tmp_path_factory):
    """Journeys of two events, one and a half days apart; every other one in another department."""
    path = tmp_path_factory.mktemp("reader") / "orders.csv"
    first = datetime(2026, 1, 5, 9, tzinfo=UTC)
    rows = ["case,activity,time,department"]
    for case in range(JOURNEYS):
        start = first + timedelta(hours=case)
        rows += [
            f"{case},ask,{start.isoformat()},Sales",
            f"{case},answer,{(start + timedelta(days=1.5)).isoformat()},Care",
        ]
    path.write_text("\n".join(rows))
    return path


@pytest.mark.parametrize("locale", SAID)
def test_the_headline_is_written_as_the_reader_writes(open_app, said, large_log, locale):
    app = open_app(large_log, locale=locale)

    assert f"{SAID[locale]} journeys" in next(raw(app))
    decimal = "." if locale == "en-GB" else ","
    assert f"1{decimal}5 days" in said(app)


def raw(app):
    """Yield the headlines as they are sent, no-break spaces and all."""
    for element in app.get("html"):
        if "pm-headline" in element.proto.body:
            yield re.sub(r"<[^>]+>", "", element.proto.body)


@pytest.mark.parametrize("locale", [None, "", "tlh", "C", "en-US-u-nu-deva", "../../etc/passwd"])
def test_a_language_that_nobody_knows_is_read_as_english(open_app, large_log, locale):
    app = open_app(large_log, locale=locale)

    assert "1,204 journeys" in next(raw(app))


def test_readers_of_two_languages_never_see_each_other_s_figures(open_app, said, large_log):
    seen = Counter()
    for locale in ("de-DE", "en-GB", "de-DE", "en-GB"):
        for page in ("overview", "map", "time", "handoffs", "variants"):
            text = said(open_app(large_log, page=page, locale=locale))
            other = "en-GB" if locale == "de-DE" else "de-DE"
            assert SAID[other] not in text, (locale, page)
            seen[locale] += text.count(SAID[locale])

    assert seen["de-DE"] == seen["en-GB"] > 0


@pytest.mark.parametrize("locale", SAID)
def test_a_table_shows_figures_as_the_reader_writes_them(open_app, large_log, locale):
    app = open_app(large_log, page="map", locale=locale)

    styled = app.dataframe[0].proto.arrow_data.styler.display_values
    row = open_stream(styled).read_all().to_pylist()[0]
    assert [*row.values()][2:4] == [SAID[locale]] * 2


def test_a_length_is_typed_with_either_mark_and_said_with_the_reader_s(open_app, said, large_log):
    app = open_app(large_log, locale="de-DE")
    app.text_input("longer").set_value("1,25 days").run()

    assert "took at least 1,2 days" in said(app)
    chips = [b.label for b in app.button if b.key and b.key.startswith("_remove")]
    assert chips == ["at least 1,2 days ✕"]


def test_a_link_means_the_same_to_every_reader(open_app, said, large_log):
    for locale, length in (("de-DE", "36 hours"), ("en-GB", "1,5 days"), ("de-DE", "1.5 days")):
        app = open_app(large_log, locale=locale, longer=length)

        assert f"{SAID[locale]} of {SAID[locale]} journeys" in said(app)


def test_an_upload_is_read_and_refused_in_the_reader_s_style(upload):
    good = [f"{n},ask,2026-01-05T09:00Z" for n in range(1204)]
    bad = [f"{n},,2026-01-05T09:00Z" for n in range(1204)]
    head = "case,activity,time"

    read = upload("mine.csv", "\n".join([head, *good]).encode(), locale="de-DE")
    refused = upload("mine.csv", "\n".join([head, *good, *bad]).encode(), locale="de-DE")

    assert "1.204 rows read = 1.204 accepted + 0 set aside." in next(raw(read))
    assert "1.204 of 2.408 events (50 %) can't be used" in refused.error[0].value
    assert "--tolerance" not in refused.error[0].value


@pytest.mark.slow
def test_map_axis_and_report_follow_the_language_of_the_browser(browser, large_log):
    with served(large_log) as address:
        for locale in ("de-DE", "en-GB"):
            figure = SAID[locale]
            page = browser.new_page(locale=locale)
            page.set_default_timeout(60_000)
            page.goto(f"{address}/map")
            at_rest(page)
            expect(page.locator("g.node").first).to_contain_text(figure)
            page.locator("g.node", has_text="ask").click()
            expect(page.locator(".card")).to_contain_text(figure)

            page.get_by_text("Play journeys").click()
            page.locator(".player .base").select_option("all from their start")
            expect(page.locator(".clock")).to_contain_text("0,0" if "de" in locale else "0.0")

            page.goto(f"{address}/time")
            at_rest(page)
            expect(page.locator("svg", has_text=figure[:2] + "000").first).to_be_visible()
            page.get_by_text("Export, or do the same elsewhere").click()
            page.get_by_role("tab", name="Report").click()
            with page.expect_download() as download:
                page.get_by_role("button", name="Report as HTML").click()
            assert figure in download.value.path().read_text()
            page.close()
