"""Roles: what a column is taken for."""

import pytest

from procmine.errors import ColumnError
from procmine.schema import MADE, ROLES, plain, recognise

REQUIRED = ["case:concept:name", "concept:name", "time:timestamp"]


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.name)
def test_a_role_is_recognised_by_its_own_name_and_by_every_alias(role):
    others = [
        a
        for r, a in zip(["case_id", "activity", "timestamp"], REQUIRED, strict=True)
        if r != role.name
    ]
    for name in (role.name, *role.aliases):
        if plain(name) in map(plain, others):
            continue
        assert recognise([*others, name], {})[role.name] == name


def test_no_alias_belongs_to_two_roles():
    seen = {}
    for role in ROLES:
        for alias in {plain(a) for a in role.aliases}:
            assert seen.setdefault(alias, role.name) == role.name


def test_no_role_has_a_made_columns_name():
    assert not {r.name for r in ROLES} & set(MADE)


def test_the_exact_alias_wins_over_the_loose_one():
    assert recognise([*REQUIRED, "Org Group", "org:group"], {})["department"] == "org:group"


def test_case_attributes_are_no_event_roles():
    found = recognise([*REQUIRED, "case:group", "case:department", "case:role"], {})
    assert set(found) == {"case_id", "activity", "timestamp"}


def test_a_column_that_is_named_twice_for_times_is_one_role():
    found = recognise([*REQUIRED, "start"], {"timestamp": "start"})
    assert "start_timestamp" not in found


def test_all_missing_roles_are_named_at_once():
    with pytest.raises(ColumnError) as error:
        recognise(["a", "b"], {})
    for option in ("--case-id", "--activity", "--timestamp"):
        assert option in str(error.value)
