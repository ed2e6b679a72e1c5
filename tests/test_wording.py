"""Figures in words: never a unit overrun, never nothing or all by rounding alone."""

import re
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import OptionError
from procmine.wording import (
    ENGLISH,
    Style,
    business,
    count,
    duration,
    figure,
    number,
    parse_duration,
    share,
    style,
    without_options,
    written,
)

SECONDS = st.floats(0, 1e10) | st.integers(0, 10**10) | st.floats(0, 100_000)
SIZES = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "year": 365.25 * 86_400}
STYLES = st.sampled_from(
    [Style(".", ","), Style("\u202f", ","), Style("\xa0", ","), Style("'", "."), Style("’", "٫")]
)
NEXT = {"second": 60, "minute": 60, "hour": 24}


@given(seconds=SECONDS)
def test_a_duration_reads_back_to_itself(seconds):
    figure, unit = duration(seconds).replace(",", "").split(" ")[-2:]
    length = float(figure) * SIZES[unit.removesuffix("s")]
    tolerance = 0.5 if seconds < 0.001 else 0.06
    assert length == pytest.approx(seconds, rel=tolerance, abs=0.001)


@given(seconds=SECONDS)
def test_a_duration_never_fills_the_next_unit(seconds):
    figure, unit = duration(seconds).replace(",", "").split(" ")[-2:]
    assert float(figure) < NEXT.get(unit.removesuffix("s"), float("inf"))


@given(seconds=st.floats(59, 61) | st.floats(3580, 3620) | st.floats(86_000, 86_500))
def test_a_duration_near_the_next_unit_never_fills_it(seconds):
    test_a_duration_never_fills_the_next_unit.hypothesis.inner_test(seconds)


@given(seconds=SECONDS)
def test_no_duration_is_written_with_an_exponent(seconds):
    assert not re.search(r"\de[-+]?\d", duration(seconds))
    assert not re.search(r"\de[-+]?\d", duration(seconds, short=True))


@given(seconds=SECONDS)
def test_one_is_singular_and_all_else_plural(seconds):
    figure, unit = duration(seconds).split(" ")[-2:]
    assert unit.endswith("s") != (figure == "1")


def test_nothing_is_nothing():
    assert (duration(0), duration(0, short=True), duration(None)) == ("0 seconds", "0 s", "unknown")


@given(value=st.floats(0, 1))
def test_only_nothing_is_zero_per_cent_and_only_all_is_a_hundred(value):
    said = share(value)
    assert (said == "0 %") == (value == 0)
    assert (said == "100 %") == (value == 1)


@given(value=st.floats(0.001, 0.999))
def test_a_share_is_within_half_a_point(value):
    assert float(share(value).removesuffix(" %")) / 100 == pytest.approx(value, abs=0.00501)


@given(value=st.floats(1e-9, 1e12))
def test_a_number_keeps_two_figures_at_least(value):
    text = number(value).replace(",", "")
    assert float(text) == pytest.approx(value, rel=0.06)


@pytest.mark.parametrize(
    ("value", "said"), [(99.94, "99.9"), (99.96, "100"), (0.96, "1"), (-5, "-5")]
)
def test_numbers_at_the_edges(value, said):
    assert number(value) == said


def test_counts_are_grouped_by_thousands():
    assert count(0, "event") == "0 events"
    assert count(1_234_567, "event") == "1,234,567 events"


@given(value=SECONDS | st.floats(-1e9, 1e9), part=st.floats(0, 1), chosen=STYLES)
def test_a_style_changes_the_separators_and_nothing_else(value, part, chosen):
    def said():
        return [
            number(value),
            duration(abs(value)),
            duration(abs(value), short=True),
            business(abs(value)),
            share(part),
            count(int(value), "journey"),
            figure(value, "+,.2f"),
        ]

    english = said()
    with written(chosen):
        theirs = said()

    undo = {ord(chosen.group): ",", ord(chosen.decimal): "."}
    assert [text.translate(undo) for text in theirs] == english


def test_a_style_holds_to_the_end_of_its_block_whatever_ends_it():
    @written(Style(".", ","))
    def said(value):
        return number(1 / value)

    assert said(1 / 1204) == "1.204"
    with pytest.raises(ZeroDivisionError):
        said(0)

    assert style() == ENGLISH
    assert number(1204) == "1,204"


def test_another_thread_writes_english_unless_it_is_told():
    found = []

    def work():
        found.append(number(1204))

    with written(Style(".", ",")):
        threads = [Thread(target=work), Thread(target=written(style())(work))]
    for thread in threads:
        thread.start()
        thread.join()

    assert found == ["1,204", "1.204"]


@given(tenths=st.integers(0, 10**6), unit=st.sampled_from(["days", "h", "min", "weeks"]))
def test_a_length_is_read_with_a_comma_as_with_a_point(tenths, unit):
    text = f"{tenths / 10:.1f} {unit}"
    assert parse_duration(text.replace(".", ",")) == parse_duration(text)


@pytest.mark.parametrize("text", ["1,500 hours", "12,000s", "0,125 days"])
def test_a_comma_before_three_digits_is_not_guessed_at(text):
    with pytest.raises(OptionError, match="two ways"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Nobody said it (outcomes, --outcome).", "Nobody said it."),
        ("It is so (0.8 %), as a rule (Holm).", "It is so (0.8 %), as a rule (Holm)."),
        ("One; two; give promise='12 days' (--promise). Three.", "One; two. Three."),
        ("A. Name them: approvals=[…], escalations=[…].", "A."),
        ("A; add customer_facing = [...] to the mapping.", "A."),
        ("A; a policy can say it ([[promises]] with department).", "A; a policy can say it."),
        ("It is late; pm.estimate_starts(log) (--estimate-starts) does.", "It is late."),
        ("Name the columns: by=[…] (--by …).", ""),
        ("Is 3.2 days late; 'A -- B' waits", "Is 3.2 days late; 'A -- B' waits"),
        ("", ""),
    ],
)
def test_what_tells_how_to_give_an_option_can_be_left_out(said, left):
    assert without_options(said) == left
    assert without_options(left) == left


@given(said=st.text(st.characters(exclude_characters="-=[("), max_size=60))
def test_a_sentence_without_options_stays_as_it_is(said):
    assert without_options(said) == said
