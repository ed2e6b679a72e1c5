"""Team groups: who meets customers, who serves those, and whose figures look too good."""

import json
from collections import Counter, defaultdict, deque
from datetime import timedelta
from itertools import groupby, pairwise
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import ConfigurationError, InputError, OptionError
from procmine.sample import write_sample
from tests import brute
from tests.strategies import events, frame, log_of, random_events

SAMPLES = Path(__file__).parents[2] / "sample_logs" / "logs"
UNHAPPY = {"airline": ["Missing bag reported", "Complained on arrival"]}


@pytest.fixture(scope="module")
def sample(kept):
    """The kept sample of a name, and what was planted in it."""

    def read(name):
        truth = json.loads((SAMPLES / name / "truth.json").read_text())
        return kept(name), truth

    return read


def with_facing(rows, seed=0):
    """Mark some of the events as customer-facing."""
    random = Random(seed)
    return frame(rows).with_columns(
        pl.Series("customer_facing", [random.random() < 0.5 for _ in rows])
    )


def brute_marks(known):
    """The activities without duration in departments whose other work has one."""
    lasts = Counter()
    for row in known:
        there = row.get("service_us") != 0
        lasts[row["department"]] += there
        lasts[row["department"], row["activity"]] += there
    keys = {(row["department"], row["activity"]) for row in known}
    return {key for key in keys if lasts[key[0]] and not lasts[key]}


def brute_links(cases, marks):
    """How often who hands work to whom; None is the customer."""
    own = {
        row["activity"]
        for rows in cases
        for row in rows
        if row["department"] is None and (row["customer_facing"] or row.get("by_customer"))
    }
    links = Counter()
    for rows in cases:
        for one, other in pairwise(rows):
            here, there = one["department"], other["department"]
            worked = marks.isdisjoint((r["department"], r["activity"]) for r in (one, other))
            to_customer = there is None and other["activity"] in own
            if here is not None and worked and (to_customer or there not in {None, here}):
                links[here, there] += 1
    return links


def brute_walk(creators, links):
    """How many handoffs each department is away, breadth first."""
    together, total = Counter(), Counter()
    for (one, other), number in links.items():
        for here, there in ((one, other), (other, one)):
            together[here, there] += number
            total[here] += number
    near = defaultdict(set)
    for (one, other), number in together.items():
        if one is not None and number >= 0.01 * total[one]:
            near[one].add(other)
            near[other].add(one)
    distance = dict.fromkeys(creators, 0)
    queue = deque([*creators, None] if creators else [])
    while queue:
        here = queue.popleft()
        for there in near[here] - {None, *distance}:
            distance[there] = distance.get(here, 0) + 1
            queue.append(there)
    return distance


def brute_groups(log, theta):
    """Groups and distances by a walk over the events, one by one."""
    table = log.events.collect().sort("case_id", "event_number").to_dicts()
    cases = [list(rows) for _, rows in groupby(table, key=lambda row: row["case_id"])]
    known = [row for row in table if row["department"] is not None]
    number = Counter(row["department"] for row in known)
    facing = Counter(row["department"] for row in known if row["customer_facing"])
    creators = [d for d in number if facing[d] / number[d] >= theta]
    distance = brute_walk(creators, brute_links(cases, brute_marks(known)))
    names = {0: "creator", 1: "enabler"}
    return {d: (names.get(distance.get(d), "back office"), distance.get(d)) for d in number}


def found_groups(result):
    return {r["department"]: (r["group"], r["distance"]) for r in result.departments.to_dicts()}


@given(rows=events(), theta=st.sampled_from((0.3, 0.5, 1.0)))
def test_groups_and_distances_equal_a_walk_over_the_events(rows, theta):
    log = pm.eventlog.prepared(with_facing(rows).lazy(), len(rows), pm.metadata.Metadata())
    if "department" not in log.columns:
        assert pm.team_groups(log, theta=theta).departments.is_empty()
        return
    assert found_groups(pm.team_groups(log, theta=theta)) == brute_groups(log, theta)


