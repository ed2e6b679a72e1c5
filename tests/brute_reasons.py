"""What is self-inflicted by brute force: plain loops, sharing no code with procmine."""

from collections import defaultdict
from datetime import timedelta

DAYS = 86_400_000_000


def kinds(prepared, lists, *, value=(), recurring=()):
    """Return {order: kind} of the events that are self-inflicted, or may be."""
    found = {}
    for order, row in prepared.items():
        listed = [kind for kind, names in lists.items() if row["activity"] in names]
        again = not row["new_activity"] and row["activity"] not in recurring
        facing = bool(row.get("customer_facing"))
        if listed:
            found[order] = listed[0]
        elif again:
            found[order] = "repeat contact" if facing else "rework"
        elif facing and row["activity"] not in value:
            found[order] = "unmapped contact"
    return found


def price(row, rates):
    """Return the event's own cost, else that of the rate that says most of it; None unknown."""
    if row.get("cost") is not None:
        return row["cost"]
    fitting = [
        (activity is not None, department is not None, per_hour)
        for activity, department, per_hour in rates
        if activity in (None, row["activity"]) and department in (None, row.get("department"))
    ]
    if not fitting or row["service_us"] is None:
        return None
    return max(fitting)[2] * row["service_us"] / 3_600_000_000


def blamed(prepared, kinds, links, faults, late, *, within_us):
    """Return {order: (way, department)} of who is to blame for the self-inflicted events.

    Args:
        prepared: The events by their order.
        kinds: What `kinds` returns.
        links: (activities caused, activities blamed, within microseconds).
        faults: Activities that show a defect.
        late: (activity, since, within microseconds, department).
        within_us: How long a fault is to blame.
    """
    journeys = defaultdict(list)
    for row in prepared.values():
        journeys[row["case_id"]].append(row)
    found = {}
    for order, kind in kinds.items():
        if kind == "unmapped contact":
            continue
        row = prepared[order]
        own = sorted(journeys[row["case_id"]], key=lambda r: r["event_number"])
        before = [r for r in own if r["event_number"] < row["event_number"]]
        linked = [
            (r["elapsed_us"], r["department"])
            for caused, activities, window in links
            for r in before
            if row["activity"] in caused and r["activity"] in activities
            if r["department"] is not None and row["elapsed_us"] - r["elapsed_us"] <= window
        ]
        wrong = [
            (r["elapsed_us"], r["department"])
            for r in before
            if r["activity"] in faults and r["department"] is not None
        ]
        for activity, since, window, department in late:
            for opened in (r for r in own if r["activity"] == since):
                due = opened["elapsed_us"] + window
                came = [
                    r["elapsed_us"]
                    for r in own
                    if r["activity"] == activity and r["event_number"] > opened["event_number"]
                ]
                if not came or min(came) > due:
                    wrong.append((due, department))
        wrong = [w for w in wrong if 0 <= row["elapsed_us"] - w[0] <= within_us]
        for way, candidates in (("link", linked), ("late or defective", wrong)):
            if candidates and order not in found:
                found[order] = (way, max(candidates)[1])
    return found


def costed(rows):
    """Give made-up events a cost, a mark and a customer that follow from their order and case."""
    return [
        row
        | {
            "cost": None if row["order"] % 4 == 0 else float(row["order"] * 7 % 13) / 4,
            "customer_facing": row["order"] % 3 == 0,
            "customer_id": str(len(row["case_id"])),
        }
        for row in rows
    ]


def spread(rows, days):
    """Let made-up journeys begin so many days apart, in the order of their names."""
    cases = sorted({row["case_id"] for row in rows})
    return [
        row
        | {
            time: row[time] + timedelta(days=days * cases.index(row["case_id"]))
            for time in ("timestamp", "start_timestamp")
            if row.get(time) is not None
        }
        for row in rows
    ]
