"""Rules of time: between two activities, or from the beginning of a journey to its end.

The time runs from an activity to the next one that answers it; asked twice, from the first time on.
Where no answer comes it runs until the journey's end, and while the journey is open until the log's
end: a journey that is over before the time is says nothing of the rule.
"""

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import followup
from procmine.policy.document import Rule
from procmine.policy.kinds import either
from procmine.policy.sequences import EVIDENCE, LACKING, TRIGGERED, VIOLATED
from procmine.policy.watched import IS_OPEN, KEY, Frame, Watched, held, lazy
from procmine.schema import ACTIVITY, CASE_START, ELAPSED, EVENT_NUMBER, TIMESTAMP
from procmine.wording import business, duration

if TYPE_CHECKING:
    from procmine.calendars import Calendars

_TOOK: Final = "__took_us"
_ANSWERED: Final = "__answered"
_FIRST, _THEN, _LAST = "__first", "__then", "__last_number"
_NEXT_KEY, _NEXT_THEN, _NEXT_AT, _NEXT_NUMBER = "__next_key", "__next_then", "__at", "__number"
_KEY_BEFORE, _FIRST_BEFORE = "__key_before", "__first_before"

LATE: Final = "__late"
"""Whether the time is over."""


def timed(watched: Watched, rule: Rule, calendars: "Calendars | None") -> tuple[Frame, Frame]:
    """Judge journeys by a rule of time.

    Args:
        watched: The journeys.
        rule: A time limit.
        calendars: Whose hours count where the rule counts business time.

    Returns:
        By journey whether it is `triggered_`, `violated_` and `lacking_` (late, if the journey goes
        on like this); and where those that break it do so: the event, and how long it took.
    """
    spans = _between(watched, rule) if rule.first else _whole(watched)
    spans = held(_measured(spans, rule, calendars))
    late, answered, is_open = nw.col(LATE), nw.col(_ANSWERED), nw.col(IS_OPEN)
    flags = spans.with_columns(
        (late | answered).alias(TRIGGERED),
        late.alias(VIOLATED),
        (~late & ~answered & is_open).alias(LACKING),
    )
    judged = flags.group_by(KEY).agg(nw.col(TRIGGERED, VIOLATED, LACKING).max())
    broken = flags.filter(late).select(KEY, EVENT_NUMBER, _TOOK, _ANSWERED)
    return judged, broken


