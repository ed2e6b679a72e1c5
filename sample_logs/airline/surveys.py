"""What passengers and colleagues answer when they are asked: scores from 0 to 10."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..days import FIRST_DAY
from ..draws import Draws
from ..silos import CsvSilo
from .activities import BAGGAGE, DEPARTMENTS
from .planted import ZONE, Planted
from .silos import ticket
from .trips import Trips

_USUAL, _SPREAD = 8.2, 1.1
_PEERS_USUAL, _PEERS = 7.5, 12
_DAY = 86_400
_COMMENTS = {
    "missing": "My bag didn't come with me.",
    "late": "We left late and nobody said why.",
    "bad_first": "I was sent from desk to desk at check-in.",
}


class PassengerSurvey:
    """The answers of passengers, written batch by batch.

    Args:
        path: The file.
        planted: How often people answer, and what takes points from their scores.
    """

    def __init__(self, path: Path, planted: Planted) -> None:
        self._file = CsvSilo(path)
        self._planted = planted
        self.answers = 0

    def write(self, trips: Trips, draws: Draws) -> None:
        """Ask the passengers of some trips."""
        planted = self._planted
        asked = np.flatnonzero(draws.chance(planted.requests.survey_share, len(trips.number)))
        lost = (
            planted.first_moment.lost_score * trips.bad_first
            + planted.operations.lost_score * trips.late
            + planted.baggage_drive.lost_score * trips.missing
        )[asked]
        score = _scores(_USUAL - lost, draws)
        answered = trips.ended[asked] + (_DAY * (0.1 + 2 * draws.uniform(len(asked)))).astype(int)
        seen = {name: getattr(trips, name)[asked] for name in _COMMENTS}
        rows = pl.DataFrame(
            {"trip": trips.number[asked], "at": answered, "score": score, "luck": asked, **seen}
        )
        iso = "%Y-%m-%dT%H:%M:%S%:z"
        local = pl.from_epoch("at", "s").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE.key)
        said = [pl.when(name).then(pl.lit(text)) for name, text in _COMMENTS.items()]
        self.answers += len(rows)
        self._file.write(
            rows.select(
                ticket_no=ticket(),
                answered_at=local.dt.strftime(iso),
                score="score",
                comment=pl.when(pl.col("luck") % 2 == 0).then(pl.coalesce(*said)),
            )
        )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def write_peer_survey(path: Path, seed: int, planted: Planted) -> None:
    """Write what each department's internal customers say of it, month by month; nobody is named.

    Args:
        path: The file.
        seed: Names the random stream.
        planted: What Baggage handling loses, and from when on.
    """
    draws = Draws(seed, 5)
    months = [FIRST_DAY.replace(month=month) for month in range(1, 13)]
    file = CsvSilo(path)
    for month in months:
        for department in DEPARTMENTS:
            effect = planted.baggage_drive
            hit = department == BAGGAGE and _middle(month) >= effect.date
            usual = np.full(_PEERS, _PEERS_USUAL - effect.lost_peer_score * hit)
            rows = pl.DataFrame({"score": _scores(usual, draws)})
            file.write(
                rows.select(
                    month=pl.lit(month.strftime("%Y-%m")), department=pl.lit(department),
                    score="score",
                )
            )  # fmt: skip
    file.close()


def _middle(month: dt.date) -> dt.date:
    """Return a month's middle: what changes before it is felt in that month."""
    return month.replace(day=15)


def _scores(usual: NDArray[np.float64], draws: Draws) -> NDArray[np.int64]:
    noise = np.log(draws.skewed(1.0, _SPREAD, len(usual)))
    return np.clip(np.rint(usual + noise), 0, 10).astype(np.int64)