def test_every_engine_gives_the_same_groups_cards_and_trends(engine):
    rows = random_events(7, number=400)
    log = pm.eventlog.prepared(with_facing(rows).lazy(), len(rows), pm.metadata.Metadata())
    here, there = (pm.team_groups(each, complaints=["check"]) for each in (log, engine(log)))
    assert here.to_dict() == there.to_dict()


@pytest.mark.parametrize("name", ["airline", "rental"])
def test_the_groups_that_a_sample_planted_are_recovered(sample, name):
    log, truth = sample(name)
    found = pm.team_groups(log).departments
    for group, departments in truth["team_groups"].items():
        assert set(found.filter(pl.col("group") == group)["department"]) == set(departments)


@pytest.fixture(scope="module")
def airline(sample):
    log, truth = sample("airline")
    peers = SAMPLES / "airline" / "peer_survey.csv"
    return pm.team_groups(log, peers=peers, complaints=UNHAPPY["airline"]), truth, log


def test_the_alarm_rings_for_baggage_handling_and_for_nobody_else(airline):
    result, _, _ = airline
    assert set(result.alarms["department"]) == {"Baggage handling"}
    assert set(result.alarms["customer"]) == {
        "journeys with 'Missing bag reported'",
        "colleagues' score",
    }
    assert "service time per event" in set(result.alarms["operational"])
    assert result.headline.startswith("Baggage handling looks better while customers fare worse")


@pytest.mark.slow
def test_in_other_companies_the_alarm_is_found_too_and_the_groups_are_those_planted(tmp_path):
    rung, wrong = [], {}
    for seed in range(1, 9):
        folder = tmp_path / str(seed)
        write_sample("airline", seed=seed, output=folder)
        planted = json.loads((folder / "truth.json").read_text())["team_groups"]
        log = pm.read_sources(folder / "mapping.toml")
        survey = folder / "peer_survey.csv"
        result = pm.team_groups(log, peers=survey, complaints=UNHAPPY["airline"])
        rung.append(set(result.alarms["department"]))
        told = dict(result.departments.select("department", "group").rows())
        wrong |= {(seed, d): told[d] for group, own in planted.items() for d in own
                  if told[d] != group}  # fmt: skip
    assert rung.count({"Baggage handling"}) >= 7
    assert not wrong


def test_the_alarm_dates_and_sizes_what_was_planted(airline):
    result, truth, log = airline
    planted = truth["baggage_drive"]
    top = result.alarms.row(0, named=True)
    apart = abs(top["since"].date() - pl.Series([planted["date"]]).str.to_date().item())
    assert apart <= timedelta(days=31)
    survey = pl.read_csv(SAMPLES / "airline" / "peer_survey.csv")
    survey = survey.filter(pl.col("department") == "Baggage handling")
    sides = [
        survey.filter(pl.col("month") <= planted["date"][:7])["score"],
        survey.filter(pl.col("month") > planted["date"][:7])["score"],
    ]
    spread = sum(side.var() / side.len() for side in sides) ** 0.5
    lost = sides[0].mean() - sides[1].mean()
    assert lost == pytest.approx(planted["lost_peer_score"], abs=3 * spread)
    cards = result.scorecard.filter(pl.col("department") == "Baggage handling")
    assert cards["mean_peer_score"].mean() == pytest.approx(survey["score"].mean())
    loads = log.filter_events(activity=["Bag loaded"]).events.collect()
    late = pl.col("timestamp") >= pl.lit(planted["date"]).str.to_datetime(time_zone="UTC")
    minutes = (
        loads.group_by(late.alias("late")).agg(pl.col("service_us").median() / 6e7).sort("late")
    )
    assert minutes["service_us"].to_list() == pytest.approx(
        [planted["minutes_before"], planted["minutes_after"]], rel=0.1
    )


