"""Which complaint a message belongs to, what buttons do, and that nobody is answered more than needed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest import conversation
from ingest.conversation import Decision, Heard, decide
from store import commands
from store.clock import now
from store.intake import Said
from store.rules.case import Case
from store.rules.workflow import State

from .cases import approved, new_desk, press
from .conftest import body, message
from .postbox import Mailbox, agrees, ask, change, empty, one

SITI, BUDI = "6285600000001", "6285600000002"
NOW = now()


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("office")) as desk:
        mail = Mailbox(desk)
        yield mail
        mail.close()


@pytest.fixture
def mail(office):
    empty(office.desk)
    return office


def a_case(number: int = 1, state: State = State.RECEIVED, ended_days_ago: float | None = None, **more) -> Case:
    ended = NOW - timedelta(days=ended_days_ago) if ended_days_ago is not None else None
    given = {"state": state, "ended_at": ended, "contact_id": 1, "summary": "", **more}
    begun = NOW - timedelta(days=30)
    return Case(number, f"WA-2026-{number:05d}", "WA", "complaint", received_at=begun, state_since=begun, **given)


OPEN, OTHER = a_case(1), a_case(2)
ASKED = a_case(3, State.AWAITING_CONFIRMATION)
CLOSED = a_case(4, State.CLOSED, 2)
RECENT = a_case(6, last_message_at=NOW - timedelta(minutes=9))
WAITED = a_case(7, State.AWAITING_REPORTER)
ANSWERED = a_case(10, State.ANSWERED, 1)
TAKEN = a_case(8, taken_by="kota", taken_at=NOW - timedelta(hours=23))
RATED = a_case(9, State.CLOSED, 0.1, rating=4)
OLD = a_case(5, State.CLOSED, 11)


@pytest.mark.parametrize(
    ("text", "target", "cases", "expected"),
    [
        ("Lampu mati", None, [], Decision("open")),
        (None, None, [], Decision("open")),
        ("Masih mati", None, [OPEN], Decision("join", OPEN)),
        # Which of two it could be is asked, unless one was just written of, or just asked about.
        ("Masih mati", None, [OPEN, OTHER], Decision("wait", cases=(OTHER, OPEN))),
        ("Masih mati", None, [RECENT, OTHER], Decision("join", RECENT)),
        ("Depan masjid", None, [WAITED, OTHER], Decision("join", WAITED)),
        ("Terima kasih", None, [OPEN, OTHER], Decision("join", OTHER)),
        ("Masih mati", OPEN, [OPEN, OTHER], Decision("join", OPEN)),
        ("Tentang WA-2026-00001, masih mati", None, [OPEN, OTHER], Decision("join", OPEN)),
        ("wa 2026 00001 bagaimana", None, [OPEN, OTHER], Decision("status", OPEN, cases=(OPEN,))),
        ("wa202600001?", None, [OPEN, OTHER], Decision("status", OPEN, cases=(OPEN,))),
        ("WA-2026-00001 atapnya", OTHER, [OPEN, OTHER], Decision("join", OTHER)),
        ("WA-2026-00099", None, [OPEN, OTHER], Decision("unknown_number", note="WA-2026-00099")),
        ("Tentang WA-2026-00099, masih mati", None, [OPEN], Decision("join", OPEN)),
        ("STATUS", None, [OPEN, OTHER], Decision("status", cases=(OPEN, OTHER))),
        ("sampai mana laporan saya", None, [CLOSED], Decision("status", cases=(CLOSED,))),
        ("status", None, [], Decision("no_case")),
        ("batal", None, [], Decision("no_case")),
        ("batal", None, [OPEN], Decision("cancel_asked", OPEN)),
        ("BATALKAN wa-2026-1", None, [OPEN, OTHER], Decision("cancel_asked", OPEN)),
        ("batal", None, [OPEN, OTHER], Decision("cancel_which", cases=(OTHER, OPEN))),
        ("batal WA-2026-00004", None, [CLOSED], Decision("status", CLOSED, cases=(CLOSED,))),
        ("Petugas", None, [], Decision("open")),
        ("Petugas", None, [OPEN], Decision("officer", OPEN)),
        ("bantuan", None, [OPEN], Decision("help")),
        ("Bantuan sosial belum cair", None, [OPEN], Decision("join", OPEN)),
        ("aduan baru", None, [OPEN], Decision("new_asked")),
        ("Sudah selesai, terima kasih", None, [ASKED], Decision("confirm", ASKED)),
        ("belum", None, [ASKED], Decision("reopen", ASKED)),
        # Of what has ended already, too, whether it was a result or an answer.
        ("Belum selesai pak", None, [CLOSED], Decision("reopen", CLOSED)),
        ("belum", None, [ANSWERED], Decision("reopen", ANSWERED)),
        ("WA-2026-00010 belum selesai", ANSWERED, [ANSWERED], Decision("reopen", ANSWERED)),
        ("belum selesai", None, [OLD], Decision("join", OLD, "not_reopened")),
        ("sudah selesai", None, [CLOSED], Decision("join", CLOSED, "thanks")),
        ("belum", None, [], Decision("open")),
        ("Sudah selesai tapi masih bocor", None, [ASKED], Decision("join", ASKED)),
        # Who talks with a person is not answered by rules.
        ("STATUS", None, [TAKEN], Decision("join", TAKEN)),
        ("Ada lagi yang rusak", None, [OPEN, TAKEN], Decision("join", TAKEN)),
        ("WA-2026-" + "9" * 4500, None, [OPEN], Decision("join", OPEN)),
        ("Tentang WA-2026-00099, masih mati", None, [], Decision("open")),
        ("Ada aduan baru", None, [CLOSED], Decision("open")),
        ("Terima kasih banyak pak 🙏", None, [CLOSED], Decision("join", CLOSED)),
        ("matur nuwun", None, [CLOSED], Decision("join", CLOSED)),
        ("👍", None, [CLOSED], Decision("join", CLOSED)),
        ("Terima kasih", None, [], Decision("open")),
        ("Ya pak, jalan di Medono rusak lagi", None, [CLOSED], Decision("open")),
        ("Oke lampunya mati lagi", None, [CLOSED], Decision("open")),
        ("Terima kasih, tapi masih bocor", None, [CLOSED], Decision("open")),
        ("Tentang yang tadi", CLOSED, [CLOSED, OPEN], Decision("join", CLOSED)),
    ],
)
def test_which_complaint_a_message_belongs_to(text, target, cases, expected):
    assert decide(Heard("text", text), target, cases, NOW) == expected


@pytest.mark.parametrize(
    ("text", "cases", "purpose", "waiting", "expected"),
    [
        ("5", [CLOSED], "confirmed", False, Decision("rate", CLOSED, rating=5)),
        ("⭐⭐⭐", [CLOSED], "confirmed", False, Decision("rate", CLOSED, rating=3)),
        ("5", [CLOSED], "result", False, Decision("rate", CLOSED, rating=5)),
        ("5", [RATED], "rated", False, Decision("rate", RATED, rating=5)),
        ("5", [RATED], "status", False, Decision("open")),
        ("ya", [OPEN, OTHER], "cancel_asked", False, Decision("cancel", OPEN)),
        ("Nggih mas", [OPEN], "cancel_asked", False, Decision("cancel", OPEN)),
        ("tidak jadi", [OPEN], "cancel_asked", False, Decision("cancel_kept", OPEN)),
        ("ya", [OPEN], "joined", False, Decision("join", OPEN)),
        ("Ya lampunya sudah nyala", [OPEN], "cancel_asked", False, Decision("join", OPEN)),
        ("2", [OPEN, OTHER], "cancel_which", False, Decision("cancel_asked", OPEN)),
        ("WA-2026-00002", [OPEN, OTHER], "cancel_which", False, Decision("cancel_asked", OTHER)),
        ("Sudah selesai", [OPEN, ASKED], "status", False, Decision("confirm", ASKED)),
        ("belum", [OPEN, ASKED], None, False, Decision("reopen", ASKED)),
        # What is said minutes after an answer is about it, unless it tells a matter of its own.
        ("Lha terus kapan?", [ANSWERED], "answer", False, Decision("join", ANSWERED)),
        ("Lha terus kapan?", [ANSWERED], "withdrawn", False, Decision("open")),
        ("Petugasnya ramah", [RATED], "rated", False, Decision("rate", RATED, "words", rating=4)),
        ("Terima kasih", [RATED], "rated", False, Decision("rate", RATED, "words", rating=4)),
        ("Lampu mati " * 20, [RATED], "rated", False, Decision("open")),
        ("Jalan rusak", [RATED], "status", False, Decision("open")),
        ("Jalan rusak", [OPEN], "new_asked", False, Decision("open")),
        ("Terima kasih", [OPEN], "new_asked", False, Decision("join", OPEN)),
        ("1", [OPEN, OTHER], "which", True, Decision("choose", OTHER)),
        ("2", [OPEN, OTHER], "which", True, Decision("choose", OPEN)),
        ("3", [OPEN, OTHER], "which", True, Decision("wait", cases=(OTHER, OPEN))),
        ("WA-2026-00001", [OPEN, OTHER], "which", True, Decision("choose", OPEN)),
        ("aduan baru", [OPEN, OTHER], "which", True, Decision("choose")),
        ("dan baunya menyengat", [RECENT, OTHER], "which", True, Decision("wait", cases=(OTHER, RECENT))),
    ],
)
def test_what_is_typed_where_a_button_could_have_been_pressed(text, cases, purpose, waiting, expected):
    last = Said(NOW - timedelta(minutes=2), purpose, cases[0].id) if purpose else None
    assert decide(Heard("text", text), None, cases, NOW, last, waiting) == expected


def test_a_question_of_long_ago_is_not_being_answered():
    for purpose, text in (("rated", "Petugasnya ramah"), ("answer", "Lha terus kapan?")):
        last = Said(NOW - timedelta(hours=2), purpose, RATED.id)
        assert decide(Heard("text", text), None, [RATED], NOW, last) == Decision("open")


def test_a_new_matter_told_in_full_is_no_answer_to_what_was_said_last():
    for purpose in ("rated", "answer", "confirmed"):
        last = Said(NOW - timedelta(minutes=2), purpose, RATED.id)
        heard = Heard("text", "Jalan berlubang di Kraton", new_matter=True)
        assert decide(heard, None, [RATED], NOW, last) == Decision("open")


def test_a_person_who_took_over_and_fell_silent_no_longer_keeps_the_bot_quiet():
    forgotten = replace(TAKEN, taken_at=NOW - timedelta(hours=25))
    assert decide(Heard("text", "STATUS"), None, [forgotten], NOW).action == "status"


@pytest.mark.parametrize("kind", ["reaction", "edit", "revoke", "system"])
def test_what_is_about_another_message_never_opens_a_complaint(kind):
    assert decide(Heard(kind, "x"), None, [], NOW) == Decision("attach", None)
    assert decide(Heard(kind, "x"), OPEN, [OTHER], NOW) == Decision("attach", OPEN)


@pytest.mark.parametrize(
    ("reply_id", "target", "cases", "expected"),
    [
        ("confirm:WA-2026-00003", None, [ASKED], Decision("confirm", ASKED)),
        ("reopen:WA-2026-00003", None, [ASKED], Decision("reopen", ASKED)),
        ("reopen:WA-2026-00004", None, [CLOSED], Decision("reopen", CLOSED)),
        ("confirm:WA-2026-00004", None, [CLOSED], Decision("join", CLOSED)),
        ("confirm:WA-2026-00001", None, [OPEN, ASKED], Decision("join", OPEN)),
        ("reopen:WA-2026-00001", None, [OPEN], Decision("join", OPEN)),
        # Ten days after the end, or after two times, it is said that it cannot be done, not nothing.
        ("reopen:WA-2026-00005", OLD, [], Decision("join", OLD, "not_reopened")),
        ("reopen:WA-2026-00005", OLD, [OPEN], Decision("join", OLD, "not_reopened")),
        # Of somebody else: as any other message.
        ("confirm:WA-2026-00099", None, [ASKED], Decision("join", ASKED)),
        ("reopen", None, [ASKED], Decision("join", ASKED)),
        ("hapus:WA-2026-00003", None, [ASKED], Decision("join", ASKED)),
        ("rate:WA-2026-00004:4", None, [CLOSED], Decision("rate", CLOSED, rating=4)),
        ("rate:WA-2026-00004:9", None, [CLOSED], Decision("join", CLOSED)),
        ("rate:WA-2026-00099:4", None, [OPEN], Decision("join", OPEN)),
        ("cancel:WA-2026-00001", None, [OPEN], Decision("cancel", OPEN)),
        ("keep:WA-2026-00001", None, [OPEN], Decision("cancel_kept", OPEN)),
        ("cancel_this:WA-2026-00001", None, [OPEN, OTHER], Decision("cancel_asked", OPEN)),
        ("cancel:WA-2026-00004", None, [CLOSED], Decision("status", CLOSED, cases=(CLOSED,))),
        ("which:WA-2026-00002", None, [OPEN, OTHER], Decision("choose", OTHER)),
        ("which:new", None, [OPEN, OTHER], Decision("choose")),
    ],
)
def test_what_a_button_does(reply_id, target, cases, expected):
    assert decide(Heard("button_reply", "Sudah selesai", reply_id), target, cases, NOW) == expected


@pytest.mark.parametrize(
    ("state", "ended_days_ago", "reopened", "expected"),
    [
        (State.CLOSED, 9.9, 0, True),
        (State.CLOSED, 10.1, 0, False),
        (State.CLOSED, 1, 1, True),
        (State.CLOSED, 1, 2, False),
        (State.AWAITING_CONFIRMATION, None, 1, True),
        (State.AWAITING_CONFIRMATION, None, 2, False),
    ],
)
def test_how_long_and_how_often_a_case_can_be_reopened(state, ended_days_ago, reopened, expected):
    case = a_case(1, state, ended_days_ago, reopened_count=reopened, result_at=NOW - timedelta(days=20))
    assert conversation.may_reopen(case, NOW) is expected


@pytest.mark.parametrize(
    ("decision", "last", "expected"),
    [
        (Decision("join", OPEN), None, ["joined"]),
        (Decision("join", OPEN), Said(NOW - timedelta(minutes=31), "acknowledgement"), ["joined"]),
        (Decision("join", OPEN), Said(NOW - timedelta(minutes=29), "acknowledgement"), []),
        (Decision("join", CLOSED), None, ["joined_ended"]),
        (Decision("join", CLOSED, "thanks"), None, []),
        (Decision("join", OPEN, "thanks"), None, []),
        (Decision("join", OPEN, "supplied"), Said(NOW, "asked"), ["supplied"]),
        (Decision("attach", OPEN), None, []),
        (Decision("join", CLOSED, "not_reopened"), Said(NOW, "result"), ["not_reopened"]),
        (Decision("join", CLOSED, "not_reopened"), Said(NOW, "not_reopened"), []),
        (Decision("join", CLOSED, "not_reopened"), Said(NOW - timedelta(hours=1), "not_reopened"), ["not_reopened"]),
        (Decision("wait", cases=(OPEN, OTHER)), Said(NOW, "result"), ["which"]),
        (Decision("wait", cases=(OPEN, OTHER)), Said(NOW, "which"), []),
        (Decision("cancel", OPEN), None, ["withdrawn"]),
        (Decision("rate", CLOSED, rating=5), Said(NOW, "confirmed"), ["rated"]),
        (Decision("unknown_number", note="WA-2026-00099"), None, ["unknown_number"]),
        (Decision("confirm", ASKED), Said(NOW, "result"), ["confirmed"]),
        (Decision("reopen", ASKED), Said(NOW, "result"), ["reopened"]),
    ],
)
def test_what_is_said(decision, last, expected):
    case = decision.case or OPEN
    letters = conversation.replies(decision, case, last, NOW)
    assert [letter.purpose for letter in letters] == expected


def test_at_night_nobody_is_told_that_a_message_was_added():
    assert conversation.replies(Decision("join", OPEN), OPEN, None, NOW, night=True) == []


def pressed(reply_id: str, **more) -> dict:
    reply = {"type": "button_reply", "button_reply": {"id": reply_id, "title": "Tombol"}}
    return message(type="interactive", interactive=reply, **more)


def case_of(mail, number: str | None = None) -> dict:
    return one(mail.desk, "select * from complaint where number = coalesce(?, number)", number)


def with_result(mail, wa_id: str = SITI) -> Case:
    """A complaint that came by the inbox and whose result has been sent."""
    if not ask(mail.desk, "select 1 from contact_identity where value = ?", wa_id):
        mail.take(body(message(wa_id=wa_id)))
    newest = one(mail.desk, "select number from complaint order by id desc limit 1")
    case = commands.case_of(mail.desk, newest["number"], press(mail.desk, a_case(), "kota").actor)
    return approved(mail.desk, case)


def purposes(mail) -> list[str]:
    return [
        row["purpose"] for row in ask(mail.desk, "select purpose from message_out where created_by = 'bot' order by id")
    ]


def test_a_flood_is_answered_once(mail):
    mail.take(body(*(message(f"Pesan {n}") for n in range(60))))
    for n in range(5):
        mail.take(body(message(f"Lagi {n}")))
    assert purposes(mail) == ["acknowledgement"]
    assert case_of(mail)["message_count"] == 65


def test_a_place_first_is_not_asked_for_again(mail):
    mail.take(body(message(type="location", location={"latitude": -6.9, "longitude": 109.6})))
    assert one(mail.desk, "select kind from message_out")["kind"] == "text"
    assert (case_of(mail)["latitude"], case_of(mail)["longitude"]) == (-6.9, 109.6)
    mail.take(body(message("Lampu jalan mati", wa_id=BUDI)))
    assert one(mail.desk, "select kind from message_out order by id desc limit 1")["kind"] == "location_request"


def test_a_message_much_later_is_acknowledged_in_a_line(mail):
    mail.take(body(message()))
    change(mail.desk, "update message_out set created_at = created_at - interval 40 minute")
    mail.take(body(message("Masih mati"), message("Halo?")))
    assert purposes(mail) == ["acknowledgement", "joined"]


def test_another_persons_number_message_or_button_does_nothing_to_their_case(mail):
    with_result(mail)
    before = case_of(mail)
    theirs = one(mail.desk, "select wamid from message_in")["wamid"]
    number = before["number"]
    mail.take(
        body(
            message(f"Lampu mati juga, seperti {number}", wa_id=BUDI, context={"id": theirs}),
            message(f"Batalkan {number}", wa_id=BUDI, context={"id": theirs}),
            pressed(f"confirm:{number}", wa_id=BUDI, context={"id": theirs}),
            message(wa_id=BUDI, type="revoke", revoke={"original_message_id": theirs}),
        )
    )
    assert case_of(mail, number) == before
    own = one(mail.desk, "select * from complaint where number <> ?", number)
    assert own["message_count"] == 2
    told = ask(mail.desk, "select purpose, text from message_out where contact_id = ? order by id", own["contact_id"])
    assert [row["purpose"] for row in told] == ["acknowledgement", "unknown_number"]
    assert number not in told[0]["text"]
    mail.take(body(message("Batalkan WA-2026-77777", wa_id=BUDI)))
    same = one(mail.desk, "select text from message_out order by id desc limit 1")["text"]
    assert same.replace("WA-2026-77777", number) == told[1]["text"]


def test_done_closes_and_not_done_opens_again_with_a_new_clock(mail):
    mail.take(body(message()), received_at=now() - timedelta(days=9))
    number = with_result(mail).number
    mail.take(body(pressed(f"confirm:{number}")))
    closed = case_of(mail)
    assert (closed["state"], closed["closing"], closed["ended_at"] is not None) == ("closed", "confirmed", True)
    mail.take(body(pressed(f"confirm:{number}")))  # a second press
    mail.take(body(pressed(f"reopen:{number}")))
    opened = case_of(mail)
    assert (opened["state"], opened["reopened_count"], opened["ended_at"]) == ("reopened", 1, None)
    assert opened["promise_due_at"] > closed["promise_due_at"]
    mail.take(body(pressed(f"reopen:{number}")))  # again, by impatience
    assert case_of(mail)["reopened_count"] == 1
    assert purposes(mail) == ["acknowledgement", "confirmed", "reopened"]
    assert agrees(mail.desk)


def test_the_third_time_is_refused_once_however_often_the_button_is_pressed(mail):
    for _ in range(2):
        mail.take(body(pressed(f"reopen:{with_result(mail).number}")))
    number = with_result(mail).number
    for _ in range(20):
        mail.take(body(pressed(f"reopen:{number}")))
    assert case_of(mail)["state"] == "awaiting_confirmation"
    assert purposes(mail).count("not_reopened") == 1


def test_a_press_in_time_counts_though_the_app_was_down(mail):
    number = with_result(mail).number
    mail.take(body(pressed(f"confirm:{number}")))
    later = "update {} set {} = {} - interval 11 day"
    change(mail.desk, later.format("complaint", "ended_at", "ended_at"))
    mail.take(body(pressed(f"reopen:{number}")), received_at=now() - timedelta(days=2))
    assert case_of(mail)["state"] == "reopened"


def test_a_press_on_a_very_old_message_is_told_that_it_is_too_late(mail):
    number = with_result(mail).number
    mail.take(body(pressed(f"confirm:{number}")))
    change(mail.desk, "update complaint set ended_at = ended_at - interval 30 day")
    change(mail.desk, "update message_out set wamid = 'wamid.result' where purpose = 'result'")
    mail.take(body(pressed(f"reopen:{number}", context={"id": "wamid.result"})))
    assert case_of(mail)["state"] == "closed"
    assert purposes(mail)[-1] == "not_reopened"
