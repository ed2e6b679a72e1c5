"""Which way did journeys go that have more failures than others? What is left unexplained upstream.

Where a journey can go on in several ways, those that went one way are compared with those that went
another from the same place: how many have a failure afterwards. Of the failures on the way with
more of them, (RR - 1) / RR would not have happened at the other ways' rate: that part is charged to
the department the way leads to. It is an association; journeys that went one way may differ from
the others in more than the way.

Source: the attributable fraction among the exposed, Levin 1953, and Rothman, Greenland & Lash,
Modern Epidemiology, 3rd ed. 2008, chapter 4; the spread of the logarithm of RR is that of draws of
customers with replacement (see `procmine.bootstrap`), and no less than that of independent journeys
(Katz et al., Biometrics 34 (1978)); the many comparisons are adjusted by Holm 1979.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from procmine.bootstrap import BLOCKS, resampled
from procmine.multiplicity import holm

if TYPE_CHECKING:
    from procmine.permutation import Figures, Numbers

MOST_VARIANTS: Final = 5_000
"""The commonest variants of a kind of journey are compared, so many at most."""

LEVEL: Final = 0.05
_ENOUGH: Final = 20
"""Fewer journeys on a way, or off it, say nothing."""
_ENOUGH_FAILURES: Final = 5
_NORMAL: Final = 1.96

SCHEMA: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("journey_type", "failure", "activity", "next_activity"), pl.String()),
    "department": pl.String(),
    **dict.fromkeys(("cases", "customers", "cases_elsewhere"), pl.Int64()),
    **dict.fromkeys(
        (
            "rate", "rate_elsewhere", "times",
            "attributable_share", "low_attributable_share", "high_attributable_share",
            "p_value", "adjusted_p_value",
        ),
        pl.Float64(),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Ways:
    """Journeys of one kind by the ways they went.

    Attributes:
        kind: The kind of journey; null where nobody knows.
        ways: `activity, next_activity`, in the order of the rows of `place`.
        variants: The variants, in the order of the columns of `place`.
        place: By way and variant, at which event the way is taken; a large number where it isn't.
        journeys: By variant and block of customers, how many journeys.
    """

    kind: str | None
    ways: pl.DataFrame
    variants: pl.Series
    place: "Figures"
    journeys: "Figures"

    @cached_property
    def origin(self) -> "Numbers":
        """For each way the number of the activity that it starts from."""
        rank = self.ways.select(pl.col("activity").rank("dense").cast(pl.Int64) - 1)
        return rank.to_series().to_numpy()

    @cached_property
    def taken(self) -> "Figures":
        """By way and block of customers, how many journeys go it."""
        return np.isfinite(self.place).astype(np.float64) @ self.journeys


def excess(
    places: pl.DataFrame,
    journeys: pl.DataFrame,
    departments: dict[str, str],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find for each failure the way that explains most of it.

    Args:
        places: `variant, event_number, activity, failure`: what each variant is made of, and
            whether that is self-inflicted.
        journeys: `journey_type, variant, block, cases`.
        departments: The department that does an activity; where a way leads to an activity that
            isn't here, nobody is to blame.

    Returns:
        What was found, `SCHEMA` without the customers, the failure that is explained best first;
        and which variants it compares: `journey_type, activity` (the failure), `variant, __from`,
        from where on their failures count; null in those that went another way from the place.
    """
    kinds = list(_kinds(places, journeys))
    found = [
        row | {"department": department, "__kind": number}
        for number, ways in enumerate(kinds)
        for failure, last in sorted(_last(places, ways).items())
        for row in _compared(ways, failure, last)
        if (department := departments.get(row["next_activity"])) is not None
    ]
    columns = {name: kind for name, kind in SCHEMA.items() if name != "customers"}
    best = _best(pl.DataFrame(found, schema=columns | _PLACE))
    sides = [_sides(kinds[int(row["__kind"])], row) for row in best.iter_rows(named=True)]
    return best.drop(_PLACE), pl.concat([pl.DataFrame(schema=_TAKEN), *sides])


_PLACE: Final[dict[str, pl.DataType]] = dict.fromkeys(("__kind", "__way"), pl.Int64())
_TAKEN: Final[dict[str, pl.DataType]] = {
    "journey_type": pl.String(), "activity": pl.String(), "variant": pl.Int64(),
    "__from": pl.Int64(),
}  # fmt: skip


def _kinds(places: pl.DataFrame, journeys: pl.DataFrame) -> Iterator[Ways]:
    """Lay out each kind of journey's ways by variant."""
    steps = _steps(places)
    for (kind,), own in sorted(journeys.group_by("journey_type"), key=lambda p: str(p[0][0])):
        sizes = own.group_by("variant").agg(pl.col("cases").sum())
        common = sizes.sort("cases", "variant", descending=[True, False])["variant"]
        variants = common.head(MOST_VARIANTS).sort()
        mine = steps.filter(pl.col("variant").is_in(variants.implode()))
        ways = mine.select("activity", "next_activity").unique().sort("activity", "next_activity")
        if ways.is_empty():
            continue
        at = mine.join(ways.with_row_index("way"), on=["activity", "next_activity"])
        place = np.full((ways.height, len(variants)), np.inf)
        place[at["way"].to_numpy(), variants.search_sorted(at["variant"])] = at["event_number"]
        counts = np.zeros((len(variants), BLOCKS))
        known = own.filter(pl.col("variant").is_in(variants.implode()))
        row = np.asarray(variants.search_sorted(known["variant"]))
        np.add.at(counts, (row, known["block"].to_numpy()), known["cases"].to_numpy())
        yield Ways(kind if kind is None else str(kind), ways, variants, place, counts)


