"""Before a log is open: what to do first."""

import streamlit as st
import texts
from components.words import heading, headline, problem
from texts import opening as said
from uploads import Upload

from procmine.errors import ProcmineError
from procmine.sample import SAMPLES
from views.wizard import OPENED, show, wizard

LOG, UPLOAD = "log", "_upload"
"""Where the session keeps the log it looks at, and its own upload."""
FORMATS = (
    "csv", "tsv", "txt", "gz", "xes", "parquet", "arrow", "ipc", "feather", "xlsx", "xls", "jsonl",
    "ndjson", "json", "jsonocel", "xmlocel", "xml", "sqlite",
)  # fmt: skip


def page(*, uploads: bool) -> None:
    """Show the page: a choice, or what comes next for the file that was chosen.

    Args:
        uploads: Whether one may upload.
    """
    upload = st.session_state.get(UPLOAD)
    if upload is not None and upload.gone:
        st.warning(said.UPLOAD_GONE)
        forget()
    elif upload is not None and st.session_state.get(OPENED) is None:
        wizard(upload)
        st.button(said.ANOTHER_FILE, type="tertiary", on_click=forget)
        return
    headline(said.HEADLINE)
    st.write(said.BODY)
    own, sample = st.columns([3, 2], gap="medium", border=True)
    with own:
        heading(said.UPLOAD)
        file = (
            None
            if not uploads
            else st.file_uploader(
                said.UPLOAD, type=FORMATS, label_visibility="collapsed", key="_file"
            )
        )
        st.caption(said.FORMATS if uploads else said.NO_UPLOADS)
        if file is not None:
            _receive(Upload(file.name, file))
    with sample:
        heading(said.TRY)
        st.write(said.SAMPLE)
        for name, about in SAMPLES.items():
            called = texts.sample(name)
            st.button(called, on_click=_look_at, args=(called,), width="stretch")
            st.caption(texts.sentence(about))


def forget() -> None:
    """Delete the session's upload, and what was made of it."""
    upload = st.session_state.pop(UPLOAD, None)
    if upload is not None:
        upload.delete()
    st.session_state.pop(OPENED, None)


def _receive(upload: Upload) -> None:
    """Take in what was uploaded; a prepared log is opened at once."""
    forget()
    try:
        if upload.prepared:
            show(upload, [], None)
    except ProcmineError as error:
        st.error(problem(error))
        return
    st.session_state[UPLOAD] = upload
    st.rerun()


def _look_at(name: str) -> None:
    st.session_state[LOG] = name
