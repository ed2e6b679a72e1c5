"""The self-inflicted events with whom they are charged to, added up as an analysis shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.bootstrap import by_block
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.reasons.causes import SPLIT, WHY, with_causes
from procmine.reasons.kinds import KIND, PRICE, listed
from procmine.schema import (
    ACTIVITY,
    CASE,
    CUSTOMER,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    VARIANT,
)

if TYPE_CHECKING:
    from procmine.reasons.document import Reasons

EXCESS: Final = "excess over the base rate"
BASE: Final = "within the base rate"
UNKNOWN: Final = "no evidence"
NOBODY: Final = "not attributed"

_FIGURES: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("events", "cases", "customers"), pl.Int64()),
    "total_cost": pl.Float64(),
}
_HEADS: Final = {
    "matrix": ("cause", DEPARTMENT, "way"),
    "causes": (KIND, ACTIVITY, "cause", "way", "evidence"),
}


@dataclass(frozen=True)
class Charged:
    """Who is charged with what.

    Attributes:
        matrix: `cause, department, way, events, cases, customers, total_cost`: a row for each
            causing department, bearing department and way of attribution.
        causes: The same by what is charged: `kind, activity, cause, way, evidence, …`.
        excess: What the comparison of ways found, see `procmine.reasons.excess`.
    """

    matrix: pl.DataFrame
    causes: pl.DataFrame
    excess: pl.DataFrame


def charged(log: EventLog, events: nw.LazyFrame[Any], reasons: "Reasons") -> Charged:
    """Charge self-inflicted events to the departments that caused them.

    Args:
        log: The log that they are from.
        events: Self-inflicted events, as `procmine.reasons.kinds.marked` marks them.
        reasons: Who is to blame, and what is late.
    """
    from procmine.reasons.excess import excess

    rows = _local(log, with_causes(log, events, reasons))
    found, sides = excess(*_by_variant(log, reasons), _departments(log))
    named = _named(rows, found, sides.drop_nulls("__from"))
    added = pl.collect_all([_added(named, keys) for keys in _HEADS.values()], engine="streaming")
    matrix, causes = (
        _sorted(table, keys, customers=CUSTOMER in log.columns)
        for table, keys in zip(added, _HEADS.values(), strict=True)
    )
    return Charged(matrix, causes, _of_whom(log, found, sides))


def _of_whom(log: EventLog, found: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Add how many customers went a way, or another one where these are fewer."""
    from procmine.reasons.excess import SCHEMA

    who = nw.col(CUSTOMER if CUSTOMER in log.columns else CASE).cast(nw.String).alias(CUSTOMER)
    asked = _over(log).select(JOURNEY_TYPE, VARIANT, who)
    native = nw.to_native(asked)
    rows = native if isinstance(native, pl.LazyFrame) else collect(asked).lazy()
    keys, on = [JOURNEY_TYPE, ACTIVITY], [JOURNEY_TYPE, VARIANT]
    went = sides.with_columns(pl.col("__from").is_not_null().alias("__went"))
    counted = (
        rows.join(went.lazy(), on=on, nulls_equal=True)
        .group_by(*keys, "__went")
        .agg(pl.col(CUSTOMER).drop_nulls().n_unique().cast(pl.Int64).alias("customers"))
        .group_by(keys)
        .agg(pl.col("customers").min())
        .rename({ACTIVITY: "failure"})
        .collect(engine="streaming")
    )
    people = found.join(
        counted, on=[JOURNEY_TYPE, "failure"], how="left", nulls_equal=True, maintain_order="left"
    )
    return people.select(list(SCHEMA))


def nothing() -> Charged:
    """Return what is charged where nobody knows departments."""
    from procmine.reasons.excess import SCHEMA

    matrix, causes = (
        pl.DataFrame(schema=dict.fromkeys(keys, pl.String()) | _FIGURES) for keys in _HEADS.values()
    )
    return Charged(matrix, causes, pl.DataFrame(schema=SCHEMA))


def _local(log: EventLog, events: nw.LazyFrame[Any]) -> pl.LazyFrame:
    """Take the columns that are needed; from another engine they are fetched."""
    known = set(log.columns)
    text = {JOURNEY_TYPE: "journey_type", CUSTOMER: CUSTOMER}
    parts = events.select(
        *(KIND, ACTIVITY, DEPARTMENT, CASE, EVENT_NUMBER, VARIANT, PRICE, WHY),
        *(
            (nw.col(c) if c in known else nw.lit(None)).cast(nw.String).alias(name)
            for c, name in text.items()
        ),
    )
    native = nw.to_native(parts)
    return native if isinstance(native, pl.LazyFrame) else collect(parts).lazy()


