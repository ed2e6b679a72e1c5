import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procmine import wording
from procmine.draw import theme
from procmine.draw.measure import MEASURES
from procmine.draw.process_map import process_map
from procmine.errors import OptionError

HOSTILE = [
    "<script>alert(1)</script>",
    "quote \" and ' here",
    "back \\ slash \\N \\G \\n",
    "line\nbreak\ttab",
    "&amp; &lt; &#10; &",
    "x" * 400,
    "long words " * 40,
    "🚀 launch 日本語",
    "עברית \u202e\u2066abc",
    "nul\x00 bell\x07 \ufffe",
    "]]> --> <!-- {record|shape}",
    "",
    "   ",
    "start",
    "end",
]


def xml(svg):
    return ET.fromstring(svg)  # noqa: S314  (our own picture)


def parsed(graph):
    return xml(graph.svg())


def groups(root, kind):
    return [
        g for g in root.iter("{http://www.w3.org/2000/svg}g") if kind in g.get("class", "").split()
    ]


def said(element):
    return " ".join("".join(element.itertext()).split())


def label_of(root, arrow):
    return next(
        "".join(t.itertext())
        for g in groups(root, "words")
        if g.get("data-of") == arrow.get("id")
        for t in g.findall("{*}text")
    )


def test_every_department_is_a_lane(tables, orders):
    root = parsed(process_map(tables.nodes(orders), tables.edges(orders), coverage=1))
    mains = set(tables.nodes(orders)["department"])
    names = [g for g in groups(root, "words") if g.get("data-of", "").startswith("department")]
    assert {said(g.find("{*}text")) for g in names} == mains
    assert len(groups(root, "lane")) == len(mains) == 3


def test_without_lanes_or_departments_there_are_none(tables, orders):
    unknown = orders.with_columns(department=pl.lit(None, pl.String))
    assert (
        "cluster_" not in process_map(tables.nodes(orders), tables.edges(orders), lanes=False).dot
    )
    assert "cluster_" not in process_map(tables.nodes(unknown), tables.edges(unknown)).dot


def test_an_activity_says_what_others_do_of_it(tables, orders):
    root = parsed(process_map(tables.nodes(orders), tables.edges(orders), coverage=1))
    check = next(g for g in groups(root, "activity") if "check" in said(g))
    assert f"{wording.share(1 / 11)} by other departments" in said(check)


def test_a_step_across_lanes_is_a_handoff_and_one_within_is_not(tables, orders):
    graph = process_map(tables.nodes(orders), tables.edges(orders), coverage=1)
    mains = dict(tables.nodes(orders).select("activity", "department").iter_rows())
    drawn = {
        graph.names[g.get("id")]: "handoff" in g.get("class").split()
        for g in groups(parsed(graph), "step")
    }
    assert drawn == {
        (a, b): mains[a] != mains[b]
        for a, b in tables.edges(orders).select("activity", "next_activity").iter_rows()
    }
    assert set(drawn.values()) == {True, False}


def test_split_by_department_there_is_one_node_each(tables, orders):
    graph = process_map(
        tables.nodes(orders, split=True), tables.edges(orders, split=True), coverage=1
    )
    drawn = {graph.names[g.get("id")] for g in groups(parsed(graph), "activity")}
    assert drawn == set(orders.select("activity", "department").unique().iter_rows())


TIMES = ("total_seconds", "median_seconds", "mean_seconds", "p90_seconds")


@pytest.fixture
def known(tables, orders):
    """Nodes and edges of which every measure is known, and no two figures are the same."""
    events = orders.with_columns(pl.col("second") * (pl.col("case").cast(pl.Int64) + 1))
    business = [(pl.col(c) / 7).alias(f"business_{c}") for c in TIMES]
    nodes = tables.nodes(events).with_columns(total_cost=pl.int_range(pl.len()) * 1234.5)
    return nodes, tables.edges(events).with_columns(business)


def label(measure, value):
    if measure in ("count", "cases"):
        return f"{value:,}"
    says = wording.business if measure.startswith("business") else wording.duration
    return says(value, short=True)


