"""The 24-hour window on a case's page: how long it is open, and what goes out when it is closed."""

from datetime import datetime, timedelta

import streamlit as st

from store import templates
from store.clock import now as clock_now
from store.queries import CaseView
from store.rules import window
from store.rules.texts import NEWS_TEMPLATE, TEMPLATE_PARAMETER_LIMIT

from . import house, words

# So short before its end the line warns.
_SOON_HOURS = 2


def is_open(view: CaseView) -> bool:
    """Whether what is written now goes out as it was written, also where it waits for the end of the quiet hours."""
    desk = house.desk()
    return window.is_open(view.last_inbound_at, desk.goes_at(clock_now()), _hours())


def line(view: CaseView, now: datetime) -> None:
    """Until when the window is open and how long that is, and what will be sent: under the conversation."""
    st.html(f"<div class='w-window'>{words.safe(said(view, now))}{words.safe(_night(now))}</div>")


def said(view: CaseView, now: datetime) -> str:
    """How the window stands, in one or two sentences."""
    ends = window.ends(view.last_inbound_at, _hours())
    if is_open(view):
        left = _left(ends - now)
        if (ends - now).total_seconds() < _SOON_HOURS * 3600:
            return f"◔ Jendela WhatsApp tinggal {left} (sampai {words.moment(ends)}), lalu hanya templat singkat."
        return f"✓ Jendela WhatsApp terbuka {left} lagi (sampai {words.moment(ends)}): pesan terkirim apa adanya."
    since = f" sejak {words.moment(ends)}" if view.last_inbound_at and ends <= now else ""
    return f"‖ Jendela WhatsApp tertutup{since}, sampai pelapor menulis lagi. {_instead()}"


def warn(view: CaseView) -> None:
    """Before anybody begins to write: that only a template can go, and how much fits into it."""
    if not view.by_whatsapp or is_open(view):
        return
    if _usable():
        st.warning(f"Lebih dari 24 jam sejak pesan terakhir pelapor. {_instead()}", icon="⚠️")
    else:
        st.error(_instead(), icon="⚠️")


def _instead() -> str:
    if not _usable():
        return "Templatnya belum dapat dipakai di Meta: pesan TIDAK akan sampai. Telepon pelapor."
    limit = words.number(TEMPLATE_PARAMETER_LIMIT)
    return f"Yang terkirim hanya templat singkat: paling banyak {limit} huruf, tanpa foto, dokumen, atau tombol."


def _usable() -> bool:
    return templates.usable(house.desk().register, NEWS_TEMPLATE)


def _night(now: datetime) -> str:
    goes_at = house.desk().goes_at(now)
    return f" Jam tenang: pesan petugas baru terkirim {words.moment(goes_at)}." if goes_at > now else ""


def _left(span: timedelta) -> str:
    """In hours and minutes; the window is never so long that days are needed."""
    minutes = max(int(span.total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} jam"] if hours else []
    return " ".join(parts + ([f"{rest} menit"] if rest or not hours else []))


def _hours() -> float:
    return house.desk().config["sending"]["window_hours"]
