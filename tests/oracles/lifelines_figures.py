"""What lifelines says of some journeys, computed once and kept in `lifelines.json`.

lifelines pins an older pandas, so it lives in an environment of its own and never in procmine's:

    python -m venv apart && apart/bin/pip install lifelines==0.30.3
    apart/bin/python tests/oracles/lifelines_figures.py LOGS

LOGS is the folder of public logs, of which figures alone are kept. What is generated is drawn with
the standard library, whose `random()` is the same everywhere.
"""

import json
import math
import random
import sys
from pathlib import Path

KEPT = Path(__file__).with_name("lifelines.json")
SAMPLES = {
    "some are open": {"seed": 1, "number": 400},
    "ties": {"seed": 2, "number": 400, "digits": 0},
    "few": {"seed": 3, "number": 12},
    "some are abandoned": {"seed": 4, "number": 400, "giving_up": 25.0},
    "some enter late": {"seed": 5, "number": 600, "late": 0.4},
    "abandoned and late": {"seed": 6, "number": 600, "giving_up": 30.0, "late": 0.3},
}
RECEIPT = {
    "outcomes": [
        "T10 Determine necessity to stop indication",
        "T05 Print and send confirmation of receipt",
    ],
    "days": [0.5, 1, 2, 5, 10, 30, 100],
}
TIMES = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 18.0)


def journeys(seed, number, *, digits=9, giving_up=None, late=0.0):
    """Draw journeys: (exit, entry, how it left), times with so many digits; entry 0 is none."""
    draw = random.Random(seed)
    found = []
    while len(found) < number:
        # nobody gives up before something has ended, or lifelines' first variance is unknown
        ends = [(0.01 + draw.expovariate(1 / 7.0), "closed")]
        ends.append((draw.uniform(0.5, 40), "open"))
        if giving_up is not None:
            ends.append((0.01 + draw.expovariate(1 / giving_up), "abandoned"))
        time, way = min(ends)
        entry = draw.uniform(0, 6) if draw.random() < late else 0.0
        if entry < time:
            found.append((round(time, digits), round(entry, digits), way))
    return found


def _kaplan_meier(drawn, times):
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    ended = [way != "open" for _, _, way in drawn]
    entry = [e for _, e, _ in drawn]
    fitted = KaplanMeierFitter().fit(
        [t for t, _, _ in drawn], ended, entry=entry if any(entry) else None
    )
    low, high = fitted.confidence_interval_.columns
    figures = {"times": list(times), "median": fitted.median_survival_time_}
    figures["open_share"] = [float(v) for v in fitted.survival_function_at_times(times)]
    for name, column in (("low_open_share", low), ("high_open_share", high)):
        at = fitted.confidence_interval_[column]
        figures[name] = [float(at[at.index <= t].iloc[-1]) for t in times]
    ends = median_survival_times(fitted.confidence_interval_)
    figures["median_ends"] = [float(ends[c].iloc[0]) for c in (low, high)]
    return figures


def _aalen_johansen(drawn, times):
    from lifelines import AalenJohansenFitter

    kinds = {"open": 0, "closed": 1, "abandoned": 2}
    entry = [e for _, e, _ in drawn]
    figures = {}
    for way in ("closed", "abandoned"):
        fitted = AalenJohansenFitter().fit(
            [t for t, _, _ in drawn],
            [kinds[w] for _, _, w in drawn],
            event_of_interest=kinds[way],
            entry=entry if any(entry) else None,
        )
        share, variance = fitted.cumulative_density_.iloc[:, 0], fitted.variance_
        figures[f"{way}_share"] = [float(share[share.index <= t].iloc[-1]) for t in times]
        of_times = [float(variance[variance.index <= t].iloc[-1]) for t in times]
        # once nobody is left lifelines divides by zero
        figures[f"variance_{way}_share"] = [None if math.isnan(v) else v for v in of_times]
    return figures


def _receipt(logs):
    """Read the durations, in days, of the receipt log; what ends otherwise is open."""
    import pandas as pd

    table = pd.read_csv(logs / "receipt.csv")
    table["time"] = pd.to_datetime(table["time:timestamp"], format="ISO8601", utc=True)
    table = table.sort_values(["case:concept:name", "time"], kind="stable")
    cases = table.groupby("case:concept:name").agg(
        start=("time", "first"), end=("time", "last"), last=("concept:name", "last")
    )
    closed = cases["last"].isin(RECEIPT["outcomes"])
    end = cases["end"].where(closed, table["time"].max())
    days = (end - cases["start"]) / pd.Timedelta(days=1)
    return [(d, 0.0, "closed" if c else "open") for d, c in zip(days, closed, strict=True)]


def main(logs):
    import lifelines

    figures = {
        "_made_with": f"lifelines {lifelines.__version__}, tests/oracles/lifelines_figures.py"
    }
    for name, how in SAMPLES.items():
        drawn = journeys(**how)
        figures[name] = _kaplan_meier(drawn, TIMES)
        if how.get("digits") != 0:  # with ties lifelines moves the times at random
            figures[name] |= _aalen_johansen(drawn, TIMES)
    figures["receipt"] = _kaplan_meier(_receipt(logs), RECEIPT["days"])
    KEPT.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
