"""A telecom's broadband orders and faults in the files of five systems, over one year.

``python -m sample_logs.broadband`` rewrites the log that is kept beside this package.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from .. import truth
from ..completed import as_completed, in_order
from ..draws import Draws
from .joined import joined_file
from .journeys import travel
from .planted import Planted, drawn, nothing
from .rows import blemish, event_rows, journey
from .silos import CALENDARS, MAPPING, POLICY, open_silos
from .tally import Tally

__all__ = ["DEFAULT_EVENTS", "DEFAULT_SEED", "Planted", "write"]

DEFAULT_EVENTS = 10_000
DEFAULT_SEED = 1
_EVENTS_AN_ORDER = 16.2
_REASONS = Path(__file__).with_name("reasons.toml")


def write(
    output: Path,
    *,
    events: int = DEFAULT_EVENTS,
    seed: int = DEFAULT_SEED,
    null: bool = False,
    joined: Path | None = None,
) -> list[Path]:
    """Write the systems' files, how they fit together, and what is true of them.

    Each file stands in the order of completion. They are written as the year passes, so that
    memory holds the journeys under way and not the log.

    Args:
        output: An existing folder.
        events: About how many events; the year stays the same, so more events mean more orders.
        seed: Another number gives other customers, and the same kinds of effects in other sizes;
            the same, the same bytes.
        null: Whether every effect is switched off.
        joined: Where the orders are also written as one CSV with a case id, if anywhere.

    Returns:
        The paths written, the mapping first.
    """
    planted = nothing(seed) if null else drawn(seed)
    orders = max(1, round(events / _EVENTS_AN_ORDER))
    files = _Files(output, joined)
    tally = Tally(planted, orders)
    for rows in as_completed(_batches(orders, seed, tally)):
        files.write(rows)
    files.close()
    said = {"log": "broadband", "seed": seed, "null": null, **files.counts(), **tally.truth()}
    mapping, calendars = truth.copy(MAPPING, output), _write_calendars(output, planted)
    policy, reasons = truth.copy(POLICY, output), truth.copy(_REASONS, output)
    told = truth.write_truth(output, said)
    return [mapping, calendars, policy, reasons, *files.paths, told]


def _write_calendars(output: Path, planted: Planted) -> Path:
    lines = CALENDARS.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if planted.holidays or "holidays" not in line]
    path = output / CALENDARS.name
    path.write_bytes("".join(kept).encode())
    return path


class _Files:
    """All files of the log, open for writing."""

    def __init__(self, folder: Path, joined: Path | None) -> None:
        self._silos, paths = open_silos(folder)
        self._journeys = truth.journeys_file(folder)
        self._joined = joined_file(joined) if joined else None
        self._written = 0
        self.paths = [*paths, folder / "truth_journeys.parquet"]

    def write(self, rows: pl.DataFrame) -> None:
        """Write events in their order, each under the next id."""
        named = rows.with_columns(truth.event_ids(self._written, len(rows)))
        self._written += len(rows)
        self._silos.write(named)
        self._journeys.write(named.select("event_id", journey=journey()))
        if self._joined:
            self._joined.write(rows)

    def close(self) -> None:
        """Finish the files."""
        self._silos.close()
        self._journeys.close()
        if self._joined:
            self._joined.close()

    def counts(self) -> dict[str, int | dict[str, int]]:
        """Return the rows written, in all and to each file."""
        return {"rows": self._written, "sources": self._silos.rows}


def _batches(orders: int, seed: int, tally: Tally) -> Iterator[tuple[pl.DataFrame, int]]:
    for number, travelled in enumerate(travel(orders, seed, tally.planted)):
        draws = Draws(seed, 2, number)
        rows = in_order(pl.concat([event_rows(batch, draws) for batch in travelled.batches]))
        tally.add(rows, travelled)
        made = blemish(rows, draws, tally.planted.blemishes)
        tally.add_blemished(made, len(rows))
        yield made, travelled.over
