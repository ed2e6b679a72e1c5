"""Times: every shape against Python's datetime and zoneinfo."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import OptionError, TimestampError
from procmine.ingest import ingest
from procmine.timestamps import known_zone
from procmine.timestamps.shapes import shape_of

INSTANT = datetime(2012, 4, 23, 8, 15, 30, 250_000, tzinfo=UTC)
WHOLE = INSTANT.replace(microsecond=0)
MINUTE = WHOLE.replace(second=0)
DAY = MINUTE.replace(hour=0, minute=0)
SHORT = INSTANT.replace(microsecond=0)


def read(texts, **options):
    rows = range(1, len(texts) + 1)
    table = pl.DataFrame({"case": ["1"] * len(texts), "activity": ["a"] * len(texts), "n": rows})
    return ingest(table.with_columns(pl.Series("time", texts)), **{"tolerance": 1} | options)


def times(texts, **options):
    return read(texts, **options).accepted.collect()["timestamp"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-04-23T08:15:30.250Z", INSTANT),
        ("2012-04-23T08:15:30,250Z", INSTANT),
        ("2012-04-23 08:15:30.250", INSTANT),
        ("2012-04-23 08:15:30,250", INSTANT),
        ("2012-04-23 10:15:30.250+02:00", INSTANT),
        ("2012-04-23 10:15:30.250 +0200", INSTANT),
        ("2012-04-23T10:15:30.250+02", INSTANT),
        ("2012-04-23T03:45:30.250000000-04:30", INSTANT),
        ("2012-04-23 08:15:30", WHOLE),
        ("2012-04-23 08:15:30 UTC", WHOLE),
        ("2012/04/23 08:15:30", WHOLE),
        ("2012-04-23 08:15", MINUTE),
        ("2012-04-23", DAY),
        ("20120423", DAY),
        ("20120423T081530", WHOLE),
        ("20120423081530", WHOLE),
        ("201204230815", MINUTE),
        ("23/04/2012 08:15:30", WHOLE),
        ("23.04.2012 08:15", MINUTE),
        ("23-4-2012 8:15", MINUTE),
        ("04/23/2012 08:15:30 AM", WHOLE),
        ("4/23/2012 8:15 AM", MINUTE),
        ("04/23/2012, 08:15", MINUTE),
        ("23/04/12 08:15", MINUTE),
        ("23-Apr-2012 08:15:30", WHOLE),
        ("23 April 2012 08:15", MINUTE),
        ("Apr 23, 2012 08:15", MINUTE),
        (f"{int(WHOLE.timestamp())}", WHOLE),
        (f"{INSTANT.timestamp():.3f}", INSTANT),
        (f"{int(INSTANT.timestamp() * 1000)}", INSTANT),
        (f"{int(INSTANT.timestamp() * 1000)}000", INSTANT),
        (f"{int(INSTANT.timestamp() * 1000)}000000", INSTANT),
        ("  2012-04-23 08:15:30  ", WHOLE),
    ],
)
def test_a_time_is_read_as_it_was_meant(text, expected):
    assert times([text]) == [expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([int(WHOLE.timestamp())], WHOLE),
        ([int(WHOLE.timestamp() * 1000)], WHOLE),
        ([INSTANT.timestamp()], INSTANT),
        ([WHOLE.replace(tzinfo=None)], WHOLE),
        ([WHOLE.astimezone(ZoneInfo("Asia/Tokyo"))], WHOLE),
        ([DAY.date()], DAY),
    ],
)
def test_a_typed_time_is_read_as_it_was_meant(values, expected):
    assert times(values) == [expected]


def test_a_pm_hour_is_in_the_afternoon_and_twelve_am_is_midnight():
    found = times(["04/23/2012 08:15 PM", "04/23/2012 12:00 AM", "04/23/2012 12:00 PM"])
    assert [t.hour for t in found] == [20, 0, 12]


def test_shapes_may_be_mixed_in_a_column():
    texts = ["2012-04-23 08:15:30", "2012-04-23T08:15:30Z", "2012-04-23 08:15", "1335168930"]
    assert times(texts) == [WHOLE, WHOLE, MINUTE, WHOLE]


def test_a_shape_that_first_occurs_far_down_is_learned():
    texts = ["2012-04-23 08:15:30"] * 5000 + ["23/04/2012 08:15"]
    assert times(texts)[-1] == MINUTE


def test_a_day_past_twelve_far_down_decides_the_order_for_all():
    texts = ["03/04/2012 10:00"] * 5000 + ["13/04/2012 10:00"]
    assert times(texts)[0] == datetime(2012, 4, 3, 10, tzinfo=UTC)
    texts[-1] = "04/13/2012 10:00"
    assert times(texts)[0] == datetime(2012, 3, 4, 10, tzinfo=UTC)


def test_an_undecidable_order_shows_two_rows_and_the_option():
    with pytest.raises(TimestampError) as error:
        times(["03/03/2012 09:00", "03/04/2012 10:00", "05/06/2012 11:00"])
    message = str(error.value)
    assert "'03/04/2012 10:00' (row 2)" in message
    assert "'05/06/2012 11:00' (row 3)" in message
    assert "day_first=True" in message
    assert "--day-first" in message


@pytest.mark.parametrize(("day_first", "month"), [(True, 4), (False, 3)])
def test_the_person_decides_the_order(day_first, month):
    assert times(["03/04/2012 10:00"], day_first=day_first)[0].month == month


def test_the_persons_order_stands_against_the_values():
    found = read(["13/04/2012 10:00", "03/04/2012 10:00"], day_first=False)
    assert found.quality.reasons == {"unreadable_timestamp": 1}


def test_another_column_of_times_decides():
    table = pl.DataFrame(
        {"case": ["1"], "activity": ["a"], "start time": ["13/04/2012"], "end time": ["05/06/2012"]}
    )
    row = ingest(table).accepted.collect().row(0, named=True)
    assert row["timestamp"] == datetime(2012, 6, 5, tzinfo=UTC)
    assert row["start_timestamp"] == datetime(2012, 4, 13, tzinfo=UTC)


def test_a_column_of_both_orders_takes_the_commoner_and_sets_the_rest_aside():
    found = read(["13/04/2012", "14/04/2012", "04/15/2012"])
    assert found.quality.reasons == {"unreadable_timestamp": 1}


def test_a_zone_makes_local_times_instants():
    assert times(["2012-04-23 10:15:30"], timezone="Europe/Amsterdam") == [WHOLE]


def test_offsets_win_over_the_stated_zone():
    found = read(["2012-04-23T08:15:30Z"], timezone="Europe/Amsterdam")
    assert found.accepted.collect()["timestamp"].to_list() == [WHOLE]
    assert (found.timezone, found.timezone_origin) == ("Europe/Amsterdam", "stated")


def test_an_assumed_zone_is_said():
    found = read(["2012-04-23 08:15:30"])
    assert (found.timezone, found.timezone_origin) == ("UTC", "assumed")
    assert any("--timezone" in note for note in found.notes)


def test_offsets_need_no_assumption():
    assert read(["2012-04-23T08:15:30Z"]).timezone_origin == "offsets in the data"


def test_a_local_time_that_occurs_twice_is_the_earlier_and_counted():
    found = read(["2012-10-28 02:30:00", "2012-10-28 12:30:00"], timezone="Europe/Amsterdam")
    assert found.accepted.collect()["timestamp"][0] == datetime(2012, 10, 28, 0, 30, tzinfo=UTC)
    assert found.quality.ambiguous_times == 1
    assert found.quality.shifted_times == 0


def test_a_local_time_that_does_not_occur_is_an_hour_later_and_counted():
    found = read(["2012-03-25 02:30:00", "2012-03-25 12:30:00"], timezone="Europe/Amsterdam")
    assert found.accepted.collect()["timestamp"][0] == datetime(2012, 3, 25, 1, 30, tzinfo=UTC)
    assert found.quality.shifted_times == 1
    assert found.quality.ambiguous_times == 0


@given(
    st.lists(
        st.datetimes(datetime(1975, 1, 1), datetime(2095, 1, 1)),  # noqa: DTZ001  (wall clock)
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(
        ["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
    ),
)
def test_any_wall_clock_time_agrees_with_zoneinfo(walls, zone):
    expected = [w.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for w in walls]
    assert times([w.isoformat(" ", "microseconds") for w in walls], timezone=zone) == expected


@given(
    st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 30)), min_size=1, max_size=20),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_any_offset_agrees_with_datetime(walls, minutes):
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    expected = [(w - timedelta(minutes=minutes)).replace(tzinfo=UTC) for w in walls]
    assert times([w.isoformat() + offset for w in walls]) == expected


@pytest.mark.parametrize("text", ["yesterday", "2012-13-45", "12:30", "23/04", "2012", "NaT-1"])
def test_what_is_no_time_is_set_aside_beside_times(text):
    found = read(["2012-04-23 08:15:30", text])
    assert sum(found.quality.reasons.values()) == 1


def test_a_column_without_any_time_is_named():
    with pytest.raises(TimestampError, match="'yesterday'"):
        read(["yesterday", "tomorrow"])


def test_a_short_year_is_said():
    assert any("two digits" in note for note in read(["23/04/12 08:15"]).notes)


@pytest.mark.parametrize("text", ["", "abc", "1234567890123456789012", "2012-04-23T", "T10:00"])
def test_no_shape_is_seen_in_what_is_none(text):
    assert shape_of(text) is None


def test_an_unknown_zone_names_the_nearest():
    with pytest.raises(OptionError, match="Europe/Amsterdam"):
        known_zone("Europe/Amsterdm")
