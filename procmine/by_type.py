"""How much figures differ between some journeys and the others, over all and by journey type."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from procmine.clusters import UNIT
from procmine.contrast import SCHEMA, contrast
from procmine.schema import CASE_START, JOURNEY_TYPE

_AFTER = "__after"


def contrasts(journeys: pl.DataFrame, measures: Mapping[str, str], within: str) -> pl.DataFrame:
    """Compare figures of some journeys with those of the others.

    Args:
        journeys: One row a journey: `unit, journey_type`, the figures and `within`.
        measures: What the figures are called, and their columns.
        within: The column that says which journeys are meant.

    Returns:
        `measure, journey_type` (null for all; single types where there are several) and what
        `procmine.contrast.contrast` returns.
    """
    types = journeys[JOURNEY_TYPE].drop_nulls().unique().sort().to_list()
    rows: list[dict[str, Any]] = []
    for measure, column in measures.items():
        for kind in [None, *types] if len(types) > 1 else [None]:
            some = journeys if kind is None else journeys.filter(pl.col(JOURNEY_TYPE) == kind)
            row = contrast(some, column, within, UNIT)
            rows.append({"measure": measure, JOURNEY_TYPE: kind, **row})
    return pl.DataFrame(
        rows, schema={"measure": pl.String, JOURNEY_TYPE: pl.String, **SCHEMA}, orient="row"
    )


def before_and_after(
    journeys: pl.DataFrame, measures: Mapping[str, str], day: datetime | None
) -> pl.DataFrame:
    """Compare figures of journeys that began from a day on with those before.

    Args:
        journeys: One row a journey: `unit, journey_type, case_start` and the figures.
        measures: What the figures are called, and their columns.
        day: The day, with its zone; None where nobody asks.

    Returns:
        What `contrasts` returns, its means called `after` and `before`; no rows without a day.

    Example:
        >>> start = pl.datetime_range(
        ...     datetime(2026, 1, 1), datetime(2026, 1, 2), time_zone="UTC", eager=True
        ... )
        >>> table = pl.DataFrame(
        ...     {
        ...         "__unit": ["a", "b"],
        ...         "journey_type": "order",
        ...         "case_start": start,
        ...         "score": [8, 5],
        ...     }
        ... )
        >>> found = before_and_after(table, {"score": "score"}, datetime(2026, 1, 2, tzinfo=UTC))
        >>> found.select("before", "after").row(0)
        (8.0, 5.0)
    """
    later = pl.lit(None, pl.Boolean) if day is None else pl.col(CASE_START) >= day.astimezone(UTC)
    asked: Mapping[str, str] = {} if day is None else measures
    found = contrasts(journeys.with_columns(later.alias(_AFTER)), asked, _AFTER)
    return found.rename({"mean": "after", "other_mean": "before"})
