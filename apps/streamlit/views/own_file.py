"""A file that belongs beside somebody's own upload: their map of reasons, their policy."""

from dataclasses import replace

import streamlit as st
from beside import beside, keep
from components.words import problem
from view import View

from procmine.errors import ProcmineError
from views.start import UPLOAD
from views.wizard import OPENED


def own_file(view: View, option: str, words: str) -> None:
    """Take in a file for an upload; nothing for other logs, whose files lie in their folder.

    Args:
        view: What the page is given.
        option: What it is for, a key of `beside.FILES`.
        words: What it is called.
    """
    upload = st.session_state.get(UPLOAD)
    if not view.opened.private or upload is None:
        return
    file = st.file_uploader(words, type="toml", key=f"_own {option}")
    seen = f"_own {option} seen"
    if file is None or st.session_state.get(seen) == file.file_id:
        return
    st.session_state[seen] = file.file_id
    try:
        keep(upload.path, option, file.getvalue())
    except ProcmineError as error:
        st.error(problem(error))
        return
    origin = replace(view.opened.origin, beside=beside(upload.path))
    st.session_state[OPENED] = replace(view.opened, origin=origin)
    st.rerun()
