# ruff: noqa: ARG001  (all judges are asked alike)
"""Rules, judged journey by journey in plain Python: what the expressions are compared with."""

from itertools import pairwise


def judge(rule, journey, *, is_open, end):
    """Say how a journey stands to a rule: "kept", "broken", "undecided", or None if not asked.

    Args:
        rule: A `procmine.policy.document.Rule`.
        journey: Its events in order: dictionaries with activity, seconds, resource, department.
        is_open: Whether more may come.
        end: The second at which the log ends.
    """
    names = [event["activity"] for event in journey]
    return JUDGES[rule.kind.value](rule, names, journey, is_open, end)


def standing(broken, lacking, is_open):
    if broken:
        return "broken"
    if lacking:
        return "undecided" if is_open else "broken"
    return "kept"


def existence(rule, names, journey, is_open, end):
    return standing(False, sum(n in rule.activity for n in names) < (rule.times or 1), is_open)


def absence(rule, names, journey, is_open, end):
    return standing(sum(n in rule.activity for n in names) > (rule.at_most or 0), False, is_open)


def exactly(rule, names, journey, is_open, end):
    number = sum(n in rule.activity for n in names)
    return standing(number > rule.times, number < rule.times, is_open)


def init(rule, names, journey, is_open, end):
    return standing(names[0] not in rule.activity, False, is_open)


def last(rule, names, journey, is_open, end):
    return standing(False, names[-1] not in rule.activity, is_open)


def response(rule, names, journey, is_open, end):
    places = [i for i, n in enumerate(names) if n in rule.first]
    if not places:
        return None
    lacking = any(all(n not in rule.then for n in names[i + 1 :]) for i in places)
    return standing(False, lacking, is_open)


def precedence(rule, names, journey, is_open, end):
    places = [i for i, n in enumerate(names) if n in rule.then]
    if not places:
        return None
    return standing(
        any(all(n not in rule.first for n in names[:i]) for i in places), False, is_open
    )


def chain_response(rule, names, journey, is_open, end):
    if not any(n in rule.first for n in names):
        return None
    broken = any(a in rule.first and b not in rule.then for a, b in pairwise(names))
    return standing(broken, names[-1] in rule.first, is_open)


def chain_precedence(rule, names, journey, is_open, end):
    if not any(n in rule.then for n in names):
        return None
    broken = any(b in rule.then and a not in rule.first for a, b in pairwise([None, *names]))
    return standing(broken, False, is_open)


def both(one, other):
    def succession(*given):
        found = {one(*given), other(*given)} - {None}
        if not found:
            return None
        return next(s for s in ("broken", "undecided", "kept") if s in found)

    return succession


def responded_existence(rule, names, journey, is_open, end):
    if not any(n in rule.first for n in names):
        return None
    return standing(False, all(n not in rule.then for n in names), is_open)


def coexistence(rule, names, journey, is_open, end):
    found = {n for n in names if n in rule.activities}
    return standing(False, found != set(rule.activities), is_open) if found else None


def alternate_response(rule, names, journey, is_open, end):
    """Walk through the journey: an ask that waits must be answered before the next ask."""
    waiting = asked = broken = False
    for name in names:
        if name in rule.first:
            broken, waiting, asked = broken or waiting, True, True
        if name in rule.then:
            waiting = False
    return standing(broken, waiting, is_open) if asked else None


def alternate_precedence(rule, names, journey, is_open, end):
    ready = asked = broken = False
    for name in names:
        if name in rule.then:
            broken, ready, asked = broken or not ready, False, True
        if name in rule.first:
            ready = True
    return standing(broken, False, is_open) if asked else None


def not_coexistence(rule, names, journey, is_open, end):
    found = {n for n in names if n in rule.activities}
    return standing(len(found) > 1, False, is_open) if found else None


def four_eyes(rule, names, journey, is_open, end):
    known = [e for e in journey if e["activity"] in rule.activities and e["resource"] is not None]
    if len({e["activity"] for e in known}) < 2:
        return None
    done = {}
    for event in known:
        done.setdefault(event["resource"], set()).add(event["activity"])
    return standing(any(len(what) > 1 for what in done.values()), False, is_open)


def departments(rule, names, journey, is_open, end):
    own = [e for e in journey if not rule.activity or e["activity"] in rule.activity]
    if not own:
        return None
    strange = [d for e in own if (d := e["department"]) is not None and d not in rule.departments]
    return standing(bool(strange), False, is_open)


def handoffs(rule, names, journey, is_open, end):
    pairs = [(a["department"], b["department"]) for a, b in pairwise(journey)]
    number = sum(None not in pair and pair[0] != pair[1] for pair in pairs)
    return standing(number > rule.at_most, False, is_open)


def time_limit(rule, names, journey, is_open, end):
    limit = rule.within.length_us / 1e6
    over = end if is_open else journey[-1]["seconds"]
    if not rule.first:
        took = over - journey[0]["seconds"]
        return standing(took > limit, is_open, is_open)
    late = answered = waiting = False
    since = None
    for event in journey:
        if event["activity"] in rule.first and since is None:
            since = event["seconds"]
        if event["activity"] in rule.then and since is not None:
            late, answered = late or event["seconds"] - since > limit, True
            since = None
    if since is not None:
        late, waiting = late or over - since > limit, True
    if late:
        return "broken"
    if waiting and is_open:
        return "undecided"
    return "kept" if answered else None


JUDGES = {
    "existence": existence,
    "absence": absence,
    "exactly": exactly,
    "init": init,
    "end": last,
    "responded existence": responded_existence,
    "co-existence": coexistence,
    "response": response,
    "precedence": precedence,
    "succession": both(response, precedence),
    "alternate response": alternate_response,
    "alternate precedence": alternate_precedence,
    "alternate succession": both(alternate_response, alternate_precedence),
    "chain response": chain_response,
    "chain precedence": chain_precedence,
    "chain succession": both(chain_response, chain_precedence),
    "not co-existence": not_coexistence,
    "four eyes": four_eyes,
    "allowed departments": departments,
    "most handoffs": handoffs,
    "time limit": time_limit,
}
