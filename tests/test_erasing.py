"""Anonymising: nothing of a person is left anywhere, what is counted stays, and `check` and the chain agree."""

import base64
import os
import random
from datetime import datetime, timedelta

import pytest

from ingest import inbox as bodies
from store import commands, drafts, ledger, retention
from store.check import differences
from store.clock import now as clock_now
from store.erasing import anonymise_complaint, anonymise_contact
from store.evidence import keep, path_of
from store.rules.errors import Conflict, NotFound, RuleBroken

from .cases import PHOTO, add_message, approved, ask, confirm, forwarded, press, read_case, take_in, who
from .conftest import body, message
from .life import live
from .postbox import Mailbox, change

NAME, PHONE, WORDS = "Zulkarnaini", "6285799912345", "kucingoren"
WAMID = "wamid." + base64.b64encode(f"\x1b{PHONE}".encode()).decode()


def text_body(phone: str, text: str) -> bytes:
    return body(message(text, phone))


TRACES = (NAME, PHONE, PHONE[2:], WORDS, WAMID, "Kenanga")
PERSONAL = {"summary", "address", "latitude", "longitude", "result_text", "said", "rating_words"}


def traces(desk) -> list[tuple[str, str, str]]:
    """Where anything of the person is left: (table, column, value), in every text column of every table."""
    columns = ask(
        desk,
        """
        select table_name, column_name from information_schema.columns
        where data_type = 'VARCHAR' and table_schema = 'main'
        """,
    )
    found = []
    for table, column in columns:
        for trace in TRACES:
            query = f'select "{column}" from "{table}" where contains(lower("{column}"), lower(?)) limit 1'
            found += [(table, column, value) for (value,) in ask(desk, query, trace)]
    return found


def counted(desk, complaint_id: int) -> dict:
    """What statistics count of a complaint."""
    return {name: value for name, value in vars(read_case(desk, complaint_id)).items() if name not in PERSONAL} | {
        "assignments": [
            (part.department, part.state, part.forwarded_at) for part in read_case(desk, complaint_id).assignments
        ]
    }


def ended_case(desk):
    """A complaint that says everything of its person, through to its end."""
    case = take_in(desk, f"Saya {NAME}, {WORDS} hilang", phone=PHONE, name=NAME, wamid=WAMID, media_id="m1")
    case = add_message(
        desk, case, f"di Jl. Kenanga 5 {WORDS}", phone=PHONE, name=NAME, latitude=-6.88123, longitude=109.67
    )
    case = commands.note(desk, press(desk, case, "kota"), text=f"Ibu {NAME} menelepon dari {PHONE}")
    facts = {"address": "Jl. Kenanga 5", "category": "waste"}
    case = commands.forward(desk, press(desk, case, "kota"), department="DLH", note=f"Tolong {NAME}", **facts)
    case = commands.accept(desk, press(desk, case, "opd.dlh"))
    case = commands.start(desk, press(desk, case, "opd.dlh"))
    case = commands.submit_result(desk, press(desk, case, "tim.dlh"), text=f"{WORDS} ditemukan", files=[PHOTO])
    case = commands.approve(desk, press(desk, case, "kota"), text=f"{WORDS} ditemukan, Bu {NAME}")
    case = confirm(desk, case)
    change(desk, "update message_out set state = 'read', wamid = ? || id where complaint_id = ?", WAMID, case.id)
    return case


def anonymise(desk, case, now=None) -> None:
    now = now or clock_now()
    with desk.register.atomic() as cursor:
        anonymise_complaint(cursor, case.id, "pejabat", now)
        anonymise_contact(cursor, case.contact_id, "pejabat", now)
    sweep(desk)


def sweep(desk) -> int:
    """As the clocks do it, every half minute, a while later."""
    for path in desk.settings.media.rglob("*"):
        if path.is_file():
            os.utime(path, (0, 0))
    return retention.sweep(desk, lambda values, position: bodies.forget_with(desk.settings.inbox, values, position))


def agrees(desk) -> None:
    assert [str(found) for found in differences(desk.register)] == []
    assert [str(found) for found in ledger.misfits(desk.register)] == []


def test_nothing_of_the_person_is_left_and_all_that_is_counted_is(desk):
    case, other = ended_case(desk), forwarded(desk, take_in(desk))
    found = {table for table, _, _ in traces(desk)}
    assert found >= {
        "contact",
        "contact_identity",
        "complaint",
        "event",
        "message_in",
    }
    before, untouched = counted(desk, case.id), read_case(desk, other.id)
    hashes = ask(desk, "select id, hash, seal, kind, actor, happened_at, to_state from event order by id")
    anonymise(desk, case)
    assert traces(desk) == []
    assert counted(desk, case.id) == before
    assert read_case(desk, other.id) == untouched
    assert ask(desk, "select id, hash, seal, kind, actor, happened_at, to_state from event order by id") == hashes
    assert ask(desk, "select round(latitude, 2) = latitude from complaint where id = ?", case.id) == [(True,)]
    agrees(desk)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_after_random_lives_too(desk, seed):
    dice, now = random.Random(seed), clock_now()
    mine = ended_case(desk)
    cases = [mine, *(take_in(desk, phone=f"6285{n:09d}") for n in range(2))]
    live(desk, cases, dice, 80, now, (RuleBroken, NotFound, Conflict))
    mine = read_case(desk, mine.id)
    if mine.ended_at is None:
        with pytest.raises(RuleBroken, match="still_open"):
            anonymise(desk, mine)
        assert traces(desk)
        agrees(desk)
        return
    change(desk, "update message_out set state = 'sent' where complaint_id = ?", mine.id)
    before = counted(desk, mine.id)
    anonymise(desk, mine)
    assert traces(desk) == []
    assert counted(desk, mine.id) == before
    agrees(desk)


