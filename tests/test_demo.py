"""The demonstration's two years: consistent with the register's own rules, the same every time, and never mixed in."""

import json
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from ingest import conversation, speech
from store import check, commands, delivery, demo, evidence, health, silence, users
from store.book import read_cases
from store.commands import Press
from store.demo.cast import Cast
from store.demo.corpus import corpus
from store.desk import open_desk
from store.intake import Arrived, Intake
from store.rules import reading
from store.rules.case import Event, own_part
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.errors import RuleBroken
from store.rules.fold import apply, fold
from store.rules.workflow import (
    BY_NAME,
    CHANNELS,
    CLOSINGS,
    KINDS,
    MOVES,
    WITH_DEPARTMENT,
    Actor,
    Grant,
    Role,
    State,
    of_department,
    overall,
)
from store.rules.workflow import check as check_move
from store.settings import load

UNTIL = from_jakarta(datetime(2026, 11, 24, 10, 0))
REACHED = {move.target for move in MOVES if move.target} | {State.RECEIVED}
TABLES = (
    *("contact", "contact_identity", "complaint", "number_counter", "event"),
    *("message_in", "message_out", "send_attempt", "media"),
)
BOUNDS = (-6.96, -6.84, 109.62, 109.73)


def new_desk(folder, **environ):
    return open_desk(load({"WADUL_DATA": str(folder), **environ}))


def count(desk, query):
    with desk.register.cursor() as cursor:
        return cursor.execute(query).fetchone()[0]


