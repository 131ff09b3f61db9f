"""Catat aduan in Streamlit's own test runner: a whole complaint, who is known, the counter, refusals, the draft."""

import io
import re

import duckdb
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import drafts as form_drafts
from pages.parts import house, report_form, words
from store import channels, check, commands, drafts, queries
from store.rules.workflow import KINDS

from .cases import ask, everything, in_progress, later, messages, new_desk, press, take_in, who
from .stack import ROOT
from .test_pages import MARKUP, bodies, errors, text_of
from .test_words import ENGLISH

PHONE, NAME, TEXT = "0812 3456 789", "Endang Lestari", "Selokan mampet, air masuk rumah warga"


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


class Person:
    """One browser session of somebody on the page."""

    def __init__(self, username: str = "kota"):
        self.at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
        self.at.user = {"username": username}
        self.at.switch_page("catat.py").run()
        self.fine()

    def fine(self) -> "Person":
        assert [e.message for e in self.at.exception] == []
        return self

    def field(self, name: str):
        pattern = re.compile(rf"catat-{name}-\d+")
        kinds = ("text_input", "text_area", "selectbox", "checkbox", "radio", "segmented_control", "file_uploader")
        (found,) = [w for kind in kinds for w in getattr(self.at, kind) if pattern.fullmatch(w.key or "")]
        return found

    def shows(self, name: str) -> bool:
        return f"catat-{name}-" in text_of(self.at)

    def fill(self, **values) -> "Person":
        """Fill fields in, each left before the next, as a person does."""
        for name, value in values.items():
            self.field(name).set_value(value).run()
        return self.fine()

    def value(self, name: str):
        return self.field(name).value

    def click(self, name: str) -> "Person":
        (button,) = [b for b in self.at.button if re.fullmatch(rf"catat-{name}-\d+", b.key or "")]
        button.click().run()
        return self.fine()

    def save(self, **values) -> "Person":
        return self.fill(**values).click("save")

    @property
    def number(self) -> str | None:
        """The number that stands large on the page."""
        found = re.search(r"<b>([A-Z]{3}-\d{4}-\d{5})</b>", self.text)
        return found[1] if found else None

    @property
    def text(self) -> str:
        return "\n".join(body for _, body in bodies(self.at))

    @property
    def refusals(self) -> list[str]:
        return errors(self.at)

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(link.proto.page, link.proto.query_string) for link in self.at.get("page_link")]


@pytest.fixture
def kota(desk):
    return Person()


def case_of(desk, number):
    return commands.case_of(desk, number, who(desk, "kota"))


def draft_of(desk, username="kota"):
    return drafts.load(desk.register, who(desk, username), "catat")


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(file, "JPEG")
    return file.getvalue()


def test_a_whole_complaint(desk, kota):
    kota.save(
        phone=PHONE, name=NAME, text=TEXT, happened="sejak Senin", kelurahan="33.75.02.1007", address="Jl. Melati 5",
        landmark="depan SD", point="https://maps.google.com/?q=-6.8898,109.6753", category="drainage",
        files=[("foto.jpg", picture(), "image/jpeg")],
    )  # fmt: skip
    view = queries.case_view(desk.register, who(desk, "kota"), kota.number)
    case = view.case
    assert (case.channel, case.kind, case.category, view.kelurahan) == ("TLP", "complaint", "drainage", "Poncol")
    assert (case.address, case.latitude, case.longitude) == ("Jl. Melati 5 (patokan: depan SD)", -6.8898, 109.6753)
    assert (view.reporter, view.phone) == (NAME, "628123456789")
    assert [m["text"] for m in view.conversation] == [f"{TEXT}\n\nWaktu kejadian: sejak Senin"]
    assert [(file["filename"], file["source"]) for file in view.media] == [("foto.jpg", "staff")]
    assert case.elements == "identity,what,who,where_when,evidence"
    assert ("aduan", f"no={case.number}") in kota.links
    assert "Masuk Triase, tenggat " in kota.text
    assert list(check.differences(desk.register)) == []


def test_after_saving_the_form_is_empty_and_the_channel_stays(desk, kota):
    kota.save(channel="EML", phone="endang@contoh.id", name=NAME, text=TEXT, confidential=True)
    assert case_of(desk, kota.number).confidential
    assert [kota.value(name) for name in ("phone", "name", "text", "confidential")] == ["", "", "", False]
    assert kota.value("channel") == "EML"
    assert draft_of(desk) is None
    # Tomorrow too, and for this person alone.
    assert (Person().value("channel"), Person("kota2").value("channel")) == ("EML", "TLP")


