"""The attributes of events and of the objects that journeys belong to, as typed columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from procmine.io.declared import as_declared
from procmine.io.ocel.tables import EVENT, KIND, NAME, OBJECT, OF, TIME, TYPE, VALUE, ObjectLog
from procmine.schema import ACTIVITY, CASE, TIMESTAMP, recognise

_EPOCH: Final = "^(1970-01-01|1969-12-31)"
"""The days on which the time falls, in any zone, that OCEL gives to values that always held."""

_KEY: Final = "\0"
"""The column of the ids beside attributes that may have any name."""


@dataclass(frozen=True)
class Attributes:
    """Attributes as columns.

    Attributes:
        table: `event_id` or `case_id`, then a column for each attribute, typed as declared.
        times: Columns of text that are declared to be times.
        untyped: Columns of text of which nothing is declared.
        changed: How many objects' attributes take another value later.
    """

    table: pl.DataFrame
    times: frozenset[str] = field(default_factory=frozenset[str])
    untyped: frozenset[str] = field(default_factory=frozenset[str])
    changed: int = 0


def of_events(log: ObjectLog, taken: Iterable[str]) -> Attributes:
    """Return the attributes of events, under names that aren't taken."""
    declared = log.declared.filter(pl.col(OF) == "event")
    return _typed(_wide(log.event_values, EVENT), declared, EVENT, "", taken)


def of_objects(log: ObjectLog, kind: str, taken: Iterable[str]) -> Attributes:
    """Return the first value of each attribute of the objects of a type, as `case:name`.

    The first, since an attribute that is known later alone can't explain what came before.
    """
    own = log.objects.filter(pl.col(TYPE) == kind).select(OBJECT)
    beginning = pl.col(TIME).is_null() | pl.col(TIME).str.contains(_EPOCH)
    values = log.object_values.join(own, on=OBJECT, how="semi", maintain_order="left").sort(
        ~beginning, _instant(pl.col(TIME)), nulls_last=True, maintain_order=True
    )
    changed = values.height - values.select(OBJECT, NAME).n_unique()
    declared = log.declared.filter(pl.col(OF) == "object", pl.col(TYPE) == kind)
    found = _typed(_wide(values, OBJECT), declared, CASE, "case:", taken)
    return Attributes(found.table, found.times, found.untyped, changed)


def local_beginning(log: ObjectLog) -> str | None:
    """Return the time of values that always held where it betrays a zone that isn't named.

    OCEL has 1970-01-01T00:00:00Z there; a writer that drops the zone leaves 01:00 of Berlin.
    """
    times = log.object_values[TIME].unique()
    local = times.str.contains(_EPOCH) & times.str.contains(r"\d\d:\d\d(:[\d.]+)?$")
    shifted = times.filter(local & ~times.str.contains(r"01-01.00:00"))
    return next(iter(shifted.sort()), None)


def _instant(time: pl.Expr) -> pl.Expr:
    """Return times as ISO 8601 writes them as instants, to put them in order; naive ones as UTC."""
    text = time.str.replace(" ", "T", literal=True)
    aware = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us")
    naive = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    return pl.coalesce(aware, naive.dt.replace_time_zone("UTC"))


def _wide(values: pl.DataFrame, of: str) -> pl.DataFrame:
    """Give each attribute a column, behind that of the id; of several values the first counts."""
    names = values[NAME].unique().sort().drop_nulls().to_list()
    wide = values.rename({of: _KEY}).pivot(
        on=NAME, on_columns=names, index=_KEY, values=VALUE, aggregate_function="first"
    )
    return wide.select(_KEY, *names)


def _typed(
    wide: pl.DataFrame, declared: pl.DataFrame, key: str, prefix: str, taken: Iterable[str]
) -> Attributes:
    """Type the columns, and name them."""
    own = wide.columns[1:]
    kinds = {name: _kind(declared.filter(pl.col(NAME) == name)[KIND]) for name in own}
    names = _names(own, prefix, {*taken, key})
    columns = [as_declared(wide[n], kinds[n]).alias(names[n]) for n in own]
    return Attributes(
        wide.select(pl.col(_KEY).alias(key), *columns),
        frozenset(names[n] for n in own if kinds[n] == "time"),
        frozenset(names[n] for n in own if not kinds[n]),
    )


def _kind(declared: pl.Series) -> str:
    """Return what an attribute is that several types may declare; text if they disagree."""
    kinds = {"time" if k == "date" else k for k in declared.drop_nulls()}
    if kinds == {"integer", "float"}:
        return "float"
    return next(iter(kinds), "") if len(kinds) < 2 else "string"


def _names(own: Iterable[str], prefix: str, taken: set[str]) -> dict[str, str]:
    """Name columns so that none is taken for the journey, the activity or the time."""
    found = dict[str, str]()
    for name in own:
        final = f"{prefix}{name}"
        while final in taken or _displaces(final):
            final = f"{final} (attribute)"
        found[name] = final
        taken.add(final)
    return found


def _displaces(name: str) -> bool:
    """Whether a column of this name would be taken for one of the roles that a log needs."""
    ours = (CASE, ACTIVITY, TIMESTAMP)
    roles = recognise([*ours, name], {})
    return any(roles[role] != role for role in ours)
