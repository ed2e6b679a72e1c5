"""What goes with low scores, where customers are met, and where the first team has to ask."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine import wording
from procmine.draw import theme
from procmine.draw.bars import Bar, axis_unit, empty, ranked
from procmine.draw.forest import Mark, forest

if TYPE_CHECKING:
    import altair as alt

_SURE, _CHANCE = "sure", "may be chance"


def difference_marks(differences: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """With what do scores fall or rise?

    Args:
        differences: kind, group, cases, difference, low_difference, high_difference,
            adjusted_p_value; the surest first.
        top: How many to draw.
    """
    known = differences.filter(pl.col("low_difference").is_not_null())
    if known.is_empty():
        return empty(
            "There are too few answers to tell with what scores fall.",
            "Add the survey to the mapping, or ask more customers.",
        )
    rows = known.head(top).sort("difference").to_dicts()
    edge = max(abs(row[end]) for row in rows for end in ("low_difference", "high_difference"))
    sure = sum(row["adjusted_p_value"] <= 0.05 for row in rows)
    said = "is surely no chance" if sure == 1 else "are surely no chance"
    return forest(
        [_difference(row) for row in rows],
        title=f"{sure or 'No'} of {wording.count(len(rows), 'difference')} in the score {said}.",
        subtitle="Mean score of the journeys with it less that of the others, with its 95 % "
        "interval over customers.",
        axis="Points more or less than other journeys",
        colours={_SURE: theme.ALERT, _CHANCE: theme.MUTED},
        line=0.0,
        ends=(-edge, edge),
        form="+.1f",
    )


def _difference(row: Mapping[str, Any]) -> Mark:
    kind = f"{row['kind']}: " if row["kind"] not in {"variant", "handoffs", "wait"} else ""
    difference = wording.figure(row["difference"], "+.1f")
    return Mark(
        name=f"{kind}{row['group']}",
        value=row["difference"],
        low=row["low_difference"],
        high=row["high_difference"],
        label=f"{difference}  ·  {wording.count(row['cases'], 'answer')}",
        group=_SURE if row["adjusted_p_value"] <= 0.05 else _CHANCE,
        facts={"Group": f"{kind}{row['group']}", "Answers": wording.number(row["cases"])},
    )


def moment_bars(moments: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """Where are customers met, and after what wait?

    Args:
        moments: activity, department, count, cases, median_wait_seconds, repetitions.
        top: How many to draw.
    """
    if moments.is_empty():
        return empty(
            "No event of this log is marked as customer-facing.",
            "Say in the mapping which activities the customer takes part in.",
        )
    rows = moments.head(top).to_dicts()
    names = sorted({row["department"] or "Nobody" for row in rows})
    colours = {**theme.department_colours([n for n in names if n != "Nobody"])}
    colours |= {"Nobody": theme.LINE} if "Nobody" in names else {}
    return ranked(
        [_moment(row) for row in rows],
        title=f"Customers are met most often at '{rows[0]['activity']}'.",
        subtitle="How often, and the median wait before it.",
        axis="Moments of truth",
        colours=colours,
    )


def _moment(row: Mapping[str, Any]) -> Bar:
    wait = row["median_wait_seconds"]
    before = "begins the journey" if wait is None else f"after {wording.duration(wait, short=True)}"
    facts = {
        "Moments": wording.number(row["count"]),
        "Journeys": wording.number(row["cases"]),
        "Asked again": wording.number(row["repetitions"]),
    }
    group = row["department"] or "Nobody"
    return Bar(
        row["activity"], row["count"], f"{wording.number(row['count'])} · {before}", facts, group
    )


def hop_bars(hops: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """Where does the first team have to ask, and how long do customers wait for it?

    Args:
        hops: kind, activity, department, next_department, count, cases, median_seconds,
            total_seconds.
        top: How many to draw.
    """
    if hops.is_empty():
        return empty(
            "Nobody who meets customers first has to ask anybody in this log.",
            "Name the activities that ask for an approval.",
        )
    rows = hops.sort("total_seconds", descending=True, maintain_order=True).head(top).to_dicts()
    size, unit = axis_unit(rows[0]["total_seconds"] or 0)
    return ranked(
        [_hop(row, size) for row in rows],
        title=f"Customers wait longest where '{rows[0]['activity']}' asks somebody else.",
        subtitle="Waiting from asking until work goes on, in total; the median beside it.",
        axis=f"Total waiting in {unit}",
        colour=theme.WAIT_LINES[3],
    )


def _hop(row: Mapping[str, Any], size: float) -> Bar:
    label = (
        f"{wording.number(row['count'])} × {wording.duration(row['median_seconds'], short=True)}"
    )
    facts = {
        "Kind": row["kind"],
        "Hops": wording.number(row["count"]),
        "Median wait": wording.duration(row["median_seconds"]),
    }
    name = f"{row['activity']} ({row['department'] or '?'} → {row['next_department'] or '?'})"
    return Bar(name, (row["total_seconds"] or 0) / size, label, facts)
