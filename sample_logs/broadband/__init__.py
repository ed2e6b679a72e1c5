"""A telecom's broadband orders across five departments, over one year.

``python -m sample_logs.broadband`` rewrites the log that is kept beside this package.
"""

import json
from pathlib import Path
from typing import BinaryIO

import polars as pl

from ..draws import Draws
from .journeys import travel
from .planted import Planted
from .rows import blemish, event_rows, log_lines, midnight_after
from .tally import Tally, plain

__all__ = ["DEFAULT_EVENTS", "DEFAULT_SEED", "Planted", "write"]

DEFAULT_EVENTS = 9_500
DEFAULT_SEED = 1
_EVENTS_AN_ORDER = 14.45


def write(
    output: Path,
    *,
    events: int = DEFAULT_EVENTS,
    seed: int = DEFAULT_SEED,
    planted: Planted | None = None,
) -> list[Path]:
    """Write the log and what was planted in it.

    The rows stand in the order of completion. They are written as the year passes, so that
    memory holds the journeys under way and not the log.

    Args:
        output: An existing folder.
        events: About how many events; the year stays the same, so more events mean more orders.
        seed: Another number gives other orders with the same effects; the same, the same bytes.
        planted: Effects of other sizes.

    Returns:
        The paths of the log and of its truth.
    """
    planted = planted or Planted()
    tally = Tally(planted)
    log, truth = output / "broadband.csv", output / "broadband_truth.json"
    with log.open("wb") as file:
        _write_rows(file, max(1, round(events / _EVENTS_AN_ORDER)), seed, tally)
    text = json.dumps(tally.truth(seed), indent=2, default=plain)
    truth.write_bytes(f"{text}\n".encode())
    return [log, truth]


def _write_rows(file: BinaryIO, orders: int, seed: int, tally: Tally) -> None:
    waiting: pl.DataFrame | None = None
    for days, batch in travel(orders, seed, tally.planted):
        rows = event_rows(batch)
        tally.add(rows)
        made = blemish(rows, Draws(seed, 2, days.first_order), tally.planted.blemishes)
        tally.add_blemished(made, len(rows))
        header = waiting is None
        held = made if waiting is None else pl.concat([waiting, made])
        held = held.sort("end", "order", "position")
        over = pl.col("end") < midnight_after(days.first_day, len(days.counts))
        _write_csv(file, held.filter(over), header=header)
        waiting = held.filter(~over)
    if waiting is not None:
        _write_csv(file, waiting, header=False)


def _write_csv(file: BinaryIO, rows: pl.DataFrame, *, header: bool) -> None:
    log_lines(rows).write_csv(file, include_header=header, float_precision=2)
