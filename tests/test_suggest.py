"""Suggestions of category and department: rules while there is little history, then what the register has decided."""

import itertools
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import house
from pages.parts import suggestions as shown
from store import suggest
from store.clock import now as clock_now
from store.db import insert
from store.suggest import apart, keywords, model
from store.suggest.model import FLOOR, LEAST_CASES, Decided, Suggestions

from .cases import ask, new_desk
from .postbox import change

# Written for this test: plain, hasty, with slips of the thumb, and as people in Pekalongan speak.
EXAMPLES = [
    ("Jalan depan rumah kami berlubang besar, sudah banyak motor jatuh", "road"),
    ("Aspal di Jl. Gajah Mada mengelupas dan ambles", "road"),
    ("jln rusak parah min, kpn diaspal", "road"),
    ("dalane bolong-bolong pak, mbok ndang ditambal", "road"),
    ("Paving gang kami banyak yang lepas", "road"),
    ("Jembatan penyeberangan di Kuripan lantainya keropos", "road"),
    ("trotoarr pecah pecah bikin kesandung", "road"),
    ("Selokan mampet, airnya luber ke teras", "drainage"),
    ("got depan toko buntet pak ambune badheg", "drainage"),
    ("gorong-gorong tersumbat tanah, tolong dikeruk", "drainage"),
    ("genangan tidak surut surut habis hujan sebentar", "drainage"),
    ("sellokan di gang 4 penuh lumpur", "drainage"),
    ("Banjir setinggi lutut di Tirto, mohon perahu karet", "flood"),
    ("rob masuk rumah terus tiap sore", "flood"),
    ("Tanggul sungai jebol min cepat", "flood"),
    ("omahku kebanjiran pak wis telung dino", "flood"),
    ("rumah pompa tidak dinyalakan padahal air laut naik", "flood"),
    ("Lampu jalan mati sepanjang gang", "street_light"),
    ("PJU padam tiga titik dekat kuburan", "street_light"),
    ("lampune dalan pejah pak, peteng ndedet", "street_light"),
    ("lmpu jalan kedip kedip", "street_light"),
    ("minta penerangan umum di jalan inspeksi", "street_light"),
    ("Pohon besar miring hampir menimpa atap", "tree"),
    ("dahan patah nyangkut di kabel", "tree"),
    ("wit asem ning pinggir dalan arep rubuh", "tree"),
    ("Taman kota rumputnya tinggi sekali", "tree"),
    ("Sampah menumpuk tidak diangkut seminggu", "waste"),
    ("uwuh numpuk nang pinggir kali", "waste"),
    ("truk smapah ga lewat lewat", "waste"),
    ("TPS meluber sampai badan jalan", "waste"),
    ("Limbah batik dibuang langsung, sungai jadi merah", "pollution"),
    ("asap pabrik bikin sesak napas tiap malam", "pollution"),
    ("pencemaran dari cucian jins, airnya hitam", "pollution"),
    ("Parkir liar di depan pertokoan bikin macet", "traffic"),
    ("lampu merah di perempatan mati, semrawut", "traffic"),
    ("bangjo ponolawen rusak", "traffic"),
    ("juru parkir minta lima ribu tanpa karcis", "traffic"),
    ("lampu lalu lintas tidak nyala", "traffic"),
    ("PKL menutup trotoar dan tidak mau pindah", "public_order"),
    ("karaoke bising sampai jam dua pagi", "public_order"),
    ("bocah do mendem nang pos ronda, njaluk dirazia mirase", "public_order"),
    ("balap liar tiap malam minggu", "public_order"),
    ("KTP saya belum jadi sudah tiga bulan", "civil_registry"),
    ("mau urus akta kelahiran syaratnya apa", "civil_registry"),
    ("KK salah cetak nama anak", "civil_registry"),
    ("ngurus KTP kok suwe nemen pak", "civil_registry"),
    ("Bansos tidak pernah dapat padahal janda tua", "social_aid"),
    ("PKH ibu saya dicoret tanpa alasan", "social_aid"),
    ("Atap kelas SDN bocor, murid kehujanan", "education"),
    ("pungutan uang gedung di sekolah negeri memberatkan wali murid", "education"),
    ("Puskesmas antre lama sekali, dokternya cuma satu", "health"),
    ("banyak nyamuk, minta fogging karena ada yang kena DBD", "health"),
    ("bpjs saya nonaktif, mau berobat tidak bisa", "health"),
    ("Air PDAM mati dua hari", "water"),
    ("banyu pdam butek pak, ora iso nggo masak", "water"),
    ("pipa bocor di jalan raya air terbuang", "water"),
    ("Rumah nenek tidak layak huni, ajukan RTLH bagaimana", "housing"),
    ("jamban umum rusak, minta bantuan MCK", "housing"),
    ("Los pasar bocor dan becek", "market"),
    ("gas melon langka, harga tiga puluh ribu", "market"),
    ("Gaji saya dua bulan tidak dibayar perusahaan", "employment"),
    ("info lowongan kerja dan pelatihan kerja BLK", "employment"),
    ("NIB saya tidak bisa terbit di OSS", "permit"),
    ("urus izin usaha warung makan di mana", "permit"),
    ("petugas minta uang rokok waktu urus surat", "official"),
    ("ada oknum pegawai kelurahan pungli", "official"),
    ("bayar PBB online caranya bagaimana", "other"),
    ("vaksin rabies kucing gratis kapan", "other"),
]
UNSURE = [
    "",
    "   ",
    "🙏🙏",
    "halo min",
    "Assalamualaikum wr wb",
    "p",
    "terima kasih banyak pak",
    "x" * 4000,
    "1234567890",
]
# A word that no rule knows, with a category and a department that no rule would give it.
STRANGE = "gapura kethoprak miring"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("suggest")) as desk:
        yield desk


