"""Which journey an answer speaks of, against a brute force in plain Python."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.experience import answers
from tests.conftest import ON_SPARK

START = datetime(2026, 1, 5, tzinfo=UTC)
WINDOW = timedelta(hours=10)
RULES = {
    "types": [
        {
            "type": "trip", "triggers": ["go"], "outcomes": ["end"], "key": "ticket",
            "activities": [], "patience_us": None, "reopens_us": 0,
        }
    ]
}  # fmt: skip

EVENT = st.fixed_dictionaries(
    {
        "hour": st.integers(0, 40),
        "case": st.sampled_from(["a1", "a2", "b1", "a outside", "b outside", "nobody"]),
        "score": st.sampled_from([None, None, 3, 7.5]),
        "facing": st.booleans(),
        "ticket": st.sampled_from([None, None, "t1", "t2"]),
    }
)


def log_of(events, *, facing=True):
    """A keyed log of these events; customers and states follow from the case."""
    rows = [
        {
            "case": e["case"],
            "activity": "x",
            "time": START + timedelta(hours=e["hour"]),
            "customer": None if e["case"] == "nobody" else e["case"][0],
            "journey_type": None if outside(e) else "trip",
            "journey_state": "outside" if outside(e) else "closed",
            "score": e["score"],
            "key:ticket": e["ticket"],
            "number": number,
        }
        | ({"customer_facing": e["facing"]} if facing else {})
        for number, e in enumerate(events)
    ]
    schema = {"score": pl.Float64, "customer": pl.String, "journey_type": pl.String,
              "key:ticket": pl.String}  # fmt: skip
    log = pm.read(pl.DataFrame(rows, schema_overrides=schema), name="x")
    return replace(log, meta=replace(log.meta, journeys=RULES))


def outside(event):
    return "outside" in event["case"] or event["case"] == "nobody"


def spoken_of(answer, events, *, facing):
    """The journey that an answer speaks of, step by step; None for none."""
    if not outside(answer):
        return answer["case"]
    window = WINDOW // timedelta(hours=1)
    journeys = {}
    for e in events:
        if not outside(e):
            journeys.setdefault(e["case"], []).append(e)
    spans = {c: (min(e["hour"] for e in of), max(e["hour"] for e in of))
             for c, of in journeys.items()}  # fmt: skip
    if answer["ticket"]:
        same = {c: max(e["ticket"] or "" for e in of) for c, of in journeys.items()}
        same = [c for c, ticket in same.items() if ticket == answer["ticket"]]
        fits = [
            c for c in same if spans[c][0] <= answer["hour"] <= spans[c][1] + window
        ]  # fmt: skip
        if same:
            return max(fits, key=lambda c: (spans[c][0], c), default=None)
    met = [
        (e["hour"], c)
        for c, of in journeys.items()
        for e in of
        if c[0] == answer["case"][0]
        and (e["facing"] if facing else e["hour"] == spans[c][1])
        and e["hour"] <= answer["hour"] <= e["hour"] + window
    ]
    return max(met, default=(0, None))[1]


def expected(events, *, facing):
    """Case to the score and time of its last answer, and how many answers are joined."""
    found, joined = {}, 0
    said = [(n, e) for n, e in enumerate(events) if e["score"] is not None]
    for _, answer in sorted(said, key=lambda pair: (pair[1]["hour"], pair[0])):
        case = spoken_of(answer, events, facing=facing)
        joined += case is not None
        if case is not None:
            found[case] = (answer["score"], START + timedelta(hours=answer["hour"]))
    return found, joined, len(said)


@given(st.lists(EVENT, min_size=1, max_size=14), st.booleans())
def test_an_answer_speaks_of_its_own_journey_that_of_its_key_or_the_last_one_met(events, facing):
    said = answers(log_of(events, facing=facing), WINDOW)

    rows = said.journeys.select("case_id", "score", "answered_at").rows()
    found = {case: (score, at) for case, score, at in rows}
    assert (found, said.joined, said.count) == expected(events, facing=facing)


def test_what_could_not_be_joined_and_what_was_said_again_is_told():
    event = {"case": "a1", "hour": 0, "score": None, "facing": True, "ticket": None}
    asked = {**event, "case": "a outside", "score": 7}
    events = [event, {**asked, "hour": 1}, {**asked, "hour": 2}, {**asked, "hour": 30}]

    said = answers(log_of(events), WINDOW)

    assert said.journeys.select("case_id", "score").rows() == [("a1", 7.0)]
    lost, again = said.caveats
    assert lost.startswith("1 of 3 answers could be joined to no journey")
    assert "1 earlier answer is left out" in again


def test_a_log_without_scores_has_no_answers():
    log = pm.read(pl.DataFrame({"case": ["1"], "activity": ["a"], "time": [START]}))

    said = answers(log)

    assert (said.journeys.height, said.count, said.joined, said.caveats) == (0, 0, 0, ())


@pytest.mark.parametrize("engine", [pytest.param("spark", marks=ON_SPARK)])
def test_spark_joins_the_same(engine, request, tmp_path):
    session = request.getfixturevalue(engine)
    hours = [(0, "a1"), (3, "a2"), (5, "a outside"), (6, "b1"), (7, "b outside"), (39, "nobody")]
    events = [
        {"hour": h, "case": c, "score": 5 if outside({"case": c}) else None, "facing": True,
         "ticket": "t1" if c in {"b1", "nobody"} else None}
        for h, c in hours
    ]  # fmt: skip
    log = log_of(events)
    path = log.write(tmp_path / "log.parquet")
    there = replace(log, events=session.read.parquet(str(path)), storage=None)

    assert answers(there, WINDOW).journeys.equals(answers(log, WINDOW).journeys)
