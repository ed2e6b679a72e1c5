"""Delta tables and partitioned folders as sources."""

import polars as pl
import pytest

import procmine as pm
from procmine.errors import InputError, UnavailableError

EVENTS = pl.DataFrame(
    {
        "case": ["1", "1", "2"],
        "activity": ["ask", "answer", "ask"],
        "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T10:00Z"],
        "team": ["Sales", "Field work", "Sales"],
    }
)
FIGURES = [
    {"department": "Sales", "next_department": "Field work", "count": 1, "total_seconds": 3600.0}
]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:deltalake")


def figures(log):
    return pm.handoffs(log).handoffs.select(*FIGURES[0]).to_dicts()


@pytest.mark.parametrize("name", ["orders", "Aufträge 2026"])
def test_a_partitioned_delta_table_is_read(tmp_path, name):
    EVENTS.write_delta(tmp_path / name, delta_write_options={"partition_by": ["team"]})
    log = pm.read(tmp_path / name)
    assert log.size == (3, 2)
    assert figures(log) == FIGURES
    assert log.meta.sources[0]["format"] == "delta"


def test_only_the_newest_version_counts(tmp_path):
    EVENTS.write_delta(tmp_path / "orders")
    EVENTS.head(2).write_delta(tmp_path / "orders", mode="overwrite")
    log = pm.read(tmp_path / "orders")
    assert log.size == (2, 1)
    assert "Version 1 of the Delta table 'orders' was read." in log.meta.notes


def test_the_checksum_follows_the_newest_version(tmp_path):
    EVENTS.write_delta(tmp_path / "orders")
    first = pm.read(tmp_path / "orders").meta.sources[0]["sha256"]
    assert pm.read(tmp_path / "orders").meta.sources[0]["sha256"] == first
    EVENTS.write_delta(tmp_path / "orders", mode="append")
    assert pm.read(tmp_path / "orders").meta.sources[0]["sha256"] != first


def test_a_damaged_delta_table_is_refused(tmp_path):
    EVENTS.write_delta(tmp_path / "orders")
    next((tmp_path / "orders").glob("*.parquet")).unlink()
    with pytest.raises(InputError, match="'orders' is damaged"):
        pm.read(tmp_path / "orders")


def test_without_deltalake_the_error_names_the_extra(tmp_path, monkeypatch):
    EVENTS.write_delta(tmp_path / "orders")
    monkeypatch.setitem(__import__("sys").modules, "deltalake", None)
    with pytest.raises(UnavailableError, match=r"Install procmine\[delta\]"):
        pm.read(tmp_path / "orders")


def parquet_folders(table, folder, keys):
    target = pl.PartitionBy(folder, key=keys, include_key=False)
    table.lazy().sink_parquet(target, mkdir=True)


def delta_folders(table, folder, keys):
    table.write_delta(folder, delta_write_options={"partition_by": keys})


def test_the_folders_of_partitioned_parquet_are_columns(tmp_path):
    parquet_folders(EVENTS, tmp_path / "orders", ["team"])
    assert figures(pm.read(tmp_path / "orders")) == FIGURES


def test_a_folder_named_by_a_number_with_zeros_in_front_keeps_them(tmp_path):
    table = EVENTS.with_columns(case=pl.Series(["007", "007", "12"]), day=pl.Series([3, 3, 4]))
    parquet_folders(table, tmp_path / "orders", ["day", "case"])
    events = pm.read(tmp_path / "orders").events.sort("timestamp").collect()
    assert events["case_id"].to_list() == ["007", "007", "12"]
    assert events["day"].to_list() == [3, 3, 4]


@pytest.mark.parametrize("write", [parquet_folders, delta_folders])
def test_folders_within_folders_keep_dates_hard_names_and_missing_keys(tmp_path, write):
    table = EVENTS.with_columns(
        day=pl.col("time").str.slice(0, 10).str.to_date(),
        team=pl.Series(["Field/work ü=1", None, "Sales"]),
    )
    write(table, tmp_path / "orders", ["day", "team"])
    events = pm.read(tmp_path / "orders").events.sort("timestamp").collect()
    assert events["day"].equals(table["day"])
    assert events["department"].to_list() == table["team"].to_list()
