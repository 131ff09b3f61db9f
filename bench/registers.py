"""Registers of 10,000 to 1,000,000 complaints, made by SQL in DuckDB and kept under bench/out/.

Each holds two years of work as the spine would have written it: every complaint is the sum of its events (about six),
numbers have no gaps, counters and sequences stand where they should, and rows lie in the order of time, so that the
events and messages of one complaint are apart as in real life.

`python -m bench.registers [COMPLAINTS …]` makes them beforehand.
"""
# ruff: noqa: E501 – long columns of SQL

import hashlib
import shutil
import sys
import time
from pathlib import Path

from store import clock, rebuild, users
from store import settings as store_settings
from store.db import MIGRATIONS
from store.desk import Desk, open_desk

OUT = Path(__file__).parent / "out"
SIZES = (10_000, 100_000, 1_000_000)
DAYS = 730
KEEP_SECONDS = 2 * 86_400  # open cases age with the calendar, so a register is made anew after two days
RARE = "jembatan gantung"  # stands in about one complaint of 5,000


def settings_for(folder: Path, **more: str) -> store_settings.Settings:
    """Demo settings whose data lie in this folder."""
    return store_settings.load({"WADUL_DATA": str(folder), **more})


def copy_of(complaints: int, folder: Path) -> Desk:
    """An open desk on a register of this size in a folder of its own, so that what is kept stays as it was made.

    :param complaints: 0 gives a new register
    """
    settings = settings_for(folder)
    settings.make_data_folder()
    if complaints:
        shutil.copyfile(made(complaints), settings.register)
    desk = open_desk(settings)
    users.make_demo_accounts(desk.register)
    return desk


def made(complaints: int) -> Path:
    """The path of a register of this size; made if there is none of today's kind."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"register-{complaints}-{_kind()}.duckdb"
    if path.exists() and time.time() - path.stat().st_mtime < KEEP_SECONDS:
        return path
    for old in OUT.glob(f"register-{complaints}-*"):
        old.unlink()
    draft = OUT / f"draft-{complaints}"
    shutil.rmtree(draft, ignore_errors=True)
    desk = open_desk(settings_for(draft))
    users.make_demo_accounts(desk.register)
    _fill(desk, complaints)
    # What later releases keep beside is folded from the events, as at the first start after an upgrade.
    rebuild.fill_new_columns(desk.register)
    desk.register.checkpoint()
    desk.register.close()
    (draft / "register.duckdb").rename(path)
    shutil.rmtree(draft)
    return path


def _kind() -> str:
    """Changes with what a register is made of: this file and the migrations."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(MIGRATIONS.glob("*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def _fill(desk: Desk, complaints: int) -> None:
    now = clock.now().replace(microsecond=0)
    with desk.register.cursor() as cursor:
        # Macros and tables of one connection only; the register keeps nothing of them.
        for statement in _MACROS:
            cursor.execute(statement)
        for name, words in (_WORDS | _reference(cursor)).items():
            cursor.execute(f"create or replace temp macro {name}_of(n, k) as any_of({list(words)}, n, k)")
        cursor.execute(_story(), {"n": complaints, "now": now, "days": DAYS})
        cursor.execute(_LETTER)
        cursor.execute(_STEP)
        for statement in _INSERTS:
            cursor.execute(statement)
        for sequence, table in _SEQUENCES.items():
            last = cursor.execute("select coalesce(max(id), 0) from " + table).fetchone()[0]
            cursor.execute(f"create or replace sequence {sequence} start {last + 1}")


def _reference(cursor) -> dict[str, list[str]]:
    """Codes of the seeded tables; a category and the department that has it stand at the same place."""
    categories = cursor.execute(
        "select code, coalesce(department, 'DINKOMINFO') from category order by position"
    ).fetchall()
    kelurahan = cursor.execute("select code from kelurahan order by code").fetchall()
    return {
        "category": [code for code, _ in categories],
        "holder": [department for _, department in categories],
        "area": [code for (code,) in kelurahan],
    }


