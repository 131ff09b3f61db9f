"""What staff write to a reporter beside the moves: a text, files, a request for the place, a message each."""

from collections.abc import Iterable
from dataclasses import replace

from . import texts
from .texts import BUTTON_TEXT_LIMIT, Letter, Service, safe_parameter


def letters(
    number: str,
    text: str,
    service: Service,
    files: Iterable[tuple[int | None, str]] = (),
    ask_location: bool = False,
) -> list[Letter]:
    """The messages in the order in which they are to arrive.

    :param files: the id of each file in `media`, None in a preview, and its type
    """
    found = texts.reply(number, text, service) if text.strip() else []
    for media_id, mime in files:
        # Alone, a photo would not say what it is about.
        caption = "" if found else f"Tentang aduan *{number}*"
        kind = "image" if mime.startswith("image/") else "document"
        found.append(Letter("reply", caption, kind, media_id=media_id))
    if not ask_location:
        return found
    if found and found[-1].kind == "text" and len(found[-1].text) <= BUTTON_TEXT_LIMIT:
        # The button stands under the text.
        return [*found[:-1], replace(found[-1], kind="location_request")]
    return [*found, _where(number)]


def _where(number: str) -> Letter:
    wanted = "Mohon kirim lokasi kejadian"
    text = f"{wanted} untuk aduan *{number}*: tekan *Kirim lokasi* di bawah ini, atau tulis alamatnya."
    return Letter("reply", text, "location_request", (), (number, safe_parameter(f"{wanted}, atau tulis alamatnya.")))
