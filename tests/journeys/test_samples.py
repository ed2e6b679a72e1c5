"""The journeys recovered from the raw silo files alone are those that were planted."""

import json
from math import comb
from pathlib import Path

import polars as pl
import pytest

import procmine as pm
from procmine.sample import SAMPLES, write_sample

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs"
JOINED = [name for name in ("broadband", "airline") if name in SAMPLES]


def adjusted_rand_index(one, other):
    """Agreement of two partitions beyond chance: Hubert & Arabie, J. of Classification 1985."""
    pairs = pl.DataFrame({"one": one, "other": other})

    def together(*columns):
        return sum(comb(n, 2) for n in pairs.group_by(columns).len()["len"])

    both, ones, others = together("one", "other"), together("one"), together("other")
    expected = ones * others / comb(pairs.height, 2)
    return (both - expected) / ((ones + others) / 2 - expected)


def test_the_index_is_one_for_the_same_groups_and_about_nothing_for_chance():
    labels = pl.int_range(400, eager=True)

    assert adjusted_rand_index(labels // 4, 1000 - labels // 4) == 1
    assert abs(adjusted_rand_index(labels // 20, labels % 20)) < 0.06


def answers_in(folder):
    """How many answered the survey: rows that have no event's id, and are no journey's steps."""
    return json.loads((folder / "truth.json").read_text()).get("survey_answers", 0)


@pytest.mark.parametrize("null", [False, True], ids=["planted", "null"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", JOINED)
def test_the_journeys_recovered_are_those_planted(name, seed, null, tmp_path):
    write_sample(name, events=6_000, seed=seed, output=tmp_path, null=null)

    log = pm.read_sources(tmp_path / "mapping.toml")

    truth = pl.read_parquet(tmp_path / "truth_journeys.parquet")
    found = log.events.select(pl.col("event_id").cast(pl.String), "case_id").collect()
    both = found.join(truth.cast({"event_id": pl.String}), on="event_id")
    quality = log.meta.quality
    answers = answers_in(tmp_path)
    assert quality["rows_read"] == truth.height + answers
    assert quality["rows_read"] == quality["accepted"] + quality["set_aside"]
    assert both.height + answers == log.size[0] == quality["accepted"]
    assert adjusted_rand_index(both["case_id"], both["journey"]) >= 0.99


@pytest.mark.parametrize("name", ["airline", "rental"])
def test_an_answer_to_the_survey_is_no_step_of_a_journey(name, kept):
    log = kept(name)

    answers = log.events.filter(pl.col("activity") == "Survey answered").collect()

    assert answers.height == answers_in(KEPT / name)
    assert answers["journey_state"].unique().to_list() == ["outside"]
    assert answers["score"].is_between(0, 10).all()
    assert answers["customer_id"].null_count() == 0


def test_the_sample_in_the_repository_is_recovered_in_parts_too(tmp_path, monkeypatch):
    from procmine import keeping

    write_sample("broadband", output=tmp_path)
    whole = pm.read_sources(tmp_path / "mapping.toml")
    monkeypatch.setattr(keeping, "plan", lambda _, events, __: keeping.Plan(events, 7, 0))

    parts = pm.read_sources(tmp_path / "mapping.toml", into=tmp_path / "log.parquet")

    columns = ["event_id", "case_id", "customer_id", "variant"]
    one, other = (log.events.select(columns).collect().sort("event_id") for log in (whole, parts))
    assert one.equals(other)
