"""A policy: what may stand in it, and how it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.configuration import parse_toml
from procmine.errors import ConfigurationError
from procmine.policy.document import Policy, Rule, check_names, read_policy
from procmine.policy.kinds import KEYS, Kind

WHOLE = """
name = "shop"
activities = ["Refund twice"]

[[promises]]
name = "delivery"
within = "12 days"
goal = 0.9
segment = "Business"
owner = "Head of operations"

[[rules]]
name = "answered"
kind = "time limit"
first = "Ask"
then = ["Answer", "Call back"]
within = "8 business hours"
severity = "high"
tolerated_share = 0.05
from = 2026-01-01
until = 2026-04-01

[[rules]]
name = "never twice"
kind = "absence"
activity = "Refund twice"

[segments.Business]
value = 120.0
"""

TOLD = {
    "activity": '"a"',
    "activities": '["a", "b"]',
    "first": '"a"',
    "then": '"b"',
    "times": "2",
    "within": '"2 days"',
    "departments": '["D"]',
    "at_most": "3",
}


def read(text):
    return parse_toml(text, Policy, "policy.toml")


def rule_of(kind, keys):
    return f'[[rules]]\nname = "r"\nkind = "{kind}"\n' + "".join(
        f"{key} = {TOLD[key]}\n" for key in keys
    )


def test_a_whole_policy_is_read():
    policy = read(WHOLE)
    (promise,), (limit, never) = policy.promises, policy.rules
    assert (promise.within.said, promise.goal, promise.segment) == ("12 days", 0.9, "Business")
    assert limit.within is not None
    assert limit.within.business
    assert limit.sentence == (
        "Answer or Call back comes after Ask within 8 business hours "
        "(journeys that began from 2026-01-01 and before 2026-04-01)."
    )
    assert never.sentence == "No journey has Refund twice."
    assert policy.segments["Business"].value == 120


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_says_itself_and_asks_for_what_it_needs(kind):
    must, may = KEYS[kind].must, KEYS[kind].may
    (rule,) = read(rule_of(kind, must)).rules
    assert rule.sentence.endswith(".")
    assert "{" not in rule.sentence
    for missing in must:
        with pytest.raises(ConfigurationError, match=rf"rules\[0\].*needs the key '{missing}'"):
            read(rule_of(kind, [key for key in must if key != missing]))
    for strange in TOLD.keys() - {*must, *may}:
        with pytest.raises(ConfigurationError, match=f"has no '{strange}'"):
            read(rule_of(kind, [*must, strange]))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[rules]]\nname = "r"\nkind = "absense"', r"rules\[0\].kind: .*Did you mean 'absence'"),
        (rule_of("init", ["activity"]) + 'sevrity = "high"', r"'rules\[0\].sevrity'.*'severity'"),
        (rule_of("init", ["activity"]) + 'severity = "awful"', r"rules\[0\].severity"),
        (rule_of("init", ["activity"]) + "tolerated_share = 5", r"rules\[0\].tolerated_share"),
        (rule_of("init", ["activity"]) * 2, "are called 'r'"),
        (
            rule_of("init", ["activity"]) + "from = 2026-02-01\nuntil = 2026-01-01",
            "'from' must lie before 'until'",
        ),
        (rule_of("response", ["first"]) + 'then = "a"', "'a' is both 'first' and 'then'"),
        (rule_of("time limit", ["within", "first"]), "'first' and 'then' go together"),
        (
            '[[promises]]\nname = "p"\nwithin = "soon"',
            r"promises\[0\].within: 'soon' isn't a promise",
        ),
        ('[[promises]]\nname = "p"\nwithin = "2 days"\ngoal = 90', r"promises\[0\].goal"),
        ("[[promises]]\nname = 3", r"promises\[0\].name"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_key(text, says):
    with pytest.raises(ConfigurationError, match=says):
        read(text)


@given(st.text("abcdefgh_", min_size=1, max_size=12))
def test_a_key_that_there_is_not_is_always_refused(key):
    if key not in {"name", *Rule.model_fields}:
        with pytest.raises(ConfigurationError, match="there is no key"):
            read(rule_of("init", ["activity"]) + f"{key} = 1")


def test_names_are_looked_up_in_the_log_and_in_the_policy():
    known = {"activity": frozenset({"Ask", "Answer", "Call back"})}
    with pytest.raises(ConfigurationError, match=r"promises\[0\].*") as refused:
        check_names(read(WHOLE.replace("[segments.Business]\nvalue = 120.0", "")), known, "p.toml")
    assert '[segments."Business"]' in str(refused.value)
    check_names(read(WHOLE), known, "p.toml")
    with pytest.raises(ConfigurationError, match=r"rules\[0\].first: 'Ask'.*Did you mean 'Asked'"):
        check_names(read(WHOLE), {"activity": frozenset({"Asked", "Answer"})}, "p.toml")


def test_a_calendar_lies_beside_its_policy(tmp_path):
    (tmp_path / "policy.toml").write_text('calendar = "hours.toml"')
    with pytest.raises(ConfigurationError, match=r"calendar: there is no file 'hours\.toml'"):
        read_policy(tmp_path / "policy.toml")
    (tmp_path / "hours.toml").write_text("")
    assert read_policy(tmp_path / "policy.toml").calendar == (tmp_path / "hours.toml").resolve()