def test_a_message_still_on_its_way_keeps_it_all(desk):
    case = ended_case(desk)
    change(desk, "update message_out set state = 'queued' where complaint_id = ?", case.id)
    before = traces(desk)
    with pytest.raises(RuleBroken, match="message_waiting"):
        anonymise(desk, case)
    assert traces(desk) == before


def test_a_person_with_another_complaint_is_not_yet_anonymous(desk):
    case = ended_case(desk)
    take_in(desk, phone=PHONE, name=NAME)
    with pytest.raises(RuleBroken, match="still_open"):
        anonymise(desk, case)


def test_tampering_with_an_anonymous_complaint_is_noticed(desk):
    case = ended_case(desk)
    anonymise(desk, case)
    ((target,),) = ask(desk, "select min(id) from event where seal is not null")
    change(desk, "update event set data = replace(data, '[dihapus]', 'palsu') where id = ?", target)
    assert next(ledger.misfits(desk.register)).row == target


def test_files_and_bodies_go_and_what_others_use_stays(desk, tmp_path):
    mail = Mailbox(desk)
    try:
        mail.take(text_body(PHONE, f"{WORDS} hilang"), text_body("6281111111111", "Lampu mati"))
        ((contact,), _) = ask(desk, "select id from contact order by id")
        ((number,),) = ask(desk, "select number from complaint where contact_id = ?", contact)
        mine = keep(desk.settings.media, b"OggS mine", "audio/ogg", 1000)
        shared = keep(desk.settings.media, b"OggS shared", "audio/ogg", 1000)
        insert = """
            insert into media (id, complaint_id, source, mime, sha256, state, created_at)
            select nextval('media_id'), id, 'reporter', 'audio/ogg', ?, 'stored', received_at from complaint
            where (contact_id = ?) = ?
        """
        change(desk, insert, mine.sha256, contact, True)
        change(desk, insert, shared.sha256, contact, True)
        change(desk, insert, shared.sha256, contact, False)

        case = read_case(desk, ask(desk, "select id from complaint where number = ?", number)[0][0])
        commands.reject(desk, press(desk, case, "kota"), note="Iseng")
        change(desk, "update message_out set state = 'sent'")
        anonymise(desk, case)
        assert sweep(desk) == 0
        kept = [path.name for path in desk.settings.media.rglob("*") if path.is_file()]
        assert kept == [shared.sha256]
        left = b"".join(path.read_bytes() for path in mail.path.parent.glob("inbox.sqlite*"))
        assert b"6281111111111" in left
        assert PHONE.encode() not in left
        assert WORDS.encode() not in left
        mail.take(text_body("6281111111111", "Masih mati"))
        assert traces(desk) == []
        agrees(desk)
    finally:
        mail.close()


def test_a_body_not_yet_applied_is_not_forgotten(desk):
    mail = Mailbox(desk)
    try:
        mail.take(text_body("6281111111111", "Lampu mati"))
        mail.put(text_body(PHONE, "Baru"))
        retention_position = ask(desk, "select last_id from inbox_position")[0][0]
        assert bodies.forget_with(mail.path, [PHONE], retention_position) == 0
        assert bodies.forget_older(mail.path, clock_now() + timedelta(days=1), retention_position) == 1
        mail.drain()
        assert ask(desk, "select count(*) from complaint") == [(2,)]
    finally:
        mail.close()


# The times that things are kept


def ago(desk, case, days: int) -> None:
    """Move a complaint and its person back in time, in all that retention looks at."""
    change(desk, "update complaint set ended_at = ended_at - to_days(?::integer) where id = ?", days, case.id)
    change(desk, "update contact set last_inbound_at = last_inbound_at - to_days(?::integer), "
           "created_at = created_at - to_days(?::integer) where id = ?", days, days, case.contact_id)  # fmt: skip


def test_what_is_past_its_time_goes_and_nothing_else(desk):
    old, young = ended_case(desk), approved(desk, take_in(desk))
    ago(desk, old, 5 * 365 + 1)
    assert retention.due(desk).complaints == [old.id]
    assert retention.due(desk).contacts == [old.contact_id]
    counts = retention.run(desk)
    assert (counts["complaints"], counts["contacts"], counts["refused"]) == (1, 1, 0)
    sweep(desk)
    assert traces(desk) == []
    assert read_case(desk, young.id).summary
    again = retention.run(desk)
    assert {name: again[name] for name in ("complaints", "contacts", "media")} == {
        "complaints": 0,
        "contacts": 0,
        "media": 0,
    }
    assert [str(found) for found in ledger.misfits(desk.register)] == []


