from xml.etree import ElementTree as ET

import polars as pl
import pytest

from procmine import wording
from procmine.draw.department_map import department_map

G = "{http://www.w3.org/2000/svg}g"


def xml(svg):
    return ET.fromstring(svg)  # noqa: S314  (our own picture)


def drawn(graph, kind):
    root = xml(graph.svg())
    found = [g.get("id") for g in root.iter(G) if kind in g.get("class", "").split()]
    return [graph.names[name] for name in found]


def test_full_coverage_draws_every_department_and_handoff(tables, orders):
    handoffs = tables.handoffs(orders)
    graph = department_map(handoffs, coverage=1)
    assert set(drawn(graph, "handoff")) == set(
        handoffs.select("department", "next_department").iter_rows()
    )
    assert {name for (name,) in drawn(graph, "department")} == {"Sales", "Credit", "Store"}
    assert graph.hidden == "All flow is shown."


def test_no_handoff_says_what_to_do(tables, orders):
    graph = department_map(tables.handoffs(orders).clear())
    assert "name the column of the department" in graph.svg()


def test_hundreds_of_departments_show_the_top_and_say_the_rest(tables, real_events):
    events = real_events("bpic2013_incidents.xes.gz", "org:group")
    handoffs = tables.handoffs(events)
    assert pl.concat([handoffs["department"], handoffs["next_department"]]).n_unique() > 600
    graph = department_map(handoffs)
    pairs = drawn(graph, "handoff")
    shown = handoffs.filter(
        pl.struct("department", "next_department").is_in(
            [{"department": a, "next_department": b} for a, b in pairs]
        )
    )
    share = 1 - shown["count"].sum() / handoffs["count"].sum()
    assert 10 <= len(pairs) <= 30
    assert graph.hidden.startswith(f"{wording.share(share)} of the flow")
    most = handoffs.sort("total_seconds", descending=True).row(0, named=True)
    assert (most["department"], most["next_department"]) in pairs


@pytest.mark.parametrize("measure", ["count", "median_seconds"])
def test_the_caption_names_the_handoff_with_the_highest_figure(tables, orders, measure):
    handoffs = tables.handoffs(orders).sort(measure, descending=True)
    graph = department_map(handoffs, coverage=1, measure=measure)
    top = handoffs.filter(pl.col(measure) == handoffs[measure].max())
    pairs = top.select("department", "next_department").iter_rows()
    assert any(f"between {a} and {b}" in graph.caption for a, b in pairs)
