"""The pages Audit and Data pribadi in Streamlit's own test runner, and the privacy text that everybody reads."""

import asyncio
import re

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from pages import public
from pages.door import Sessions
from pages.parts import house
from store import audit, breaches, commands, persons
from store.admin import service
from store.rules.errors import RuleBroken

from .cases import ask, new_desk, press, take_in, who
from .test_pages import MARKUP, bodies, page, text_of
from .test_words import ENGLISH


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("privacy")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


@pytest.fixture(scope="module")
def case(desk):
    case = take_in(desk, MARKUP, name="Zulkarnaini", phone="6285799912345")
    return commands.classify(desk, press(desk, case, "kota"), confidential=True)


def said(at: AppTest) -> list[str]:
    assert [e.message for e in at.exception] == []
    return [re.sub(r"\\(.)", r"\1", box.value) for box in (*at.success, *at.error)]


def fill(at: AppTest, label: str, value, place: int = 0) -> None:
    kinds = (*at.text_input, *at.text_area, *at.number_input, *at.checkbox, *at.multiselect)
    [field for field in kinds if field.label.startswith(label)][place].set_value(value)


def click(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label.startswith(label)).click().run()
    return at


def indonesian(at: AppTest) -> None:
    words = [getattr(w.proto, part, "") for w in at._tree.root if hasattr(w, "proto") for part in ("label", "help")]
    words += [re.sub(r"<[^>]*>", " ", body) for _, body in bodies(at)]
    assert [text for text in words if ENGLISH.search(str(text))] == []


def test_a_persons_data_is_shown_after_a_reason_and_not_before(desk, case):
    at = page("data_pribadi", "admin")
    fill(at, "Nama, nomor", "zulkar")
    click(at, "Cari")
    assert "Zulkarnaini" not in text_of(at)
    click(at, "Z\\*\\*\\*")
    assert "Zulkarnaini" not in text_of(at)
    click(at, "Buka data orang ini")
    assert said(at) == ["Isi catatannya terlebih dahulu."]
    fill(at, "Alasan", "Surat 12/2026")
    click(at, "Buka data orang ini")
    assert "Zulkarnaini" in text_of(at)
    assert "6285799912345" in text_of(at)
    indonesian(at)
    # Somebody else's opening is not mine.
    assert "Zulkarnaini" not in text_of(page("data_pribadi", "pejabat", orang=str(case.contact_id)))


def test_correction_limiting_and_a_refusal_are_said(desk, case):
    persons.open_person(desk, who(desk, "pejabat"), case.contact_id, "Surat")
    at = page("data_pribadi", "pejabat", orang=str(case.contact_id))
    fill(at, "Nama", "Zulkarnain", place=1)
    fill(at, "Alasan", "KTP")
    click(at, "Simpan pembetulan")
    assert said(at) == ["Dibetulkan: nama."]
    fill(at, "Alasan", "Surat 14", place=1)
    click(at, "Batasi")
    assert said(at) == ["Pembatasan berlaku."]
    assert "sejak" in text_of(at)
    fill(at, "Alasan", "Surat 15", place=2)
    click(at, "Hapus data orang ini")
    assert said(at)[0].startswith("Belum dihapus")
    fill(at, "Saya tahu", True)
    fill(at, "Alasan", "Surat 15", place=2)
    click(at, "Hapus data orang ini")
    assert said(at) == [f"Aduan {case.number} belum berakhir. Data orang ini dihapus setelah semua aduannya berakhir."]
    assert "PEMROSESAN DATA DIBATASI" in text_of(page("aduan", "kota", no=case.number))


@pytest.mark.parametrize("number", ["999999", "0", "-1", "abc", "9" * 30])
def test_an_address_that_leads_nowhere_is_no_fault(desk, number):
    at = page("data_pribadi", "admin", orang=number)
    assert [e.message for e in at.exception] == []