@pytest.fixture
def suggestions(desk):
    return Suggestions(desk.register)


_ids = itertools.count(1_000_000)


def remember(desk, text: str, category: str | None, department: str | None = None, **more) -> int:
    """A decided case in the register, as `decided` reads it."""
    complaint_id, now = next(_ids), clock_now()
    row = {
        "id": complaint_id, "number": f"WEB-2026-{complaint_id}", "channel": "WEB", "kind": "complaint",
        "state": "closed", "contact_id": 1, "received_at": now, "state_since": now, "summary": text,
        "category": category, "department": department, "accepted_at": now if department else None,
        "confidential": False, "call_reporter": False, "unread": False, "message_count": 1, "media_count": 0,
        "returned_count": 0, "reopened_count": 0, "version": 1,
    } | more  # fmt: skip
    with desk.register.atomic() as cursor:
        insert(cursor, "complaint", [row])
    hear(desk, complaint_id, text)
    return complaint_id


def hear(desk, complaint_id: int, text: str, kind: str = "text", **more) -> None:
    message = {
        "id": next(_ids), "wamid": f"w{next(_ids)}", "contact_id": 1, "complaint_id": complaint_id, "kind": kind,
        "text": text, "sent_at": clock_now(), "received_at": clock_now(), "inbox_id": 0, "raw": "{}",
    } | more  # fmt: skip
    with desk.register.atomic() as cursor:
        insert(cursor, "message_in", [message])


