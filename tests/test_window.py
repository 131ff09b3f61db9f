"""The 24-hour window: told before anybody writes, judged by when a message goes out; and messages in their order."""

import json
from datetime import datetime, timedelta

import pytest

from pages.door import Sessions
from pages.parts import house
from store import blocking, commands, queries
from store.clock import now as clock_now
from store.desk import Desk
from store.rules import night, texts, window
from store.rules.errors import RuleBroken

from .cases import PHOTO, forwarded, new_desk, press, take_in, who
from .conftest import body, message
from .postbox import Mailbox, agrees, ask, change, empty, one
from .test_pages import page, text_of

LONG = "Kami sudah memeriksa lampu itu. " * 40


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("window")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        mail = Mailbox(desk)
        yield mail
        mail.close()
        house.open_house(None)


@pytest.fixture
def mail(office):
    empty(office.desk)
    change(office.desk, "delete from template")
    change(office.desk, "delete from setting where name = 'templates_read_at'")
    return office


def written_ago(desk, hours: float) -> None:
    change(desk, "update contact set last_inbound_at = ?", clock_now() - timedelta(hours=hours))


def case_of(mail, text: str = "Lampu jalan di Medono mati"):
    mail.take(body(message(text)))
    case = commands.case_of(
        mail.desk, one(mail.desk, "select max(number) as n from complaint")["n"], who(mail.desk, "kota")
    )
    # As if it had come just now, whatever the telephone's clock said.
    written_ago(mail.desk, 0)
    return case


def opened(case, move: str):
    """The page of a case with the form of this move open."""
    at = page("aduan", "kota", no=case.number)
    if move in ("answer", "ask"):
        (choice,) = [w for w in at.segmented_control if w.label == "Langkah"]
        choice.set_value(move).run()
    assert [e.message for e in at.exception] == []
    return at


@pytest.mark.parametrize(
    ("hours", "is_open"), [(0, True), (23.9, True), (23.95, False), (24, False), (25, False), (None, False)]
)
def test_the_window_is_open_for_a_day_but_for_the_last_minutes(hours, is_open):
    now = datetime(2026, 11, 29, 3)
    last = None if hours is None else now - timedelta(hours=hours)
    assert window.is_open(last, now, 24) is is_open


@pytest.mark.parametrize(
    ("here", "morning"),
    [("2026-11-29T22:15", "2026-11-30T05:30"), ("2026-11-30T03:00", "2026-11-30T05:30")],
)
def test_quiet_hours_end_in_the_next_morning(here, morning):
    config = {"quiet_from": "21:00", "quiet_to": "05:30"}
    moment = datetime.fromisoformat(here) - timedelta(hours=7)
    assert night.is_night(moment, config)
    assert night.morning(moment, config) == datetime.fromisoformat(morning) - timedelta(hours=7)


def test_the_page_says_how_long_the_window_is_open_and_then_that_only_a_template_goes(mail):
    case = case_of(mail)
    assert "Jendela WhatsApp terbuka 23 jam 59 menit lagi" in text_of(opened(case, "forward"))
    written_ago(mail.desk, 22.5)
    assert "Jendela WhatsApp tinggal 1 jam 29 menit" in text_of(opened(case, "forward"))
    written_ago(mail.desk, 26)
    said = text_of(opened(case, "forward"))
    assert "Jendela WhatsApp tertutup sejak" in said
    assert "paling banyak 700 huruf, tanpa foto, dokumen, atau tombol" in said


def test_whoever_begins_to_write_is_told_first(mail):
    case = case_of(mail)
    assert [w.value for w in opened(case, "answer").warning] == []
    written_ago(mail.desk, 26)
    assert [w.value for w in opened(case, "forward").warning] == []
    (warning,) = opened(case, "answer").warning
    assert warning.value.startswith(
        "Lebih dari 24 jam sejak pesan terakhir pelapor. Yang terkirim hanya templat singkat"
    )


def test_where_even_the_template_cannot_go_that_is_said_first(mail):
    case = case_of(mail)
    written_ago(mail.desk, 26)
    change(
        mail.desk,
        "insert into template (name, language, status, status_at, heard_at) values (?, 'id', 'REJECTED', ?, ?)",
        texts.NEWS_TEMPLATE,
        clock_now(),
        clock_now(),
    )
    at = opened(case, "answer")
    assert [e.value for e in at.error] == [
        "Templatnya belum dapat dipakai di Meta: pesan TIDAK akan sampai. Telepon pelapor."
    ]


def test_the_preview_shows_the_template_and_what_has_no_room_in_it(mail):
    case = case_of(mail)
    written_ago(mail.desk, 26)
    at = opened(case, "answer")
    (field,) = [w for w in at.text_area if w.label.startswith("Teks untuk pelapor")]
    field.set_value("Sudah kami perbaiki.").run()
    assert "Kabar tentang aduan" in text_of(at)
    assert any("Dikirim sebagai templat: 20 dari 700 huruf." in c.value for c in at.caption)
    field.set_value(LONG).run()
    assert any("lebih panjang dari 700 huruf" in e.value for e in at.error)