def _by_variant(log: EventLog, reasons: "Reasons") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spell out each variant, and count its journeys by customers' blocks."""
    places = collect(log.table.group_by(VARIANT, EVENT_NUMBER).agg(nw.col(ACTIVITY).any_value()))
    activity = pl.col(ACTIVITY).cast(pl.String)
    first = pl.col(EVENT_NUMBER) == pl.col(EVENT_NUMBER).min().over(VARIANT, ACTIVITY)
    failure = activity.is_in(list(listed(reasons))) | (~first & ~activity.is_in(reasons.recurring))
    spelled = places.select(VARIANT, EVENT_NUMBER, activity, failure.alias("failure"))
    journeys = by_block(log, _over(log), [JOURNEY_TYPE, VARIANT], [nw.len().alias("cases")])
    return spelled, journeys


def _over(log: EventLog) -> nw.LazyFrame[Any]:
    """Return the last events of journeys that are over: what is open may fail yet."""
    kind = nw.col(JOURNEY_TYPE) if JOURNEY_TYPE in log.columns else nw.lit(None, nw.String)
    ends = log.ends.with_columns(
        kind.cast(nw.String).alias(JOURNEY_TYPE), log.is_open().fill_null(False).alias("__open")
    )
    return ends.filter(~nw.col("__open"))


def _departments(log: EventLog) -> dict[str, str]:
    """Return the department that does each activity most often."""
    if DEPARTMENT not in log.columns:
        return {}
    keys = [nw.col(ACTIVITY).cast(nw.String), nw.col(DEPARTMENT).cast(nw.String)]
    counted = collect(
        log.table.select(*keys).group_by(ACTIVITY, DEPARTMENT).agg(nw.len().alias("events"))
    )
    ranked = counted.sort("events", DEPARTMENT, descending=[True, False])
    first = ranked.unique(ACTIVITY, keep="first").drop_nulls(DEPARTMENT)
    return dict(first.select(ACTIVITY, DEPARTMENT).iter_rows())


def _named(rows: pl.LazyFrame, found: pl.DataFrame, taken: pl.DataFrame) -> pl.LazyFrame:
    """Say of each event who is charged, by which way and evidence, and what part of it."""
    said = pl.col(WHY).str.split(SPLIT)
    on = [JOURNEY_TYPE, ACTIVITY]
    ways = found.select(
        pl.col(JOURNEY_TYPE),
        pl.col("failure").alias(ACTIVITY),
        pl.format("{} → {}", ACTIVITY, "next_activity").alias("__way"),
        pl.col("department").alias("__department"),
        pl.col("attributable_share").alias("__part"),
    )
    exposed = taken.join(ways, on=on, nulls_equal=True)
    joined = rows.join(exposed.lazy(), on=[*on, VARIANT], how="left", nulls_equal=True)
    more = pl.col(WHY).is_null() & (pl.col(EVENT_NUMBER) > pl.col("__from")).fill_null(False)
    there = pl.col(WHY).is_not_null()

    def chosen(place: int, excess: pl.Expr, otherwise: str | None) -> pl.Expr:
        return (
            pl.when(there).then(said.list.get(place, null_on_oob=True)).when(more).then(excess)
        ).otherwise(pl.lit(otherwise, pl.String))

    named = joined.with_columns(
        chosen(0, pl.lit(EXCESS), UNKNOWN).alias("way"),
        chosen(1, pl.col("__department"), NOBODY).alias("cause"),
        chosen(2, pl.col("__way"), None).alias("evidence"),
        pl.when(more).then("__part").otherwise(1.0).alias("__part"),
    )
    # of what an excess explains, the part that happens elsewhere too stays nobody's
    rest = named.filter(pl.col("way") == EXCESS).with_columns(
        pl.lit(NOBODY).alias("cause"),
        pl.lit(BASE).alias("way"),
        (1 - pl.col("__part")).alias("__part"),
    )
    return pl.concat([named, rest])


def _added(rows: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    micros = (pl.col(PRICE) * pl.col("__part")).round().cast(pl.Int64)
    people = pl.col(CUSTOMER).drop_nulls().n_unique()
    return rows.group_by(keys).agg(
        pl.col("__part").sum().round().cast(pl.Int64).alias("events"),
        pl.col(CASE).n_unique().cast(pl.Int64).alias("cases"),
        people.cast(pl.Int64).alias("customers"),
        (micros.sum() / 1e6).alias("total_cost"),
    )


def _sorted(table: pl.DataFrame, keys: Sequence[str], *, customers: bool) -> pl.DataFrame:
    people = pl.col("customers" if customers else "cases").alias("customers")
    falling = [True, True, *(False for _ in keys)]
    return table.with_columns(people).sort("total_cost", "events", *keys, descending=falling)
