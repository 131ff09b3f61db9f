"""A message to a citizen before it is sent: what it says, offers and leaves of itself in a template.

Limits of WhatsApp: a text 4,096 characters, a text above buttons or a list 1,024; a template's parameter may hold no
line break, no tab and no run of more than four spaces.
"""

import re
from dataclasses import dataclass, field, replace

from .autotexts import AUTO, fill

TEXT_LIMIT = 4096
BUTTON_TEXT_LIMIT = 1024
TEMPLATE_PARAMETER_LIMIT = 700
CUT = "… (balas pesan ini untuk selengkapnya)"
NEWS_TEMPLATE = "wadul_kabar_aduan"
# What the buttons of a result ask, where the words above them leave no room for buttons.
IN_WORDS = "\n\nApakah masalahnya sudah selesai? Balas *SUDAH SELESAI* atau *BELUM SELESAI*."


@dataclass(frozen=True)
class Service:
    """What the messages say of the service itself."""

    name: str
    promise: str
    city: str
    privacy: str = ""


@dataclass(frozen=True)
class Letter:
    """One message to a citizen. `kind` is text, buttons, list or location_request; `template_params` is what remains of
    it where only a template may go; `rows` are a list's (id, title, description) under its `button`; `places` fill the
    message's own wording, and `tail` follows it; `flow` is a form to fill in (`store/flow.py`)."""

    purpose: str
    text: str
    kind: str = "text"
    buttons: tuple[tuple[str, str], ...] = ()
    template_params: tuple[str, ...] = field(default=())
    template: str = NEWS_TEMPLATE
    rows: tuple[tuple[str, str, str], ...] = ()
    button: str = ""
    places: tuple[tuple[str, str], ...] = ()
    tail: str = ""
    flow: dict | None = None
    media_id: int | None = None


def auto(purpose: str, places: dict[str, str], short: str | None = None, **more) -> Letter:
    """The message in its built-in words.

    :param short: what remains of it in a template; the text itself where it is not given
    """
    text = fill(AUTO[purpose].body, places)
    params = (places["nomor"], safe_parameter((short or text).replace("*", ""))) if "nomor" in places else ()
    return Letter(purpose, text, template_params=params, places=tuple(places.items()), **more)


def reworded(letter: Letter, body: str) -> Letter:
    """The same message in an administrator's words."""
    return replace(letter, text=fill(body, dict(letter.places)) + letter.tail)


def fitted(letter: Letter) -> Letter:
    """The same message, if need be without its button, so that Meta takes it: words matter more than what is pressed.

    Only what is too long for any message is cut.
    """
    limit = TEXT_LIMIT if letter.kind == "text" else BUTTON_TEXT_LIMIT
    if len(letter.text) <= limit:
        return letter
    if letter.kind in ("location_request", "flow"):
        return fitted(replace(letter, kind="text", flow=None))
    if letter.kind == "buttons" and letter.tail:
        text = letter.text.removesuffix(letter.tail) + IN_WORDS
        return fitted(replace(letter, kind="text", text=text, tail=IN_WORDS, buttons=()))
    said = letter.text.removesuffix(letter.tail) if letter.tail else letter.text
    return replace(letter, text=said[: limit - len(letter.tail) - 1].rstrip() + "…" + letter.tail)


def on_matter(letter: Letter, number: str, matter: str) -> Letter:
    """The same message with what the complaint is about beside its number, for who has several.

    :param matter: as one reads it, "penerangan jalan umum, Medono"
    """
    if not matter or letter.purpose in ("acknowledgement", "status", "which"):
        return letter
    text = letter.text.replace(f"*{number}*", f"*{number}* ({matter})", 1)
    if letter.kind != "text" and len(text) > BUTTON_TEXT_LIMIT:
        return letter
    params = letter.template_params
    if params and params[0] == number:
        params = (f"{number} ({matter})", *params[1:])
    return replace(letter, text=text[:TEXT_LIMIT], template_params=params)


def safe_parameter(text: str) -> str:
    """The text as a template's parameter may be: one line, single spaces, short enough."""
    line = re.sub(r"\s+", " ", text).strip() or "-"
    if len(line) <= TEMPLATE_PARAMETER_LIMIT:
        return line
    return line[: TEMPLATE_PARAMETER_LIMIT - 60].rstrip() + CUT


def template_body(params: tuple[str, ...] | list[str]) -> str:
    """What the citizen reads when the news goes as a template; the same words are registered with Meta."""
    return f"Kabar tentang aduan {params[0]}: {params[1]} Balas pesan ini bila ada yang ingin Anda sampaikan."
