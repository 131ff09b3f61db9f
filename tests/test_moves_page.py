"""Every form on a case is pressed through its page on a real register; and what the pages around the moves do."""

import io
import json
from datetime import date, datetime, timedelta

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import house, words
from pages.parts.forms import FORMS
from store import commands, queries, silence, users, why_due
from store.check import differences
from store.clock import now as clock_now
from store.rules import texts
from store.rules.case import Case
from store.rules.completeness import ELEMENTS
from store.rules.deadline import to_jakarta
from store.rules.workflow import MOVES, Grant, Role

from .cases import (
    PHOTO,
    add_message,
    approved,
    ask,
    by_system,
    confirm,
    forwarded,
    goes_on,
    in_progress,
    in_review,
    messages,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)
from .test_pages import errors, page, text_of

SECRET = "Zulaikha"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("moves")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


def photo(name: str = "foto.jpg") -> tuple[str, bytes, str]:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(content, "JPEG")
    return name, content.getvalue(), "image/jpeg"


def two_departments(desk) -> Case:
    case = take_in(desk, "Pohon menimpa lampu")
    by = press(desk, case, "kota")
    return commands.forward(desk, by, department="DLH", others=["DISHUB"], note="Mohon ditangani bersama")


def one_returned(desk, reason: str = "wrong_category") -> Case:
    case = two_departments(desk)
    return commands.return_to_city(desk, press(desk, case, "opd.dishub"), reason=reason, note="Hanya pohon")


def asked(desk, now: datetime | None = None) -> Case:
    case = take_in(desk, "Tolong", now=now)
    return commands.ask(desk, press(desk, case, "kota"), missing=["where_when"], now=now)


def archived(desk) -> Case:
    case = asked(desk, clock_now() - timedelta(days=11))
    assert silence.archive(desk) == 1
    return read_case(desk, case.id)


def rejected(desk) -> Case:
    case = take_in(desk, "asdf")
    return commands.reject(desk, press(desk, case, "kota"), note="Iklan")


def merged(desk) -> Case:
    parent, case = take_in(desk, "Lampu mati"), take_in(desk, "Lampu padam")
    return commands.merge(desk, press(desk, case, "kota"), parent=parent.number)


def accepted(desk) -> Case:
    case = forwarded(desk, take_in(desk), "DLH")
    return commands.accept(desk, press(desk, case, "opd.dlh"))


def secret(desk) -> Case:
    case = take_in(desk, "Petugas minta uang", name=SECRET, phone="6289912345678")
    return commands.classify(desk, press(desk, case, "kota"), confidential=True)


def escalated(desk) -> Case:
    """Twice returned as somebody else's."""
    case = forwarded(desk, take_in(desk, "Kabel menjuntai"), "DLH")
    case = commands.return_to_city(desk, press(desk, case, "opd.dlh"), reason="not_ours", note="Bukan kami, DLH")
    case = forwarded(desk, case, "DISHUB")
    return commands.return_to_city(desk, press(desk, case, "opd.dishub"), reason="not_ours", note="Bukan kami, DISHUB")


def taken_over(desk) -> Case:
    case = take_in(desk)
    return commands.take_over(desk, press(desk, case, "kota"))


def spoken(desk) -> Case:
    """With a recording."""
    return in_progress(desk, take_in(desk, None, kind="audio", media_id="1", media_mime="audio/ogg"), "DLH")


def other_number(desk) -> str:
    return take_in(desk, "Lampu mati di Medono").number


