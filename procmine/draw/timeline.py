"""One journey as a timeline: its events in the lanes of departments, its waits between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any, Final

import polars as pl

from procmine.draw import theme
from procmine.draw.svg import FONTS
from procmine.draw.text import clean, shorten, width
from procmine.draw.ticks import ticks
from procmine.wording import count, duration, number

MOST: Final = 80
"""More events than these can't be told apart in a picture."""
CUSTOMER: Final = "The customer"
NOWHERE: Final = "No department"
_WIDE: Final = 1000.0
_LEFT: Final = 138.0
_RIGHT: Final = 16.0
_TOP: Final = 6.0
_LEVEL: Final = 20.0
_BELOW: Final = 26.0
_AXIS: Final = 26.0
_RADIUS: Final = 8.0
_BAR: Final = 8.0
_SIZE: Final = 11.0
_LEVELS: Final = 6


@dataclass(frozen=True)
class Timeline:
    """The picture of one journey.

    Attributes:
        caption: The sentence that says what to see.
        hidden: The sentence that says how many events aren't drawn; empty where all are.
        svg: The picture, with a title on each part.
    """

    caption: str
    hidden: str
    svg: str


@dataclass(frozen=True)
class _Event:
    number: int
    name: str
    lane: str
    start: datetime
    end: datetime
    wait: float
    own: bool
    row: Mapping[str, Any]


@dataclass
class _Lane:
    name: str
    colour: str
    top: float = 0.0
    base: float = 0.0
    levels: int = 1


@dataclass(frozen=True)
class _Mark:
    event: _Event
    level: int
    left: bool
    named: bool


def timeline(
    journey: str, course: pl.DataFrame, colours: Mapping[str, str] | None = None
) -> Timeline:
    """Draw a journey.

    Args:
        journey: What it is called.
        course: What happened, as `procmine.course.course` returns it; at least one event.
        colours: The colour of each department; the usual ones if not given.

    Example:
        >>> from procmine.course import course
        >>> import procmine as pm
        >>> times = ["2026-01-05T09:00Z", "2026-01-05T10:00Z"]
        >>> table = pl.DataFrame({"case": ["1", "1"], "activity": ["a", "b"], "time": times})
        >>> timeline("1", course(pm.read(table), "1")).caption
        'Journey 1 took 1 hour; its longest wait was 1 hour, before b.'
    """
    events = [_event(row) for row in course.head(MOST).iter_rows(named=True)]
    colours = colours or theme.department_colours(course["department"].to_list())
    caption = _caption(journey, course)
    hidden = ""
    if course.height > MOST:
        hidden = (
            f"The first {MOST} of {number(course.height)} events are drawn; the table has them all."
        )
    return Timeline(caption, hidden, _drawn(events, colours, f"{caption} {hidden}".strip()))


def _event(row: Mapping[str, Any]) -> _Event:
    end = row["end"]
    start = end if row["start"] is None else row["start"]
    lane = CUSTOMER if row["by_customer"] else row["department"] or NOWHERE
    wait = row["wait_seconds"] or 0.0
    name = clean(row["activity"])
    return _Event(row["event"], name, lane, start, end, wait, row["by_customer"], row)


def _caption(journey: str, course: pl.DataFrame) -> str:
    begun = course.select(pl.min_horizontal("start", "end").min()).item()
    took = duration((course["end"].max() - begun).total_seconds())
    departments = course["department"].drop_nulls().n_unique()
    through = f" through {count(departments, 'department')}" if departments > 1 else ""
    state = f"is open, {took} so far" if course["is_open"][0] else f"took {took}"
    said = f"Journey {clean(journey)} {state}{through}"
    waits = course.filter(pl.col("wait_seconds") > 0)
    if waits.is_empty():
        return f"{said}."
    longest = waits.sort("wait_seconds", descending=True, maintain_order=True).row(0, named=True)
    return (
        f"{said}; its longest wait was {duration(longest['wait_seconds'])}, "
        f"before {clean(longest['activity'])}."
    )


