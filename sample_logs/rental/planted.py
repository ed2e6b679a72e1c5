"""What is planted in the rental log, and how large."""

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from ..draws import Draws

ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class PriceRise:
    """Pricing raises what a rental costs; who pays it complains more and comes back less.

    Attributes:
        date: Cars picked up from this day on cost more.
        factor: The new price against the old one.
        complaint_share_before: Share of rentals followed by a complaint about the price.
        complaint_share_after: The same, from the date on.
        return_share_before: Share of customers who book again after a rental.
        return_share_after: The same, from the date on.
        lost_score: Points, of ten, that it takes from the survey's score.
    """

    date: dt.date = dt.date(2025, 7, 1)
    factor: float = 1.2
    complaint_share_before: float = 0.04
    complaint_share_after: float = 0.14
    return_share_before: float = 0.45
    return_share_after: float = 0.3
    lost_score: float = 1.5


@dataclass(frozen=True)
class Surprise:
    """Invoices that say more than the booking did.

    Attributes:
        share: Share of invoices with a charge that nobody told the customer of.
        added_complaint_share: What such a charge adds to the share of price complaints.
        lost_score: Points that it takes from the survey's score.
    """

    share: float = 0.15
    added_complaint_share: float = 0.25
    lost_score: float = 1.2


@dataclass(frozen=True)
class Counter:
    """Rentals whose car isn't ready when the customer comes.

    Attributes:
        share: Share of rentals for which the car is still being cleaned.
        wait_minutes: Median minutes that the customer waits for it then.
        lost_score: Points that it takes from the survey's score.
    """

    share: float = 0.2
    wait_minutes: float = 40.0
    lost_score: float = 1.0


@dataclass(frozen=True)
class Answers:
    """How often customers cancel, and answer surveys.

    Attributes:
        cancelled_share: Share of bookings that are cancelled.
        survey_share: Share of rentals after which the survey is answered.
    """

    cancelled_share: float = 0.06
    survey_share: float = 0.5


@dataclass(frozen=True)
class Planted:
    """Everything that is planted, with its size.

    Example:
        >>> Planted().price_rise.date.isoformat()
        '2025-07-01'
    """

    price_rise: PriceRise = field(default_factory=PriceRise)
    surprise_charges: Surprise = field(default_factory=Surprise)
    car_not_ready: Counter = field(default_factory=Counter)
    answers: Answers = field(default_factory=Answers)


def drawn(seed: int) -> Planted:
    """Return the same kinds of effects with sizes and a date that the seed chooses."""
    draws = Draws(seed, 9, 2)

    def between(low: float, high: float, digits: int = 2) -> float:
        return round(low + (high - low) * draws.uniform(1).item(), digits)

    days = int(draws.below(1, 62).item())
    return Planted(
        price_rise=PriceRise(
            date=dt.date(2025, 6, 1) + dt.timedelta(days=days),
            factor=between(1.15, 1.3),
            complaint_share_after=between(0.12, 0.18),
            return_share_before=between(0.42, 0.48),
            return_share_after=between(0.24, 0.3),
            lost_score=between(1.2, 1.8, 1),
        ),
        surprise_charges=Surprise(
            share=between(0.12, 0.18),
            added_complaint_share=between(0.2, 0.3),
            lost_score=between(1.0, 1.5, 1),
        ),
        car_not_ready=Counter(
            share=between(0.15, 0.25),
            wait_minutes=between(30, 50, 0),
            lost_score=between(0.8, 1.2, 1),
        ),
    )


def nothing(seed: int) -> Planted:
    """Return what `drawn` does with every effect switched off: no size, or equal ones."""
    planted = drawn(seed)
    rise = planted.price_rise
    return replace(
        planted,
        price_rise=replace(
            rise,
            factor=1.0,
            complaint_share_after=rise.complaint_share_before,
            return_share_after=rise.return_share_before,
            lost_score=0.0,
        ),
        surprise_charges=Surprise(0.0, 0.0, 0.0),
        car_not_ready=Counter(0.0, 0.0, 0.0),
    )
