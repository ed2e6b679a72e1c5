"""A card for each team: how it works, how its customers fare, and what its colleagues say."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from procmine.clusters import UNIT
from procmine.schema import CASE
from procmine.teams.peers import FEWEST
from procmine.teams.work import MICRO

OPERATIONAL: Final = {
    "mean_service_seconds": "service time per event",
    "mean_inside_seconds": "wait inside per journey",
    "cost_per_event": "cost per event",
}
"""The operational figures that are better when they fall, and what people call them."""

FIGURES: Final = (
    "events",
    *OPERATIONAL,
    "answers",
    "mean_score",
    "complaint_share",
    "judged_cases",
    "kept_share",
    "peer_answers",
    "mean_peer_score",
)


def per_journey() -> dict[str, pl.Expr]:
    """Return the operational figures of a department on one journey, see `Work.shares`."""
    return {
        "mean_service_seconds": _part("service", "timed") / 1e6,
        "mean_inside_seconds": pl.col("waited") / 1e6,
        "cost_per_event": _part("cost", "costed") / MICRO,
    }


def _part(value: str, of: str) -> pl.Expr:
    return pl.when(pl.col(of) > 0).then(pl.col(value) / pl.col(of))


def scorecard(told: pl.DataFrame, peers: pl.DataFrame | None, keys: Sequence[str]) -> pl.DataFrame:
    """Fill in the card of each team and period.

    Args:
        told: `Work.told()` with the keys, `score, complained` and `kept` (null where nobody
            knows).
        peers: The survey among colleagues, with the keys and `score`.
        keys: `period`, and the columns that say who the team is.

    Returns:
        `*keys, cases, customers` and `FIGURES`; what fewer than five answers, or journeys that
        can be judged, say is null.
    """
    sums = ("events", "timed", "service", "waited", "cost", "costed")
    once = told.group_by(*keys, CASE).agg(  # a group's journey counts once, whoever had part in it
        pl.col(UNIT, "score", "complained", "kept").first(), pl.col(sums).sum()
    )
    cards = once.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
        pl.col(sums).sum(),
        pl.col("score").count().cast(pl.Int64).alias("answers"),
        pl.col("score").sort().mean().alias("mean_score"),  # a sum of floats depends on their order
        pl.col("complained").mean().alias("complaint_share"),
        pl.col("kept").count().cast(pl.Int64).alias("judged_cases"),
        pl.col("kept").mean().alias("kept_share"),
    )
    figures = per_journey() | {
        "mean_inside_seconds": pl.col("waited") / pl.col("cases") / 1e6,
        "mean_score": pl.when(pl.col("answers") >= FEWEST).then("mean_score"),
        "kept_share": pl.when(pl.col("judged_cases") >= FEWEST).then("kept_share"),
    }
    cards = cards.with_columns(figure.alias(name) for name, figure in figures.items())
    cards = cards.join(_asked(peers, keys), on=list(keys), how="left", nulls_equal=True)
    return cards.select(*keys, "cases", "customers", *FIGURES).sort(keys, nulls_last=True)


def _asked(peers: pl.DataFrame | None, keys: Sequence[str]) -> pl.DataFrame:
    """Sum up what colleagues say; of fewer than five answers not even their number is told."""
    if peers is None:
        peers = pl.DataFrame(schema=dict.fromkeys(keys, pl.String) | {"score": pl.Float64})
    return (
        peers.group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("peer_answers"),
            pl.col("score").sort().mean().alias("mean_peer_score"),
        )
        .filter(pl.col("peer_answers") >= FEWEST)
    )
