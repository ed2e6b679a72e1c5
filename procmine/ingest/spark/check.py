"""Check the events of a Spark table, count what is found, and give them the log's names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from procmine.errors import UnavailableError
from procmine.ingest import lookalikes as looks
from procmine.ingest.lifecycle import LIFECYCLES
from procmine.ingest.names import names_of_others
from procmine.ingest.sentences import misfit, not_taken
from procmine.ingest.spark.source import BROKEN, SOURCE_NUMBER, Source, unread
from procmine.ingest.spark.times import Times, clock_changes, must_be_cast, sane
from procmine.ingest.spark.values import (
    among,
    literal,
    number,
    quoted,
    text,
    truth,
    typed,
    types_of_text,
    whole,
)
from procmine.io.raw import POSITION
from procmine.prepare.spark import Table
from procmine.quality import REASONS
from procmine.schema import ACTIVITY, CASE, ORDER, ROLES, START, TIMESTAMP, plain

_CASE_VALUE: Final = "__case"
_ACTIVITY_VALUE: Final = "__activity"
_INSTANT: Final = "__instant"
_BEGIN: Final = "__begin"
_REASON: Final = "__reason"
_KINDS: Final = {r.name: r.kind for r in ROLES}
_READ: Final = {"text": text, "number": number, "truth": truth}


@dataclass(frozen=True)
class Reading:
    """How a source is read.

    Attributes:
        types: Column to type.
        roles: Role to column.
        times: Role of a time to how its column is read.
        zone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        given: The roles that somebody named a column for.
        untyped: Column of text to the type that its values have, as far as it is known.
        notes: What was decided, as sentences.
    """

    types: Mapping[str, str]
    roles: Mapping[str, str]
    times: Mapping[str, Times]
    zone: str
    null_values: tuple[str, ...]
    given: frozenset[str]
    untyped: Mapping[str, str | None]
    notes: tuple[str, ...] = ()

    def value(self, role: str) -> str:
        """Return the SQL of a role's value that is no time."""
        column = self.roles[role]
        read = whole if role == ORDER else _READ[_KINDS[role]]
        return read(column, self.types[column], () if role == CASE else self.null_values)


def mark(table: Table, reading: Reading) -> Table:
    """Add what decides about an event, and the reason why it can't be used."""
    made = {_CASE_VALUE: reading.value(CASE), _ACTIVITY_VALUE: reading.value(ACTIVITY)}
    made[_INSTANT] = reading.times[TIMESTAMP].instant
    if START in reading.times:
        made[_BEGIN] = reading.times[START].instant
    marked = table.selectExpr("*", *(f"{sql} AS {name}" for name, sql in made.items()))
    return marked.selectExpr("*", f"{_reason(reading)} AS {_REASON}")


def _reason(reading: Reading) -> str:
    """Return the first rule of `procmine.quality` that a row breaks, as SQL."""
    faults = {
        "broken_row": f"{BROKEN} IS NOT NULL",
        "no_case": f"{_CASE_VALUE} IS NULL",
        "no_activity": f"{_ACTIVITY_VALUE} IS NULL",
        "no_timestamp": f"NOT {reading.times[TIMESTAMP].filled}",
        "unreadable_timestamp": f"{_INSTANT} IS NULL",
        "timestamp_out_of_range": f"NOT {sane(_INSTANT)}",
    }
    whens = " ".join(f"WHEN {faults[code]} THEN {literal(code)}" for code in faults)
    return f"CASE {whens} END"


def measure(marked: Table, reading: Reading, sources: Sequence[Source]) -> dict[str, Any]:
    """Count everything that has to be known, in one pass.

    Raises:
        InputError: The sources can't be read to their end.
    """
    asked = {f"rows {i}": f"count_if({SOURCE_NUMBER} = {i})" for i in range(len(sources))}
    asked |= {f"reason {code}": f"count_if({_REASON} = {literal(code)})" for code in REASONS}
    usable = f"{_REASON} IS NULL"
    asked |= {"accepted": f"count_if({usable})", "last position": f"max({POSITION})"}
    asked |= clock_changes(reading.times[TIMESTAMP], reading.zone)
    asked |= dict(_time_measures(reading, usable)) | dict(_role_measures(reading))
    asked |= dict(_lifecycle(reading.types)) | dict(_type_measures(reading))
    query = marked.selectExpr(*(f"{sql} AS {quoted(n)}" for n, sql in asked.items()))
    try:
        found: dict[str, Any] = query.collect()[0].asDict()
    except Exception as error:  # noqa: BLE001  (Spark's own, which need pyspark to be named)
        raise unread(", ".join(f"'{s.name}'" for s in sources), error) from None
    return found


def _time_measures(reading: Reading, usable: str) -> Iterator[tuple[str, str]]:
    yield "naive times", f"count({reading.times[TIMESTAMP].wall or 'NULL'})"
    for role, time in reading.times.items():
        yield f"filled {role}", f"count_if({time.filled})"
        yield f"read {role}", f"count({time.instant})"
    if START in reading.times:
        late = f"coalesce({usable} AND {_BEGIN} > {_INSTANT}, false)"
        yield "negative", f"count_if({late})"
        fits = f"coalesce({sane(_BEGIN)}, false)"
        filled = reading.times[START].filled
        yield "unread starts", f"count_if({usable} AND {filled} AND NOT {late} AND NOT {fits})"


