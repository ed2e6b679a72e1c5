"""A log prepared on Spark is the one that Polars prepares, and each reads what the other wrote."""

import os
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import schema
from procmine.prepare.polars import prepare_frame
from procmine.prepare.spark import prepare_spark, write_parts
from procmine.storage import write_manifest
from tests import brute
from tests.conftest import ON_SPARK
from tests.engines import assert_same_answers, plain
from tests.strategies import EXAMPLES, frame, random_events

pytestmark = list(ON_SPARK)


def through(spark, table, folder):
    """Return a canonical table prepared on Spark, with its parts."""
    table.write_parquet(folder / "raw.parquet")
    raw = spark.read.parquet(os.fspath(folder / "raw.parquet"))
    names = write_parts(prepare_spark(raw), folder / "log")
    return [pl.read_parquet(folder / "log" / n) for n in names]


LOGS = {**EXAMPLES, "many cases": random_events(5, number=900)}


@pytest.mark.parametrize("example", LOGS)
def test_every_made_column_equals_brute_force_and_polars(spark, tmp_path, example):
    raw = frame(LOGS[example])
    made, on_polars = pl.concat(through(spark, raw, tmp_path)), prepare_frame(raw)
    assert made.columns == on_polars.columns
    assert_frame_equal(plain(made), plain(on_polars))
    found = {row["order"]: row for row in made.to_dicts()}
    for order, row in brute.prepared(LOGS[example]).items():
        assert {c: found[order][c] for c in row} == row


def test_the_time_in_which_work_was_suspended_is_no_service(spark, tmp_path):
    raw = frame(EXAMPLES["everything known"]).with_columns(suspended_us=pl.lit(1_000_000))
    made = pl.concat(through(spark, raw, tmp_path))
    assert_frame_equal(plain(made), plain(prepare_frame(raw)))
    assert made["service_us"].sum() + made["service_us"].count() * 1_000_000 == (
        (made["timestamp"] - made["start_timestamp"]).dt.total_microseconds().sum()
    )


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_the_session_s_time_zone_does_not_matter(spark, tmp_path, zone):
    raw = frame(EXAMPLES["everything known"])
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        made = pl.concat(through(spark, raw, tmp_path))
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert_frame_equal(plain(made), plain(prepare_frame(raw)))


def test_a_case_lies_in_one_part_in_order(spark, tmp_path):
    spark.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    try:
        parts = through(spark, frame(random_events(6, number=600)), tmp_path)
    finally:
        spark.conf.unset("spark.sql.adaptive.coalescePartitions.enabled")
    assert len(parts) == 2
    cases = [set(p["case_id"]) for p in parts]
    assert not cases[0] & cases[1]
    for part in parts:
        runs = part["case_id"].rle().struct.field("value")
        assert runs.n_unique() == len(runs)
        assert part["event_number"].to_list() == part.select(
            pl.int_range(1, pl.len() + 1).over("case_id")
        ).to_series().to_list()  # fmt: skip


def test_nothing_of_spark_s_own_is_left_beside_the_parts(spark, tmp_path):
    through(spark, frame(EXAMPLES["one event"]), tmp_path)
    assert [p.name for p in (tmp_path / "log").iterdir()] == ["part-00000.parquet"]


def test_the_user_s_setting_for_parquet_times_stays(spark, tmp_path):
    name = "spark.sql.parquet.outputTimestampType"
    spark.conf.set(name, "INT96")
    through(spark, frame(EXAMPLES["one event"]), tmp_path)
    kept = spark.conf.get(name)
    spark.conf.set(name, "TIMESTAMP_MICROS")
    assert kept == "INT96"


def test_preparing_twice_is_preparing_once(spark, tmp_path):
    raw = frame(EXAMPLES["everything known"])
    once = pl.concat(through(spark, raw, tmp_path))
    (tmp_path / "again").mkdir()
    assert_frame_equal(plain(pl.concat(through(spark, once, tmp_path / "again"))), plain(once))


@pytest.mark.parametrize("name", ["helpdesk.xes.gz", "sepsis.xes.gz"])
def test_a_real_log_made_on_polars_gives_the_same_answers_on_spark(
    spark, tmp_path, real_logs, name
):
    log = pm.read(real_logs / name)
    path = log.write(tmp_path / "log.parquet")
    assert_same_answers(log, replace(log, events=spark.read.parquet(os.fspath(path))))


@pytest.mark.parametrize("name", ["helpdesk.xes.gz", "sepsis.xes.gz"])
def test_a_real_log_made_on_spark_gives_the_same_answers_on_polars(
    spark, tmp_path, real_logs, name
):
    log = pm.read(real_logs / name)
    through(spark, log.events.drop(schema.MADE, strict=False).collect(), tmp_path)
    write_manifest(tmp_path / "log", ["part-00000.parquet"], log.meta)
    made = pm.read(tmp_path / "log")
    assert_frame_equal(plain(made.events.collect()), plain(log.events.collect()))
    assert_same_answers(log, made)
