"""A first mapping, written from what the columns of files are called and hold."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os.path import relpath
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import ColumnError, InputError
from procmine.ingest import ingest
from procmine.io.open import open_sources
from procmine.io.raw import POSITION, Raw
from procmine.schema import ACTIVITY, CASE, CUSTOMER, ORDER, TIMESTAMP, plain, recognise

_LOOKED_AT: Final = 50_000
"""So many rows of a file are looked at."""
_FEW: Final = 25
"""A column with fewer values is a kind of customer rather than a customer's own."""
_LISTED: Final = 40
"""So many activities of a source are listed."""

_KINDS: Final = {
    "customer": ("customer", "cust", "client", "kunde", "subscriber", "passenger", "guest"),
    "email": ("mail",),
    "phone": ("phone", "mobile", "caller", "msisdn", "telefon", "tel"),
    "order": ("order", "bestell", "purchase"),
    "booking": ("booking", "reservation", "pnr"),
    "ticket": ("ticket", "claim", "complaint", "rma", "case", "incident"),
    "invoice": ("invoice", "rechnung"),
    "contract": ("contract", "policy", "account"),
}
_NO_IDENTIFIER: Final = (
    "date", "time", "status", "state", "type", "segment", "name", "amount", "price", "cost",
    "count", "quantity", "activity", "event", "step", "channel", "reason", "value", "total",
)  # fmt: skip
_MADE: Final = "__made"
_NEVER: Final = {CASE, CUSTOMER, ORDER, "journey_type", "journey_state"}


@dataclass(frozen=True)
class _Draft:
    """What is found out about one file.

    Attributes:
        raw: The file, opened; its first rows.
        path: Where it lies, as the mapping says it.
        roles: Role to column.
        identifiers: Kind to column.
        events: `activity, timestamp` and the identifiers; None where roles are missing.
        why: Why there are no events, as a sentence.
    """

    raw: Raw
    path: str
    roles: Mapping[str, str]
    identifiers: Mapping[str, str]
    events: pl.DataFrame | None = None
    why: str = ""
    activities: Sequence[str] = field(default_factory=tuple[str, ...])

    @property
    def columns(self) -> list[str]:
        return [c for c in self.raw.frame.collect_schema().names() if c != POSITION]


def draft(paths: Sequence[Path], folder: Path) -> str:
    """Write a mapping for files.

    It says which columns are taken for what, guesses what opens and closes a journey, and lists the
    activities, so that a person can choose.

    Args:
        paths: The files.
        folder: Where the mapping is going to lie.

    Returns:
        TOML; it can be read as it stands if each file has recognisable activities and times.

    Raises:
        InputError: A file isn't there or can't be read.
    """
    drafts = [_look(path, folder) for path in paths]
    return "\n".join([*_head(drafts), *_sources(drafts), *_journeys(drafts), ""])


def _look(path: Path, folder: Path) -> _Draft:
    raw = open_sources(path, lambda columns: len(columns) > 1)[0]
    head = replace(raw, frame=raw.frame.head(_LOOKED_AT), rows=None)
    place = relpath(path.resolve(), folder.resolve())
    columns = [c for c in raw.frame.collect_schema().names() if c != POSITION]
    roles = _roles(columns)
    telling = _telling(head, [c for c in columns if c not in roles.values()])
    found = _Draft(head, Path(place).as_posix(), roles, _identifiers(telling))
    if not {ACTIVITY, TIMESTAMP} <= {*roles}:
        return found
    try:
        events = _events(found)
    except InputError as error:
        return replace(found, why=str(error))
    counted = Counter(events[ACTIVITY].to_list())
    return replace(found, events=events, activities=[a for a, _ in counted.most_common()])


def _roles(columns: Sequence[str]) -> dict[str, str]:
    """Return role to column, as many as are recognised."""
    for missing in ((), (ACTIVITY,), (TIMESTAMP,), (ACTIVITY, TIMESTAMP)):
        made = dict.fromkeys((CASE, *missing), _MADE)
        try:
            found = recognise([*columns, _MADE], dict[str, str | None](made))
        except ColumnError:
            continue
        return {r: c for r, c in found.items() if c != _MADE and r not in _NEVER}
    return {}


def _telling(raw: Raw, columns: Sequence[str]) -> list[str]:
    """Return the columns with so many values that they may tell customers apart."""
    counts = raw.frame.select(
        value
        for c in columns
        for value in (
            pl.col(c).n_unique().alias(f"{c} different"),
            pl.col(c).count().alias(f"{c} filled"),
        )
    )
    row = counts.collect(engine="streaming").row(0, named=True)
    return [
        c for c in columns if row[f"{c} different"] >= min(_FEW, max(1, row[f"{c} filled"] / 3))
    ]


def _identifiers(columns: Sequence[str]) -> dict[str, str]:
    """Return kind to the column whose name says it most plainly: the shortest."""
    free = [c for c in columns if not any(word in plain(c) for word in _NO_IDENTIFIER)]
    found: dict[str, str] = {}
    for kind, words in _KINDS.items():
        named = [c for c in free if any(word in plain(c) for word in words)]
        if named:
            found[kind] = min(named, key=len)
            free.remove(found[kind])
    return found


