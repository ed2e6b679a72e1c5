"""The first page: sentences of the analyses that lead on, and what changed."""

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.app import app_script
from procmine.result import shown

sys.path.insert(0, str(app_script().parent))
from selection import Selection

DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def journeys(log):
    return pm.overview(log).summary["cases"][0]


def labels(app):
    return {link.proto.page.split("/")[-1]: link.proto.label for link in app.main.get("page_link")}


def test_each_sentence_is_its_analysis_own_and_leads_to_its_page(open_app, sample, plain, said):
    path = sample("broadband")
    log = pm.read(path)
    reasons = path.with_name("reasons.toml")
    expected = [
        pm.ledger(log),
        pm.process_map(log),
        pm.handoffs(log),
        pm.self_inflicted(log, reasons=reasons),
        pm.variants(log),
        pm.consistency(log),
    ]

    app = open_app(path)

    assert not app.exception
    text = said(app)
    places = [text.index(plain(answer.headline)) for answer in expected]
    assert places == sorted(places)
    assert {"map", "time", "handoffs", "cost", "variants", "consistency"} <= labels(app).keys()


def test_where_nobody_is_surely_treated_differently_nothing_is_said_of_it(open_app, sample):
    assert pm.consistency(pm.read(sample("rental"))).findings.is_empty()
    assert "consistency" not in labels(open_app(sample("rental")))


def test_every_page_leads_on(open_app, turn, small_log):
    app = open_app(small_log)
    pages = {info["url_pathname"] for info in app._registered_pages.values()}
    for page in sorted(pages - {"overview"}):
        turn(app, page)
        onward = {link.proto.page.split("/")[-1] for link in app.main.get("page_link")}
        assert len(onward - {page}) >= 2, page


def test_figures_stand_beside_those_of_both_halves(open_app, said, sample):
    path = sample("broadband")
    log = pm.read(path)
    halves = [("2025-01-01", "2025-07-03"), ("2025-07-03", "2026-01-01")]
    parts = [log.filter_cases(started=period) for period in halves]
    first, second = (
        shown("closing_median_seconds", pm.cycle_time(part).summary["closing_median_seconds"][0])
        for part in parts
    )

    text = said(open_app(path))

    assert f"{journeys(parts[0])} in the first half, {journeys(parts[1])} in the second" in text
    assert f"{first} in the first half, {second} in the second" in text
    assert "3 July to 31 December 2025 beside 2 January to 2 July 2025" in text


def test_a_chosen_period_stands_beside_the_one_before(open_app, said, sample):
    path = sample("broadband")
    before = pm.read(path).filter_cases(started=("2025-05-01", "2025-06-01"))

    text = said(open_app(path, **{"from": "2025-06-01", "until": "2025-07-01"}))

    assert "1 June to 1 July 2025 beside 1 May to 31 May 2025" in text
    assert f"was {journeys(before)}" in text


@pytest.mark.parametrize("hostile", ["*a* [b](http://c) :red[d] `e` $f$ <g>"])
def test_names_in_a_sentence_stay_names(open_app, tmp_path, hostile):
    path = tmp_path / "hostile.csv"
    rows = [
        "1,start,2026-01-05T09:00Z,X",
        f'1,"{hostile}",2026-01-08T10:00Z,Y',
        "2,start,2026-01-06T09:00Z,X",
        f'2,"{hostile}",2026-01-09T10:00Z,Y',
    ]
    path.write_text("\n".join(["case,activity,time,department", *rows]))

    label = labels(open_app(path))["map"]

    assert r"\*a\* \[b\](http\://c) \:red\[d\] \`e\` \$f\$ \<g\>" in label


@given(DAYS, st.integers(0, 900), st.integers(0, 900), st.integers(0, 900))
def test_the_periods_that_are_compared_adjoin_and_are_about_as_long(first, log, start, length):
    last = first + timedelta(days=log)
    since = min(first + timedelta(days=start), last)
    until = min(since + timedelta(days=length), last)
    for chosen in (Selection(), Selection(since=since), Selection(since=since, until=until)):
        pair = chosen.beside(first, last)
        if pair is None:
            assert (chosen.until or last) == (chosen.since or first)
            continue
        later, earlier = pair
        assert first <= earlier.since <= earlier.until < later.since <= later.until <= last
        assert earlier.until + timedelta(days=1) == later.since
        lengths = [(part.until - part.since).days for part in pair]
        assert abs(lengths[0] - lengths[1]) <= 1
        assert later.until == (chosen.until or last)
