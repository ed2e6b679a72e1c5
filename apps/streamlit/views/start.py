"""Before a log is open: what to do first."""

import data
import streamlit as st
import texts
from components.words import heading, headline

from procmine.errors import ProcmineError
from procmine.sample import SAMPLES

LOG, UPLOAD, WANTED = "log", "_upload", "_wanted"
"""Where the session keeps the log it looks at, its own upload, and the log to look at next."""
FORMATS = (
    "csv", "tsv", "txt", "gz", "xes", "parquet", "arrow", "ipc", "feather", "xlsx", "xls", "jsonl",
    "ndjson", "json",
)  # fmt: skip


def page() -> None:
    """Show the page."""
    headline(texts.EMPTY_HEADLINE)
    st.write(texts.EMPTY_BODY)
    own, sample = st.columns([3, 2], gap="medium", border=True)
    with own:
        heading(texts.EMPTY_UPLOAD)
        file = st.file_uploader(
            texts.EMPTY_UPLOAD, type=FORMATS, label_visibility="collapsed", key="_file"
        )
        st.caption(texts.EMPTY_FORMATS)
        if file is not None:
            _open(file.name, file.getvalue())
    with sample:
        heading(texts.EMPTY_TRY)
        st.write(texts.EMPTY_SAMPLE)
        for name, about in SAMPLES.items():
            called = texts.sample(name)
            st.button(called, on_click=_look_at, args=(called,), width="stretch")
            st.caption(texts.sentence(about))


def _open(name: str, content: bytes) -> None:
    """Open what was uploaded, or say why it can't be."""
    try:
        with st.spinner(texts.READING):
            opened = data.open_upload(name, content)
    except ProcmineError as error:
        st.error(str(error))
        return
    st.session_state[UPLOAD] = opened
    st.session_state[WANTED] = opened.log.meta.name
    st.rerun()


def _look_at(name: str) -> None:
    st.session_state[LOG] = name
