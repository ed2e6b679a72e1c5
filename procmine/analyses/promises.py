"""Are the promises to each segment kept, by whom, and does the queue know who is worth more?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import caveats
from procmine.business import said
from procmine.clustered import SHARE
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.policy import levels as levels_of
from procmine.policy import saying
from procmine.policy.asked import Asked, asked_for
from procmine.policy.attained import BROKEN, attained, decided, over_served
from procmine.policy.own_times import A_DEPARTMENT, OWN, WHOSE, held, own_times
from procmine.registry import analysis
from procmine.result import HIGH, LOW, Result
from procmine.schema import DEPARTMENT, JOURNEY_TYPE, SEGMENT
from procmine.wording import count

if TYPE_CHECKING:
    import altair as alt


_INSIDE: Final = "inside_share"
_SHARES: Final = (_INSIDE, LOW + _INSIDE, HIGH + _INSIDE, "p_value", "verdict")
_COUNTS: Final = ("cases", "customers", "kept_cases", "broken_cases", "undecided_cases")
_PROMISES: Final = (
    *("promise", DEPARTMENT, JOURNEY_TYPE, SEGMENT, "within", "goal", *_COUNTS, *_SHARES),
    *("used_share", "owner"),
)
_DEPARTMENTS: Final = (
    *(JOURNEY_TYPE, SEGMENT, WHOSE, DEPARTMENT, "basis", "promise", "goal", *_COUNTS, *_SHARES),
    *("time_share", "limit_seconds", "mean_seconds"),
    *("business_limit_seconds", "business_mean_seconds"),
)


@analysis
def promises(
    log: EventLog,
    *,
    policy: Path | None = None,
    promise: str | None = None,
    goal: float = 0.95,
    calendar: Path | None = None,
    permutations: int = 499,
    seed: int = 1,
) -> Result:
    """Say which promises are kept to which segments, by which departments, and who waits less.

    A promise is held to all journeys of its type and segment, the open ones followed as long as
    they were seen (Kaplan-Meier; Aalen & Johansen where some are abandoned, which never close). It
    is broken, or kept, where that is sure at 2.5 % for all promises together, customers being the
    units; else undecided. A department is held to its own promise, else to its part of the whole:
    the promised time, divided as the time of the journeys that are over is; its own time is its
    work and the waits inside it. A wait in a handoff is nobody's.

    The queue honours a segment's value where who is worth more waits less for the same step, of
    the same type of journey, begun in the same month. What a segment is worth stands in the policy;
    where it doesn't, who is promised less time is worth more.

    Formula: kept share = F(promise), the share of journeys closed by then; verdict by its interval
    against the goal; tau-b = (C - D) / sqrt(pairs that differ in worth x pairs that differ in
    wait), over pairs of waits for the same step, type of journey and month.

    Source: seed 001 (defined service levels, customers are not equal); Williams, Lifetime Data
    Analysis 1 (1995) and Korn & Graubard, Survey Methodology 24 (1998) for the intervals; Kendall,
    Biometrika 33 (1945); Newson, Stata Journal 6 (2006); Westfall & Young, Resampling-Based
    Multiple Testing, 1993.

    Args:
        log: The event log.
        policy: a file with the promises and what segments are worth (TOML)
        promise: promises in words, in place of a policy: "12 days", "60 business hours", or by
            segment "Business=12 days,Consumer=21 days"
        goal: the share of journeys that is to keep a promise in words
        calendar: a file of business hours (TOML), in place of the policy's: promises in business
            time need one, and waits in the queue are then compared in business time
        permutations: how many shuffles the queue is compared with
        seed: another number shuffles otherwise

    Returns:
        `promises`, a row for each promise, type of journey and segment: `promise, department,
        journey_type, segment, within, goal, cases, customers, kept_cases, broken_cases,
        undecided_cases, inside_share, p_value` (that the goal is missed, adjusted by Holm),
        `verdict` (kept, broken, undecided), `used_share` (the part of the promised time in which
        nine in ten close), `owner`; the department is null end to end. `departments`: whose time it
        is (`whose`: department, handoff or customer), `department, basis` (own promise, or its part
        of the promise), the same shares, `time_share` (of all time) and `limit_seconds,
        mean_seconds`, or `business_…`. `queue`, a row a type of journey, and `steps`, a row for
        each step: `waits, cases, customers, tau` (negative: who is worth more waits less),
        `sooner_share` (of pairs, in which he does), `p_value, adjusted_p_value, verdict` (honoured,
        reversed, not seen). `over_service`: segments of which nine in ten are served in half the
        promised time while a promise to another is broken. The ends of intervals stand in `low_…`
        and `high_…`.

    Raises:
        ConfigurationError: The policy or the calendar can't be used.
        OptionError: The promise or the goal can't be used, or there are too few shuffles.
        UnavailableError: Business time is promised, and the log isn't on Polars.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": [str(n // 2) for n in range(40)],
        ...         "activity": ["ask", "answer"] * 20,
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"] * 20,
        ...     }
        ... )
        >>> pm.promises(pm.read(table), promise="30 minutes").headline
        '1 promise is broken: 0 % of journeys close within 30 minutes (0 to 17 %), and 95 % are to.'
    """
    if permutations < 19:
        raise OptionError(f"{permutations} shuffles tell nothing.", "Give at least 19.")
    asked = asked_for(log, policy, promise, goal, calendar)
    kept, departments = _kept(log, asked)
    queue, steps, unseen = _queue(log, asked, permutations, seed)
    tables = {
        "promises": kept.select(_PROMISES),
        "departments": departments,
        "queue": queue,
        "steps": steps,
        "over_service": over_served(kept.filter(pl.col(DEPARTMENT).is_null())),
    }
    return Result(
        "promises",
        saying.headline(tables),
        (
            *saying.caveats(tables, asked.seen, asked.levels),
            *unseen,
            *caveats.open_unknown(log),
            *caveats.no_departments(log),
            *said(asked.calendars, [None]),
        ),
        tables,
        chart_of=_chart,
        broken=tuple(kept.filter(pl.col("verdict") == BROKEN)["promise"].unique().sort()),
    )


def _kept(log: EventLog, asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the promises and how they are kept, and the departments' parts."""
    levels = asked.levels
    whole = attained(asked.seen, levels.filter(pl.col(DEPARTMENT).is_null()))
    parts = [
        _held(log, asked, part, business=bool(business))
        for (business,), part in levels.group_by("business", maintain_order=True)
        if DEPARTMENT in log.columns
    ]
    if not parts:
        return _sorted(decided(whole), levels), pl.DataFrame(schema=_EMPTY)
    held_to = pl.concat(parts)
    own = held_to.filter(pl.col("basis") == OWN).with_columns(pl.col(SHARE).alias("most"))
    told = levels.select("promise", "within", "owner").unique("promise")
    stated = own.join(told, on="promise", how="left")
    together = decided(pl.concat([whole, stated], how="diagonal_relaxed"))
    divided = held_to.filter(pl.col("basis").ne_missing(OWN)).with_columns(
        pl.col(SHARE).alias("most")
    )
    departments = pl.concat(
        [together.filter(pl.col(DEPARTMENT).is_not_null()), decided(divided)],
        how="diagonal_relaxed",
    )
    return _sorted(together, levels), _departments(departments)


