"""What is planted in the airline log, and how large."""

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from ..draws import Draws

ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Authority:
    """From a date on the front line decides refunds; before, they need approval.

    Attributes:
        date: Refunds requested from this day on may be decided by whoever takes the call.
        decided_at_once_share_before: Share of requests the call centre decides itself.
        decided_at_once_share_after: The same, from the date on.
        approval_median_hours: Working hours that an approval waits in Revenue accounting.
    """

    date: dt.date = dt.date(2025, 7, 1)
    decided_at_once_share_before: float = 0.05
    decided_at_once_share_after: float = 0.85
    approval_median_hours: float = 30.0


@dataclass(frozen=True)
class FirstMoment:
    """A bad first moment at check-in worsens the end of the trip.

    Attributes:
        bad_share: Share of passengers who are sent to another desk at first.
        complaint_share_good: Share of trips that end in a complaint, of an otherwise smooth trip
            after a good first moment.
        added_complaint_share: What a bad first moment adds to that.
        lost_score: Points, of ten, that it takes from the survey's score.
    """

    bad_share: float = 0.12
    complaint_share_good: float = 0.06
    added_complaint_share: float = 0.18
    lost_score: float = 2.0


@dataclass(frozen=True)
class Operations:
    """What passengers never meet decides whether they are on time.

    Attributes:
        late_fuel_share: Share of departures whose fuel comes late.
        late_fuel_minutes: Median minutes by which it does.
        added_complaint_share: What a delay of half an hour adds to the share of complaints.
        lost_score: Points that such a delay takes from the survey's score.
    """

    late_fuel_share: float = 0.18
    late_fuel_minutes: float = 55.0
    added_complaint_share: float = 0.12
    lost_score: float = 1.5


@dataclass(frozen=True)
class BaggageDrive:
    """Baggage handling becomes faster, and loses more bags.

    Attributes:
        date: From when on.
        minutes_before: Median minutes to load a bag.
        minutes_after: The same, from the date on.
        missing_share_before: Share of bags that don't arrive with their owner.
        missing_share_after: The same, from the date on.
        lost_score: Points that a missing bag takes from the survey's score.
        lost_peer_score: Points that Baggage handling loses in the peer survey.
    """

    date: dt.date = dt.date(2025, 8, 15)
    minutes_before: float = 9.0
    minutes_after: float = 6.0
    missing_share_before: float = 0.03
    missing_share_after: float = 0.08
    lost_score: float = 3.0
    lost_peer_score: float = 1.2


@dataclass(frozen=True)
class Sharing:
    """An e-mail address that many passengers share: a travel agency's.

    Attributes:
        share: Share of customers whom the agency books for.
    """

    share: float = 0.04


@dataclass(frozen=True)
class Requests:
    """How often passengers ask for money back, and answer surveys.

    Attributes:
        refund_share: Share of trips after which a refund is requested.
        refused_share: Share of requests that are refused.
        survey_share: Share of trips after which the survey is answered.
    """

    refund_share: float = 0.07
    refused_share: float = 0.12
    survey_share: float = 0.6


@dataclass(frozen=True)
class Planted:
    """Everything that is planted, with its size.

    Example:
        >>> Planted().authority.date.isoformat()
        '2025-07-01'
    """

    authority: Authority = field(default_factory=Authority)
    first_moment: FirstMoment = field(default_factory=FirstMoment)
    operations: Operations = field(default_factory=Operations)
    baggage_drive: BaggageDrive = field(default_factory=BaggageDrive)
    shared_email: Sharing = field(default_factory=Sharing)
    requests: Requests = field(default_factory=Requests)


def drawn(seed: int) -> Planted:
    """Return the same kinds of effects with sizes and dates that the seed chooses."""
    draws = Draws(seed, 9, 1)

    def between(low: float, high: float, digits: int = 2) -> float:
        return round(low + (high - low) * draws.uniform(1).item(), digits)

    def day(first: dt.date) -> dt.date:
        return first + dt.timedelta(days=int(draws.below(1, 36).item()))

    return Planted(
        authority=Authority(
            date=day(dt.date(2025, 5, 20)),
            decided_at_once_share_before=between(0.03, 0.08),
            decided_at_once_share_after=between(0.8, 0.9),
            approval_median_hours=between(24, 36, 0),
        ),
        first_moment=FirstMoment(
            bad_share=between(0.1, 0.15),
            added_complaint_share=between(0.16, 0.24),
            lost_score=between(1.6, 2.4, 1),
        ),
        operations=Operations(
            late_fuel_share=between(0.15, 0.22),
            late_fuel_minutes=between(50, 65, 0),
            added_complaint_share=between(0.1, 0.16),
            lost_score=between(1.2, 1.8, 1),
        ),
        baggage_drive=BaggageDrive(
            date=day(dt.date(2025, 8, 1)),
            missing_share_before=between(0.02, 0.03, 3),
            missing_share_after=between(0.07, 0.1, 3),
            lost_peer_score=between(1.0, 1.5, 1),
        ),
    )


def nothing(seed: int) -> Planted:
    """Return what `drawn` does with every effect switched off: no size, or equal ones."""
    planted = drawn(seed)
    authority, drive = planted.authority, planted.baggage_drive
    return replace(
        planted,
        authority=replace(
            authority, decided_at_once_share_after=authority.decided_at_once_share_before
        ),
        first_moment=replace(planted.first_moment, added_complaint_share=0.0, lost_score=0.0),
        operations=replace(
            planted.operations, late_fuel_share=0.0, added_complaint_share=0.0, lost_score=0.0
        ),
        baggage_drive=replace(
            drive,
            minutes_after=drive.minutes_before,
            missing_share_after=drive.missing_share_before,
            lost_score=0.0,
            lost_peer_score=0.0,
        ),
        shared_email=Sharing(0.0),
    )
