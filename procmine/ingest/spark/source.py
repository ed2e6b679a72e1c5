"""The events of one or more sources as one Spark table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from procmine.errors import ColumnError, InputError
from procmine.ingest.spark.values import is_nested, quoted
from procmine.io.raw import POSITION
from procmine.prepare.spark import Table

SOURCE_NUMBER: Final = "__source"
BROKEN: Final = "__broken"
_INTERNAL: Final = frozenset({POSITION, SOURCE_NUMBER, BROKEN})


@dataclass(frozen=True)
class Source:
    """Events under the names their source gives them.

    Attributes:
        name: The file's or folder's name, without what it lies in.
        format: What was found there, in a word.
        table: The events, with `POSITION`; `BROKEN` where records may be broken.
        is_text: Whether its texts may stand for numbers or truth values.
    """

    name: str
    format: str
    table: Table
    is_text: bool = False


def of_table(table: Table) -> Source:
    """Take a Spark table as raw events; they are numbered as Spark happens to hold them.

    Raises:
        InputError: Two of its columns can't be told apart.
    """
    names = list(table.columns)
    exact = table.sparkSession.conf.get("spark.sql.caseSensitive") == "true"
    if len({n if exact else n.lower() for n in names}) < len(names):
        raise InputError("Two columns of the table have one name.", "Rename one of them.")
    position = f"monotonically_increasing_id() + 1 AS {POSITION}"
    return Source("table", "spark", table.selectExpr("*", position))


def together(sources: Sequence[Source]) -> Table:
    """Put sources one below the other; a column is text where they disagree about its type."""
    types = types_of(sources)
    tables = [_uniform(number, source, types) for number, source in enumerate(sources)]
    whole = tables[0]
    for table in tables[1:]:
        whole = whole.unionByName(table, allowMissingColumns=True)
    return whole


def types_of(sources: Sequence[Source]) -> dict[str, str]:
    """Return the columns of all sources and their types; text where the sources disagree."""
    found: dict[str, str] = {}
    for source in sources:
        for name, dtype in source.table.dtypes:
            alike = found.setdefault(name, dtype) == dtype
            found[name] = dtype if alike else "string"
    return {n: t for n, t in found.items() if n not in _INTERNAL}


def untyped(sources: Sequence[Source]) -> frozenset[str]:
    """Return the columns of text that may stand for numbers or truth values."""
    types = types_of(sources)
    return frozenset(
        n
        for source in sources
        for n, t in source.table.dtypes
        if n in types and (source.is_text or types[n] != t)
    )


def _uniform(number: int, source: Source, types: Mapping[str, str]) -> Table:
    own: dict[str, Any] = dict(source.table.dtypes)
    columns = [
        quoted(n) if own[n] == t else f"CAST({quoted(n)} AS STRING) AS {quoted(n)}"
        for n, t in types.items()
        if n in own
    ]
    broken = BROKEN if BROKEN in own else f"CAST(NULL AS STRING) AS {BROKEN}"
    return source.table.selectExpr(*columns, POSITION, broken, f"{number} AS {SOURCE_NUMBER}")


def refuse_nested(roles: Mapping[str, str], types: Mapping[str, str]) -> None:
    """See that no role's values are nested.

    Raises:
        ColumnError: Some are.
    """
    for role, column in roles.items():
        if is_nested(types[column]):
            raise ColumnError(
                f"The column '{column}' can't be {role}: its values are nested.",
                "Give another column.",
            )


def unread(name: str, error: Exception) -> InputError:
    """Return the error for what Spark says about a source, without its stack.

    Args:
        name: What the source is called in a sentence.
        error: What Spark raised.
    """
    first = str(error).strip().partition("\n")[0].partition("SQLSTATE")[0].strip().rstrip(".")
    return InputError(
        f"{name} can't be read by Spark: {first}.",
        "Export it again, or prepare it with --engine polars.",
    )
