"""Make journeys of the events of each customer: from trigger to outcome.

Of each customer and kind of journey: a trigger opens a journey when none that fits is open; an
outcome closes it; a gap longer than the patience leaves it abandoned; what follows the outcome
within the window still belongs. An event that fits several journeys belongs to the one it opens;
else to the one whose trigger or outcome it is; else to the one whose key it carries; else to the
one that was opened last. At the same instant triggers come before other events, and outcomes after.
The answer to a survey (an event with a score) is no step of a journey unless its kind lists it.

Source: `METHODS.md`, d: journeys by customer and trigger.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from procmine.journeys.loose import KEY_OF, by_thread, lend
from procmine.journeys.rules import CUSTOMER_NUMBER, JourneyType, Rules
from procmine.journeys.threads import FOREVER, Array, Threads, journeys_of, walk
from procmine.schema import ACTIVITY, JOURNEY_STATE, JOURNEY_TYPE, ORDER, OUTSIDE, SCORE, TIMESTAMP

NUMBER: Final = "__journey"
"""A customer's journeys are numbered from 1 in the order in which they were opened."""

_FITS, _SAME_KEY, _MARKS, _OPENS = 0, 1, 2, 3
"""How strongly an event belongs to a journey that it fits."""


def key(events: pl.DataFrame, rules: Rules, end: int) -> pl.DataFrame:
    """Say which journey each event belongs to.

    Args:
        events: `__customer` (a number; null where unknown), activity, timestamp, order, the score
            where there is one, and the columns of the rules' keys; in any order of rows, all
            events of a customer among them.
        rules: The kinds of journey.
        end: The log's end, microseconds since 1970.

    Returns:
        For each event, in the same order: `__journey`, its number within its customer, and
        `journey_type`, both null outside any journey, and `journey_state`.

    Example:
        >>> from datetime import datetime
        >>> events = pl.DataFrame(
        ...     {
        ...         "__customer": [1, 1, 1],
        ...         "activity": ["order", "deliver", "call"],
        ...         "timestamp": [datetime(2026, 1, day) for day in (5, 6, 7)],
        ...         "order": [1, 2, 3],
        ...     }
        ... )
        >>> keyed = key(events, Rules((JourneyType("order", ("order",), ("deliver",)),)), end=0)
        >>> keyed["journey_state"].to_list()
        ['closed', 'closed', 'outside']
    """
    return Keying.of(events, rules).settled(rules, end)


@dataclass(frozen=True)
class Keying:
    """Events in the order in which they are keyed; the patience is free still.

    Attributes:
        height: How many events there are.
        frame: Those of known customers in their order.
        threads: For each kind of journey the events that fit it, by thread.
    """

    height: int
    frame: pl.DataFrame
    threads: tuple[tuple[pl.DataFrame, Threads], ...]

    @classmethod
    def of(cls, events: pl.DataFrame, rules: Rules) -> "Keying":
        """Put events in order; see `key`."""
        frame = _ordered(events, rules)
        threads = tuple(by_thread(_fitting(frame, rule)) for rule in rules.types)
        return cls(events.height, frame, threads)

    def settled(self, rules: Rules, end: int) -> pl.DataFrame:
        """Say which journey each event belongs to; see `key`.

        Args:
            rules: The rules that the events were ordered by, with any patience.
            end: The log's end, microseconds since 1970.
        """
        best = np.full(self.frame.height, -1, dtype=np.int64)
        found: list[pl.DataFrame] = []
        for rule, (rows, threads) in zip(rules.types, self.threads, strict=True):
            at, score, journeys = _claims(rows, threads, rule, end, len(best))
            best[at] = np.maximum(best[at], score)
            found.append(journeys)
        journeys = _numbered(pl.concat(found), self.frame)
        opened = np.where(best < 0, -1, best % max(1, len(best)))
        journey = np.full(self.height, -1, dtype=np.int64)
        journey[self.frame["row"].to_numpy()] = np.where(
            opened < 0, -1, np.searchsorted(journeys["opened"].to_numpy(), opened)
        )
        of_events = pl.Series(journey).replace(-1, None)
        taken = [journeys[c].gather(of_events) for c in (NUMBER, JOURNEY_TYPE, JOURNEY_STATE)]
        return pl.DataFrame(taken).with_columns(pl.col(JOURNEY_STATE).fill_null(OUTSIDE))


