"""The events of the log: journeys in, one table for all silos out."""

from datetime import time, timedelta

import numpy as np
import polars as pl

from ..calendars import instant
from ..days import LAST_DAY
from ..draws import Draws
from ..people import phone_digits, share_of
from .activities import CARE, OUTCOMES
from .batch import Batch, Step, site_names
from .planted import ZONE, Blemishes, Planted
from .requests import CHANNELS, FAULT, ORDER, QUESTION, customers_of

LOG_END = instant(LAST_DAY + timedelta(days=1), time(), ZONE)

_MOST_SHARING = 0.045
_ORDERS_A_CUSTOMER = 0.75
"""Roughly: so many orders a year as there are customers seen, faults counted in."""


def event_rows(batch: Batch, draws: Draws) -> pl.DataFrame:
    """Return one row for each event that was completed inside the log's year.

    Times are still seconds since 1970; `number` numbers the requests from 0 and `position` the
    events as they were made, so that a sort by end, kind, number and position is always the same.
    """
    frames = [_of_step(step) for step in batch.steps]
    rows = pl.concat(frames).with_row_index("position").filter(pl.col("end") < LOG_END)
    sites = pl.Series("site", site_names(batch.planted))
    site = pl.when(pl.col("site") >= 0).then(pl.col("site"))
    rows = rows.with_columns(site=pl.lit(sites).gather(site), luck=_luck(draws, len(rows)))
    return rows.join(_attributes(batch), on="row", how="left", maintain_order="left")


def _luck(draws: Draws, count: int) -> pl.Series:
    """Return a whole number for each event that decides how it happens to be written down."""
    return pl.Series(draws.below(count, 1 << 20))


def _of_step(step: Step) -> pl.DataFrame:
    columns = {
        "row": step.rows,
        "enabled": step.enabled,
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
    )


def _attributes(batch: Batch) -> pl.DataFrame:
    requests = batch.requests
    segments = batch.planted.segments
    promises = {ORDER: segments.promised_days, FAULT: segments.promised_fault_days}
    promised = promises.get(requests.kind, {"Business": 0, "Consumer": 0})
    customer = pl.col("customer")
    shared = shared_phone(customer, batch.total, batch.planted)
    return pl.DataFrame(
        {
            "row": batch.all,
            "number": requests.number,
            "placed": requests.placed,
            "customer": requests.customer,
            "business": requests.business,
            "channel": np.array(CHANNELS)[requests.channel],
            "promised_days": np.where(requests.business, *promised.values()),
        }
    ).with_columns(
        kind=pl.lit(requests.kind),
        shared=shared.is_not_null(),
        digits=pl.coalesce(shared, phone_digits(customer)),
        promised_days=pl.col("promised_days").replace(0, None),
    )


def shared_phone(customer: pl.Expr, orders: int, planted: Planted) -> pl.Expr:
    """Return the digits of the telephone that a customer shares with many, null for most.

    Args:
        customer: The customers' positions.
        orders: Orders in the year.
        planted: How many telephones are shared, and by how many.
    """
    sharing = planted.shared_phones
    share = min(_MOST_SHARING, sharing.customers_each * _ORDERS_A_CUSTOMER / orders)
    which = (share_of(customer * 3 + 1) / share).floor().cast(pl.Int64) if share else pl.lit(-1)
    shared = which.is_between(0, len(sharing.phones) - 1)
    return pl.when(shared).then(phone_digits(customers_of(orders) + which))


def blemish(rows: pl.DataFrame, draws: Draws, blemishes: Blemishes) -> pl.DataFrame:
    """Take the times from a few rows and write a few others twice.

    What opens or closes a journey keeps its times, so that no journey looks like another.

    Returns:
        The rows with a column `untimed`.
    """
    middle = ~pl.col("activity").is_in(["Order placed", "Fault reported", *OUTCOMES])
    lost = draws.chance(blemishes.without_time_share, len(rows))
    twice = draws.chance(blemishes.duplicate_share, len(rows))
    marked = rows.with_columns(untimed=pl.Series(lost) & middle)
    again = marked.filter(pl.Series(twice) & ~pl.col("untimed") & middle)
    return pl.concat([marked, again])


def journey() -> pl.Expr:
    """Return the name of an event's true journey; what belongs to none is the customer's own."""
    number = pl.when(pl.col("kind") == QUESTION).then("customer").otherwise("number")
    kind = pl.when(pl.col("kind") == QUESTION).then(pl.lit("outside")).otherwise("kind")
    return pl.format("{} {}", kind, (number + 1).cast(pl.String).str.zfill(6))


def resource() -> pl.Expr:
    """Return who did an event: a team, call-centre site or factory and a number."""
    place = pl.col("department") == CARE
    factory = pl.col("site").str.starts_with("Factory") & (pl.col("team") == "Dock")
    who = pl.when(place | factory).then("site").otherwise("team")
    return pl.concat_str(who, (pl.col("person") + 1).cast(pl.String).str.zfill(2), separator=" ")