@pytest.mark.parametrize("measure", [m for m in MEASURES if m != "total_cost"])
def test_colour_and_label_say_the_same_measure(known, measure):
    nodes, edges = known
    graph = process_map(nodes, edges, measure=measure, coverage=1)
    root = parsed(graph)
    lines, _ = theme.ramp(measure)
    rows = {(r["activity"], r["next_activity"]): r[measure] for r in edges.iter_rows(named=True)}
    highest = max(rows.values())
    for arrow in groups(root, "step"):
        value = rows[graph.names[arrow.get("id")]]
        assert label_of(root, arrow) == label(measure, value)
        assert arrow.find("{*}path").get("stroke").upper() == lines[theme.heat(value, highest)]
    assert MEASURES[measure].words in said(root)


def test_cost_colours_the_boxes_that_say_it_and_no_arrow(known):
    nodes, edges = known
    graph = process_map(nodes, edges, measure="total_cost", coverage=1)
    root = parsed(graph)
    costs = dict(nodes.select("activity", "total_cost").iter_rows())
    for box in groups(root, "activity"):
        cost = costs[graph.names[box.get("id")][0]]
        colour = theme.fill(theme.WAIT_LINES[theme.heat(cost, max(costs.values()))])
        assert box.find("{*}path").get("fill").upper() == colour
        assert (f"cost {wording.number(cost)}" in said(box)) == (cost > 0)
    strokes = {a.find("{*}path").get("stroke").upper() for a in groups(root, "step")}
    assert strokes == {theme.LINE}
    dearest = max(costs, key=costs.get)
    share = wording.share(costs[dearest] / sum(costs.values()))
    assert f"Most is spent on {dearest}" in graph.caption
    assert f"{share} of all cost" in graph.caption


@pytest.mark.parametrize("coverage", [None, 0.6])
def test_the_layout_stays_put_when_only_the_colours_change(known, coverage):
    places = set()
    for measure in MEASURES:
        root = parsed(process_map(*known, measure=measure, coverage=coverage))
        boxes = [(g.get("id"), g.find("{*}path").get("d")) for g in groups(root, "node")]
        arrows = [(g.get("id"), g.find("{*}path").get("d")) for g in groups(root, "edge")]
        places.add((root.get("viewBox"), *sorted(boxes), *sorted(arrows)))
    assert len(places) == 1


@pytest.mark.parametrize("name", ["business_total_seconds", "total_cost"])
def test_a_measure_that_nobody_measured_is_a_sentence(tables, orders, name):
    with pytest.raises(OptionError, match="to draw"):
        process_map(tables.nodes(orders), tables.edges(orders), measure=name)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.98, 1])
def test_the_commonest_activities_are_drawn_and_the_rest_is_counted(tables, orders, share):
    nodes, edges = tables.nodes(orders), tables.edges(orders)
    graph = process_map(nodes, edges, activities=share, coverage=1)
    root = parsed(graph)
    events = sorted(
        zip(nodes["events"], nodes["activity"], strict=True), key=lambda e: (-e[0], e[1])
    )
    least = [n for n, _ in events]
    number = next(k for k in range(1, 99) if sum(least[:k]) >= share * orders.height - 1e-9)
    common = {name for _, name in events[:number]}
    drawn = {graph.names[g.get("id")][0] for g in groups(root, "activity")}
    assert drawn <= common
    inner = {(r["activity"], r["next_activity"]): r["count"] for r in edges.iter_rows(named=True)}
    kept = sum(n for pair, n in inner.items() if set(pair) <= common)
    kept += sum(
        r["starts"] + r["ends"] for r in nodes.iter_rows(named=True) if r["activity"] in common
    )
    total = sum(inner.values()) + nodes["starts"].sum() + nodes["ends"].sum()
    hidden = wording.share((total - kept) / total)
    assert graph.hidden.startswith("All flow" if kept == total else f"{hidden} of the flow")


@pytest.mark.parametrize("coverage", [None, 0.3, 0.6, 0.9, 1])
def test_the_hidden_share_equals_a_count_of_what_is_not_drawn(tables, orders, coverage):
    nodes, edges = tables.nodes(orders), tables.edges(orders)
    graph = process_map(nodes, edges, coverage=coverage, measure="median_seconds")
    root = parsed(graph)
    shown = {graph.names[g.get("id")] for g in groups(root, "step")}
    inner = {(r["activity"], r["next_activity"]): r["count"] for r in edges.iter_rows(named=True)}
    hidden = [count for pair, count in inner.items() if pair not in shown]
    begins = {said(g.find("{*}title")) for kind in ("start", "end") for g in groups(root, kind)}
    total = sum(inner.values()) + nodes["starts"].sum() + nodes["ends"].sum()
    drawn = sum(int(re.match(r"\d+", words)[0]) for words in begins)
    share = (total - drawn - sum(inner[p] for p in shown)) / total
    assert graph.hidden.startswith(wording.share(share) if hidden else "All flow")
    assert graph.hidden in said(root)


