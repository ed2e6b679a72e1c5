"""The filter for journeys that break a rule of the policy beside the log."""

import pytest

import procmine as pm

POLICY = """
[[rules]]
name = "Begun by the customer's question"
kind = "init"
activity = "ask"

[[rules]]
name = "Questions are checked"
kind = "response"
first = "ask"
then = "check"
"""
BEGUN, CHECKED = "Begun by the customer's question", "Questions are checked"


@pytest.fixture(autouse=True)
def policy(small_log):
    path = small_log.with_name("policy.toml")
    path.write_text(POLICY)
    return path


def of_rule(log, policy, rule):
    broken = pm.conformance(log, policy=policy).violations
    return sorted(broken.filter(broken["rule"] == rule)["case_id"])


def test_the_link_shows_the_journeys_that_conformance_lists(
    open_app, small_log, policy, said, plain
):
    log = pm.read(small_log)
    cases = of_rule(log, policy, CHECKED)

    app = open_app(small_log, breaks=CHECKED)

    assert not app.exception
    assert cases == ["2", "3"]
    assert f"Journeys that break “{CHECKED}”: 2 of 4 journeys." in said(app)
    part = log.filter_cases(where={"case_id": cases})
    assert plain(pm.overview(part).headline) in said(app)


def test_the_page_of_conformance_leads_to_the_journeys_that_break_a_rule(open_app, small_log, said):
    app = open_app(small_log, page="conformance", rule=CHECKED)
    next(b for b in app.button if b.label.startswith("Look at the journeys")).click().run()

    assert app.session_state["breaks"] == [CHECKED]
    assert f"Journeys that break “{CHECKED}”: 2 of 4 journeys." in said(app)
    assert "breaks" in app.query_params


def test_each_of_several_rules_must_be_broken(open_app, small_log, said):
    app = open_app(small_log, breaks=[BEGUN, CHECKED])

    assert "No journey fits all of these filters." in said(app)


def test_the_filter_is_removed_as_others_are(open_app, small_log, said):
    app = open_app(small_log, breaks=CHECKED)
    next(b for b in app.button if b.label == f"breaks {CHECKED} ✕").click().run()

    assert not app.exception
    assert "Journeys that break" not in said(app)


def test_it_goes_together_with_other_filters(open_app, small_log, said):
    app = open_app(small_log, breaks=CHECKED, until="2026-01-06")

    assert f"break “{CHECKED}”: 1 of 4 journeys." in said(app)


def test_it_can_be_held_to_compare_with(open_app, small_log, said):
    app = open_app(small_log, page="compare", segment="Business", against=f"breaks={CHECKED}")

    assert not app.exception
    assert f"Journeys that break “{CHECKED}”" in said(app)


def test_a_rule_that_isn_t_there_is_said_and_left_out(open_app, small_log, said):
    app = open_app(small_log, breaks="No such rule")

    assert any("“No such rule”, which isn't there" in w.value for w in app.warning)
    assert "Journeys that break" not in said(app)


def test_without_a_policy_no_rule_is_offered(open_app, small_log, policy):
    policy.unlink()

    app = open_app(small_log)

    assert not any(m.label == "Break the rule" for m in app.multiselect)


def test_a_policy_that_was_changed_is_asked_anew(open_app, small_log, policy, said):
    open_app(small_log, breaks=CHECKED)
    policy.write_text(policy.read_text().replace('then = "check"', 'then = "answer"'))

    app = open_app(small_log, breaks=CHECKED)

    assert "No journey fits all of these filters." in said(app)


def test_it_is_asked_of_what_somebody_may_see_alone(open_app, small_log, policy, said, look_as):
    look_as("analyst", scope=(("department", ("Sales",)),))
    seen = pm.read(small_log).filter_events(where={"department": ["Sales"]})
    cases = of_rule(seen, policy, CHECKED)

    app = open_app(small_log, breaks=CHECKED)

    assert len(cases) == 3  # the check itself was Credit's
    assert f"Journeys that break “{CHECKED}”: 3 of 4 journeys." in said(app)


def test_a_protected_log_offers_none(open_app, small_log, tmp_path):
    log = pm.read(small_log).protect(customers=2)
    protected = log.write(tmp_path / "protected.parquet")

    app = open_app(protected)

    assert not app.exception
    assert not any(m.label == "Break the rule" for m in app.multiselect)


def test_the_copied_python_finds_the_same_journeys(open_app, small_log, capsys):
    app = open_app(small_log, page="variants", breaks=CHECKED, until="2026-01-06")
    python = next(element.value for element in app.code if element.language == "python")

    exec(compile(python, "copied", "exec"), found := {})  # noqa: S102  (the page's own text)

    assert f'rules = ["{CHECKED}"]' in python
    assert found["log"].size == (2, 1)
    assert pm.variants(found["log"]).headline in capsys.readouterr().out