NOTE = {"note": "Catatan uji"}
# Who presses it, on which case, and what is typed. A callable is asked with the desk.
PRESSED = {
    "forward": ("kota", take_in, {"department": "DLH", "others": ["DPUPR"]} | NOTE),
    "answer": ("kota", take_in, {"text": "Pukul 08.00"}),
    "ask": ("kota", take_in, {"missing": ["who"], "text": "Kapan terjadinya?"}),
    "proceed": ("kota", one_returned, NOTE),
    "escalate": ("kota", lambda desk: without_whatsapp(desk), NOTE),
    "merge": ("kota", take_in, {"parent": other_number}),
    "refer": ("kota", take_in, {"body": "PLN", "reference": "7/A", "text": "Silakan ke PLN", "sure": True}),
    "reject": ("kota", take_in, NOTE),
    "supply": ("kota", asked, NOTE | {"address": "Jl. Melati 5"}),
    "revive": ("kota", archived, NOTE),
    "restore": ("kota", rejected, NOTE),
    "unmerge": ("kota", merged, NOTE),
    "accept": ("opd.dlh", lambda desk: forwarded(desk, take_in(desk), "DLH"), {}),
    "return": ("opd.dlh", lambda desk: forwarded(desk, take_in(desk), "DLH"), {"reason": "incomplete"} | NOTE),
    "start": ("opd.dlh", accepted, {"handler": "tim.dlh"} | NOTE),
    "assign": ("opd.dlh", lambda desk: in_progress(desk, take_in(desk), "DLH"), {"handler": "tim.dlh"}),
    "submit_result": (
        "tim.dlh",
        lambda desk: in_progress(desk, take_in(desk), "DLH", category="waste"),
        {"text": "Sudah dipotong", "before": [photo("sebelum.jpg")], "files": [photo()]},
    ),
    "work": (
        "tim.dlh",
        lambda desk: in_progress(desk, take_in(desk), "DLH"),
        NOTE | {"before": [photo("sebelum.jpg")], "after": [photo()]},
    ),
    "schedule": (
        "tim.dlh",
        lambda desk: in_progress(desk, take_in(desk), "DLH"),
        NOTE | {"promised_on": lambda desk: to_jakarta(clock_now()).date() + timedelta(days=9)},
    ),
    "approve": ("kota", lambda desk: in_review(desk, take_in(desk), "DLH"), {"result": "Sudah beres"}),
    "send_back": ("kota", lambda desk: in_review(desk, take_in(desk), "DLH"), NOTE),
    "close": ("kota", lambda desk: by_system(desk, approved(desk, take_in(desk), "DLH"), "delivered"), NOTE),
    "reopen": ("kota", lambda desk: confirm(desk, approved(desk, take_in(desk), "DLH")), NOTE),
    "withdraw": ("kota", take_in, NOTE | {"sure": True}),
    "told": (
        "kota",
        lambda desk: by_system(desk, approved(desk, take_in(desk), "DLH"), "delivery_failed"),
        NOTE | {"how": "in_person"},
    ),
    "classify": ("kota", take_in, {"kind": "wish", "category": "waste", "point": "-6.8886, 109.6753"}),
    "reply": ("kota", take_in, {"text": "Masih kami cek"}),
    "seen": ("kota", lambda desk: add_message(desk, forwarded(desk, take_in(desk), "DLH"), "Bagaimana?"), {}),
    "note": ("tim.dlh", lambda desk: in_progress(desk, take_in(desk), "DLH"), NOTE | {"attachments": [photo()]}),
    "reveal": ("kota", secret, NOTE),
    "block": ("kota", take_in, NOTE),
    "take_over": ("kota", take_in, {}),
    "give_back": ("kota", taken_over, {}),
    "transcribe": ("tim.dlh", spoken, {"text": "Lampu depan masjid mati"}),
}  # fmt: skip
# Not pressed by anybody: the reporter's, the system's, and what is written beside another move.
BY_ITSELF = {
    "archive", "confirm", "lapse", "release", "adopt", "part", "follow", "remind", "message", "delivered",
    "delivery_failed", "contact_joined", "rate",
}  # fmt: skip


def test_each_move_that_people_press_has_a_form_and_each_form_is_pressed_here():
    assert set(FORMS) == {move.name for move in MOVES} - BY_ITSELF
    assert set(PRESSED) == set(FORMS)


def widgets(at: AppTest):
    kinds = (
        at.text_area, at.text_input, at.selectbox, at.multiselect, at.checkbox, at.pills, at.segmented_control,
        at.date_input, at.datetime_input, at.file_uploader,
    )  # fmt: skip
    return [widget for kind in kinds for widget in kind]


def field(at: AppTest, move: str, number: str, name: str):
    """A field of the form of a move; it must be drawn."""
    (found,) = [w for w in widgets(at) if (w.key or "").startswith(f"{move}-{number}-") and f"-{name}-" in w.key]
    return found


def select(at: AppTest, move: str) -> AppTest:
    """Choose a move, in the first row or behind “Langkah lain”."""
    rows = [w for w in at.segmented_control if "move-" in w.key and FORMS[move].title in w.options]
    if rows:
        return rows[0].set_value(move).run()
    return at.menu_button[0].click(move).run()


