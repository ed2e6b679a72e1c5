import pytest

import procmine as pm


@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_page_says_what_the_analysis_says_by_the_map_beside_the_log(
    open_app, said, plain, sample, name
):
    log = sample(name)
    expected = pm.self_inflicted(pm.read(log), reasons=log.with_name("reasons.toml"))

    app = open_app(log, page="cost")

    assert not app.exception
    assert not app.info
    text = said(app)
    assert plain(expected.headline) in text
    assert all(plain(caveat) in text for caveat in expected.caveats)


def test_the_causes_stand_beside_their_evidence(open_app, sample):
    log = sample("broadband")
    expected = pm.self_inflicted(pm.read(log), reasons=log.with_name("reasons.toml")).causes

    causes = open_app(log, page="cost").dataframe[0].value

    assert causes["caused by"].tolist() == expected["cause"].head(15).to_list()
    assert causes["cost"].tolist() == pytest.approx(expected["total_cost"].head(15).to_list())


def test_a_map_of_its_own_goes_before_the_folder_s(open_app, said, plain, sample, tmp_path):
    log = tmp_path / "calls.parquet"
    log.write_bytes(sample("rental").read_bytes())
    (tmp_path / "reasons.toml").write_text('chasing = ["nothing of the kind"]')
    own = tmp_path / "calls.reasons.toml"
    own.write_text('failure_demand = ["Complain about price"]')

    app = open_app(log, page="cost")

    assert plain(pm.self_inflicted(pm.read(log), reasons=own).headline) in said(app)


def test_without_a_map_the_page_says_how_to_write_one_with_the_contacts_in_it(
    open_app, sample, tmp_path
):
    log = tmp_path / "alone.parquet"
    log.write_bytes(sample("airline").read_bytes())

    app = open_app(log, page="cost")

    assert "no file says yet" in app.info[0].value
    example = next(code.value for code in app.code if code.language == "toml")
    assert '"Where is my refund?"' in example
    assert "Bag loaded" not in example
    assert "chasing = []" in example


def test_the_example_is_a_map_that_can_be_read(open_app, small_log, tmp_path):
    app = open_app(small_log, page="cost")
    example = next(code.value for code in app.code if code.language == "toml")
    written = tmp_path / "reasons.toml"
    written.write_text(example)

    assert pm.self_inflicted(pm.read(small_log), reasons=written).headline
    assert "complain" in example


def test_a_map_that_names_what_never_happens_is_a_sentence(open_app, small_log):
    small_log.with_name("reasons.toml").write_text('chasing = ["complian"]')

    app = open_app(small_log, page="cost")

    assert not app.exception
    assert "Did you mean 'complain'?" in app.info[0].value


def test_an_edited_map_is_another_question(open_app, said, plain, small_log):
    reasons = small_log.with_name("reasons.toml")
    for kind in ("chasing", "returns"):
        reasons.write_text(f'{kind} = ["complain"]')
        expected = pm.self_inflicted(pm.read(small_log), reasons=reasons).headline
        assert plain(expected) in said(open_app(small_log, page="cost"))


def test_the_copied_command_names_the_map(open_app, small_log):
    small_log.with_name("reasons.toml").write_text('chasing = ["complain"]')
    app = open_app(small_log, page="cost")

    code = {element.language: element.value for element in app.code}
    assert "--reasons" in code["bash"]
    assert "reasons.toml" in code["python"]


def test_nothing_small_leaks_from_a_protected_log(open_app, said, sample, tmp_path):
    log = pm.read(sample("broadband")).protect(customers=60)
    path = log.write(tmp_path / "protected.parquet")
    reasons = tmp_path / "reasons.toml"
    reasons.write_bytes(sample("broadband").with_name("reasons.toml").read_bytes())
    hidden = set(
        pm.self_inflicted(pm.read(sample("broadband")), reasons=reasons).causes["evidence"]
    )
    shown = set(pm.self_inflicted(pm.read(path), reasons=reasons).causes["evidence"])

    app = open_app(path, page="cost")

    assert not app.exception
    everything = said(app) + " ".join(str(t.value.to_dict()) for t in app.dataframe)
    assert hidden - shown - {None}
    assert not [e for e in hidden - shown - {None} if e in everything]


CONTACTS = b"case,activity,time\n1,ask,2026-01-05T09:00Z\n1,call,2026-01-05T10:00Z\n"


@pytest.fixture
def own_log(upload):
    app = upload("mine.csv", CONTACTS)
    next(b for b in app.button if b.label == "Open the log").click().run()
    return app


def hand_in(app, content):
    app.file_uploader("_own reasons").set_value(("reasons.toml", content, "application/toml")).run()
    return app


def test_somebody_gives_the_map_of_their_own_upload(own_log, said, turn):
    app = hand_in(turn(own_log, "cost"), b'chasing = ["call"]')

    assert not app.exception
    assert "50 % of the events are self-inflicted, most of them chasing" in said(app)
    code = " ".join(element.value for element in app.code)
    assert "reasons.toml" in code
    assert "procmine-" not in code


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"chasing = [", "can't be read"),
        (b"\xff\xfe", "can't be read"),
        (b'calendar = "../secret.toml"', "names a calendar"),
        (b'chasing = ["cal"]', "Did you mean 'call'?"),
    ],
)
def test_a_map_that_can_t_be_used_is_a_sentence_and_can_be_given_again(
    own_log, said, turn, content, sentence
):
    app = hand_in(turn(own_log, "cost"), content)

    assert not app.exception
    assert sentence in " ".join(e.value for e in (*app.error, *app.info))
    app = hand_in(app, b'chasing = ["call"]')
    assert "most of them chasing" in said(app)