def _ordered(events: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return the events of known customers in their order, with what keying asks of them."""
    names = events[ACTIVITY].cast(pl.String).unique().drop_nulls().sort().to_list()
    turn = {a: 0 if a in rules.triggers else 2 if a in rules.outcomes else 1 for a in names}
    codes = {a: turn[a] * len(names) + number for number, a in enumerate(names)}
    code = pl.col(ACTIVITY).cast(pl.String).replace_strict(codes, return_dtype=pl.UInt32)
    rows = events.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.col(CUSTOMER_NUMBER).alias("customer"),
        pl.col(TIMESTAMP).dt.timestamp("us").alias("time"),
        code.alias("code"),
        ORDER,
        (pl.col(SCORE).is_not_null() if SCORE in events.columns else pl.lit(False)).alias("answer"),
        *(pl.col(c).hash(seed=3).alias(c) for c in rules.key_columns),
        *(pl.col(c).is_null().alias(f"no {c}") for c in rules.key_columns),
    )
    sorted_rows = rows.filter(pl.col("customer").is_not_null()).sort(
        "customer", "time", "code", ORDER
    )
    activity = pl.Series(list(codes), dtype=pl.String)
    by_code = pl.DataFrame({"code": list(codes.values()), "name": activity}).cast(
        {"code": pl.UInt32, "name": pl.Categorical}
    )
    return sorted_rows.join(by_code, on="code", how="left", maintain_order="left").with_row_index(
        "at"
    )


def _claims(
    rows: pl.DataFrame, threads: Threads, rule: JourneyType, end: int, events: int
) -> tuple[Array, Array, pl.DataFrame]:
    """Return the events of journeys of one kind, how strongly and to which they belong.

    Returns:
        The events' places, the strength and the place of the journey's opening in one number, and
        `opened, journey_type, journey_state` of the journeys.
    """
    patience = FOREVER if rule.patience_us is None else rule.patience_us
    walked = walk(threads, patience=patience, window=rule.reopens_us)
    at = rows["at"].to_numpy().astype(np.int64)
    member = walked.opened >= 0
    own = threads.keyed & ~rows["lent"].to_numpy()
    strength = np.where(own, _SAME_KEY, _FITS)
    strength = np.where(threads.trigger | threads.outcome, _MARKS, strength)
    strength = np.where(walked.opened == np.arange(len(at)), _OPENS, strength)
    score = strength[member] * events + at[walked.opened[member]]
    found = journeys_of(threads, walked, patience=patience, end=end)
    journeys = found.select(
        pl.Series("opened", at[found["opened"].to_numpy()]),
        pl.lit(rule.type, pl.Categorical).alias(JOURNEY_TYPE),
        pl.col("state").cast(pl.Categorical).alias(JOURNEY_STATE),
    )
    return at[member], score, journeys


def _fitting(frame: pl.DataFrame, rule: JourneyType) -> pl.DataFrame:
    """Return the events that fit a kind of journey, each with the key of its thread."""
    name = pl.col("name")
    named = name.is_in(list(rule.named))
    fits = frame.filter(named if rule.activities else named | ~pl.col("answer"))
    none = pl.lit(None, pl.UInt64)
    held = rule.column
    own = none if held is None else pl.when(~pl.col(f"no {held}")).then(pl.col(held))
    fits = fits.select(
        "at",
        "customer",
        "time",
        own.alias(KEY_OF),
        name.is_in(list(rule.triggers)).alias("trigger"),
        name.is_in(list(rule.outcomes)).alias("outcome"),
    )
    return lend(fits, rule.reopens_us) if held else fits.with_columns(pl.lit(False).alias("lent"))


def _numbered(journeys: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Number each customer's journeys in the order in which they were opened."""
    sorted_journeys = journeys.sort("opened")
    customer = frame["customer"].gather(sorted_journeys["opened"])
    return sorted_journeys.with_columns(customer.alias("customer")).select(
        "opened",
        (pl.int_range(pl.len()).over("customer") + 1).cast(pl.Int64).alias(NUMBER),
        JOURNEY_TYPE,
        JOURNEY_STATE,
    )