def test_a_breach_is_noted_told_and_closed(desk):
    at = page("data_pribadi", "pejabat")
    at.segmented_control[0].set_value("insiden").run()
    fill(at, "Apa yang terjadi", MARKUP)
    fill(at, "Data yang terungkap", "nama")
    click(at, "Catat insiden")
    assert said(at)[0].startswith("Insiden 1 dicatat")
    assert "sisa 2 hari" in text_of(at) or "sisa 3 hari" in text_of(at) or "sisa 71 jam" in text_of(at)
    assert "<img" not in text_of(at)
    indonesian(at)
    for label in ("Sudah diberi tahu: orang", "Sudah diberi tahu: lembaga", "Tutup insiden"):
        click(at, label)
    assert said(at)[0] == "Insiden 1 ditutup."
    assert breaches.listed(desk, who(desk, "pejabat"))[0]["closed_at"]


def test_what_would_go_tonight_is_shown(desk):
    at = page("data_pribadi", "admin")
    at.segmented_control[0].set_value("simpan").run()
    assert "5 tahun" in text_of(at)
    indonesian(at)


def test_the_audit_page_lists_narrows_and_speaks_indonesian(desk, case):
    audit.record(desk.register, "<b>siapa</b>", "sign_in_failed")
    at = page("audit", "admin", apa="sign_in_failed,tidak_ada", dari="kemarin")
    assert [e.message for e in at.exception] == []
    assert "Gagal masuk" in text_of(at)
    assert "<b>siapa</b>" not in text_of(at)
    assert "Data seseorang dibuka" not in " ".join(body for _, body in bodies(at))
    indonesian(page("audit", "admin"))
    nothing = page("audit", "admin", siapa="tidak ada orang ini")
    assert "Tidak ada catatan" in nothing.info[0].value


def test_opening_a_confidential_case_is_on_record_once_a_day(desk, case):
    query = "select count(*) from audit where kind = 'confidential_viewed' and actor = ? and subject = ?"
    for _ in range(3):
        page("aduan", "kota2", no=case.number)
    assert ask(desk, query, "kota2", case.number) == [(1,)]
    page("aduan", "opd.dlh", no=case.number)
    assert ask(desk, query, "opd.dlh", case.number) == [(0,)]


# The privacy text


def standard_page() -> str:
    async def ask_for() -> str:
        app = Starlette(routes=public.routes(house.house))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            return (await client.get("/standar")).text

    return asyncio.run(ask_for())


def test_the_privacy_text_is_public_and_the_administrators(desk):
    assert "id='privasi'" in standard_page()
    admin = who(desk, "admin")
    seen = service.part(desk, admin, "privacy")
    service.change_privacy(desk, admin, seen, {"text": "Data Anda aman.\n\n<script>x</script>"})
    shown = standard_page()
    assert "<p>Data Anda aman.</p>" in shown
    assert "<script" not in shown
    with pytest.raises(RuleBroken, match="admin_only"):
        service.change_privacy(desk, who(desk, "kota"), seen, {"text": "x"})


def test_the_first_answer_links_to_it_where_citizens_reach_this_app(desk):
    admin = who(desk, "admin")

    assert "standar#privasi" not in desk.service.privacy
    seen = service.part(desk, admin, "service")
    with pytest.raises(RuleBroken, match="address_form"):
        service.change_service(desk, admin, seen, seen | {"address": "javascript:alert(1)"})
    service.change_service(desk, admin, seen, seen | {"address": "https://aduan.pekalongan.go.id/"})
    assert desk.service.privacy.endswith("Selengkapnya: https://aduan.pekalongan.go.id/standar#privasi")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"complaint_years": 0}, "kept_form"),
        ({"raw_days": 6}, "kept_form"),
        ({"raw_days": 7.5}, "kept_form"),
        ({"media_years": None}, "kept_form"),
        ({"complaint_years": 1, "media_years": 2}, "media_longer"),
    ],
)
def test_times_that_make_no_sense_are_refused(desk, given, code):
    admin = who(desk, "admin")
    seen = service.part(desk, admin, "retention")
    with pytest.raises(RuleBroken, match=code):
        service.change_retention(desk, admin, seen, seen | given)


def test_layanan_changes_the_times(desk):
    at = page("layanan", "admin")
    at.segmented_control[0].set_value("retention").run()
    fill(at, "Kiriman mentah", 30)
    click(at, "Simpan")
    assert said(at) == ["Masa simpan disimpan dan berlaku mulai malam ini."]
    assert desk.config["retention"]["raw_days"] == 30
    indonesian(at)
