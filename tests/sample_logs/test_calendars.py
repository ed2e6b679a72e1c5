"""Opening hours against a walk through every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_logs.calendars import Calendar, week

ZONE = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2025, 3, 24), date(2025, 4, 13)  # the clocks go forward on 30 March
HOLIDAY = date(2025, 4, 2)
OPENS, CLOSES = 9, 13
CALENDAR = Calendar(week("0126", "09:00", "13:00"), ZONE, FIRST, LAST, frozenset({HOLIDAY}))
START = int(datetime(2025, 3, 24, tzinfo=ZONE).timestamp())

minutes = st.integers(0, 13 * 24 * 60)


def is_open(second):
    at = datetime.fromtimestamp(second, UTC).astimezone(ZONE)
    return at.weekday() in {0, 1, 2, 6} and at.date() != HOLIDAY and OPENS <= at.hour < CLOSES


def walk(second, work):
    """Let open minutes pass one at a time, then go on to an open one."""
    while work or not is_open(second):
        work -= is_open(second)
        second += 60
    return second


@given(minutes, st.integers(0, 600))
def test_open_time_passes_as_it_does_minute_by_minute(start, work):
    at = START + 60 * start
    assert CALENDAR.after(np.array([at]), np.array([60 * work])).item() == walk(at, work)


@given(minutes, st.integers(1, 240))
def test_a_slot_is_the_first_that_holds_the_whole_work(start, length):
    at = START + 60 * start
    expected = walk(at, 0)
    while not all(is_open(expected + 60 * n) for n in range(length)):
        expected = walk(expected + 60, 0)
    found = CALENDAR.slot(np.array([at]), np.array([60 * length])).item()
    assert found == expected


def test_work_that_fits_into_no_day_starts_at_an_opening():
    found = CALENDAR.slot(np.array([START]), np.array([timedelta(hours=9).seconds])).item()
    assert datetime.fromtimestamp(found, ZONE).hour == OPENS


@pytest.mark.parametrize("at", [date(2025, 5, 1), date(2030, 1, 1)])
def test_instants_beyond_the_known_days_stay_in_order(at):
    beyond = int(datetime(at.year, at.month, at.day, tzinfo=UTC).timestamp())
    assert CALENDAR.after(np.array([beyond]), np.array([3600])).item() >= beyond