def column(desk, query):
    with desk.register.cursor() as cursor:
        return [row[0] for row in cursor.execute(query).fetchall()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = new_desk(tmp_path_factory.mktemp("demo"))
    users.make_demo_accounts(desk.register)
    assert demo.fill(desk, until=UNTIL) == 3000
    yield desk
    desk.register.close()


@pytest.fixture(scope="module")
def events(desk):
    with desk.register.cursor() as cursor:
        found = cursor.execute(
            """
            select complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data
            from event order by complaint_id, id
            """
        ).fetchall()
    stories = {}
    for *head, data in found:
        stories.setdefault(head[0], []).append(Event(*head, json.loads(data)))
    return stories


@pytest.fixture(scope="module")
def cases(desk):
    with desk.register.cursor() as cursor:
        return read_cases(cursor, "where ?", [True])


def test_every_complaint_is_the_sum_of_its_events(desk, cases, events):
    assert len(cases) == len(events) == 3000
    assert [case for case in cases if fold(events[case.id]) != case] == []
    assert [str(difference) for difference in check.differences(desk.register)] == []


def test_every_step_is_one_the_workflow_allows(events):
    """Asked of the table as a press on the page would ask it; people of a department act on its own part only."""
    for story in events.values():
        case = apply(None, story[0])
        for before, event in pairwise(story):
            assert event.happened_at >= before.happened_at
            assert event.from_state == case.state
            actor = actor_of(event)
            part = own_part(case, actor)
            apart = of_department(BY_NAME[event.kind])
            start = State(part.state if part and apart and case.with_departments else case.state)
            escalated = case.escalated is not None and not apart
            given = event.data | {"promised_on": event.data.get("promised_at")}
            if event.actor_role == Role.REPORTER:
                # Reporters complete with anything, a pinned place without a word too.
                given["note"] = "-"
            check_move(event.kind, start, part and part.department, actor, given, escalated)
            case = apply(case, event)
            parts = [part.state for part in case.assignments if part.active]
            assert case.state not in WITH_DEPARTMENT or case.state == overall(parts)


def actor_of(event):
    departmental = event.actor_role in (Role.OPD_ADMIN, Role.OPD_TEAM)
    department = event.actor.split(".", 1)[1].upper() if departmental else None
    return Actor(event.actor, event.actor, frozenset({Grant(Role(event.actor_role), department)}))


def test_everybody_who_acts_has_an_account(desk, events):
    everybody = set(column(desk, "select username from user_account where demo")) | {"reporter", "system"}
    assert {event.actor for story in events.values() for event in story} <= everybody


def test_staff_act_in_office_hours_only(desk, events):
    acted = [e.happened_at for s in events.values() for e in s if e.actor_role not in (Role.REPORTER, Role.SYSTEM)]
    assert len(acted) > 10_000
    assert [moment for moment in acted if not desk.calendar.is_open(moment)] == []


def test_citizens_write_at_any_hour_but_mostly_by_day(desk):
    hours = [to_jakarta(t).hour for t in column(desk, "select received_at from complaint where channel = 'WA'")]
    night = sum(hour < 5 for hour in hours) / len(hours)
    assert 0 < night < 0.1
    assert sum(hour > 17 for hour in hours) / len(hours) > 0.2


def test_everything_lies_within_the_two_years(desk):
    for table, name in (("event", "happened_at"), ("message_in", "received_at"), ("media", "created_at")):
        first, last = (count(desk, f"select {which}({name}) from {table}") for which in ("min", "max"))
        assert UNTIL - timedelta(days=732) < first < UNTIL - timedelta(days=700)
        assert UNTIL - timedelta(days=4) < last <= UNTIL


def test_due_times_are_what_the_desk_counts(desk, events):
    for story in events.values():
        for event in story:
            if event.kind in ("received", "reopen"):
                limits = desk.limits(event.happened_at)
                assert {name: event.data[name] for name in limits} == {name: str(t) for name, t in limits.items()}
            if event.kind == "forward":
                assert event.data["accept_due_at"] == str(desk.acceptance_limit(event.happened_at))


def test_every_state_channel_kind_category_and_kelurahan_is_there(desk, cases):
    assert {case.state for case in cases} == {str(state) for state in REACHED}
    assert {case.closing for case in cases} == {None, *CLOSINGS}
    assert {case.channel for case in cases} == set(CHANNELS)
    assert {case.kind for case in cases} == set(KINDS)
    assert {case.category for case in cases} - {None} == set(column(desk, "select code from category"))
    assert {case.kelurahan for case in cases} - {None} == set(column(desk, "select code from kelurahan"))
    assert len({case.department for case in cases} - {None}) >= 25


def test_shares_are_those_of_a_working_desk(cases):
    assert 0.93 < sum(case.ended_at is not None for case in cases) / len(cases) < 0.99
    assert 0.85 < sum(case.state in (State.CLOSED, State.ANSWERED) for case in cases) / len(cases) < 0.95
    assert 0.7 < sum(case.channel == "WA" for case in cases) / len(cases) < 0.8
    running = [case for case in cases if case.stopped_at is None]
    assert sum(case.promise_due_at < UNTIL for case in running) > 5
    assert sum(case.promise_due_at >= UNTIL for case in running) > 5
    assert any(case.call_reporter for case in cases)
    assert any(case.unread for case in running)
    results = [case for case in cases if case.result_at]
    assert 0.5 < sum(case.result_at <= case.promise_due_at for case in results) / len(results) < 0.8
    assert 0.03 < sum(case.reopened_count > 0 for case in cases) / len(cases) < 0.08


def test_who_says_that_it_is_done_often_gives_a_rating_with_words(desk, cases, events):
    confirmed = [case for case in cases if case.closing == "confirmed" and case.channel == "WA"]
    rated = [case for case in cases if case.rating]
    assert 0.35 < len(rated) / len(confirmed) < 0.55
    assert {case.rating for case in rated} == {1, 2, 3, 4, 5}
    assert 3.4 < sum(case.rating for case in rated) / len(rated) < 4.4
    worded = [case for case in rated if case.rating_words]
    assert 0.25 < len(worded) / len(rated) < 0.5
    late = [case.rating for case in rated if case.stopped_at > case.promise_due_at]
    kept = [case.rating for case in rated if case.stopped_at <= case.promise_due_at]
    assert sum(kept) / len(kept) > sum(late) / len(late) + 0.3
    for case in rated:
        given = [event for event in events[case.id] if event.kind == "rate"]
        assert {frozenset(event.data) for event in given} <= {frozenset({"rating"}), frozenset({"rating", "words"})}
        assert [bool(event.data.get("words")) for event in given] == [False, True][: len(given)]
        # What was asked last before it is the rating.
        asked = given[0].happened_at - timedelta(minutes=60)
        confirm = next(event for event in reversed(events[case.id]) if event.kind == "confirm")
        assert asked < confirm.happened_at < given[0].happened_at
    # Words that nobody has read yet are those of the last working day.
    unread = [case for case in worded if case.unread]
    assert all(UNTIL - case.rated_at < timedelta(days=4) for case in unread)
    assert count(desk, "select count(*) from message_out where purpose = 'rated'") == len(rated)
    assert count(desk, "select count(*) from message_out where purpose = 'rating_words'") == len(worded)


def test_words_beside_a_rating_are_such_as_the_conversation_takes_for_them():
    citizen = corpus().citizen
    texts = [text for level in ("high", "middle", "low") for text in citizen[f"rating_{level}"]]
    assert len(texts) > 15
    for text in texts:
        assert len(text.split()) <= conversation.FEW_WORDS
        assert speech.rating(text) is None
        assert speech.says_done(text) is None
        assert not conversation.only_thanks(text)
        said = reading.read(text)
        assert not (said.what and (said.where or said.kelurahan))


def test_rain_brings_flood_and_drainage(cases):
    wet = [
        case.category in ("flood", "drainage") for case in cases if to_jakarta(case.received_at).month in (11, 12, 1, 2)
    ]
    dry = [
        case.category in ("flood", "drainage") for case in cases if to_jakarta(case.received_at).month in (5, 6, 7, 8)
    ]
    assert sum(wet) / len(wet) > 2 * sum(dry) / len(dry)


def test_numbers_have_no_gap_and_follow_time(desk, cases):
    counted = {}
    for case in cases:
        key = (case.channel, to_jakarta(case.received_at).year)
        counted[key] = counted.get(key, 0) + 1
        assert case.number == f"{key[0]}-{key[1]}-{counted[key]:05d}"
    with desk.register.cursor() as cursor:
        counters = cursor.execute("select channel, year, last from number_counter").fetchall()
    assert {(channel, year): last for channel, year, last in counters} == counted


def test_nobody_opens_a_second_complaint_while_one_is_open(cases):
    by_contact = {}
    for case in cases:
        by_contact.setdefault(case.contact_id, []).append(case)
    several = [found for found in by_contact.values() if len(found) > 1]
    assert len(several) > 200
    for earlier, later in (pair for found in several for pair in pairwise(found)):
        assert earlier.ended_at
        assert earlier.ended_at < later.received_at


def test_messages_out_are_all_over_and_done_with(desk):
    with desk.register.cursor() as cursor:
        states = dict(cursor.execute("select state, count(*) from message_out group by state").fetchall())
    assert set(states) == {"sent", "delivered", "read", "failed"}
    assert count(desk, "select count(*) from message_out where state = 'read' and read_at is null") == 0
    assert count(desk, "select count(*) from message_out where read_at < delivered_at or delivered_at < sent_at") == 0
    assert count(desk, "select count(*) from message_out where (state = 'failed') != (failed_at is not null)") == 0
    assert (
        count(
            desk, "select count(*) from message_out o join complaint c on c.id = o.complaint_id and c.channel <> 'WA'"
        )
        == 0
    )


def test_what_a_case_says_of_delivery_is_what_its_messages_say(desk):
    query = "select id from message_out where purpose in {} and state in {}"
    ways = (
        ("delivered", delivery.AWAITED, "('delivered', 'read')"),
        ("delivery_failed", delivery.MISSED, "('failed')"),
    )
    for kind, purposes, states in ways:
        told = column(desk, f"select (data->>'message_id')::bigint from event where kind = '{kind}'")
        assert sorted(told) == sorted(column(desk, query.format(purposes, states)))


def test_the_workers_find_nothing_to_do(desk):
    assert silence.lapse(desk, now=UNTIL) == 0
    assert silence.call_unreached(desk, now=UNTIL) == 0
    assert not delivery.anything_queued(desk.register, UNTIL + timedelta(days=1))
    with desk.register.cursor() as cursor:
        assert evidence.waiting_media(cursor, UNTIL + timedelta(days=1), 10) == []
    assert health.overview(desk.register, UNTIL)["oldest_queued"] is None


def test_contacts_know_their_last_message(desk):
    wrong = """
        select count(*) from contact c
        left join (select contact_id, max(sent_at) as last from message_in where wamid not like 'staff:%' group by 1) m
            on m.contact_id = c.id
        where c.last_inbound_at is distinct from m.last
    """
    assert count(desk, wrong) == 0
    assert count(desk, "select count(*) from contact where phone !~ '^628[0-9]{2}0000[0-9]{4}$'") == 0
    assert count(desk, "select count(*) from contact where id not in (select contact_id from complaint)") == 0


def test_other_channels_show_the_full_text_in_the_conversation(desk):
    texts = column(
        desk,
        """
        select m.text from complaint c
        left join message_in m on m.wamid = 'staff:' || c.number and m.complaint_id = c.id
        where c.channel <> 'WA'
        """,
    )
    assert len(texts) > 500
    assert all(texts)


def test_counts_of_messages_and_media_agree(desk):
    wrong = """
        select count(*) from complaint c
        left join (
            select m.complaint_id, count(distinct m.id) as messages, count(x.id) as media
            from message_in m left join media x on x.message_id = m.id group by 1
        ) m on m.complaint_id = c.id
        where c.message_count <> m.messages or c.media_count <> m.media
    """
    assert count(desk, wrong) == 0


def test_pictures_are_kept_and_physical_results_have_one(desk):
    kept = column(desk, "select distinct sha256 from media where state = 'stored'")
    assert 30 <= len(kept) <= 100
    assert all(evidence.path_of(desk.settings.media, digest).exists() for digest in kept)
    missing = """
        select count(*) from event e join complaint c on c.id = e.complaint_id join category k on k.code = c.category
        where e.kind = 'submit_result' and k.physical and not exists (
            select 1 from media m where m.complaint_id = c.id and m.source = 'staff' and m.created_at <= e.happened_at)
    """
    assert count(desk, missing) == 0


def test_places_lie_in_the_city(cases):
    points = [(case.latitude, case.longitude) for case in cases if case.latitude is not None]
    assert len(points) > 500
    south, north, west, east = BOUNDS
    assert all(south < latitude < north and west < longitude < east for latitude, longitude in points)


def test_complaints_about_officials_are_confidential(cases):
    about = [case for case in cases if case.kind == "official" or case.category == "official"]
    assert about
    assert all(case.confidential for case in about)


def test_texts_are_whole_and_hardly_repeat(cases):
    summaries = [case.summary for case in cases if case.summary]
    assert len(summaries) > 2980
    assert not [text for text in summaries if "{" in text or "~" in text or "  " in text]
    assert len(set(summaries)) / len(summaries) > 0.9


def test_new_ids_come_after_the_demonstration(desk):
    with desk.register.cursor() as cursor:
        for table in ("contact", "complaint", "event", "message_in", "message_out", "media"):
            cursor.execute("begin")
            following = cursor.execute(f"select nextval('{table}_id')").fetchone()[0]
            assert following > cursor.execute(f"select max(id) from {table}").fetchone()[0]
            cursor.execute("rollback")


def test_events_hold_what_the_commands_write(desk, events, tmp_path):
    written = {}
    for story in events.values():
        if story[0].data["channel"] == "WA":
            for event in story:
                written.setdefault(event.kind, set()).add(frozenset(event.data))
    real = new_desk(tmp_path)
    for kind, keys in real_events(real):
        assert keys in written[kind], kind
    real.register.close()


def real_events(desk):
    """The kinds and data names of two complaints that took the ordinary way, through the real commands."""
    now = UNTIL - timedelta(hours=1)
    city = Actor("kota", "Kota", frozenset({Grant(Role.CITY)}))
    opd = Actor("opd.dishub", "Admin", frozenset({Grant(Role.OPD_ADMIN, "DISHUB")}))
    facts = {"kind": "complaint", "category": "traffic", "kelurahan": "33.75.01.1002", "address": "Jl. Sriwijaya"}
    numbers = []
    for phone in ("6281100000001", "6281100000002"):
        given = dict.fromkeys(field.name for field in fields(Arrived))
        given |= {"wamid": f"wamid.{phone}", "kind": "text", "text": "Lampu merah mati", "inbox_id": 1, "raw": {}}
        given |= {"identities": (("phone", phone),), "new_identities": (), "sent_at": now, "received_at": now}
        arrived = Arrived(**given)
        with desk.register.atomic() as cursor:
            book = Intake(desk, cursor, [arrived], now)
            numbers.append(book.open_complaint(arrived, book.contact(arrived)).number)
            book.write()
    steps = [
        (commands.forward, city, {"department": "DISHUB", "note": "Mohon dicek", **facts}),
        (commands.accept, opd, {}),
        (commands.start, opd, {}),
        (commands.note, opd, {"text": "Menunggu suku cadang"}),
        (commands.submit_result, opd, {"text": "Sudah menyala"}),
        (commands.approve, city, {"text": "Sudah menyala"}),
        (commands.close, city, {"note": "Sudah ditelepon"}),
    ]
    for nth, (command, actor, given) in enumerate(steps):
        version = commands.case_of(desk, numbers[0], city).version
        command(desk, Press(actor, numbers[0], version, f"op{nth}"), now=now, **given)
    commands.answer(desk, Press(city, numbers[1], 1, "answer"), text="Sudah menyala", now=now, **facts)
    with desk.register.cursor() as cursor:
        found = cursor.execute("select kind, data from event").fetchall()
    return [(kind, frozenset(json.loads(data))) for kind, data in found]


def test_the_same_seed_tells_the_same_stories(tmp_path):
    first, second, other = (new_desk(tmp_path / name) for name in ("first", "second", "other"))
    for desk, seed in ((first, 7), (second, 7), (other, 8)):
        demo.fill(desk, complaints=250, seed=seed, until=UNTIL)
    for table in TABLES:
        # Salts are drawn anew each time.
        but = " exclude (salt, seal, hash)" if table == "event" else ""
        query = f"select *{but} from {table} order by all"
        left, right, different = (desk.register.frame(query) for desk in (first, second, other))
        assert len(left) > 0
        assert left.equals(right), table
        assert table == "number_counter" or not left.equals(different), table


@pytest.mark.parametrize(
    "until",
    [datetime(2026, 3, 25, 8, 0), datetime(2026, 7, 3, 10, 59), datetime(2026, 11, 22, 23, 0)],
    ids=["after the Lebaran holidays", "Friday before closing", "Sunday night"],
)
def test_every_state_is_there_whenever_it_ends(tmp_path, until):
    desk = new_desk(tmp_path)
    cast = Cast(desk, 2026, from_jakarta(until))
    assert {str(story.case.state) for story in cast.stories(3000)} == {str(state) for state in REACHED}


def test_a_register_with_complaints_is_refused(desk):
    with pytest.raises(RuleBroken) as refused:
        demo.fill(desk, complaints=1)
    assert refused.value.code == "register_not_empty"
    assert count(desk, "select count(*) from complaint") == 3000


def test_a_real_register_is_refused(tmp_path):
    desk = new_desk(tmp_path, WHATSAPP_TOKEN="secret", WHATSAPP_PHONE_ID="1")
    with pytest.raises(RuleBroken) as refused:
        demo.fill(desk, complaints=1)
    assert refused.value.code == "register_not_demo"
    assert count(desk, "select count(*) from complaint") == 0
    assert not desk.settings.media.exists()