def button(at: AppTest, label: str):
    (found,) = [b for b in at.button if b.label.startswith(label)]
    return found


def said(at: AppTest) -> str:
    assert [e.message for e in at.exception] == []
    return " ".join(done.value for done in at.success)


def choices(at: AppTest) -> tuple[list[str], list[str]]:
    """The titles in the first row, and those behind “Langkah lain”."""
    row = [w.options for w in at.segmented_control if "move-" in w.key]
    return (row[0] if row else []), (at.menu_button[0].options if at.menu_button else [])


def do(at: AppTest, desk, move: str, number: str, given: dict) -> AppTest:
    """Choose the move, fill its form in and press."""
    at = select(at, move)
    for name, value in given.items():
        field(at, move, number, name).set_value(value(desk) if callable(value) else value)
    at.run()
    return button(at, f"{FORMS[move].button} · {number}").click().run()


def events(desk, case: Case, kind: str) -> list[dict]:
    found = ask(desk, "select data from event where complaint_id = ? and kind = ? order by id", case.id, kind)
    return [json.loads(data) for (data,) in found]


@pytest.mark.parametrize("move", FORMS)
def test_each_form_is_alive(desk, move):
    username, make, given = PRESSED[move]
    case = make(desk)
    before = len(events(desk, case, move))
    at = do(page("aduan", username, no=case.number), desk, move, case.number, given)
    assert errors(at) == []
    assert case.number in said(at)
    assert len(events(desk, case, move)) == before + 1
    assert list(differences(desk.register)) == []
    # What was sent comes back empty, should the same form be there again.
    first, rare = choices(at)
    if FORMS[move].title in first + rare and "note" in given:
        assert field(select(at, move), move, case.number, "note").value == ""


def test_the_rare_moves_stand_behind_a_second_control_and_the_first_row_stays_short(desk):
    first, rare = choices(page("aduan", "kota", no=take_in(desk).number))
    assert first == ["Teruskan ke OPD", "Jawab langsung", "Minta kelengkapan"]
    assert {"Tolak sebagai spam", "Gabungkan sebagai duplikat", "Catatan internal"} <= set(rare)
    for username, make, most in (("kota", one_returned, 4), ("tim.dlh", PRESSED["work"][1], 3)):
        first, _ = choices(page("aduan", username, no=make(desk).number))
        assert 1 <= len(first) <= most
        assert not set(first) & {form.title for form in FORMS.values() if form.rare}


@pytest.mark.parametrize(
    ("username", "make"),
    [
        ("pimpinan", take_in),
        ("tim.dlh", lambda desk: forwarded(desk, take_in(desk), "DLH")),
        ("kota", lambda desk: commands.escalate(desk, press(desk, take_in(desk), "kota"), note="Sulit")),
    ],
)
def test_who_may_not_move_a_case_on_is_not_offered_to(desk, username, make):
    first, rare = choices(page("aduan", username, no=make(desk).number))
    assert first == []
    assert not set(rare) & {FORMS[name].title for name in ("forward", "accept", "reject", "merge", "withdraw")}


def test_what_ended_offers_its_way_back_first(desk):
    for make, title in ((rejected, "Pulihkan"), (merged, "Pisahkan dari induknya"), (archived, "Buka dari arsip")):
        first, _ = choices(page("aduan", "kota", no=make(desk).number))
        assert first[0] == title


@pytest.mark.parametrize(("move", "given"), [("reject", NOTE), ("merge", {"parent": other_number})])
def test_spam_and_duplicates_are_taken_back_with_one_press(desk, move, given):
    case = take_in(desk, "Bukan spam")
    at = do(page("triase", "kota", no=case.number), desk, move, case.number, given)
    assert read_case(desk, case.id).ended_at
    at = button(at, f"Urungkan: {case.number}").click().run()
    assert case.number in said(at)
    assert read_case(desk, case.id).state == "received"
    assert at.query_params["no"] == case.number
    assert [b for b in at.button if b.label.startswith("Urungkan")] == []
    assert list(differences(desk.register)) == []


