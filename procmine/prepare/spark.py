"""Prepare with Spark: the same columns with the same values as `procmine.prepare.polars`.

What is computed is said in SQL: it reads the same on a classic session and on Spark Connect, and
needs no import of pyspark but for a session of our own. Every window is partitioned by case, so
the events are shuffled once.
"""

import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from procmine.errors import UnavailableError
from procmine.prepare.rows import with_row_marks
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CASE,
    CASE_START,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    GAP,
    GAP_BY_CUSTOMER,
    GAP_DEPARTMENT,
    HANDOFF_NUMBER,
    HANDOFF_RETURNS,
    MADE,
    NEW_ACTIVITY,
    NEW_HANDOFF,
    NEW_STEP,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    NEXT_RESOURCE,
    ORDER,
    RESOURCE,
    SERVICE,
    START,
    SUSPENDED,
    TIMESTAMP,
    VARIANT,
    WAIT,
    WORKED,
)

Table = Any
"""A Spark DataFrame, classic or Connect: pyspark is optional, so its types can't be named here."""

IN_ORDER: Final = f"PARTITION BY `{CASE}` ORDER BY `{TIMESTAMP}`, `{ORDER}`"
"""The window of a case's events as they happened."""

_WHOLE: Final = f"{IN_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
_LATER: Final = f"{IN_ORDER} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"
_SO_FAR: Final = f"{IN_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
_OUTPUT_TYPE: Final = "spark.sql.parquet.outputTimestampType"
_SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    _OUTPUT_TYPE: "TIMESTAMP_MICROS",
}
_LOCAL: Final = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def is_spark(table: object) -> bool:
    """Whether this is a Spark DataFrame, classic or Connect, without importing pyspark.

    Example:
        >>> is_spark([1, 2])
        False
    """
    kind = type(table)
    return kind.__module__.startswith("pyspark.sql.") and kind.__name__ == "DataFrame"


def session(master: str | None = None) -> Any:
    """Return a Spark session with the settings that prepared logs need.

    Args:
        master: Where Spark runs: `local[4]`, `spark://host:7077`, `yarn`, or `sc://host:15002` for
            Spark Connect. None takes what spark-submit says.

    Raises:
        UnavailableError: pyspark isn't installed, or Spark doesn't start.
    """
    try:
        with _without_word_on_pandas():
            from pyspark.sql import SparkSession
    except ImportError:
        raise UnavailableError(
            "pyspark isn't installed.",
            "Install procmine[spark], or use the engine that is there: --engine polars.",
        ) from None
    builder: Any = SparkSession.builder.appName("procmine")
    settings = dict(_SETTINGS)
    if master is not None and master.startswith("sc://"):
        builder = builder.remote(master)
    else:
        builder = builder.master(master) if master is not None else builder
        settings["spark.ui.showConsoleProgress"] = str(sys.stderr.isatty()).lower()
        settings |= _LOCAL if (master or "").startswith("local") else {}
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        with _without_word_on_pandas():
            return builder.getOrCreate()
    except Exception as error:
        # What goes wrong is told by whatever lies below: py4j, gRPC or a missing Java.
        why = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
        raise UnavailableError(
            f"Spark doesn't start: {why}.",
            "Spark needs Java 17 or later; without it use --engine polars.",
        ) from error


