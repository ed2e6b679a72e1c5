"""The answers by brute force: plain loops over dictionaries, sharing no code with procmine.

A raw event is a dictionary with `case_id, activity, timestamp, order` and whatever else its log
has; a table is a list of dictionaries in no particular order.
"""

import hashlib
import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

MICROSECOND = timedelta(microseconds=1)


def journeys(events):
    """Return the events of each case, in the order in which they happened."""
    found = defaultdict(list)
    for event in events:
        found[event["case_id"]].append(event)
    return {
        case: sorted(own, key=lambda e: (e["timestamp"], e["order"])) for case, own in found.items()
    }


def prepared(events):
    """Return every event with what `prepare` adds, keyed by its `order`."""
    rows = {}
    for own in journeys(events).values():
        for row in _journey(own):
            rows[row["order"]] = row
    return rows


def gaps(own):
    """Return {order: (gap, who ends it, work)} of one journey's events, sweeping over its time.

    Time goes from one boundary to the next. Work belongs to the event among those under way that
    ends last, a stretch without any to the event that ended last before it.
    """
    found = {e["order"]: [timedelta(), None, timedelta()] for e in own}
    bounds = sorted({at for e in own for at in (_opens(e), e["timestamp"])})
    for since, until in pairwise(bounds):
        under_way = [e for e in own if _opens(e) <= since and e["timestamp"] >= until]
        if under_way:
            found[max(under_way, key=_ending)["order"]][2] += until - since
        else:
            before = max((e for e in own if e["timestamp"] <= since), key=_ending)
            after = min(
                (e for e in own if _opens(e) >= until), key=lambda e: (_opens(e), *_ending(e))
            )
            found[before["order"]][:2] = until - since, after
    return found


def _opens(event):
    return min(_begin(event), event["timestamp"])


def _ending(event):
    return event["timestamp"], event["order"]


def _with_gap(row, gap, after, worked, *, last):
    """What `prepare` makes of it where start times are known."""
    row["gap_us"] = None if last else _us(gap)
    row["worked_us"] = _us(worked)
    for column in ("department", "by_customer"):
        if column in row and after is not None:
            row[f"gap_{column}"] = after[column]


def _journey(own):
    """Yield the journey's rows; whether a handoff comes back is only known from those after it."""
    rows = list(_rows(own))
    handed = [r for r in rows if is_handoff(r)]
    for row in rows:
        row["handoff_returns"] = None
    for place, row in enumerate(handed):
        here, there = row["department"], row["next_department"]
        after = [(r["department"], r["next_department"]) for r in handed[place + 1 : place + 3]]
        back, again = after[:1] == [(there, here)], after[1:] == [(here, there)]
        row["handoff_returns"] = back + (back and again)
    return rows


def _rows(own):
    idle = gaps(own)
    instants = [e["timestamp"] for e in own]
    instants += [e["start_timestamp"] for e in own if e.get("start_timestamp") is not None]
    opened, handed = min(instants), 0
    variant = variant_of([e["activity"] for e in own])
    activities, steps, handoffs = set(), set(), set()
    for place, event in enumerate(own):
        after = own[place + 1] if place + 1 < len(own) else None
        row = dict(event)
        row["next_activity"] = after and after["activity"]
        row["next_department"] = after and after.get("department")
        row["next_resource"] = after and after.get("resource")
        row["wait_us"] = None if after is None else max(0, _us(_begin(after) - _latest(own, place)))
        begun = event.get("start_timestamp")
        row["service_us"] = None if begun is None else _us(event["timestamp"] - begun)
        row["elapsed_us"] = _us(event["timestamp"] - opened)
        row["case_start"] = opened
        row["event_number"] = place + 1
        row["variant"] = variant
        crossing = is_handoff(row)
        handed += crossing
        row["handoff_number"] = handed if crossing else None
        known = None not in (event.get("department"), row["next_department"])
        row["handoff"] = crossing if known else None
        row["wait_bin"] = None if after is None else bin_of(row["wait_us"])
        row["new_activity"] = event["activity"] not in activities
        activities.add(event["activity"])
        step = (event["activity"], row["next_activity"])
        row["new_step"] = after is not None and step not in steps
        steps.add(step)
        pair = (event.get("department"), row["next_department"])
        row["new_handoff"] = crossing and pair not in handoffs
        if crossing:
            handoffs.add(pair)
        if "start_timestamp" in event:
            _with_gap(row, *idle[event["order"]], last=after is None)
        elif "by_customer" in event:
            row["gap_by_customer"] = after and after["by_customer"]
        yield row


def _begin(event):
    begun = event.get("start_timestamp")
    return event["timestamp"] if begun is None else begun


def _latest(own, place):
    return max(e["timestamp"] for e in own[: place + 1])


def _us(length):
    return length // MICROSECOND


