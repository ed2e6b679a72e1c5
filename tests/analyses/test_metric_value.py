"""Which metrics go with value: correlations within period and type, customers as the units."""

from datetime import timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from scipy.stats import spearmanr

import procmine as pm
from procmine.errors import ColumnError, OptionError
from tests import brute
from tests.strategies import events, log_of, random_events

SAMPLES = Path(__file__).parents[2] / "sample_logs" / "logs"


def company(seed, *, pull, journeys=400):
    """Journeys whose score falls with Care's service time (`pull` 1), rises with it, or neither."""
    random, rows = Random(seed), []
    for case in range(journeys):
        begun, hard = brute.at(3600 * case), random.random()
        score = 10 * (pull * (0.5 - hard) + random.random())
        for activity, team, seconds in (
            ("ask", "Sales", 60 + 60 * random.random()),
            ("answer", "Care", 600 + 600 * hard),
        ):
            end = begun + timedelta(seconds=seconds)
            row = {"case": f"j{case}", "customer": f"c{case // 2}", "activity": activity}
            row |= {"start": begun, "end": end, "department": team}
            rows.append(row | {"score": score if activity == "answer" else None})
            begun = end + timedelta(seconds=1)
    return pm.read(pl.DataFrame(rows))


def row_of(result, department, metric, outcome="score"):
    same = (pl.col("department") == department) & (pl.col("metric") == metric)
    return result.links.filter(same, pl.col("outcome") == outcome).row(0, named=True)


def test_within_one_period_the_correlation_is_spearmans():
    log = company(1, pull=1)
    row = row_of(pm.metric_value(log, period="year"), "Care", "service time per event")
    table = log.events.collect().filter(pl.col("activity").cast(pl.String) == "answer")
    expected = spearmanr(table["service_us"].to_numpy(), table["score"].to_numpy()).statistic
    assert row["correlation"] == pytest.approx(expected)
    assert row["low_correlation"] < expected < row["high_correlation"]
    assert (row["cases"], row["customers"]) == (400, 200)


@pytest.mark.parametrize(
    ("pull", "verdict"),
    [(1, "goes with value"), (-1, "runs against the customer"), (0, "no link seen")],
)
def test_a_metric_goes_with_value_against_it_or_neither(pull, verdict):
    result = pm.metric_value(company(2, pull=pull), period="year")
    assert row_of(result, "Care", "service time per event")["verdict"] == verdict
    assert row_of(result, "Sales", "service time per event")["verdict"] == "no link seen"
    retired = set(result.retire.select("department", "metric").rows())
    assert ("Sales", "service time per event") in retired
    assert (("Care", "service time per event") in retired) == (pull == 0)
    assert (result.alarms.height > 0) == (pull < 0)
    assert 0 < result.retire["beyond"].min() <= result.retire["beyond"].max() < 0.5


def test_what_changes_for_everybody_is_no_link():
    random, rows = Random(3), []
    for case in range(400):
        late = case >= 200
        begun = brute.at(86_400 * (case % 20 + 40 * late))
        end = begun + timedelta(seconds=(900 if late else 300) + 60 * random.random())
        row = {"case": f"j{case}", "activity": "answer", "start": begun, "end": end}
        rows.append(row | {"department": "Care", "score": 3 * late + random.random()})
    log = pm.read(pl.DataFrame(rows))
    whole = row_of(pm.metric_value(log, period="year"), "Care", "service time per event")
    within = row_of(pm.metric_value(log, period="month"), "Care", "service time per event")
    assert whole["correlation"] > 0.6
    assert abs(within["correlation"]) < 0.2


def test_who_came_again_is_counted_of_those_who_could_be_seen():
    rows = []
    for customer, days in (("a", (0, 30)), ("b", (0, 200)), ("c", (0,)), ("d", (390,))):
        for day in days:
            begun = brute.at(86_400 * day)
            row = {"case": f"{customer}{day}", "customer": customer, "activity": "ask"}
            rows.append(row | {"time": begun, "department": "Care"})
    from procmine.teams.outcomes import returned
    from procmine.teams.work import work_of

    work = work_of(pm.read(pl.DataFrame(rows)), "year")
    found = returned(work.journeys, brute.at(86_400 * 400), 90 * 86_400_000_000)
    assert dict(found.select("case_id", "value").rows()) == {
        "a0": 1.0,
        "a30": 0.0,
        "b0": 0.0,
        "b200": 0.0,
        "c0": 0.0,
    }


def test_the_bad_first_moment_that_the_airline_planted_is_seen_in_check_ins_events(airline):
    result = pm.metric_value(airline)
    row = row_of(result, "Check-in", "events")
    assert row["verdict"] == "runs against the customer"
    assert row["high_correlation"] < 0
    assert set(result.alarms["department"]) == {"Check-in"}
    assert "Check-in" in " ".join(result.chart().to_dict()["title"]["text"])


@given(rows=events())
def test_correlations_lie_between_minus_one_and_one(rows):
    result = pm.metric_value(log_of(rows), period="year")
    found = result.periods["correlation"].drop_nulls()
    assert ((found >= -1 - 1e-9) & (found <= 1 + 1e-9)).all()


def test_every_engine_gives_the_same_links(engine):
    log = company(5, pull=1, journeys=120)
    here, there = (pm.metric_value(each, period="year") for each in (log, engine(log)))
    assert here.to_dict() == there.to_dict()


def test_a_log_that_knows_no_outcome_says_what_is_missing(example):
    result = pm.metric_value(log_of(example))
    assert result.links.is_empty()
    assert any("add a survey" in caveat for caveat in result.caveats)
    assert result.chart().to_dict()


def test_options_that_make_no_sense_are_refused():
    log = log_of(random_events(6, number=20))
    with pytest.raises(OptionError):
        pm.metric_value(log, period="decade")
    with pytest.raises(OptionError):
        pm.metric_value(log, again="soon")
    with pytest.raises(ColumnError):
        pm.metric_value(log, value="activity")
