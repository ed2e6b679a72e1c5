"""How much each figure of each department differs since a day from what it was before."""

from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from procmine.clusters import UNIT
from procmine.contrast import SCHEMA, contrast
from procmine.multiplicity import holm
from procmine.teams.alarms import KEYS, in_order
from procmine.teams.peers import FEWEST

_AFTER: Final = "__after"
_HEAD: Final[dict[str, Any]] = dict.fromkeys(KEYS, pl.String)


def changes(rows: pl.DataFrame, day: datetime | None) -> pl.DataFrame:
    """Compare the figures of journeys that began from a day on with those before.

    Args:
        rows: What `procmine.teams.alarms.figures` returns.
        day: The day, with its zone; None where nobody asks.

    Returns:
        `department, kind, measure` and what `procmine.contrast.contrast` returns, its means called
        `after` and `before`, and `adjusted_p_value` (Holm, over the rows). A figure of fewer than
        five customers or answers on a side has no row; without a day there are none.

    Example:
        >>> table = pl.DataFrame(
        ...     {
        ...         "department": "Desk",
        ...         "kind": "operational",
        ...         "measure": "cost per event",
        ...         "__unit": [str(n) for n in range(10)],
        ...         "start": [0] * 5 + [2_000_000] * 5,
        ...         "value": [4.0, 5.0, 4.0, 5.0, 4.5] + [8.0, 9.0, 8.0, 9.0, 8.5],
        ...     }
        ... )
        >>> changes(table, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)).select(
        ...     "before", "after", "ratio"
        ... ).row(0)
        (4.5, 8.5, 1.8888888888888888)
    """
    found: list[dict[str, Any]] = []
    if day is not None:
        begun = pl.from_epoch("start", "us").dt.replace_time_zone("UTC")
        sides = rows.with_columns((begun >= day.astimezone(UTC)).alias(_AFTER))
        for names, own in sides.group_by(KEYS, maintain_order=True):
            row = contrast(own, "value", _AFTER, UNIT)
            if min(row["customers"], row["other_customers"]) >= FEWEST:
                found.append(dict(zip(KEYS, names, strict=True)) | row)
    table = pl.DataFrame(found, schema=_HEAD | SCHEMA, orient="row")
    return (
        table.rename({"mean": "after", "other_mean": "before"})
        .with_columns(holm(pl.col("p_value")).alias("adjusted_p_value"))
        .sort(in_order())
    )
