"""Every figure that leadership counts: its name, what exactly it counts, and the condition that counts it.

A count is one condition over a row `c` of `complaint`: `period` and `present` count the rows for which it holds, and
Daftar lists them, so a number and its list cannot differ. All columns that are used are what the events add up to
(`store/rules/fold.py`); which events set them is said with each group below.

What conditions bind: `$since`, `$until` (the period, until not included), `$now` (the moment as of which is counted:
what happened later does not count), `$today` (the first moment of today), `$midnight` (the end of today).
"""

from ..rules.indonesian import number, percent
from ..rules.workflow import TRIAGE, WITH_DEPARTMENT
from .conditions import (
    FIRST_ANSWERED,
    FIRST_DECIDED,
    FIRST_KEPT,
    OWED,
    RESULT,
    decided,
    in_state,
    kept,
    late,
)
from .figure import Figure

_WAITING = "Masa menunggu kelengkapan dari pelapor memperpanjang tenggat."
_WITHOUT = "Tidak termasuk yang ditolak sebagai spam, dicabut, atau diarsipkan karena tidak lengkap."
_AGAIN = "Aduan yang dibuka kembali dinilai lagi dengan tenggat barunya."
_CALENDAR = "Waktu kalender: malam, hari libur, dan masa menunggu pelapor ikut dihitung."
_SAME = "Duplikat dihitung sendiri-sendiri."

_RECENT = "c.received_at >= $today::timestamp - interval 1 day"
# What is so now. `open` until the event that ends a complaint: `to_state` of an end, or the answer that was delivered
# (`delivered`, `told`; over the counter the answer itself); `reopen`, `revive`, `restore`, `unmerge` open it again.
_PRESENT = (
    Figure(
        "open", "Belum berakhir",
        "Semua aduan yang belum berakhir saat ini, kapan pun diterima. Berakhir: jawaban langsung sudah sampai, "
        "selesai, ditolak, duplikat, dilimpahkan, dicabut, atau diarsipkan.",
        condition="c.ended_at is null", better="less",
    ),
    Figure(
        "new_today", "Masuk hari ini",
        f"Aduan yang diterima sejak pukul 00.00 WIB hari ini, dari semua saluran. {_SAME}",
        condition="c.received_at >= $today and c.received_at <= $now", among=_RECENT,
    ),
    Figure(
        "new_yesterday", "Masuk kemarin sampai jam ini",
        f"Aduan yang diterima kemarin antara pukul 00.00 WIB dan jam yang sama seperti sekarang. {_SAME}",
        condition="c.received_at >= $today::timestamp - interval 1 day "
        "and c.received_at <= $now::timestamp - interval 1 day", among=_RECENT,
    ),
    Figure(
        "ended_today", "Berakhir hari ini", "Aduan yang berakhir sejak pukul 00.00 WIB hari ini, dengan cara apa pun.",
        condition="c.ended_at >= $today and c.ended_at <= $now", among="c.ended_at >= $today",
    ),
    Figure(
        "overdue", "Lewat tenggat",
        "Aduan yang jamnya sedang berjalan dan tenggatnya sudah lewat. Bila terjadwal, tenggatnya ialah tanggal yang "
        "dijanjikan. Yang menunggu pelapor tidak dihitung karena jamnya berhenti.",
        condition="c.ended_at is null and c.due_at < $now", better="less",
    ),
    Figure(
        "overdue_today", "Lewat tenggat sejak 00.00",
        "Dari aduan yang lewat tenggat: yang tenggatnya lewat sejak pukul 00.00 WIB hari ini.",
        condition="c.ended_at is null and c.due_at < $now and c.due_at >= $today", better="less",
    ),
    Figure(
        "due_today", "Jatuh tempo hari ini",
        "Aduan yang jamnya sedang berjalan dan jatuh tempo antara sekarang dan pukul 24.00 WIB.",
        condition="c.ended_at is null and c.due_at >= $now and c.due_at < $midnight",
    ),
    Figure(
        "due_today_met", "Jatuh tempo hari ini, sudah terjawab",
        "Aduan yang tenggat janjinya hari ini dan jawaban atau hasilnya sampai sejak pukul 00.00 WIB hari ini.",
        condition="c.promise_due_at >= $today and c.promise_due_at < $midnight and c.stopped_at >= $today "
        f"and c.stopped_at <= $now and c.stopped_at <= c.promise_due_at and {OWED}",
        among="c.stopped_at >= $today",
    ),
    Figure(
        "awaiting_reporter", "Menunggu pelapor",
        "Aduan yang jamnya berhenti karena menunggu kelengkapan dari pelapor (status Menunggu kelengkapan).",
        condition="c.ended_at is null and c.state = 'awaiting_reporter'",
    ),
    Figure(
        "awaiting_reporter_today", "Menunggu pelapor sejak hari ini",
        "Dari aduan yang menunggu kelengkapan: yang mulai menunggu sejak pukul 00.00 WIB hari ini.",
        condition="c.ended_at is null and c.state = 'awaiting_reporter' and c.state_since >= $today",
    ),
    Figure(
        "call_reporter", "Telepon pelapor",
        "Aduan yang pelapornya harus ditelepon karena pesan terakhir tidak sampai atau tidak dapat dikirim. Juga yang "
        "sudah berakhir, bila kabarnya belum sampai.",
        condition="c.call_reporter", among="c.call_reporter", better="less",
    ),
    Figure(
        "call_reporter_today", "Telepon pelapor, status sejak hari ini",
        "Dari aduan yang pelapornya harus ditelepon: yang statusnya berubah sejak pukul 00.00 WIB hari ini.",
        condition="c.call_reporter and c.state_since >= $today", among="c.call_reporter",
    ),
    Figure(
        "in_triage", "Menunggu Tim Kota",
        "Aduan yang menunggu keputusan Tim Pengaduan Kota: Diterima, Dikembalikan, atau Dibuka kembali.",
        condition=f"c.ended_at is null and {in_state(TRIAGE)}",
    ),
    Figure(
        "with_departments", "Pada OPD",
        "Aduan yang sedang pada OPD, dari diteruskan sampai hasilnya diverifikasi.",
        condition=f"c.ended_at is null and {in_state(WITH_DEPARTMENT)}",
    ),
    Figure(
        "awaiting_confirmation", "Menunggu tanggapan pelapor",
        "Aduan yang hasilnya sudah dikirim dan menunggu tanggapan pelapor.",
        condition="c.ended_at is null and c.state = 'awaiting_confirmation'",
    ),
    Figure(
        "scheduled_now", "Terjadwal saat ini",
        "Semua aduan yang kini berstatus Terjadwal, kapan pun dijadwalkan. Belum selesai.",
        condition="c.ended_at is null and c.state = 'scheduled'",
    ),
    Figure(
        "scheduled_late", "Terjadwal, lewat tanggal janji",
        "Dari aduan yang kini Terjadwal: yang tanggal janjinya sudah lewat.",
        condition="c.ended_at is null and c.state = 'scheduled' and c.due_at < $now", better="less",
    ),
)  # fmt: skip