def past(*more: Decided, cases: int = 240) -> list[Decided]:
    """History enough to learn from: three kinds of complaints in several wordings each."""
    wordings = [
        ("Jalan berlubang di tikungan nomor {}", "road", "DPUPR"),
        ("Aspal jalan mengelupas sepanjang {} meter", "road", "DPUPR"),
        ("Lampu jalan mati {} titik", "street_light", "DISHUB"),
        ("Tiang penerangan miring nomor {}", "street_light", "DISHUB"),
        ("Sampah menumpuk {} hari tidak diangkut", "waste", "DLH"),
        ("Bak sampah penuh di gang {}", "waste", "DLH"),
    ]
    made = [
        Decided(text.format(n), category, department)
        for n in range(cases // 6)
        for text, category, department in wordings
    ]
    return [*made, *more]


def strange(count: int = 30) -> list[Decided]:
    return [Decided(f"{STRANGE} sisi ke-{n}", "market", "DINDIK") for n in range(count)]


@pytest.mark.parametrize(("text", "category"), EXAMPLES)
def test_the_rules_know_what_people_mean(suggestions, text, category):
    found = suggestions.category(text)
    assert found is not None, keywords.ranked(text)
    assert (found.code, found.source) == (category, "keywords")
    assert found.confidence >= keywords.FLOOR
    assert found.why.startswith("ada kata “")


def test_there_are_enough_examples_and_one_of_every_category(desk):
    assert len(EXAMPLES) >= 60
    assert {code for _, code in EXAMPLES} == {code for (code,) in ask(desk, "select code from category")}


@pytest.mark.parametrize("text", UNSURE)
def test_where_nothing_is_said_nothing_is_suggested(suggestions, text):
    assert suggestions.category(text) is None
    assert suggestions.department(text) is None


def test_where_two_things_are_said_alike_nothing_is_suggested(suggestions):
    assert suggestions.category("pohon, sampah") is None


def test_a_landmark_is_no_subject(suggestions):
    for place in (
        "depan SD Medono 03",
        "dekat Puskesmas Bendan",
        "di belakang Pasar Banjarsari",
        "Jl. Tentara Pelajar",
    ):
        found = suggestions.category(f"Lampu jalan mati {place}")
        assert (found.code, "mati" in found.why) == ("street_light", True)


def test_the_rules_name_the_words_they_went_by(suggestions):
    assert suggestions.category("lmpu jalan di gang mati pak").why == "ada kata “lampu jalan”, “mati”"


def test_every_rule_can_be_met():
    """A phrase of small words only would never be found, one of a category that is not seeded never used."""
    for code, tiers in keywords.RULES.items():
        for phrases in tiers.values():
            for phrase in (phrase.strip() for phrase in phrases.split(",")):
                assert code in {hit.code for hit in keywords.ranked(phrase)}, phrase


def test_the_model_learns_what_no_rule_knows(suggestions):
    assert suggestions.category(STRANGE) is None
    assert suggestions.train(past(*strange()))
    found = suggestions.category(f"{STRANGE} lagi")
    assert (found.code, found.source, found.why) == ("market", "history", "menurut 270 aduan sebelumnya")
    assert FLOOR <= found.confidence <= 1
    assert suggestions.department(f"{STRANGE} lagi", "market").code == "DINDIK"
    assert suggestions.department(f"{STRANGE} lagi").code == "DINDIK"


def test_the_model_learns_the_department_within_a_category(suggestions):
    paving = [Decided(f"Paving gang {n} lepas dan bergelombang", "road", "DINPERKIM") for n in range(40)]
    suggestions.train(past(*paving))
    assert suggestions.department("Paving di gang kami lepas", "road").code == "DINPERKIM"
    assert suggestions.department("Aspal jalan mengelupas", "road").code == "DPUPR"


def test_the_model_heeds_the_category_that_staff_chose(suggestions):
    words, places = "Bangunan retak nomor", (("road", "DPUPR"), ("housing", "DINPERKIM"))
    suggestions.train(past(*(Decided(f"{words} {n}", *place) for n in range(60) for place in places)))
    for category, department in places:
        found = suggestions.department(words, category)
        assert (found.code, found.source) == (department, "history")


def test_what_history_does_not_know_the_rules_still_answer(suggestions):
    suggestions.train(past())
    found = suggestions.category("KTP saya belum dicetak, kartu keluarga juga")
    assert (found.code, found.source) == ("civil_registry", "keywords")
    assert suggestions.department("KTP saya belum dicetak, kartu keluarga juga").code == "DINDUKCAPIL"


@pytest.mark.parametrize(
    "cases",
    [past()[: LEAST_CASES - 1], [Decided("Jalan berlubang", "road", "DPUPR")] * 400, []],
    ids=["too few", "of one kind", "none"],
)
def test_with_little_history_the_rules_answer(suggestions, cases):
    assert suggestions.train(cases) is False
    assert suggestions.category("Lampu jalan mati").source == "keywords"


def test_a_category_of_few_cases_is_not_learnt(suggestions):
    suggestions.train(past(*strange(4)))
    assert "market" not in suggestions.categories.labels
    suggestions.train(past(*strange(5)))
    assert "market" in suggestions.categories.labels


def test_the_same_history_gives_the_same_suggestions(desk):
    texts = [text for text, _ in EXAMPLES]
    answers = []
    for _ in range(2):
        one = Suggestions(desk.register)
        one.train(past(*strange()))
        answers.append([one.categories.ranked(model.document(text)) for text in texts])
    assert answers[0] == answers[1]


def test_the_chances_of_all_categories_add_up_to_one(suggestions):
    suggestions.train(past(*strange()))
    ranked = suggestions.categories.ranked(model.document("lampu jalan mati"))
    assert sum(chance for _, chance in ranked) == pytest.approx(1)
    assert [chance for _, chance in ranked] == sorted((chance for _, chance in ranked), reverse=True)


@pytest.mark.parametrize(("chance", "answered"), [(FLOOR - 0.01, False), (FLOOR, True)])
def test_what_history_is_not_sure_of_is_not_suggested(suggestions, monkeypatch, chance, answered):
    suggestions.train(past())
    for learnt in (suggestions.categories, suggestions.departments):
        ranked = [(learnt.labels[0], chance), (learnt.labels[1], 1 - chance)]
        monkeypatch.setattr(learnt, "ranked", lambda document, ranked=ranked: ranked)
    assert (suggestions.category("gapura kethoprak") is not None) == answered
    assert suggestions.department("gapura kethoprak", "other") is None
    assert (suggestions.department("gapura kethoprak") is not None) == answered
    assert suggestions.category("Lampu jalan mati").source == ("history" if answered else "keywords")


@pytest.fixture
def inactive(desk):
    """A category and a department that the administrator has taken out of use."""
    change(desk, "update category set active = false where code = 'street_light'")
    change(desk, "update department set active = false where code = 'DLH'")
    yield
    change(desk, "update category set active = true where code = 'street_light'")
    change(desk, "update department set active = true where code = 'DLH'")


@pytest.mark.parametrize("trained", [False, True])
def test_nothing_inactive_is_suggested(suggestions, inactive, trained):
    if trained:
        suggestions.train(past())
        assert suggestions.categories.ranked(model.document("Lampu jalan mati"))[0][0] == "street_light"
        assert suggestions.departments.ranked(model.document("Sampah menumpuk", "waste"))[0][0] == "DLH"
    for text, _ in EXAMPLES:
        found = suggestions.category(text)
        assert found is None or found.code != "street_light"
        for category in (None, "waste", "street_light"):
            found = suggestions.department(text, category)
            assert found is None or found.code != "DLH"
    assert suggestions.department("Sampah menumpuk", "waste") is None


def test_without_history_the_department_is_that_of_the_category(desk, suggestions):
    found = suggestions.department("apa saja", "road")
    assert (found.code, found.source, found.why) == ("DPUPR", "keywords", "OPD yang ditetapkan untuk kategori ini")
    assert suggestions.department("Lampu jalan mati").code == "DISHUB"
    change(desk, "update category set department = 'DINPERKIM' where code = 'road'")
    try:
        assert suggestions.department("apa saja", "road").code == "DINPERKIM"
    finally:
        change(desk, "update category set department = 'DPUPR' where code = 'road'")
    assert suggestions.department("apa saja", "other") is None


def test_a_complaint_about_an_official_goes_by_the_rules_alone(suggestions):
    """Also where the words would remind the model of something else."""
    suggestions.train(past(*(Decided(f"petugas minta uang parkir {n}", "traffic", "DISHUB") for n in range(60))))
    assert suggestions.category("oknum petugas minta uang").code == "official"
    assert suggestions.department("oknum petugas minta uang").code == "INSPEKTORAT"
    assert suggestions.department("oknum petugas minta uang", "official").code == "INSPEKTORAT"


def test_the_register_is_learnt_from_without_secrets_and_without_what_is_not_decided(desk):
    old = clock_now() - timedelta(days=3)
    remember(desk, "pertama", "road", "DPUPR", received_at=old)
    several = remember(desk, "kedua", "waste", "DLH", result_at=clock_now() + timedelta(minutes=1))
    hear(desk, several, "lokasinya di Medono")
    hear(desk, several, "Kartu: Bu Mariyem", kind="contacts")
    hear(desk, several, "👍", kind="reaction")
    hear(desk, several, "terima kasih", received_at=clock_now() + timedelta(hours=1))
    remember(desk, "rahasia", "road", "DPUPR", confidential=True)
    remember(desk, "petugas", "official", "INSPEKTORAT")
    remember(desk, "petugas", "road", "DPUPR", kind="official")
    remember(desk, "tanpa kategori", None, "DPUPR")
    for state in (
        "received",
        "awaiting_reporter",
        "forwarded",
        "returned",
        "reopened",
        "rejected",
        "withdrawn",
        "archived",
    ):
        remember(desk, state, "road", "DPUPR", state=state)
    remember(desk, "dijawab", "permit", state="answered")
    remember(desk, "belum diterima OPD", "permit", "DPMPTSP", state="answered", accepted_at=None)
    assert model.decided(desk.register) == [
        Decided("pertama", "road", "DPUPR"),
        Decided("kedua\nlokasinya di Medono", "waste", "DLH"),
        Decided("dijawab", "permit", None),
        Decided("belum diterima OPD", "permit", None),
    ]
    assert [case.text for case in model.decided(desk.register, limit=1)] == ["belum diterima OPD"]


def test_it_learns_by_itself_and_again_only_when_there_is_news(desk, suggestions, monkeypatch):
    trained, ended = [], threading.Event()
    monkeypatch.setattr(model, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(model, "EVERY_SECONDS", 0.02)
    monkeypatch.setattr(suggestions, "train_apart", lambda stop: trained.append(desk.register.version))
    worker = threading.Thread(target=suggest.run, args=(suggestions, ended))
    worker.start()
    try:
        until(lambda: len(trained) == 1)
        ended.wait(0.2)
        assert len(trained) == 1
        desk.register.touch()
        until(lambda: len(trained) == 2)
    finally:
        ended.set()
        worker.join(10)
    assert not worker.is_alive()


def until(reached) -> None:
    waited = threading.Event()
    for _ in range(500):
        if reached():
            return
        waited.wait(0.02)
    raise TimeoutError


def test_a_failed_training_is_logged_without_words_of_people_and_tried_again(suggestions, monkeypatch, caplog):
    tries, ended = [], threading.Event()

    def fails(stop):
        tries.append(1)
        raise ValueError(EXAMPLES[0][0])

    monkeypatch.setattr(model, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(model, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(suggestions, "train_apart", fails)
    worker = threading.Thread(target=suggest.run, args=(suggestions, ended))
    worker.start()
    try:
        until(lambda: len(tries) >= 2)
    finally:
        ended.set()
        worker.join(10)
    assert "could not be learnt" in caplog.text
    assert EXAMPLES[0][0] not in caplog.text


def test_the_library_is_loaded_by_the_training_and_not_before():
    code = (
        "import sys\nfrom store import suggest\nfrom store.suggest import keywords, model\n"
        "keywords.ranked('lampu jalan mati')\nbefore = 'sklearn' in sys.modules\n"
        "model.learn([('lampu jalan mati', 'a'), ('sampah', 'b')])\nfew = 'sklearn' in sys.modules\n"
        "model.learn([('lampu jalan mati', 'a'), ('sampah', 'b')] * 200)\nprint(before, few, 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["False", "False", "True"]


@pytest.fixture
def opened(desk):
    """A running app as far as suggestions need it."""
    house.open_house(house.House(desk, None))
    yield
    shown.open_suggestions(None)
    house.open_house(None)


def test_the_pages_ask_what_the_launcher_lets_learn_and_else_the_rules(opened, suggestions):
    assert shown.category_hint("Lampu jalan mati").source == "keywords"
    assert shown.department_hint("Lampu jalan mati").code == "DISHUB"
    suggestions.train(past(*strange()))
    shown.open_suggestions(suggestions)
    assert shown.category_hint("Lampu jalan mati").source == "history"
    assert shown.department_hint(f"{STRANGE} lagi", "market").code == "DINDIK"


def drawn(found: suggest.Suggestion | None) -> list[str]:
    def page(found):
        from pages.parts.suggestions import show_hint

        show_hint(found, "<b>Jalan & jembatan")

    at = AppTest.from_function(page, kwargs={"found": found}, default_timeout=60).run()
    assert [e.message for e in at.exception] == []
    return [element.proto.body for element in at.main.children.values()]


def test_a_hint_says_how_sure_it_is_and_why():
    (body,) = drawn(suggest.Suggestion("road", 0.876, "history", "menurut 1.240 aduan sebelumnya"))
    assert body == (
        "<div class='w-about'>Saran: <b>&lt;b&gt;Jalan &amp; jembatan</b> · keyakinan 88 % · "
        "menurut 1.240 aduan sebelumnya</div>"
    )
    assert "99 %" in drawn(suggest.Suggestion("road", 0.99999, "history", "-"))[0]
    assert drawn(None) == []


def children() -> list[int]:
    """Processes of this one that are still there, also as those that nobody has waited for."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def test_learning_apart_gives_the_same_and_leaves_no_process(suggestions, monkeypatch):
    monkeypatch.setattr(model, "decided", lambda register: past(*strange()))
    before = children()
    assert suggestions.train_apart(threading.Event())
    assert children() == before
    here = Suggestions(suggestions.register)
    here.train(past(*strange()))
    text = model.document(f"{STRANGE} lagi")
    assert suggestions.categories.ranked(text) == here.categories.ranked(text)
    assert suggestions.departments.cases == here.departments.cases


def test_learning_apart_ends_when_the_app_does_and_tells_of_its_errors():
    stop, before = threading.Event(), children()
    stop.set()
    assert apart.apart(time.sleep, 60, stop) is None
    assert children() == before
    with pytest.raises(apart.ChildFailed, match="TypeError"):
        apart.apart(time.sleep, "long")
    with pytest.raises(apart.ChildFailed):
        apart.apart(os._exit, 3)


def test_learning_has_the_lowest_priority():
    assert apart.apart(os.nice, 0) == 19
