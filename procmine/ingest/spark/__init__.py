"""From tables that Spark holds to accepted events; the same rules as for Polars, said in SQL."""

from procmine.ingest.spark.run import Ingested, ingest_spark
from procmine.ingest.spark.source import Source, of_table

__all__ = ["Ingested", "Source", "ingest_spark", "of_table"]
