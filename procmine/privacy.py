"""Who is behind a row: of a protected log no row of any answer speaks of too few customers.

Rows of fewer than k customers become one, which the next smallest row joins: two small rows may be
the same few customers, so only a row that is large enough by itself makes theirs so. What is left
out is said. Protection is of what is shown, in tables, pictures and exports alike; the log itself,
in Python and on disk, stays whole. It doesn't stop who subtracts one answer from another.

Source: Samarati & Sweeney, Protecting Privacy when Disclosing Information: k-Anonymity and Its
Enforcement through Generalization and Suppression, 1998; complementary suppression: Hundepool et
al., Statistical Disclosure Control, 2012, chapter 4.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import narwhals as nw
import polars as pl
from polars import selectors

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.result import Result
from procmine.schema import CASE, CUSTOMER
from procmine.wording import count, number, share

CUSTOMERS: Final = "customers"
"""The column of a table that says how many customers are behind each of its rows."""

OTHERS: Final = "other_customers"
"""The column that says how many are behind the group that a row is compared with."""

_JOURNEYS: Final = ("cases", "journeys", "count", "events")
"""What says how much a row holds, the best first."""

_OF_ONE: Final = re.compile(r"(business_)?(max|min|longest|shortest|first|last)_.*seconds")
"""Durations that are a single journey's."""

_LONG_ENOUGH: Final = 4
"""A shorter identifier can't be told from a figure in a sentence."""


def with_customers(
    log: EventLog, table: pl.DataFrame, keys: Sequence[str] = (), *rows: nw.LazyFrame[Any]
) -> pl.DataFrame:
    """Add how many customers are behind each row of a table, where the log is protected.

    Of a log that isn't, nothing is counted and the table stays as it is. Where the log names no
    customers, journeys are counted.

    Args:
        log: The event log.
        table: One row a group.
        keys: The columns that tell the groups apart; the whole is one group where there are none.
        *rows: What was grouped, with the keys and the log's customers; its events if not given.
            Where a row has figures of several groups, closed journeys and all of them: each, and
            the smallest that isn't empty counts.

    Returns:
        The table with `customers`, behind `cases` where it has them.

    Example:
        >>> import procmine as pm
        >>> events = pl.DataFrame(
        ...     {"case": ["1", "2"], "activity": ["ask", "ask"], "time": ["2026-01-05T09:00Z"] * 2}
        ... )
        >>> log = pm.read(events).protect(customers=2)
        >>> with_customers(log, pl.DataFrame({"activity": ["ask"]}), ["activity"]).row(0)
        ('ask', 2)
    """
    if log.meta.protected is None:
        return table
    columns = [CUSTOMER if CUSTOMER in log.columns else CASE, *keys]
    counted = [_counted(table, part.select(columns), keys) for part in rows or (log.table,)]
    somebody = [pl.when(c > 0).then(c) for c in counted]
    fewest = pl.min_horizontal(*somebody).fill_null(0)
    return _placed(table.with_columns(fewest.alias(CUSTOMERS)))


