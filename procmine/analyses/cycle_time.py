"""How long does the customer's journey take, end to end?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats, followup
from procmine.business import open_calendars, said
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.policy.kept import INSIDE, inside, promised
from procmine.policy.promises import read_promises
from procmine.prepare.times import PERIODS
from procmine.quantiles import EXACT_ROWS
from procmine.registry import analysis
from procmine.result import HIGH, LOW, Result
from procmine.schema import SEGMENT
from procmine.survival import SHARES, curves, reached, thinned
from procmine.wording import count, duration, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.calendars import Calendars

_ALL = "__all"
_CLOSING = {"closing_median": 0.5, "closing_p90": 0.9}


@analysis
def cycle_time(
    log: EventLog,
    *,
    by: str | None = None,
    promise: str | None = None,
    calendar: Path | None = None,
    observed_from: str | None = None,
    observed_until: str | None = None,
) -> Result:
    """Say how long journeys take from their first start to their last completion.

    Where the log knows which journeys are still open (`outcomes`, or a `journey_state`), the mean,
    median and percentile of the closed ones alone are too short, since the long ones are those
    that are still open. Beside them stand the times by which half and nine in ten of all journeys
    close, the open ones followed for as long as they were seen: the Kaplan-Meier estimate, and
    Aalen & Johansen's where some are abandoned, which then never close (dated at their last event).
    See `procmine.survival`; intervals hold 95 %, journeys taken as independent.

    Formula: closed(t) = sum over times s up to t of S(s-) closed(s) / at risk(s), where S(t) = the
    product of 1 - left(s) / at risk(s): Aalen & Johansen's; without abandoned journeys it is
    1 - Kaplan & Meier's S(t). The median is the first t with closed(t) of one half.

    Source: Kaplan & Meier 1958; Aalen & Johansen 1978; intervals of medians: Brookmeyer & Crowley
    1982.

    Args:
        log: The event log.
        by: ask for each value of a column (segment, channel, journey_type …), or for each day,
            week, month, quarter or year in which journeys began
        promise: the time within which journeys are to close: "12 days", "60 business hours", or by
            segment "Business=12 days,Consumer=21 days"
        calendar: a file of business hours (TOML); business time stands beside calendar time
        observed_from: when the log began to see journeys; those that began before enter late
        observed_until: until when it saw them; its last event where this isn't given

    Returns:
        `summary` (one row): `cases, open_cases, mean_seconds, median_seconds, p90_seconds,
        max_seconds` of the closed journeys, `abandoned_cases, closing_median_seconds,
        closing_p90_seconds` of all; with a calendar the same as `business_…`; with a promise
        `inside_share`. `histogram`: `from_seconds, to_seconds, cases`, bars of named length.
        `survival`: `after_seconds, at_risk, closed_share, open_share, abandoned_share`, one in
        all. `groups`, where asked `by`: the columns of the summary for each group. `promises`,
        where something is promised: `segment, promise, cases, kept_cases, broken_cases,
        undecided_cases, inside_share`. The ends of intervals stand in `low_…` and `high_…`.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.cycle_time(pm.read(table)).headline
        'Half of the journeys take 1 hour or longer; one in ten takes more than 1 hour.'
    """
    calendars = open_calendars(log, calendar)
    journeys = _journeys(log, by, calendars, observed_from, observed_until)
    limits = _limits(promise, journeys, calendars)
    summary = _figures(journeys, [_ALL], limits, known=followup.known(log)).drop(_ALL)
    tables = {"summary": summary, "histogram": _histogram(journeys[False])}
    keys = [by] if by else []
    tables["survival"] = _survival(journeys[False], keys)
    if by:
        groups = _figures(journeys, [by], limits, known=followup.known(log))
        order = [pl.col(by)] if by in PERIODS else [-pl.col("cases"), pl.col(by)]
        tables["groups"] = groups.sort(order, nulls_last=True)
    if limits is not None:
        tables["promises"] = _promises(journeys, limits)
    row = summary.row(0, named=True)
    if log.meta.protected is not None:
        tables["survival"] = followup.at_named_times(curves(journeys[False], keys or [_ALL]), keys)
        watched = _watched(log, by, observed_from, observed_until)
        tables = followup.of_whom(log, tables, watched, keys)
    return Result(
        "cycle_time",
        _headline(row, promise),
        (
            *_open(row),
            *_late(journeys[False], observed_from),
            *caveats.open_unknown(log),
            *caveats.sketched(_number(journeys[False])),
            *_unpromised(journeys[False], limits),
            *said(calendars, [None]),
        ),
        tables,
        chart_of=_chart,
    )


def _journeys(
    log: EventLog,
    by: str | None,
    calendars: "Calendars | None",
    since: str | None,
    until: str | None,
) -> dict[bool, pl.DataFrame]:
    """Count the journeys on each clock: calendar time (False), and business time (True)."""
    table = _watched(log, by, since, until)
    table = followup.with_business_time(table, calendars) if calendars else table
    keys = [SEGMENT, by] if by and by != SEGMENT else [SEGMENT]
    exact = log.size[1] <= EXACT_ROWS
    clocks = (False, True) if calendars else (False,)
    counted = {c: followup.counted(table, keys, business=c, exact=exact) for c in clocks}
    return {c: followup.leaving(f).with_columns(pl.lit("").alias(_ALL)) for c, f in counted.items()}


def _watched(
    log: EventLog, by: str | None, since: str | None, until: str | None
) -> nw.LazyFrame[Any]:
    """Return a row a journey, with its segment and its group."""
    table = followup.followed(log, since=since, until=until)
    table = followup.with_groups(log, table, by) if by else table
    known = SEGMENT in log.columns
    segment = nw.col(SEGMENT).cast(nw.String) if known else nw.lit(None, nw.String)
    return table.with_columns(segment.alias(SEGMENT))


def _limits(
    promise: str | None, journeys: Mapping[bool, pl.DataFrame], calendars: "Calendars | None"
) -> pl.DataFrame | None:
    """Say what is promised to each segment, on which clock; None where nothing is."""
    if promise is None:
        return None
    promises = read_promises(promise)
    everybody = calendars.of(None) if calendars else None
    if everybody is None and any(p.business for p in promises.values()):
        raise OptionError(
            f"'{promise}' is business time, and no calendar says when that is.",
            "Give a calendar (calendar, --calendar FILE).",
        )
    segments = journeys[False][SEGMENT].unique().sort().to_list()
    return promised(promises, segments, everybody and everybody.working_day_us)


def _figures(
    journeys: Mapping[bool, pl.DataFrame],
    keys: list[str],
    limits: pl.DataFrame | None,
    *,
    known: bool,
) -> pl.DataFrame:
    """Say for each group how many journeys stand how, how long they take, and what is kept."""
    states = [("open_cases", "open"), ("abandoned_cases", "abandoned")]
    sums = [(pl.col(way).sum() if known else pl.lit(None, pl.Int64)).alias(n) for n, way in states]
    plain = journeys[False]
    groups = (
        plain.group_by(keys).agg(sums)
        if keys != [_ALL]
        else plain.select(pl.lit("").alias(_ALL), *sums)
    )
    for business, counted in journeys.items():
        prefix = "business_" if business else ""
        for part in (followup.measures(counted, keys), *_closing(counted, keys)):
            names = {c: prefix + c for c in part.columns if c not in keys}
            groups = groups.join(part.rename(names), on=keys, how="left", nulls_equal=True)
    if limits is not None:
        kept = inside(journeys, limits, keys).select(*keys, LOW + INSIDE, INSIDE, HIGH + INSIDE)
        groups = groups.join(kept, on=keys, how="left", nulls_equal=True)
    first = ("cases", "open_cases", "mean_seconds", "median_seconds", "p90_seconds", "max_seconds")
    return groups.with_columns(pl.col("cases").fill_null(0)).select(
        *keys, *first, pl.exclude(*keys, *first, "business_cases")
    )


def _closing(counted: pl.DataFrame, keys: list[str]) -> list[pl.DataFrame]:
    """Say by when half, and nine in ten, of all journeys have closed."""
    curve = curves(counted, keys)
    found = [reached(curve, keys, part, f"{name}_seconds") for name, part in _CLOSING.items()]
    return [f.with_columns(pl.exclude(keys) / 1e6) for f in found]


def _survival(counted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the curve, or each group's, at as many times as a picture shows."""
    curve = curves(counted, keys or [_ALL])
    shares = [end + name for name in SHARES for end in ("", LOW, HIGH)]
    seconds = (pl.col("time") / 1e6).alias("after_seconds")
    return thinned(curve, keys or [_ALL]).select(*keys, seconds, "at_risk", *shares)


