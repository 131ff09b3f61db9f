"""Text of people where Streamlit would read Markdown."""

import re

_SIGNS = re.compile(r"([\\`*_\[\]<>$#|~:])")
# At the beginning of a line these make a list, or a heading of the line above.
_BEGINS = re.compile(r"^(\s*)(\d{0,9})([-+=.)])", re.MULTILINE)
# Streamlit makes links of addresses, and icons of names, whether their signs are escaped or not. Something that takes
# no room in between keeps them apart.
_LINKS = re.compile(r"(?<=www)(?=\.)|(?<=:)(?=//|material/|streamlit:)|(?<=@)(?=[\w-])", re.IGNORECASE)
_APART = "\u2060"
_ENTITY = re.compile(r"&(?=#?\w+;)")


def plain(text: str) -> str:
    """The text so that it is shown as it was written: no link, no picture, no colour, no formula comes of it."""
    apart = _LINKS.sub(_APART, _ENTITY.sub("&amp;", text))
    return _BEGINS.sub(r"\1\2\\\3", _SIGNS.sub(r"\\\1", apart))
