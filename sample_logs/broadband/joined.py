"""The orders as one CSV with a case id, as if somebody had joined the systems already."""

import tomllib
from pathlib import Path

import polars as pl

from ..silos import CsvSilo, Silo
from .planted import ZONE
from .requests import ORDER
from .rows import resource
from .silos import MAPPING, customer_number, order_number, segment, time_text

_ISO = "%Y-%m-%dT%H:%M:%S%:z"


class _Joined:
    def __init__(self, path: Path, customer_facing: list[str], by_customer: list[str]) -> None:
        self._file = CsvSilo(path, float_precision=2)
        activity = pl.col("activity")
        self._columns = [
            order_number().alias("case_id"),
            activity,
            time_text("end", _ISO, ZONE.key).alias("timestamp"),
            time_text("start", _ISO, ZONE.key).alias("start_timestamp"),
            pl.col("department"),
            resource().alias("resource"),
            customer_number().alias("customer_id"),
            segment().alias("segment"),
            pl.col("channel"),
            pl.col("site"),
            (pl.col("cents") / 100).alias("cost"),
            activity.is_in(customer_facing).alias("customer_facing"),
            activity.is_in(by_customer).alias("by_customer"),
            pl.col("promised_days"),
        ]

    def write(self, rows: pl.DataFrame) -> None:
        self._file.write(rows.filter(pl.col("kind") == ORDER).select(self._columns))

    def close(self) -> None:
        self._file.close()


def joined_file(path: Path) -> Silo:
    """Open the CSV for writing."""
    mapping = tomllib.loads(MAPPING.read_text(encoding="utf-8"))
    return _Joined(path, mapping["customer_facing"], mapping["by_customer"])
