"""Logs in pm4py's own form: what learned norms are compared with."""

from datetime import timedelta

import pytest

from tests import brute


@pytest.fixture(scope="session")
def as_pm4py():
    """Turn journeys, lists of (activity, second), into a log of pm4py; the order is theirs."""
    from pm4py.objects.log.obj import Event, EventLog, Trace

    def log(journeys):
        traces = []
        for number, journey in enumerate(journeys):
            trace = Trace(attributes={"concept:name": str(number)})
            for activity, second in journey:
                at = brute.at(0) + timedelta(seconds=second)
                trace.append(Event({"concept:name": activity, "time:timestamp": at}))
            traces.append(trace)
        return EventLog(traces)

    return log
