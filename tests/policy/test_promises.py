"""Promises as people write them."""

import pytest

from procmine.errors import OptionError
from procmine.policy.promises import read_promises

HOUR = 3_600_000_000


def test_a_promise_without_a_name_is_everybody_s():
    (promise,) = read_promises("12 days").values()
    assert (promise.length_us, promise.business) == (12 * 24 * HOUR, False)


def test_promises_by_segment_keep_their_names():
    promises = read_promises(" Business = 12 days, Small & medium=3 weeks ,36 hours")
    assert list(promises) == ["Business", "Small & medium", None]
    assert promises["Small & medium"].length_us == 21 * 24 * HOUR


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("8 business days", 60),
        ("1 working day", 7.5),
        ("2 business d", 15),
        ("60 business hours", 60),
        ("2 days", 48),
    ],
)
def test_business_days_are_as_long_as_the_calendar_says(text, hours):
    assert read_promises(text)[None].within(round(7.5 * HOUR)) == hours * HOUR


@pytest.mark.parametrize(
    "text",
    ["", "soon", "12", "12 fortnights", "-3 days", "0 days", "Business=", "2 business weeks",
     "Business=2 days,Business=3 days", "2 days,3 days"],
)  # fmt: skip
def test_what_is_no_promise_ends_in_a_sentence(text):
    with pytest.raises(OptionError) as refused:
        read_promises(text)
    assert refused.value.help