@contextmanager
def _without_word_on_pandas() -> Generator[None]:
    """Let pyspark 4 not warn of pandas 3, which isn't used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
        yield


def spark_path(path: Path) -> str:
    """Return a path as Spark takes it: as it stands, blanks too, on the machines' file system.

    Example:
        >>> spark_path(Path("/data/a log.parquet"))
        'file:///data/a log.parquet'
    """
    return f"file://{path.absolute()}"


def prepare_spark(events: Table) -> Table:
    """Sort the events of each case and add what came next; what was made before is made anew.

    Args:
        events: A Spark table of the canonical columns, in any order of rows; whole cases.

    Returns:
        The events with the columns of `procmine.schema.MADE`, lazily. Rows come in no promised
        order; `write_parts` puts those of a case together.
    """
    table = events.drop(*MADE)
    own, columns = list(table.columns), frozenset(table.columns)
    table = table.selectExpr("*", *_next(columns))
    table = table.selectExpr("*", *_measures(columns))
    table = table.drop("__sequence", "__next_begin").selectExpr("*", *_marks(columns))
    made = [
        NEXT_ACTIVITY, NEXT_DEPARTMENT, NEXT_RESOURCE, WAIT, SERVICE, EVENT_NUMBER, CASE_START,
        ELAPSED, HANDOFF_NUMBER, NEW_ACTIVITY, NEW_STEP, NEW_HANDOFF, HANDOFF_RETURNS, VARIANT,
    ]  # fmt: skip
    gaps = dict(_gaps(columns))
    table = table.selectExpr("*", *(f"{value} AS {name}" for name, value in gaps.items()))
    made += gaps
    return with_row_marks(table.selectExpr(*(f"`{c.replace('`', '``')}`" for c in (*own, *made))))


def _next(columns: frozenset[str]) -> Iterator[str]:
    """What came next, and what is known of the case as a whole."""
    followers = {ACTIVITY: NEXT_ACTIVITY, DEPARTMENT: NEXT_DEPARTMENT, RESOURCE: NEXT_RESOURCE}
    for column, name in followers.items():
        value = (
            f"lead(`{column}`) OVER ({IN_ORDER})" if column in columns else "CAST(NULL AS STRING)"
        )
        yield f"{value} AS {name}"
    begin = f"coalesce({START}, `{TIMESTAMP}`)" if START in columns else f"`{TIMESTAMP}`"
    yield f"lead({begin}) OVER ({IN_ORDER}) AS __next_begin"
    yield f"CAST(row_number() OVER ({IN_ORDER}) AS BIGINT) AS {EVENT_NUMBER}"
    first = f"least({START}, `{TIMESTAMP}`)" if START in columns else f"`{TIMESTAMP}`"
    yield f"min({first}) OVER ({_WHOLE}) AS {CASE_START}"
    yield f"collect_list({ACTIVITY}) OVER ({_WHOLE}) AS __sequence"
    if START in columns:
        known = [f"`{c}`" for c in (TIMESTAMP, ORDER, DEPARTMENT, BY_CUSTOMER) if c in columns]
        resumes = f"struct({first} AS begin, {', '.join(known)})"
        yield f"min({resumes}) OVER ({_LATER}) AS __resumes"


def _measures(columns: frozenset[str]) -> Iterator[str]:
    """Times in microseconds, whether a step is a handoff, and the variant on the last event."""
    waited = f"unix_micros(__next_begin) - unix_micros(`{TIMESTAMP}`)"
    # greatest() passes over nulls: the last event would wait 0 instead of nothing.
    yield f"CASE WHEN __next_begin IS NOT NULL THEN greatest(0, {waited}) END AS {WAIT}"
    paused = f" - coalesce({SUSPENDED}, 0)" if SUSPENDED in columns else ""
    served = f"unix_micros(`{TIMESTAMP}`) - unix_micros({START}){paused}"
    yield f"{served if START in columns else 'CAST(NULL AS BIGINT)'} AS {SERVICE}"
    yield f"unix_micros(`{TIMESTAMP}`) - unix_micros({CASE_START}) AS {ELAPSED}"
    differ = f"coalesce({DEPARTMENT} <> {NEXT_DEPARTMENT}, false)"
    yield f"{differ if DEPARTMENT in columns else 'false'} AS __handoff"
    joined = r"md5(CAST(array_join(__sequence, '\u001f') AS BINARY))"
    number = f"CAST(conv(substring({joined}, 1, 13), 16, 10) AS BIGINT)"
    yield f"CASE WHEN {NEXT_ACTIVITY} IS NULL THEN {number} END AS __variant"


def _marks(columns: frozenset[str]) -> Iterator[str]:
    """The number of each handoff, the first time a case does something, its variant."""
    handed = f"sum(CAST(__handoff AS BIGINT)) OVER ({_SO_FAR})"
    yield f"CASE WHEN __handoff THEN {handed} END AS {HANDOFF_NUMBER}"
    yield f"{_first_of(ACTIVITY)} AS {NEW_ACTIVITY}"
    step = _first_of(ACTIVITY, NEXT_ACTIVITY)
    yield f"{step} AND {NEXT_ACTIVITY} IS NOT NULL AS {NEW_STEP}"
    crossing = f"{_first_of(DEPARTMENT, NEXT_DEPARTMENT)} AND __handoff"
    yield f"{crossing if DEPARTMENT in columns else 'false'} AS {NEW_HANDOFF}"
    returns = _returns() if DEPARTMENT in columns else "CAST(NULL AS TINYINT)"
    yield f"{returns} AS {HANDOFF_RETURNS}"
    yield f"max(__variant) OVER ({_WHOLE}) AS {VARIANT}"


def _gaps(columns: frozenset[str]) -> Iterator[tuple[str, str]]:
    """When nobody works on a case, and who ends that; see `procmine.prepare.gaps`."""
    if START in columns:
        begin, ended = f"unix_micros(least({START}, `{TIMESTAMP}`))", f"unix_micros(`{TIMESTAMP}`)"
        resumes = "unix_micros(__resumes.begin)"
        yield GAP, f"CASE WHEN __resumes IS NOT NULL THEN greatest(0, {resumes} - {ended}) END"
        yield WORKED, f"greatest(0, least({ended}, {resumes}) - {begin})"
        if DEPARTMENT in columns:
            yield GAP_DEPARTMENT, f"__resumes.{DEPARTMENT}"
        if BY_CUSTOMER in columns:
            yield GAP_BY_CUSTOMER, f"__resumes.{BY_CUSTOMER}"
    elif BY_CUSTOMER in columns:
        yield GAP_BY_CUSTOMER, f"lead({BY_CUSTOMER}) OVER ({IN_ORDER})"


def _returns() -> str:
    """How many of the case's next two handoffs go straight back and forth."""
    among = f"PARTITION BY `{CASE}`, __handoff ORDER BY {EVENT_NUMBER}"
    pairs = ((DEPARTMENT, NEXT_DEPARTMENT), (NEXT_DEPARTMENT, DEPARTMENT))
    back = " AND ".join(f"lead({one}) OVER ({among}) = {other}" for one, other in pairs)
    again = " AND ".join(f"lead({one}, 2) OVER ({among}) = {one}" for one, _ in pairs)
    first, second = (
        f"CAST(coalesce({x}, false) AS TINYINT)" for x in (back, f"{back} AND {again}")
    )
    return f"CASE WHEN __handoff THEN {first} + {second} END"