def test_the_fields_stand_in_the_order_of_asking(kota):
    order = re.findall(r'id: "[^"]*catat-([a-z_]+)-0"', text_of(kota.at))
    assert order == [
        "channel", "phone", "by_whatsapp", "name", "text", "happened", "kelurahan", "address", "landmark", "point",
        "category", "kind", "confidential", "files", "save", "empty", "sure",
    ]  # fmt: skip


def test_each_kind_says_what_it_means(kota):
    assert set(report_form.KIND_MEANS) == set(KINDS)
    for kind in KINDS:
        kota.fill(kind=kind)
        assert report_form.KIND_MEANS[kind][1] in [caption.value for caption in kota.at.caption]
    assert not [text for means in report_form.KIND_MEANS.values() for text in means if ENGLISH.search(text)]


@pytest.mark.parametrize("choice", [{"kind": "official"}, {"category": "official"}])
def test_a_complaint_about_an_official_is_confidential_without_being_asked(desk, kota, choice):
    kota.fill(**choice)
    assert not kota.shows("confidential")
    assert "selalu rahasia" in text_of(kota.at)
    kota.save(phone=PHONE, name=NAME, text=TEXT)
    assert case_of(desk, kota.number).confidential


def test_a_known_person_is_found_at_once_with_what_may_be_the_same_matter(desk, kota):
    first = take_in(desk, "Lampu mati", phone="628123456789", name="Mama Alya", now=later(days=-2))
    secret = take_in(desk, "Petugas minta uang", phone="628123456789", name="Mama Alya")
    commands.classify(desk, press(desk, secret, "kota"), confidential=True)
    kota.fill(phone=PHONE)
    assert "Pelapor dikenal: Mama Alya</b>, 1 aduan" in kota.text
    assert "mungkin hal yang sama" in kota.text
    assert f"href='/aduan?no={first.number}'" in kota.text
    assert "“Lampu mati”" in kota.text
    assert secret.number not in kota.text
    assert "Petugas minta uang" not in kota.text
    assert (kota.field("name").placeholder, kota.value("name")) == ("Mama Alya", "")
    assert "Nama dikosongkan: aduan dicatat atas nama itu." in kota.text
    kota.save(text=TEXT)
    assert case_of(desk, kota.number).contact_id == first.contact_id


def test_what_the_officer_says_of_a_known_person_stands(desk, kota):
    wrote = take_in(desk, "Lampu mati", phone="628123456789", name="Mama Alya")
    kota.fill(phone=PHONE)
    assert kota.value("by_whatsapp")
    kota.fill(name=NAME, by_whatsapp=False)
    assert "Nama lain: aduan ini dicatat atas nama yang tertulis di atas." in kota.text
    kota.fill(phone="0812 3456 7890")
    assert "Pelapor dikenal" not in kota.text
    kota.save(phone=PHONE, text=TEXT, by_whatsapp=False)
    view = queries.case_view(desk.register, who(desk, "kota"), kota.number)
    assert (view.reporter, view.by_whatsapp) == (NAME, False)
    assert queries.case_view(desk.register, who(desk, "kota"), wrote.number).reporter == "Mama Alya"


def test_the_mark_for_whatsapp_goes_with_the_number(desk, kota):
    take_in(desk, "Lampu mati", phone="628123456789", name="Mama Alya")
    for phone, marked in ((PHONE, True), ("0899 111 2222", False), (PHONE, True), ("", False)):
        kota.fill(phone=phone)
        assert kota.value("by_whatsapp") == marked
    kota.save(phone=PHONE, name=NAME, text=TEXT)
    assert "nama pada nomor WhatsApp ini diganti" not in kota.text
    kota.fill(phone=PHONE, name="Endang L")
    assert "nama pada nomor WhatsApp ini diganti" in kota.text


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("0812 34", True), ("0812 3456 78900812 3456 7890", True), (PHONE, False), ("0285 421234", False),
        ("endang@contoh.id", False), ("@endang_pkl", False), ("", False), ("-", False),
    ],
)  # fmt: skip
def test_a_number_of_too_few_or_too_many_digits_is_seen_while_the_caller_is_there(kota, typed, warned):
    kota.fill(phone=typed)
    assert ("Jumlah angkanya tidak seperti nomor telepon" in " ".join(w.value for w in kota.at.warning)) == warned


