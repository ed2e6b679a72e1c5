import sys

import polars as pl
import pytest

import procmine as pm
from procmine import difference
from procmine.registry import find

HEADLINES = {
    "overview": ("overview", "ledger"),
    "map": ("process_map",),
    "time": ("cycle_time",),
    "handoffs": ("handoffs",),
    "variants": ("variants",),
    "moments": ("moments_of_truth",),
    "consistency": ("consistency",),
    "cost": ("self_inflicted",),
    "teams": ("team_groups",),
}


@pytest.fixture
def check_pages(open_app, said, plain):
    """Open every page on a log and compare its sentence with the analysis' own."""

    def check(path, pages=HEADLINES):
        log = pm.read(path)
        for page, analyses in pages.items():
            app = open_app(path, page=page)
            assert not app.exception, page
            for name in analyses:
                result = find(name).run(log)
                assert plain(result.headline) in said(app), page
                assert all(plain(caveat) in said(app) for caveat in result.caveats), page

    return check


def test_every_page_shows_the_headline_and_the_caveats_of_its_analysis(check_pages, small_log):
    check_pages(small_log)


def test_a_log_without_departments_has_every_page_too(check_pages, no_departments):
    check_pages(no_departments, HEADLINES | {"overview": ("overview", "cycle_time")})


def test_every_page_of_a_protected_log_shows_what_may_be_seen(open_app, said, tmp_path):
    rows = [
        {"case": f"{n}", "activity": a, "time": f"2026-01-{day:02}T09:00Z", "department": d}
        for n in range(24)
        for day, (a, d) in enumerate(
            [("ask", "Sales"), *[("check", "Credit")] * (n < 7), *[("call", "Care")] * (n == 3),
             ("answer", "Sales")], n + 1)
    ]  # fmt: skip
    log = pm.read(pl.DataFrame(rows)).protect(customers=5)
    for name, part in (("whole", log), ("few", log.filter_cases(passes_through="call"))):
        path = part.write(tmp_path / f"{name}.parquet")
        for page in HEADLINES:
            app = open_app(path, page=page)
            assert not app.exception, (name, page)
            assert "Care" not in said(app), (name, page)


def test_the_handoffs_page_says_what_to_do_where_there_are_no_departments(open_app, no_departments):
    app = open_app(no_departments, page="handoffs")

    assert "the page “The log” says how" in app.info[0].value


@pytest.mark.slow
def test_every_page_opens_on_incidents_by_group(check_pages, real_logs):
    check_pages(real_logs / "bpic2013_incidents.xes.gz")


@pytest.mark.slow
def test_every_page_opens_on_incidents_by_line(check_pages, real_logs, tmp_path):
    incidents = real_logs / "bpic2013_incidents.xes.gz"
    log = pm.read(incidents, department="organization involved")
    check_pages(log.write(tmp_path / "lines.parquet"))


@pytest.mark.slow
def test_every_page_opens_on_a_helpdesk_without_departments(check_pages, real_logs, tmp_path):
    table = pl.DataFrame(pm.read(real_logs / "helpdesk.xes.gz").events.collect())
    path = tmp_path / "helpdesk.csv"
    table.select("case_id", "activity", "timestamp").write_csv(path)
    check_pages(path, HEADLINES | {"overview": ("overview", "cycle_time")})


def test_every_page_stands_under_one_heading_of_the_side_bar(open_app, said, small_log):
    app = open_app(small_log)

    there = [info["url_pathname"] for info in app._registered_pages.values()]
    linked = [link.proto.page.split("/")[-1] for link in app.sidebar.get("page_link")]
    assert len(there) > 5
    assert sorted(linked) == sorted(there)
    assert "The journey" in said(app)


def test_the_cards_show_the_figures_of_the_analyses(open_app, said, small_log):
    text = said(open_app(small_log))

    assert "Journeys 4 9 events" in text
    assert "of 3 different ways" in text


def test_a_table_shows_durations_in_a_person_s_units_and_sorts_by_the_figure(open_app, small_log):
    table = open_app(small_log, page="handoffs").dataframe[0]

    assert table.value["waiting in total"].tolist() == sorted(
        pm.handoffs(pm.read(small_log)).handoffs["total_seconds"].to_list(), reverse=True
    )
    words = pl.read_ipc_stream(table.proto.arrow_data.styler.display_values)
    assert "1 d" in words["waiting in total"].to_list()


