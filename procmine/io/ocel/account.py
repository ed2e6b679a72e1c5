"""What became of an object-centric log when it was flattened, counted and said."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from procmine.io.ocel.flatten import CASE_OBJECT, HOPS, Flat
from procmine.io.ocel.tables import EVENT
from procmine.wording import count, number, share


def facts_of(flat: Flat, case_object: str, depth: int, objects: int) -> dict[str, Any]:
    """Count what a figure from the journeys can't say of itself.

    Args:
        flat: The flattened log, not empty.
        case_object: The type of object.
        depth: How far related objects were followed.
        objects: How many objects of the type there are.

    Returns:
        `case_object, depth, objects, cases, events, events_kept, events_shared, rows` and
        `deficiency_share` (events that reach no such object, of all), `convergence` (rows for each
        event kept), `divergence_share` (pairs of journey and activity that repeat because objects
        multiply, of all), `events_by_hops` (events kept by how many references lie between).
    """
    kept, lost = flat.rows[EVENT].n_unique(), flat.lost.height
    hops = flat.rows.group_by(HOPS).agg(pl.col(EVENT).n_unique()).sort(HOPS)
    return {
        "case_object": case_object,
        "depth": depth,
        "objects": objects,
        "cases": flat.rows[CASE_OBJECT].n_unique(),
        "events": kept + lost,
        "events_kept": kept,
        "events_shared": flat.rows.group_by(EVENT).len().filter(pl.col("len") > 1).height,
        "rows": flat.rows.height,
        "deficiency_share": lost / (kept + lost),
        "convergence": flat.rows.height / kept,
        "divergence_share": flat.diverging / flat.pairs,
        "events_by_hops": {str(hop): events for hop, events in hops.iter_rows()},
    }


def said(facts: Mapping[str, Any]) -> str:
    """Say how well a flattened log stands for what happened.

    Args:
        facts: As `facts_of` counts them.
    """
    lost, shared = facts["events"] - facts["events_kept"], facts["events_shared"]
    several = f"{count(shared, 'event')} {'counts' if shared == 1 else 'count'} in several journeys"
    rows = f"{number(facts['convergence'])} {'row' if facts['convergence'] == 1 else 'rows'}"
    return (
        f"An object-centric log, flattened on '{facts['case_object']}' to depth {facts['depth']}: "
        f"{number(lost)} of {count(facts['events'], 'event')} ({share(facts['deficiency_share'])}) "
        "reach no such object and are left out (deficiency); "
        f"{several if shared else 'none counts twice'}, {rows} an "
        f"event (convergence); {share(facts['divergence_share'])} of the activities of a journey "
        "repeat because objects multiply (divergence)."
    )
