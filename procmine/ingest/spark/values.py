r"""SQL that reads a column's values as text, numbers or truth, as `procmine.ingest.values` does.

Regular expressions are Java's; `(?U)` lets `\s` mean every white space there is, as in Polars.
"""

from collections.abc import Sequence
from typing import Final

from procmine.ingest.values import FALSE, SPELLED_TRUTHS, TRUE

_WHOLES: Final = frozenset({"tinyint", "smallint", "int", "bigint"})
_FLOATS: Final = frozenset({"float", "double"})
_NUMBER: Final = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_INTEGER: Final = r"^[+-]?\d+$"
_NESTED: Final = ("array", "map", "struct", "binary", "variant")


def quoted(name: str) -> str:
    """Return a column's name as SQL.

    Example:
        >>> quoted("case:concept:name")
        '`case:concept:name`'
    """
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    r"""Return a text as SQL.

    Example:
        >>> print(literal(r"it's a \d"))
        'it\'s a \\d'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def among(value: str, texts: Sequence[str]) -> str:
    """Return whether a value is one of some texts, as SQL."""
    return f"{value} IN ({', '.join(map(literal, texts))})" if texts else "false"


def matches(value: str, pattern: str) -> str:
    """Return whether a value matches a regular expression, as SQL."""
    return f"{value} RLIKE {literal(pattern)}"


def replaced(value: str, pattern: str, by: str) -> str:
    """Return a value with what matches a regular expression replaced, as SQL."""
    return f"regexp_replace({value}, {literal(pattern)}, {literal(by)})"


def stripped(value: str) -> str:
    """Return a text without white space around it, as SQL."""
    return replaced(value, r"(?U)\A\s+|\s+\z", "")


def is_nested(dtype: str) -> bool:
    """Whether a type's values can't play a role."""
    return dtype.startswith(_NESTED)


def text(name: str, dtype: str, null_values: Sequence[str] = ()) -> str:
    """Return a column as text as it stands, null where it is blank or stands for nothing.

    Args:
        name: The column.
        dtype: Its type; a float that is whole loses its ".0", being a number that met a gap.
        null_values: Texts that stand for a missing value.
    """
    column = quoted(name)
    if dtype in _FLOATS:
        whole = f"CAST(try_cast({column} AS BIGINT) AS STRING)"
        other = f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS STRING) END"
        as_text = f"(CASE WHEN {column} = rint({column}) THEN {whole} ELSE {other} END)"
    else:
        as_text = column if dtype == "string" else f"CAST({column} AS STRING)"
    bare = stripped(as_text)
    kept = f"{bare} <> '' AND NOT {among(bare, null_values)}"
    return f"CASE WHEN {kept} THEN {as_text} END"


def number(name: str, dtype: str, null_values: Sequence[str]) -> str:
    """Return a column as finite floats, null where it holds anything else."""
    if dtype in _WHOLES or dtype in _FLOATS or dtype.startswith("decimal"):
        value = f"CAST({quoted(name)} AS DOUBLE)"
    else:
        bare = stripped(text(name, dtype, null_values))
        value = f"CASE WHEN {matches(bare, _NUMBER)} THEN try_cast({bare} AS DOUBLE) END"
    return f"CASE WHEN abs({value}) < double('Infinity') THEN {value} END"


def whole(name: str, dtype: str, null_values: Sequence[str]) -> str:
    """Return a column as integers, null where it holds anything else."""
    if dtype in _WHOLES:
        return f"CAST({quoted(name)} AS BIGINT)"
    bare = stripped(text(name, dtype, null_values))
    return f"CASE WHEN {matches(bare, _INTEGER)} THEN try_cast({bare} AS BIGINT) END"


def truth(name: str, dtype: str, null_values: Sequence[str]) -> str:
    """Return a column as truth values, null where it holds anything else."""
    if dtype == "boolean":
        return quoted(name)
    word = f"lower({stripped(text(name, dtype, null_values))})"
    yes, no = among(word, TRUE), among(word, FALSE)
    return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"


def types_of_text(name: str) -> dict[str, str]:
    """Return for each type, the narrowest first, whether a text is of it and nothing is lost.

    Args:
        name: A column of text; an empty text is of every type.
    """
    column = quoted(name)
    plainly = f"NOT {matches(column, r'^(?:[+]|-?0[0-9])')}"
    whole = f"try_cast({column} AS BIGINT)"
    real = f"{matches(column, _NUMBER)} AND octet_length({column}) <= 20"
    return {
        "bigint": f"{plainly} AND {matches(column, _INTEGER)} AND {whole} IS NOT NULL",
        "double": f"{real} AND {plainly}",
        "boolean": among(column, SPELLED_TRUTHS),
    }


def typed(name: str, dtype: str | None) -> str:
    """Return a column of text under its type, the empty text as null."""
    value = f"CASE WHEN {quoted(name)} <> '' THEN {quoted(name)} END"
    if dtype is None:
        return value
    return f"lower({value}) = 'true'" if dtype == "boolean" else f"try_cast({value} AS {dtype})"