@pytest.mark.parametrize("level", ["Activities", "Departments"])
@pytest.mark.parametrize("colour", ["Median wait", "How often"])
def test_the_map_always_says_how_much_flow_is_hidden(open_app, said, small_log, level, colour):
    app = open_app(small_log, page="map", show=level, colour=colour)

    assert not app.exception
    assert "All flow is shown." in said(app)


def test_variants_show_as_chips_with_what_they_cover(open_app, said, small_log):
    text = said(open_app(small_log, page="variants"))

    assert "3 ways cover 100 % of the journeys." in text
    assert "ask › check › answer" in text


def test_of_a_large_log_the_ledger_is_asked_for_on_demand(
    open_app, said, plain, small_log, monkeypatch
):
    label = "Where a mean journey's time goes"
    title = pm.ledger(pm.read(small_log)).chart().to_dict()["title"]["text"]
    title = plain(title if isinstance(title, str) else " ".join(title))
    small = open_app(small_log, page="time")
    assert title in said(small)
    assert label not in [toggle.label for toggle in small.toggle]
    monkeypatch.setattr(sys.modules["view"], "QUICK", 5)

    app = open_app(small_log, page="time")
    assert title not in said(app)
    next(toggle for toggle in app.toggle if toggle.label == label).set_value(True).run()

    assert not app.exception
    assert title in said(app)


def test_journeys_are_played_where_that_is_asked_for_and_nothing_is_protected(
    open_app, said, small_log, tmp_path
):
    protected = pm.read(small_log).protect(customers=2).write(tmp_path / "few.parquet")

    assert "are played" not in said(open_app(small_log, page="map"))
    assert "4 of 4 journeys are played;" in said(open_app(small_log, page="map", play="true"))
    refused = open_app(protected, page="map", play="true")
    assert not refused.exception
    assert "protected" in refused.info[0].value
    assert "are played" not in said(refused)


def test_two_ways_stand_side_by_side_with_the_difference_in_words(open_app, said, small_log):
    app = open_app(small_log, page="variants", other="way 3")

    assert not app.exception
    assert not app.warning
    ways = pm.variants(pm.read(small_log)).variants
    one, other = (ways["activities"].to_list()[place] for place in (0, 2))
    assert difference.said(one, other) in said(app)
    assert "Way 1, 2 journeys Way 3, 1 journey" in said(app)

    app.button("_only other").click().run()
    assert app.query_params["variant"] == str(ways["variant"][2])
    assert "Journeys that take way 3: 1 of 4 journeys." in said(app)


def test_a_way_that_the_log_doesn_t_have_is_left_out_with_a_sentence(open_app, small_log):
    app = open_app(small_log, page="variants", one="way 99")

    assert not app.exception
    assert "way 99" in app.warning[0].value


def test_names_in_a_log_are_never_markup(open_app, tmp_path):
    path = tmp_path / "hostile.csv"
    path.write_text(
        "case,activity,time,department\n"
        "1,<script>alert(1)</script>,2026-01-05T09:00Z,<b>X</b>\n"
        "1,b,2026-01-05T10:00Z,<i onload=x>\n"
    )
    for page in HEADLINES:
        bodies = "".join(e.proto.body for e in open_app(path, page=page).get("html"))
        assert "<script>" not in bodies
        assert "<b>X" not in bodies
        assert "<i onload" not in bodies


def test_several_logs_are_chosen_from_by_name(open_app, said, small_log, no_departments):
    app = open_app(small_log, no_departments, log="plain.csv")

    assert app.selectbox("log").options == ["orders.csv", "plain.csv"]
    assert "through" not in said(app).split("journeys")[1][:20]


def test_a_log_that_can_t_be_read_ends_in_a_sentence(open_app, tmp_path):
    path = tmp_path / "broken.csv"
    path.write_text("hello\nworld\n")

    app = open_app(path)

    assert not app.exception
    assert "broken.csv" in app.error[0].value


@pytest.mark.parametrize("name", ["airline", "broadband"])
def test_the_two_ways_that_stand_side_by_side_at_first_begin_alike(open_app, sample, name):
    ways = pm.variants(pm.read(sample(name))).variants["activities"].to_list()

    app = open_app(sample(name), page="variants")

    one, other = (int(app.selectbox(key).value.split()[1]) - 1 for key in ("one", "other"))
    assert one != other
    assert ways[one][0] == ways[other][0]