def test_an_ended_complaint_is_told_as_the_last_one(desk, kota):
    case = take_in(desk, "Lampu mati", phone="628123456789")
    commands.withdraw(desk, press(desk, case, "kota"), note="Sudah menyala")
    kota.fill(phone=PHONE)
    assert f"Terakhir: <a href='/aduan?no={case.number}'" in kota.text
    assert "Dicabut" in kota.text
    assert "mungkin hal yang sama" not in kota.text


def test_what_people_wrote_is_shown_as_text(desk, kota):
    take_in(desk, MARKUP, phone="628123456789", name=f"<b>{MARKUP}")
    kota.fill(phone=PHONE)
    assert "&lt;b&gt;" in kota.text
    for kind, body in bodies(kota.at):
        assert "<img src=x" not in body, kind
        assert "tautan](http" not in body or kind == "html", kind


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-6,8898 109,6753", "mlat=-6.889800&amp;mlon=109.675300#map=18"),
        ("-6.2088, 106.8456", "di luar Kota Pekalongan, sekitar 323 km"),
        ("depan pasar", "Titik peta itu tidak terbaca"),
        ("https://maps.app.goo.gl/x", "Tautan pendek tidak memuat titiknya"),
    ],
)
def test_a_point_is_read_back_when_the_field_is_left(kota, typed, said):
    kota.fill(point=typed)
    assert said in kota.text
    assert kota.value("point") == typed


def test_a_point_outside_the_city_is_kept_all_the_same(desk, kota):
    kota.save(phone=PHONE, name=NAME, text=TEXT, point="-6.2088, 106.8456")
    assert case_of(desk, kota.number).latitude == -6.2088


@pytest.mark.parametrize(
    ("given", "code", "details"),
    [
        ({"name": " "}, "missing_name", {}),
        ({"text": ""}, "missing_text", {}),
        ({"text": "x" * 5001}, "text_too_long", {"length": 5001, "limit": 5000}),
        ({"phone": "endang@contoh.id", "by_whatsapp": True}, "not_a_phone", {}),
        ({"point": "depan pasar"}, "not_a_point", {}),
        ({"point": "https://maps.app.goo.gl/x"}, "short_link", {}),
        ({"files": [("surat.pdf", b"bukan PDF", "application/pdf")]}, "file_type", {}),
        ({"channel": "LOK", "way": "answer"}, "missing_answer", {}),
        ({"channel": "LOK", "way": "escalate"}, "missing_note", {}),
        ({"channel": "LOK", "way": "answer", "said": "x" * 3001}, "text_too_long", {"length": 3001, "limit": 3000}),
    ],
)
def test_a_refusal_says_what_to_do_and_keeps_everything(desk, kota, given, code, details):
    values = {"phone": PHONE, "name": NAME, "text": TEXT, "landmark": "depan SD", "kelurahan": "33.75.02.1007"} | given
    before = everything(desk)
    kota.save(**values)
    assert kota.refusals == [words.refusal(channels.RuleBroken(code, **details))]
    assert kota.number is None
    assert everything(desk) == before
    for name, value in values.items():
        assert name == "files" or kota.value(name) == value
    assert draft_of(desk).body["fields"]["landmark"] == "depan SD"
    mended = {"name": NAME, "text": TEXT, "phone": PHONE, "point": "", "files": []}
    mended |= {"said": "Sudah dijelaskan."} if "way" in given else {}
    kota.save(**{name: value for name, value in mended.items() if name in given or name == "said"})
    assert (kota.refusals, kota.number is None) == ([], False)


def test_what_comes_after_the_number_says_how_the_reporter_will_hear(desk, kota):
    kota.save(phone=PHONE, name=NAME, text=TEXT, by_whatsapp=True)
    assert "Jawabannya dikirim ke WhatsApp pelapor." in kota.text
    kota.save(phone="endang@contoh.id", name=NAME, text=TEXT)
    assert "Jawabannya nanti disampaikan lewat Telepon pelapor." in kota.text
    kota.save(name=NAME, text=TEXT)
    assert "Tanpa kontak: pelapor baru dapat diberi tahu bila menghubungi lagi." in kota.text


