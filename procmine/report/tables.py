"""The tables of a history: runs, and what belongs to each; plain SQL that any database has."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

TABLES = MetaData()


def _of_a_run() -> list[Column[int]]:
    return [
        Column("run_id", Integer, ForeignKey("procmine_runs.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
    ]


RUNS = Table(
    "procmine_runs",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("report", String(200), nullable=False),
    Column("run_key", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("as_of", String(40), nullable=False),
    Column("log_sha256", String(64), nullable=False),
    Column("configuration_sha256", String(64), nullable=False),
    Column("selection", Text, nullable=False),
    UniqueConstraint("report", "run_key"),
)
"""One row a run; times are ISO 8601 with zone, the selection is JSON."""

CHECKS = Table(
    "procmine_checks",
    TABLES,
    *_of_a_run(),
    Column("name", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("figure", Text, nullable=False),
    Column("value", Float),
    Column("limit_value", Float, nullable=False),
    Column("at_most", Boolean, nullable=False),
    Column("kept", Boolean),
    Column("severity", String(10), nullable=False),
    Column("owner", Text),
    Column("note", Text, nullable=False),
)

FACTS = Table(
    "procmine_facts",
    TABLES,
    *_of_a_run(),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("cases", Integer),
)

DELIVERIES = Table(
    "procmine_deliveries",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("procmine_runs.id"), nullable=False),
    Column("receiver", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("told", Boolean, nullable=False),
    Column("said", Text, nullable=False),
)
"""One row a try to tell somebody."""
