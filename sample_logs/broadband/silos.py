"""What each of the five systems writes down of an event, in its own words and conventions.

Which system knows an activity, and its code for it, is read from the mapping that comes with the
files: what is written here can be read there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from ..people import email, phone
from ..silos import CsvSilo, JsonLinesSilo, ParquetSilo, Silo, Silos, SqliteSilo, Writing, coded
from .planted import ZONE
from .requests import FAULT, ORDER
from .rows import resource

MAPPING = Path(__file__).with_name("mapping.toml")
CALENDARS = Path(__file__).with_name("calendars.toml")
POLICY = Path(__file__).with_name("policy.toml")

_FILES = ("shop.jsonl", "finance.sqlite", "warehouse.parquet", "field.csv", "crm.csv")
_LONDON = "Europe/London"
_KNOWN_CALLERS = 0.4
_FIELD_ORDERS = 0.98


def open_silos(folder: Path) -> tuple[Silos, list[Path]]:
    """Open the files of all systems for writing.

    Returns:
        The files, and their paths.
    """
    paths = [folder / name for name in _FILES]
    shop, finance, warehouse, field, crm = paths
    files: dict[str, Silo] = {
        "shop": JsonLinesSilo(shop),
        "finance": SqliteSilo(finance, "credit_file", _CREDIT_FILE),
        "warehouse": ParquetSilo(warehouse, _WAREHOUSE),
        "field": CsvSilo(field, separator=";", float_precision=2),
        "crm": CsvSilo(crm, null_value="-", float_precision=2),
    }
    return Silos(MAPPING.read_text(encoding="utf-8"), _WRITINGS, files), paths


def _activity(source: Mapping[str, Any]) -> pl.Expr:
    return coded(source, "activity", pl.col("activity"))


def _unit(source: Mapping[str, Any]) -> pl.Expr:
    return coded(source, "department", pl.col("department"))


def segment() -> pl.Expr:
    """Return what kind of customer it is."""
    return pl.when("business").then(pl.lit("Business")).otherwise(pl.lit("Consumer"))


def time_text(column: str, form: str, zone: str) -> pl.Expr:
    """Return a time as text in a zone, null where it is lost."""
    local = pl.from_epoch(column, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return pl.when(~pl.col("untimed")).then(local.dt.strftime(form))


def _number(prefix: str, kind: str) -> pl.Expr:
    text = pl.format(f"{prefix}{{}}", (pl.col("number") + 1).cast(pl.String).str.zfill(6))
    return pl.when(pl.col("kind") == kind).then(text)


def order_number() -> pl.Expr:
    """Return the order's number, null where there is no order."""
    return _number("ORD-", ORDER)


def _ticket() -> pl.Expr:
    return _number("T", FAULT)


def customer_number() -> pl.Expr:
    """Return the customer's number."""
    return pl.format("C{}", pl.col("customer") + 10_001)


def _phone() -> pl.Expr:
    return phone(pl.col("digits"), pl.col("luck"))


def _sometimes(share: float, step: int) -> pl.Expr:
    """Return whether an event is among this share of all.

    Args:
        share: The share.
        step: Another number makes another, independent choice.
    """
    return (pl.col("luck") * step * 48_271 % 1009) < share * 1009


def _money() -> pl.Expr:
    return pl.col("cents") / 100


def _shop(source: Mapping[str, Any]) -> list[pl.Expr]:
    placed = pl.col("activity") == "Order placed"
    iso = "%Y-%m-%dT%H:%M:%SZ"
    return [
        pl.col("event_id"),
        _activity(source).alias("type"),
        time_text("end", iso, "UTC").alias("at"),
        time_text("start", iso, "UTC").alias("begun"),
        order_number().alias("orderNo"),
        customer_number().alias("customerNo"),
        pl.when(placed).then(email(pl.col("customer"), pl.col("luck"))).alias("email"),
        pl.when(placed).then(_phone()).alias("phone"),
        coded(source, "segment", segment()).alias("group"),
        pl.col("channel"),
        _unit(source).alias("unit"),
        resource().alias("by"),
        _money().alias("eur"),
        pl.col("promised_days"),
    ]


