"""The charts: one question each, a sentence above, and every duration in a person's unit."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import NAME_SIZE, NAME_WIDTH, Bar, axis_unit, empty, ranked
from procmine.draw.curve import closing_curve, closing_curves
from procmine.draw.forest import Mark, forest
from procmine.draw.histogram import cycle_time_histogram
from procmine.draw.matrix import handoff_matrix

if TYPE_CHECKING:
    import altair as alt

__all__ = [
    "activity_bars",
    "closing_curve",
    "closing_curves",
    "cycle_time_histogram",
    "deviation_bars",
    "handoff_bars",
    "handoff_matrix",
    "model_deviation_bars",
    "rework_bars",
    "variant_bars",
]

WIDEN = "Widen the filter, or choose another log."


def handoff_bars(handoffs: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """Which handoffs hold the most customer waiting?

    Args:
        handoffs: department, next_department, count, cases, median_seconds, p90_seconds,
            total_seconds, share.
        top: How many to draw.
    """
    rows = list(
        handoffs.sort(
            "total_seconds", descending=True, maintain_order=True, nulls_last=True
        ).iter_rows(named=True)
    )
    if not rows:
        return empty(
            "No department hands over to another in this log.",
            "Name the column of the department when the log is read.",
        )
    seconds = [row["total_seconds"] or 0 for row in rows]
    total = sum(seconds)
    size, unit = axis_unit(seconds[0])
    bars = [_handoff_bar(row, size, total) for row in rows[:top]]
    title = (
        f"{bars[0].name}: customers wait {wording.duration(rows[0]['total_seconds'])} in total here"
    )
    title += (
        f", {wording.share((rows[0]['total_seconds'] or 0) / total)} of all handoff waiting."
        if total
        else "."
    )
    return ranked(
        bars,
        title=title,
        subtitle=_of_all(seconds, top, ("handoff", "handoffs"), "waiting"),
        axis=f"Total customer waiting in {unit}",
        colour=theme.WAIT_LINES[3],
    )


def _handoff_bar(row: Mapping[str, Any], size: float, total: float) -> Bar:
    seconds = row["total_seconds"] or 0
    facts = {
        "Total waiting": wording.duration(seconds),
        "Share": wording.share(seconds / total if total else 0),
        "Median wait": wording.duration(row["median_seconds"]),
        "1 in 10 over": wording.duration(row["p90_seconds"]),
        "Handoffs": wording.number(row["count"]),
        "Journeys": wording.number(row["cases"]),
    }
    label = f"{wording.duration(seconds, short=True)} · {facts['Share']}"
    return Bar(f"{row['department']} → {row['next_department']}", seconds / size, label, facts)


def _of_all(values: Sequence[float], top: int, noun: tuple[str, str], what: str) -> str:
    """Say how many of how many bars are drawn, and what share they hold.

    Example:
        >>> _of_all([3, 1], 1, ("handoff", "handoffs"), "waiting")
        'The first 1 of 2 handoffs; together 75 % of the waiting.'
    """
    there = wording.count(len(values), *noun)
    if len(values) <= top:
        return f"All {there}." if len(values) > 1 else f"The only {noun[0]}."
    total = sum(values)
    held = f"; together {wording.share(sum(values[:top]) / total)} of the {what}" if total else ""
    return f"The first {top} of {there}{held}."


def variant_bars(variants: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """How do most journeys run? The commonest variants, and what they cover together.

    Args:
        variants: variant, activities (list), cases, share, cumulative_share, median_seconds.
        top: How many to draw.
    """
    rows = list(variants.sort("cases", descending=True, maintain_order=True).iter_rows(named=True))
    if not rows:
        return empty("There is no journey to show.", WIDEN)
    shown = rows[:top]
    covered = wording.share(min(sum(row["share"] for row in shown), 1.0))
    together = accumulate(row["share"] for row in shown)
    bars = [_variant_bar(row, share) for row, share in zip(shown, together, strict=True)]
    title = f"The commonest way to run takes {wording.share(shown[0]['share'])} of the journeys."
    if len(shown) > 1:
        all_ = wording.count(len(rows), "variant")
        title = f"The {len(shown)} commonest of {all_} cover {covered} of the journeys."
    subtitle = "Each bar: a variant's share of the journeys, and in brackets the share so far."
    return ranked(bars, title=title, subtitle=subtitle, axis="Share of journeys in %", lines=2)


def _variant_bar(row: Mapping[str, Any], together: float) -> Bar:
    names = [text.clean(name) for name in row["activities"]]
    facts = {
        "Journeys": wording.number(row["cases"]),
        "Share": wording.share(row["share"]),
        "With those above": wording.share(min(together, 1.0)),
        "Median duration": wording.duration(row.get("median_seconds")),
        "Events": wording.number(len(names)),
    }
    label = f"{facts['Share']}  ({facts['With those above']})"
    sequence = text.sequence(names, 1.9 * NAME_WIDTH, NAME_SIZE)
    shown = text.wrap(sequence, NAME_WIDTH, NAME_SIZE, lines=2)
    if len(shown) == 1:  # every name has two lines, so that all stand level with their bars
        shown.append(wording.count(len(names), "event"))
    return Bar(" → ".join(names), row["share"] * 100, label, facts, shown=shown)


def rework_bars(activities: pl.DataFrame, *, top: int = 15) -> "alt.Chart | alt.LayerChart":
    """What is done again? Activities by how often a journey repeats them.

    Args:
        activities: activity, events, repeats, cases; self_loops where it's known. Several rows of
            one activity (by department) are added up.
        top: How many to draw.
    """
    summed = activities.group_by(pl.col("activity").cast(pl.String), maintain_order=True).agg(
        pl.col("events").sum(), pl.col("repeats").sum()
    )
    rows = list(
        summed.filter(pl.col("repeats") > 0)
        .sort("repeats", descending=True, maintain_order=True)
        .iter_rows(named=True)
    )
    if not rows:
        return empty("No journey repeats an activity.", "There is no rework to look into here.")
    bars = [_rework_bar(row) for row in rows[:top]]
    figures = bars[0].label.replace(" · ", " times, ")
    title = f"{bars[0].name} is repeated most: {figures} of its events."
    subtitle = _of_all(
        [row["repeats"] for row in rows],
        top,
        ("repeated activity", "repeated activities"),
        "repeats",
    )
    return ranked(bars, title=title, subtitle=subtitle, axis="Repeats", colour=theme.WAIT_LINES[2])


def _rework_bar(row: Mapping[str, Any]) -> Bar:
    share = wording.share(row["repeats"] / row["events"] if row["events"] else 0)
    facts = {
        "Repeats": wording.number(row["repeats"]),
        "Events": wording.number(row["events"]),
        "Share repeated": share,
    }
    return Bar(
        text.clean(row["activity"]),
        row["repeats"],
        f"{wording.number(row['repeats'])} · {share}",
        facts,
    )


def activity_bars(
    nodes: pl.DataFrame, *, top: int = 15, colours: Mapping[str, str] | None = None
) -> "alt.Chart | alt.LayerChart":
    """What happens most? Activities by their events, in the colour of their main department.

    Args:
        nodes: activity, events, cases, department.
        top: How many to draw.
        colours: The colour of each department; made from the nodes where it isn't given.
    """
    rows = list(nodes.sort("events", descending=True, maintain_order=True).iter_rows(named=True))
    if not rows:
        return empty("There is no event to show.", WIDEN)
    total = sum(row["events"] for row in rows)
    bars = [_activity_bar(row, total) for row in rows[:top]]
    title = (
        f"{bars[0].name} happens most: {bars[0].label.replace(' · ', ' times, ')} of all events."
    )
    subtitle = _of_all([row["events"] for row in rows], top, ("activity", "activities"), "events")
    colours = colours or theme.department_colours(row.get("department") for row in rows)
    return ranked(bars, title=title, subtitle=subtitle, axis="Events", colours=colours)


def _activity_bar(row: Mapping[str, Any], total: int) -> Bar:
    share = wording.share(row["events"] / total)
    department = row.get("department")
    facts = {
        "Events": wording.number(row["events"]),
        "Share": share,
        "Journeys": wording.number(row["cases"]) if row.get("cases") else "unknown",
        "Department": department or "unknown",
    }
    return Bar(
        text.clean(row["activity"]),
        row["events"],
        f"{wording.number(row['events'])} · {share}",
        facts,
        department,
    )


def deviation_bars(
    deviations: pl.DataFrame, *, top: int = 15, level: float = 0.05
) -> "alt.Chart | alt.LayerChart":
    """Who is treated differently? The shares that chance doesn't explain, the surest first.

    Args:
        deviations: group, activity, cases, share, low_share, high_share, expected_share, p_value.
        top: How many to draw.
        level: The largest p-value to draw.
    """
    sure = deviations.filter(pl.col("p_value") <= level)
    rows = list(sure.iter_rows(named=True))
    if not rows:
        return empty("No group is treated differently beyond chance.", WIDEN)
    marks = [_deviation(row) for row in rows[:top]]
    return forest(
        marks,
        title=f"{marks[0].name}: {marks[0].label}.",
        subtitle="Share of the group's journeys that have the activity, with its 95 % interval; "
        "the upright stroke is what it would be if the group made no difference.",
        axis="Share of the group's journeys",
        colours={"more often": theme.ALERT, "less often": theme.ACCENT},
    )


def _deviation(row: Mapping[str, Any]) -> Mark:
    facts = {
        "Share": wording.share(row["share"]),
        "Expected": wording.share(row["expected_share"]),
        "Journeys": wording.number(row["cases"]),
        "Chance gives as much": wording.share(row["p_value"]),
    }
    return Mark(
        name=f"{text.clean(row['group'])}: {text.clean(row['activity'])}",
        value=row["share"],
        low=row["low_share"],
        high=row["high_share"],
        label=f"{facts['Share']} against {facts['Expected']}",
        group="more often" if row["share"] > row["expected_share"] else "less often",
        goal=row["expected_share"],
        facts=facts,
    )


def model_deviation_bars(
    deviations: pl.DataFrame, *, top: int = 15
) -> "alt.Chart | alt.LayerChart":
    """Where do journeys leave the model? Activities too many and too few, the commonest first.

    Args:
        deviations: activity, kind, events, cases.
        top: How many to draw.
    """
    rows = list(deviations.iter_rows(named=True))
    if not rows:
        return empty("No aligned journey leaves the model.", WIDEN)
    bars = [_model_deviation_bar(row) for row in rows[:top]]
    title = f"{bars[0].name}: {bars[0].label}."
    subtitle = _of_all([row["events"] for row in rows], top, ("deviation", "deviations"), "moves")
    return ranked(bars, title=title, subtitle=subtitle, axis="Times", colour=theme.WAIT_LINES[3])


def _model_deviation_bar(row: Mapping[str, Any]) -> Bar:
    facts = {"Times": wording.number(row["events"]), "Journeys": wording.number(row["cases"])}
    label = f"{wording.count(row['events'], 'time')} in {wording.count(row['cases'], 'journey')}"
    return Bar(f"{text.clean(row['activity'])} {row['kind']}", row["events"], label, facts)