def test_what_ends_a_case_for_good_is_asked_for_twice(desk):
    case = take_in(desk, "Sudah tidak perlu")
    at = select(page("aduan", "kota", no=case.number), "withdraw")
    field(at, "withdraw", case.number, "note").set_value("Lewat telepon")
    at.run()
    assert button(at, "Cabut aduan").disabled
    field(at, "withdraw", case.number, "sure").check()
    assert not button(at.run(), "Cabut aduan").disabled


def test_what_was_typed_survives_another_move_another_page_and_a_refusal(desk):
    case, other = take_in(desk, "Panjang sekali"), take_in(desk, "Yang lain")
    at = select(page("triase", "kota", no=case.number), "answer")
    field(at, "answer", case.number, "text").set_value("Jawaban yang sedang saya tulis")
    at = select(at.run(), "forward")
    at = button(at, "Teruskan · ").click().run()
    assert errors(at) == ["Pilih OPD yang dituju."]
    at.query_params["no"] = other.number
    at.run()
    assert field(select(at, "answer"), "answer", other.number, "text").value in (None, "")
    at.query_params["no"] = case.number
    at = select(at.run(), "answer")
    assert field(at, "answer", case.number, "text").value == "Jawaban yang sedang saya tulis"
    button(at, "Kirim jawaban").click().run()
    assert "Jawaban yang sedang saya tulis" in messages(desk, case)[-1][1]


def test_what_was_typed_is_there_after_a_reload_for_its_writer_only_and_gone_once_sent(desk):
    case = take_in(desk)
    at = select(page("aduan", "kota", no=case.number), "answer")
    field(at, "answer", case.number, "text").set_value("Loket buka pukul 08.00").run()
    for person, kept in (("kota", "Loket buka pukul 08.00"), ("kota2", "")):
        again = select(page("aduan", person, no=case.number), "answer")
        assert (field(again, "answer", case.number, "text").value or "") == kept
    again = select(page("aduan", "kota", no=case.number), "answer")
    field(again, "answer", case.number, "category").set_value("other")
    assert "dijawab" in said(button(again.run(), f"Kirim jawaban · {case.number}").click().run())
    assert ask(desk, "select 1 from draft where name like ?", f"%{case.number}%") == []


def test_a_second_press_on_the_open_move_leaves_its_form(desk):
    case = take_in(desk)
    at = select(page("aduan", "kota", no=case.number), "answer")
    (row,) = [w for w in at.segmented_control if "move-" in w.key]
    at = row.set_value(None).run()
    assert field(at, "answer", case.number, "text") is not None


def test_a_fact_that_somebody_else_corrected_meanwhile_is_shown_and_not_overwritten(desk):
    case = take_in(desk, "Tempat keliru")
    at = select(page("aduan", "kota", no=case.number), "classify")
    assert field(at, "classify", case.number, "address").value == ""
    commands.classify(desk, press(desk, case, "kota2"), address="Jl. Mawar 7")
    at.run()
    assert field(at, "classify", case.number, "address").value == "Jl. Mawar 7"
    field(at, "classify", case.number, "kind").set_value("wish")
    button(at.run(), "Simpan keterangan").click().run()
    assert (read_case(desk, case.id).address, read_case(desk, case.id).kind) == ("Jl. Mawar 7", "wish")


def test_a_canned_text_fills_the_field_and_leaves_what_was_typed(desk):
    case = take_in(desk, "Urus KTP di mana?", name="Siti Aminah")
    at = select(page("aduan", "kota", no=case.number), "answer")
    field(at, "answer", case.number, "canned").set_value("terima_kasih")
    at.run()
    filled = field(at, "answer", case.number, "text").value
    assert filled.startswith("Terima kasih, Siti Aminah,")
    # Another choice replaces what was only filled in …
    field(at, "answer", case.number, "canned").set_value("ppid")
    at.run()
    assert "Siti" not in field(at, "answer", case.number, "text").value
    # … and comes after what somebody wrote.
    field(at, "answer", case.number, "text").set_value("Selamat pagi.")
    field(at.run(), "answer", case.number, "canned").set_value("darurat")
    at.run()
    text = field(at, "answer", case.number, "text").value
    assert text.startswith("Selamat pagi.\n\nUntuk keadaan darurat")
    assert "Wadul Aladin bukan layanan darurat" in text


def previews(at: AppTest) -> str:
    return "\n".join(h.value for h in at.html if "pratinjau, belum dikirim" in h.value)


