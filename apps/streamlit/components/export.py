"""Take it along: tables, pictures, journeys, a report of the view, and how to get it elsewhere."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import reproduce
import streamlit as st
from opened import Origin
from selection import Selection
from streamlit.delta_generator import DeltaGenerator
from texts import export as said
from view import Picture, View
from waiting import Watch, wait_for

import procmine as pm
from procmine.errors import UnavailableError
from procmine.eventlog import EventLog
from procmine.export.spreadsheet import FORMS
from procmine.holding import Storage
from procmine.report.asking import public
from procmine.report.page import page
from procmine.report.pdf import check_pdf, write_pdf
from procmine.wording import count, style, without_options, written

LARGE: Final = 1_000_000
"""The file of a log with more events is made before it is taken along, so that one sees it made."""
MADE: Final = "_made"
"""Where the session keeps such a file."""


class Asked(NamedTuple):
    """What tells the file of one large log from others.

    Attributes:
        key: The log's.
        selection: Which of its journeys.
        ending: In which form.
    """

    key: str
    selection: Selection
    ending: str


def export(view: View) -> None:
    """Offer what a page shows, in the forms that people take along; made when it is asked for.

    Args:
        view: What the page was given, and what it has asked and drawn.
    """
    offered = {"pictures": view.pictures, "selection": view.answers or view.pictures}
    names = [name for name in said.TABS if offered.get(name, view.answers)]
    if not names:
        return
    with st.expander(said.HEADING, icon=":material/download:"):
        for name, tab in zip(names, st.tabs([said.TABS[n] for n in names]), strict=True):
            with tab:
                _TABS[name](view)


def _pictures(view: View) -> None:
    for number, picture in enumerate(view.pictures):
        st.caption(picture.title)
        name = f"{_stem(view)}-{number + 1}"
        with st.container(horizontal=True, gap="small"):
            _download("SVG", picture.svg, f"{name}.svg", "image/svg+xml")
            _download("PNG", partial(_png, picture), f"{name}.png", "image/png")


def _tables(view: View) -> None:
    answer = _one_of(view, "_export table of")
    if not view.journeys:
        answer = public(answer)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        offered = [name for name, rows in answer.tables.items() if rows.width]
        name = st.selectbox(
            said.TABLE, offered, key=f"_export table {answer.name}", width=260,
            index=len(offered) - 1,
            format_func=lambda n: said.table(n, answer.tables[n].height),
        )  # fmt: skip
        rows, zone = answer.tables[name], answer.log.get("timezone", "UTC")
        file = f"{_stem(view)}-{answer.name}-{name}"
        for ending, write in FORMS.items():
            label = said.FORMS[ending]
            _download(label, partial(write, rows, zone), f"{file}.{ending}")
    st.caption(said.TABLE_HELP)


def _selection(view: View) -> None:
    events, cases = view.log.size
    st.caption(f"{count(cases, 'journey')}, {count(events, 'event')}. {said.LOG_HELP}")
    protected = view.log.meta.protected is not None
    if protected or not view.journeys:
        st.info(said.LOG_PROTECTED if protected else said.LOG_REFUSED)
        return
    row, below = st.container(horizontal=True, gap="small"), st.empty()
    with row:
        for ending, label in said.LOGS.items():
            if events > LARGE:
                _made_first(view, ending, label, below)
            else:
                file = f"{selected_name(view)}{ending}"
                _download(label, partial(log_file, view.log, ending), file)


def _made_first(view: View, ending: str, label: str, below: DeltaGenerator) -> None:
    """Offer to make the file of a large log, which takes long and can be stopped; then the file."""
    kept: dict[Asked, Storage] = st.session_state.setdefault(MADE, {})
    asked = Asked(view.opened.key, view.selection, ending)
    place, file = st.empty(), f"log{ending}"
    if asked not in kept and place.button(said.make(label), key=f"_make {ending}"):
        storage = Storage()
        write = partial(_write, view.log, storage.path / file)
        wait_for(write, said.making(label), below)
        kept.clear()  # what was made before is deleted
        kept[asked] = storage
    if asked in kept:
        with place:
            make = (kept[asked].path / file).read_bytes
            _download(said.save(label), make, f"{selected_name(view)}{ending}")


def _write(log: EventLog, path: Path, watch: Watch) -> None:
    watch.over(log).write(path)


def _report(view: View) -> None:
    st.caption(said.REPORT_HELP)
    asked = (view.opened.log.meta.name, tuple(view.answers))
    lacking = _no_pdf()
    with st.container(horizontal=True, gap="small"):
        _download(said.HTML, partial(report_page, *asked), f"{_stem(view)}.html", "text/html")
        if not lacking:
            make = partial(report_pdf, *asked)
            _download(said.PDF, make, f"{_stem(view)}.pdf", "application/pdf")
    if lacking:
        st.caption(lacking)


def _elsewhere(view: View) -> None:
    answer = _one_of(view, "_export same of")
    origin, selection, selected = view.opened.origin, view.selection, None
    if selection or origin.cut:
        selected = f"{selected_name(view)}.parquet"
    if origin.cut and selected:
        origin, selection = Origin(selected), Selection()
    st.caption(said.PYTHON)
    st.code(reproduce.python(origin, selection, answer), language="python", wrap_lines=True)
    st.caption(said.command(selected) if selected else said.COMMAND)
    st.code(reproduce.command(origin, answer, selected), language="bash", wrap_lines=True)


_TABS: dict[str, Callable[[View], None]] = {
    "pictures": _pictures,
    "tables": _tables,
    "selection": _selection,
    "report": _report,
    "elsewhere": _elsewhere,
}


def _one_of(view: View, key: str) -> pm.Result:
    """Return the answer that is meant, of those that the page rests on."""
    if len(view.answers) == 1:
        return view.answers[0]
    number = st.selectbox(
        said.ANSWER, range(len(view.answers)), key=key, width=260,
        format_func=lambda n: said.answer(view.answers[n].name, view.answers[n].options),
    )  # fmt: skip
    return view.answers[number]


def _download(label: str, make: Callable[[], bytes | str], name: str, mime: str = "") -> None:
    """Show a button; the file is made when it is clicked, in a thread that knows no reader."""
    st.download_button(
        label, written(style())(make), name, mime or "application/octet-stream",
        key=f"_download {name}", on_click="ignore",
    )  # fmt: skip


def _png(picture: Picture) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(picture.svg(), scale=2)


def log_file(log: EventLog, ending: str) -> bytes:
    """Return a log as the file that its ending says.

    Args:
        log: The log.
        ending: `.parquet` keeps it prepared.
    """
    with TemporaryDirectory(prefix="procmine-") as folder:
        return log.write(Path(folder) / f"log{ending}").read_bytes()


def report_page(title: str, answers: Sequence[pm.Result]) -> str:
    """Return answers as one page of HTML, without tables that name single journeys.

    Args:
        title: What it is headed.
        answers: What it shows.
    """
    return page(title, [_without_options(public(answer)) for answer in answers])


def _without_options(answer: pm.Result) -> pm.Result:
    told = filter(None, map(without_options, answer.caveats))
    return replace(answer, caveats=tuple(told))


def report_pdf(title: str, answers: Sequence[pm.Result]) -> bytes:
    """Return the same page laid out on paper.

    Args:
        title: What it is headed.
        answers: What it shows.
    """
    with TemporaryDirectory(prefix="procmine-") as folder:
        write_pdf(report_page(title, answers), Path(folder) / "report.pdf")
        return (Path(folder) / "report.pdf").read_bytes()


@cache
def _no_pdf() -> str | None:
    """Say why no PDF can be made here; None if it can."""
    try:
        check_pdf()
    except UnavailableError as error:
        return str(error)
    return None


def selected_name(view: View) -> str:
    """Return what the file of the selected journeys is called, without its ending."""
    return f"{_stem(view)}-selection" if view.selection or view.opened.origin.cut else _stem(view)


def _stem(view: View) -> str:
    """Return a name for files, of the log's own without its endings or what a shell minds."""
    name = Path(view.opened.log.meta.name).name.split(".")[0]
    return re.sub(r"[^\w-]+", "-", name).strip("-") or "log"
