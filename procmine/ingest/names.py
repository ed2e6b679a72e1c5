"""The names under which a source's columns without a role are kept."""

from collections.abc import Iterable, Mapping
from typing import Final

from procmine.schema import MADE, PAIRED_COLUMNS, ROLES

_OURS: Final = frozenset({*(r.name for r in ROLES), *MADE, *PAIRED_COLUMNS})


def names_of_others(columns: Iterable[str], roles: Mapping[str, str]) -> dict[str, str]:
    """Say what the columns without a role are called in the log.

    A name that clashes with one of ours, or with another column's, gets a suffix. Names that differ
    in case alone clash: Spark, DuckDB and Delta can't open a log that has `Variant` and `variant`.

    Args:
        columns: The source's columns.
        roles: Role to column.

    Example:
        >>> names_of_others(["Case", "Variant", "price"], {"case_id": "Case"})
        {'Variant': 'Variant (source)', 'price': 'price'}
    """
    names = [n for n in columns if n not in set(roles.values())]
    kept = {n.lower(): n for n in reversed(names) if n.lower() not in _OURS}
    used = {*_OURS, *kept}
    found = dict[str, str]()
    for name in names:
        final = name
        while kept.get(name.lower()) != name and final.lower() in used:
            final = f"{final} (source)"
        used.add(final.lower())
        found[name] = final
    return found