def test_what_goes_out_is_shown_as_the_citizen_will_read_it(desk):
    case = take_in(desk, "Tolong")
    at = select(page("aduan", "kota", no=case.number), "ask")
    chosen = field(at, "ask", case.number, "missing")
    # What is not there is asked for, unless it is taken out.
    assert chosen.value == ["identity", "what", "who", "where_when", "evidence"]
    chosen.set_value(["where_when"])
    field(at, "ask", case.number, "text").set_value("Apakah <b>tadi</b> pagi?")
    at.run()
    shown = previews(at)
    assert "di mana dan kapan terjadinya" in shown
    assert "Apakah &lt;b&gt;tadi&lt;/b&gt; pagi?" in shown
    assert "nama lengkap" not in shown
    at = button(at, "Minta kelengkapan · ").click().run()
    ((_, sent),) = messages(desk, case)
    assert "di mana dan kapan terjadinya" in sent
    assert "Apakah <b>tadi</b> pagi?" in sent


def test_a_reporter_without_whatsapp_is_named_as_not_told_yet(desk):
    case = without_whatsapp(desk, channel="TLP")
    at = do(page("aduan", "kota", no=case.number), desk, "answer", case.number, {"text": "Buka pukul 8"})
    assert "Pelapor belum diberi tahu" in said(at)
    assert previews(at) == ""
    # Who calls reads what to say, and how it was told is on record.
    at = page("telepon", "kota", no=case.number)
    assert any("Sampaikan kepada pelapor" in h.value and "Buka pukul 8" in h.value for h in at.html)
    given = {"how": "in_person", "when": "Waktu lain"} | NOTE
    at = select(at, "told")
    for name, value in given.items():
        field(at, "told", case.number, name).set_value(value)
    at.run()
    early = to_jakarta(clock_now()).replace(second=0, microsecond=0, tzinfo=None) - timedelta(minutes=30)
    field(at, "told", case.number, "told_at").set_value(early)
    at = button(at.run(), "Catat sudah diberi tahu").click().run()
    assert case.number in said(at)
    (told,) = events(desk, case, "told")
    assert told["how"] == "in_person"
    assert to_jakarta(datetime.fromisoformat(told["told_at"])).replace(tzinfo=None) == early


def test_elements_are_corrected_by_a_press_and_back_by_another(desk):
    case = take_in(desk, "Lampu mati di Medono sejak kemarin malam")
    assert "evidence" not in case.elements
    at = page("triase", "kota", no=case.number)
    shown = next(w for w in at.pills if w.label.startswith("Kelengkapan"))
    shown.set_value([*shown.value, "evidence"])
    at.run()
    assert errors(at) == []
    assert read_case(desk, case.id).elements.split(",") == [*case.elements.split(","), "evidence"]
    shown = next(w for w in at.pills if w.label.startswith("Kelengkapan"))
    shown.set_value([name for name in shown.value if name != "evidence"])
    at.run()
    assert read_case(desk, case.id).elements == case.elements


def test_the_list_says_completeness_in_dots_and_in_words(desk):
    case = take_in(desk, "Lampu jalan mati di Medono sejak kemarin malam")
    listed = [h.value for h in page("triase", "kota", no=case.number).html if "w-row" in h.value]
    row = next(text for text in listed if "Lampu jalan mati di Medono sejak kemarin malam" in text)
    assert "●●○○○" in row
    assert "aria-label='Kelengkapan 2 dari 5; belum ada: identitas pelapor, siapa yang terlibat, bukti'" in row


def test_likely_duplicates_are_shown_with_reasons_and_one_press_opens_the_merge(desk):
    first = take_in(desk, "Pohon tumbang melintang di Jl. Veteran Kraton depan SMP 6")
    second = take_in(desk, "Ada pohon tumbang di Jl. Veteran Kraton depan SMP 6, jalan tertutup")
    at = page("triase", "kota", no=second.number)
    assert any(first.number in h.value and "Alasan:" in h.value for h in at.html)
    at = button(at, f"Gabungkan ke {first.number}").click().run()
    assert field(at, "merge", second.number, "parent").value == first.number
    # The other one's first words stand there, so that a wrong number is seen.
    assert any("Induk:" in h.value and "Pohon tumbang melintang" in h.value for h in at.html)
    button(at, "Gabungkan · ").click().run()
    child = read_case(desk, second.id)
    assert (child.state, child.parent_id) == ("duplicate", first.id)
    for number, words_of in ((first.number, "Duplikatnya"), (second.number, "Duplikat dari")):
        heads = [h.value for h in page("aduan", "kota", no=number).html if "w-head" in h.value]
        assert words_of in heads[0]
        assert f"/aduan?no={first.number if number == second.number else second.number}" in heads[0]


