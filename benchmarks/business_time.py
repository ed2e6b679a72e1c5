"""Business time of ten million pairs of instants: `python -m benchmarks.business_time`."""

import argparse
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from procmine.calendars import Calendar, Calendars, Shift
from procmine.calendars.segments import segments

OFFICE = Calendar("Europe/Berlin", (*[(Shift(540, 1020),)] * 5, (), ()), "DE-BE")
DAY_AND_NIGHT = Calendar("Europe/London", ((Shift(360, 840), Shift(1320, 1800)),) * 7, "GB-ENG")
SINCE = datetime(2015, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=4000)
DEPARTMENTS = ("Sales", "Credit", "Warehouse", "Field", "Care")


def main() -> None:
    """Measure it with one calendar for all and with one of two by department; print seconds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=10_000_000)
    pairs = _pairs(options.parse_args().pairs)
    segments.cache_clear()
    everybody = Calendars({"*": OFFICE})
    apart = Calendars({"*": OFFICE, "Warehouse": DAY_AND_NIGHT})
    start, end = pl.col("start"), pl.col("end")
    for says, question in (
        ("one calendar", everybody.between(start, end)),
        ("by department", apart.between(start, end, pl.col("department"))),
    ):
        begun, worked = time.perf_counter(), time.process_time()
        hours = pairs.select(question.sum()).collect(engine="streaming").item() / 3.6e9
        took, worked = time.perf_counter() - begun, time.process_time() - worked
        print(f"{says}: {took:.2f} s ({worked:.2f} s of processor) for {hours:,.0f} hours")


def _pairs(number: int) -> pl.LazyFrame:
    random = np.random.default_rng(1)
    at = random.integers(0, YEARS // timedelta(microseconds=1), number)
    lasts = random.integers(0, timedelta(days=30) // timedelta(microseconds=1), number)
    table = pl.DataFrame({"at": at, "lasts": lasts, "who": random.integers(0, 5, number)})
    start = SINCE + pl.duration(microseconds=pl.col("at"))
    names = pl.col("who").replace_strict(dict(enumerate(DEPARTMENTS)), return_dtype=pl.Categorical)
    made = table.select(
        start.alias("start"),
        (start + pl.duration(microseconds=pl.col("lasts"))).alias("end"),
        names.alias("department"),
    )
    return made.lazy()


if __name__ == "__main__":
    main()
