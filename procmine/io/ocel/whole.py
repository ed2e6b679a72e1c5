"""What an object-centric log refers to and doesn't hold: set aside, and counted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import InputError
from procmine.io.ocel.tables import EVENT, NAME, OBJECT, QUALIFIER, SOURCE, TARGET, ObjectLog
from procmine.io.raw import ASIDE_REASON, BROKEN_TEXT, POSITION
from procmine.wording import count

MISSING: Final = "missing_reference"
"""Why a reference is set aside, in `procmine.quality.REASONS`."""


def check_ids(path: Path, log: ObjectLog) -> None:
    """See that every event and object has an id of its own.

    Raises:
        InputError: One has none, or two have the same.
    """
    for noun, ids in (("event", log.events[EVENT]), ("object", log.objects[OBJECT])):
        nameless, again = ids.null_count(), len(ids) - ids.n_unique()
        faulty, what = (nameless, "no id") if nameless else (again, "the id of another")
        if faulty:
            raise InputError(
                f"In '{path.name}' {count(faulty, f'{noun} has', f'{noun}s have')} {what}.",
                f"Give each {noun} an id of its own.",
            )


def resolved(log: ObjectLog) -> tuple[ObjectLog, pl.DataFrame]:
    """Part a log from the references and values whose event or object isn't there.

    Returns:
        The log without them, and these as records set aside.
    """
    events, objects = log.events[EVENT], log.objects[OBJECT]
    tables = {
        "e2o": (log.e2o, {EVENT: events, OBJECT: objects}, (EVENT, OBJECT, QUALIFIER)),
        "o2o": (log.o2o, {SOURCE: objects, TARGET: objects}, (SOURCE, TARGET, QUALIFIER)),
        "event_values": (log.event_values, {EVENT: events}, (EVENT, NAME)),
        "object_values": (log.object_values, {OBJECT: objects}, (OBJECT, NAME)),
    }
    whole, aside = dict[str, pl.DataFrame](), list[pl.DataFrame]()
    for name, (table, known, shown) in tables.items():
        numbered = table.with_row_index(POSITION, offset=1)
        there = numbered
        for column, ids in known.items():
            there = there.join(ids.to_frame(column), on=column, how="semi", maintain_order="left")
        whole[name] = there.drop(POSITION)
        if there.height < table.height:
            aside.append(_aside(numbered.join(there, on=POSITION, how="anti"), shown))
    return replace(log, **whole), pl.concat([_NONE, *aside])


def _aside(rows: pl.DataFrame, shown: Sequence[str]) -> pl.DataFrame:
    """Write rows as records set aside: `event_id e5, object_id o7, qualifier pays`."""
    texts = [pl.format("{} {}", pl.lit(c), pl.col(c).fill_null("unknown")) for c in shown]
    return rows.sort(POSITION).select(
        pl.col(POSITION).cast(pl.Int64),
        pl.lit(MISSING).alias(ASIDE_REASON),
        pl.concat_str(texts, separator=", ").alias(BROKEN_TEXT),
    )


_NONE: Final = pl.DataFrame(
    schema={POSITION: pl.Int64, ASIDE_REASON: pl.String, BROKEN_TEXT: pl.String}
)
