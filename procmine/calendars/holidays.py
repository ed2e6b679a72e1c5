"""Public holidays by country and region, from the package `holidays`."""

from datetime import date
from functools import lru_cache

from procmine.errors import nearest


@lru_cache(maxsize=64)
def holidays_of(place: str | None, first: int, last: int) -> frozenset[date]:
    """Return the public holidays of some years.

    Args:
        place: A country (`DE`) or a country and region (`DE-BE`), as ISO 3166 codes them; None has
            none.
        first: The first year.
        last: The last year.

    Raises:
        ValueError: There is no such place; a sentence.

    Example:
        >>> date(2026, 3, 8) in holidays_of("DE-BE", 2026, 2026)  # a Berliner's holiday alone
        True
        >>> date(2026, 3, 8) in holidays_of("DE", 2026, 2026)
        False
    """
    if place is None:
        return frozenset()
    from holidays import country_holidays

    country, _, region = place.partition("-")
    _check(country, region)
    return frozenset(country_holidays(country, subdiv=region or None, years=range(first, last + 1)))


def _check(country: str, region: str) -> None:
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(f"no holidays are known of '{country}'. {nearest(country, known)}")
    if region and region not in known[country]:
        help = nearest(region, known[country])
        raise ValueError(f"no region '{region}' of '{country}' has holidays of its own. {help}")
