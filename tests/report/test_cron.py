"""Cron expressions mean what crontab(5) says, minute by minute, against a plain matcher."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import OptionError
from procmine.report.cron import check_cron, trigger

START = datetime(2026, 2, 26, 22, 0, tzinfo=UTC)


def matches(text, moment):
    """Say whether cron runs at a minute, from the manual page and for numbers alone."""
    minute, hour, day, month, weekday = text.split()

    def holds(field, value, low, high):
        for part in field.split(","):
            span, _, step = part.partition("/")
            first, _, last = span.partition("-")
            if span == "*":
                first, last = low, high
            elif not last:
                last = high if step else first
            if value in range(int(first), int(last) + 1, int(step or 1)):
                return True
        return False

    sunday_first = moment.isoweekday() % 7
    on_day = holds(day, moment.day, 1, 31)
    on_weekday = holds(weekday, sunday_first, 0, 7) or (
        sunday_first == 0 and holds(weekday, 7, 0, 7)
    )
    either = not (day.startswith("*") or weekday.startswith("*"))
    return (
        holds(minute, moment.minute, 0, 59)
        and holds(hour, moment.hour, 0, 23)
        and holds(month, moment.month, 1, 12)
        and (on_day or on_weekday if either else on_day and on_weekday)
    )


def field(low, high):
    number = st.integers(low, high)
    span = st.tuples(number, number).map(sorted).map(lambda p: f"{p[0]}-{p[1]}")
    step = st.integers(1, 9)
    single = st.one_of(
        number.map(str), span, st.builds("{}/{}".format, span, step), st.builds("*/{}".format, step)
    )
    return st.just("*") | st.lists(single, min_size=1, max_size=2).map(",".join)


@given(st.tuples(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)))
def test_the_next_run_is_the_first_minute_that_matches(fields):
    text = " ".join(fields)
    found = trigger(text, "UTC").get_next_fire_time(None, START)
    expected = START
    end = START + timedelta(days=3)
    while expected < end and not matches(text, expected):
        expected += timedelta(minutes=1)
    if expected < end:
        assert found == expected
    else:
        assert found is None or found >= end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 6 * * 1-5", "2026-02-27 06:30"),
        ("0 0 * * sun", "2026-03-01 00:00"),
        ("0 0 * * 7", "2026-03-01 00:00"),
        ("0 9 13 * Fri", "2026-02-27 09:00"),
        ("@monthly", "2026-03-01 00:00"),
        ("0 12 1 apr *", "2026-04-01 12:00"),
    ],
)
def test_names_and_shorthands_are_understood(text, expected):
    found = trigger(text, "UTC").get_next_fire_time(None, START)
    assert f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *",
             "*/0 * * * *", "* * * * monday", "x * * * *", "@sometimes", "* * * * * *"]
)  # fmt: skip
def test_what_cron_would_refuse_is_refused(text):
    with pytest.raises(OptionError):
        check_cron(text)
