"""Logs that Spark holds or prepares are read by the rules that hold everywhere."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.on_spark import Settings, prepare_with_spark, read_spark
from procmine.prepare.spark import is_spark
from procmine.schema import MADE, MADE_ALWAYS
from tests import brute
from tests.conftest import ON_SPARK
from tests.engines import assert_same_answers, plain
from tests.strategies import EXAMPLES, frame, log_of

TEXTS = "case string, activity string, time string"

pytestmark = list(ON_SPARK)


@pytest.mark.parametrize("name", ["receipt.csv", "purchasing.csv", "sepsis.csv"])
@pytest.mark.usefixtures("spark")
def test_a_csv_prepared_on_spark_is_the_log_that_polars_prepares(tmp_path, real_logs, name):
    log = pm.read(real_logs / name)
    made = prepare_with_spark([real_logs / name], tmp_path / "log.parquet", Settings({}))
    assert_frame_equal(plain(made.events.collect()), plain(log.events.collect()))
    unlike = {"sources": ()}
    assert replace(made.meta, **unlike) == replace(log.meta, **unlike)
    assert_same_answers(log, made)


def test_a_table_on_spark_is_read_as_polars_reads_it(spark):
    rows = [("1", "ask", brute.at(0), " ", 7), ("1", "answer", brute.at(60), "B", 8)]
    schema = "`Case ID` string, activity string, time timestamp, team string, Variant long"
    log = read_spark(spark.createDataFrame(rows, schema), Settings({}))
    assert is_spark(log.events)
    assert log.size == (2, 1)
    assert pm.handoffs(log).summary["handoffs"].item() == 0
    own = {"case_id", "activity", "timestamp", "order", "department", "Variant (source)"}
    assert set(log.columns) == {*own, *MADE_ALWAYS}


RAW = {
    "case": ["1", " ", None, "1", "1", "1", "1", "2", "NA"],
    "activity": ["ask", "a", "b", "", "UNKNOWN", "c", "d", "e", "f"],
    "time": [
        "2026-01-05T09:00Z", "2026-01-05T09:00Z", "2026-01-05T09:00Z", "2026-01-05T09:00Z",
        "2026-01-05T09:00Z", "\u2003", "soon", "1969-12-31 23:00:00+00:00",
        "2026/1/5 10:00:00,5+0200",
    ],
    "team": ["A", "A", "A", "A", "A", "A", "A", "A", "N/A"],
}  # fmt: skip


@pytest.mark.parametrize("null_values", [(), ("UNKNOWN",)])
def test_the_same_events_are_set_aside_for_the_same_reasons(spark, null_values):
    rows = list(zip(*RAW.values(), strict=True))
    table = spark.createDataFrame(rows, "case string, activity string, time string, team string")
    found = read_spark(table, Settings({}, null_values=null_values, tolerance=1))
    expected = pm.read(pl.DataFrame(RAW), null_values=null_values, tolerance=1)
    assert found.meta.quality == expected.meta.quality
    assert found.meta.null_lookalikes == expected.meta.null_lookalikes
    assert found.meta.notes == expected.meta.notes
    aside = found.set_aside.select("reason", "case").toArrow()
    assert_frame_equal(
        pl.DataFrame(aside).sort(pl.all()),
        expected.set_aside.select("reason", "case").collect().sort(pl.all()),
    )


@pytest.mark.parametrize("zone", [None, "Europe/Amsterdam"])
def test_times_without_a_zone_are_read_alike(spark, zone):
    times = ["2026-03-29 02:30:00", "2026-10-25 02:30", "2026-07-01T12:00:00.123456", "2026/7/2"]
    raw = pl.DataFrame({"case": "1", "activity": "a", "time": times})
    table = spark.createDataFrame(
        [("1", "a", t) for t in times], "case string, activity string, time string"
    )
    found = read_spark(table, Settings({}, timezone=zone))
    expected = pm.read(raw, timezone=zone)
    instants = found.events.select("timestamp").toArrow()
    assert sorted(pl.DataFrame(instants)["timestamp"]) == sorted(
        expected.events.collect()["timestamp"]
    )
    assert found.meta.quality == expected.meta.quality
    assert found.meta.timezone_origin == expected.meta.timezone_origin


def test_times_that_spark_is_not_told_how_to_read_ask_for_a_cast(spark):
    table = spark.createDataFrame(
        [("1", "a", "03.04.2026")], "case string, activity string, time string"
    )
    with pytest.raises(pm.InputError, match="to_timestamp"):
        read_spark(table, Settings({}))
    numbers = spark.createDataFrame([("1", "a", 5)], "case string, activity string, time long")
    with pytest.raises(pm.InputError, match="are of the type bigint"):
        read_spark(numbers, Settings({}))


def test_a_wrong_column_is_refused_with_the_nearest_one(spark):
    table = spark.createDataFrame(
        [("1", "a", "2026-01-05T09:00Z")], "case string, activity string, time string"
    )
    with pytest.raises(pm.InputError, match="Did you mean 'activity'"):
        read_spark(table, Settings({"activity": "actvity"}))


@pytest.mark.usefixtures("spark")
def test_a_folder_of_parquet_keeps_the_order_of_its_files(tmp_path):
    folder = tmp_path / "raw [é] 100% {a,b}*"
    folder.mkdir()
    instant = datetime(2026, 1, 5).astimezone()
    for number, activity in enumerate("abcdef"):
        row = {"case": "1", "activity": [activity, activity.upper()], "time": instant}
        pl.DataFrame(row).write_parquet(folder / f"{number}.parquet")
    log = prepare_with_spark([folder], tmp_path / "a log%20?.parquet", Settings({}))
    assert log.events.collect()["activity"].to_list() == list("aAbBcCdDeEfF")
    assert log.meta.name == folder.name


@pytest.mark.usefixtures("spark")
def test_fields_with_line_ends_and_broken_records_are_told_apart(tmp_path):
    text = 'case,activity,time\n1,"a ""b""\nc",2026-01-05T09:00Z\n1,d,2026-01-05T10:00Z,x\n1,e\n'
    (tmp_path / "raw.csv").write_text(text)
    log = prepare_with_spark(
        [tmp_path / "raw.csv"], tmp_path / "log.parquet", Settings({}, tolerance=1)
    )
    assert log.events.collect()["activity"].to_list() == ['a "b"\nc']
    assert log.meta.quality["reasons"] == {"broken_row": 2}
    assert log.set_aside.collect()["row"].to_list() == [2, 3]


@pytest.mark.usefixtures("spark")
def test_what_spark_cannot_read_names_the_other_engine(tmp_path, real_logs):
    with pytest.raises(pm.UnavailableError, match="--engine polars"):
        prepare_with_spark([real_logs / "sepsis.xes.gz"], tmp_path / "log.parquet", Settings({}))
    pl.DataFrame(RAW).write_delta(tmp_path / "delta")
    with pytest.raises(pm.UnavailableError, match="delta-spark"):
        prepare_with_spark([tmp_path / "delta"], tmp_path / "log.parquet", Settings({}))
    assert not (tmp_path / "log.parquet").exists()


@pytest.mark.usefixtures("spark")
def test_a_given_order_with_ties_keeps_the_position(tmp_path):
    rows = [f"1,2026-01-05,{row}" for row in ("b,2", "a,1", "c,", "d,2")]
    (tmp_path / "raw.csv").write_text("\n".join(["case,time,activity,order", *rows, ""]))
    log = prepare_with_spark([tmp_path / "raw.csv"], tmp_path / "log.parquet", Settings({}))
    expected = pm.read(tmp_path / "raw.csv")
    assert log.events.collect()["activity"].to_list() == ["a", "b", "d", "c"]
    assert_frame_equal(plain(log.events.collect()), plain(expected.events.collect()))


@pytest.mark.usefixtures("spark")
def test_an_old_log_is_replaced_whole(tmp_path):
    log_of(EXAMPLES["everything known"]).write(tmp_path / "log.parquet")
    (tmp_path / "raw.csv").write_text("case,activity,time\n1,a,2026-01-05\n")
    prepare_with_spark([tmp_path / "raw.csv"], tmp_path / "log.parquet", Settings({}))
    assert pm.read(tmp_path / "log.parquet").size == (1, 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.parquet", "raw.csv"]


def test_a_log_prepared_elsewhere_is_opened_on_spark_with_what_it_says_of_itself(spark, tmp_path):
    log = replace(log_of(EXAMPLES["everything known"]), set_aside=None)
    path = log.write(tmp_path / "a log.parquet")
    opened = read_spark(spark.read.parquet(os.fspath(path)), Settings({}))
    assert opened.meta == pm.read(path).meta
    assert_same_answers(log, opened)


def test_what_came_next_is_made_anew_where_events_of_a_prepared_log_are_gone(spark, tmp_path):
    rows = EXAMPLES["everything known"]
    path = log_of(rows).write(tmp_path / "log.parquet")
    some = read_spark(
        spark.read.parquet(os.fspath(path)).filter("activity <> 'check'"), Settings({})
    )
    assert_same_answers(log_of([r for r in rows if r["activity"] != "check"]), some)


def test_a_prepared_log_refuses_to_be_read_in_another_way(spark, tmp_path):
    path = log_of(EXAMPLES["one event"]).write(tmp_path / "log.parquet")
    with pytest.raises(pm.OptionError, match="prepared already, so department can't be chosen"):
        read_spark(spark.read.parquet(os.fspath(path)), Settings({"department": "resource"}))


@pytest.fixture
def held(spark, tmp_path):
    """The same log on Polars and on Spark."""
    rows = EXAMPLES["everything known"]
    frame(rows).write_parquet(tmp_path / "raw.parquet")
    return log_of(rows), pm.read(spark.read.parquet(os.fspath(tmp_path / "raw.parquet")))


def test_filters_give_the_same_journeys_and_events_on_spark(held):
    on_polars, on_spark = held
    assert_same_answers(on_polars, on_spark)
    for how in ({"department": "Sales"}, {"activity": ["ask", "check"]}):
        assert_same_answers(on_polars.filter_events(**how), on_spark.filter_events(**how))
    how = {"passes_through": "ask", "ends_with": "check"}
    assert_same_answers(on_polars.filter_cases(**how), on_spark.filter_cases(**how))


def test_the_view_of_cases_is_the_same_on_spark(held):
    on_polars, on_spark = (log.cases for log in held)
    expected = on_polars.collect().sort("case_id")
    found = pl.DataFrame(on_spark.toArrow()).sort("case_id")
    assert_frame_equal(found, expected, check_dtypes=False)


def test_a_log_that_spark_holds_is_written_whole(held, tmp_path):
    on_polars, on_spark = held
    path = on_spark.write(tmp_path / "log.parquet")
    assert_same_answers(on_polars, pm.read(path))
    with pytest.raises(pm.InputError, match="is there already"):
        on_spark.write(path)
    assert not list(tmp_path.glob(".*"))


def test_what_spark_cannot_do_names_the_alternative(held):
    with pytest.raises(pm.UnavailableError, match="Write the prepared log as Parquet"):
        held[1].sample(customers=2)
    with pytest.raises(pm.UnavailableError, match="--engine polars"):
        pm.read(held[1].events.drop(*MADE), day_first=True)


def test_the_command_line_prepares_on_spark(tmp_path, real_logs):
    output = tmp_path / "log.parquet"
    asked = ["prepare", str(real_logs / "receipt.csv"), "--output", str(output)]
    engine = ["--engine", "spark", "--master", "local[2]"]
    command = [sys.executable, "-m", "procmine", *asked, *engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "8,577 rows read = 8,577 accepted + 0 set aside." in done.stderr
    assert_same_answers(pm.read(real_logs / "receipt.csv"), pm.read(output))
