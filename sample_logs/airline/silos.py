"""What each of the seven systems writes down of an event, in its own words and conventions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from ..people import email, share_of
from ..silos import CsvSilo, JsonLinesSilo, ParquetSilo, Silo, Silos, SqliteSilo, Writing, coded
from .activities import BAG_DROPPED, CALLS, CHECKED_IN
from .planted import ZONE, Planted

MAPPING = Path(__file__).with_name("mapping.toml")
AGENCY = "bookings@travel-agency.example.org"

_FILES = (
    "checkin.csv", "gate.jsonl", "cabin.parquet", "baggage.sqlite", "arrivals.csv", "refunds.csv",
    "operations.csv",
)  # fmt: skip
_LONDON = "Europe/London"
_BUSINESS = 0.2
_KNOWN_CALLERS = 0.3


def open_silos(folder: Path) -> tuple[Silos, list[Path]]:
    """Open the files of all systems for writing.

    Returns:
        The files, and their paths.
    """
    paths = [folder / name for name in _FILES]
    checkin, gate, cabin, baggage, arrivals, refunds, operations = paths
    files: dict[str, Silo] = {
        "checkin": CsvSilo(checkin, float_precision=2),
        "gate": JsonLinesSilo(gate),
        "cabin": ParquetSilo(cabin, _CABIN),
        "baggage": SqliteSilo(baggage, "scans", _SCANS),
        "arrivals": CsvSilo(arrivals, separator=";", float_precision=2),
        "refunds": CsvSilo(refunds, null_value="-", float_precision=2),
        "operations": CsvSilo(operations, separator=";", float_precision=2),
    }
    return Silos(MAPPING.read_text(encoding="utf-8"), _WRITINGS, files), paths


def agency(customer: pl.Expr, planted: Planted) -> pl.Expr:
    """Return whether the travel agency books for a customer."""
    return share_of(customer * 3 + 1) < planted.shared_email.share


def ticket() -> pl.Expr:
    """Return a trip's ticket number."""
    digits = (pl.col("trip") * 6_180_339_887 + 3_141_592_653) % 10**10
    return pl.format("117-{}", digits.cast(pl.String).str.zfill(10))


def flight() -> pl.Expr:
    """Return a flight's number and day."""
    day = pl.from_epoch("due", "s").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE.key)
    return pl.format("NA{}/{}", pl.col("within") + 101, day.dt.strftime("%Y-%m-%d"))


def _activity(source: Mapping[str, Any]) -> pl.Expr:
    return coded(source, "activity", pl.col("activity"))


def _department(source: Mapping[str, Any]) -> pl.Expr:
    return coded(source, "department", pl.col("department"))


def _segment(source: Mapping[str, Any]) -> pl.Expr:
    business = share_of(pl.col("customer") * 5 + 2) < _BUSINESS
    return coded(
        source, "segment", pl.when(business).then(pl.lit("Business")).otherwise(pl.lit("Leisure"))
    )


