"""The share of journeys that close by a time, by its definition: plain Python, no library."""


def closed_share(journeys, limit, weights=None):
    """Aalen & Johansen's share of journeys closed by a time; Kaplan & Meier's if none is abandoned.

    Args:
        journeys: For each (since when it was watched or 0, when it left, how it left, …).
        limit: The time.
        weights: What each counts; one where not given.
    """
    there, closed = 1.0, 0.0
    rows = list(zip(journeys, weights or [1] * len(journeys), strict=True))
    for time in sorted({left for _, left, *_ in journeys if left <= limit}):
        risk = sum(w for (entry, left, *_), w in rows if (entry or -1) < time <= left)
        here = [(way, w) for (_, left, way, *_), w in rows if left == time]
        closed += there * sum(w for way, w in here if way == "closed") / risk
        there *= 1 - sum(w for way, w in here if way != "open") / risk
    return closed
