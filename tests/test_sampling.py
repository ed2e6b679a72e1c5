"""A sample: whole journeys of customers drawn at random, the same ones for the same seed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import holding, sampling
from procmine.errors import OptionError, UnavailableError
from procmine.eventlog import prepared, scan
from procmine.metadata import Metadata, Sample
from procmine.schema import SAMPLE_GROUP

START = datetime(2026, 1, 5, tzinfo=UTC)
STEPS = ("ask", "check", "answer")


def log_of(journeys, *, named=True):
    """Return a log of journeys of three steps: for each its case and its events' customers."""
    rows = [
        {"case_id": case, "customer_id": customer, "activity": step, "department": "Care"}
        for case, customers in journeys
        for step, customer in zip(STEPS, customers, strict=True)
    ]
    schema = dict.fromkeys(("case_id", "customer_id", "activity", "department"), pl.String)
    table = pl.DataFrame(rows, schema=schema).with_row_index("order")
    times = [START + timedelta(minutes=7 * i) for i in range(table.height)]
    table = table.with_columns(
        pl.col("order").cast(pl.Int64),
        pl.Series("timestamp", times, dtype=pl.Datetime("us", "UTC")),
    )
    table = table if named else table.drop("customer_id")
    return prepared(table.lazy(), table.height, Metadata(name="orders"))


@pytest.fixture(scope="module")
def log():
    """Three hundred customers with one to four journeys each."""
    return log_of([(f"j{c}-{n}", [f"c{c}"] * 3) for c in range(300) for n in range(1 + c % 4)])


def customers_of(log):
    return set(log.events.select("customer_id").collect()["customer_id"].drop_nulls())


def test_drawn_customers_keep_all_their_journeys_whole_and_in_order(log):
    drawn = log.sample(customers=40)
    customers = customers_of(drawn)
    assert len(customers) == 40
    expected = log.events.filter(pl.col("customer_id").is_in(list(customers))).collect()
    assert_frame_equal(drawn.events.drop(SAMPLE_GROUP).collect(), expected)
    assert drawn.size == (expected.height, expected["case_id"].n_unique())


def test_the_same_seed_draws_the_same_sample_and_another_another(log):
    first, again, other = (log.sample(customers=40, seed=s) for s in (1, 1, 2))
    assert_frame_equal(first.events.collect(), again.events.collect())
    assert first.meta == again.meta
    assert customers_of(first) != customers_of(other)


def test_every_customer_is_drawn_about_as_often_as_any_other(log):
    times = dict.fromkeys(customers_of(log), 0)
    for seed in range(100):
        for customer in customers_of(log.sample(customers=60, seed=seed)):
            times[customer] += 1
    assert sum(times.values()) == 6000
    # each is binomial(100, 1/5): nobody of 300 lies beyond five standard deviations of 20
    assert all(0 < n <= 40 for n in times.values())


@pytest.mark.parametrize("customers", [300, 301, 10**9])
def test_a_log_with_no_more_customers_than_asked_for_is_itself(log, customers):
    assert log.sample(customers=customers) is log


def test_the_metadata_says_what_was_drawn(log):
    meta = log.sample(customers=40, seed=7).meta
    assert meta.sample == Sample("customer", 40, 300, exact=True, seed=7)
    assert meta.selection == ("a sample of 40 of 300 customers",)


def test_a_journey_belongs_to_the_customer_its_last_event_names():
    log = log_of([("1", ["a", "b", "c"]), ("2", [None, None, "c"]), ("3", ["c", "c", "d"])])
    for seed in range(8):
        drawn = log.sample(customers=1, seed=seed)
        assert set(drawn.events.collect()["case_id"]) in ({"1", "2"}, {"3"})
        assert drawn.size[0] == 3 * drawn.size[1]


def test_a_journey_that_names_nobody_is_a_customer_of_its_own():
    # one journey is called as the customer of another
    log = log_of([("x", [None] * 3), ("2", ["x"] * 3), ("3", [None] * 3)])
    assert log.sample(customers=1).meta.sample.of == 3


def test_without_customers_journeys_are_drawn():
    log = log_of([(str(n), [None] * 3) for n in range(50)], named=False)
    drawn = log.sample(customers=20)
    assert drawn.meta.sample == Sample("journey", 20, 50, exact=True, seed=1)
    assert drawn.size == (60, 20)


def test_groups_are_of_equal_size_and_a_customer_is_in_one(log):
    events = log.sample(customers=110).events.collect()
    groups = events.group_by("customer_id").agg(pl.col(SAMPLE_GROUP).unique())
    assert groups[SAMPLE_GROUP].list.len().unique().to_list() == [1]
    sizes = groups.explode(SAMPLE_GROUP)[SAMPLE_GROUP].value_counts()["count"]
    assert sorted(sizes.to_list()) == [5] * 10 + [6] * 10


@pytest.mark.parametrize("customers", [1, 40, 299])
def test_a_log_too_large_to_count_gives_the_same_sample(log, monkeypatch, customers):
    counted = log.sample(customers=customers)
    monkeypatch.setattr(sampling, "COUNTED", 0)
    about = log.sample(customers=customers)
    assert_frame_equal(about.events.collect(), counted.events.collect())
    assert about.meta.sample.of == pytest.approx(300, rel=0.5 if customers == 40 else 3)


def test_a_size_that_was_estimated_is_said_to_be():
    sample = Sample("customer", 40, 1_310, exact=False, seed=1)
    assert sampling.said(sample) == "a sample of 40 of about 1,310 customers"


def test_too_large_a_sample_for_memory_is_held_on_disk(log, monkeypatch):
    in_memory = log.sample(customers=40)
    monkeypatch.setattr(holding, "IN_MEMORY", 10)
    on_disk = log.sample(customers=40)
    assert on_disk.storage is not None
    assert_frame_equal(on_disk.events.collect(), in_memory.events.collect())
    assert pm.cycle_time(on_disk).to_dict() == pm.cycle_time(in_memory).to_dict()


def test_a_sample_survives_being_written(log, tmp_path):
    drawn = log.sample(customers=200)
    again = scan(drawn.write(tmp_path / "drawn.parquet"))
    assert again.meta.sample == drawn.meta.sample
    assert pm.overview(again).to_dict() == pm.overview(drawn).to_dict()


def test_a_filtered_sample_is_a_sample_still(log):
    drawn = log.sample(customers=200)
    for part in (
        drawn.filter_cases(passes_through="check"),
        drawn.filter_events(activity=["ask", "answer"]),
    ):
        answer = pm.overview(part)
        assert answer.headline.startswith("In a sample of 200 of 300 customers: ")
        assert "low_share" in answer.activities.columns


def test_a_sample_of_a_sample_knows_the_whole(log):
    twice = log.sample(customers=200, seed=1).sample(customers=50, seed=2)
    assert twice.meta.sample == Sample("customer", 50, 300, exact=False, seed=2)
    assert twice.events.collect()[SAMPLE_GROUP].n_unique() == 20


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ({"customers": 0}, "A sample can't have 0 customers."),
        ({"customers": 5, "seed": -1}, "The seed -1 is negative."),
    ],
)
def test_a_senseless_sample_is_refused_in_a_sentence(log, asked, fact):
    with pytest.raises(OptionError, match=fact):
        log.sample(**asked)


def test_another_engine_is_refused_with_the_alternative(log):
    elsewhere = replace(log, events="a table of another engine")
    with pytest.raises(UnavailableError, match="Write the prepared log as Parquet"):
        elsewhere.sample(customers=5)
