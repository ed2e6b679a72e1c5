"""One journey drawn: each event once, waits and work as long as they were."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procmine.course import course
from procmine.draw.ticks import ticks
from procmine.draw.timeline import MOST, timeline
from tests.strategies import events, log_of

SVG = "{http://www.w3.org/2000/svg}"
DAY = timedelta(days=1)


@pytest.fixture
def journey():
    """Return a journey through two departments and the customer's hands, in whole days."""
    begin = datetime(2026, 1, 5, tzinfo=UTC)
    steps = [  # activity, department, start, end, wait before, by the customer
        ("ask", None, 0, 0, None, True),
        ("check <b>", "Credit", 2, 3, 2, False),
        ("send", None, 5, 5, 2, True),
        ("answer", "Sales", 9, 10, 4, False),
    ]
    return pl.DataFrame(
        [
            {
                "event": number,
                "activity": activity,
                "department": department,
                "resource": "ann" if department else None,
                "start": begin + start * DAY,
                "end": begin + end * DAY,
                "wait_seconds": None if wait is None else wait * 86_400.0,
                "service_seconds": (end - start) * 86_400.0,
                "by_customer": own,
                "cost": None,
                "is_open": False,
            }
            for number, (activity, department, start, end, wait, own) in enumerate(steps, 1)
        ]
    )


def parsed(drawn):
    return ET.fromstring(drawn.svg)  # noqa: S314  (our own drawing)


def bars(drawn, kind):
    rects = parsed(drawn).iter(f"{SVG}rect")
    return [(float(r.get("x")), float(r.get("width")), r) for r in rects if r.get("class") == kind]


def test_the_sentence_says_how_long_it_took_and_where_it_waited_longest(journey):
    drawn = timeline("7 & 8", journey)

    assert drawn.caption == (
        "Journey 7 & 8 took 10 days through 2 departments; its longest wait was 4 days, before "
        "answer."
    )
    assert drawn.hidden == ""
    assert parsed(drawn).get("aria-label") == drawn.caption


def test_waits_and_work_fill_the_time_and_are_as_long_as_they_were(journey):
    drawn = timeline("7", journey)
    waits, work = bars(drawn, "wait"), bars(drawn, "work")
    day = waits[0][1] / 2

    assert [width / day for _, width, _ in waits] == pytest.approx([2, 2, 4], abs=0.02)
    assert [width / day for _, width, _ in work] == pytest.approx([1, 1], abs=0.02)
    parts = sorted((x, x + width) for x, width, _ in (*waits, *work))
    assert all(one[1] == pytest.approx(other[0], abs=0.3) for one, other in pairwise(parts))


def test_the_customer_s_own_wait_is_told_from_the_others(journey):
    titles = [rect.find(f"{SVG}title").text for *_, rect in bars(timeline("7", journey), "wait")]

    assert titles == [
        "2 days of waiting before check <b>",
        "2 days of waiting before send, the customer's own",
        "4 days of waiting before answer",
    ]


def test_each_lane_stands_once_with_its_name(journey):
    words = [t.text for t in parsed(timeline("7", journey)).iter(f"{SVG}text")]

    assert [w for w in words if w in ("The customer", "Credit", "Sales")] == [
        "The customer", "Credit", "Sales"
    ]  # fmt: skip


def test_a_journey_that_is_open_says_so(journey):
    drawn = timeline("7", journey.with_columns(is_open=pl.lit(value=True)))

    assert drawn.caption.startswith("Journey 7 is open, 10 days so far through")


def test_of_a_very_long_journey_the_first_events_are_drawn_and_that_is_said(journey):
    long = pl.concat([journey] * 30).with_columns(event=pl.int_range(1, pl.len() + 1))
    drawn = timeline("7", long)

    assert drawn.svg.count('class="event"') == MOST
    assert drawn.hidden == f"The first {MOST} of 120 events are drawn; the table has them all."


@settings(max_examples=25)
@given(events())
def test_any_journey_is_drawn_with_every_event_inside_the_picture(rows):
    log = log_of(rows)
    for case in {row["case_id"] for row in rows}:
        found = course(log, case)
        drawn = timeline(case, found)
        root = parsed(drawn)
        wide, high = (float(n) for n in root.get("viewBox").split()[2:])
        circles = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter(f"{SVG}circle")]

        assert len(circles) == found.height
        assert all(0 < x < wide and 0 < y < high for x, y in circles)
        assert all(x >= 0 and x + w <= wide for kind in ("wait", "work")
                   for x, w, _ in bars(drawn, kind))  # fmt: skip


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2100),
    st.timedeltas(timedelta(minutes=2), timedelta(days=9000)),
)
def test_an_axis_has_a_few_moments_inside_it_at_equal_distances(first, span):
    found = list(ticks(first, first + span))

    assert len(found) <= 8
    assert all(first <= moment <= first + span for moment, _ in found)
    assert len({after[0] - before[0] for before, after in pairwise(found)}) <= 1
    assert all(re.fullmatch(r"\d\d:\d\d|\d{1,2} [A-Z][a-z]{2}( \d{4})?", word) for _, word in found)
