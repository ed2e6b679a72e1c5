"""The calendars of departments: read, refused, written, and asked row by row."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from procmine.calendars import Calendar, Calendars, Shift
from procmine.errors import ConfigurationError, InputError

FILE = """
timezone = "Europe/Berlin"
holidays = "DE-BE"
closed = ["2025-12-24", 2025-12-31]
[departments.Warehouse]
timezone = "Europe/London"
holidays = "GB-ENG"
closed = ["2026-02-02"]
Monday = ["06:00-14:00", "14:00-22:00"]
Saturday = ["22:00-06:00"]
[departments."*"]
"Monday to Friday" = ["09:00-17:00"]
Friday = ["09:00-13:00"]
"""
DAY = (Shift(540, 1020),)


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "hours.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_says_each_departments_calendar(file):
    calendars = Calendars.read(file(FILE))
    off = {date(2025, 12, 24), date(2025, 12, 31)}
    assert calendars.of("Warehouse") == Calendar(
        "Europe/London",
        ((Shift(360, 840), Shift(840, 1320)), (), (), (), (), (Shift(1320, 1800),), ()),
        "GB-ENG",
        frozenset(off | {date(2026, 2, 2)}),
    )
    anybody = Calendar(
        "Europe/Berlin", (*[DAY] * 4, (Shift(540, 780),), (), ()), "DE-BE", frozenset(off)
    )
    assert calendars.of("Sales") == calendars.of(None) == anybody
    assert calendars.discovered is None


def test_what_is_written_is_read_again(file, tmp_path):
    calendars = Calendars.read(file(FILE))
    again = Calendars({**calendars.departments, 'a "b" \\ ü\x7f': calendars.of(None)}, "by hand")
    assert Calendars.read(again.write(tmp_path / "again.toml")) == again


def test_a_resource_has_hours_of_its_own_or_its_departments(file, tmp_path):
    own = '[resources."Kim Passa"]\nSaturday = ["10:00-12:00"]\n'
    calendars = Calendars.read(file(FILE + own))
    kim = calendars.of_resource("Kim Passa", "Warehouse")
    assert kim.week[5] == (Shift(600, 720),)
    assert calendars.of_resource("somebody", "Warehouse") == calendars.of("Warehouse")
    assert Calendars.read(calendars.write(tmp_path / "again.toml")) == calendars


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            "timezone = 'Europe/Berlinn'",
            "timezone: There is no time zone 'Europe/Berlinn'. Did you",
        ),
        ("timezone = 'UTC'\nholidays = 'DX'", "holidays: no holidays are known of 'DX'."),
        ("timezone = 'UTC'\nholidays = 'DE-XX'", "no region 'XX' of 'DE' has holidays of its own."),
        ("timezone = 'UTC'\nhollidays = 'DE'", "no key 'hollidays'. Did you mean 'holidays'?"),
        ("timezone = 'UTC'\nclosed = ['2025-13-01']", "closed[0]: it must be a valid date"),
        ("", "the key 'timezone' is missing."),
    ],
)
def test_a_wrong_key_of_the_company_is_pointed_at(file, wrong, sentence):
    with pytest.raises(ConfigurationError) as refused:
        Calendars.read(file(f'{wrong}\n[departments."*"]\nMonday = ["09:00-17:00"]'))
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("Mondy = ['09:00-17:00']", "departments.Care: there is no key 'Mondy'. Did you mean"),
        ("'Monday to Fryday' = []", "there is no key 'Monday to Fryday'"),
        ("Monday = '09:00-17:00'", "departments.Care.Monday: it must be a valid list."),
        ("Monday = ['9 to 5']", "'9 to 5' is no shift; write it as '09:00-17:00'."),
        ("Monday = ['09:00-25:00']", "'09:00-25:00' names a time that no clock shows."),
        ("Monday = ['09:00-09:00']", "ends when it begins; a whole day is '00:00-24:00'."),
        ("'Monday to Friday' = []\n'Friday to Sunday' = []", "Friday stands in two ranges"),
    ],
)
def test_a_wrong_key_of_a_department_is_pointed_at(file, wrong, sentence):
    with pytest.raises(ConfigurationError) as refused:
        Calendars.read(file(f"timezone = 'UTC'\n[departments.Care]\n{wrong}"))
    assert sentence in str(refused.value)


def test_a_file_without_departments_says_what_to_write(file):
    with pytest.raises(ConfigurationError, match=r'Add \[departments."\*"\]'):
        Calendars.read(file("timezone = 'UTC'\n[departments]"))


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_each_row_counts_by_its_departments_calendar(kind):
    own = {"*": Calendar("UTC", (DAY,) * 7), "Night": Calendar("UTC", ((Shift(1320, 1800),),) * 7)}
    found = hours_of(Calendars(own), ["Care", "Night", None, "*"], kind)
    assert found == [8, 8, 8, 8]
    assert hours_of(Calendars({"Night": own["Night"]}), ["Care", "Night", None], kind) == [
        24,
        8,
        24,
    ]


def hours_of(calendars, departments, kind=pl.String):
    """Business hours of one day, asked lazily and in the streaming engine."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    table = pl.LazyFrame(
        {"start": start, "end": start + timedelta(days=1), "who": departments},
        schema_overrides={"who": kind},
    )
    asked = table.select(calendars.between(pl.col("start"), pl.col("end"), pl.col("who")))
    return [us / 3_600_000_000 for us in asked.collect(engine="streaming").to_series()]


def test_departments_that_have_no_calendar_are_known():
    calendars = Calendars({"Care": Calendar("UTC", (DAY,) * 7)})
    assert calendars.without(["Sales", "Care", None, "Sales"]) == ["", "Sales"]
    assert Calendars({"*": Calendar("UTC", (DAY,) * 7)}).without(["Sales", None]) == []


def test_an_end_before_its_start_is_refused_in_a_query_too():
    at = datetime(2026, 1, 5, tzinfo=UTC)
    table = pl.LazyFrame({"start": [at], "end": [at - timedelta(hours=1)]})
    calendars = Calendars({"*": Calendar("UTC", (DAY,) * 7)})
    with pytest.raises(InputError, match="1 end lies before its start"):
        table.select(calendars.between(pl.col("start"), pl.col("end"))).collect(engine="streaming")