def _events(found: _Draft) -> pl.DataFrame:
    """Read a file's first rows: activities, instants and identifiers."""
    columns = [pl.col(c).cast(pl.String).alias(f"{_MADE}{k}") for k, c in found.identifiers.items()]
    marked = found.raw.frame.with_columns(pl.lit("?").alias(_MADE), *columns)
    given = {r: c for r, c in found.roles.items() if r in {ACTIVITY, TIMESTAMP}}
    read = ingest(
        [replace(found.raw, frame=marked)],
        case_id=_MADE,
        activity=given[ACTIVITY],
        timestamp=given[TIMESTAMP],
        attributes=frozenset(found.columns) - {*given.values()},
        tolerance=1.0,
    )
    kept = [pl.col(f"{_MADE}{k}").alias(k) for k in found.identifiers]
    return read.accepted.select(ACTIVITY, TIMESTAMP, *kept).collect(engine="streaming")


def _head(drafts: Sequence[_Draft]) -> Iterator[str]:
    yield "# A first mapping: look through what is guessed, and through what is commented out."
    yield 'timezone = "UTC"  # shown to people, and the zone of times that name none'
    activities = sorted({a for d in drafts for a in d.activities})[:_LISTED]
    yield f"# customer_facing = {_list(activities)}  # leave those the customer takes part in"
    yield "# by_customer = []  # those the customer does"
    if any("phone" in d.identifiers for d in drafts):
        yield "\n[identity.kinds.phone]"
        yield '# country_code = "49"  # of phone numbers that are written without one'


def _sources(drafts: Sequence[_Draft]) -> Iterator[str]:
    names: list[str] = []
    for found in drafts:
        stem = Path(found.path).name.split(".")[0]
        name = stem if stem not in names else f"{stem} {names.count(stem) + 1}"
        names.append(stem)
        yield f"\n[[sources]]\nname = {_text(name)}\npath = {_text(found.path)}"
        yield '# timezone = "Europe/Berlin"  # if its times are local and name no zone'
        yield from _columns(found)
        yield "\n[sources.identifiers]"
        yield from (f"{kind} = {_text(c)}" for kind, c in found.identifiers.items())
        if not found.identifiers:
            yield f'# customer = "…"  # which of {", ".join(found.columns)}'


def _columns(found: _Draft) -> Iterator[str]:
    yield "\n[sources.columns]"
    yield from (f"{role} = {_text(column)}" for role, column in found.roles.items())
    for role in (ACTIVITY, TIMESTAMP):
        if role not in found.roles:
            yield f'# {role} = "…"  # which of {", ".join(found.columns)}'
    if found.why:
        yield f"# {found.why}"


def _journeys(drafts: Sequence[_Draft]) -> Iterator[str]:
    """Guess one kind of journey: what mostly comes first opens it, what comes last closes it."""
    opening, closing = _ends(drafts)
    yield "\n[[journeys]]"
    yield 'type = "journey"  # what people call it: order to delivery, complaint to solution'
    yield f"triggers = {_list([opening])}" if opening else '# triggers = ["…"]'
    yield f"outcomes = {_list([closing])}" if closing else "outcomes = []"
    kinds = dict.fromkeys(k for d in drafts for k in d.identifiers)
    key = next((k for k in kinds if k in {"order", "booking", "ticket"}), None)
    if key:
        yield f'# key = "{key}"  # tells concurrent journeys of one customer apart'
    yield '# patience = "60 days"  # a journey without an event for longer is abandoned'
    yield '# reopens_within = "14 days"  # what follows the outcome so soon still belongs'
    yield "\n# The activities found, for triggers and outcomes:"
    for found in drafts:
        listed = ", ".join(_text(a) for a in found.activities[:_LISTED])
        yield f"# {Path(found.path).name}: {listed or 'none recognised'}"


def _ends(drafts: Sequence[_Draft]) -> tuple[str | None, str | None]:
    """Return what most often comes first and last of what one identifier says."""
    kinds = Counter(k for d in drafts if d.events is not None for k in d.identifiers)
    if not kinds:
        return None, None
    kind = kinds.most_common(1)[0][0]
    told = [
        d.events.select(ACTIVITY, TIMESTAMP, kind)
        for d in drafts
        if d.events is not None and kind in d.identifiers
    ]
    ends = (
        pl.concat(told)
        .drop_nulls()
        .sort(kind, TIMESTAMP, maintain_order=True)
        .group_by(kind, maintain_order=True)
        .agg(pl.col(ACTIVITY).first().alias("first"), pl.col(ACTIVITY).last().alias("last"))
    )
    opening = _commonest(ends["first"])
    return opening, _commonest(ends["last"].filter(ends["last"] != opening))


def _commonest(values: pl.Series) -> str | None:
    counted = Counter(values.drop_nulls().to_list())
    return min(counted, key=lambda v: (-counted[v], v), default=None)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