_SEQUENCES = {f"{table}_id": table for table in ("contact", "complaint", "event", "message_in", "message_out", "media")}

_MACROS = (
    # One number to hash: of two, DuckDB makes values that hang together.
    "create or replace temp macro u(n, k) as hash(cast(n as bigint) * 1000 + k) / 18446744073709551615.0",
    # A delay with a long tail: exponential with this mean, and one in twenty takes eight times as long.
    """create or replace temp macro later(n, k, hours) as
        to_seconds(cast(20 + 3600 * hours * -ln(1 - 0.999 * u(n, k)) * if(u(n, k + 100) < 0.05, 8, 0.8) as bigint))""",
    "create or replace temp macro past(t, moment) as case when t <= moment then t end",
    "create or replace temp macro any_of(list, n, k) as list[1 + cast(floor(u(n, k) * len(list)) as bigint)]",
    # Working days without holidays: near enough for a time that is only compared.
    """create or replace temp macro due(t, days) as
        t + to_days(days + 2 * ((days - 1) // 5) + case when isodow(t) + days % 5 > 5 then 2 else 0 end)""",
    "create or replace temp macro iso(t) as strftime(t, '%Y-%m-%dT%H:%M:%S')",
    "create or replace temp macro wamid(id, k) as 'wamid.HBgNNjI4' || upper(md5(k || '-' || id)) || 'FQIAEhggMDA='",
)

# Lists as constants: a list that comes out of a table would be copied for every row.
_WORDS = {
    "what": (
        "Jalan berlubang", "Lampu jalan mati", "Selokan tersumbat", "Sampah menumpuk", "Rob masuk ke rumah",
        "Pohon hampir tumbang", "Parkir liar", "Air tidak mengalir", "Limbah batik dibuang ke sungai", "KTP belum jadi",
        "Bantuan sosial belum diterima", "Trotoar rusak", "Suara bising tengah malam", "Antrean puskesmas sangat lama",
        "Tiang listrik miring", "Pasar becek dan bau",
    ),
    "place": (
        "di depan masjid", "dekat pasar", "di gang sempit sebelah sekolah", "di perempatan", "di samping balai RW",
        "sepanjang jalan", "di belakang rumah saya", "di tepi sungai",
    ),
    "since": (
        "sudah tiga minggu", "sejak Senin", "setiap habis hujan", "sejak bulan lalu", "berkali-kali kami laporkan",
    ),
    "please": (
        "Mohon segera ditangani, banyak anak kecil lewat sini.", "Tolong diperbaiki ya Pak, Bu.",
        "Kami warga sangat terganggu, mohon dicek.", "Kapan bisa diperbaiki?", "Terima kasih sebelumnya.",
    ),
    "done": (
        "Sudah kami tinjau dan perbaiki pada hari ini bersama warga setempat. ",
        "Petugas telah membersihkan lokasi dan memasang pengaman. ", "Penggantian dilakukan oleh tim teknis. ",
    ),
    "first": ("Siti", "Budi", "Rahayu", "Agus", "Dewi", "Slamet", "Nur", "Wahyu", "Lestari", "Hadi", "Fitri", "Joko"),
    "last": ("Santoso", "Wulandari", "Hidayat", "Utami", "Prasetyo", "Rahmawati", "Saputra", "Handayani"),
    "nature": ("complaint", "complaint", "complaint", "wish", "information"),
}  # fmt: skip

