"""By when journeys close: a curve that counts the open ones, its interval, and the promise."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import axis_unit, empty, framed

if TYPE_CHECKING:
    import altair as alt

_POINTS: Final = (
    "after_seconds",
    "at_risk",
    "closed_share",
    "low_closed_share",
    "high_closed_share",
)
_MOST_CURVES: Final = 8
_MOST_BANDS: Final = 3
_END: Final = 0.98
"""The curve is drawn until so many of those that ever close have closed."""


def closing_curve(
    survival: pl.DataFrame, promises: pl.DataFrame | None = None, *, half: float | None = None
) -> "alt.Chart | alt.LayerChart":
    """By when have journeys closed? Their share by the time since their start.

    Args:
        survival: `after_seconds, at_risk, closed_share, low_closed_share, high_closed_share`; the
            first column is the group where there are several.
        promises: `promise, promise_seconds, inside_share`; a line where there is one promise.
        half: By when half have closed, in seconds; where it isn't given it is read off the curve,
            which has fewer points than journeys.
    """
    group = next((c for c in survival.columns[:1] if c != "after_seconds"), None)
    if survival.is_empty() or not survival["closed_share"].max():
        return empty("No journey is closed yet, so none has a duration.", "Widen the filter.")
    shown = _largest(survival, group)
    end = _end(shown, group, promises)
    size, unit = axis_unit(end)
    rows = _rows(shown.filter(pl.col("after_seconds") <= end), group, size, end)
    layers = [*_curves(rows, group, unit, end / size), *_promise(promises, size, end)]
    import altair as alt

    return framed(
        alt.layer(*layers),
        _title(shown, group, promises, half),
        _subtitle(survival, group),
        height=260,
    )


def closing_curves(survivals: Mapping[str, pl.DataFrame]) -> "alt.Chart | alt.LayerChart":
    """By when have journeys of several selections closed? One curve each, on the same axes.

    Args:
        survivals: `after_seconds, at_risk, closed_share, low_closed_share, high_closed_share` of
            each selection, by what it is called.
    """
    return closing_curve(
        pl.concat(
            rows.select(pl.lit(name).alias("selection"), *_POINTS)
            for name, rows in survivals.items()
        )
    )


def _largest(survival: pl.DataFrame, group: str | None) -> pl.DataFrame:
    """Keep the groups with the most journeys, in their order."""
    if group is None:
        return survival
    most = survival.group_by(group, maintain_order=True).agg(pl.col("at_risk").max())
    names = most.sort("at_risk", descending=True, maintain_order=True)[group].head(_MOST_CURVES)
    return survival.filter(pl.col(group).is_in(names.implode(), nulls_equal=True))


def _end(survival: pl.DataFrame, group: str | None, promises: pl.DataFrame | None) -> float:
    """Return where the picture ends: most of each group has closed, and the promise is in it."""
    reached = pl.col("closed_share") >= _END * pl.col("closed_share").max()
    first = pl.col("after_seconds").filter(reached).min()
    ends = survival.group_by(group or pl.lit("")).agg(first)["after_seconds"]
    promised = [] if promises is None else promises["promise_seconds"].drop_nulls().to_list()
    return max([float(ends.median() or 0), *(1.2 * p for p in promised)]) or 1.0  # type: ignore[arg-type]


def _rows(
    survival: pl.DataFrame, group: str | None, size: float, end: float
) -> list[dict[str, Any]]:
    name = pl.lit("") if group is None else pl.col(group).fill_null("unknown")
    ends = ("closed_share", "low_closed_share", "high_closed_share")
    table = survival.select(
        name.alias("group"),
        (pl.col("after_seconds") / size).alias("at"),
        *(pl.col(c).alias(n) for c, n in zip(ends, ("share", "low", "high"), strict=True)),
    )
    start = (
        table.select("group")
        .unique(maintain_order=True)
        .with_columns(at=0.0, share=0.0, low=0.0, high=0.0)
    )
    last = table.group_by("group", maintain_order=True).last().with_columns(at=pl.lit(end / size))
    whole = pl.concat([start, table, last.select(table.columns)]).with_columns(
        when=pl.col("at").map_elements(
            lambda v: wording.duration(v * size), return_dtype=pl.String
        ),
        said=pl.col("share").map_elements(wording.share, return_dtype=pl.String),
        between=pl.format(
            "{} to {}",
            *(
                pl.col(c).map_elements(wording.share, return_dtype=pl.String)
                for c in ("low", "high")
            ),
        ),
    )
    return whole.to_dicts()


def _curves(
    rows: list[dict[str, Any]], group: str | None, unit: str, end: float
) -> "list[alt.Chart]":
    import altair as alt

    groups = list(dict.fromkeys(row["group"] for row in rows))
    scale = alt.Scale(domain=groups, range=list(theme.DEPARTMENTS[: len(groups)]))
    legend = alt.Legend(title=None, orient="bottom", columns=4, labelLimit=180, symbolOpacity=1)
    colour = alt.Color("group:N", scale=scale, legend=legend) if group else alt.value(theme.ACCENT)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "at:Q",
            title=f"Time since the start in {unit}",
            scale=alt.Scale(domain=[0, end], nice=False),
            axis=alt.Axis(tickCount=8, grid=False),
        ),
        color=colour,
    )
    share = alt.Axis(format="%", tickCount=5, domain=False)
    scale_y = alt.Scale(domain=[0, 1])
    tooltips = [
        *([alt.Tooltip("group:N", title=group.replace("_", " "))] if group else []),
        alt.Tooltip("when:N", title="Within"),
        alt.Tooltip("said:N", title="Closed"),
        alt.Tooltip("between:N", title="95 % interval"),
    ]
    band = base.mark_area(opacity=0.16, interpolate="step-after", line=False).encode(
        y=alt.Y("low:Q", scale=scale_y, axis=share, title="Journeys that have closed"),
        y2="high:Q",
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y("share:Q", scale=scale_y, axis=share, title="Journeys that have closed"),
        tooltip=tooltips,
    )
    # Many bands would hide each other: then the table has the intervals.
    return [band, line] if len(groups) <= _MOST_BANDS else [line]


def _promise(promises: pl.DataFrame | None, size: float, end: float) -> "list[alt.Chart]":
    """Draw a line at the promise, with the share that closes inside it."""
    import altair as alt

    if promises is None or promises["promise"].n_unique() != 1:
        return []
    seconds = promises["promise_seconds"][0]
    if seconds is None or seconds > end:
        return []
    right = seconds > 0.6 * end
    mark = {"at": seconds / size, "words": f"promise: {promises['promise'][0]}"}
    base = alt.Chart(alt.Data(values=[mark])).encode(x="at:Q")
    look: dict[str, Any] = {"align": "right" if right else "left", "dx": -6 if right else 6}
    return [
        base.mark_rule(color=theme.ALERT, strokeDash=[4, 3], strokeWidth=1.4),
        base.mark_text(
            baseline="bottom", y=252, color=theme.ALERT, fontWeight="bold", **look
        ).encode(text="words:N"),
    ]


def _title(
    survival: pl.DataFrame, group: str | None, promises: pl.DataFrame | None, half: float | None
) -> str:
    if promises is not None and promises.height and group is None:
        weighted = pl.col("inside_share") * pl.col("cases")
        kept = promises.select(weighted.sum() / pl.col("cases").sum()).item()
        named = ", ".join(
            f"{text.clean(row['segment'])} in {row['promise']}"
            if row["segment"]
            else row["promise"]
            for row in promises.iter_rows(named=True)
        )
        within = named if promises["promise"].n_unique() > 1 else promises["promise"][0]
        return f"{wording.share(kept)} of the journeys close inside the promise ({within})."
    if group is not None:
        return f"By when journeys close, by {group.replace('_', ' ')}."
    known = survival.filter(pl.col("closed_share") >= 0.5)["after_seconds"].min()
    half = known if half is None else half  # type: ignore[assignment]
    if half is None:
        highest = wording.share(survival["closed_share"].max())  # type: ignore[arg-type]
        return f"{highest} of the journeys close as long as they are seen."
    return f"Half of the journeys close within {wording.duration(half)}."


def _subtitle(survival: pl.DataFrame, group: str | None) -> str:
    number = survival[group].n_unique() if group else 1
    way = "Open journeys count for as long as they were seen"
    way += "; the band is the 95 % interval." if number <= _MOST_BANDS else "."
    return f"{way} The {_MOST_CURVES} largest of {number} groups." if number > _MOST_CURVES else way
