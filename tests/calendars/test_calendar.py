"""Business time of one calendar, against a clock on the wall that is asked every minute."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.calendars import Calendar, Shift
from procmine.calendars import segments as module
from procmine.errors import InputError
from tests.calendars.brute import GERMAN_HOLIDAYS, business

# Lord Howe's clocks change by half an hour, Santiago's and Beirut's at midnight.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kathmandu",
)
CHANGES = (
    (2024, 12, 24), (2025, 3, 9), (2025, 3, 30), (2025, 4, 6), (2025, 4, 18), (2025, 9, 7),
    (2025, 10, 5), (2025, 10, 26), (2025, 11, 2), (2025, 12, 31),
)  # fmt: skip
"""Days on or beside which clocks change, or nobody works."""

OFFICE = (*[(Shift(540, 1020),)] * 5, (), ())
NIGHTS = ((Shift(1320, 1800),),) * 7


@st.composite
def shifts(draw):
    begin = draw(st.integers(0, 1439))
    return Shift(begin, begin + draw(st.integers(1, 1440)))


weeks = st.tuples(*[st.lists(shifts(), max_size=2).map(tuple)] * 7)
moments = st.builds(
    lambda day, minutes, micros: (
        datetime(*day, tzinfo=UTC) + timedelta(minutes=minutes, microseconds=micros)
    ),
    st.sampled_from(CHANGES),
    st.integers(-1440, 2880),
    st.sampled_from((0, 0, 1, 59_999_999)),
)


def between(calendar, *pairs):
    starts, ends = (
        pl.Series(side, dtype=pl.Datetime("us", "UTC")) for side in zip(*pairs, strict=True)
    )
    return [timedelta(microseconds=us) for us in calendar.between(starts, ends)]


@given(
    calendar=st.builds(
        Calendar,
        st.sampled_from(ZONES),
        weeks,
        st.sampled_from((None, "DE")),
        st.frozensets(st.sampled_from([date(*day) for day in CHANGES]), max_size=2),
    ),
    start=moments,
    minutes=st.integers(0, 3000),
    micros=st.sampled_from((0, 1, 30_000_000)),
)
def test_business_time_equals_brute_force_by_minutes(calendar, start, minutes, micros):
    end = start + timedelta(minutes=minutes, microseconds=micros)
    off = calendar.closed | (GERMAN_HOLIDAYS if calendar.holidays else set())
    expected = business(start, end, calendar.timezone, calendar.week, off)
    assert between(calendar, (start, end)) == [expected]


@given(week=weeks, zone=st.sampled_from(ZONES), start=moments, minutes=st.integers(0, 3000))
def test_searching_for_each_instant_gives_the_same_as_the_grid(week, zone, start, minutes):
    calendar, end = Calendar(zone, week), start + timedelta(minutes=minutes)
    gridded = between(calendar, (start, end))
    module.segments.cache_clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_MOST_CELLS", 0)
        assert between(calendar, (start, end)) == gridded
    module.segments.cache_clear()


@given(week=weeks, start=moments, minutes=st.lists(st.integers(0, 3000), min_size=2, max_size=2))
def test_parts_of_a_period_add_up_to_it(week, start, minutes):
    calendar = Calendar("Europe/Berlin", week)
    middle, end = (start + timedelta(minutes=m) for m in sorted(minutes))
    first, second, whole = between(calendar, (start, middle), (middle, end), (start, end))
    assert first + second == whole


@pytest.mark.parametrize(
    ("zone", "week", "start", "end", "hours"),
    [
        ("Europe/Berlin", OFFICE, "2026-10-23T16:00+02:00", "2026-10-26T09:30+01:00", 1.5),
        ("Europe/Berlin", NIGHTS, "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", 7),
        ("Europe/Berlin", NIGHTS, "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 9),
        ("Europe/Berlin", ((Shift(0, 1440),),) * 7, "2026-03-28T23:00Z", "2026-03-29T22:00Z", 23),
        ("Europe/Berlin", ((Shift(0, 1440),),) * 7, "2026-10-24T22:00Z", "2026-10-25T23:00Z", 25),
        ("UTC", OFFICE, "1971-01-01T00:00Z", "1971-01-08T00:00Z", 40),
        ("UTC", OFFICE, "2099-12-24T00:00Z", "2099-12-31T00:00Z", 40),
    ],
)
def test_a_person_counts_the_same_hours(zone, week, start, end, hours):
    ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
    assert between(Calendar(zone, week), ends) == [timedelta(hours=hours)]


def test_business_time_equals_that_of_businesstimedelta():
    stored = json.loads((Path(__file__).parent / "businesstimedelta.json").read_text())
    office = (*[(Shift(540, 720), Shift(780, 1020))] * 5, (), ())
    ends = [tuple(map(datetime.fromisoformat, row[:2])) for row in stored["rows"]]
    found = between(Calendar("Europe/Berlin", office, "DE-BE"), *ends)
    assert found == [timedelta(minutes=row[2]) for row in stored["rows"]]


def test_a_night_shift_that_begins_before_a_holiday_runs_to_its_end():
    calendar = Calendar("Europe/Berlin", NIGHTS, closed=frozenset({date(2026, 5, 1)}))
    eve, morrow = datetime(2026, 4, 30, 20, tzinfo=UTC), datetime(2026, 5, 2, 4, tzinfo=UTC)
    assert between(calendar, (eve, morrow)) == [timedelta(hours=8)]


def test_instants_of_any_years_extend_the_calendar():
    calendar = Calendar("UTC", OFFICE)
    week = timedelta(days=7)
    pairs = [(at, at + week) for at in (datetime(y, 6, 1, tzinfo=UTC) for y in (1985, 2001, 2098))]
    assert between(calendar, *pairs) == [timedelta(hours=40)] * 3


def test_what_is_unknown_stays_unknown():
    calendar, kind = Calendar("UTC", OFFICE), pl.Datetime("us", "UTC")
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    starts, ends = pl.Series([at, None, None], dtype=kind), pl.Series([None, at, None], dtype=kind)
    assert calendar.between(starts, ends).to_list() == [None] * 3
    later = pl.Series([at + timedelta(hours=1), at, None], dtype=kind)
    assert calendar.between(starts, later).to_list() == [3_600_000_000, None, None]


def test_a_week_without_shifts_has_no_business_time():
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert between(Calendar("UTC", ((),) * 7), (at, at + timedelta(days=9))) == [timedelta()]


def test_an_end_before_its_start_is_refused():
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    with pytest.raises(InputError, match="1 end lies before its start"):
        between(Calendar("UTC", OFFICE), (at, at), (at, at - timedelta(seconds=1)))


def test_segments_are_cut_to_the_period_and_joined_where_shifts_touch():
    week = (*[(Shift(360, 840), Shift(840, 1320))] * 5, (), ())
    made = Calendar("UTC", week).segments(
        datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2026, 1, 6, 7, tzinfo=UTC)
    )
    bounds = [tuple(at.isoformat()[:16] for at in row) for row in made.rows()]
    assert bounds == [
        ("2026-01-05T08:00", "2026-01-05T22:00"),
        ("2026-01-06T06:00", "2026-01-06T07:00"),
    ]
