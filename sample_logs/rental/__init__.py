"""A car rental as an object-centric log (OCEL 2.0), with complaints and a survey, over one year.

``python -m sample_logs.rental`` rewrites the log that is kept beside this package.
"""

from pathlib import Path

import polars as pl

from .. import truth
from .activities import SERVICED
from .answers import Complaints, Survey
from .objects import ObjectFile
from .planted import Planted, drawn, nothing
from .tally import Tally
from .year import BOOKINGS_A_CUSTOMER, drive

__all__ = ["DEFAULT_EVENTS", "DEFAULT_SEED", "Planted", "write"]

DEFAULT_EVENTS = 8_000
DEFAULT_SEED = 1
_EVENTS_A_BOOKING = 9.6
_MAPPING = Path(__file__).with_name("mapping.toml")
_BESIDE = ("policy.toml", "reasons.toml")


def write(
    output: Path, *, events: int = DEFAULT_EVENTS, seed: int = DEFAULT_SEED, null: bool = False
) -> list[Path]:
    """Write the object-centric log, the complaints and the survey, and what is true of them.

    Args:
        output: An existing folder.
        events: About how many events; the year stays the same, so more events mean more rentals.
        seed: Another number gives other customers, and the same kinds of effects in other sizes;
            the same, the same bytes.
        null: Whether every effect is switched off.

    Returns:
        The paths written, the mapping first.
    """
    planted = nothing(seed) if null else drawn(seed)
    customers = max(1, round(events / _EVENTS_A_BOOKING / BOOKINGS_A_CUSTOMER))
    tally = Tally(planted)
    paths = [output / name for name in ("rental.sqlite", "complaints.csv", "survey.csv")]
    objects, complaints, survey = (
        ObjectFile(paths[0]), Complaints(paths[1]), Survey(paths[2], planted),
    )  # fmt: skip
    journeys = truth.journeys_file(output)
    written = 0
    for some in drive(customers, seed, planted):
        rows = some.rows()
        rows = rows.with_columns(truth.event_ids(written, len(rows)))
        written += len(rows)
        tally.add(some)
        objects.write(rows, some)
        complaints.write(rows)
        survey.write(some)
        journeys.write(rows.select("event_id", journey=_journey()))
    for file in (objects, complaints, survey, journeys):
        file.close()
    said = {
        "log": "rental", "seed": seed, "null": null, "rows": written,
        "sources": {"rental": objects.rows, "complaints": complaints.rows},
        "survey_answers": survey.rows, **tally.truth(),
    }  # fmt: skip
    mapping = truth.copy(_MAPPING, output)
    beside = [truth.copy(Path(__file__).with_name(name), output) for name in _BESIDE]
    told = truth.write_truth(output, said)
    return [mapping, *beside, *paths, output / "truth_journeys.parquet", told]


def _journey() -> pl.Expr:
    """Return the name of an event's true journey; servicing a car belongs to nobody's."""
    serviced = pl.col("activity") == SERVICED.name
    rental = pl.format("rental {}", (pl.col("number") + 1).cast(pl.String).str.zfill(6))
    car = pl.format("outside {}", (pl.col("car") + 1).cast(pl.String).str.zfill(6))
    return pl.when(serviced).then(car).otherwise(rental)
