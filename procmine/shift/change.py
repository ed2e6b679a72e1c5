"""How a department's cost per journey moved when something changed, and how sure that is.

Source: difference in differences, Card & Krueger, American Economic Review 84 (1994); the draws of
customers, see `procmine.bootstrap` and `procmine.permutation`.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from procmine.bootstrap import BLOCKS, resampled
from procmine.permutation import Shuffle
from procmine.schema import CASE, CUSTOMER
from procmine.shift.cohorts import AFTER

if TYPE_CHECKING:
    from procmine.permutation import Figures, Numbers

ENOUGH: Final = 20
"""Fewer customers on either side of a date say too little."""

MOST_SHUFFLED: Final = 200_000
"""So many journeys are shuffled at most; of more, some customers' are drawn."""

_ENDS: Final = (0.025, 0.975)
_MONTH_US: Final = 30 * 86_400_000_000


@dataclass(frozen=True)
class Spent:
    """What journeys cost, a row each.

    Attributes:
        journeys: `case_id, customer_id, start, __after, concerned`.
        costs: By journey and figure: a department's cost, or several departments' together.
        names: What the figures are of.
    """

    journeys: pl.DataFrame
    costs: "Figures"
    names: tuple[str, ...]

    @classmethod
    def of(cls, journeys: pl.DataFrame, costs: pl.DataFrame, own: str) -> "Spent":
        """Lay out costs by journey and department.

        Args:
            journeys: The journeys.
            costs: `case_id, department, cost`.
            own: The department that changed; it stands first, then the others together and all
                together, then each other one.
        """
        others = sorted(set(costs["department"].drop_nulls()) - {own})
        names = [own, *others]
        rows = journeys.select(CASE).with_row_index("row")
        known = costs.join(rows, on=CASE).join(
            pl.DataFrame({"department": names}).with_row_index("column"), on="department"
        )
        table = np.zeros((journeys.height, len(names)))
        np.add.at(
            table, (known["row"].to_numpy(), known["column"].to_numpy()), known["cost"].to_numpy()
        )
        rest = table[:, 1:].sum(axis=1)
        columns = [table[:, 0], rest, table[:, 0] + rest, *table[:, 1:].T]
        return cls(journeys, np.stack(columns, axis=1), (own, OTHERS, ALL, *others))

    def with_sum(self, name: str, of: list[str]) -> "Spent":
        """Add a figure that is several others together."""
        places = [self.names.index(one) for one in of]
        total = self.costs[:, places].sum(axis=1, keepdims=True)
        return Spent(self.journeys, np.hstack([self.costs, total]), (*self.names, name))

    def where(self, holds: pl.Expr) -> "Spent":
        """Keep some journeys."""
        kept = self.journeys.select(holds.fill_null(False)).to_series()
        return Spent(self.journeys.filter(kept), self.costs[kept.to_numpy()], self.names)

    @property
    def after(self) -> "Numbers":
        """For each journey whether it began after the change, as 0 and 1."""
        return self.journeys[AFTER].cast(pl.Int64).to_numpy()

    @property
    def enough(self) -> bool:
        """Whether enough customers are on either side."""
        sides = [self.journeys.filter(pl.col(AFTER) == side) for side in (0, 1)]
        return all(customers(side) >= ENOUGH for side in sides)


OTHERS: Final = "all others"
ALL: Final = "together"


def customers(journeys: pl.DataFrame) -> int:
    """Count the customers of journeys; one without a known customer is one of its own."""
    known = journeys[CUSTOMER].drop_nulls()
    return known.n_unique() + journeys.height - len(known)


def changes(spent: Spent) -> "Figures":
    """Return for each figure the mean before, the mean after, their difference and its interval.

    Returns:
        By figure: before, after, change, low, high; the interval is NaN where too few customers
        stand behind it.
    """
    sums = _by_block(spent)
    before, after = (_means(sums.sum(axis=0), side) for side in (0, 1))
    drawn = resampled(sums.reshape(BLOCKS, -1)).reshape(-1, *sums.shape[1:])
    low, high = _interval(_means(drawn, 1) - _means(drawn, 0), enough=spent.enough)
    return np.stack([before, after, after - before, low, high], axis=1)


def against(spent: Spent, untouched: Spent) -> "Figures":
    """Return the change of each figure less that of the same figure in untouched journeys.

    Returns:
        By figure: change, low, high.
    """
    both = np.stack([_by_block(spent), _by_block(untouched)], axis=1)
    drawn = resampled(both.reshape(BLOCKS, -1)).reshape(-1, *both.shape[1:])

    def difference(totals: "Figures") -> "Figures":
        moved = _means(totals, 1) - _means(totals, 0)
        return moved[..., 0, :] - moved[..., 1, :]

    enough = spent.enough and untouched.enough
    low, high = _interval(difference(drawn), enough=enough)
    return np.stack([difference(both.sum(axis=0)), low, high], axis=1)


