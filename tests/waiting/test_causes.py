"""The parts of each wait, against every moment held against every job."""

import numpy as np
import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from procmine.waiting.batching import batches
from procmine.waiting.bounds import at_most
from procmine.waiting.causes import divide
from procmine.waiting.jobs import Jobs
from tests import brute_waits

HOURS = {0: [(2, 6), (9, 15), (20, 21)], 1: None, 2: []}


@st.composite
def jobs(draw):
    """Jobs of few resources and activities within a short time: they overlap, and make batches."""
    number = draw(st.integers(1, 14))
    found = []
    for _ in range(number):
        enabled, waits, works = (draw(st.integers(0, most)) for most in (12, 10, 6))
        found.append(
            {
                "resource": draw(st.integers(0, 2)),
                "activity": draw(st.integers(0, 1)),
                "enabled": enabled,
                "start": enabled + waits,
                "end": enabled + waits + works,
            }
        )
    return found


def numbered(rows):
    return batches(pl.DataFrame(rows)).fill_null(-1).to_numpy()


def jobs_of(rows, batch):
    columns = ("resource", "enabled", "start", "end")
    return Jobs(*(np.array([r[c] for r in rows], np.int64) for c in columns), batch)


def worked(group, instant):
    """How long each resource was at work until an instant, by adding up its hours."""
    return np.array(
        [
            t if HOURS[g] is None else sum(max(0, min(t, b) - a) for a, b in HOURS[g])
            for g, t in zip(group.tolist(), instant.tolist(), strict=True)
        ],
        np.int64,
    )


@given(jobs())
def test_batches_equal_a_loop(rows):
    found, expected = numbered(rows), brute_waits.batches(rows)
    together = {row: {r for r in range(len(rows)) if found[r] == found[row]} for row in expected}
    assert {row for row in range(len(rows)) if found[row] >= 0} == set(expected)
    assert together == {row: members for row, (_, members) in expected.items()}


@given(jobs())
@example(  # a batch under way while its resource also does something else, enabled before it
    [
        {"resource": 0, "activity": 0, "enabled": 3, "start": 5, "end": 7},
        {"resource": 0, "activity": 0, "enabled": 4, "start": 7, "end": 9},
        {"resource": 0, "activity": 0, "enabled": 2, "start": 8, "end": 9},
        {"resource": 0, "activity": 1, "enabled": 1, "start": 2, "end": 8},
        {"resource": 0, "activity": 1, "enabled": 6, "start": 6, "end": 9},
    ]
)
def test_parts_equal_every_moment_held_against_every_job(rows):
    parts = divide(jobs_of(rows, numbered(rows)), worked)
    found = [{c: int(lengths[row]) for c, lengths in parts.items()} for row in range(len(rows))]
    expected = brute_waits.divided(rows, lambda resource, _: HOURS[resource])
    assert found == [{c: own[c] for c in parts} for own in expected]


@given(jobs())
def test_parts_add_up_to_the_wait(rows):
    whole = jobs_of(rows, numbered(rows))
    parts = divide(whole, worked)
    assert min(lengths.min() for lengths in parts.values()) >= 0
    assert (sum(parts.values()) == whole.start - whole.enabled).all()


@given(jobs())
def test_without_starts_no_part_is_longer_than_its_bound(rows):
    parts = divide(jobs_of(rows, numbered(rows)), worked)
    alike = np.array([2 * r["resource"] + r["activity"] for r in rows])
    unknown = jobs_of([r | {"start": r["end"]} for r in rows], alike)
    bounds = at_most(unknown, np.zeros(len(rows), np.bool_), worked)
    for cause, lengths in parts.items():
        assert (lengths <= bounds[cause]).all(), cause
