"""The pages around the conversation: automatic messages, templates and the form, blocked senders."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from pages import door
from pages.parts import house
from store import blocking, commands, evidence, flow, meta, queries
from store.admin import auto
from store.clock import now as clock_now
from store.clock import today
from store.rules.errors import NotFound
from store.rules.templates import NEEDED

from .administration import admin, desk, made
from .cases import press, take_in, who
from .conftest import body, message
from .postbox import Mailbox, ask, change
from .test_admin_pages import click, field, fine, history, opened_page, said
from .test_pages import MARKUP, page, text_of

__all__ = ["admin", "desk", "made"]
NEWS, DIGEST = (wanted.name for wanted in NEEDED)


@pytest.fixture(autouse=True)
def opened(desk):
    house.open_house(house.House(desk, door.Sessions(desk)))
    yield
    house.open_house(None)


def captions(at: AppTest) -> str:
    return "\n".join(each.value for each in at.caption)


def warnings(at: AppTest) -> list[str]:
    return [each.value for each in at.warning]


# --- Pesan otomatis


def test_a_message_is_reworded_previewed_and_given_back(desk):
    at = opened_page("pesan_otomatis", "joined")
    assert "{nomor} (wajib)" in captions(at)
    field(at, "Isi pesan").set_value("Matur nuwun, *{nomor}* sudah kami catat.")
    click(at, "Lihat pratinjau")
    assert f"Matur nuwun, <b>WA-{today().year}-00123</b> sudah kami catat." in text_of(at)
    assert ask(desk, "select * from auto_text") == []
    click(at, "Simpan")
    assert said(at) == [
        "“Pesan berikutnya ditambahkan ke aduan yang masih terbuka” disimpan. Berlaku untuk pesan berikutnya."
    ]
    assert [row["body"] for row in ask(desk, "select body from auto_text")] == [
        "Matur nuwun, *{nomor}* sudah kami catat."
    ]
    assert "Matur nuwun" in history(at)
    click(at, "Kembalikan ke teks bawaan")
    assert ask(desk, "select * from auto_text") == []


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("{nomor} dari {namaku}", "{namaku}"),
        ("Tanpa tempat", "nomor"),
        ("{nomor}" + "x" * 4000, "3.896"),
        ("", "Isi"),
    ],
)
def test_words_that_cannot_be_sent_are_told_in_the_preview_and_kept(desk, text, refusal):
    at = opened_page("pesan_otomatis", "joined")
    field(at, "Isi pesan").set_value(text)
    click(at, "Lihat pratinjau")
    (warning,) = warnings(at)
    assert refusal in warning.replace("\\", "")
    click(at, "Simpan")
    assert len(at.error) == 1
    assert field(at, "Isi pesan").value == text
    assert ask(desk, "select * from auto_text") == []


def test_the_preview_has_the_settings_name_and_promise_and_what_is_pressed():
    at = opened_page("pesan_otomatis", "acknowledgement")
    assert "Wadul Aladin Kota Pekalongan menjawab paling lambat 2 hari kerja" in text_of(at)
    assert "Pratinjau dengan contoh isian: " in captions(at)
    assert " dari paling banyak 824 huruf." in captions(at)
    result = text_of(opened_page("pesan_otomatis", "result"))
    assert "▢ Sudah selesai<br>▢ Belum selesai" in result
    assert "Apakah masalahnya sudah selesai?" in result


def test_markup_in_an_automatic_message_is_only_text(desk, admin):
    seen = next(row for row in auto.listed(desk.register, admin) if row["code"] == "joined")
    auto.change(desk, admin, "joined", seen, f"{{nomor}} {MARKUP}")
    at = opened_page("pesan_otomatis", "joined")
    assert [each for each in at.html if "<img" in each.value] == []
    assert any("&lt;img" in each.value for each in at.html)


def test_two_administrators_do_not_overwrite_each_other(desk, admin):
    at = opened_page("pesan_otomatis", "help")
    seen = next(row for row in auto.listed(desk.register, admin) if row["code"] == "help")
    auto.change(desk, who(desk, "admin2"), "help", seen, "Tulis saja.")
    field(at, "Isi pesan").set_value("Punya saya")
    click(at, "Simpan")
    assert "Dewi Lestari" in said(at)[0]
    assert field(at, "Isi pesan").value == "Punya saya"
    assert [row["body"] for row in ask(desk, "select body from auto_text")] == ["Tulis saja."]


# --- Templat WhatsApp


def at_meta(desk, name: str, status: str, reason: str | None = None, asked: bool = True, **more) -> None:
    now = clock_now()
    given = {"category": "UTILITY", "body": None, "quality": None} | more
    change(
        desk,
        "insert into template (name, language, status, reason, status_at, heard_at, category, body, quality) "
        "values (?, 'id', ?, ?, ?, ?, ?, ?, ?)",
        name, status, reason, now, now, given["category"], given["body"], given["quality"],
    )  # fmt: skip
    if asked:
        read_at(desk)


def read_at(desk) -> None:
    change(desk, "delete from setting where name = 'templates_read_at'")
    change(desk, "insert into setting values ('templates_read_at', ?)", clock_now().isoformat())


def button(at: AppTest, label: str):
    return next((each for each in at.button if each.label.startswith(label)), None)


def test_before_meta_was_asked_nothing_is_claimed():
    at = opened_page("templat")
    assert text_of(at).count("? belum diketahui") == 2
    assert "belum pernah terbaca" in captions(at)


def test_what_is_missing_is_asked_for_once_by_one_press(desk):
    read_at(desk)
    at = opened_page("templat")
    assert text_of(at).count("✕ belum dibuat") == 2
    click(at, "Buat yang belum ada (2)")
    assert said(at) == ["Permintaan dikirim ke Meta. Hasilnya tampil di halaman ini."]
    assert [row["kind"] for row in ask(desk, "select kind from meta_request")] == [meta.CREATE]
    assert button(at, "Buat yang belum ada").disabled
    assert "Sedang bertanya ke Meta" in at.info[0].value


@pytest.mark.parametrize(
    ("status", "reason", "shown", "advised"),
    [
        ("APPROVED", None, "✓ disetujui", ""),
        ("PENDING", None, "◔ sedang diperiksa Meta", "beberapa menit"),
        ("REJECTED", "PROMOTIONAL", "✕ ditolak Meta (dianggap promosi)", "Ajukan banding"),
        ("PAUSED", None, "‖ dijeda Meta", "membukanya lagi sendiri"),
        ("SOMETHING_NEW", None, "? keadaan lain: SOMETHING_NEW", "WhatsApp Manager"),
    ],
)
def test_each_of_metas_words_is_told_with_what_to_do(desk, status, reason, shown, advised):
    at_meta(desk, NEWS, status, reason)
    at_meta(desk, DIGEST, "APPROVED")
    at = opened_page("templat")
    assert shown in text_of(at)
    assert advised in captions(at)
    assert ("Sampai disetujui, kabar sesudah 24 jam tidak sampai" in captions(at)) is (status != "APPROVED")
    assert button(at, "Semua sudah ada").disabled


def test_other_words_another_category_and_foreign_templates_are_told(desk):
    at_meta(desk, NEWS, "APPROVED", body="Isi lain {{1}} {{2}}", category="MARKETING", quality="RED")
    at_meta(desk, "promo_lain", "APPROVED")
    at = opened_page("templat")
    assert [line.split(".")[0].split(":")[0] for line in warnings(at)] == [
        "Isi di Meta berbeda dengan isi yang dipakai layanan ini",
        "Meta mengubah kategorinya",
    ]
    assert "mutu buruk" in text_of(at)
    assert "promo_lain" in text_of(at)


def test_a_request_that_failed_says_why(desk, admin):
    request_id = meta.ask(desk, admin, meta.READ)
    meta.finish(desk.register, request_id, {"error": {"kind": "meta", "code": 190}}, clock_now())
    said_so = text_of(opened_page("templat"))
    assert "gagal" in said_so
    assert "Token WhatsApp tidak berlaku lagi" in said_so


def test_the_form_is_published_then_offered_and_taken_back(desk):
    at = opened_page("templat")
    assert "Belum diterbitkan." in text_of(at)
    assert button(at, "Tawarkan") is None
    click(at, "Terbitkan formulir")
    assert [row["kind"] for row in ask(desk, "select kind from meta_request")] == [meta.PUBLISH]
    change(desk, "update meta_request set state = 'done'")
    flow.note_published(desk, "4711", "Formulir", flow.design(desk))
    at = opened_page("templat")
    assert "Isinya sesuai pengaturan sekarang. Belum ditawarkan." in text_of(at)
    click(at, "Tawarkan kepada pelapor")
    assert flow.offer(desk).flow_id == "4711"
    assert "Sedang ditawarkan." in text_of(at)
    # A kelurahan less: the published form has it still, and the page says so.
    change(desk, "update kelurahan set active = false where code = '33.75.01.1006'")
    at = opened_page("templat")
    assert "Pengaturan sudah berubah sejak itu." in text_of(at)
    assert not button(at, "Terbitkan lagi").disabled
    click(at, "Berhenti menawarkan")
    assert flow.offer(desk) is None


# --- Pengirim diblokir


def proposed(desk, text: str = "Makian", note: str = "Berulang kali memaki") -> int:
    case = take_in(desk, text)
    commands.block(desk, press(desk, case, "kota"), note=note)
    return blocking.listed(desk, who(desk, "kota"))[0]["id"]


def test_nobody_is_blocked():
    at = opened_page("pengirim", username="kota")
    assert [info.value for info in at.info] == ["Tidak ada pengirim yang diblokir."]


def test_whoever_proposed_a_block_cannot_approve_it_and_another_can(desk):
    proposed(desk, note=f"Memaki {MARKUP}")
    at = opened_page("pengirim", username="kota")
    assert [each for each in at.html if "<img" in each.value] == []
    assert button(at, "Setujui blokir") is None
    assert "Usul Anda" in captions(at)
    at = opened_page("pengirim", username="kota2")
    field(at, "Diblokir sampai dengan").set_value(today() + timedelta(days=6))
    click(at, "Setujui blokir")
    assert said(at) == ["Pengirim diblokir. Pesannya tetap disimpan dan tidak dijawab."]
    (row,) = blocking.listed(desk, who(desk, "kota"))
    assert (row["state"], row["decided_name"]) == ("running", who(desk, "kota2").name)
    assert row["until"] - clock_now() > timedelta(days=6)
    # Its complaint says so to those who decide, and to nobody else.
    assert "Pengirim ini diblokir sampai" in text_of(case_page(desk, "kota"))
    assert "Pengirim ini diblokir" not in text_of(case_page(desk, "pimpinan"))
    click(opened_page("pengirim", username="kota"), "Akhiri blokir")
    (row,) = blocking.listed(desk, who(desk, "kota"))
    assert (row["state"], row["ended_name"]) == ("over", who(desk, "kota").name)
    assert "Diakhiri Rina Wulandari" in text_of(opened_page("pengirim", username="kota"))


def case_page(desk, username: str) -> AppTest:
    (row,) = ask(desk, "select number from complaint")
    at = page("aduan", username, no=row["number"])
    fine(at)
    return at


def test_a_refused_proposal_says_who_refused(desk):
    proposed(desk)
    at = opened_page("pengirim", username="pejabat")
    click(at, "Tolak usul")
    assert said(at) == ["Usul blokir ditolak."]
    assert "ditolak" in text_of(opened_page("pengirim", username="kota"))
    assert "Pengirim ini diblokir" not in text_of(case_page(desk, "kota"))


def test_what_a_blocked_sender_sends_is_there_to_be_read_and_seen(desk, tmp_path):
    block = proposed(desk)
    change(desk, "update complaint set state = 'rejected', ended_at = ?", clock_now())
    blocking.decide(desk, who(desk, "kota2"), block, True)
    mail = Mailbox(desk)
    mail.take(
        body(
            message(f"Lagi {MARKUP}"),
            message(type="image", text=None, image={"id": "99", "mime_type": "image/png", "sha256": "x"}),
        )
    )
    mail.close()
    (media_id,) = [row["id"] for row in ask(desk, "select id from media")]
    with desk.register.atomic() as cursor:
        evidence.media_stored(cursor, media_id, evidence.File("a" * 64, "image/png", 10, None))
    at = opened_page("pengirim", username="kota")
    assert any("2 pesan selama diblokir" in each.label for each in at.expander)
    assert f"/berkas/{media_id}?ukuran=kecil" in text_of(at)
    assert [each for each in at.html if "<img src=x" in each.value] == []
    assert queries.file_for(desk.register, who(desk, "pejabat"), media_id)["number"] == "pesan"
    for person in ("opd.dlh", "pimpinan", "admin"):
        with pytest.raises(NotFound):
            queries.file_for(desk.register, who(desk, person), media_id)
    # What came before the block, or from somebody else, is not opened by this.
    change(desk, "update sender_block set decided_at = ?", clock_now() + timedelta(hours=1))
    with pytest.raises(NotFound):
        queries.file_for(desk.register, who(desk, "kota"), media_id)
