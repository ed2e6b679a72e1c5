"""The log as OCEL 2.0 in SQLite: events, the objects they touch, and how objects belong together.

Source:
    Berti et al. (2023), *OCEL (Object-Centric Event Log) 2.0 specification*, SQLite format.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl

from ..people import share_of
from . import activities as a
from .planted import ZONE
from .year import Round

BOOKING, CUSTOMER, CAR, INVOICE = "booking", "customer", "car", "invoice"
ALWAYS = "1970-01-01T00:00:00Z"
"""The time that OCEL gives to values that held from the beginning."""

TOUCHES: dict[str, tuple[str, ...]] = {
    a.BOOKED.name: (BOOKING, CUSTOMER),
    a.PRICED.name: (BOOKING,),
    a.ASSIGNED.name: (BOOKING,),
    a.CANCELLED.name: (BOOKING, CUSTOMER),
    a.CLEANED.name: (CAR, BOOKING),
    a.ARRIVED.name: (BOOKING, CUSTOMER),
    a.PICKED_UP.name: (BOOKING, CUSTOMER, CAR),
    a.RETURNED.name: (BOOKING, CUSTOMER, CAR),
    a.INSPECTED.name: (CAR, BOOKING),
    a.SERVICED.name: (CAR,),
    a.CHARGED.name: (BOOKING,),
    a.INVOICED.name: (INVOICE,),
    a.PAID.name: (INVOICE, CUSTOMER),
}
"""The types of objects that each activity touches; nobody's rental is touched by a service."""

_EVENT = "event_id TEXT, start_timestamp TEXT, department TEXT, resource TEXT, cost REAL"
_MORE = {a.PAID.name: ", amount REAL"}
"""What is known of a type of event beside that: what the customer paid."""
_OBJECTS = {
    CUSTOMER: "segment TEXT",
    BOOKING: "price REAL",
    CAR: "class TEXT",
    INVOICE: "amount REAL",
}
_BUSINESS = 0.3


def _table(name: str) -> str:
    return "".join(word.capitalize() for word in name.split())


def _schema() -> str:
    events = "".join(
        f"CREATE TABLE event_{_table(name)} (ocel_id TEXT, ocel_time TIMESTAMP, {_EVENT}"
        f"{_MORE.get(name, '')});"
        for name in TOUCHES
    )
    objects = "".join(
        f"CREATE TABLE object_{_table(name)} (ocel_id TEXT, ocel_time TIMESTAMP, "
        f"ocel_changed_field TEXT, {attributes});"
        for name, attributes in _OBJECTS.items()
    )
    return (
        "CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);"
        "CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);"
        "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);"
        "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, "
        "ocel_qualifier TEXT);"
        "CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);"
        "CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);"
        f"{events}{objects}"
    )