def test_what_is_written_at_night_is_judged_by_the_morning(mail, monkeypatch):
    case = case_of(mail)
    written_ago(mail.desk, 20)
    assert "terbuka 3 jam 59 menit" in text_of(opened(case, "forward"))
    morning = clock_now() + timedelta(hours=8)
    monkeypatch.setattr(Desk, "goes_at", lambda desk, moment: morning)
    at = opened(case, "answer")
    assert "Jam tenang: pesan petugas baru terkirim" in text_of(at)
    assert len(at.warning) == 1
    with pytest.raises(RuleBroken) as refused:
        commands.reply(mail.desk, press(mail.desk, case, "kota"), text="Ini fotonya", files=[PHOTO])
    assert refused.value.code == "window_closed"


def test_departments_who_do_not_write_are_not_told_of_the_window(mail):
    case = forwarded(mail.desk, case_of(mail), "DLH")
    assert "Jendela WhatsApp" not in text_of(page("aduan", "opd.dlh", no=case.number))


def shortened(mail):
    """A long answer that went out as a template."""
    case = case_of(mail)
    case = commands.reply(mail.desk, press(mail.desk, case, "kota"), text=LONG)
    change(mail.desk, "update message_out set state = 'delivered'")
    change(mail.desk, "update message_out set form = 'template' where purpose = 'reply'")
    return case


def sent_whole(mail) -> list[dict]:
    return ask(mail.desk, "select * from message_out where purpose = 'full' order by id")


def test_an_answer_to_a_shortened_message_brings_the_whole_once(mail):
    shortened(mail)
    assert sent_whole(mail) == []
    mail.take(body(message("ya")))
    (whole,) = sent_whole(mail)
    assert LONG.strip() in whole["text"]
    assert (whole["state"], whole["created_by"]) == ("queued", "bot")
    assert json.loads(whole["template_params"])[1].endswith(texts.CUT)
    mail.take(body(message("terima kasih")))
    assert len(sent_whole(mail)) == 1
    assert agrees(mail.desk)


@pytest.mark.parametrize("why", ["free", "failed", "other person", "blocked", "long ago"])
def test_the_whole_is_not_sent_where_nobody_waits_for_it(mail, why):
    case = shortened(mail)
    writes = message("ya")
    if why == "free":
        change(mail.desk, "update message_out set form = 'free'")
    elif why == "failed":
        change(mail.desk, "update message_out set state = 'failed' where purpose = 'reply'")
    elif why == "long ago":
        change(mail.desk, "update message_out set created_at = ?", clock_now() - timedelta(days=40))
    elif why == "blocked":
        commands.block(mail.desk, press(mail.desk, case, "kota"), note="Mengumpat")
        (row,) = blocking.listed(mail.desk, who(mail.desk, "kota2"))
        blocking.decide(mail.desk, who(mail.desk, "kota2"), row["id"], True)
    else:
        writes = message("Jalan rusak", wa_id="6285600000099")
    mail.take(body(writes))
    assert sent_whole(mail) == []


def order(desk, case) -> list[str]:
    """What the reporter and staff wrote, as the page has it."""
    view = queries.case_view(desk.register, who(desk, "kota"), case.number)
    return [m["text"] for m in view.conversation if m["created_by"] != "bot"]


def test_messages_stand_in_the_order_in_which_they_were_written(mail):
    desk, now = mail.desk, clock_now().replace(microsecond=0)
    case = take_in(desk, "pertama", now=now - timedelta(hours=3))
    # Minutes ago: written by the telephone's clock, and brought by WhatsApp.
    for text, written, came in (
        ("ketiga", 60, 10),
        ("kedua", 90, 5),
        ("jam yang mustahil", -600, 4),
        ("bertahun-tahun lalu", 60 * 24 * 400, 3),
    ):
        mail.take(body(message(text)), received_at=now - timedelta(minutes=came))
        change(desk, "update message_in set sent_at = ? where text = ?", now - timedelta(minutes=written), text)
    commands.reply(desk, press(desk, case, "kota"), text="dari petugas", now=now - timedelta(minutes=30))
    found = [text if "dari petugas" not in text else "dari petugas" for text in order(desk, case)]
    assert found == ["pertama", "kedua", "ketiga", "dari petugas", "jam yang mustahil", "bertahun-tahun lalu"]
    assert text_of(page("aduan", "kota", no=case.number)).count("baru tiba") == 2


def test_a_message_that_answers_another_shows_which(mail):
    case = case_of(mail, "Lampu <b>mati</b> *sekali* di Medono")
    first = one(mail.desk, "select wamid from message_in")["wamid"]
    mail.take(body(message("Masih mati", context={"id": first})))
    said = text_of(page("aduan", "kota", no=case.number))
    assert "<span class='quote'>↩ Lampu &lt;b&gt;mati&lt;/b&gt; sekali di Medono</span>" in said.replace("\\'", "'")