def _time(column: str, form: str, zone: str = ZONE.key) -> pl.Expr:
    local = pl.from_epoch(column, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return local.dt.strftime(form)


def _resource() -> pl.Expr:
    number = (pl.col("person") + 1).cast(pl.String).str.zfill(3)
    return pl.concat_str("department", number, separator=" ")


def _money() -> pl.Expr:
    return pl.col("cents") / 100


def _bag() -> pl.Expr:
    digits = (pl.col("trip") * 27_182_818 + 1_828_459) % 10**8
    return pl.format("NA{}", digits.cast(pl.String).str.zfill(8))


def _traveller() -> pl.Expr:
    return pl.format("NT{}", pl.col("customer") + 100_001)


def _email() -> pl.Expr:
    way = pl.col("number") + pl.col("position")
    own = email(pl.col("customer"), way)
    return pl.when("agency").then(pl.lit(AGENCY)).otherwise(own).alias("email")


def _checkin(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%dT%H:%M:%S%:z"
    return [
        pl.col("event_id"),
        _activity(source).alias("action"),
        _time("start", iso).alias("began"),
        _time("end", iso).alias("finished"),
        ticket().alias("ticket_no"),
        _traveller().alias("traveller_id"),
        pl.when(pl.col("activity") == CHECKED_IN.name).then(_email()).alias("email"),
        pl.when(pl.col("activity") == BAG_DROPPED.name).then(_bag()).alias("bag_tag"),
        flight().alias("flight"),
        _segment(source).alias("cabin"),
        _resource().alias("agent"),
        _money().alias("cost"),
    ]


def _gate(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%d %H:%M:%S"
    return [
        pl.col("event_id"),
        _activity(source).alias("what"),
        _time("start", iso).alias("begun"),
        _time("end", iso).alias("done"),
        ticket().alias("ticket"),
        flight().alias("flight"),
        _segment(source).alias("zone"),
        _resource().alias("by"),
        _money().alias("eur"),
    ]


_UTC = pa.timestamp("us", tz="UTC")
_CABIN = pa.schema(
    [
        ("event_id", pa.string()),
        ("event", pa.string()),
        ("start_utc", _UTC),
        ("end_utc", _UTC),
        ("etkt", pa.string()),
        ("class", pa.string()),
        ("crew", pa.string()),
        ("cost", pa.float64()),
    ]
)


def _cabin(source: Mapping[str, Any]) -> list[pl.Expr]:
    return [
        pl.col("event_id"),
        _activity(source).alias("event"),
        pl.from_epoch("start", "s").cast(pl.Datetime("us", "UTC")).alias("start_utc"),
        pl.from_epoch("end", "s").cast(pl.Datetime("us", "UTC")).alias("end_utc"),
        ticket().alias("etkt"),
        _segment(source).alias("class"),
        _resource().alias("crew"),
        _money().alias("cost"),
    ]


_SCANS = {
    "event_id": "TEXT",
    "scan": "TEXT",
    "started": "TEXT",
    "finished": "TEXT",
    "tag": "TEXT",
    "handler": "TEXT",
    "cost": "REAL",
}


def _baggage(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%d %H:%M:%S%:z"
    return [
        pl.col("event_id"),
        _activity(source).alias("scan"),
        _time("start", iso).alias("started"),
        _time("end", iso).alias("finished"),
        _bag().alias("tag"),
        _resource().alias("handler"),
        _money().alias("cost"),
    ]


def _arrivals(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%d %H:%M:%S"
    return [
        pl.col("event_id"),
        _activity(source).alias("entry"),
        _time("start", iso).alias("begun"),
        _time("end", iso).alias("done"),
        ticket().alias("ticket"),
        _segment(source).alias("class"),
        _department(source).alias("desk"),
        _resource().alias("person"),
        _money().alias("cost"),
    ]


def _refunds(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%d %H:%M:%S"
    by_phone = pl.col("department") == CALLS
    lucky = (pl.col("number") * 48_271 % 1009) < _KNOWN_CALLERS * 1009
    claim = pl.format("R{}", (pl.col("number") + 1).cast(pl.String).str.zfill(7))
    return [
        pl.col("event_id"),
        _activity(source).alias("step"),
        _time("start", iso, _LONDON).alias("started"),
        _time("end", iso, _LONDON).alias("ended"),
        claim.alias("claim"),
        pl.when(by_phone & (pl.col("agency") | lucky)).then(_traveller()).alias("traveller"),
        pl.when(by_phone).then(_email()).alias("email"),
        _segment(source).alias("fare"),
        _department(source).alias("team"),
        _resource().alias("person"),
        _money().alias("cost"),
    ]


def _operations(source: Mapping[str, Any]) -> list[pl.Expr]:
    german = "%d.%m.%Y %H:%M:%S"
    return [
        pl.col("event_id"),
        _activity(source).alias("milestone"),
        _time("start", german).alias("commenced"),
        _time("end", german).alias("completed"),
        flight().alias("flight_leg"),
        _time("due", german).alias("due"),
        _department(source).alias("unit"),
        _resource().alias("worker"),
        _money().alias("cost"),
    ]


_WRITINGS: dict[str, Writing] = {
    "checkin": _checkin,
    "gate": _gate,
    "cabin": _cabin,
    "baggage": _baggage,
    "arrivals": _arrivals,
    "refunds": _refunds,
    "operations": _operations,
}
JOURNEY = pl.format("{} {}", "kind", (pl.col("number") + 1).cast(pl.String).str.zfill(6))
"""The name of an event's true journey."""