def test_media_goes_before_the_words(desk):
    case = ended_case(desk)
    ago(desk, case, 2 * 365 + 1)
    found = retention.due(desk)
    assert (found.complaints, found.contacts) == ([], [])
    assert len(found.media) == 2
    retention.run(desk)
    assert ask(desk, "select distinct state, sha256, filename from media where complaint_id = ?", case.id) == [
        ("erased", None, None)
    ]
    assert ask(desk, "select count(*) from to_erase where kind = 'file'") == [(1,)]


def test_the_limit_is_the_one_that_was_set(desk):
    case = ended_case(desk)
    ago(desk, case, 400)
    assert retention.due(desk).complaints == []
    change(desk, """insert into config_override values ('retention', '{"complaint_years": 1}')""")
    desk.forget_config()
    assert retention.due(desk).complaints == [case.id]


def test_once_a_night_after_one_o_clock_jakarta_time(desk):
    asked = []

    def forget(before, position):
        asked.append(before)
        return 7

    evening, night = datetime(2027, 3, 1, 17, 30), datetime(2027, 3, 1, 18, 5)
    assert retention.nightly(desk, forget, evening) is None
    assert retention.nightly(desk, forget, night)["bodies"] == 7
    assert retention.nightly(desk, forget, night + timedelta(hours=2)) is None
    assert retention.nightly(desk, forget, night + timedelta(days=1)) is not None
    assert asked[0] == night - timedelta(days=90)
    (newest, _) = retention.runs(desk, who(desk, "admin"))
    assert newest["counts"]["bodies"] == 7
    with pytest.raises(RuleBroken, match="not_allowed"):
        retention.runs(desk, who(desk, "kota"))


def test_a_person_whose_message_still_waits_for_a_choice_or_is_on_its_way_is_not_erased_yet(desk):
    case = ended_case(desk)
    with desk.register.atomic() as cursor:
        anonymise_complaint(cursor, case.id, "pejabat", clock_now())
    change(desk, "insert into message_waiting values ('wamid.x', ?, now()::timestamp, '{}')", case.contact_id)
    with pytest.raises(RuleBroken, match="choice_waiting"), desk.register.atomic() as cursor:
        anonymise_contact(cursor, case.contact_id, "pejabat", clock_now())
    change(desk, "delete from message_waiting")
    change(desk, "update message_out set state = 'queued', complaint_id = null where contact_id = ?", case.contact_id)
    with pytest.raises(RuleBroken, match="message_waiting_person"), desk.register.atomic() as cursor:
        anonymise_contact(cursor, case.contact_id, "pejabat", clock_now())


@pytest.mark.parametrize("written", ["0857-9991-2345", "+62 857 9991 2345", "62857 9991 2345", PHONE])
def test_a_form_half_filled_in_with_the_number_in_any_spelling_is_erased(desk, written):
    case = ended_case(desk)
    drafts.keep(desk.register, who(desk, "kota"), "catat", {"phone": written, "text": "apa saja"})
    drafts.keep(desk.register, who(desk, "kota2"), "catat", {"phone": "0811 1111 1111", "text": "orang lain"})
    anonymise(desk, case)
    assert drafts.load(desk.register, who(desk, "kota"), "catat") is None
    assert drafts.load(desk.register, who(desk, "kota2"), "catat") is not None


def test_a_file_that_was_just_kept_once_more_is_not_swept_away(desk):
    """Between keeping a file and noting it, the sweep of the same file's earlier owner may come."""
    case = ended_case(desk)
    file = keep(desk.settings.media, b"OggS mine", "audio/ogg", 1000)
    path = path_of(desk.settings.media, file.sha256)
    change(desk, "update media set sha256 = ?, state = 'stored' where complaint_id = ?", file.sha256, case.id)
    with desk.register.atomic() as cursor:
        anonymise_complaint(cursor, case.id, "pejabat", clock_now())
    os.utime(path, (0, 0))
    keep(desk.settings.media, b"OggS mine", "audio/ogg", 1000)
    retention.sweep(desk)
    assert path.exists()
    waiting = "select value from to_erase where kind = 'file'"
    assert ask(desk, waiting) == [(file.sha256,)]
    sweep(desk)
    assert not path.exists()
    assert ask(desk, waiting) == []


def test_a_complaint_that_only_passes_for_anonymous_is_named(desk):
    """Its time would never come: nightly erasing leaves out what is anonymous already."""
    done = confirm(desk, approved(desk, take_in(desk)))
    assert list(ledger.misfits(desk.register)) == []
    change(desk, "update complaint set anonymised_at = ended_at where id = ?", done.id)
    (found,) = ledger.misfits(desk.register)
    assert (found.chain, found.row, found.about) == ("anonymised", done.id, done.number)
    change(desk, "update complaint set anonymised_at = null where id = ?", done.id)
    change(desk, "update message_out set state = 'sent'")
    with desk.register.atomic() as cursor:
        anonymise_complaint(cursor, done.id, "system", clock_now())
    assert list(ledger.misfits(desk.register)) == []
