"""An airline's trips, refunds and turnarounds in the files of seven systems, over one year.

``python -m sample_logs.airline`` rewrites the log that is kept beside this package.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path

import polars as pl

from .. import truth
from ..calendars import instant
from ..completed import as_completed, in_order
from ..days import LAST_DAY, year_in_batches
from ..draws import Draws
from .flights import flights_of
from .planted import ZONE, Planted, drawn, nothing
from .silos import JOURNEY, MAPPING, agency, open_silos
from .surveys import PassengerSurvey, write_peer_survey
from .tally import Tally
from .year import fly

__all__ = ["DEFAULT_EVENTS", "DEFAULT_SEED", "Planted", "write"]

DEFAULT_EVENTS = 10_000
DEFAULT_SEED = 1
_EVENTS_A_TRIP = 7.6
_EVENTS_A_FLIGHT = 7
_BESIDE = ("calendars.toml", "policy.toml", "reasons.toml")
_END = instant(LAST_DAY + timedelta(days=1), time(), ZONE)


def write(
    output: Path, *, events: int = DEFAULT_EVENTS, seed: int = DEFAULT_SEED, null: bool = False
) -> list[Path]:
    """Write the systems' files, how they fit together, and what is true of them.

    Each file stands in the order of completion. They are written as the year passes, so that
    memory holds the journeys under way and not the log.

    Args:
        output: An existing folder.
        events: About how many events; the year stays the same, so more events mean more trips.
        seed: Another number gives other passengers, and the same kinds of effects in other sizes;
            the same, the same bytes.
        null: Whether every effect is switched off.

    Returns:
        The paths written, the mapping first.
    """
    planted = nothing(seed) if null else drawn(seed)
    trips = _trips(events, seed)
    tally = Tally(planted)
    silos, paths = open_silos(output)
    journeys = truth.journeys_file(output)
    asked, peers = output / "survey.csv", output / "peer_survey.csv"
    survey = PassengerSurvey(asked, planted)
    written = 0
    for rows in as_completed(_batches(trips, seed, tally, survey)):
        named = rows.with_columns(truth.event_ids(written, len(rows)))
        written += len(rows)
        silos.write(named)
        journeys.write(named.select("event_id", journey=JOURNEY))
    for file in (silos, journeys, survey):
        file.close()
    write_peer_survey(peers, seed, planted)
    said = {
        "log": "airline", "seed": seed, "null": null, "rows": written, "sources": silos.rows,
        "survey_answers": survey.answers, **tally.truth(),
    }  # fmt: skip
    beside = [truth.copy(Path(__file__).with_name(name), output) for name in _BESIDE]
    mapping, told = truth.copy(MAPPING, output), truth.write_truth(output, said)
    return [mapping, *beside, *paths, asked, peers, output / "truth_journeys.parquet", told]


def _trips(events: int, seed: int) -> int:
    """Return how many trips make about so many events, those of their flights counted in."""

    def too_many(trips: int) -> bool:
        flights = sum(flights_of(n) for (days,) in year_in_batches([trips], seed)
                      for n in days.counts)  # fmt: skip
        return trips * _EVENTS_A_TRIP + flights * _EVENTS_A_FLIGHT > events

    sizes = range(1, int(events / _EVENTS_A_TRIP) + 2)
    return max(1, bisect_left(sizes, x=True, key=too_many))


def _batches(
    trips: int, seed: int, tally: Tally, survey: PassengerSurvey
) -> Iterator[tuple[pl.DataFrame, int]]:
    for number, flown in enumerate(fly(trips, seed, tally.planted)):
        booked = agency(pl.col("customer"), tally.planted)
        rows = in_order(flown.rows().filter(pl.col("end") < _END)).with_columns(agency=booked)
        tally.add(flown, rows)
        survey.write(flown.trips, Draws(seed, 4, number))
        yield rows, flown.over
