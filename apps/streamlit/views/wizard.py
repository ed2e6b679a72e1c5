"""An upload: which column is what, how far it is read, and what was set aside."""

from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st
import texts
from components.words import caveats, heading, headline, problem, small
from texts import wizard as said
from uploads import Preview, Reading, Upload, Work, ends_of

from procmine.errors import OptionError, ProcmineError
from procmine.wording import count

OPENED, WANTED = "_opened", "_wanted"
"""Where the session keeps the log made of its upload, and the name of the log to look at next."""
_REQUIRED = ("case_id", "activity", "timestamp")
_SHOWN_FIRST = ("department", "resource", "customer_id", "segment", "channel", "start_timestamp")


def wizard(upload: Upload) -> None:
    """Show what comes next for an upload.

    Args:
        upload: The file.
    """
    if upload.work is None:
        _columns(upload, upload.last)
    elif not upload.work.finished:
        _progress(upload)
    elif upload.work.error:
        st.error(problem(upload.work.error))
        _columns(upload, upload.work.reading)
    else:
        _account(upload, upload.work)


def _columns(upload: Upload, before: Reading | None) -> None:
    """Show the file's beginning, and ask which column is what."""
    headline(said.check(upload.name))
    try:
        case_object = _whose() if upload.object_centric else None
        preview = upload.preview(case_object)
    except OptionError as error:  # it lists the types of objects to choose from
        st.info(problem(error))
        return
    except ProcmineError as error:
        st.error(problem(error))
        return
    small(said.HELP)
    st.dataframe(preview.rows.to_pandas(), hide_index=True)
    with st.form("_wizard", border=False):
        known = dict(before.columns) if before else dict(preview.roles)
        columns = _roles(_REQUIRED, preview, known) | _roles(_SHOWN_FIRST, preview, known)
        with st.expander(said.MORE):
            columns |= _roles(tuple(said.MORE_ROLES), preview, known)
            how = _how_to_read(before)
        asked = st.form_submit_button(said.READ, type="primary")
    if asked:
        chosen = {role: column for role, column in columns.items() if column}
        unwanted = [c for c in preview.roles.values() if c not in chosen.values()]
        upload.start(replace(how, columns=chosen, unwanted=unwanted, case_object=case_object))
        st.rerun()


def _whose() -> str | None:
    return st.text_input(said.CASE_OBJECT, key="_case object") or None


def _roles(
    roles: tuple[str, ...], preview: Preview, known: dict[str, str]
) -> dict[str, str | None]:
    """Ask for the columns of roles, three in a row."""
    chosen: dict[str, str | None] = {}
    places = [place for _ in roles[::3] for place in st.columns(3)]
    for place, role in zip(places, roles, strict=False):
        there = known.get(role)
        chosen[role] = place.selectbox(
            said.ROLES[role], preview.columns, key=f"_role {role}", placeholder=said.NO_COLUMN,
            index=preview.columns.index(there) if there in preview.columns else None,
        )  # fmt: skip
    return chosen


def _how_to_read(before: Reading | None) -> Reading:
    zone, day, aside = st.columns(3)
    zones = sorted(available_timezones())
    days = {said.DAY_FIRST[0]: None, said.DAY_FIRST[1]: True, said.DAY_FIRST[2]: False}
    chosen = zone.selectbox(
        said.ZONE, zones, key="_zone", placeholder="UTC",
        index=zones.index(before.timezone) if before and before.timezone else None,
    )  # fmt: skip
    first = day.selectbox(said.DAY_FIRST_LABEL, list(days), key="_day first")
    most = aside.number_input(said.TOLERANCE, 0, 100, 5, key="_tolerance")
    missing = st.text_input(said.NULL_VALUES, key="_null values")
    nulls = tuple(word.strip() for word in missing.split(",") if word.strip())
    return Reading({}, (), chosen, days[first], nulls, most / 100)


@st.fragment(run_every=0.5)
def _progress(upload: Upload) -> None:
    """Show how far it is, until it is read or stopped."""
    if upload.work is None or upload.work.finished:
        st.rerun()
    headline(said.reading(upload.name))
    st.progress(upload.work.share, text=texts.READING)
    st.button(said.STOP, on_click=upload.stop)


def _account(upload: Upload, work: Work) -> None:
    """Say what was read and what was set aside, and offer to open it and to keep the mapping."""
    log, aside = work.log, work.set_aside
    quality = log.meta.quality
    headline(said.account(quality["rows_read"], quality["accepted"], quality["set_aside"]))
    for reason, number in quality["reasons"].items():
        if number:
            small(f"{said.reason(reason)}: {count(number, 'row')}")
    if aside.height:
        heading(said.SET_ASIDE)
        shown = [c for c in aside.columns if not c.startswith("__")]
        st.dataframe(aside.select(shown).to_pandas(), hide_index=True)
    outcomes = st.multiselect(
        said.OUTCOMES, ends_of(log), key="_outcomes", help=said.OUTCOMES_HELP,
        placeholder=said.NOT_KNOWN,
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(said.OPEN, type="primary", on_click=show, args=(upload, outcomes, work))
        mapping = work.mapping(upload.name, outcomes)
        st.download_button(
            said.MAPPING, mapping, upload.mapping_name, "application/toml",
            key="_mapping", on_click="ignore",
        )  # fmt: skip
        st.button(said.AGAIN, on_click=upload.stop)
    st.caption(said.mapping_help(upload.name, upload.mapping_name))
    caveats(log.meta.notes, said.HOW_READ)


def show(upload: Upload, outcomes: list[str], work: Work | None) -> None:
    """Look at the log of an upload next.

    Args:
        upload: The upload.
        outcomes: The activities that close a journey.
        work: What read it; None for a log that was prepared before.
    """
    log = work.log if work else upload.log
    st.session_state[OPENED] = upload.opened(log, outcomes)
    st.session_state[WANTED] = upload.name
