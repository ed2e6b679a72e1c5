import pytest

import procmine as pm
from procmine.wording import duration

ASKED = ("moments_of_truth", "authority", "experience")


@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_page_says_what_its_analyses_say(open_app, said, plain, sample, name):
    log = pm.read(sample(name))
    answers = [getattr(pm, asked)(log) for asked in ASKED]

    app = open_app(sample(name), page="moments")

    assert not app.exception
    text = said(app)
    assert all(plain(answer.headline) in text for answer in answers[:2])
    assert all(plain(caveat) in text for answer in answers for caveat in answer.caveats)


def test_scores_of_the_survey_are_said_where_customers_were_asked(open_app, said, plain, sample):
    app = open_app(sample("airline"), page="moments")

    assert plain(pm.experience(pm.read(sample("airline"))).headline) in said(app)
    assert not app.info


def test_what_a_bad_first_moment_does_is_said_with_the_analysis_figures(open_app, said, sample):
    effect = pm.moments_of_truth(pm.read(sample("airline"))).effects.row(0, named=True)
    after_bad, after_good = (f"{100 * effect[c]:.3g}" for c in ("after_bad", "after_good"))

    text = said(open_app(sample("airline"), page="moments"))

    assert f"{round(float(after_bad))} % after a bad first moment" in text
    assert f"{float(after_good):.1f} % after a good one" in text


def test_what_happens_behind_the_scenes_is_the_analysis_own_table(open_app, sample):
    expected = pm.moments_of_truth(pm.read(sample("broadband"))).between

    table = open_app(sample("broadband"), page="moments").dataframe[0].value

    assert table["behind the scenes"].tolist() == expected["between"].to_list()
    assert table["how often"].tolist() == pytest.approx(expected["share"].to_list())


def test_who_waits_for_what_is_said_where_waits_are_surely_longer(open_app, said, sample):
    row = pm.moments_of_truth(pm.read(sample("rental"))).between.filter(
        activity="Hand over car", between="Clean car"
    )
    share, wait = row["share"].item(), duration(row["median_seconds"].item())

    text = said(open_app(sample("rental"), page="moments"))

    fact = f"{100 * share:.0f} % of customers wait for 'Clean car': half of them {wait} or longer"
    assert fact in text
    assert "wait for 'Add charge'" not in text, "they wait no longer than others"


def test_without_a_survey_the_page_says_how_to_add_one(open_app, sample):
    app = open_app(sample("broadband"), page="moments")

    assert "survey" in app.info[0].value


def test_a_log_that_marks_no_contact_says_how_to_mark_them(open_app, said, small_log):
    app = open_app(small_log, page="moments")

    assert not app.exception
    assert "the page “The log” says how" in app.info[0].value
    assert "no event is marked as customer-facing" in said(app)
    assert not app.dataframe


def test_a_protected_log_shows_no_moment_of_few(open_app, sample, tmp_path):
    log = pm.read(sample("airline"))
    small = pm.moments_of_truth(log).moments
    hidden = small.filter(small["customers"] < 40)["activity"].to_list()
    path = log.protect(customers=40).write(tmp_path / "protected.parquet")

    app = open_app(path, page="moments")

    assert not app.exception
    assert hidden
    shown = app.dataframe[-1].value["activity"].dropna().tolist()
    assert not {*hidden} & {*shown}
