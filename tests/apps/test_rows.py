"""What somebody may not see stands on no page: single journeys, and rows out of their scope."""

import pytest

import procmine as pm

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_segments(tmp_path_factory):
    """A log whose journeys have telling names, and whose segments do different things."""
    lines = ["case,activity,time,department,segment,customer"]
    for n in range(24):
        day = f"2026-01-{n + 1:02}"
        segment, own = (("Business", "visit"), ("Consumer", "hush"))[n % 2]
        steps = (("ask", "Sales"), (own, "Care"), ("check", "Credit"), ("answer", "Sales"))
        lines += [
            f"secret-{n},{activity},{day}T{hour:02}:00Z,{department},{segment},who-{n}"
            for hour, (activity, department) in enumerate(steps, 9)
        ]
    path = tmp_path_factory.mktemp("rows") / "orders.csv"
    path.write_text("\n".join(lines))
    return pm.read(path).write(path.with_suffix(".parquet"))


@pytest.fixture
def everything(open_app, said):
    """Return all that a page shows, in words and in tables."""

    def read(path, page):
        app = open_app(path, page=page)
        assert not app.exception, page
        tables = " ".join(table.value.to_csv() for table in app.dataframe)
        chosen = " ".join(str(box.options) for box in (*app.selectbox, *app.multiselect))
        return f"{said(app)} {tables} {chosen}"

    return read


def pages_of(app):
    return [info["url_pathname"] or "overview" for info in app._registered_pages.values()]


def test_a_viewer_sees_no_single_journey_on_any_page(open_app, everything, look_as, two_segments):
    assert "secret-" in everything(two_segments, "journeys")

    look_as("viewer")
    for page in pages_of(open_app(two_segments)):
        shown = everything(two_segments, page)
        assert "secret-" not in shown, page
        assert "who-" not in shown, page


def test_rows_out_of_somebody_s_scope_stand_on_no_page(open_app, everything, look_as, two_segments):
    assert "hush" in everything(two_segments, "variants")

    look_as("operator", (("segment", ("Business",)),))
    for page in pages_of(open_app(two_segments)):
        shown = everything(two_segments, page)
        assert "hush" not in shown, page
        assert "Consumer" not in shown, page
