"""What customers say: complaints about the price, and scores from 0 to 10."""

from pathlib import Path

import numpy as np
import polars as pl

from ..silos import CsvSilo
from . import activities as a
from .objects import CUSTOMER, local_text, object_id, resource, segment
from .planted import Planted
from .year import END, Round

_USUAL, _SPREAD = 8.0, 1.1
_DAY = 86_400
_COMMENTS = {
    "charged": "There was a charge nobody told me of.",
    "after": "Nice car, but not at this price.",
    "waited": "The car wasn't ready when I came.",
}


class Complaints:
    """The complaints, written batch by batch.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._file = CsvSilo(path, float_precision=2)
        self.rows = 0

    def write(self, rows: pl.DataFrame) -> None:
        """Write those events that are complaints."""
        some = rows.filter(pl.col("activity") == a.COMPLAINED.name)
        self.rows += len(some)
        self._file.write(
            some.select(
                "event_id",
                about=pl.lit("PRICE"),
                called=local_text("start"),
                written_down=local_text("end"),
                customer_no=object_id(CUSTOMER).str.to_lowercase(),
                tariff=segment().str.head(1),
                agent=resource(),
                eur=pl.col("cents") / 100,
            )
        )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class Survey:
    """The answers to the survey, written batch by batch.

    Args:
        path: The file.
        planted: How often customers answer, and what takes points from their scores.
    """

    def __init__(self, path: Path, planted: Planted) -> None:
        self._file = CsvSilo(path)
        self._planted = planted
        self.rows = 0

    def write(self, travelled: Round) -> None:
        """Ask some customers after their rentals."""
        rented, draws, planted = travelled.rented, travelled.draws, self._planted
        asks = rented.kept & draws.chance(planted.answers.survey_share, len(rented.kept))
        asked = np.flatnonzero(asks & (rented.returned + 3 * _DAY < END))
        lost = (
            planted.price_rise.lost_score * rented.after
            + planted.surprise_charges.lost_score * rented.charged
            + planted.car_not_ready.lost_score * rented.waited
        )[asked]
        noise = np.log(draws.skewed(1.0, _SPREAD, len(asked)))
        answers = pl.DataFrame(
            {
                "customer": rented.bookings.customer[asked],
                "at": rented.returned[asked]
                + (_DAY * (0.2 + 2 * draws.uniform(len(asked)))).astype(np.int64),
                "score": np.clip(np.rint(_USUAL - lost + noise), 0, 10).astype(np.int64),
                "talks": draws.chance(0.5, len(asked)),
                **{name: getattr(rented, name)[asked] for name in _COMMENTS},
            }
        )
        said = [pl.when(name).then(pl.lit(text)) for name, text in _COMMENTS.items()]
        self.rows += len(answers)
        self._file.write(
            answers.select(
                customer_no=object_id(CUSTOMER),
                answered_at=local_text("at"),
                score="score",
                comment=pl.when("talks").then(pl.coalesce(*said)),
            )
        )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
