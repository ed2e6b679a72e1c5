"""Comparing what two engines say about one log."""

import polars as pl
from polars.testing import assert_frame_equal

import procmine as pm

ANALYSES = ("overview", "process_map", "cycle_time", "handoffs", "variants", "rework", "ledger")
NEEDING = {"conformance"}
"""The analyses that can't be asked without a word of what to compare with."""
SORTED = ("case_id", "timestamp", "order")


def plain(table):
    """Spark has no categories; the rows of a case stand together anyhow."""
    text = [c for c, kind in table.schema.items() if kind == pl.Categorical]
    return table.with_columns(pl.col(text).cast(pl.String)).sort(SORTED)


def assert_same_answers(one, other):
    for name in ANALYSES:
        expected, found = (getattr(pm, name)(log) for log in (one, other))
        assert found.headline == expected.headline
        for table, rows in expected.tables.items():
            assert_frame_equal(found.tables[table], rows)
