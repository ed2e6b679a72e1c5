"""The account: nothing lost, and what is odd counted as a brute-force count does."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import QualityError
from procmine.ingest import ingest
from procmine.quality import REASONS, Quality, check_tolerance, count_irregularities

BASE = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("", "no_timestamp"),
        ("   ", "no_timestamp"),
        ("soon", "unreadable_timestamp"),
        ("1970-01-01T00:00:00Z", "timestamp_out_of_range"),
        ("1970-01-01T00:00:00-11:00", "timestamp_out_of_range"),
        ("1899-12-30T00:00:00Z", "timestamp_out_of_range"),
        ("2100-01-01T00:00:00Z", "timestamp_out_of_range"),
        ("9999-12-31T00:00:00Z", "timestamp_out_of_range"),
    ],
)
def test_a_time_that_cannot_be_used_has_its_reason(time, reason):
    frame = pl.DataFrame(
        {"case": ["1", "1"], "activity": ["a", "b"], "time": ["2026-01-05T09:00:00Z", time]}
    )
    assert ingest(frame, tolerance=0.5).quality.reasons == {reason: 1}


def test_the_first_reason_counts():
    frame = pl.DataFrame({"case": ["1", ""], "activity": ["a", ""], "time": ["2026-01-05", ""]})
    assert ingest(frame, tolerance=0.5).quality.reasons == {"no_case": 1}


def test_zero_is_no_time():
    frame = pl.DataFrame({"case": [1, 1], "activity": ["a", "b"], "time": [0, 1_335_168_930]})
    assert ingest(frame, tolerance=0.5).quality.reasons == {"timestamp_out_of_range": 1}


def test_a_tolerance_is_enough_when_it_is_reached():
    check_tolerance(Quality(100, 95, 5, {"no_case": 5}), 0.05)
    with pytest.raises(QualityError, match=r"--tolerance 0.06"):
        check_tolerance(Quality(1000, 949, 51, {"no_case": 51}), 0.05)


def test_every_reason_is_said_in_words():
    for reason, words in REASONS.items():
        with pytest.raises(QualityError, match=words):
            check_tolerance(Quality(1, 0, 1, {reason: 1}), 1)


EVENT = st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sampled_from("xy"))


@given(st.lists(EVENT, min_size=1, max_size=25))
def test_irregularities_agree_with_a_count_by_hand(rows):
    frame = pl.DataFrame(
        {
            "case_id": [c for c, _, _ in rows],
            "activity": [a for _, _, a in rows],
            "timestamp": [BASE + timedelta(hours=h) for _, h, _ in rows],
            "order": list(range(1, len(rows) + 1)),
            "note": [None] * len(rows),
            "event_number": list(range(len(rows))),
        }
    ).sort("case_id", "timestamp", "order")
    counts = count_irregularities(frame.lazy())
    by_case = defaultdict(list)
    for position, (case, hour, _) in enumerate(rows):
        by_case[case].append((hour, position))
    pairs = [
        p for times in by_case.values() for p in zip(sorted(times), sorted(times)[1:], strict=False)
    ]
    assert counts["duplicates"] == len(rows) - len(set(rows))
    assert counts["ties"] == sum(a[0] == b[0] for a, b in pairs)
    assert counts["out_of_order"] == sum(b[1] < a[1] for a, b in pairs)


def test_dictionary_encoded_columns_are_compared_by_their_values():
    frame = pl.DataFrame(
        {
            "case_id": ["1"] * 3,
            "activity": ["a", "a", "b"],
            "timestamp": [BASE] * 3,
            "order": [1, 2, 3],
        }
    ).with_columns(pl.col("activity").cast(pl.Categorical))
    assert count_irregularities(frame.lazy()) == {"duplicates": 1, "ties": 2, "out_of_order": 0}