def test_a_complaint_about_an_official_can_only_go_to_the_inspectorate(desk):
    case = take_in(desk, "Pegawai meminta uang")
    case = commands.classify(desk, press(desk, case, "kota"), kind="official")
    at = page("triase", "kota", no=case.number)
    department = field(at, "forward", case.number, "department")
    assert [option for option in department.options if "INSPEKTORAT" not in option] == []
    assert any("hanya ditangani Inspektorat" in c.value for c in at.caption)
    assert [w for w in at.multiselect if "-others-" in (w.key or "")] == []
    at = do(at, desk, "forward", case.number, NOTE)
    assert case.number in said(at)
    assert read_case(desk, case.id).department == "INSPEKTORAT"


def test_an_identity_is_shown_for_a_reason_to_the_one_who_asked(desk):
    case = secret(desk)
    at = page("aduan", "kota", no=case.number)
    assert SECRET not in text_of(at)
    at = select(at, "reveal")
    assert any("tercatat" in c.value for c in at.caption)
    button(at, "Tampilkan identitas · ").click().run()
    assert SECRET not in text_of(page("aduan", "kota", no=case.number))
    do(at, desk, "reveal", case.number, {"note": "Menelepon pelapor"})
    again = page("aduan", "kota", no=case.number)
    assert SECRET in text_of(again)
    assert "tampak sampai" in text_of(again)
    first, rare = choices(again)
    assert FORMS["reveal"].title not in first + rare
    assert SECRET not in text_of(page("aduan", "kota2", no=case.number))
    assert SECRET not in text_of(page("aduan", "pimpinan", no=case.number))
    assert [row["note"] for row in events(desk, case, "reveal")] == ["Menelepon pelapor"]


def test_the_official_sees_why_it_came_and_assigns_with_binding_force(desk):
    case = escalated(desk)
    # The city team reads it and may not decide.
    assert choices(page("aduan", "kota", no=case.number))[0] == []
    at = page("eskalasi", "pejabat", no=case.number)
    shown = text_of(at)
    assert "Bukan kami, DLH" in shown
    assert "Bukan kami, DISHUB" in shown
    assert choices(at)[0][0] == "Tetapkan OPD (mengikat)"
    field(at, "forward", case.number, "department").set_value("DPUPR")
    field(at, "forward", case.number, "note").set_value("DPUPR yang menangani")
    at = button(at.run(), "Tetapkan · ").click().run()
    assert case.number in said(at)
    assert read_case(desk, case.id).assignments[-1].binding
    at = select(page("opd", "opd.dpupr", no=case.number), "return")
    reasons = field(at, "return", case.number, "reason").options
    assert words.REASONS["not_ours"] not in reasons
    assert words.REASONS["incomplete"] in reasons
    assert any("mengikat" in h.value for h in at.html if "<table" in h.value)


def test_a_second_not_ours_is_told_to_have_gone_to_the_official(desk):
    case = forwarded(desk, take_in(desk), "DLH")
    case = commands.return_to_city(desk, press(desk, case, "opd.dlh"), reason="not_ours", note="Bukan kami")
    case = forwarded(desk, case, "DPUPR")
    given = {"reason": "not_ours", "note": "Bukan kami juga"}
    at = do(page("opd", "opd.dpupr", no=case.number), desk, "return", case.number, given)
    assert "sekarang pada Pejabat Dinkominfo" in said(at)


def test_the_parts_of_several_departments_stand_in_a_table(desk):
    case = commands.accept(desk, press(desk, two_departments(desk), "opd.dlh"))
    (table,) = [h.value for h in page("aduan", "kota", no=case.number).html if "<table" in h.value]
    assert "Dinas Lingkungan Hidup <b>· utama</b>" in table
    assert "Diterima OPD" in table
    assert "Diteruskan ke OPD" in table
    assert "diterima paling lambat" in table