# What happens to a complaint and when, cut off at this moment; each line may use those above it. One line is one step of
# the query, because DuckDB writes an alias out in full wherever it stands, and a chain of them grows without bound.
_COURSE = {
    "day": "(id - 1 + u(id, 1)) * $days / $n",
    "moment": "$now::timestamp",
    "received_at": "moment - to_days($days) + to_seconds(cast(day * 86400 as bigint)) - to_seconds(60)",
    "year": "year(received_at + to_hours(7))",
    "is_new": "id = 1 or u(id, 2) < 0.6",
    "people": "sum(is_new::integer) over (order by id rows unbounded preceding)",
    "contact_id": "cast(if(is_new, people, 1 + floor(u(id, 3) * people)) as bigint)",
    "wa": "contact_id % 20 >= 3",
    "channel": "if(wa, 'WA', any_of(['TLP', 'TLP', 'EML', 'WEB', 'LOK'], id, 4))",
    "general": "u(id, 5) < 0.57",
    "sent_back": "not general and u(id, 6) < 0.04",
    "media": "u(id, 7) < 0.3 and wa",
    "ending": "if(wa and u(id, 8) < 0.4, 'confirmed', if(u(id, 8) < 0.6, 'by_officer', 'silence'))",
    "answered_at": "case when general then past(received_at + later(id, 20, 36), moment) end",
    "first_forward_at": "case when not general then past(received_at + later(id, 21, 24), moment) end",
    "returned_at": "case when sent_back then past(first_forward_at + later(id, 22, 20), moment) end",
    "forward_at": "if(sent_back, past(returned_at + later(id, 23, 12), moment), first_forward_at)",
    "accepted_at": "past(forward_at + later(id, 24, 12), moment)",
    "started_at": "past(accepted_at + later(id, 25, 16), moment)",
    "submitted_at": "past(started_at + later(id, 26, 120), moment)",
    "approved_at": "past(submitted_at + later(id, 27, 20), moment)",
    "told_at": "coalesce(answered_at, approved_at)",
    "undelivered": "coalesce(wa and u(id, 10) < 0.01 and told_at > moment - to_days(20), false)",
    # By telephone, letter or the web nobody has heard an answer until somebody has told it.
    "rung_at": "case when general and not wa and channel <> 'LOK' then past(answered_at + later(id, 29, 3), moment) end",
    "reported_at": "case when wa then past(told_at + to_seconds(4), moment) end",
    "waits": "if(ending = 'silence', to_days(10) + to_seconds(15), least(later(id, 28, 60), to_days(9)) + to_seconds(60))",
    "closed_at": "if(undelivered, null, past(approved_at + waits, moment))",
    "ended_at": "if(general, if(wa, if(undelivered, null, reported_at), if(channel = 'LOK', answered_at, rung_at)), closed_at)",
    "idle": "if(u(id, 11) < 0.002, cast(u(id, 12) * epoch(moment - ended_at) as bigint), null)",
    "noted_at": "ended_at + to_seconds(idle) + to_milliseconds(500)",
    "latitude": "if(wa and u(id, 13) < 0.2, round(-6.89 + u(id, 14) / 25, 16), null)",
}


def _story() -> str:
    """One row a complaint: its course, and what stands in it."""
    steps = ["step0 as (select n as id from range(1, $n + 1) t(n))"]
    for number, (name, expression) in enumerate(_COURSE.items()):
        steps.append(f"step{number + 1} as (select *, {expression} as {name} from step{number})")
    return (
        "create or replace temp table story as with "
        + ",\n".join(steps)
        + f"""
        select t.*, 'bench' || id as mark,
            channel || '-' || year || '-' || printf('%05d', row_number() over (partition by channel, year order by id))
                as number,
            what_of(id, 30) || ' ' || place_of(id, 31) || ' RT ' || (1 + id % 9) || ' RW ' || (1 + id % 7) || ', '
                || since_of(id, 32) || '. ' || please_of(id, 33) || if(u(id, 34) < 0.0002, ' {RARE}', '') as text,
            done_of(id, 35) || 'Nomor berita acara ' || (id % 9973) || '.' as result_text,
            category_of(id, 9) as topic_code, topic_code = 'official' as secret, holder_of(id, 9) as holder,
            if(sent_back, holder_of(id, 36), holder) as first_holder,
            area_of(id, 37) as area, 'Jl. ' || last_of(id, 38) || ' No. ' || (1 + id % 90) as street,
            nature_of(id, 39) as nature,
            if(latitude is null, null, round(109.65 + u(id, 15) / 20, 6)) as longitude,
            due(received_at, 2) as promise_due_at, due(received_at, 14) as outer_due_at
        from step{len(_COURSE)} t order by id
        """
    )