class _Scale:
    """Where an instant lies across the picture."""

    def __init__(self, events: Sequence[_Event]) -> None:
        self.first = min(event.start for event in events)
        self.last = max(event.end for event in events)
        self.seconds = (self.last - self.first).total_seconds()

    def __call__(self, moment: datetime) -> float:
        room = _WIDE - _LEFT - _RIGHT - 2 * _RADIUS
        part = (moment - self.first).total_seconds() / self.seconds if self.seconds else 0.5
        return round(_LEFT + _RADIUS + room * part, 1)


def _drawn(events: Sequence[_Event], colours: Mapping[str, str], said: str) -> str:
    at = _Scale(events)
    lanes = {
        name: _Lane(name, colours.get(name, theme.INK if name == CUSTOMER else theme.MUTED))
        for name in dict.fromkeys(event.lane for event in events)
    }
    marks = _placed(events, lanes, at)
    below = _TOP
    for lane in lanes.values():
        lane.top = below
        lane.base = below + 8 + lane.levels * _LEVEL
        below = lane.base + _BELOW
    parts = [
        *_grid(at, below),
        *(_band(lane, len(lanes) > 1) for lane in lanes.values()),
        *_handoffs(events, lanes, at),
        *_bars(events, lanes, at),
        *(_mark(mark, lanes[mark.event.lane], at) for mark in marks),
    ]
    high = below + _AXIS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:.0f} {high:.0f}" '
        f'width="{_WIDE:.0f}" height="{high:.0f}" role="img" aria-label="{escape(said)}" '
        f'font-family="{FONTS}" font-size="{_SIZE:g}" '
        f'style="max-width:100%;min-width:640px;height:auto">{"".join(parts)}</svg>'
    )


def _placed(events: Sequence[_Event], lanes: Mapping[str, _Lane], at: _Scale) -> list[_Mark]:
    """Put each event's mark, with its name where there is room, on a level that is free there."""
    taken: dict[tuple[str, int], float] = {}
    marks: list[_Mark] = []
    for event in events:
        x, long = at(event.end), width(event.name, _SIZE) + _RADIUS + 8
        left = x + long > _WIDE
        span = (x - long, x + _RADIUS) if left else (x - _RADIUS, x + long)
        level = _free(taken, event.lane, span[0])
        named = level is not None
        if level is None:  # too many at a time: the number alone, and the table
            span = (x - _RADIUS, x + _RADIUS)
            level = _free(taken, event.lane, span[0])
        if level is None:
            level = min(range(_LEVELS), key=lambda n: taken.get((event.lane, n), 0.0))
        taken[event.lane, level] = max(span[1], taken.get((event.lane, level), 0.0)) + 3
        lanes[event.lane].levels = max(lanes[event.lane].levels, level + 1)
        marks.append(_Mark(event, level, left, named))
    return marks


def _free(taken: Mapping[tuple[str, int], float], lane: str, since: float) -> int | None:
    return next((n for n in range(_LEVELS) if taken.get((lane, n), 0.0) <= since), None)


def _grid(at: _Scale, bottom: float) -> Iterator[str]:
    for moment, label in ticks(at.first, at.last):
        x = at(moment)
        yield f'<path d="M{x} {_TOP}V{bottom}" stroke="{theme.GRID}"/>'
        yield (
            f'<text x="{x}" y="{bottom + 16:g}" text-anchor="middle" fill="{theme.MUTED}">'
            f"{escape(label)}</text>"
        )


def _band(lane: _Lane, several: bool) -> str:  # noqa: FBT001
    high = lane.base + _BELOW - lane.top - 4
    band = (
        f'<rect x="0" y="{lane.top:g}" width="{_WIDE:g}" height="{high:g}" rx="6" '
        f'fill="{theme.tint(lane.colour, 0.07)}" fill-opacity="0.75"/>'
    )
    if not several and lane.name == NOWHERE:
        return band
    name = escape(shorten(clean(lane.name), _LEFT - 20, _SIZE, bold=True))
    words = (
        f'<text x="10" y="{lane.base + 4:g}" font-weight="bold" fill="{lane.colour}">{name}</text>'
    )
    return band + words


