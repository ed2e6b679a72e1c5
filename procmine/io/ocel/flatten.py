"""An object-centric log as journeys: flattened on one type of object.

An event belongs to the objects of that type that it touches. One that touches none is lost, unless
it is reached through related objects: from a customer to their orders, from these to their items.
The references between objects are followed in both directions, since writers disagree about where
they point, and an event belongs to the *nearest* objects alone: what touches a customer's order
isn't drawn to another customer through the salesman who serves both.

Sources: van der Aalst, Object-Centric Process Mining: Dealing with Divergence and Convergence in
Event Data, 2019 (deficiency, convergence, divergence).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from procmine.io.ocel.tables import (
    EVENT,
    OBJECT,
    QUALIFIER,
    SOURCE,
    TARGET,
    TYPE,
    ObjectLog,
)

CASE_OBJECT, HOPS, NUMBER = "case_id", "hops", "number"

_SEPARATOR: Final = "; "
"""Between several ids or qualifiers in one cell."""


@dataclass(frozen=True)
class Flat:
    """An object-centric log, flattened.

    Attributes:
        rows: `number, event_id, case_id, hops, qualifier`: one row for each event and each nearest
            object; `number` is the event's, `hops` how many references between objects lie between
            them, `qualifier` what the reference says by which it was found.
        lost: `number, event_id`: events that reach no object.
        diverging: Pairs of journey and activity whose events touch different objects of another
            type.
        pairs: All pairs of journey and activity.
    """

    rows: pl.DataFrame
    lost: pl.DataFrame
    diverging: int
    pairs: int


def flatten(log: ObjectLog, case_object: str, depth: int) -> Flat:
    """Flatten a log on a type of object.

    Args:
        log: The log, its references all pointing to something.
        case_object: The type.
        depth: How many references between objects may lie between an event and its object.
    """
    events = log.events.with_row_index(NUMBER, offset=1).select(NUMBER, EVENT, TYPE)
    touched = log.e2o.join(_labelled(log, case_object, depth), on=OBJECT, how="inner")
    nearest = touched.filter(pl.col(HOPS) == pl.col(HOPS).min().over(EVENT))
    found = nearest.group_by(EVENT, CASE_OBJECT).agg(
        pl.col(HOPS).first(), pl.col(QUALIFIER).drop_nulls().unique().sort().str.join(_SEPARATOR)
    )
    rows = events.join(found, on=EVENT, how="inner").sort(NUMBER, CASE_OBJECT)
    lost = events.join(found, on=EVENT, how="anti").sort(NUMBER)
    diverging, pairs = _divergence(rows, log, case_object)
    return Flat(rows.drop(TYPE), lost.drop(TYPE), diverging, pairs)


def _labelled(log: ObjectLog, case_object: str, depth: int) -> pl.DataFrame:
    """Return each object within the depth and the nearest objects of the type: a wave from these.

    An object is labelled once, by the first wave that reaches it, so each reference is followed
    once, however many ways there are.
    """
    cases = log.objects.filter(pl.col(TYPE) == case_object).select(
        OBJECT, pl.col(OBJECT).alias(CASE_OBJECT), pl.lit(0, pl.Int64).alias(HOPS)
    )
    there = log.o2o.select(pl.col(SOURCE).alias(OBJECT), pl.col(TARGET).alias("other"))
    back = there.select(pl.col("other").alias(OBJECT), pl.col(OBJECT).alias("other"))
    links = pl.concat([there, back]).unique()
    waves, known = [cases], cases.select(OBJECT)
    for hop in range(1, depth + 1):
        wave = (
            waves[-1]
            .join(links, on=OBJECT, how="inner")
            .select(pl.col("other").alias(OBJECT), CASE_OBJECT, pl.lit(hop, pl.Int64).alias(HOPS))
            .unique()
            .join(known, on=OBJECT, how="anti")
        )
        if wave.is_empty():
            break
        waves.append(wave)
        known = pl.concat([known, wave.select(OBJECT).unique()])
    return pl.concat(waves)


def _divergence(rows: pl.DataFrame, log: ObjectLog, case_object: str) -> tuple[int, int]:
    """Count the pairs of journey and activity that repeat because objects multiply.

    They do where events of one activity in one journey touch different objects of another type:
    one order with three items gives three times "pick item".
    """
    others = log.objects.filter(pl.col(TYPE) != case_object).rename({TYPE: "other"})
    sets = (
        log.e2o.join(others, on=OBJECT, how="inner")
        .unique([EVENT, OBJECT])
        .group_by(EVENT, "other")
        .agg(pl.col(OBJECT).sort().str.join("\0").hash().alias("set"))
    )
    pair = [CASE_OBJECT, TYPE]
    different = (
        rows.join(sets, on=EVENT, how="inner")
        .group_by(*pair, "other")
        .agg(pl.col("set").n_unique())
        .filter(pl.col("set") > 1)
    )
    return different.select(pair).n_unique(), rows.select(pair).n_unique()


def related(log: ObjectLog) -> pl.DataFrame:
    """Return the objects that each event touches: `event_id`, and a column for each type."""
    touched = log.e2o.join(log.objects, on=OBJECT, how="inner").unique([EVENT, OBJECT])
    joined = touched.group_by(EVENT, TYPE).agg(pl.col(OBJECT).sort().str.join(_SEPARATOR))
    return joined.sort(TYPE).pivot(on=TYPE, index=EVENT, values=OBJECT)
