"""Text of people where Streamlit would read Markdown."""

import re

_SIGNS = re.compile(r"([\\`*_\[\]<>$#|~:])")


def plain(text: str) -> str:
    """The text so that it is shown as it was written: no link, no picture, no colour, no formula comes of it."""
    return _SIGNS.sub(r"\\\1", text)
