"""The rows of the log: journeys in, lines of a CSV out."""

from datetime import date, time, timedelta

import numpy as np
import polars as pl

from ..calendars import instant
from ..draws import Draws
from .activities import CARE, OUTCOMES
from .batch import Batch, Step, site_names
from .orders import CHANNELS
from .planted import LAST_DAY, ZONE, Blemishes

LOG_END = instant(LAST_DAY + timedelta(days=1), time(), ZONE)


def event_rows(batch: Batch) -> pl.DataFrame:
    """Return one row for each event that was completed inside the log's year.

    Times are still seconds since 1970; `order` numbers the orders from 0 and `position` the
    events as they were made, so that a sort by end, order and position is the same every time.
    """
    frames = [_of_step(step) for step in batch.steps]
    rows = pl.concat(frames).with_row_index("position").filter(pl.col("end") < LOG_END)
    sites = pl.Series("site", site_names(batch.planted))
    site = pl.when(pl.col("site") >= 0).then(pl.col("site"))
    named = rows.with_columns(site=pl.lit(sites).gather(site))
    return named.join(_attributes(batch), on="row", how="left", maintain_order="left")


def _of_step(step: Step) -> pl.DataFrame:
    columns = {
        "row": step.rows,
        "start": step.start,
        "end": step.end,
        "site": step.site,
        "person": step.person,
        "cents": step.cents,
    }
    what = step.activity
    return pl.DataFrame(columns).with_columns(
        activity=pl.lit(what.name),
        department=pl.lit(what.department, pl.String),
        team=pl.lit(what.team, pl.String),
        customer_facing=pl.lit(what.customer_facing),
        by_customer=pl.lit(what.by_customer),
    )


def _attributes(batch: Batch) -> pl.DataFrame:
    orders = batch.orders
    promised = batch.planted.segments.promised_days
    rows = np.arange(len(orders.placed))
    return pl.DataFrame(
        {
            "row": rows,
            "order": orders.first_order + rows,
            "placed": orders.placed,
            "customer": orders.customer,
            "segment": np.where(orders.business, "Business", "Consumer"),
            "channel": np.array(CHANNELS)[orders.channel],
            "promised_days": np.where(orders.business, *promised.values()),
        }
    )


def blemish(rows: pl.DataFrame, draws: Draws, blemishes: Blemishes) -> pl.DataFrame:
    """Take the times from a few rows and write a few others twice.

    A journey's first and last events keep their times, so that no journey looks like another.

    Returns:
        The rows sorted as the log has them, with a column `untimed`.
    """
    middle = ~pl.col("activity").is_in(["Order placed", *OUTCOMES])
    lost = draws.chance(blemishes.without_time_share, len(rows))
    twice = draws.chance(blemishes.duplicate_share, len(rows))
    marked = rows.with_columns(untimed=pl.Series(lost) & middle)
    both = pl.concat([marked, marked.filter(pl.Series(twice) & ~pl.col("untimed"))])
    return both.sort("end", "order", "position")


def log_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the columns and the texts that the log shows."""
    known = ~pl.col("untimed")
    who = pl.when(pl.col("department") == CARE).then("site").otherwise("team")
    number = (pl.col("person") + 1).cast(pl.String).str.zfill(2)
    return rows.select(
        pl.format("ORD-{}", (pl.col("order") + 1).cast(pl.String).str.zfill(6)).alias("case_id"),
        "activity",
        pl.when(known).then(_iso("end")).alias("timestamp"),
        pl.when(known).then(_iso("start")).alias("start_timestamp"),
        "department",
        pl.concat_str(who, number, separator=" ").alias("resource"),
        pl.format("C{}", pl.col("customer") + 10_001).alias("customer_id"),
        "segment",
        "channel",
        "site",
        (pl.col("cents") / 100).alias("cost"),
        "customer_facing",
        "by_customer",
        "promised_days",
    )


def _iso(column: str) -> pl.Expr:
    local = pl.from_epoch(column, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE.key)
    return local.dt.strftime("%Y-%m-%dT%H:%M:%S%:z")


def midnight_after(day: date, days: int) -> int:
    """Return the local midnight so many days later, in seconds since 1970."""
    return instant(day + timedelta(days=days), time(), ZONE)