def is_handoff(row):
    """Both departments known, and not the same."""
    here, there = row.get("department"), row["next_department"]
    return here is not None and there is not None and here != there


def variant_of(activities):
    """Return the number of a sequence of activities."""
    digest = hashlib.md5("\x1f".join(activities).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "big") >> (128 - 52)


def bin_of(microseconds):
    """Return the bin of a sketch of 1 %: the smallest i with value <= g**i, -1 for zero."""
    if microseconds == 0:
        return -1
    growth, place, edge = Fraction(101, 99), 0, Fraction(1)
    if microseconds > 1000:  # begin near the answer; the comparison below is exact
        place = max(0, int(math.log(microseconds) / math.log(growth)) - 2)
        edge = growth**place
    while edge < microseconds:
        place, edge = place + 1, edge * growth
    return place


def quantile(values, share):
    """Return the quantile by linear interpolation, exactly, as a float."""
    ordered = sorted(values)
    place = Fraction(share).limit_denominator(1000) * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def measures(microseconds):
    """Return mean, median, 90th percentile and total of some waits, in seconds."""
    total = sum(microseconds)
    return {
        "mean_seconds": float(Fraction(total, len(microseconds) * 1_000_000)),
        "median_seconds": quantile(microseconds, 0.5) / 1e6,
        "p90_seconds": quantile(microseconds, 0.9) / 1e6,
        "total_seconds": float(Fraction(total, 1_000_000)),
    }


def _grouped(rows, *columns):
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row.get(c) for c in columns)].append(row)
    return groups


def _cases(rows):
    return len({r["case_id"] for r in rows})


def edges(events, *keys):
    """Return the directly-follows steps: key to measures."""
    steps = [r for r in prepared(events).values() if r["next_activity"] is not None]
    found = {}
    for key, rows in _grouped(steps, *(keys or ("activity", "next_activity"))).items():
        known = [r for r in rows if None not in (r.get("department"), r["next_department"])]
        crossing = sum(is_handoff(r) for r in known)
        found[key] = {
            "count": len(rows),
            "cases": _cases(rows),
            **measures([r["wait_us"] for r in rows]),
            "handoff_share": crossing / len(known) if known else None,
        }
    return found


def nodes(events, *keys):
    """Return the activities (and departments, where asked): key to counts."""
    found = {}
    for key, rows in _grouped(prepared(events).values(), *(keys or ("activity",))).items():
        found[key] = {
            "events": len(rows),
            "cases": _cases(rows),
            "starts": sum(r["event_number"] == 1 for r in rows),
            "ends": sum(r["next_activity"] is None for r in rows),
        }
    return found


def handoffs(events):
    """Return the handoffs: (department, next department) to measures."""
    rows = [r for r in prepared(events).values() if is_handoff(r)]
    whole, journeys_us = sum(r["wait_us"] for r in rows), sum(durations(events).values())
    found = {}
    for key, own in _grouped(rows, "department", "next_department").items():
        waits = [r["wait_us"] for r in own]
        quartile = int(quantile(waits, 0.25))
        found[key] = {
            "count": len(own),
            "cases": _cases(own),
            **measures(waits),
            "share": sum(waits) / whole if whole else None,
            "end_to_end_share": sum(waits) / journeys_us if journeys_us else None,
            "bounce_share": sum(r["handoff_returns"] >= 1 for r in own) / len(own),
            "ping_pong_share": sum(r["handoff_returns"] >= 2 for r in own) / len(own),
            "recoverable_seconds": sum(max(0, w - quartile) for w in waits) / 1e6,
        }
    return found


def change(events, pair):
    """Return how much longer the pair's waits are, on average, in the later half of the time."""
    times = [e["timestamp"] for e in events]
    middle = min(times) + (max(times) - min(times)) / 2
    early, late = [], []
    for row in prepared(events).values():
        if is_handoff(row) and (row["department"], row["next_department"]) == pair:
            (late if row["timestamp"] >= middle else early).append(row["wait_us"])
    if not early or not late:
        return None
    return (sum(late) / len(late) - sum(early) / len(early)) / 1e6


def handoff_summary(events):
    """Return the one row about all handoffs; their part of waits is null without departments."""
    rows = list(prepared(events).values())
    crossing = [r for r in rows if is_handoff(r)]
    handed = sum(r["wait_us"] for r in crossing)
    waited = sum(r["wait_us"] or 0 for r in rows)
    took = sum(durations(events).values())
    returns = [r["handoff_returns"] for r in crossing]
    return {
        "pairs_known": sum(None not in (r.get("department"), r["next_department"]) for r in rows),
        "handoffs": len(crossing),
        "cases_with_handoff": _cases(crossing),
        "total_seconds": handed / 1e6,
        "waiting_share": handed / waited if waited and "department" in rows[0] else None,
        "end_to_end_share": handed / took if took else None,
        "bounce_share": sum(r >= 1 for r in returns) / len(returns) if returns else None,
        "ping_pong_share": sum(r >= 2 for r in returns) / len(returns) if returns else None,
    }


