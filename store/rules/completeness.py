"""Which of the five elements a complaint has: identity, what happened, who is involved, where and when, evidence.

A first look only, by what the reader understands; what staff say of a case stands above it.
"""

from collections.abc import Iterable

from . import reading
from .case import Case
from .workflow import State

ELEMENTS = ("identity", "what", "who", "where_when", "evidence")


def found(
    text: str | None,
    *,
    media: bool = False,
    place: bool = False,
    named: bool = False,
    kind: str = "text",
    asked: Iterable[str] = (),
    places: reading.Places = reading.NOWHERE,
) -> list[str]:
    """The elements that one message shows, in their order.

    :param media: it carries a photo, video, recording or document; `place`: a location; `named`: an officer wrote down
        who reported; the others as for `reading.read`
    """
    return shown(reading.read(text, kind=kind, asked=asked, places=places).said, media=media, place=place, named=named)


def shown(said: dict, *, media: bool = False, place: bool = False, named: bool = False) -> list[str]:
    """The elements that are there by what was understood, in their order; parameters as for `found`."""
    there = set(reading.elements(said))
    # Who shares a location stands there; when is now.
    there |= {name for name, is_so in (("identity", named), ("where_when", place), ("evidence", media)) if is_so}
    return [name for name in ELEMENTS if name in there]


# After these messages of ours, bare words may be the answer to what is still missing.
_ASKING = ("acknowledgement", "asked", "joined", "revived")


def asked(case: Case, last_purpose: str | None) -> list[str]:
    """What the reporter was asked for and has not told yet.

    :param last_purpose: what the last message to the reporter was for, None where it was long ago
    """
    waits = case.state in (State.AWAITING_REPORTER, State.ARCHIVED)
    return missing(case.elements) if waits or last_purpose in _ASKING else []


def missing(elements: str) -> list[str]:
    """The elements that are not there, in their order."""
    return [name for name in ELEMENTS if name not in elements.split(",")]


def joined(elements: Iterable[str]) -> str:
    """Elements as they are kept: known ones only, once each, in their order."""
    given = set(elements)
    return ",".join(name for name in ELEMENTS if name in given)
