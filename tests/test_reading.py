"""Reading: one log from any kind of source, and what it says about how it was read."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.errors import ColumnError, InputError, OptionError
from tests.strategies import frame, random_events

ROLES = {"case_id": "case_id", "activity": "activity", "timestamp": "timestamp", "order": "order"}


@pytest.fixture
def table():
    return frame(random_events(12))


def handoffs(source, **options):
    return pm.handoffs(pm.read(source, **options)).handoffs


def test_polars_pandas_and_arrow_tables_give_one_answer(table):
    expected = handoffs(table, **ROLES)
    assert expected.height
    for other in (table.lazy(), table.to_arrow(), table.to_pandas()):
        assert_frame_equal(handoffs(other, **ROLES), expected)


def test_several_files_are_one_log(table, tmp_path):
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path, part in zip(paths, (table[:50], table[50:]), strict=True):
        part.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.fZ")
    log = pm.read(paths)
    assert log.meta.name == "one.csv and 1 more"
    assert log.size == pm.read(table).size
    assert_frame_equal(handoffs(paths, **ROLES), handoffs(table, **ROLES))


@pytest.mark.parametrize("blank", ["", " ", "\t", "   "])
def test_a_department_with_spaces_only_is_unknown(table, blank):
    filled = table.with_columns(pl.col("department").fill_null(blank))
    assert_frame_equal(handoffs(filled, **ROLES), handoffs(table, **ROLES))


def test_a_null_value_that_is_named_is_unknown(table):
    filled = table.with_columns(pl.col("department").fill_null("UNKNOWN"))
    named = handoffs(filled, **ROLES, null_values=["UNKNOWN"])
    assert_frame_equal(named, handoffs(table, **ROLES))


def test_a_log_is_named_after_its_file_unless_told(table, tmp_path):
    table.write_parquet(tmp_path / "orders.parquet")
    assert pm.read(tmp_path / "orders.parquet").meta.name == "orders.parquet"
    assert pm.read(tmp_path / "orders.parquet", name="Orders").meta.name == "Orders"
    assert pm.read(table).meta.name == "table"


def test_the_account_of_rows_adds_up(table):
    spoilt = table.with_columns(
        pl.when(pl.col("order") % 40 == 0).then(None).otherwise("activity").alias("activity")
    )
    log = pm.read(spoilt, **ROLES)
    quality = log.meta.quality
    assert quality["rows_read"] == quality["accepted"] + quality["set_aside"] == table.height
    assert quality["set_aside"] == log.set_aside.collect().height == 3
    assert log.size[0] == quality["accepted"]


def test_a_role_whose_column_is_not_there_names_the_nearest(table):
    with pytest.raises(ColumnError, match="Did you mean 'department'"):
        pm.read(table, department="departmant")


def test_an_outcome_that_never_occurs_is_an_error(table):
    with pytest.raises(OptionError, match="never occurs in activity"):
        pm.read(table, outcomes=["never"])


def test_an_empty_table_is_an_error_in_a_sentence(table):
    with pytest.raises(InputError):
        pm.read(table.clear())


def test_columns_named_like_made_ones_are_kept_under_another_name(table):
    log = pm.read(table.with_columns(wait_us=pl.lit("mine"), variant=pl.lit("mine too")), **ROLES)
    events = log.events.collect()
    assert events.schema["wait_us"] == events.schema["variant"] == pl.Int64
    assert {"mine", "mine too"} <= {
        v for row in events.head(1).rows() for v in row if isinstance(v, str)
    }


def test_no_two_columns_differ_in_case_alone_since_spark_and_sql_know_no_case(table):
    log = pm.read(table.with_columns(Activity=pl.lit("a"), WAIT_US=pl.lit(1)), **ROLES)
    names = [c.lower() for c in log.columns]
    assert len(names) == len(set(names))