def _first_of(*columns: str) -> str:
    among = ", ".join((f"`{CASE}`", *columns))
    return f"row_number() OVER (PARTITION BY {among} ORDER BY {EVENT_NUMBER}) = 1"


def write_parts(prepared: Table, folder: Path) -> list[str]:
    """Write a prepared log as Parquet parts that any engine reads.

    Args:
        prepared: The prepared events.
        folder: Where they go; it isn't there yet. Spark's executors must be able to write there.

    Returns:
        The names of the parts. The rows of a case stand together in one of them, in order.
    """
    placed = prepared.repartition(CASE).sortWithinPartitions(CASE, TIMESTAMP, ORDER)
    conf = prepared.sparkSession.conf
    before = conf.get(_OUTPUT_TYPE)
    conf.set(_OUTPUT_TYPE, "TIMESTAMP_MICROS")  # Spark's own default can't be read by Polars
    try:
        writer = placed.write.option("maxRecordsPerFile", 0).option("compression", "zstd")
        writer.parquet(spark_path(folder))
    finally:
        conf.set(_OUTPUT_TYPE, before)
    return _renamed(folder)


def count_irregularities_spark(prepared: Table) -> dict[str, int]:
    """Count what is odd but usable, as `procmine.quality.count_irregularities`, and the rest.

    Args:
        prepared: The prepared events.

    Returns:
        `duplicates`, `ties` and `out_of_order`, and how many `events` and `cases` there are.
    """
    same_time = f"`{TIMESTAMP}` = {{}}(`{TIMESTAMP}`) OVER ({IN_ORDER})"
    backward = f"`{ORDER}` < lag(`{ORDER}`) OVER ({IN_ORDER})"
    odd = {"__tied": same_time.format("lag"), "__next_tied": same_time.format("lead")}
    odd["__backward"] = backward
    marked = prepared.selectExpr("*", *(f"coalesce({v}, false) AS {k}" for k, v in odd.items()))
    counts = {
        "ties": "count_if(__tied)",
        "out_of_order": "count_if(__backward)",
        "events": "count(*)",
        "cases": f"count_if({NEXT_ACTIVITY} IS NULL)",
    }
    row = marked.selectExpr(*(f"{v} AS {k}" for k, v in counts.items())).collect()[0].asDict()
    among = marked.filter("__tied OR __next_tied").drop(*odd)
    return {"duplicates": _duplicates(among) if row["ties"] else 0, **row}


def _duplicates(tied: Table) -> int:
    """Count events that repeat another in every column that can be compared but the position."""
    made = {*MADE, ORDER}
    columns = [c for c, t in tied.dtypes if c not in made and "map<" not in t]
    groups = tied.groupBy(*(f"`{c.replace('`', '``')}`" for c in columns)).count()
    repeats = groups.selectExpr("sum(count) - count(*) AS repeats").collect()[0]["repeats"]
    return int(repeats or 0)


def _renamed(folder: Path) -> list[str]:
    """Give the parts the names that other engines give, and drop Spark's own bookkeeping."""
    written = sorted(folder.glob("part-*.parquet"))
    names = [f"part-{number:05}.parquet" for number in range(len(written))]
    for file, name in zip(written, names, strict=True):
        file.rename(folder / name)
    for other in folder.iterdir():
        if other.name not in names:
            other.unlink()
    return names