def test_a_person_of_two_departments_chooses_whose_part_is_meant(desk):
    grants = [Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_ADMIN, "DISHUB")]
    users.add(desk.register, "rangkap", "Sari Rangkap", "sepeda onthel biru 7", grants)
    case = two_departments(desk)
    at = page("opd", "rangkap", no=case.number)
    part = next(w for w in at.segmented_control if "part-" in w.key)
    assert part.options == ["Dinas Lingkungan Hidup", "Dinas Perhubungan"]
    part.set_value("DISHUB")
    button(at.run(), "Terima aduan").click().run()
    states = {p.department: p.state for p in read_case(desk, case.id).assignments}
    assert states == {"DLH": "forwarded", "DISHUB": "accepted"}


def test_one_of_two_results_goes_back_and_the_wording_is_edited_before_it_goes_out(desk):
    case = two_departments(desk)
    for department in ("dlh", "dishub"):
        case = commands.accept(desk, press(desk, case, f"opd.{department}"))
        case = commands.start(desk, press(desk, case, f"opd.{department}"))
    for department in ("dlh", "dishub"):
        by = press(desk, case, f"tim.{department}")
        case = commands.submit_result(desk, by, text=f"Selesai oleh {department}", files=[PHOTO])
    given = {"departments": ["DISHUB"], "note": "Lampunya belum menyala"}
    do(page("verifikasi", "kota", no=case.number), desk, "send_back", case.number, given)
    states = {p.department: p.state for p in read_case(desk, case.id).assignments}
    assert states == {"DLH": "in_review", "DISHUB": "in_progress"}
    case = read_case(desk, case.id)
    case = commands.submit_result(desk, press(desk, case, "tim.dishub"), text="Menyala", files=[PHOTO])
    at = page("verifikasi", "kota", no=case.number)
    assert "1× dikembalikan ke tim" in text_of(at)
    wording = field(at, "approve", case.number, "result")
    assert "Menyala" in wording.value
    wording.set_value("Lampu dan pohon sudah ditangani.")
    at.run()
    assert "Lampu dan pohon sudah ditangani." in previews(at)
    button(at, "Setujui dan kirim").click().run()
    purpose, text = messages(desk, case)[-1]
    assert purpose == "result"
    assert "Lampu dan pohon sudah ditangani." in text


def test_photos_before_and_after_stand_side_by_side(desk):
    case = in_progress(desk, take_in(desk), "DLH")
    given = NOTE | {"before": [photo("a.jpg")], "after": [photo("b.jpg")]}
    at = do(page("tindak_lanjut", "tim.dlh", no=case.number), desk, "work", case.number, given)
    (shown,) = [h.value for h in at.html if "w-stages" in h.value]
    assert shown.index("Sebelum") < shown.index("/berkas/") < shown.index("Sesudah") < shown.rindex("/berkas/")
    assert "INTERNAL" in text_of(at)


def test_the_team_sees_its_own_work_first_and_the_administrator_how_much_each_has(desk):
    department = "DINKES"
    users.add(desk.register, "budi", "Budi", "sepeda onthel biru 7", [Grant(Role.OPD_TEAM, department)])
    wanted = []
    for handler in ("budi", "", "tim.dinkes"):
        case = commands.accept(desk, press(desk, forwarded(desk, take_in(desk), department), "opd.dinkes"))
        wanted.append(commands.start(desk, press(desk, case, "opd.dinkes"), handler=handler))
    at = page("tindak_lanjut", "tim.dinkes")
    order = [b.label.split(" · ")[0] for b in at.button if (b.key or "").startswith("tindak_lanjut-")]
    theirs, nobodys, mine = (case.number for case in wanted)
    assert order == [mine, nobodys, theirs]
    rows = [h.value for h in at.html if "w-row" in h.value]
    assert ["untuk Anda" in rows[0], "belum dibagi" in rows[1], "Budi" in rows[2]] == [True, True, True]
    assert "Budi 1 · Tim DINKES 1" in text_of(page("opd", "opd.dinkes"))


def test_people_of_a_department_are_told_to_nobody_else(desk):
    assert [p["username"] for p in queries.people_of(desk.register, who(desk, "opd.dindik"), "DINDIK")] == [
        "opd.dindik",
        "tim.dindik",
    ]
    for username in ("kota", "pimpinan", "admin", "opd.dlh"):
        assert queries.people_of(desk.register, who(desk, username), "DINDIK") == []