def test_a_card_is_what_the_events_say(airline):
    result, _, log = airline
    table = (
        log.inside()
        .events.collect()
        .with_columns(
            pl.col("case_start")
            .dt.convert_time_zone(log.meta.timezone)
            .dt.strftime("%Y-%m")
            .alias("p")
        )
    )
    card = result.scorecard.filter(
        pl.col("department") == "Check-in", pl.col("period") == "2025-03"
    ).row(0, named=True)
    own = table.filter(pl.col("p") == "2025-03", pl.col("department") == "Check-in")
    cases = set(own["case_id"])
    unhappy = table.filter(pl.col("activity").cast(pl.String).is_in(UNHAPPY["airline"]))
    assert card["cases"] == len(cases)
    assert card["events"] == own.height
    assert card["mean_service_seconds"] == pytest.approx(own["service_us"].mean() / 1e6)
    assert card["cost_per_event"] == pytest.approx(own["cost"].mean())
    assert card["complaint_share"] == len(cases & set(unhappy["case_id"])) / len(cases)


def test_a_groups_card_counts_a_journey_once(airline):
    result, _, _ = airline
    group = result.group_scorecard.filter(pl.col("group") == "creator")
    own = result.scorecard.filter(pl.col("group") == "creator")
    assert group["events"].sum() == own["events"].sum()
    assert group["cases"].sum() < own["cases"].sum()
    assert group["cases"].sum() >= result.departments["cases"].max()


def test_what_four_colleagues_say_is_never_shown(tmp_path, sample):
    survey = "month,department,score\n" + "2025-03,Gate,9\n" * 4 + "2025-04,Gate,9\n" * 5
    (tmp_path / "peers.csv").write_text(survey)
    result = pm.team_groups(sample("airline")[0], peers=str(tmp_path / "peers.csv"))
    cards = result.scorecard.filter(pl.col("department") == "Gate")
    shown = cards.filter(pl.col("mean_peer_score").is_not_null())
    assert shown["period"].to_list() == ["2025-04"]
    assert cards.filter(pl.col("period") == "2025-03")["peer_answers"].item() is None
    assert any("fewer than five answers" in c for c in result.caveats)


def test_what_four_colleagues_said_in_half_of_the_time_is_no_mean_either(tmp_path, sample):
    survey = "month,department,score\n" + "2025-03,Gate,9\n" * 4 + "2025-11,Gate,7\n" * 5
    (tmp_path / "peers.csv").write_text(survey)
    result = pm.team_groups(sample("airline")[0], peers=str(tmp_path / "peers.csv"))
    said = result.trends.filter(pl.col("measure") == "colleagues' score")
    assert said.select("department", "early", "late").rows() == [("Gate", None, 7.0)]


def test_disagreements_with_the_declared_groups_are_listed(tmp_path, sample):
    file = tmp_path / "groups.toml"
    file.write_text('[groups]\ncreator = ["Cabin", "Ramp"]\nback_office = ["Fuelling"]\n')
    result = pm.team_groups(sample("airline")[0], groups=file)
    assert result.disagreements.select("department", "declared", "group").rows() == [
        ("Ramp", "creator", "enabler")
    ]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('[groups]\ncreator = ["Cabbin"]', "Did you mean 'Cabin'?"),
        ('[groups]\ncreator = ["Cabin"]\nenabler = ["Cabin"]', "two groups"),
        ('[groups]\ncreators = ["Cabin"]', "Did you mean 'creator'?"),
    ],
)
def test_groups_that_cannot_be_used_are_refused(tmp_path, sample, said, fault):
    (tmp_path / "groups.toml").write_text(said)
    with pytest.raises(ConfigurationError, match=fault.replace("?", r"\?")):
        pm.team_groups(sample("airline")[0], groups=tmp_path / "groups.toml")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("month,team,score\n2025-01,Gate,8", "no column 'department'"),
        ("month,department,score\n2025-01,Gate,good", "In row 1 .* the score can't be read"),
        ("month,department,score\nspring,Gate,8", "In row 1 .* the month can't be read"),
    ],
)
def test_a_survey_that_cannot_be_used_is_refused(tmp_path, sample, said, fault):
    (tmp_path / "peers.csv").write_text(said)
    with pytest.raises(InputError, match=fault):
        pm.team_groups(sample("airline")[0], peers=tmp_path / "peers.csv")


