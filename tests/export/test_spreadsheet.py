from datetime import UTC, datetime
from io import BytesIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.export.spreadsheet import FORMS, as_csv, as_excel, as_parquet, harmless

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1")
TABLE = pl.DataFrame(
    {
        "activity": ["=HYPERLINK(1)", "Ask", None],
        "route": [["=a", "b"], [], None],
        "at": [datetime(2026, 1, 5, 23, 30, tzinfo=UTC)] * 3,
        "mean_seconds": [-1.5, 2.0, None],
    }
).with_columns(pl.col("at").dt.cast_time_unit("us"))


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("write", [as_csv, as_excel])
def test_a_text_that_begins_a_formula_gets_an_apostrophe(text, write):
    table = pl.DataFrame({text: [text, "Ask"]})
    content = write(table, "UTC")
    read = pl.read_csv(BytesIO(content)) if write is as_csv else pl.read_excel(BytesIO(content))

    assert read.columns[0].startswith("'")
    assert read.to_series()[0].startswith("'")
    assert read.to_series()[1] == "Ask"


@given(st.lists(st.text(max_size=8), min_size=1))
def test_no_text_begins_a_formula_and_only_apostrophes_are_added(values):
    safe = harmless(pl.DataFrame({"v": values}))["v"].to_list()

    assert not any(s.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for s in safe)
    assert all(s in {v, f"'{v}"} for s, v in zip(safe, values, strict=True))


def test_numbers_stay_numbers_and_times_are_those_of_the_zone_in_a_workbook():
    read = pl.read_excel(BytesIO(as_excel(TABLE, "Europe/Berlin")))

    assert read["mean_seconds"].to_list() == [-1.5, 2.0, None]
    assert read["at"][0] == datetime(2026, 1, 6, 0, 30)  # noqa: DTZ001  (a workbook has no zones)
    assert read["route"][0] == '["=a", "b"]'


def test_parquet_keeps_every_type():
    assert pl.read_parquet(BytesIO(as_parquet(TABLE, "UTC"))).equals(TABLE)


@pytest.mark.parametrize("ending", FORMS)
def test_an_empty_table_can_be_taken_along_too(ending):
    assert FORMS[ending](TABLE.clear(), "UTC")