def _role_measures(reading: Reading) -> Iterator[tuple[str, str]]:
    """Measure what columns of numbers and truths hold, and which texts look like missing ones."""
    for role, column in reading.roles.items():
        value = reading.value(role) if role not in reading.times else ""
        if _KINDS[role] in {"number", "truth"}:
            filled = text(column, reading.types[column], reading.null_values)
            yield f"unread {role}", f"count_if({value} IS NULL AND {filled} IS NOT NULL)"
        if role == ORDER:
            yield "order low", f"min({value})"
            yield "order high", f"max({value})"
        if role in looks.ROLES:
            alike = f"CASE WHEN {among(value, looks.SPELLINGS)} THEN {value} END"
            yield looks.measured_as(role), f"collect_set({alike})"


def _lifecycle(types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    column = next((c for c, t in types.items() if plain(c) in LIFECYCLES and t == "string"), None)
    if column is not None:
        for word in ("start", "complete"):
            spelled = among(quoted(column), (word, word.upper(), word.title()))
            yield f"lifecycle {word}", f"coalesce(bool_or({spelled}), false)"


def _type_measures(reading: Reading) -> Iterator[tuple[str, str]]:
    for name in reading.untyped:
        filled = f"{quoted(name)} <> ''"
        yield f"type any {name}", f"count_if({filled})"
        for dtype, fits in types_of_text(name).items():
            yield f"type {dtype} {name}", f"count_if({filled} AND {fits})"


def _type(name: str, measured: Mapping[str, Any]) -> str | None:
    """Return the narrowest type that all values of a column of text are of."""
    filled = measured[f"type any {name}"]
    return next((t for t in types_of_text(name) if measured[f"type {t} {name}"] == filled), None)


def revised(reading: Reading, measured: Mapping[str, Any]) -> Reading:
    """Take a role from a column that was found by its name alone and holds something else.

    Raises:
        ColumnError: A column that was named for a role holds something else.
        TimestampError: None of the times can be read.
    """
    unread = {r for r in reading.times if measured[f"filled {r}"] and not measured[f"read {r}"]}
    for role in unread & {TIMESTAMP, *reading.given}:
        raise must_be_cast(reading.roles[role], "are text that isn't written as ISO 8601 has it")
    misfits = {r: int(measured.get(f"unread {r}") or 0) for r in reading.roles}
    for role in reading.given:
        if misfits.get(role):
            raise misfit(reading.roles[role], role, misfits[role])
    dropped = [r for r in reading.roles if misfits[r] or r in unread]
    notes = tuple(not_taken(reading.roles[r], r) for r in dropped)
    kept = {r: c for r, c in reading.roles.items() if r not in dropped}
    types = {name: _type(name, measured) for name in reading.untyped}
    return replace(reading, roles=kept, untyped=types, notes=notes)


def accepted(marked: Table, reading: Reading, measured: Mapping[str, Any]) -> Table:
    """Return the usable events under the canonical names, then the source's other columns.

    Raises:
        UnavailableError: The order and the position don't fit into one number.
    """
    usable = marked.filter(f"{_REASON} IS NULL")
    columns = {CASE: _CASE_VALUE, ACTIVITY: _ACTIVITY_VALUE, TIMESTAMP: _INSTANT}
    columns[ORDER] = _order(reading, measured)
    if START in reading.roles:
        fits = f"{sane(_BEGIN)} AND {_BEGIN} <= {_INSTANT}"
        columns[START] = f"CASE WHEN {fits} THEN {_BEGIN} END"
    for role in reading.roles:
        columns.setdefault(role, reading.value(role) if role not in reading.times else "")
    others = names_of_others(reading.types, reading.roles)
    return usable.selectExpr(
        *(f"{sql} AS {quoted(name)}" for name, sql in columns.items()),
        *(f"{_attribute(name, reading)} AS {quoted(final)}" for name, final in others.items()),
    )


def _attribute(name: str, reading: Reading) -> str:
    """Return a column as it came; Parquet has no type for a column without any value."""
    if name in reading.untyped:
        return typed(name, reading.untyped[name])
    return f"CAST({quoted(name)} AS STRING)" if reading.types[name] == "void" else quoted(name)


def _order(reading: Reading, measured: Mapping[str, Any]) -> str:
    """Return the position, behind the given order where there is one; as `ingest.canonical`."""
    low, high = measured.get("order low"), measured.get("order high")
    if ORDER not in reading.roles or low is None or high is None:
        return POSITION
    given, places = reading.value(ORDER), int(measured["last position"]) + 1
    if (high - low + 2) * places >= 2**62:
        raise UnavailableError(
            f"The order in '{reading.roles[ORDER]}' spans too many numbers for Spark.",
            "Number the events of each case from 1, or prepare with --engine polars.",
        )
    return f"(coalesce({given}, {high + 1}) - {low}) * {places} + {POSITION}"


def set_aside(marked: Table, reading: Reading, sources: Sequence[Source]) -> Table:
    """Return the rows that can't be used: `source`, `row`, `reason`, and their raw values."""
    names = " ".join(f"WHEN {i} THEN {literal(s.name)}" for i, s in enumerate(sources))
    ours = {"source", "row", "reason", "text"}
    kept = {c: f"{c} (source)" if c.lower() in ours else c for c in reading.types}
    return marked.filter(f"{_REASON} IS NOT NULL").selectExpr(
        f"CASE {SOURCE_NUMBER} {names} END AS source",
        f"{POSITION} AS row",
        f"{_REASON} AS reason",
        f"{BROKEN} AS text",
        *(f"{quoted(c)} AS {quoted(final)}" for c, final in kept.items()),
    )
