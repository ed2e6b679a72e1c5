"""Identifiers as they are compared: case, spaces and the ways to write a phone number folded."""

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

Compare = Literal["text", "phone", "email"]

_BY_NAME: Final[tuple[tuple[str, Compare], ...]] = (
    ("phone", "phone"),
    ("mobile", "phone"),
    ("telefon", "phone"),
    ("mail", "email"),
)


def compared_as(kind: str) -> Compare:
    """Say how a kind of identifier is compared where nobody says it, by its name.

    Example:
        >>> compared_as("mobile phone"), compared_as("e-mail"), compared_as("order")
        ('phone', 'email', 'text')
    """
    found: list[Compare] = [how for part, how in _BY_NAME if part in kind.casefold()]
    return found[0] if found else "text"


def normalised(
    values: pl.Expr, how: Compare, country_code: str | None = None, nothing: Sequence[str] = ()
) -> pl.Expr:
    """Return identifiers as they are compared, null where nothing is left.

    Args:
        values: Text.
        how: As what they are compared.
        country_code: Of phone numbers that are written without one.
        nothing: Texts that stand for a missing value.

    Example:
        >>> numbers = pl.Series(["+49 (0)199-0123", "0049 199/0123", "0199 0123", "none"])
        >>> pl.select(normalised(pl.lit(numbers), "phone", "49", ["None"])).to_series().to_list()
        ['491990123', '491990123', '491990123', None]
    """
    missing = [t for t in (_folded_text(n) for n in nothing) if t]
    folded = values.str.to_lowercase().str.replace_all(r"\s+", "")
    said = folded != "" if not missing else (folded != "") & ~folded.is_in(missing)
    kept = pl.when(said).then(folded)
    if how == "phone":
        return _phone(kept, country_code)
    return kept.str.strip_prefix("mailto:") if how == "email" else kept


def _folded_text(text: str) -> str:
    return "".join(text.lower().split())


def _phone(text: pl.Expr, country_code: str | None) -> pl.Expr:
    """Return the digits with the country's code in front: +49, 0049 and a bare 0 are one.

    A text without digits stays as it is, so that a placeholder can be told from a number.
    """
    plain = text.str.replace("(0)", "", literal=True)
    digits = plain.str.replace_all(r"\D", "")
    known = digits.str.strip_prefix("00")
    if country_code:
        signs = ("+", "00", "(+", "(00")
        abroad = pl.any_horizontal(plain.str.starts_with(sign) for sign in signs)
        known = pl.when(abroad).then(known).otherwise(country_code + digits.str.strip_prefix("0"))
    return pl.when(digits != "").then(known).otherwise(text)