def _steps(places: pl.DataFrame) -> pl.DataFrame:
    """Return how each variant goes on from each activity, what failed left out.

    Where nothing but failures follows, it goes on to nothing: a way that others are compared with,
    or those who fail at once would be missing elsewhere.
    """
    sound = places.filter(~pl.col("failure")).sort("variant", "event_number")
    following = pl.col("activity").shift(-1).over("variant")
    return sound.with_columns(following.fill_null("").alias("next_activity")).unique(
        ["variant", "activity"], keep="first", maintain_order=True
    )


def _last(places: pl.DataFrame, ways: Ways) -> "dict[str, Figures]":
    """Return for each failure of enough journeys where each variant has it last; -1 for never."""
    failed = places.filter("failure", pl.col("variant").is_in(ways.variants.implode()))
    ends = failed.group_by("activity", "variant").agg(pl.col("event_number").max())
    sizes, last = ways.journeys.sum(axis=1), dict[str, "Figures"]()
    for (activity,), own in ends.group_by("activity"):
        at = np.asarray(ways.variants.search_sorted(own["variant"]))
        if sizes[at].sum() >= _ENOUGH_FAILURES:
            last[str(activity)] = np.full(len(ways.variants), -1.0)
            last[str(activity)][at] = own["event_number"].to_numpy()
    return last


def _compared(ways: Ways, failure: str, last: "Figures") -> Iterator[dict[str, Any]]:
    """Compare each way with the others from its place, where enough journeys took either."""
    taken, hits = ways.taken, (last[None, :] > ways.place).astype(np.float64) @ ways.journeys
    others, missed = (_of_place(table, ways.origin) - table for table in (taken, hits))
    totals = [table.sum(axis=1) for table in (taken, hits, others, missed)]
    enough = (totals[0] >= _ENOUGH) & (totals[2] >= _ENOUGH) & (totals[1] >= _ENOUGH_FAILURES)
    more = totals[1] * totals[2] > totals[3] * totals[0]
    chosen = np.flatnonzero(enough & more)
    if not len(chosen):
        return
    sums = np.stack([table[chosen] for table in (taken, hits, others, missed)])
    for way, figures in zip(chosen, _figures(sums), strict=True):
        head = {"journey_type": ways.kind, "failure": failure, "__way": int(way)}
        yield head | ways.ways.row(int(way), named=True) | figures


def _sides(ways: Ways, row: dict[str, Any]) -> pl.DataFrame:
    """Return the variants that go a way, and from where, and those that go another from there."""
    way = row["__way"]
    place = ways.place[way]
    same = ways.place[ways.origin == ways.origin[way]]
    compared = np.isfinite(same.min(axis=0))
    sides = {"variant": ways.variants.filter(pl.Series(compared)), "__from": place[compared]}
    begun = pl.col("__from")
    return pl.DataFrame(sides).select(
        pl.lit(row["journey_type"], pl.String).alias("journey_type"),
        pl.lit(row["failure"]).alias("activity"),
        "variant",
        pl.when(begun.is_finite()).then(begun).cast(pl.Int64).alias("__from"),
    )


def _of_place(table: "Figures", place: "Numbers") -> "Figures":
    """Add up all ways from the same place."""
    sums = np.zeros((int(place.max()) + 1, table.shape[1]))
    np.add.at(sums, place, table)
    return sums[place]


def _figures(sums: "Figures") -> list[dict[str, Any]]:
    """Say how much oftener a failure is on each way.

    Args:
        sums: By figure, way and block: journeys on the way, those with the failure, journeys
            elsewhere, those with the failure.
    """
    seen = _times(sums.sum(axis=2))
    flat = sums.reshape(-1, sums.shape[2])
    drawn = _times(resampled(flat.T).T.reshape(*sums.shape[:2], -1))
    there, failed, others, missed = sums.sum(axis=2)
    # a side without a failure doesn't vary in the draws, and yet nobody knows its rate
    alone = 1 / (failed + 0.5) - 1 / (there + 1) + 1 / (missed + 0.5) - 1 / (others + 1)
    spread = np.maximum(np.log(drawn).std(axis=1), np.sqrt(alone))
    low, high = (np.maximum(1 - np.exp(-side * spread) / seen, 0.0) for side in (-_NORMAL, _NORMAL))
    columns = {
        "cases": there.astype(np.int64),
        "cases_elsewhere": others.astype(np.int64),
        "rate": failed / there,
        "rate_elsewhere": missed / others,
        "times": seen,
        "attributable_share": 1 - 1 / seen,
        "low_attributable_share": low,
        "high_attributable_share": high,
        "p_value": [1 - NormalDist().cdf(float(z)) for z in np.log(seen) / spread],
    }
    return pl.DataFrame(columns).to_dicts()


def _times(totals: "Figures") -> "Figures":
    """Return how much oftener; half a failure more on either side, so that no rate is nothing."""
    there, failed, others, missed = totals
    return ((failed + 0.5) / (there + 1)) / ((missed + 0.5) / (others + 1))


def _best(found: pl.DataFrame) -> pl.DataFrame:
    """Keep for each failure the way that surely explains most, where one surely explains any."""
    ranked = found.sort("p_value", "journey_type", "failure", "activity", "next_activity")
    explained = pl.col("cases") * pl.col("rate") * pl.col("low_attributable_share")
    adjusted = holm(pl.col("p_value"))
    return (
        ranked.with_columns(adjusted.alias("adjusted_p_value"), explained.alias("explained"))
        .filter(pl.col("adjusted_p_value") <= LEVEL, pl.col("low_attributable_share") > 0)
        .sort(
            *("explained", "journey_type", "failure", "activity", "next_activity"),
            descending=[True, False, False, False, False],
        )
        .unique(["journey_type", "failure"], keep="first", maintain_order=True)
        .drop("explained")
    )
