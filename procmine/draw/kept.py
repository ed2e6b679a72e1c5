"""Charts of promises: how they are kept, whose time it was, and who waits less."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import theme
from procmine.draw.bars import empty
from procmine.draw.forest import Mark, forest

if TYPE_CHECKING:
    import altair as alt

GOOD: Final = theme.DEPARTMENTS[2]
VERDICTS: Final = {"broken": theme.ALERT, "undecided": theme.MUTED, "kept": GOOD}
_ORDERS: Final = {"reversed": theme.ALERT, "not seen": theme.MUTED, "honoured": GOOD}


def promises_kept(promises: pl.DataFrame, *, title: str, top: int = 20) -> "alt.TopLevelMixin":
    """How many journeys keep each promise, beside its goal?

    Args:
        promises: The table of `procmine.promises`.
        title: The sentence that says what to see.
        top: How many to draw, the surest broken first.
    """
    promises = promises.drop_nulls("inside_share")
    if promises.is_empty():
        return empty("Nothing is promised.", "Give a policy, or a promise such as 12 days.")
    rows = promises.sort("p_value", "inside_share").head(top).iter_rows(named=True)
    return forest(
        [_promise(row) for row in rows],
        title=title,
        subtitle="Share of journeys that keep each promise, with its 95 % interval; the upright "
        f"stroke is the goal.{_more(promises.height, top)}",
        axis="Journeys that keep the promise",
        colours=VERDICTS,
    )


def _promise(row: Mapping[str, Any]) -> Mark:
    return _share(row, str(row["promise"]), row["within"], wording.number(row["cases"]))


def _share(row: Mapping[str, Any], name: str, within: str, cases: str) -> Mark:
    low, high = row["low_inside_share"], row["high_inside_share"]
    facts = {
        "Promise": name,
        "Within": within,
        "Kept": wording.share(row["inside_share"]),
        "Between": f"{wording.share(low)} and {wording.share(high)}",
        "Goal": wording.share(row["goal"]),
        "Journeys": cases,
    }
    label = f"{wording.share(row['inside_share'])} of {cases} · {within}"
    return Mark(name, row["inside_share"], low, high, label, row["verdict"], row["goal"], facts)


def _more(number: int, top: int) -> str:
    return f" The first {top} of {number}." if number > top else ""


def department_parts(parts: pl.DataFrame, *, title: str, top: int = 30) -> "alt.TopLevelMixin":
    """Does each department keep its part of the promise?

    Args:
        parts: The table `departments` of `procmine.promises`.
        title: The sentence that says what to see.
        top: How many to draw.
    """
    held = parts.filter(pl.col("inside_share").is_not_null())
    if held.is_empty():
        return empty("No department has a part of a promise.", "Name the column of the department.")
    return forest(
        [_part(row) for row in held.head(top).iter_rows(named=True)],
        title=title,
        subtitle="Share of journeys in which each department keeps to its own promise or its part "
        f"of the whole, with its 95 % interval.{_more(held.height, top)}",
        axis="Journeys in which it does",
        colours=VERDICTS,
    )


def _part(row: Mapping[str, Any]) -> Mark:
    whose = [row["department"], row["segment"], row["journey_type"]]
    limit, business = row["limit_seconds"], row["business_limit_seconds"]
    within = (
        wording.duration(limit, short=True)
        if business is None
        else wording.business(business, short=True)
    )
    return _share(row, ", ".join(n for n in whose if n), within, wording.number(row["cases"]))


def queue_order(steps: pl.DataFrame, *, title: str, top: int = 20) -> "alt.TopLevelMixin":
    """For which steps do the more valued segments wait less?

    Args:
        steps: The table `steps` of `procmine.promises`.
        title: The sentence that says what to see.
        top: How many to draw, those with most waits.
    """
    known = steps.filter(pl.col("sooner_share").is_not_null())
    if known.is_empty():
        return empty(
            "No segment is worth more than another.", "Say what each is worth, in the policy."
        )
    largest = known.sort("waits", descending=True, maintain_order=True).head(top)
    marks = [
        Mark(
            str(row["step"]),
            row["sooner_share"],
            row["low_sooner_share"],
            row["high_sooner_share"],
            f"{wording.share(row['sooner_share'])} · {wording.number(row['waits'])} waits",
            row["verdict"],
            facts={"Step": str(row["step"]), "Journeys": str(row["journey_type"] or "all")},
        )
        for row in largest.sort("tau").iter_rows(named=True)
    ]
    return forest(
        marks,
        title=title,
        subtitle="Pairs of waits for the same step in the same month in which the more valued "
        f"segment waits less; at one half its value makes no difference.{_more(known.height, top)}",
        axis="Pairs in which it waits less",
        colours=_ORDERS,
        line=0.5,
    )
