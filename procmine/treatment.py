"""How differently journeys that begin alike go on, by group, and what makes the difference."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine.comparison import GROUP, HELD, MONTH, TREATMENT, WITHIN, Comparison
from procmine.result import HIGH, LOW
from procmine.schema import ACTIVITY, CUSTOMER

if TYPE_CHECKING:
    from procmine.permutation import Numbers

FIGURES: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("cases", "customers"), pl.Int64()),
    **dict.fromkeys(("share", LOW + "share", HIGH + "share"), pl.Float64()),
    **dict.fromkeys(("expected_share", "times", "p_value"), pl.Float64()),
}
"""The figures of a group's share in which something happens."""


@dataclass(frozen=True)
class Measured:
    """What a comparison gave.

    Attributes:
        summary: One row: what was compared, how many, and the bits beyond chance.
        activities: What happens more or less often in a group than in all.
        variants: The same of whole sequences.
    """

    summary: dict[str, Any]
    activities: pl.DataFrame
    variants: pl.DataFrame


def measure(asked: Comparison, permutations: int, seed: int) -> Measured:
    """Measure the journeys as they are, and as they would be if the group made no difference.

    Args:
        asked: Journeys that begin alike.
        permutations: How often the groups are dealt out anew.
        seed: Another number deals otherwise.
    """
    from procmine.information import Counter, beyond_chance, deviations
    from procmine.permutation import Shuffle

    table = asked.journeys
    ways = asked.sequences.unique(TREATMENT, keep="any").sort(TREATMENT)
    ways = ways.filter(pl.col(TREATMENT).is_in(table[TREATMENT].unique().implode()))
    names, holds = _holding(ways)
    labels, groups = _codes(table, GROUP), table[GROUP].unique().sort()
    counter = Counter(_codes(table, TREATMENT), _codes(table, WITHIN), len(groups), holds)
    strata = table.select(pl.struct(MONTH, WITHIN).rank("dense")).to_series()
    shuffle = Shuffle.of(table[CUSTOMER], strata, seed=seed)
    here = counter.look(labels)
    drawn = [counter.look(moved) for moved in shuffle.draws(labels, permutations)]
    sizes = table[GROUP].value_counts(sort=False).sort(GROUP)["count"].to_numpy()
    parts = deviations(here.parts, [d.parts for d in drawn], sizes)
    whole = deviations(here.ways, [d.ways for d in drawn], sizes)
    head = {"trigger": asked.trigger, "by": asked.by, "cases": table.height}
    head |= {"customers": asked.customers, "groups": len(groups), "treatments": ways.height}
    common = ways.filter(pl.Series(counter.common))
    contained = ways.select(TREATMENT, pl.col("activities").list.unique().alias(HELD)).explode(HELD)
    itself = common.select(TREATMENT, pl.col(TREATMENT).alias(HELD))
    sides = (
        (
            parts,
            pl.Series(ACTIVITY, names, pl.String),
            pl.Series(names, dtype=pl.String),
            contained,
        ),
        (whole, common["activities"], common[TREATMENT], itself),
    )
    return Measured(
        head | beyond_chance(here.bits, [d.bits for d in drawn]),
        *(_named(asked, *side, groups=groups) for side in sides),
    )


def _codes(table: pl.DataFrame, column: str) -> "Numbers":
    """Number a column's values from 0, in their order."""
    return (table[column].rank("dense").cast(pl.Int64) - 1).to_numpy()


def _named(
    asked: Comparison,
    found: pl.DataFrame,
    names: pl.Series,
    held: pl.Series,
    holding: pl.DataFrame,
    *,
    groups: pl.Series,
) -> pl.DataFrame:
    """Say of each deviation whose and what it is, and how sure its share is."""
    named = found.select(
        pl.lit(asked.trigger).alias("trigger"),
        pl.lit(asked.by).alias("by"),
        groups.gather(found["row"]).alias(GROUP),
        names.gather(found["column"]),
        held.gather(found["column"]).alias(HELD),
        *_MEASURES,
    )
    return asked.sure(named, holding).select(
        pl.col(named.columns).exclude(HELD, *_MEASURES), *FIGURES.keys()
    )


_MEASURES: Final = ("cases", "share", "expected_share", "times", "p_value")


def _holding(treatments: pl.DataFrame) -> "tuple[list[str], Numbers]":
    """Say which activities each treatment holds: their names, and a table of zeros and ones."""
    names = treatments["activities"].explode().drop_nulls().unique().sort().to_list()
    held = treatments.select(
        pl.col("activities").list.contains(name).cast(pl.Int64).alias(name) for name in names
    )
    return names, held.to_numpy()
