import pytest

import procmine as pm


@pytest.fixture
def policy(sample):
    return sample("broadband").with_name("policy.toml")


def test_the_page_says_what_the_policy_s_analyses_say(open_app, said, plain, sample, policy):
    log = pm.read(sample("broadband"))
    answers = (pm.conformance(log, policy=policy), pm.promises(log, policy=policy))

    app = open_app(sample("broadband"), page="conformance")

    assert not app.exception
    text = said(app)
    assert plain(answers[0].headline) in text
    assert all(plain(caveat) in text for answer in answers for caveat in answer.caveats)


def test_each_broken_rule_is_a_sentence_with_its_owner(open_app, said, sample, policy):
    rules = pm.conformance(pm.read(sample("broadband")), policy=policy).rules
    broken = rules.filter(~rules["kept"])

    text = said(open_app(sample("broadband"), page="conformance"))

    assert "No customer gets a wrong part: 8.9 % of 617 journeys break that, 8.0 % may." in text
    for sentence in broken["sentence"]:
        assert f"{sentence.removesuffix('.')}:" in text


def test_the_chosen_rule_s_journeys_are_listed_and_lead_to_their_way(
    open_app, said, sample, policy
):
    result = pm.conformance(pm.read(sample("broadband")), policy=policy)
    expected = result.violations.filter(result.violations["rule"] == "The right parts")

    app = open_app(sample("broadband"), page="conformance", rule="The right parts")

    assert app.dataframe[-1].value["journey"].tolist() == expected["case_id"].to_list()
    next(b for b in app.button if "commonest way" in b.label).click().run()
    assert not app.exception
    assert "Journeys that" in said(app)


def test_a_rule_of_the_link_that_isn_t_there_leaves_the_first(open_app, sample):
    app = open_app(sample("broadband"), page="conformance", rule="No such rule")

    assert not app.exception
    assert app.selectbox("rule").value != "No such rule"


def test_a_viewer_sees_no_single_journey(open_app, sample, look_as):
    look_as("viewer")
    app = open_app(sample("broadband"), page="conformance")

    assert not app.exception
    assert app.dataframe
    assert not any("journey" in table.value.columns for table in app.dataframe)


@pytest.mark.parametrize("name", ["airline", "rental"])
def test_without_a_policy_the_page_gives_one_that_can_be_asked(open_app, sample, tmp_path, name):
    alone = tmp_path / f"{name}.parquet"
    alone.write_bytes(sample(name).read_bytes())
    app = open_app(alone, page="conformance")
    example = next(code.value for code in app.code if code.language == "toml")
    written = tmp_path / "policy.toml"
    written.write_text(example)

    assert "policy.toml" in app.info[0].value
    assert pm.conformance(pm.read(sample(name)), policy=written).rules.height == 2


def test_the_small_log_says_how_to_begin(open_app, small_log):
    app = open_app(small_log, page="conformance")

    assert not app.exception
    assert "policy.toml" in app.info[0].value
    assert not app.dataframe


def test_a_protected_log_lists_no_journey_and_no_rule_of_few(open_app, sample, tmp_path, policy):
    log = pm.read(sample("broadband")).protect(customers=60)
    path = log.write(tmp_path / "protected.parquet")
    (tmp_path / "policy.toml").write_bytes(policy.read_bytes())
    (tmp_path / "calendars.toml").write_bytes(policy.with_name("calendars.toml").read_bytes())
    rules = pm.conformance(pm.read(sample("broadband")), policy=policy).rules
    small = rules.filter(rules["customers"] < 60)["rule"].to_list()

    app = open_app(path, page="conformance")

    assert not app.exception
    assert small
    everything = " ".join(str(table.value.to_dict()) for table in app.dataframe)
    assert not [rule for rule in small if rule in everything]
    assert not any("journey" in table.value.columns for table in app.dataframe)


@pytest.mark.parametrize(("chosen", "norms"), [("Steps", "declare"), ("Times", "temporal")])
def test_what_was_normal_before_a_day_is_said_as_the_analysis_says_it(
    open_app, sample, chosen, norms
):
    log = pm.read(sample("rental"))
    expected = pm.conformance(log, norms=norms, reference_until="2025-07-01")

    app = open_app(sample("rental"), page="conformance", normal="2025-07-01", norms=chosen)

    assert not app.exception
    assert any(text.value == expected.headline for text in app.markdown)
    table = app.dataframe[-1].value
    assert table["what was normal"].tolist() == expected.norms["norm"].to_list()


def test_a_day_with_nothing_before_it_is_a_sentence(open_app, small_log):
    app = open_app(small_log, page="conformance", normal="2026-01-05")

    assert not app.exception
    assert any("Choose another date" in info.value for info in app.info)


@pytest.mark.slow
def test_what_was_normal_in_incidents_is_learned_from_those_before_a_day(open_app, real_logs):
    incidents = real_logs / "bpic2013_incidents.xes.gz"
    expected = pm.conformance(pm.read(incidents), norms="temporal", reference_until="2012-05-01")

    app = open_app(incidents, page="conformance", normal="2012-05-01", norms="Times")

    assert not app.exception
    assert any(text.value == expected.headline for text in app.markdown)
