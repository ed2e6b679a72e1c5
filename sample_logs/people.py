"""What systems know their customers by: numbers, telephones and e-mail addresses.

All of it follows from a customer's position, so that no table of customers is kept. The telephones
lie behind a prefix that nobody can dial, the addresses in a domain that is reserved for examples.
"""

from collections.abc import Sequence

import polars as pl

_PHONES = 10**8
_SPELLINGS = ("+49 199 {}", "0049199{}", "0199/{}", "(0199) {}", "+49 (0)199-{}")
_FIRST = (
    "anna", "ben", "clara", "david", "emma", "felix", "greta", "hannah", "ida", "jonas", "karl",
    "lena", "mia", "noah", "olga", "paul", "rosa", "sami", "tarek", "yara",
)  # fmt: skip
_LAST = (
    "adler", "bauer", "celik", "demir", "ebert", "fuchs", "graf", "hahn", "iwanow", "jung",
    "kaya", "lang", "maier", "nowak", "otto", "pohl", "roth", "sommer", "thoma", "wolf",
)  # fmt: skip


def share_of(customer: pl.Expr) -> pl.Expr:
    """Return a fixed number in [0, 1) for each customer, spread evenly."""
    return (customer * 2_246_822_519 % 2**32) / 2**32


def phone_digits(customer: pl.Expr) -> pl.Expr:
    """Return the digits of a customer's own telephone after the prefix; no two are the same."""
    return (customer * 61_803_399 + 14_142_135) % _PHONES


def phone(digits: pl.Expr, spelling: pl.Expr) -> pl.Expr:
    """Return a telephone number in one of the ways people write it.

    Args:
        digits: The digits after the prefix.
        spelling: A whole number; the remainder chooses the way.

    Example:
        >>> frame = pl.DataFrame({"digits": [1234567, 1234567], "way": [0, 9]})
        >>> frame.select(phone(pl.col("digits"), pl.col("way")))["digits"].to_list()
        ['+49 199 01234567', '+49 (0)199-01234567']
    """
    text = digits.cast(pl.String).str.zfill(8)
    return _chosen(spelling, [pl.format(way, text) for way in _SPELLINGS])


def email(customer: pl.Expr, spelling: pl.Expr) -> pl.Expr:
    """Return a customer's e-mail address, its letters' case as people happen to type it.

    Args:
        customer: The customers' positions.
        spelling: A whole number; the remainder chooses the case.

    Example:
        >>> frame = pl.DataFrame({"customer": [3, 3], "way": [0, 1]})
        >>> frame.select(email(pl.col("customer"), pl.col("way")))["email"].to_list()
        ['greta.demir.52117331@example.org', 'Greta.Demir.52117331@Example.org']
    """
    first = _picked(_FIRST, customer * 7 // 3)
    last = _picked(_LAST, customer * 11 // 7 + customer)
    number = (customer * 27_182_819 + 70_568_874) % _PHONES
    plain = pl.format("{}.{}.{}@example.org", first, last, number.cast(pl.String).str.zfill(8))
    return _chosen(spelling, [plain, plain.str.to_titlecase(), plain.str.to_uppercase()]).alias(
        "email"
    )


def _picked(words: Sequence[str], position: pl.Expr) -> pl.Expr:
    return position.mod(len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _chosen(spelling: pl.Expr, ways: Sequence[pl.Expr]) -> pl.Expr:
    which = spelling % len(ways)
    chosen = ways[-1]
    for number, way in enumerate(ways[:-1]):
        chosen = pl.when(which == number).then(way).otherwise(chosen)
    return chosen
