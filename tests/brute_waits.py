"""Why events wait, by brute force: each moment of each wait is held against every other job.

Plain loops over dictionaries, sharing no code with procmine. Instants are datetimes; `hours` says
of a resource (and department) the stretches in which it is at work, None for always.
"""

from collections import Counter, defaultdict
from itertools import pairwise

from tests.brute import MICROSECOND, journeys

CAUSES = ("batching", "contention", "prioritisation", "unavailability", "extraneous", "queue")


def concurrent(events):
    """Return the pairs of activities of which neither waits for the other."""
    follows, returns, names = Counter(), Counter(), {e["activity"] for e in events}
    for own in journeys(events).values():
        trace = [e["activity"] for e in own]
        follows.update(pairwise(trace))
        returns.update(
            (a, b) for a, b, c in zip(trace, trace[1:], trace[2:], strict=False) if a == c
        )
    return {
        (a, b)
        for a in names
        for b in names
        if a != b and follows[a, b] and follows[b, a]
        if abs(follows[a, b] - follows[b, a]) / (follows[a, b] + follows[b, a] + 1) < 0.9
        if not _loop(a, b, follows, returns)
    }


def _loop(a, b, follows, returns):
    if any(follows[x, x] / (follows[x, x] + 1) >= 0.9 for x in (a, b)):
        return False
    seen = returns[a, b] + returns[b, a]
    return seen / (seen + 1) >= 0.9


def began(event):
    start = event.get("start_timestamp")
    return event["timestamp"] if start is None else start


def enabled(events, *, ends_only=False):
    """Return for each event, by its order, (when it was enabled, the order of its enabler)."""
    together, found = concurrent(events), {}
    for own in journeys(events).values():
        opened = min(min(began(e), e["timestamp"]) for e in own)
        for event in own:
            before = [
                e
                for e in own
                if e["timestamp"] < event["timestamp"]
                and (ends_only or e["timestamp"] <= began(event))
                and (event["activity"], e["activity"]) not in together
            ]
            last = max(before, key=lambda e: (e["timestamp"], e["order"]), default=None)
            found[event["order"]] = (last["timestamp"], last["order"]) if last else (opened, None)
    return found


def available(events):
    """Return for each event, by its order, when its resource completed something before it."""
    return {
        e["order"]: max(
            (
                other["timestamp"]
                for other in events
                if e.get("resource") is not None
                and other.get("resource") == e["resource"]
                and other["timestamp"] < e["timestamp"]
            ),
            default=None,
        )
        for e in events
    }


def batches(jobs):
    """Return the batch of each job that was done in one: row to (enabled, begun, members)."""
    groups, found = defaultdict(list), {}
    for row, job in enumerate(jobs):
        groups[job["resource"], job["activity"]].append(row)
    for rows in groups.values():
        rows.sort(key=lambda row: jobs[row]["start"])
        batch = []
        for row in [*rows, None]:
            job = None if row is None else jobs[row]
            if batch and job is not None:
                first = jobs[batch[0]]["start"]
                busy = max(jobs[b]["end"] for b in batch)
                if job["enabled"] <= first and job["start"] <= busy:
                    batch.append(row)
                    continue
            if len(batch) > 1:
                ready = max(jobs[b]["enabled"] for b in batch)
                found |= dict.fromkeys(batch, (ready, set(batch)))
            batch = [row]
    return found


def divided(jobs, hours):
    """Return each job's wait by cause, in the jobs' own unit of time."""
    of_batch, parts = batches(jobs), []
    for row, job in enumerate(jobs):
        others = [
            (r, o) for r, o in enumerate(jobs) if r != row and o["resource"] == job["resource"]
        ]
        at_work = hours(job["resource"], job.get("department"))
        cuts = {job["enabled"], job["start"], of_batch.get(row, (job["enabled"],))[0]}
        cuts |= {end for _, o in others for end in (o["start"], o["end"])}
        cuts |= {end for stretch in at_work or () for end in stretch}
        inside = sorted(c for c in cuts if job["enabled"] <= c <= job["start"])
        own = dict.fromkeys(CAUSES, job["start"] - job["start"])
        for since, until in pairwise(inside):
            moment = (since, until)
            batch = of_batch.get(row, (job["enabled"], {row}))
            own[_cause(job, moment, others, batch, at_work)] += until - since
        parts.append(own)
    return parts


def _cause(job, moment, others, batch, at_work):
    (since, until), (ready, members) = moment, batch
    if until <= ready:
        return "batching"
    running = [(r, o) for r, o in others if o["start"] <= since and until <= o["end"]]
    if any(o["enabled"] <= (job["enabled"] if r in members else ready) for r, o in running):
        return "contention"
    if running:
        return "prioritisation"
    if at_work is not None and not any(a <= since and until <= b for a, b in at_work):
        return "unavailability"
    return "extraneous"


def waits(events, hours):
    """Return every event that something enabled, by its order: wait and causes in microseconds."""
    since = enabled(events)
    own = [e for e in events if not e.get("by_customer")]
    known = [e for e in own if e.get("resource") is not None]
    homes = _homes(known)
    jobs = [
        {
            "resource": e["resource"],
            "department": homes[e["resource"]],
            "activity": e["activity"],
            "enabled": since[e["order"]][0],
            "start": began(e),
            "end": e["timestamp"],
        }
        for e in known
    ]
    parts = {e["order"]: p for e, p in zip(known, divided(jobs, hours), strict=True)}
    for event in own:
        if event.get("resource") is None:
            parts[event["order"]] = _queued(since[event["order"]][0], event, hours)
    return {
        order: {cause: length // MICROSECOND for cause, length in own.items()}
        | {"wait": (sum(own.values(), MICROSECOND * 0)) // MICROSECOND}
        for order, own in parts.items()
        if since[order][1] is not None
    }


def _homes(known):
    counts = defaultdict(Counter)
    for event in known:
        counts[event["resource"]][event.get("department")] += event.get("department") is not None
    return {
        resource: min(own, key=lambda d: (-own[d], d is None, d))
        for resource, own in counts.items()
    }


def _queued(since, event, hours):
    own = dict.fromkeys(CAUSES, MICROSECOND * 0)
    at_work = hours(None, event.get("department"))
    own["queue"] = began(event) - since
    if at_work is not None:
        inside = [(max(a, since), min(b, began(event))) for a, b in at_work]
        own["queue"] = sum((b - a for a, b in inside if a < b), MICROSECOND * 0)
    own["unavailability"] = began(event) - since - own["queue"]
    return own
