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


def test_the_folders_of_partitioned_parquet_are_columns(tmp_path):
    target = pl.PartitionBy(tmp_path / "orders", key="team", include_key=False)
    EVENTS.lazy().sink_parquet(target, mkdir=True)
    assert figures(pm.read(tmp_path / "orders")) == FIGURES