class ObjectFile:
    """The SQLite file, open for writing.

    Args:
        path: Where it is written; what is there is replaced.
    """

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_schema())
        for kind, names in (("event", TOUCHES), ("object", _OBJECTS)):
            rows = pl.DataFrame({"type": list(names), "map": [_table(name) for name in names]})
            self._insert(f"{kind}_map_type", rows)
        self._cars: set[str] = set()
        self.rows = 0

    def write(self, rows: pl.DataFrame, travelled: Round) -> None:
        """Write some rentals' events, and the objects that they are the first to touch.

        Args:
            rows: Events with their `event_id`.
            travelled: What they are of.
        """
        rows = rows.filter(pl.col("activity").is_in(list(TOUCHES)))
        self.rows += len(rows)
        self._insert("event", rows.select("event_id", "activity"))
        for name, objects in TOUCHES.items():
            some = rows.filter(pl.col("activity") == name)
            amount = [_euros(travelled).alias("amount")] if name in _MORE else []
            self._insert(f"event_{_table(name)}", some.select(*_of_event(), *amount))
            for kind in objects:
                touched = some.select("event_id", object_id(kind), pl.lit(kind).alias("as"))
                self._insert("event_object", touched)
        self._objects(rows, travelled)

    def close(self) -> None:
        """Finish the file."""
        with closing(self._database):
            self._database.commit()

    def _objects(self, rows: pl.DataFrame, travelled: Round) -> None:
        price = _euros(travelled).alias("value")
        booked = rows.filter(pl.col("activity") == a.BOOKED.name)
        billed = rows.filter(pl.col("activity") == a.INVOICED.name)
        if travelled.new:
            self._add(CUSTOMER, booked.select(object_id(CUSTOMER), segment()))
        quoted = pl.when(price > 0).then(price)
        self._add(BOOKING, booked.select(object_id(BOOKING), quoted))
        self._add(INVOICE, billed.select(object_id(INVOICE), price))
        self._new_cars(rows)
        made = booked.select(object_id(BOOKING), object_id(CUSTOMER), pl.lit("made by").alias("q"))
        bills = billed.select(object_id(INVOICE), object_id(BOOKING), pl.lit("bills").alias("q"))
        self._insert("object_object", made)
        self._insert("object_object", bills)

    def _new_cars(self, rows: pl.DataFrame) -> None:
        cars = rows.filter(pl.col("car") >= 0).select("car").unique().sort("car")
        found = cars.select(object_id(CAR), _class()).filter(~pl.col(CAR).is_in(sorted(self._cars)))
        self._cars.update(found[CAR].to_list())
        self._add(CAR, found)

    def _add(self, kind: str, found: pl.DataFrame) -> None:
        identity, value = found.columns
        self._insert("object", found.select(identity, pl.lit(kind).alias("type")))
        first = found.select(
            identity, pl.lit(ALWAYS).alias("at"), pl.lit(None, pl.String).alias("changed"), value
        )
        self._insert(f"object_{_table(kind)}", first)

    def _insert(self, table: str, rows: pl.DataFrame) -> None:
        holes = ", ".join("?" * rows.width)
        command = f"INSERT INTO {table} VALUES ({holes})"  # noqa: S608  (names are ours)
        self._database.executemany(command, rows.iter_rows())


def object_id(kind: str) -> pl.Expr:
    """Return an object's id, in a column called as its type."""
    numbers = {
        CUSTOMER: pl.format("C{}", (pl.col("customer") + 1).cast(pl.String).str.zfill(6)),
        BOOKING: pl.format("B{}", (pl.col("number") + 1).cast(pl.String).str.zfill(6)),
        INVOICE: pl.format("I{}", (pl.col("number") + 1).cast(pl.String).str.zfill(6)),
        CAR: pl.format("CAR-{}", (pl.col("car") + 1).cast(pl.String).str.zfill(4)),
    }
    return numbers[kind].alias(kind)


def segment() -> pl.Expr:
    """Return what kind of customer it is."""
    business = share_of(pl.col("customer") * 5 + 3) < _BUSINESS
    return pl.when(business).then(pl.lit("Business")).otherwise(pl.lit("Leisure")).alias("segment")


def time_text(column: str) -> pl.Expr:
    """Return a time as OCEL has it: ISO 8601, here in UTC."""
    return pl.from_epoch(column, "s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def local_text(column: str) -> pl.Expr:
    """Return a time as people there read it, without an offset."""
    local = pl.from_epoch(column, "s").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE.key)
    return local.dt.strftime("%Y-%m-%d %H:%M:%S")


def resource() -> pl.Expr:
    """Return who did an event; nobody for the customer's own."""
    number = (pl.col("person") + 1).cast(pl.String).str.zfill(2)
    return pl.concat_str("department", number, separator=" ")


def _euros(travelled: Round) -> pl.Expr:
    """Return what each event's rental costs its customer."""
    return pl.lit(pl.Series(travelled.rented.cents)).gather("row") / 100


def _class() -> pl.Expr:
    kinds = {0: "compact", 1: "estate", 2: "van"}
    return (pl.col("car") % 3).replace_strict(kinds, return_dtype=pl.String).alias("class")


def _of_event() -> list[pl.Expr]:
    return [
        pl.col("event_id").alias("ocel_id"),
        time_text("end").alias("ocel_time"),
        pl.col("event_id"),
        time_text("start").alias("start_timestamp"),
        pl.col("department"),
        resource().alias("resource"),
        (pl.col("cents") / 100).alias("cost"),
    ]