def test_the_measure_with_most_waiting_is_never_hidden(tables, orders):
    late = tables.events([[("order", "Sales"), ("search", "Store"), ("ship", "Store")]])
    late = late.with_columns(pl.lit("late").alias("case"), pl.col("second") * 10_000)
    events = pl.concat([orders, late])
    graph = process_map(tables.nodes(events), tables.edges(events), coverage=0.1)
    assert "from order to search" in graph.caption
    assert ("order", "search") in graph.names.values()


def test_ids_come_from_names_and_not_from_places(tables, orders):
    one = process_map(tables.nodes(orders), tables.edges(orders), coverage=1)
    other = process_map(
        tables.nodes(orders).reverse(), tables.edges(orders).reverse(), coverage=1, measure="count"
    )
    assert one.names == other.names
    ids = {e.get("id") for e in parsed(one).iter()}
    assert set(one.names) <= ids


def test_an_empty_selection_says_what_to_do(tables, orders):
    graph = process_map(tables.nodes(orders).clear(), tables.edges(orders).clear())
    assert "widen the filter" in said(parsed(graph))
    assert graph.caption


def test_cases_of_one_event_are_a_picture_too(tables):
    events = tables.events([[("only", "Sales")]] * 3)
    graph = process_map(tables.nodes(events), tables.edges(events))
    assert "one event only" in graph.caption
    assert len(groups(parsed(graph), "activity")) == 1


def test_an_unknown_measure_names_the_nearest(tables, orders):
    with pytest.raises(OptionError, match="Did you mean 'total_seconds'"):
        process_map(tables.nodes(orders), tables.edges(orders), measure="total_secnds")


@pytest.mark.parametrize("path", ["with dot", "without dot"])
def test_hostile_names_stay_text(tables, path, monkeypatch):
    if path == "without dot":
        monkeypatch.setenv("PATH", "")
    events = tables.events([[(name, name) for name in HOSTILE]])
    graph = process_map(tables.nodes(events), tables.edges(events), coverage=1)
    root = parsed(graph)
    assert not [e for e in root.iter() if e.tag.endswith("script") or e.tag.endswith("}a")]
    assert len(groups(root, "activity")) == len(HOSTILE)
    titles = " ".join(said(t) for t in root.iter("{http://www.w3.org/2000/svg}title"))
    assert "<script>alert(1)</script>" in titles
    assert "back \\ slash \\N \\G \\n" in titles
    assert "&amp; &lt; &#10; &" in titles
    assert "\u202e" not in titles


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5, unique=True))
def test_the_picture_is_xml_whatever_the_names(tables, names):
    events = tables.events([[(name, name) for name in names]])
    root = parsed(process_map(tables.nodes(events), tables.edges(events), coverage=1))
    assert len(groups(root, "activity")) == len(names)


def test_words_fit_their_boxes(tables, orders):
    long = orders.with_columns(pl.col("activity") + " of the customer's WWWWWWWWWWWW order")
    root = parsed(process_map(tables.nodes(long), tables.edges(long), coverage=1))
    for node in groups(root, "activity"):
        xs = [float(x) for x in re.findall(r"-?[\d.]+", node.find("{*}path").get("d"))[::2]]
        for line in node.findall("{*}text"):
            size = float(line.get("font-size"))
            room = max(xs) - min(xs)
            assert (
                advance("".join(line.itertext()), size, bold=line.get("font-weight") == "bold")
                < room
            )


def advance(line, size, *, bold):
    from matplotlib import get_data_path
    from matplotlib.ft2font import FT2Font

    font = FT2Font(f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf")
    font.set_size(100, 72)
    font.set_text(line, 0)
    return font.get_width_height()[0] / 64 * size / 100


def test_the_receipt_log_is_drawn_with_its_groups(tables, real_events):
    events = real_events("receipt.xes.gz", "org:group")
    graph = process_map(tables.nodes(events), tables.edges(events))
    root = parsed(graph)
    assert 15 <= len(groups(root, "step")) <= 28
    assert len(groups(root, "lane")) >= 4
    assert "T05 Print and send confirmation of receipt to T06" in graph.caption