def _held(log: EventLog, asked: Asked, levels: pl.DataFrame, *, business: bool) -> pl.DataFrame:
    times = own_times(log, asked.seen, asked.calendars, business=business)
    return held(times, levels, asked.seen.cells.select(JOURNEY_TYPE, SEGMENT, "over_cases"))


def _sorted(table: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return every promise, those that hold for no journey with none."""
    order = [DEPARTMENT, JOURNEY_TYPE, SEGMENT, "promise"]
    unheld = levels.join(table, on=order, how="anti", nulls_equal=True)
    counts = unheld.with_columns(pl.lit(0, pl.Int64).alias(name) for name in _COUNTS)
    used = (pl.col("p90") / pl.col("limit")).alias("used_share")
    every = pl.concat([table, counts], how="diagonal_relaxed").with_columns(used)
    return every.sort(order, nulls_last=[False, True, True, True], maintain_order=True)


def _departments(table: pl.DataFrame) -> pl.DataFrame:
    """Say limits and means in seconds, of business time in columns of their own."""
    figures = [
        pl.when(pl.col("business") == business)
        .then(pl.col(old) / 1e6)
        .alias(f"{prefix}{old}_seconds")
        for prefix, business in (("", False), ("business_", True))
        for old in ("limit", "mean")
    ]
    nobody = (pl.col(WHOSE) == A_DEPARTMENT) & pl.col(DEPARTMENT).is_null()
    order = [JOURNEY_TYPE, SEGMENT, "promise", "time_share", WHOSE, DEPARTMENT]
    falling = [False, False, False, True, False, False]
    return (
        table.filter(~(nobody & (pl.col("time_share") == 0)))
        .with_columns(figures)
        .sort(order, descending=falling, nulls_last=True)
        .select(_DEPARTMENTS)
    )


_EMPTY: Final = pl.Schema(
    dict.fromkeys(_DEPARTMENTS, pl.Float64())
    | dict.fromkeys(
        (JOURNEY_TYPE, SEGMENT, WHOSE, DEPARTMENT, "basis", "promise", "verdict"), pl.String()
    )
    | dict.fromkeys(_COUNTS, pl.Int64())
)


def _queue(
    log: EventLog, asked: Asked, permutations: int, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Compare the queue with what segments are worth, and say what can't be compared."""
    from procmine.policy.queue import MOST_JOURNEYS, QUEUE, queues, waits

    worth = levels_of.worth(asked.policy, asked.levels)
    nothing = pl.DataFrame(schema=QUEUE)
    if (
        worth.group_by(JOURNEY_TYPE)
        .agg(pl.col("worth").n_unique())
        .filter(pl.col("worth") > 1)
        .is_empty()
    ):
        return nothing.drop("step"), nothing, [_NO_ORDER] if asked.levels.height else []
    found = waits(log, asked.seen, worth, asked.calendars)
    if found is None:
        most = count(MOST_JOURNEYS, "journey")
        fact = f"The queue isn't compared on this engine for more than {most}"
        return nothing.drop("step"), nothing, [f"{fact}; ask pm.read of the log as Parquet."]
    drawn = asked.seen.cells["cases"].sum() > MOST_JOURNEYS
    about = count(MOST_JOURNEYS, "journey")
    fact = f"The queue is compared in about {about}, of customers drawn at random."
    return *queues(found, permutations, seed), [fact] * drawn


_NO_ORDER: Final = (
    "No segment is worth more than another, so the queue has nothing to honour: say in the policy "
    "what each is worth ([segments.NAME] value = …), or promise them different times."
)


def _chart(result: Result, *, form: str = "promises", **options: Any) -> "alt.TopLevelMixin":
    """Draw how the promises are kept, how the departments' parts are, or who waits less."""
    from procmine.draw.kept import department_parts, promises_kept, queue_order

    forms = {
        "promises": (promises_kept, result.promises, result.headline),
        "departments": (department_parts, result.departments, saying.of_departments),
        "queue": (queue_order, result.steps, saying.of_steps),
    }
    if form not in forms:
        raise OptionError(f"Promises can't be drawn as '{form}'.", nearest(form, forms))
    draw, table, title = forms[form]
    return draw(table, title=title if isinstance(title, str) else title(table), **options)