PARTS = ("service", "inside", "handoff", "customer")


def ledger(events, *, outcomes=()):
    """Return where the time of completed journeys goes, by journey, department and handoff."""
    cases, departments, pairs = {}, defaultdict(lambda: [0, 0]), defaultdict(list)
    for case, own in journeys(events).items():
        if outcomes and own[-1]["activity"] not in outcomes:
            continue
        parts, idle = dict.fromkeys(PARTS, 0), gaps(own)
        for event in own:
            gap, after, worked = idle[event["order"]]
            parts["service"] += _us(worked)
            departments[event.get("department")][0] += _us(worked)
            if not gap:
                continue
            kind = _kind(event, after)
            parts[kind] += _us(gap)
            if kind == "inside":
                departments[after.get("department")][1] += _us(gap)
            elif kind == "handoff":
                pairs[event["department"], after["department"]].append(_us(gap))
        whole = max(e["timestamp"] for e in own) - min(_opens(e) for e in own)
        cases[case] = {
            f"{k}_seconds": v / 1e6 for k, v in {"duration": _us(whole), **parts}.items()
        }
    return cases, _of_departments(departments), _of_pairs(pairs)


def _kind(event, after):
    if after.get("by_customer"):
        return "customer"
    here, there = event.get("department"), after.get("department")
    return "handoff" if None not in (here, there) and here != there else "inside"


def _of_departments(departments):
    return {
        name: {"service_seconds": service / 1e6, "inside_seconds": inside / 1e6}
        for name, (service, inside) in departments.items()
        if name is not None or service or inside
    }


def _of_pairs(pairs):
    return {
        pair: {"count": len(waits), "total_seconds": sum(waits) / 1e6}
        for pair, waits in pairs.items()
    }


def durations(events):
    """Return how long each case took, in microseconds."""
    rows = prepared(events).values()
    return {r["case_id"]: r["elapsed_us"] for r in rows if r["next_activity"] is None}


def variants(events):
    """Return the variants: sequence to cases and durations."""
    took = durations(events)
    groups = defaultdict(list)
    for case, own in journeys(events).items():
        groups[tuple(e["activity"] for e in own)].append(took[case])
    return {
        sequence: {"variant": variant_of(sequence), "cases": len(own), **measures(own)}
        for sequence, own in groups.items()
    }


def rework(events, *, resources):
    """Return what each activity repeats."""
    found = {}
    for (activity,), rows in _grouped(prepared(events).values(), "activity").items():
        again = [r for r in rows if not r["new_activity"]]
        loops = [r for r in rows if r["next_activity"] == activity]
        same = [
            r
            for r in loops
            if r.get("resource") is not None and r["resource"] == r["next_resource"]
        ]
        found[activity] = {
            "events": len(rows),
            "repeats": len(again),
            "self_loops": len(loops),
            "self_loops_same_resource": len(same) if resources else None,
            "self_loop_seconds": sum(r["wait_us"] for r in loops) / 1e6,
            "cases_with_repeat": _cases(again),
        }
    return found


def cases(events):
    """Return one row a case."""
    found = {}
    for case, own in _grouped(prepared(events).values(), "case_id").items():
        last = max(own, key=lambda r: r["event_number"])
        found[case[0]] = {
            "start": last["case_start"],
            "end": last["timestamp"],
            "duration_seconds": last["elapsed_us"] / 1e6,
            "events": len(own),
            "variant": last["variant"],
            "outcome": last["activity"],
            "departments": len({r.get("department") for r in own} - {None}),
            "handoffs": sum(is_handoff(r) for r in own),
        }
    return found


def at(seconds, microseconds=0):
    """Return an instant, so many seconds after an arbitrary one."""
    return datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(
        seconds=seconds, microseconds=microseconds
    )


def keyed(rows, *columns):
    """Return a table's rows by their key: values of `columns` to the other cells."""
    found = {tuple(row.pop(c) for c in columns): row for row in map(dict, rows)}
    assert len(found) == len(rows), f"{columns} isn't a key"
    return {k[0] if len(columns) == 1 else k: row for k, row in found.items()}


def assert_same(found, expected, *, relative=1e-9):
    """Assert that the cells that are expected are there, key by key, and no other keys."""
    assert set(found) == set(expected)
    for key, cells in expected.items():
        for column, value in cells.items():
            assert _close(found[key][column], value, relative), (
                key,
                column,
                found[key][column],
                value,
            )


def _close(found, expected, relative):
    if expected is None or found is None:
        return found is expected
    if isinstance(expected, float):
        return abs(found - expected) <= max(relative * abs(expected), 1e-9)
    return found == expected
