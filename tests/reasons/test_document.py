"""`reasons.toml`: what may stand in it, and names that the log lacks."""

import polars as pl
import pytest

import procmine as pm
from procmine.errors import ConfigurationError
from procmine.reasons.document import read_reasons
from procmine.wording import parse_duration

LOG = pm.read(
    pl.DataFrame(
        {
            "case": ["1", "1", "2"],
            "activity": ["ask", "chase", "ask"],
            "time": ["2026-01-05T09:00Z", "2026-01-06T09:00Z", "2026-01-05T09:00Z"],
            "department": ["Sales", "Care", "Sales"],
        }
    )
)


def read(tmp_path, text, log=LOG):
    path = tmp_path / "reasons.toml"
    path.write_text(text, encoding="utf-8")
    return read_reasons(path, log)


def test_without_a_file_nothing_is_known():
    reasons, absent = read_reasons(None, LOG)
    assert not reasons.chasing
    assert absent == ()


def test_what_stands_in_the_file_is_read(tmp_path):
    reasons, absent = read(
        tmp_path,
        """
        chasing = ["chase"]
        activities = ["complain"]
        failure_demand = ["complain"]
        [[causes]]
        of = ["chase"]
        department = "Sales"
        within = "2 days"
        [[rates]]
        department = "Care"
        per_hour = 30
        [[late]]
        activity = "chase"
        within = "36 hours"
        """,
    )
    assert absent == ()
    assert reasons.causes[0].within == parse_duration("2 days")
    assert reasons.late[0].within == parse_duration("36 hours")
    assert reasons.rates[0].per_hour == 30


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            'chasing = ["chas"]',
            r"chasing: 'chas' never occurs in activity\. Did you mean 'chase'\?",
        ),
        ('chassing = ["chase"]', r"no key 'chassing'\. Did you mean 'chasing'\?"),
        ('chasing = ["chase"]\nreturns = ["chase"]', "'chase' is both chasing and returns"),
        ("[[rates]]\nper_hour = 3", "say whose rate it is"),
        ('[[rates]]\ndepartment = "Care"\nper_hour = -3', r"rates\[0\]\.per_hour"),
        ('[[rates]]\ndepartment = "Car"\nper_hour = 3', r"rates\[0\]\.department: 'Car' never"),
        ('[[causes]]\nof = ["chase"]', "say what is to blame"),
        ('[[causes]]\nof = []\ndepartment = "Care"', r"causes\[0\]\.of"),
        (
            '[[causes]]\nof = ["chase"]\ndepartment = "Care"\nwithin = "soon"',
            "'soon' isn't a length",
        ),
        ('[[late]]\nactivity = "chase"\nwithin = 3', "14 days"),
        ('[[late]]\nactivity = "chase"\nsince = "asked"\nwithin = "3 d"', r"late\[0\]\.since"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key_and_the_nearest_name(tmp_path, text, fact):
    with pytest.raises(ConfigurationError, match=fact):
        read(tmp_path, text)


def test_a_part_of_a_log_may_lack_a_name_and_that_is_told(tmp_path):
    part = LOG.filter_cases(avoids="chase")
    _, absent = read(tmp_path, 'chasing = ["chase"]', part)
    assert absent == ("chase",)
    caveats = pm.self_inflicted(part, reasons=tmp_path / "reasons.toml").caveats
    assert any("isn't in this part of the log: chase" in c for c in caveats)
