"""Pseudonyms: names that only who has the key can tie to a person, the same wherever it is used.

Source: BLAKE2b with a key, a pseudo-random function: Aumasson, Neves, Wilcox-O'Hearn & Winnerlein,
BLAKE2: simpler, smaller, fast as MD5, 2013; RFC 7693.
"""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import ColumnError, InputError, OptionError, nearest
from procmine.schema import CASE, CUSTOMER, NEXT_RESOURCE, RESOURCE

NAMING: Final = (CUSTOMER, CASE, RESOURCE)
"""The columns that get pseudonyms where nobody says which."""

SHORTEST, LONGEST = 16, 64
"""How many bytes a key may have: a shorter one can be guessed, and BLAKE2b takes no longer one."""

_BYTES: Final = 16
"""So many bytes of hash tell a hundred million people apart with a chance of 1 - 1e-22."""


def checked(key: bytes) -> bytes:
    """Return a key that is long enough.

    Raises:
        OptionError: It isn't, or it is too long.

    Example:
        >>> checked(b"secret")
        Traceback (most recent call last):
        procmine.errors.OptionError: A key of 6 bytes can be guessed. Give 16 to 64 bytes, such as
        `openssl rand -hex 32` makes.
    """
    if SHORTEST <= len(key) <= LONGEST:
        return key
    fact = "can be guessed" if len(key) < SHORTEST else "is too long"
    raise OptionError(
        f"A key of {len(key)} bytes {fact}.",
        f"Give {SHORTEST} to {LONGEST} bytes, such as `openssl rand -hex 32` makes.",
    )


def read_key(path: Path) -> bytes:
    """Read a key from a file, without the white space around it.

    Raises:
        InputError: The file can't be read.
        OptionError: The key is too short or too long.
    """
    try:
        return checked(path.read_bytes().strip())
    except OSError:
        raise InputError(f"The key can't be read from '{path.name}'.", "Check the path.") from None


def pseudonym(name: str, key: bytes) -> str:
    """Return the pseudonym of a name.

    Example:
        >>> pseudonym("C000123", b"0123456789abcdef")
        '7c9117f8470846eea4584064e77f8013'
    """
    return blake2b(name.encode(), key=key, digest_size=_BYTES).hexdigest()


def pseudonymised(events: pl.LazyFrame, key: bytes, columns: Sequence[str]) -> pl.LazyFrame:
    """Put pseudonyms in the place of names; each name is hashed once.

    Args:
        events: Prepared events.
        key: The key.
        columns: The columns to replace, of text or whole numbers.

    Returns:
        The events, with text in these columns.

    Raises:
        ColumnError: There is no such column.
        OptionError: The column holds something else, or the key is too short or too long.
    """
    checked(key)
    schema = events.collect_schema()
    for column in columns:
        if column not in schema:
            raise ColumnError(f"There is no column '{column}'.", nearest(column, schema))
        kind = schema[column]
        if not (kind.is_integer() or isinstance(kind, pl.String | pl.Categorical | pl.Enum)):
            raise OptionError(
                f"'{column}' holds neither names nor numbers.", "Leave it out of the pseudonyms."
            )
    follows = [NEXT_RESOURCE] * (RESOURCE in columns and NEXT_RESOURCE in schema)
    return events.with_columns(_replaced(events, c, key) for c in (*columns, *follows))


def _replaced(events: pl.LazyFrame, column: str, key: bytes) -> pl.Expr:
    kind = events.collect_schema()[column]
    found = events.select(pl.col(column).cast(pl.String)).unique().drop_nulls()
    names = found.collect(engine="streaming")[column]
    made = pl.Series([pseudonym(name, key) for name in names], dtype=pl.String)
    text = pl.col(column).cast(pl.String).replace_strict(names, made, return_dtype=pl.String)
    return text.cast(kind) if isinstance(kind, pl.Categorical) else text