def _promises(journeys: Mapping[bool, pl.DataFrame], limits: pl.DataFrame) -> pl.DataFrame:
    kept = inside(journeys, limits, [SEGMENT])
    said = limits.select(SEGMENT, "promise", _promised_seconds())
    return said.join(kept, on=SEGMENT, nulls_equal=True).sort(SEGMENT, nulls_last=True)


def _promised_seconds() -> pl.Expr:
    """The promise in seconds of calendar time; business time has no length on that clock."""
    return pl.when(~pl.col("business")).then(pl.col("limit") / 1e6).alias("promise_seconds")


def _histogram(counted: pl.DataFrame) -> pl.DataFrame:
    """Count the closed journeys between each two durations that have a name."""
    steps = list(map(float, followup.STEPS))
    edges = pl.DataFrame(
        {
            "bar": range(len(steps) + 1),
            "from_seconds": [0.0, *steps],
            "to_seconds": [*steps, None],
        }
    )
    closed = counted.group_by("bar").agg(pl.col("closed").sum().alias("cases"))
    bars = edges.join(closed, on="bar", how="left").sort("bar")
    bars = bars.with_columns(pl.col("cases").fill_null(0))
    filled = bars.filter(pl.col("cases") > 0)["bar"]
    if filled.is_empty():
        return bars.clear().drop("bar")
    return bars.filter(pl.col("bar").is_between(filled.min(), filled.max())).drop("bar")