def _handoffs(events: Sequence[_Event], lanes: Mapping[str, _Lane], at: _Scale) -> Iterator[str]:
    for before, event in pairwise(events):
        if before.lane != event.lane:
            one, other = lanes[before.lane].base, lanes[event.lane].base
            x = min(at(event.start) - _long(event, at), at(event.start))
            title = escape(f"From {before.lane} to {event.lane}")
            yield (
                f'<path class="handoff" d="M{x:g} {one:g}V{other:g}" stroke="{theme.MUTED}" '
                f'stroke-width="1.5" stroke-dasharray="4 3"><title>{title}</title></path>'
            )


def _long(event: _Event, at: _Scale) -> float:
    room = _WIDE - _LEFT - _RIGHT - 2 * _RADIUS
    return event.wait / at.seconds * room if at.seconds else 0.0


def _bars(events: Sequence[_Event], lanes: Mapping[str, _Lane], at: _Scale) -> Iterator[str]:
    """Draw each wait up to the event that ended it, and the work on the event behind it."""
    highest = max(event.wait for event in events)
    for event in events:
        lane, x, long = lanes[event.lane], at(event.start), _long(event, at)
        step = theme.heat(event.wait, highest)
        if long:
            said = f"{duration(event.wait)} of waiting before {event.name}"
            said += ", the customer's own" if event.own else ""
            colour = theme.LINE if event.own else theme.WAIT_LINES[step]
            yield _bar("wait", (x - long, long), lane.base, colour, said)
            label = duration(event.wait, short=True)
            if width(label, _SIZE) + 6 < long:
                words = theme.MUTED if event.own else theme.WAIT_WORDS[step]
                yield (
                    f'<text x="{x - long / 2:.1f}" y="{lane.base + 17:g}" text-anchor="middle" '
                    f'fill="{words}">{escape(label)}</text>'
                )
        worked = at(event.end) - x
        if worked > 0:
            said = f"{duration((event.end - event.start).total_seconds())} of work: {event.name}"
            yield _bar("work", (x, worked), lane.base, lane.colour, said)


def _bar(kind: str, across: tuple[float, float], base: float, colour: str, said: str) -> str:
    x, long = across
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{base - _BAR / 2:g}" width="{max(long, 1):.1f}" '
        f'height="{_BAR:g}" rx="2" fill="{colour}"><title>{escape(said)}</title></rect>'
    )


def _mark(mark: _Mark, lane: _Lane, at: _Scale) -> str:
    event, x = mark.event, at(mark.event.end)
    y = lane.base - _LEVEL * (mark.level + 1) + 4
    who = event.row["resource"] or event.row["department"]
    told = [f"{event.number}. {event.name}", f"{event.end:%Y-%m-%d %H:%M}", clean(who or "")]
    title = escape("\n".join(line for line in told[: 3 if who else 2]))
    words = ""
    if mark.named:
        beside = -(_RADIUS + 4) if mark.left else _RADIUS + 4
        words = (
            f'<text x="{x + beside:g}" y="{y + 4:g}" fill="{theme.INK}" '
            f'text-anchor="{"end" if mark.left else "start"}" paint-order="stroke" '
            f'stroke="{theme.PAPER}" stroke-width="3" stroke-linejoin="round">'
            f"{escape(event.name)}</text>"
        )
    return (
        f'<g class="event"><title>{title}</title>'
        f'<path d="M{x} {y:g}V{lane.base:g}" stroke="{lane.colour}" stroke-opacity="0.45"/>'
        f'<circle cx="{x}" cy="{y:g}" r="{_RADIUS:g}" fill="{lane.colour}"/>'
        f'<text x="{x}" y="{y + 3.2:g}" font-size="9" font-weight="bold" text-anchor="middle" '
        f'fill="{theme.PAPER}">{event.number}</text>{words}</g>'
    )
