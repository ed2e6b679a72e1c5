"""Tables to draw, made from events by plain group-bys that no analysis has a part in."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

FIGURES = {
    "count": pl.len(),
    "cases": pl.col("case").n_unique(),
    "mean_seconds": pl.col("wait").mean(),
    "median_seconds": pl.col("wait").median(),
    "p90_seconds": pl.col("wait").quantile(0.9),
    "total_seconds": pl.col("wait").sum(),
}


def with_next(events: pl.DataFrame) -> pl.DataFrame:
    ahead = {name: pl.col(name).shift(-1).over("case") for name in ("activity", "department")}
    return events.with_columns(
        next_activity=ahead["activity"],
        next_department=ahead["department"],
        wait=(pl.col("second").shift(-1) - pl.col("second")).over("case"),
        first=pl.int_range(pl.len()).over("case") == 0,
        last=pl.int_range(pl.len()).over("case") == pl.len().over("case") - 1,
    )


def nodes_of(events: pl.DataFrame, *, split: bool = False) -> pl.DataFrame:
    by = ["activity", "department"] if split else ["activity"]
    nodes = (
        with_next(events)
        .group_by(by, maintain_order=True)
        .agg(
            events=pl.len(),
            cases=pl.col("case").n_unique(),
            starts=pl.col("first").sum(),
            ends=pl.col("last").sum(),
        )
    )
    if split:
        return nodes.with_columns(department_share=pl.lit(1.0))
    shares = (
        events.group_by("activity", "department")
        .len()
        .with_columns(department_share=pl.col("len") / pl.col("len").sum().over("activity"))
    )
    main = shares.sort("len", "department", descending=[True, False]).unique(
        "activity", keep="first"
    )
    return nodes.join(main.drop("len"), on="activity", how="left", maintain_order="left")


def edges_of(events: pl.DataFrame, *, split: bool = False) -> pl.DataFrame:
    by = ["activity", "next_activity", *(["department", "next_department"] if split else [])]
    changed = (pl.col("department") != pl.col("next_department")).fill_null(value=False).mean()
    steps = with_next(events).filter(pl.col("next_activity").is_not_null())
    return steps.group_by(by, maintain_order=True).agg(**FIGURES, handoff_share=changed)


def handoffs_of(events: pl.DataFrame) -> pl.DataFrame:
    return (
        with_next(events)
        .filter(pl.col("department") != pl.col("next_department"))
        .group_by("department", "next_department", maintain_order=True)
        .agg(**FIGURES)
        .with_columns(share=pl.col("total_seconds") / pl.col("total_seconds").sum())
    )


def events_of(cases: list[list[tuple[str, str | None]]]) -> pl.DataFrame:
    """Make events, an hour apart, from each case's activities and departments."""
    rows = [
        (str(case), activity, department, 3600.0 * at)
        for case, steps in enumerate(cases)
        for at, (activity, department) in enumerate(steps)
    ]
    schema = {
        "case": pl.String,
        "activity": pl.String,
        "department": pl.String,
        "second": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="session")
def tables() -> SimpleNamespace:
    return SimpleNamespace(nodes=nodes_of, edges=edges_of, handoffs=handoffs_of, events=events_of)


@pytest.fixture(scope="session")
def real_events(real_logs: Path) -> Callable[[str, str], pl.DataFrame]:
    def read(name: str, department: str) -> pl.DataFrame:
        import r4pm

        loaded = r4pm.df.import_xes(str(real_logs / name))
        table = pl.DataFrame(loaded[0] if isinstance(loaded, tuple) else loaded)
        return (
            table.select(
                case="case:concept:name",
                activity=pl.col("concept:name").cast(pl.String),
                department=pl.col(department).cast(pl.String),
                second=pl.col("time:timestamp").dt.epoch("ms") / 1000,
            )
            .with_row_index()
            .sort("case", "second", "index")
        )

    return read


@pytest.fixture
def orders() -> pl.DataFrame:
    """Ten orders: eight go straight through, one is checked twice, one is refused."""
    straight = [("order", "Sales"), ("check", "Credit"), ("ship", "Store"), ("bill", "Sales")]
    twice = [*straight[:2], ("check", "Credit"), *straight[2:]]
    refused = [("order", "Sales"), ("check", "Store"), ("refuse", "Credit")]
    return events_of([straight] * 8 + [twice, refused])