def p_values(
    spent: Spent, untouched: Spent | None = None, /, *, permutations: int, seed: int
) -> "Figures":
    """Say how often shuffles of who began before and after give so large a change.

    Whole customers change places, those of concerned journeys among themselves and the others as
    well; where untouched journeys are given, their change is taken off each time.

    Returns:
        By figure, two-sided; NaN where too few customers are on either side.
    """
    parts = [_some(part) for part in (spent, untouched) if part is not None]
    if not all(part.enough for part in parts):
        return np.full(len(spent.names), np.nan)
    journeys = pl.concat([part.journeys for part in parts])
    ends = np.cumsum([part.journeys.height for part in parts])
    # what costs nothing anywhere changes by nothing in every shuffle: its p-value is 1
    costly = np.any([part.costs.any(axis=0) for part in parts], axis=0)
    costs = [part.costs[:, costly] for part in parts]

    def change(drawn: "Numbers") -> "Figures":
        own = np.split(drawn, ends[:-1])
        moved = [_moved(cost, of) for cost, of in zip(costs, own, strict=True)]
        return moved[0] - sum(moved[1:])

    labels = journeys[AFTER].cast(pl.Int64).to_numpy()
    seen = np.abs(change(labels))
    shuffle = Shuffle.of(journeys[CUSTOMER], journeys["concerned"], seed=seed)
    larger = np.zeros(len(seen))
    for drawn in shuffle.draws(labels, permutations):
        larger += np.abs(change(drawn)) >= seen - 1e-9
    found = np.ones(len(costly))
    found[costly] = (1 + larger) / (1 + permutations)
    return found


def trend(spent: Spent) -> "Figures":
    """Return how much each figure rises in 30 days, by when journeys begin.

    Returns:
        By figure: slope, low, high, p-value (of a normal whose spread the draws give).
    """
    at = spent.journeys["start"].cast(pl.Float64).to_numpy() / _MONTH_US
    at = at - at.mean() if len(at) else at
    costs, figures = spent.costs, len(spent.names)
    ones = np.ones_like(at)
    sums = _added(spent, np.column_stack([ones, at, at**2, costs, costs * at[:, None]]))

    def slope(totals: "Figures") -> "Figures":
        number, time, square = (totals[..., i : i + 1] for i in range(3))
        cost, product = totals[..., 3 : 3 + figures], totals[..., 3 + figures :]
        with np.errstate(invalid="ignore", divide="ignore"):
            return (product - time * cost / number) / (square - time**2 / number)

    if customers(spent.journeys) < 2 * ENOUGH or np.ptp(at) < 1:
        return np.full((figures, 4), np.nan)
    seen, drawn = slope(sums.sum(axis=0)), slope(resampled(sums))
    low, high = _interval(drawn, enough=True)
    scores = np.abs(seen) / np.maximum(drawn.std(axis=0), 1e-12)
    p_value = [2 * (1 - NormalDist().cdf(float(z))) for z in scores]
    return np.stack([seen, low, high, p_value], axis=1)


def _moved(costs: "Figures", labels: "Numbers") -> "Figures":
    late = labels.sum()
    after = labels @ costs
    with np.errstate(invalid="ignore", divide="ignore"):
        return after / late - (costs.sum(axis=0) - after) / (len(labels) - late)


def _some(spent: Spent) -> Spent:
    """Draw customers where there are too many journeys to be shuffled."""
    size = spent.journeys.height
    if size <= MOST_SHUFFLED:
        return spent
    own = pl.coalesce(CUSTOMER, CASE).hash(1)
    return spent.where(own % -(-size // MOST_SHUFFLED) == 0)


def _blocks(spent: Spent) -> "Numbers":
    own = spent.journeys.select(pl.coalesce(CUSTOMER, CASE).hash(1) % BLOCKS)
    return own.to_series().cast(pl.Int64).to_numpy()


def _added(spent: Spent, columns: "Figures") -> "Figures":
    """Add up columns by customers' blocks."""
    sums = np.zeros((BLOCKS, columns.shape[1]))
    np.add.at(sums, _blocks(spent), columns)
    return sums


def _by_block(spent: Spent) -> "Figures":
    """Add up by block and side of the date each figure, and last the journeys."""
    counted = np.column_stack([spent.costs, np.ones(len(spent.costs))])
    late = spent.after[:, None]
    both = np.column_stack([counted * (1 - late), counted * late])
    return _added(spent, both).reshape(BLOCKS, 2, counted.shape[1])


def _means(totals: "Figures", side: int) -> "Figures":
    """Return the means on one side of the date, of sums by (…, side, figure and journeys)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return totals[..., side, :-1] / totals[..., side, -1:]


def _interval(drawn: "Figures", *, enough: bool) -> "Figures":
    if not enough:
        return np.full((2, drawn.shape[1]), np.nan)
    return np.quantile(drawn, _ENDS, axis=0)
