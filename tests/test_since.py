"""The day since which journeys are compared: which days divide a log, what is said of others."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError
from procmine.since import since_day

ZONE = ZoneInfo("Europe/Berlin")
FIRST = datetime(2025, 3, 28, 23, 30, tzinfo=ZoneInfo("UTC"))
"""Already the 29th in Berlin, where the clocks change on the 30th."""


def begun(*hours):
    times = [FIRST + timedelta(hours=h) for h in hours]
    table = pl.DataFrame({"case": [str(n) for n in range(len(times))], "time": times})
    return pm.read(table.with_columns(activity=pl.lit("ask")), timezone="Europe/Berlin")


@given(
    hours=st.lists(st.integers(0, 100), min_size=1, max_size=6),
    day=st.dates(date(2025, 3, 27), date(2025, 4, 4)),
)
def test_a_day_divides_a_log_if_journeys_began_before_it_and_since(hours, day):
    days = [(FIRST + timedelta(hours=h)).astimezone(ZONE).date() for h in hours]
    if min(days) < day <= max(days):
        found = since_day(begun(*hours), day.isoformat())
        assert found.astimezone(ZONE) == datetime.combine(day, datetime.min.time(), ZONE)
    else:
        with pytest.raises(OptionError):
            since_day(begun(*hours), day.isoformat())


@pytest.mark.parametrize(
    ("analysis", "day", "side"),
    [
        (pm.team_groups, "2031-01-01", "since"),
        (pm.team_groups, "2025-03-29", "before"),
        (pm.moments_of_truth, "2031-01-01", "since"),
        (pm.moments_of_truth, "2025-03-29", "before"),
    ],
)
def test_of_another_day_it_is_said_when_journeys_began(analysis, day, side):
    with pytest.raises(OptionError) as error:
        analysis(begun(0, 70), since=day)
    fact = "the first began on 29 March 2025, the last on 31 March 2025"
    assert f"No journey of this log began {side} {day}: {fact}." in str(error.value)
    assert "a day with journeys on both sides" in str(error.value)


def test_a_protected_log_keeps_to_itself_when_journeys_began():
    with pytest.raises(OptionError, match="began since 2031-01-01\\. "):
        pm.team_groups(begun(0, 70).protect(customers=5), since="2031-01-01")


def test_a_log_without_journeys_and_a_question_without_a_day_are_no_fault():
    assert since_day(begun(0), None) is None
    nobody = begun(0, 70).filter_cases(started=("2030-01-01", None))
    assert since_day(nobody, "2031-01-01") is not None