def test_why_a_case_is_due_counts_its_pauses(desk):
    monday = datetime(2026, 11, 16, 2, 0)  # 09.00 in Jakarta
    case = take_in(desk, "Tolong", now=monday)
    case = commands.ask(desk, press(desk, case, "kota"), missing=["who"], now=monday + timedelta(hours=5))
    waiting = why_due.of_case(desk, case)
    assert any(line.startswith("Jam berhenti sejak Sen 16 Nov 14.00") for line in waiting)
    case = goes_on(desk, case, now=monday + timedelta(days=1, hours=2))
    found = why_due.of_case(desk, case)
    assert "Sel 17 Nov 2026 07.30–11.00: tidak dihitung, menunggu pelapor" in found
    # The line of the due time is the one on record, not another computation.
    assert f"{words.moment(case.promise_due_at)}: jatuh tempo" in found
    assert not [line for line in found if "yang tercatat" in line]
    assert found[-1] == f"Batas terakhir: 14 hari kerja, {words.moment(case.outer_due_at)}."


def test_a_promised_day_in_the_past_is_refused_in_words(desk):
    case = in_progress(desk, take_in(desk), "DLH")
    given = NOTE | {"promised_on": date(2026, 1, 5)}
    at = do(page("tindak_lanjut", "tim.dlh", no=case.number), desk, "schedule", case.number, given)
    assert errors(at) == ["Tanggal yang dijanjikan sudah lewat. Pilih hari ini atau sesudahnya."]
    assert field(at, "schedule", case.number, "note").value == NOTE["note"]
    assert read_case(desk, case.id).state == "in_progress"


def test_a_reminder_says_how_much_time_was_used_and_who_was_meant(desk):
    case = in_progress(desk, take_in(desk), "DLH")
    by_system(desk, case, "remind", level=75, to=["@tim.dlh"])
    by_system(desk, case, "remind", level=150, to=["city", "official", "opd_admin:DLH"])
    said = text_of(page("aduan", "kota", no=case.number))
    assert "75 % waktu terpakai; diingatkan: petugas yang menangani" in said
    assert "150 % waktu terpakai; diingatkan: Tim Pengaduan Kota, Pejabat Dinkominfo, Admin OPD DLH" in said
    assert "tim.dlh" not in said


def test_what_ends_the_other_departments_work_says_so_before_the_press(desk):
    case = one_returned(desk)
    at = page("triase", "kota", no=case.number)
    assert "ikut berakhir" not in text_of(at)
    assert "Pekerjaan DLH pada aduan ini ikut berakhir." in text_of(select(at, "answer"))
    alone = page("triase", "kota", no=take_in(desk, "Tolong").number)
    assert "ikut berakhir" not in text_of(select(alone, "answer"))


def test_all_that_is_missing_is_asked_for_with_one_press(desk):
    case = take_in(desk, "Lampu mati di Medono")
    missing = [name for name in ELEMENTS if name not in read_case(desk, case.id).elements.split(",")]
    assert missing
    at = page("triase", "kota", no=case.number)
    (ask_all,) = [found for found in at.button if found.label.startswith("Minta ") and "ke pelapor" in found.label]
    assert all(words.ELEMENTS[name].lower() in ask_all.label for name in missing)
    at = ask_all.click().run()
    assert f"{case.number}" in said(at).replace("\\", "")
    assert read_case(desk, case.id).state == "awaiting_reporter"
    (event,) = events(desk, case, "ask")
    assert event["missing"] == missing
    newest = "select text from message_out where complaint_id = ? order by id desc limit 1"
    assert texts.ASKED["identity"] in ask(desk, newest, case.id)[0][0]


def test_nobody_is_asked_for_what_is_there_or_cannot_be_asked_by_whatsapp(desk):
    whole = take_in(desk, "Lampu mati")
    commands.classify(desk, press(desk, whole, "kota"), elements=list(ELEMENTS))
    for number in (whole.number, without_whatsapp(desk).number):
        at = page("triase", "kota", no=number)
        assert not [found for found in at.button if "ke pelapor" in found.label and found.label.startswith("Minta ")]
