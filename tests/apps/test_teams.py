import pytest

import procmine as pm


@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_page_says_what_its_analyses_say_with_the_files_beside_the_log(
    open_app, said, plain, sample, name
):
    path = sample(name)
    given = {"policy": path.with_name("policy.toml"), "peers": path.with_name("peer_survey.csv")}
    given = {option: file for option, file in given.items() if file.exists()}
    log = pm.read(path)
    policy = {option: file for option, file in given.items() if option == "policy"}
    answers = (pm.team_groups(log, **given), pm.watermelon(log, **policy), pm.metric_value(log))

    app = open_app(path, page="teams")

    assert not app.exception
    text = said(app)
    assert all(plain(answer.headline) in text for answer in answers)
    assert all(plain(caveat) in text for answer in answers for caveat in answer.caveats)


def test_the_planted_alarm_is_said_first(open_app, said, sample):
    text = said(open_app(sample("broadband"), page="teams"))

    assert text.split(". ", 1)[0].endswith("broken promises rose from 7.1 % to 27 %")
    assert "Warehouse looks better while customers fare worse" in text


def test_without_a_policy_the_page_says_how_to_write_one(open_app, sample, tmp_path):
    alone = tmp_path / "airline.parquet"
    alone.write_bytes(sample("airline").read_bytes())
    app = open_app(alone, page="teams")

    assert any("policy.toml" in info.value for info in app.info)


def test_each_team_stands_in_people_s_words(open_app, sample):
    expected = pm.team_groups(pm.read(sample("rental"))).departments

    table = open_app(sample("rental"), page="teams").dataframe[0].value

    assert table["department"].tolist() == expected["department"].to_list()
    assert {*table["stands"]} <= {"meets customers", "works for those who do", "behind them"}


def test_a_log_without_departments_says_how_to_name_them(open_app, no_departments):
    app = open_app(no_departments, page="teams")

    assert not app.exception
    assert "the page “The log” says how" in app.info[0].value
    assert not app.dataframe


def test_a_log_that_marks_no_contact_says_so_and_draws_no_team_map(open_app, small_log):
    app = open_app(small_log, page="teams")

    assert not app.exception
    assert "the page “The log” says how" in app.info[0].value


def test_a_protected_log_shows_no_figure_of_a_team_of_few(open_app, sample, tmp_path):
    log = pm.read(sample("rental"))
    teams = pm.team_groups(log).departments
    fewest = teams["customers"].min() + 1
    small = teams.filter(teams["customers"] < fewest)["department"].to_list()
    path = log.protect(customers=fewest).write(tmp_path / "protected.parquet")

    app = open_app(path, page="teams")

    assert not app.exception
    assert small
    everything = " ".join(str(t.value.to_dict()) for t in app.dataframe)
    assert not [name for name in small if name in everything]


@pytest.mark.parametrize("name", ["broadband", "rental"])
def test_the_level_and_the_return_are_those_of_the_analyses(open_app, said, plain, sample, name):
    path = sample(name)
    given = {option: path.with_name(f"{option}.toml") for option in ("policy", "reasons")}
    given = {option: file for option, file in given.items() if file.exists()}
    level = pm.centricity(pm.read(path), **given)
    back = pm.engagement_return(pm.read(path))

    text = said(open_app(path, page="teams"))

    assert plain(level.headline) in text
    assert plain(back.headline) in text


def test_a_policy_of_another_log_is_a_sentence_and_takes_nothing_away(open_app, small_log, said):
    small_log.with_name("policy.toml").write_text(
        '[[rules]]\nname = "R"\nkind = "init"\nactivity = "never"\n'
        '[[promises]]\nname = "P"\nwithin = "3 days"\ngoal = 0.9\nsegment = "Nobody"\n'
    )

    app = open_app(small_log, page="teams")

    assert not app.exception
    assert any("Nobody" in info.value for info in app.info)
    assert "Each team" in said(app)