# Narrow tables in the order of time; what stands in a row is put in when it is inserted.
_LETTER = """
    create or replace temp table letter as
    select row_number() over (order by created_at, complaint_id, purpose) as id, * from (
        select id as complaint_id, 'acknowledgement' as purpose, received_at as created_at from story
        union all select id, 'forwarded', first_forward_at from story
        union all select id, 'again', forward_at from story where sent_back
        union all select id, 'started', started_at from story
        union all select id, 'answer', answered_at from story
        union all select id, 'result', approved_at from story
        union all select id, 'confirmed', closed_at from story where ending = 'confirmed'
    ) where created_at is not null and complaint_id in (select id from story where wa) order by id
"""
_STEP = """
    create or replace temp table step as
    select row_number() over (order by happened_at, complaint_id, place) as id, * from (
        select id as complaint_id, 1 as place, 'received' as kind, received_at as happened_at, 'reporter' as role,
            null as before, 'received' as after from story
        union all select id, 2, 'message', received_at, 'reporter', 'received', 'received' from story where wa
        union all select id, 3, 'answer', answered_at, 'city', 'received', 'answered' from story
        union all select id, 4, 'forward', first_forward_at, 'city', 'received', 'forwarded' from story
        union all select id, 5, 'return', returned_at, 'opd_admin', 'forwarded', 'returned' from story
        union all select id, 6, 'forward', forward_at, 'city', 'returned', 'forwarded' from story where sent_back
        union all select id, 7, 'accept', accepted_at, 'opd_admin', 'forwarded', 'accepted' from story
        union all select id, 8, 'start', started_at, 'opd_admin', 'accepted', 'in_progress' from story
        union all select id, 9, 'submit_result', submitted_at, 'opd_team', 'in_progress', 'in_review' from story
        union all select id, 10, 'approve', approved_at, 'city', 'in_review', 'awaiting_confirmation' from story
        union all select id, 11, if(undelivered, 'delivery_failed', 'delivered'), reported_at, 'system',
            if(general, 'answered', 'awaiting_confirmation'), if(general, 'answered', 'awaiting_confirmation') from story
        union all select id, 12, 'message', closed_at, 'reporter', 'awaiting_confirmation', 'awaiting_confirmation'
            from story where ending = 'confirmed'
        union all select id, 13, case ending when 'confirmed' then 'confirm' when 'silence' then 'lapse' else 'close' end,
            closed_at, case ending when 'confirmed' then 'reporter' when 'silence' then 'system' else 'city' end,
            'awaiting_confirmation', 'closed' from story
        union all select id, 15, 'told', rung_at, 'city', 'answered', 'answered' from story
        union all select id, 14, 'note', noted_at, 'city', if(general, 'answered', 'closed'),
            if(general, 'answered', 'closed') from story
    ) where happened_at is not null order by id
"""