# By the day of receipt (`received`). First human answer: the first `answer` or `reply` of the city team or the
# official, `refer`, `approve` of a result, or `follow` of a parent's answer. Result: the last `answer`, `approve`,
# `refer` or `follow`; `reopen` takes it away. The clock stops at `approve`, `follow`, the end, or when the `answer` was
# delivered.
_RECEIVED = (
    Figure(
        "received", "Diterima",
        f"Aduan yang diterima dalam masa ini, dari semua saluran dan jenis, termasuk yang kemudian ditolak. {_SAME}",
    ),
    Figure(
        "first_answered", "Sudah dijawab petugas",
        "Dari aduan yang diterima dalam masa ini: yang sudah mendapat jawaban pertama dari petugas.",
        condition=FIRST_ANSWERED,
    ),
    Figure(
        "first_decided", "Jawaban pertama sudah dapat dinilai",
        "Dari aduan yang diterima dalam masa ini: yang sudah dijawab petugas, atau sudah lewat satu hari kerja. "
        + _WITHOUT,
        condition=FIRST_DECIDED,
    ),
    Figure(
        "first_kept", "Jawaban pertama dalam satu hari kerja",
        "Dari aduan yang diterima dalam masa ini: yang dijawab petugas paling lambat satu hari kerja sesudah diterima. "
        + _WITHOUT,
        condition=f"({OWED}) and {FIRST_KEPT}",
    ),
    Figure(
        "first_late", "Jawaban pertama lebih dari satu hari kerja",
        "Dari aduan yang diterima dalam masa ini: yang dijawab petugas sesudah satu hari kerja, atau belum dijawab dan "
        "satu hari kerja sudah lewat. " + _WITHOUT,
        condition=f"{FIRST_DECIDED} and not coalesce({FIRST_KEPT}, false)", better="less",
    ),
    Figure(
        "first_within_day", "Dijawab petugas dalam satu hari kerja",
        "Dari aduan yang diterima dalam masa ini dan sudah dijawab petugas atau sudah lewat satu hari kerja: bagian "
        "yang dijawab dalam satu hari kerja. Jawaban otomatis, permintaan kelengkapan, dan penerusan ke OPD bukan "
        "jawaban. "
        + _WITHOUT,
        kind="share", part="first_kept", base="first_decided", opens="first_late", better="more", aim=0.8,
    ),
    Figure(
        "first_answer_median", "Sampai jawaban pertama petugas, nilai tengah",
        "Dari aduan yang diterima dalam masa ini dan sudah dijawab: separuh dijawab petugas dalam waktu ini atau lebih "
        f"cepat. {_CALENDAR}",
        kind="median", measure="epoch_us(c.first_answer_at) - epoch_us(c.received_at)", condition=FIRST_ANSWERED,
        opens="first_answered", better="less",
    ),
    Figure(
        "first_answer_p90", "Sampai jawaban pertama petugas, 9 dari 10",
        "Dari aduan yang diterima dalam masa ini dan sudah dijawab: sembilan dari sepuluh dijawab petugas dalam "
        f"waktu ini atau lebih cepat. {_CALENDAR}",
        kind="p90", measure="epoch_us(c.first_answer_at) - epoch_us(c.received_at)", condition=FIRST_ANSWERED,
        opens="first_answered", better="less",
    ),
    Figure(
        "with_result", "Sudah ada hasil",
        "Dari aduan yang diterima dalam masa ini: yang jawaban atau hasilnya sudah dikirim kepada pelapor.",
        condition=RESULT,
    ),
    Figure(
        "result_median", "Sampai hasil, nilai tengah",
        "Dari aduan yang diterima dalam masa ini dan sudah ada hasilnya: separuh mendapat hasil (terakhir) dalam "
        f"waktu ini atau lebih cepat. {_CALENDAR}",
        kind="median", measure="epoch_us(c.result_at) - epoch_us(c.received_at)", condition=RESULT,
        opens="with_result", better="less",
    ),
    Figure(
        "result_p90", "Sampai hasil, 9 dari 10",
        "Dari aduan yang diterima dalam masa ini dan sudah ada hasilnya: sembilan dari sepuluh mendapat hasil "
        f"(terakhir) dalam waktu ini atau lebih cepat. {_CALENDAR}",
        kind="p90", measure="epoch_us(c.result_at) - epoch_us(c.received_at)", condition=RESULT,
        opens="with_result", better="less",
    ),
    Figure(
        "promise_decided", "Janji sudah dapat dinilai",
        "Dari aduan yang diterima dalam masa ini: yang jamnya sudah berhenti karena terjawab, atau yang tenggat "
        f"janjinya sudah lewat. {_WITHOUT}",
        condition=decided("c.promise_due_at"),
    ),
    Figure(
        "promise_kept", "Selesai dalam janji",
        "Dari aduan yang diterima dalam masa ini: yang jawaban atau hasilnya sampai paling lambat pada tenggat janji. "
        f"{_WAITING} {_AGAIN} {_WITHOUT}",
        condition=kept("c.promise_due_at"),
    ),
    Figure(
        "promise_late", "Janji tidak ditepati",
        "Dari aduan yang diterima dalam masa ini: yang terjawab sesudah tenggat janji, atau belum terjawab dan "
        f"tenggatnya sudah lewat. {_WAITING} {_AGAIN} {_WITHOUT}",
        condition=late("c.promise_due_at"), better="less",
    ),
    Figure(
        "within_promise", "Selesai dalam janji",
        "Dari aduan yang diterima dalam masa ini dan sudah terjawab atau sudah lewat tenggat janji (dua hari kerja, "
        f"kecuali kategori dengan batas sendiri): bagian yang terjawab tepat waktu. {_WAITING} {_AGAIN} {_WITHOUT}",
        kind="share", part="promise_kept", base="promise_decided", opens="promise_late", better="more", aim=0.7,
    ),
    Figure(
        "outer_decided", "Batas terakhir sudah dapat dinilai",
        "Dari aduan yang diterima dalam masa ini: yang jamnya sudah berhenti karena terjawab, atau yang batas "
        f"terakhirnya sudah lewat. {_WITHOUT}",
        condition=decided("c.outer_due_at"),
    ),
    Figure(
        "outer_kept", "Selesai dalam batas terakhir",
        "Dari aduan yang diterima dalam masa ini: yang jawaban atau hasilnya sampai paling lambat pada batas terakhir. "
        f"{_WAITING} {_AGAIN} {_WITHOUT}",
        condition=kept("c.outer_due_at"),
    ),
    Figure(
        "outer_late", "Lewat batas terakhir",
        "Dari aduan yang diterima dalam masa ini: yang terjawab sesudah batas terakhir, atau belum terjawab dan batas "
        f"terakhirnya sudah lewat. {_WAITING} {_AGAIN} {_WITHOUT}",
        condition=late("c.outer_due_at"), better="less",
    ),
    Figure(
        "within_outer", "Selesai dalam batas terakhir",
        "Dari aduan yang diterima dalam masa ini dan sudah terjawab atau sudah lewat batas terakhir (14 hari kerja, "
        f"kecuali kategori dengan batas sendiri): bagian yang terjawab dalam batas itu. {_WAITING} {_AGAIN} {_WITHOUT}",
        kind="share", part="outer_kept", base="outer_decided", opens="outer_late", better="more", aim=0.97,
    ),
    Figure(
        "forwarded", "Diteruskan ke OPD",
        "Dari aduan yang diterima dalam masa ini: yang pernah diteruskan ke satu OPD atau lebih.",
        condition="c.forwarded_at <= $now",
    ),
    Figure(
        "returned", "Pernah dikembalikan OPD",
        "Dari aduan yang diterima dalam masa ini: yang sedikitnya sekali dikembalikan OPD ke Tim Kota.",
        condition="c.returned_count > 0", better="less",
    ),
    Figure(
        "returned_share", "Dikembalikan OPD",
        "Dari aduan yang diterima dalam masa ini dan pernah diteruskan ke OPD: bagian yang sedikitnya sekali "
        "dikembalikan.",
        kind="share", part="returned", base="forwarded", better="less",
    ),
    Figure(
        "had_result", "Pernah mendapat hasil",
        "Dari aduan yang diterima dalam masa ini: yang sudah ada hasilnya, atau pernah ada dan lalu dibuka kembali.",
        condition=f"({RESULT} or c.reopened_count > 0)",
    ),
    Figure(
        "ever_reopened", "Pernah dibuka kembali",
        "Dari aduan yang diterima dalam masa ini: yang sedikitnya sekali dibuka kembali sesudah ada hasilnya.",
        condition="c.reopened_count > 0", better="less",
    ),
    Figure(
        "reopened_share", "Dibuka kembali",
        "Dari aduan yang diterima dalam masa ini dan pernah mendapat hasil: bagian yang dibuka kembali oleh pelapor "
        "atau Tim Kota.",
        kind="share", part="ever_reopened", base="had_result", better="less", aim=0.06,
    ),
)  # fmt: skip