def _headline(row: dict[str, Any], promise: str | None) -> str:
    if not row["cases"]:
        return "No journey is closed yet."
    kept = ""
    if promise is not None and row[INSIDE] is not None:
        ends = f"{share(row[LOW + INSIDE])} to {share(row[HIGH + INSIDE])}"
        kept = f" {share(row[INSIDE])} of all journeys close inside the promise ({ends})."
    if not (row["open_cases"] or row["abandoned_cases"]):
        return (
            f"Half of the journeys take {duration(row['median_seconds'])} or longer; "
            f"one in ten takes more than {duration(row['p90_seconds'])}.{kept}"
        )
    half = row["closing_median_seconds"]
    of_all = f"Half of all journeys close within {duration(half)}"
    if half is None:
        of_all = "Fewer than half of all journeys close as long as they are seen"
    return (
        f"{of_all}; those that are closed took a median of {duration(row['median_seconds'])}.{kept}"
    )


def _number(counted: pl.DataFrame) -> int:
    """How many journeys that is."""
    return counted.select(pl.col("count").sum()).item()


def _open(row: dict[str, Any]) -> list[str]:
    """Say what open and abandoned journeys do to the figures of the closed ones."""
    sentences: list[str] = []
    if row["open_cases"]:
        fact = f"{count(row['open_cases'], 'journey is', 'journeys are')} still open"
        sentences.append(
            f"{fact}: mean, median, 90th percentile and longest are of the closed ones alone, and "
            "too short; the closing times count all."
        )
    if row["abandoned_cases"]:
        fact = f"{count(row['abandoned_cases'], 'journey was', 'journeys were')} abandoned"
        sentences.append(f"{fact} and never close: no promise to them is kept.")
    return sentences


def _late(counted: pl.DataFrame, since: str | None) -> list[str]:
    """Say which journeys entered late, and whether too few were watched from their start."""
    if since is None:
        return []
    unseen = _number(counted.filter(pl.col("entry") >= pl.col("exit")))
    late = _number(counted.filter(pl.col("entry") < pl.col("exit")))
    fact = f"{count(late, 'journey')} began before {since} and {'is' if late == 1 else 'are'}"
    sentences = [f"{fact} counted from then on; {number(unseen)} that ended before it left out."]
    curve = curves(counted, [_ALL])
    emptied = curve.filter((pl.col("open_share") <= 0) & (pl.col("time") < pl.col("time").max()))
    if emptied.height:
        sentences.append(
            "At some time so few journeys were watched that all of them ended: closing times and "
            "shares after that say nothing."
        )
    return sentences


def _unpromised(counted: pl.DataFrame, limits: pl.DataFrame | None) -> list[str]:
    if limits is None:
        return []
    left = _number(counted.join(limits, on=SEGMENT, how="anti", nulls_equal=True))
    if not left:
        return []
    return [f"Nothing is promised to the segments of {count(left, 'journey')}: left out."]


def _chart(result: Result, *, form: str = "histogram", **options: Any) -> "alt.TopLevelMixin":
    """Draw the histogram of the closed journeys, or the curve of all."""
    from procmine.draw.charts import closing_curve, cycle_time_histogram

    if form == "histogram":
        return cycle_time_histogram(result.histogram, result.summary, **options)
    if form != "curve":
        raise OptionError(
            f"Cycle times can't be drawn as '{form}'.", nearest(form, ["histogram", "curve"])
        )
    half = next(iter(result.summary["closing_median_seconds"]), None)
    return closing_curve(result.survival, result.tables.get("promises"), half=half, **options)
