"""What the last press did, kept where writing it cannot be interrupted.

Streamlit may end a run at any touch of the session's state when another run waits. Between a command and the note that
it was done there must be no such touch, or the press would be carried out and its form drawn again as if it had not
been. So the dictionary is fetched before the command and written to after it.
"""

import streamlit as st


def outcome() -> dict:
    """The session's dictionary of outcomes; fetch it before a command, never between it and the note of its success."""
    return st.session_state.setdefault("outcome", {})


def tries(name: str) -> int:
    """How often this form has been sent: part of its fields' keys, so that a sent form comes back empty."""
    return outcome().get(f"tries-{name}", 0)


def sent(box: dict, name: str) -> None:
    """Note that this form was sent with success."""
    box[f"tries-{name}"] = box.get(f"tries-{name}", 0) + 1
