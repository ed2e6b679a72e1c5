"""The variants of real logs, made apart from procmine."""

from collections.abc import Callable
from functools import cache

import polars as pl
import pytest
import r4pm


@pytest.fixture(scope="session")
def real_variants(real_logs) -> Callable[[str], pl.DataFrame]:
    """A function from a log's name to its variants, most frequent first.

    Events of one time keep the order in which the file has them.
    """

    @cache
    def of(log: str) -> pl.DataFrame:
        events, _ = r4pm.df.import_xes(str(real_logs / f"{log}.xes.gz"))
        return (
            events.sort("case:concept:name", "time:timestamp", maintain_order=True)
            .group_by("case:concept:name", maintain_order=True)
            .agg(pl.col("concept:name").cast(pl.String).alias("activities"))
            .group_by("activities", maintain_order=True)
            .len("cases")
            .sort("cases", descending=True, maintain_order=True)
        )

    return of
