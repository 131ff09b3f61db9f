"""Where a complaint is, in the words of who sent it in."""

from collections.abc import Mapping

from . import indonesian
from .case import Case
from .deadline import to_jakarta
from .texts import listed
from .workflow import State

_WORDS = {
    State.RECEIVED: "sedang kami periksa.",
    State.RETURNED: "sedang kami periksa lagi agar ditangani dinas yang tepat.",
    State.REOPENED: "kami buka kembali dan sedang kami periksa.",
    State.AWAITING_REPORTER: "menunggu kelengkapan dari Anda. Cukup balas di sini.",
    State.FORWARDED: "sudah kami teruskan ke {opd}.",
    State.ACCEPTED: "sudah diterima {opd} dan segera dikerjakan.",
    State.IN_PROGRESS: "sedang dikerjakan {opd}.",
    State.SCHEDULED: "dijadwalkan {opd} paling lambat {tanggal}.",
    State.IN_REVIEW: "sudah dikerjakan {opd}; hasilnya kami periksa dahulu sebelum kami kirim kepada Anda.",
    State.AWAITING_CONFIRMATION: (
        "sudah ada hasilnya; lihat pesan kami sebelumnya. Balas *SUDAH SELESAI* atau *BELUM SELESAI*."
    ),
    State.ANSWERED: "sudah kami jawab; lihat pesan kami sebelumnya.",
    State.CLOSED: "sudah selesai.",
    State.REJECTED: "tidak kami tangani karena isinya bukan aduan. Bila keliru, tulis lagi aduan Anda di sini.",
    State.REFERRED: "sudah kami limpahkan ke lembaga yang berwenang; lihat pesan kami sebelumnya.",
    State.WITHDRAWN: "sudah ditutup karena dicabut.",
    State.ARCHIVED: "kami arsipkan karena belum lengkap. Kirim kelengkapannya untuk membukanya lagi.",
}
_FOLLOWS = "sedang kami tangani bersama laporan lain tentang hal yang sama."
_FOLLOWED = "sudah kami jawab; lihat pesan kami sebelumnya."
_WITH_US = frozenset(
    {
        State.RECEIVED,
        State.RETURNED,
        State.REOPENED,
        State.FORWARDED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.IN_REVIEW,
    }
)


def progress(case: Case, names: Mapping[str, str], now) -> str:
    """A sentence without its subject, to follow "Aduan WA-2026-00042".

    :param names: departments' names by code
    :param now: naive UTC
    """
    if case.state == State.DUPLICATE:
        return _FOLLOWED if case.stopped_at else _FOLLOWS
    departments = [names.get(part.department, part.department) for part in case.active]
    day = to_jakarta(case.promised_at).date() if case.promised_at else None
    said = _WORDS[State(case.state)].format(
        opd=listed(departments) if departments else "dinas terkait",
        tanggal=indonesian.in_full(day) if day else "waktu yang dijanjikan",
    )
    if case.state not in _WITH_US or case.due_at is None:
        return said
    if case.due_at < now:
        return f"{said} Mohon maaf, ini melewati waktu yang kami janjikan; terus kami kejar."
    due = to_jakarta(case.due_at).date()
    return f"{said} Kami kabari paling lambat {indonesian.in_full(due)}."