_STAYED = "Yang sejak itu dibuka lagi tidak dihitung."
# By the day of the end: `confirm` (closing `confirmed`), `close` (`by_officer`), `lapse` (`silence`), and all others.
_ENDED = (
    Figure(
        "ended", "Berakhir",
        f"Aduan yang berakhir dalam masa ini dengan cara apa pun, kapan pun diterima. {_STAYED}",
    ),
    Figure(
        "confirmed", "Dikonfirmasi pelapor",
        f"Aduan yang selesai dalam masa ini karena pelapor menyatakan sudah selesai. {_STAYED}",
        condition="c.closing = 'confirmed'", better="more",
    ),
    Figure(
        "by_officer", "Ditutup petugas",
        f"Aduan yang dalam masa ini ditutup petugas sesudah hasilnya dikirim, tanpa konfirmasi pelapor. {_STAYED}",
        condition="c.closing = 'by_officer'",
    ),
    Figure(
        "silence", "Tanpa tanggapan pelapor",
        "Aduan yang selesai dalam masa ini dengan sendirinya karena pelapor tidak menanggapi hasilnya selama 10 hari "
        f"kalender. {_STAYED}",
        condition="c.closing = 'silence'", better="less",
    ),
    Figure(
        "closed", "Selesai sesudah tindak lanjut",
        "Aduan yang selesai dalam masa ini dengan salah satu dari tiga cara: dikonfirmasi pelapor, ditutup petugas, "
        f"tanpa tanggapan pelapor. Yang dijawab langsung dan yang terjadwal tidak termasuk. {_STAYED}",
        condition="c.closing is not null",
    ),
    Figure(
        "confirmed_share", "Dikonfirmasi pelapor",
        "Dari aduan yang selesai sesudah tindak lanjut dalam masa ini: bagian yang dikonfirmasi pelapor.",
        kind="share", part="confirmed", base="closed", better="more", aim=0.55,
    ),
    Figure(
        "answered", "Dijawab langsung",
        f"Aduan yang berakhir dalam masa ini karena jawaban langsung Tim Kota sudah sampai di pelapor. {_STAYED}",
        condition="c.state = 'answered'",
    ),
    Figure(
        "referred", "Dilimpahkan", f"Aduan yang dalam masa ini dilimpahkan ke lembaga lain. {_STAYED}",
        condition="c.state = 'referred'",
    ),
    Figure(
        "duplicate", "Duplikat", f"Aduan yang dalam masa ini digabung ke aduan lain. {_STAYED}",
        condition="c.state = 'duplicate'",
    ),
    Figure(
        "rejected", "Ditolak (spam)", f"Aduan yang dalam masa ini ditolak sebagai spam. {_STAYED}",
        condition="c.state = 'rejected'",
    ),
    Figure("withdrawn", "Dicabut", f"Aduan yang dalam masa ini dicabut. {_STAYED}", condition="c.state = 'withdrawn'"),
    Figure(
        "archived", "Arsip (tidak lengkap)",
        f"Aduan yang dalam masa ini diarsipkan karena tidak dilengkapi pelapor. {_STAYED}",
        condition="c.state = 'archived'",
    ),
)  # fmt: skip