def said(broken: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Say of each journey that is late how late it is: `KEY, event_number, evidence`."""
    first = broken.sort(KEY, EVENT_NUMBER).unique(KEY, keep="first", maintain_order=True)
    say = business if rule.within and rule.within.business else duration
    took = pl.col(_TOOK).map_elements(lambda us: say(us / 1e6), return_dtype=pl.String)
    counted = " of business time" if rule.within and rule.within.business else ""
    if rule.first:
        a, b = (_safe(either(names)) for names in (rule.first, rule.then))
        yes, no = f"{{}}{counted} from {a} to {b}", f"no {b} for {{}}{counted} after {a}"
    else:
        yes, no = f"it took {{}}{counted}", f"it was still open after {{}}{counted}"
    words = pl.when(_ANSWERED).then(pl.format(yes, took)).otherwise(pl.format(no, took))
    return first.select(KEY, EVENT_NUMBER, words.alias(EVIDENCE))


def _safe(name: str) -> str:
    return name.replace("{", "(").replace("}", ")")


def _whole(watched: Watched) -> Frame:
    """Measure journeys from their beginning to their end."""
    return watched.journeys.with_columns(
        nw.col(followup.EXIT).alias(_TOOK),
        (~nw.col(IS_OPEN)).alias(_ANSWERED),
        nw.col(CASE_START).alias(TIMESTAMP),
    )


def condition(rule: Rule) -> nw.Expr:
    """Hold for the events that a rule of time between two activities looks at."""
    return _is(rule.first) | _is(rule.then)


def columns(rule: Rule) -> list[str]:
    """Return what such a rule asks of those events."""
    is_business = rule.within is not None and rule.within.business
    return [ACTIVITY, ELAPSED, *([TIMESTAMP] if is_business else [])]


def _between(watched: Watched, rule: Rule) -> Frame:
    """Measure from each activity that asks to the one that answers it."""
    first, then = _is(rule.first).alias(_FIRST), _is(rule.then).alias(_THEN)
    at = [c for c in columns(rule) if c == TIMESTAMP]
    rows = watched.looked_at.filter(condition(rule))
    asking = _asking(watched, rows.select(KEY, EVENT_NUMBER, ELAPSED, *at, first, then))
    answered, since = nw.col(_ANSWERED), nw.col(ELAPSED)
    took, where = nw.col(_NEXT_AT) - since, nw.col(_NEXT_NUMBER)
    own = [KEY, _ANSWERED, *at]
    found = asking.filter(answered).select(
        *own, nw.lit(False).alias(IS_OPEN), took.alias(_TOOK), where.alias(EVENT_NUMBER)
    )
    journeys = watched.journeys.select(
        KEY, IS_OPEN, followup.EXIT, nw.col(EVENT_NUMBER).alias(_LAST)
    )
    waiting = asking.filter(~answered).join(journeys, on=KEY, how="inner")
    took, where = nw.col(followup.EXIT) - since, nw.col(_LAST)
    waited = waiting.select(*own, IS_OPEN, took.alias(_TOOK), where.alias(EVENT_NUMBER))
    return nw.concat([found, waited])


def _asking(watched: Watched, rows: Frame) -> Frame:
    """Keep the first of those that ask one after the other, with what comes next."""
    ordered, shifted = watched.in_order(rows)
    ordered = ordered.with_columns(
        shifted(KEY, 1).alias(_KEY_BEFORE), shifted(_FIRST, 1).alias(_FIRST_BEFORE)
    )
    again = (nw.col(_KEY_BEFORE) == nw.col(KEY)) & nw.col(_FIRST_BEFORE) & nw.col(_FIRST)
    ordered = ordered.filter(~again.fill_null(False))
    ordered = ordered.with_columns(
        shifted(KEY, -1).alias(_NEXT_KEY),
        shifted(_THEN, -1).alias(_NEXT_THEN),
        shifted(ELAPSED, -1).alias(_NEXT_AT),
        shifted(EVENT_NUMBER, -1).alias(_NEXT_NUMBER),
    )
    answered = ((nw.col(_NEXT_KEY) == nw.col(KEY)) & nw.col(_NEXT_THEN)).fill_null(False)
    return lazy(ordered.with_columns(answered.alias(_ANSWERED)).filter(nw.col(_FIRST)))


def _is(names: tuple[str, ...]) -> nw.Expr:
    """Hold for the events of these activities: names one by one, which categories compare fast."""
    one, *others = (nw.col(ACTIVITY) == name for name in names)
    for other in others:
        one = one | other
    return one


def _measured(spans: Frame, rule: Rule, calendars: "Calendars | None") -> Frame:
    """Say which spans are too long, by the clock of the rule."""
    within = rule.within
    assert within is not None  # noqa: S101  (the document asks for it)
    if not within.business:
        return spans.with_columns((nw.col(_TOOK) > within.length_us).alias(LATE))
    everybody = calendars.of(None) if calendars else None
    assert calendars is not None and everybody is not None  # noqa: S101, PT018  (check refuses it before)
    native: Any = nw.to_native(spans)
    start = pl.col(TIMESTAMP)
    took = calendars.between(start, start + pl.duration(microseconds=pl.col(_TOOK)))
    timed_ = native.with_columns(took.alias(_TOOK))
    limit = within.within(everybody.working_day_us)
    return nw.from_native(timed_.with_columns((pl.col(_TOOK) > limit).alias(LATE)))