def test_the_counter_answers_on_the_spot(desk, kota):
    kota.fill(channel="TLP")
    assert not kota.shows("way")
    kota.save(channel="LOK", name=NAME, text=TEXT, way="answer", said="Sudah dijelaskan.")
    case = case_of(desk, kota.number)
    assert (case.state, case.result_text, case.ended_at is not None) == ("answered", "Sudah dijelaskan.", True)
    assert "Dijawab di loket. Aduan ini selesai." in kota.text
    assert messages(desk, case) == []


def test_the_counter_gives_it_to_the_official_who_has_nobody_above(desk, kota):
    kota.save(channel="LOK", name=NAME, text=TEXT, way="escalate", said="Perlu keputusan.")
    assert case_of(desk, kota.number).escalated == "end"
    assert "Pejabat Dinkominfo, yang menanganinya sampai selesai" in kota.text
    pejabat = Person("pejabat").fill(channel="LOK")
    assert pejabat.field("way").options == [report_form.WAYS[way] for way in ("triage", "answer")]


def test_an_answer_for_the_counter_is_not_given_by_telephone(desk, kota):
    kota.fill(channel="LOK", way="answer", said="Sudah dijelaskan.")
    kota.save(channel="TLP", phone=PHONE, name=NAME, text=TEXT)
    assert case_of(desk, kota.number).state == "received"


def test_a_draft_is_found_in_a_new_session_and_by_nobody_else(desk, kota):
    values = {
        "channel": "LOK", "phone": PHONE, "by_whatsapp": True, "name": NAME, "text": TEXT, "happened": "sejak Senin",
        "kelurahan": "33.75.02.1007", "address": "Jl. Melati 5", "landmark": "depan SD", "point": "-6.8898, 109.6753",
        "category": "drainage", "kind": "wish", "confidential": True, "way": "answer", "said": "Sudah dijelaskan.",
    }  # fmt: skip
    kota.fill(**values)
    again = Person()
    assert {name: again.value(name) for name in values} == values
    assert any(caption.value.startswith("Konsep dari ") for caption in again.at.caption)
    for other in ("kota2", "pejabat"):
        stranger = Person(other)
        assert NAME not in text_of(stranger.at)
        assert stranger.value("text") == ""
    again.click("save")
    assert case_of(desk, again.number).state == "answered"
    assert draft_of(desk) is None
    assert Person().value("text") == ""


def test_a_draft_is_written_when_a_field_is_left_and_only_then(desk, kota):
    assert draft_of(desk) is None
    kota.fill(channel="EML", kind="wish")
    assert draft_of(desk) is None, "choices that are filled in from the start are no draft"
    kota.fill(name=NAME)
    saved_at = draft_of(desk).saved_at
    kota.at.run()
    assert draft_of(desk).saved_at == saved_at
    kota.fill(name="")
    assert draft_of(desk) is None


def test_a_draft_is_there_after_another_page_was_looked_at(desk, kota):
    kota.fill(phone=PHONE, text=TEXT, category="drainage")
    kota.at.switch_page("daftar.py").run()
    kota.at.switch_page("catat.py").run()
    kota.fine()
    assert [kota.value(name) for name in ("phone", "text", "category")] == [PHONE, TEXT, "drainage"]


def test_what_the_counter_typed_is_there_when_the_channel_comes_back(desk, kota):
    kota.fill(channel="LOK", way="answer", said="Sudah dijelaskan.")
    kota.fill(channel="TLP")
    kota.fill(channel="LOK")
    assert (kota.value("way"), kota.value("said")) == ("answer", "Sudah dijelaskan.")


def test_files_are_not_in_a_draft_and_it_says_so(desk, kota):
    kota.fill(text=TEXT, files=[("foto <b>.jpg", picture(), "image/jpeg")])
    assert "Berkas tidak ikut tersimpan dalam konsep" in text_of(kota.at)
    again = Person()
    assert "Pilih lagi: foto &lt;b&gt;.jpg." in again.text
    again.fill(landmark="depan SD")
    assert "Pilih lagi: foto" in again.text
    again.fill(files=[("foto.jpg", picture(), "image/jpeg")])
    assert "Pilih lagi: foto" not in again.text


def test_a_choice_that_is_gone_is_left_out_of_a_draft_and_the_rest_stays(desk, kota):
    kota.fill(text=TEXT, category="drainage", kelurahan="33.75.02.1007")
    with desk.register.atomic() as cursor:
        cursor.execute("update category set active = false where code = 'drainage'")
    again = Person()
    assert [again.value(name) for name in ("text", "category", "kelurahan")] == [TEXT, "", "33.75.02.1007"]