_CREDIT_FILE = {
    "event_id": "TEXT",
    "entry": "TEXT",
    "started": "TEXT",
    "finished": "TEXT",
    "order_no": "TEXT",
    "email": "TEXT",
    "class": "TEXT",
    "unit": "TEXT",
    "clerk": "TEXT",
    "cost": "REAL",
}


def _finance(source: Mapping[str, Any]) -> list[pl.Expr]:
    iso = "%Y-%m-%d %H:%M:%S%:z"
    return [
        pl.col("event_id"),
        _activity(source).alias("entry"),
        time_text("start", iso, ZONE.key).alias("started"),
        time_text("end", iso, ZONE.key).alias("finished"),
        order_number().alias("order_no"),
        email(pl.col("customer"), pl.col("luck")),
        coded(source, "segment", segment()).alias("class"),
        _unit(source).alias("unit"),
        resource().alias("clerk"),
        _money().alias("cost"),
    ]


_UTC = pa.timestamp("us", tz="UTC")
_WAREHOUSE = pa.schema(
    [
        ("event_id", pa.string()),
        ("status", pa.string()),
        ("done_at", _UTC),
        ("begun_at", _UTC),
        ("order_no", pa.string()),
        ("rma", pa.string()),
        ("priority", pa.string()),
        ("site", pa.string()),
        ("unit", pa.string()),
        ("worker", pa.string()),
        ("handling_cost", pa.float64()),
    ]
)


def _warehouse(source: Mapping[str, Any]) -> list[pl.Expr]:
    def instant(column: str) -> pl.Expr:
        at = pl.from_epoch(column, "s").cast(pl.Datetime("us", "UTC"))
        return pl.when(~pl.col("untimed")).then(at)

    return [
        pl.col("event_id"),
        _activity(source).alias("status"),
        instant("end").alias("done_at"),
        instant("start").alias("begun_at"),
        order_number().alias("order_no"),
        _ticket().alias("rma"),
        coded(source, "segment", segment()).alias("priority"),
        pl.col("site"),
        _unit(source).alias("unit"),
        resource().alias("worker"),
        _money().alias("handling_cost"),
    ]


def _field(source: Mapping[str, Any]) -> list[pl.Expr]:
    german = "%d.%m.%Y %H:%M:%S"
    return [
        pl.col("event_id"),
        _activity(source).alias("code"),
        time_text("end", german, ZONE.key).alias("done"),
        time_text("start", german, ZONE.key).alias("begun"),
        _phone().alias("contact"),
        pl.when("shared").then(customer_number()).alias("customer"),
        pl.when(_sometimes(_FIELD_ORDERS, 3))
        .then(order_number().str.to_lowercase())
        .alias("order_ref"),
        _ticket().alias("ticket"),
        coded(source, "segment", segment()).alias("contract"),
        _unit(source).alias("unit"),
        resource().alias("person"),
        _money().alias("cost"),
    ]


def _crm(source: Mapping[str, Any]) -> list[pl.Expr]:
    known = pl.col("shared") | _sometimes(_KNOWN_CALLERS, 5)
    iso = "%Y-%m-%d %H:%M:%S"
    return [
        pl.col("event_id"),
        _activity(source).alias("call_code"),
        time_text("start", iso, _LONDON).alias("answered"),
        time_text("end", iso, _LONDON).alias("ended"),
        _phone().alias("caller"),
        pl.when(known).then(customer_number().str.to_lowercase()).alias("cust_ref"),
        _ticket().alias("ticket"),
        pl.when(pl.col("kind") == FAULT).then("promised_days").alias("promised_days"),
        coded(source, "segment", segment()).alias("tier"),
        pl.col("site"),
        resource().alias("agent"),
        _money().alias("cost"),
    ]


_WRITINGS: dict[str, Writing] = {
    "shop": _shop,
    "finance": _finance,
    "warehouse": _warehouse,
    "field": _field,
    "crm": _crm,
}