def _counted(table: pl.DataFrame, rows: nw.LazyFrame[Any], keys: Sequence[str]) -> pl.Series:
    """Count the customers, the first column, for each row of a table."""
    if table.is_empty():  # the log may lack the very columns that would have made rows
        return pl.Series([], dtype=pl.Int64)
    who = nw.col(rows.collect_schema().names()[0]).n_unique().cast(nw.Int64).alias(CUSTOMERS)
    if not keys:
        return pl.repeat(collect(rows.select(who)).item(), table.height, eager=True)
    counted = collect(rows.group_by(list(keys)).agg(who))
    counted = counted.cast({k: table.schema[k] for k in keys})
    found = table.select(keys).join(
        counted, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return found[CUSTOMERS].fill_null(0)


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    """Put the customers behind the journeys."""
    names = [c for c in table.columns if c != CUSTOMERS]
    at = names.index("cases") + 1 if "cases" in names else len(names)
    return table.select(*names[:at], CUSTOMERS, *names[at:])


@dataclass(frozen=True)
class _Shown:
    """A table as it may be seen.

    Attributes:
        apart: Its rows that stand for themselves.
        merged: What the others are together: one row, or none.
        hidden: The rows that aren't shown.
        why: Why a whole table is withheld; empty otherwise.
    """

    apart: pl.DataFrame
    merged: pl.DataFrame
    hidden: pl.DataFrame
    why: str = ""

    @property
    def table(self) -> pl.DataFrame:
        """All that is shown."""
        return pl.concat([self.apart, self.merged])


def protected(result: Result, fewest: int | None) -> Result:
    """Show nothing that speaks of fewer than so many customers, and say what isn't shown.

    Tables of single journeys are withheld, and so is a table that doesn't count its customers.
    Counts and totals of rows that become one are added up, other figures left out. The longest and
    shortest journey's times are nobody's business, and instants are days.

    Args:
        result: An answer.
        fewest: The least number of customers; None where nothing is to be protected.

    Example:
        >>> table = pl.DataFrame(
        ...     {"site": ["Leeds", "York", "Hull"], "cases": [9, 7, 2], "customers": [9, 5, 1]}
        ... )
        >>> protected(Result("sites", "9 in Leeds.", tables={"sites": table}), 5).sites.rows()
        [('Leeds', 9, 9), ('fewer than 5 customers', 9, 6)]
    """
    if fewest is None:
        return result
    shown = {name: _shown(table, fewest) for name, table in result.tables.items()}
    caveats = (*_caveats(shown, fewest), *(c for c in result.caveats if not _tells(c, shown)))
    nobody = any(s.why and s.hidden.height == 1 and s.hidden.width for s in shown.values())
    headline = result.headline
    if nobody:
        headline = f"Fewer than {fewest} customers are in this log, so nothing is said of them."
        caveats = tuple(_caveats(shown, fewest))
    elif _tells(headline, shown):
        headline = f"What stands out is about fewer than {fewest} customers, so it isn't said."
    apart = {name: s.apart for name, s in shown.items()}
    return replace(
        result,
        headline=headline,
        caveats=caveats,
        tables={name: s.table for name, s in shown.items()},
        chart_of=result.chart_of and partial(_drawn, result.chart_of, apart),
        graph_of=result.graph_of and partial(_drawn, result.graph_of, apart),
    )


def _drawn(
    draw: Callable[..., Any], apart: Mapping[str, pl.DataFrame], result: Result, **options: Any
) -> Any:
    """Draw the rows that stand for themselves: those that became one have no figures."""
    return draw(replace(result, tables=apart), **options)


def _shown(table: pl.DataFrame, fewest: int) -> _Shown:
    none = table.clear()
    if table.is_empty():
        return _Shown(table, none, none)
    if CASE in table.columns or CUSTOMER in table.columns:
        return _Shown(none, none, table, "lists single journeys")
    if CUSTOMERS not in table.columns:
        return _Shown(none, none, table, "doesn't count the customers of a row")
    table = _coarse(table)
    known = _behind(table, fewest)
    # a row of nobody speaks of nobody
    few = table.filter(known.is_between(1, fewest - 1))
    if few.is_empty():
        return _Shown(table, none, none)
    ranked = table.with_columns(known.alias("__known")).with_row_index("__row")
    joining = ranked.filter(pl.col("__known") >= fewest).sort("__known", "__row").head(1)
    if joining.is_empty():
        return _Shown(none, none, table, f"speaks of fewer than {fewest} customers")
    together = known.is_between(1, fewest - 1) | (pl.int_range(pl.len()) == joining["__row"].item())
    apart, hidden = table.filter(~together), table.filter(together)
    return _Shown(apart, _merged(hidden, fewest), hidden)


def _behind(table: pl.DataFrame, fewest: int) -> pl.Expr:
    """Count the customers of a row; where it compares two groups, those of the smaller."""
    sides = [c for c in (CUSTOMERS, OTHERS) if c in table.columns]
    somebody = pl.min_horizontal(pl.when(pl.col(c) > 0).then(c) for c in sides).fill_null(0)
    return pl.when(pl.col(CUSTOMERS).is_null()).then(fewest - 1).otherwise(somebody)


def _coarse(table: pl.DataFrame) -> pl.DataFrame:
    """Leave out what is a single journey's own: the extremes, and the time of day."""
    extremes = [c for c in table.columns if _OF_ONE.fullmatch(c)]
    days = [c for c, kind in table.schema.items() if isinstance(kind, pl.Datetime)]
    return table.with_columns(
        *(pl.lit(None, table.schema[c]).alias(c) for c in extremes), pl.col(days).dt.truncate("1d")
    )


def _merged(rows: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """Make one row of several: counts and totals added up, and a name."""
    name = pl.lit(f"fewer than {fewest} customers")
    named = next((c for c, kind in rows.schema.items() if _is_text(kind)), None)
    cells: list[pl.Expr] = []
    for column, kind in rows.schema.items():
        if column == named:
            cell = (pl.concat_list(name) if isinstance(kind, pl.List) else name).cast(kind)
        elif _adds_up(column, kind):
            cell = pl.col(column).sum()
        else:
            cell = pl.lit(None, kind)
        cells.append(cell.alias(column))
    return rows.select(cells).head(1)


def _is_text(kind: pl.DataType) -> bool:
    return kind in (pl.String, pl.Categorical, pl.List(pl.String))


def _adds_up(column: str, kind: pl.DataType) -> bool:
    """Whether it is a count (a bare plural) or a total."""
    is_count = kind.is_integer() and (column == "count" or column.endswith("s"))
    return is_count or "total_" in column


def _caveats(shown: Mapping[str, _Shown], fewest: int) -> Iterator[str]:
    """Say what isn't shown, and how much that is."""
    for name, of in shown.items():
        if of.why:
            yield f"{name} {of.why}, so its {count(of.hidden.height, 'row')} aren't shown."
    merged = [f"{name}: {_mass(of)}" for name, of in shown.items() if of.merged.height]
    if merged:
        fact = f"Rows of fewer than {fewest} customers are shown as one, which the next joins"
        yield f"{fact}; {'; '.join(merged)}."


def _mass(of: _Shown) -> str:
    """Say how much a table's merged row holds."""
    merged = count(of.hidden.height, "row")
    customers = f"at most {count(int(of.hidden[CUSTOMERS].sum()), 'customer')}"
    held = next((c for c in _JOURNEYS if c in of.hidden.columns), None)
    if held is None:
        return f"{merged} of {customers}"
    part, rest = (int(rows[held].sum()) for rows in (of.hidden, of.apart))
    noun = "journeys" if held in ("cases", "journeys") else held.replace("count", "times")
    of_all = share(part / (part + rest)) if part + rest else share(0.0)
    return f"{merged}, {number(part)} {noun} ({of_all}) of {customers}"


def _tells(sentence: str, shown: Mapping[str, _Shown]) -> bool:
    """Whether a sentence names what isn't shown."""
    return any(
        _names_one(sentence, of.hidden)
        if {CASE, CUSTOMER} & set(of.hidden.columns)
        else _names_row(sentence, of.hidden)
        for of in shown.values()
        if of.hidden.height
    )


def _names_one(sentence: str, rows: pl.DataFrame) -> bool:
    """Whether a sentence names a journey or a customer."""
    words = {w for w in re.findall(r"[^\s',;:()]+", sentence) if len(w) >= _LONG_ENOUGH}
    names = [c for c in (CASE, CUSTOMER) if c in rows.columns]
    return any(rows[c].cast(pl.String).is_in(words).any() for c in names)


def _names_row(sentence: str, rows: pl.DataFrame) -> bool:
    """Whether all the words that tell a row from others are in a sentence."""
    texts = rows.select(selectors.string(include_categorical=True).cast(pl.String))
    if not texts.width:
        return False
    said = pl.lit(sentence)
    there = [said.str.contains(pl.col(c).fill_null(""), literal=True) for c in texts.columns]
    known = pl.any_horizontal(pl.all().is_not_null())
    near = texts.filter(pl.all_horizontal(there), known)
    return any(all(_stands_in(sentence, name) for name in row if name) for row in near.rows())


def _stands_in(sentence: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) is not None