# By the day on which the state began, by the day of the last `reopen`, and by the day of the last `rate`.
_OTHER = (
    Figure(
        "scheduled", "Terjadwal",
        "Aduan yang dalam masa ini masuk status Terjadwal (OPD menjanjikan tanggal) dan sampai kini masih "
        "terjadwal. Belum selesai, karena itu dihitung terpisah dari yang selesai.",
        by="state_since", condition="c.state = 'scheduled'",
    ),
    Figure(
        "reopened", "Dibuka kembali dalam masa ini",
        "Aduan yang (terakhir kali) dibuka kembali dalam masa ini, kapan pun diterima.",
        by="clock_started_at", condition="c.reopened_count > 0", better="less",
    ),
    Figure(
        "ratings", "Penilaian",
        "Aduan yang dalam masa ini dinilai pelapor, 1 sampai 5; setiap aduan sekali, yang terakhir.",
        by="rated_at", condition="c.rating is not null",
    ),
    Figure(
        "rating_mean", "Nilai rata-rata",
        "Rata-rata penilaian pelapor dalam masa ini, 1 (buruk) sampai 5 (baik); setiap aduan sekali, yang terakhir.",
        kind="mean", by="rated_at", measure="c.rating", condition="c.rating is not null", opens="ratings",
        better="more",
    ),
    Figure(
        "ratings_low", "Penilaian 1 atau 2", "Aduan yang dalam masa ini dinilai 1 atau 2 oleh pelapor.",
        by="rated_at", condition="c.rating <= 2", better="less",
    ),
)  # fmt: skip


def _belonging(figures: tuple[Figure, ...], column: str) -> tuple[Figure, ...]:
    return tuple(Figure(**(vars(figure) | {"by": column})) for figure in figures)


PRESENT = _PRESENT
PERIOD = (*_belonging(_RECEIVED, "received_at"), *_belonging(_ENDED, "ended_at"), *_OTHER)
FIGURES: dict[str, Figure] = {figure.code: figure for figure in (*PRESENT, *PERIOD)}
# Always side by side, in this order.
CLOSINGS = ("confirmed", "by_officer", "silence", "scheduled")


def shown(code: str, value: float | int | None) -> str:
    """A value as people read it: "1.234", "71 %", "5,2 jam" or "3,1 hari", "4,3"."""
    kind = FIGURES[code].kind
    if value is None:
        return "–"
    if kind == "share":
        return percent(value)
    if kind in ("median", "p90"):
        return f"{number(value, 1)} jam" if value < 48 else f"{number(value / 24, 1)} hari"
    return number(value, 1) if kind == "mean" else number(value)