_FACTS = (
    """'category', s.topic_code, 'kelurahan', s.area, 'address', s.street, 'kind', s.nature, 'confidential', s.secret"""
)
_INSERTS = (
    """
    insert into contact by name
    select contact_id as id, first_of(contact_id, 50) || ' ' || last_of(contact_id, 51) as name,
        if(bool_or(wa), '62' || (81200000000 + contact_id), null) as phone,
        if(bool_or(wa) and contact_id % 10 < 7, 'ID.' || (10000000000000 + contact_id), null) as bsuid,
        min(received_at) as created_at,
        max(case when wa then coalesce(case when ending = 'confirmed' then closed_at end, received_at) end) as last_inbound_at
    from story group by contact_id order by contact_id
    """,
    """
    insert into contact_identity by name
    select kind, value, id as contact_id, created_at as seen_at from (
        select id, created_at, unnest(['phone', 'bsuid']) as kind, unnest([phone, bsuid]) as value from contact
    ) where value is not null order by id
    """,
    """
    insert into complaint by name
    select id, number, channel, if(told, nature, 'complaint') as kind,
        case when closed_at is not null then 'closed' when approved_at is not null then 'awaiting_confirmation'
            when submitted_at is not null then 'in_review' when started_at is not null then 'in_progress'
            when accepted_at is not null then 'accepted' when forward_at is not null then 'forwarded'
            when returned_at is not null then 'returned' when first_forward_at is not null then 'forwarded'
            when answered_at is not null then 'answered' else 'received' end as state,
        contact_id, received_at,
        coalesce(closed_at, approved_at, submitted_at, started_at, accepted_at, forward_at, returned_at, first_forward_at,
            answered_at, received_at) as state_since,
        text as summary, if(told, topic_code, null) as category, if(told, area, null) as kelurahan,
        if(told, street, null) as address, latitude, longitude,
        if(returned_at is not null and forward_at is null, null, forwarded) as department, told and secret as confidential,
        promise_due_at, outer_due_at,
        if(returned_at is not null and forward_at is null, null, forwarded_at + to_hours(12)) as accept_due_at,
        coalesce(answered_at, approved_at) as first_answer_at, forwarded_at, accepted_at,
        coalesce(answered_at, approved_at) as result_at,
        if(coalesce(answered_at, submitted_at) is null, null, result_text) as result_text,
        coalesce(approved_at, ended_at) as stopped_at, ended_at, if(closed_at is null, null, ending) as closing,
        undelivered and reported_at is not null as call_reporter,
        noted_at is null and (not told or (closed_at is not null and ending = 'confirmed')) as unread,
        confirmed::integer + wa::integer as message_count, media::integer as media_count,
        (returned_at is not null)::integer as returned_count, 0 as reopened_count,
        if(confirmed, closed_at, if(wa, received_at, null)) as last_message_at,
        1 + (closed_at is not null)::integer + (approved_at is not null)::integer + (submitted_at is not null)::integer
            + (started_at is not null)::integer + (accepted_at is not null)::integer + (answered_at is not null)::integer
            + (first_forward_at is not null)::integer + (returned_at is not null)::integer
            + (sent_back and forward_at is not null)::integer as version
    from (
        select *, coalesce(answered_at, first_forward_at) is not null as told,
            coalesce(forward_at, first_forward_at) as forwarded_at, ending = 'confirmed' and closed_at is not null as confirmed,
            case when forward_at is not null then holder when first_forward_at is not null then first_holder end as forwarded
        from story
    ) order by id
    """,
    f"""
    insert into event by name
    select e.id, e.complaint_id, e.happened_at, e.kind,
        case e.role when 'city' then 'kota' when 'opd_admin' then 'opd.' || lower(s.holder)
            when 'opd_team' then 'tim.' || lower(s.holder) else e.role end as actor,
        e.role as actor_role, e.before as from_state, e.after as to_state,
        case
            when e.kind = 'received' then json_object('number', s.number, 'channel', s.channel, 'contact_id', s.contact_id,
                'kind', 'complaint', 'summary', if(s.wa, '', s.text), 'promise_due_at', iso(s.promise_due_at),
                'outer_due_at', iso(s.outer_due_at))
            when e.kind = 'message' and e.place = 2 and s.latitude is not null then json_object('message', wamid(s.id, 'in'),
                'media', s.media, 'summary', s.text, 'latitude', s.latitude, 'longitude', s.longitude)
            when e.kind = 'message' and e.place = 2 then
                json_object('message', wamid(s.id, 'in'), 'media', s.media, 'summary', s.text)
            when e.kind = 'message' then json_object('message', wamid(s.id, 'yes'), 'media', false)
            when e.kind = 'forward' then json_object({_FACTS}, 'department', if(e.place = 4, s.first_holder, s.holder),
                'note', 'Mohon ditindaklanjuti.', 'accept_due_at', iso(e.happened_at + to_hours(12)))
            when e.kind = 'answer' then json_object({_FACTS}, 'text', s.result_text, 'message_id', if(s.wa, 1, null))
            when e.kind = 'return' then json_object('reason', 'not_ours', 'note', 'Bukan kewenangan kami.')
            when e.kind = 'submit_result' then json_object('text', s.result_text)
            when e.kind = 'approve' then json_object('text', s.result_text, 'message_id', if(s.wa, 1, null))
            when e.kind in ('close', 'note') then json_object('note', 'Dicatat oleh petugas.')
            else '{{}}' end as data
    from step e join story s on s.id = e.complaint_id order by e.id
    """,
    """
    insert into message_in by name
    select row_number() over (order by happened_at, complaint_id) as id, wamid(complaint_id, if(place = 2, 'in', 'yes')) as wamid,
        s.contact_id, complaint_id, if(place = 2, if(s.media, 'image', 'text'), 'button_reply') as kind,
        if(place = 2, s.text, 'Sudah selesai') as text, if(place = 2, null, wamid(complaint_id, 'result')) as reply_to,
        if(place = 2, s.latitude, null) as latitude, if(place = 2, s.longitude, null) as longitude,
        happened_at as sent_at, happened_at as received_at, 0 as inbox_id,
        json_object('from', '62' || (81200000000 + s.contact_id), 'id', wamid, 'type', kind,
            'timestamp', cast(epoch(happened_at) as bigint), 'text', json_object('body', text)) as raw
    from step e join story s on s.id = e.complaint_id where e.kind = 'message' order by id
    """,
    """
    insert into message_out by name
    select l.id, l.purpose || ':' || s.mark as cause, s.contact_id, l.complaint_id,
        if(l.purpose = 'again', 'forwarded', l.purpose) as purpose,
        case l.purpose when 'acknowledgement' then 'location_request' when 'result' then 'buttons' else 'text' end as kind,
        case l.purpose
            when 'acknowledgement' then 'Terima kasih, aduan Anda sudah kami terima. Nomor aduan: *' || s.number || '*. '
                || repeat('Agar cepat ditangani, mohon lengkapi bila belum ada: nama, alamat, foto. ', 6)
            when 'answer' then 'Jawaban atas aduan *' || s.number || '*: ' || s.result_text
            when 'result' then 'Hasil tindak lanjut aduan *' || s.number || '*: ' || s.result_text
            else 'Aduan *' || s.number || '* sudah kami teruskan untuk ditangani.' end as text,
        if(l.purpose = 'result', '{"buttons": [["confirm:' || s.number || '", "Sudah selesai"]]}', null) as extra,
        'wadul_kabar_aduan' as template, json_array(s.number, 'Ada kabar tentang aduan Anda.') as template_params,
        l.created_at, if(l.purpose in ('acknowledgement', 'confirmed'), 'bot', 'kota') as created_by,
        if(s.undelivered and l.purpose in ('answer', 'result'), 'failed', if(u(l.id, 60) < 0.7, 'read', 'delivered')) as state,
        'free' as form, wamid(s.id, l.purpose) as wamid, 1 as attempts, l.created_at as next_at,
        l.created_at + to_seconds(2) as sent_at, if(state = 'failed', null, l.created_at + to_seconds(4)) as delivered_at,
        if(state = 'read', l.created_at + to_seconds(600), null) as read_at,
        if(state = 'failed', l.created_at + to_seconds(4), null) as failed_at, if(state = 'failed', 131026, null) as error_code,
        if(state = 'failed', 'Message undeliverable', null) as error_text
    from letter l join story s on s.id = l.complaint_id order by l.id
    """,
    """
    insert into media by name
    select row_number() over (order by m.id) as id, m.id as message_id, m.complaint_id, m.contact_id, 'reporter' as source,
        'm' || m.id as whatsapp_id, 'image/jpeg' as mime, md5(m.wamid) || md5(m.wamid) as sha256, 180000 as size,
        'stored' as state, 1 as attempts, m.received_at as created_at
    from message_in m where m.kind = 'image' order by m.id
    """,
    "insert into number_counter select channel, year, count(*) from story group by all",
)

if __name__ == "__main__":
    for wanted in [int(given) for given in sys.argv[1:]] or SIZES:
        started = time.monotonic()
        ready = made(wanted)
        print(f"{ready.name}: {ready.stat().st_size / 1e6:.0f} MB, {time.monotonic() - started:.0f} s")