@pytest.mark.parametrize(
    "options", [{"theta": 0}, {"theta": 1.5}, {"period": "day"}, {"complaints": ["chek"]}]
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(OptionError):
        pm.team_groups(log_of(random_events(1)), **options)


def test_a_log_without_customer_facing_events_says_where_to_add_them(example):
    result = pm.team_groups(log_of(example))
    if "department" in example[0]:
        assert any("add customer_facing" in caveat for caveat in result.caveats)
    assert result.alarms.is_empty()
    assert "customer" in result.headline or "department" in result.headline


def falling(seed, *, worse):
    """Journeys whose service time falls over the time, and on which complaints rise or don't."""
    random, rows = Random(seed), []
    for case in range(400):
        late = case >= 200
        begun = brute.at(86_400 * case)
        length = random.gauss(600 - 200 * late, 60)
        unhappy = random.random() < (0.05 + 0.2 * (late and worse))
        steps = [("work", "Team", length), ("call", "Care", 60 + random.random())]
        steps += [("complain", "Care", 50 + random.random())] * unhappy
        for activity, department, seconds in steps:
            end = begun + timedelta(seconds=seconds)
            row = {"case": f"j{case}", "customer": f"c{case // 2}", "activity": activity}
            rows.append(row | {"start": begun, "end": end, "department": department})
            begun = end + timedelta(seconds=random.random())
    return pm.read(pl.DataFrame(rows))


@pytest.mark.parametrize("worse", [True, False])
def test_the_alarm_needs_both_a_better_operation_and_worse_customers(worse):
    result = pm.team_groups(falling(3, worse=worse), complaints=["complain"])
    assert ("Team" in set(result.alarms["department"])) == worse


def test_promises_kept_stand_on_the_cards_and_broken_ones_ring_the_alarm():
    random, rows = Random(4), []
    for case in range(300):
        late, begun = case >= 150, brute.at(86_400 * case)
        days = random.choice((5, 15)) if late else random.choice((5, 5, 5, 15))
        length = random.gauss(600 - 200 * late, 60)
        for activity, team, wait in (("work", "Team", 0), ("hand over", "Care", 86_400 * days)):
            start = begun + timedelta(seconds=wait)
            row = {"case": f"j{case}", "customer": f"c{case}", "activity": activity, "start": start}
            end = start + timedelta(seconds=length if team == "Team" else 60)
            rows.append(row | {"end": end, "department": team, "days": days})
    log = pm.read(pl.DataFrame(rows), outcomes=["hand over"])
    result = pm.team_groups(log, promise="10 days", period="year")
    table = log.events.collect().filter(pl.col("department") == "Team")
    card = result.scorecard.filter(pl.col("department") == "Team").row(0, named=True)
    assert card["judged_cases"] == table.height == 300
    assert card["kept_share"] == pytest.approx((table["days"] == 5).mean())
    alarm = result.alarms.row(0, named=True)
    assert (alarm["department"], alarm["customer"]) == ("Team", "broken promises")
    assert "broken promises rose from" in result.headline


def test_journeys_that_began_after_one_that_is_still_in_time_are_not_judged():
    rows = [
        {"case": str(n), "activity": a, "time": brute.at(86_400 * day), "department": "Team"}
        for n, (day, a) in enumerate(
            [(0, "done"), (1, "ask"), (2, "done"), (9, "ask"), (9, "done")]
        )
    ]
    log = pm.read(pl.DataFrame(rows), outcomes=["done"])
    card = pm.team_groups(log, promise="10 days", period="year").scorecard.row(0, named=True)
    assert (card["cases"], card["judged_cases"], card["kept_share"]) == (5, 1, None)


def test_chart_and_graph_say_what_to_see(airline):
    result, _, _ = airline
    title = result.chart().to_dict()["title"]["text"]
    assert "Baggage handling looks better" in " ".join(title)
    graph = result.graph()
    assert graph.caption == "5 teams meet customers, 3 work for those, 2 are behind them."
    svg = graph.svg()
    assert all(name in svg for name in result.departments["department"])
    empty = pm.team_groups(log_of(random_events(2, optional=())))
    assert "no department" in empty.graph().caption
    assert empty.chart().to_dict()
