"""Journeys by plain Python, customer by customer and event by event: the oracle of keying."""

from collections import defaultdict
from math import inf


def turn(rules, event):
    triggers = {a for r in rules for a in r["triggers"]}
    outcomes = {a for r in rules for a in r["outcomes"]}
    activity = event["activity"]
    return 0 if activity in triggers else 2 if activity in outcomes else 1


def brute_journeys(events, rules, end):
    """Return {event's order: (customer, number of the journey or None, type, state)}."""
    answer = {}
    customers = defaultdict(list)
    for event in events:
        customers[event["customer"]].append(event)
    for customer, own in customers.items():
        if customer is None:
            answer |= {e["order"]: (None, None, None, "outside") for e in own}
            continue
        ordered = sorted(own, key=lambda e: (e["time"], turn(rules, e), e["activity"], e["order"]))
        answer |= of_customer(customer, ordered, rules, end)
    return answer


def of_customer(customer, events, rules, end):
    place = {e["order"]: i for i, e in enumerate(events)}
    claims = defaultdict(list)  # place: (strength, opened, type, journey)
    journeys = []
    for rule in rules:
        for journey in of_type(events, rule, place):
            journey["state"] = state(journey, rule, end)
            journey["type"] = rule["type"]
            journeys.append(journey)
            for at, strength in journey["members"].items():
                claims[at].append((strength, journey["opened"], journey))
    journeys.sort(key=lambda j: j["opened"])
    for number, journey in enumerate(journeys, 1):
        journey["number"] = number
    answer = {}
    for event in events:
        best = max(claims[place[event["order"]]], key=lambda c: c[:2], default=None)
        answer[event["order"]] = (
            (customer, None, None, "outside")
            if best is None
            else (customer, best[2]["number"], best[2]["type"], best[2]["state"])
        )
    return answer


def of_type(events, rule, place):
    named = {*rule["triggers"], *rule["outcomes"], *rule["activities"]}
    fits = [e for e in events if not rule["activities"] or e["activity"] in named]
    key_of = {e["order"]: e.get(rule["key"]) if rule["key"] else None for e in fits}
    own_key = {o for o, k in key_of.items() if k is not None}
    if rule["key"]:
        borrow(fits, key_of, rule, place)
    found = []
    for key in {*key_of.values()}:
        thread = [e for e in fits if key_of[e["order"]] == key]
        found += run(thread, rule, place, rule["patience"], rule["window"], key, own_key)
    return found


def borrow(fits, key_of, rule, place):
    """Events without a key: triggers first, then outcomes, then the rest."""
    is_trigger = [e for e in fits if e["activity"] in rule["triggers"]]
    is_outcome = [e for e in fits if e["activity"] in rule["outcomes"]]
    rest = [e for e in fits if e not in is_trigger and e not in is_outcome]
    marked = [e for e in is_trigger + is_outcome if key_of[e["order"]] is not None]
    for group, window in ((is_trigger, 0), (is_outcome, rule["window"]), (rest, rule["window"])):
        loose = [e for e in group if key_of[e["order"]] is None]
        spans = []
        for key in {key_of[e["order"]] for e in marked}:
            thread = sorted(
                (e for e in marked if key_of[e["order"]] == key), key=lambda e: place[e["order"]]
            )
            for j in run(thread, rule, place, inf, window, key, set()):
                until = j["until"] + window if closed(j) else inf
                spans.append((j["opened"], until, key))
        for e in loose:
            fit = [s for s in spans if s[0] < place[e["order"]] and s[1] >= e["time"]]
            if fit:
                key_of[e["order"]] = max(fit, key=lambda s: s[0])[2]
        marked += [e for e in loose if group is not rest]


def closed(journey):
    return journey["closed"]


def run(thread, rule, place, patience, window, key, own_key):  # noqa: PLR0917
    """Walk along one thread; what is after the outcome belongs while the window runs."""
    journeys, current, tail, last_time = [], None, None, None
    for e in thread:
        at, time = place[e["order"]], e["time"]
        is_trigger = e["activity"] in rule["triggers"]
        is_outcome = e["activity"] in rule["outcomes"]
        if current is not None and time - last_time > patience:
            current = None
        in_window = tail is not None and time - tail["until"] <= window
        if current is not None:
            journey = current
        elif is_trigger:
            if in_window and key is not None:
                journey = tail
                journey["closed"] = False
            else:
                journey = {"opened": at, "members": {}, "closed": False, "until": None}
                journeys.append(journey)
            current, tail = journey, None
        elif in_window:
            journey = tail
        else:
            journey = None
            if is_outcome:
                tail = None  # an outcome too late ends the waiting for more
        if journey is not None:
            strength = 3 if journey["opened"] == at else 2 if is_trigger or is_outcome else 0
            if strength == 0 and e["order"] in own_key:
                strength = 1
            journey["members"][at] = strength
            journey["last"] = time
            if is_outcome:
                journey["closed"], journey["until"] = True, time
                current, tail = None, journey
        last_time = time
    return journeys


def state(journey, rule, end):
    if journey["closed"]:
        return "closed"
    return "abandoned" if end - journey["last"] > rule["patience"] else "open"