def test_emptying_the_form_asks_once_and_forgets_the_draft(desk, kota):
    kota.fill(phone=PHONE, text=TEXT)
    assert "Semua isian dan konsepnya dihapus." in [text.value for text in kota.at.markdown]
    kota.click("sure")
    assert [kota.value("phone"), kota.value("text")] == ["", ""]
    assert draft_of(desk) is None
    assert check.count(desk.register)[0] == 0


def test_a_crash_before_the_outcome_was_seen_is_told_and_makes_no_second_complaint(desk, kota, monkeypatch):
    def crash(*args):
        raise duckdb.IOException("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(form_drafts.Form, "done", crash)
        kota.fill(phone=PHONE, name=NAME, text=TEXT)
        kota.at.button(key="catat-save-0").click().run()
    (number,) = [n for (n,) in ask(desk, "select number from complaint")]
    again = Person()
    assert f"sudah tersimpan sebagai {number} (Diterima)" in again.text
    again.click("save")
    assert again.number == number
    assert check.count(desk.register)[0] == 1
    assert draft_of(desk) is None


def test_a_crash_between_recording_and_answering_loses_nothing(desk, kota, monkeypatch):
    def crash(*args, **more):
        raise duckdb.IOException("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(commands, "answer", crash)
        kota.fill(channel="LOK", name=NAME, text=TEXT, way="answer", said="Sudah dijelaskan.")
        kota.at.button(key="catat-save-0").click().run()
    again = Person()
    assert "(Diterima)" in again.text
    assert again.value("said") == "Sudah dijelaskan."
    # Even when the answer is worded anew before the second try.
    again.save(said="Sudah dijelaskan dua kali.")
    case = case_of(desk, again.number)
    assert (case.state, case.result_text) == ("answered", "Sudah dijelaskan dua kali.")
    assert check.count(desk.register)[0] == 1


def test_when_somebody_was_faster_after_a_crash_the_number_is_told(desk, kota, monkeypatch):
    def crash(*args, **more):
        raise duckdb.IOException("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(commands, "answer", crash)
        kota.fill(channel="LOK", name=NAME, text=TEXT, way="answer", said="Sudah dijelaskan.")
        kota.at.button(key="catat-save-0").click().run()
    (case,) = queries.waiting_for_triage(desk.register, who(desk, "kota"))
    in_progress(desk, case_of(desk, case["number"]))
    again = Person().click("save")
    (said,) = again.refusals
    assert said.startswith(f"Aduan sudah tersimpan sebagai {case['number']}; langkah sesudahnya belum.")
    assert "Ditindaklanjuti" in said
    assert again.value("said") == "Sudah dijelaskan."


def test_two_open_tabs_with_one_draft_make_two_complaints_of_two_texts(desk, kota):
    kota.fill(phone=PHONE, name=NAME, text=TEXT)
    other = Person()
    kota.click("save")
    other.save(text="Lampu mati di gang")
    assert kota.number != other.number
    assert check.count(desk.register)[0] == 2


def test_the_page_speaks_indonesian(kota):
    kota.fill(channel="LOK", way="escalate", point="-6.2, 106.8")
    shown = [getattr(w.proto, part, "") for w in kota.at.main for part in ("label", "placeholder", "help")]
    shown += [
        re.sub(r"<script>.*</script>|<style>.*</style>|<[^>]*>", " ", body, flags=re.S) for _, body in bodies(kota.at)
    ]
    assert len(shown) > 20
    assert [text for text in shown if ENGLISH.search(str(text))] == []


def test_nothing_that_people_typed_gets_into_the_script_that_moves_the_cursor(desk, kota):
    kota.save(phone=MARKUP, name=MARKUP, text="</script>" + MARKUP, point="x")
    scripts = [w.proto.body for w in kota.at.get("html") if "<script>" in w.proto.body]
    assert len(scripts) == 3  # two that move the cursor, and Streamlit's own words
    assert all(script.count("</script>") == 1 and "onerror" not in script for script in scripts)


def test_no_typed_value_reaches_a_log(desk, kota, caplog):
    caplog.set_level("DEBUG")
    kota.save(phone=PHONE, name="Zulaikha Rahasia", text="Kalimat rahasia", point="depan pasar")
    kota.save(point="")
    assert kota.number
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("streamlit"))
    assert "Zulaikha" not in logged
    assert "Kalimat rahasia" not in logged
