"""The pieces of one case: head, conversation as on the phone, facts, timeline. All text of people is shown as text."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import streamlit as st

from store.access import REVEALED
from store.queries import CaseView
from store.rules import texts
from store.rules.case import TAKEN_FOR, Case, is_taken, own_part
from store.rules.remedies import remedy
from store.rules.texts import template_body
from store.rules.workflow import Actor, Role, State

from . import attached, words
from .words import safe

_LATE, _QUOTE = timedelta(minutes=5), 90


def head(view: CaseView, actor: Actor, now: datetime) -> None:
    """Number, state in words, due time, who has it, how often it went back and forth, and what belongs to it."""
    case = view.case
    sign, due = words.due(vars(case), now)
    late = " late" if sign == "!" else ""
    ended = f" ({words.CLOSINGS[case.closing]})" if case.closing else ""
    # A department is told of its own part: what another one returned is not its affair.
    part = own_part(case, actor) if case.with_departments else None
    state = part.state if part else case.state
    own = " · bagian OPD Anda" if state != case.state else ""
    st.html(
        f"<div class='w-head'><span class='number'>{safe(case.number)}</span>"
        f"<span class='state'>{words.STATES[state]}{ended}{own}</span>"
        f"<span class='due{late}'>{sign} {safe(due)}</span>"
        + "".join(f"<span>{part}</span>" for part in (_holder(view), _where(view), *_linked(view)) if part)
        + "".join(f"<b>{turn}</b>" for turn in _turns(view))
        + _taken(view, now)
        + _blocked(view)
        + "</div>"
    )


def _taken(view: CaseView, now: datetime) -> str:
    """Who talks to the reporter in the bot's place, since when and how long."""
    if not is_taken(view.case, now):
        return ""
    since = next(e for e in reversed(view.timeline) if e["kind"] == "take_over")
    return (
        f"<span class='taken'>🗣 Percakapan diambil alih {safe(since['actor'])} sejak "
        f"{words.moment(since['happened_at'])}. Jawaban otomatis berhenti sampai dikembalikan ke bot, paling lama "
        f"sampai {words.moment(view.case.taken_at + TAKEN_FOR)} bila petugas tidak menulis lagi.</span>"
    )


def _blocked(view: CaseView) -> str:
    """That nobody answers this sender now, for whoever wonders why."""
    if not view.blocked_until:
        return ""
    last = words.weekday(view.blocked_until - timedelta(seconds=1))
    return (
        f"<span class='taken'>🚫 Pengirim ini diblokir sampai {last}: pesannya disimpan di sini, tidak dijawab "
        "otomatis, dan tidak menandai aduan ini.</span>"
    )


def _holder(view: CaseView) -> str:
    names = [part["name"] for part in view.parts if part["state"] != "returned"]
    if view.case.escalated and not view.case.ended_at:
        names.append("Pejabat Dinkominfo")
    return f"Pada: {safe(texts.listed(names))}" if names else ""


def _where(view: CaseView) -> str:
    """Where to go, for who is on the way with a phone."""
    case = view.case
    place = ", ".join(safe(part) for part in (case.address, view.kelurahan) if part)
    if case.latitude is None:
        return place
    return f"{place or 'Lokasi'} {map_link(case.latitude, case.longitude, 'peta')}"


def _linked(view: CaseView) -> list[str]:
    found = [f"Duplikat dari {case_link(view.parent)}"] if view.parent else []
    if view.children:
        found.append(f"Duplikatnya: {', '.join(case_link(number) for number in view.children)}")
    return found


def case_link(number: str) -> str:
    """Another case, in a tab of its own: what is typed on this page stays."""
    return f"<a href='/aduan?no={safe(number)}' target='_blank'>{safe(number)}</a>"


def _turns(view: CaseView) -> list[str]:
    case = view.case
    counted = (
        (case.returned_count, "dikembalikan OPD"),
        (case.sent_back_count, "dikembalikan ke tim"),
        (case.reopened_count, "dibuka kembali"),
    )
    turns = [f"{count}× {what}" for count, what in counted if count]
    if case.confidential:
        turns.append("RAHASIA")
    if view.limited_at:
        turns.append(f"PEMROSESAN DATA DIBATASI sejak {words.moment(view.limited_at)}: hanya yang perlu")
    if case.call_reporter:
        phone = view.phone or "tanpa nomor"
        if view.phone and view.phone.lstrip("+").isdigit():
            phone = f"<a href='tel:+{safe(view.phone.lstrip('+'))}'>{safe(view.phone)}</a>"
        turns.append(f"☎ beri tahu pelapor: {safe(view.reporter)}, {phone}")
    return turns


def parts_table(view: CaseView) -> None:
    """What each department has of it, where there is more to say than its name."""
    if len(view.parts) < 2 and not any(part["binding"] for part in view.parts):
        return
    rows = "".join(
        f"<tr><td>{safe(part['name'])}{_marks_of(part)}</td><td>{words.STATES[part['state']]}</td>"
        f"<td>{_limit(part)}</td><td>{safe(part['handler'] or '–')}</td></tr>"
        for part in view.parts
    )
    heads = "".join(f"<th>{title}</th>" for title in ("OPD", "Keadaan", "Batas", "Petugas"))
    st.html(f"<table class='w-table w-parts'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")


def _marks_of(part: dict) -> str:
    marks = [word for word, is_so in (("utama", part["lead"]), ("mengikat", part["binding"])) if is_so]
    return f" <b>· {', '.join(marks)}</b>" if marks else ""


def _limit(part: dict) -> str:
    if part["promised_at"] and part["state"] == "scheduled":
        return f"dijanjikan {words.weekday(part['promised_at'])}"
    if part["state"] == "forwarded" and part["accept_due_at"]:
        return f"diterima paling lambat {words.moment(part['accept_due_at'])}"
    if part["accepted_at"]:
        return f"diterima {words.moment(part['accepted_at'])}"
    return "–"


def parent_line(parent: Case) -> None:
    """The complaint that another is to follow, so that a wrong number is seen."""
    said = " ".join(parent.summary.split())[:120] or "(tanpa teks)"
    about = f"{words.STATES[parent.state]} · {words.moment(parent.received_at)}"
    st.html(f"<div class='w-about'>Induk: {case_link(parent.number)} · {about}<br>“{safe(said)}”</div>")


def conversation(view: CaseView, steps: dict[int, Callable[[], None]] | None = None) -> None:
    """All messages of both directions in their order, with media and the state of what we sent.

    :param steps: what is drawn under a message, by its place in the conversation
    """
    files = _files_by_message(view)
    marks = _marks(view.conversation)
    bubbles: list[str] = []
    for place, m in enumerate(view.conversation):
        if m["direction"] == "out":
            bubbles.append(_outgoing(m, files.get(("out", m["id"]), []), marks))
        elif m["wamid"] not in marks["of"]:
            bubbles.append(_incoming(m, files, marks))
        if steps and place in steps:
            _chat(bubbles)
            bubbles = []
            steps[place]()
    if not view.conversation:
        bubbles = ["<div class='w-bubble event'>Belum ada percakapan. Pesan pelapor akan tampil di sini.</div>"]
    _chat(bubbles)


def _chat(bubbles: list[str]) -> None:
    if bubbles:
        st.html("<div class='w-chat'>" + "".join(bubbles) + "</div>")


def _files_by_message(view: CaseView) -> dict[tuple[str, int], list[dict]]:
    """The files of each message, by its direction and id."""
    files: dict[tuple[str, int], list[dict]] = {}
    by_id = {file["id"]: file for file in view.media}
    for file in view.media:
        if file["source"] == "reporter":
            files.setdefault(("in", file["message_id"]), []).append(file)
    for m in view.conversation:
        if m["media_id"] in by_id:
            files.setdefault((m["direction"], m["id"]), []).append(by_id[m["media_id"]])
    return files


def _marks(messages: list[dict]) -> dict[str, dict]:
    """What messages did to others that are here: `edit`, `revoke` and `reaction` by whose they are, `of` their own ids;
    and all of them by what WhatsApp calls them (`said`).

    What an edit refers to may be with another complaint, or lost: then it stands for itself.
    """
    about = ("reaction", "edit", "revoke")
    here = {m["wamid"] for m in messages if m["direction"] == "out" or m["kind"] not in about}
    marks: dict[str, dict] = {"edit": {}, "revoke": {}, "reaction": {}, "of": {}, "said": {}}
    marks["said"] = {m["wamid"]: m for m in messages if m["wamid"]}
    for m in messages:
        if m["direction"] == "in" and m["kind"] in about and m["refers_to"] in here:
            marks[m["kind"]].setdefault(m["refers_to"], []).append(m)
            marks["of"][m["wamid"]] = m
    return marks


def _changed(m: dict, text: str, files: dict, marks: dict) -> str:
    """A message's own words, with what its writer later made of them; nothing is lost."""
    edits = "".join(
        f"<span class='meta'>diubah menjadi ({words.moment(edit['happened_at'])}):</span>"
        f"{''.join(attached.shown(file) for file in files.get(('in', edit['id']), []))}{safe(edit['text'])}"
        for edit in marks["edit"].get(m["wamid"], [])
    )
    if m["wamid"] not in marks["revoke"]:
        return text + edits
    when = words.moment(marks["revoke"][m["wamid"]][0]["happened_at"])
    was = f"<span class='gone'>{text}{edits}</span>" if text or edits else ""
    return f"<span class='meta'>dihapus oleh pelapor ({when}); isi semula:</span>{was}"


def _incoming(m: dict, files_of: dict, marks: dict) -> str:
    files = files_of.get(("in", m["id"]), [])
    kind = words.MESSAGE_KINDS.get(m["kind"])
    parts = [_quoted(m, marks), *(attached.shown(file) for file in files)]
    if kind and not files and m["kind"] not in ("button_reply", "list_reply"):
        parts.append(f"<i>{kind}</i><br>")
    if m["latitude"] is not None:
        parts.append(f"📍 {m['latitude']:.6f}, {m['longitude']:.6f}<br>")
    text = safe(m["text"]).strip() or ("" if files or kind else "<i>(tanpa teks)</i>")
    parts.append(_changed(m, text, files_of, marks))
    if m["transcript"]:
        parts.append(f"<span class='heard'><b>Isi suara, ditulis petugas:</b> {safe(m['transcript'])}</span>")
    meta = f"Pelapor · {_when(m)}{_reaction(m, marks)}"
    return (
        f"<div class='w-bubble in' data-kind='{safe(m['kind'])}'>{''.join(parts)}<span class='meta'>{meta}</span></div>"
    )


def _quoted(m: dict, marks: dict) -> str:
    """The beginning of the message that this one answers, as on the phone."""
    answered = marks["said"].get(m["reply_to"])
    if not answered:
        return ""
    words_of_it = " ".join((answered["text"] or words.MESSAGE_KINDS.get(answered["kind"], "")).split())
    start = words_of_it[:_QUOTE].rstrip() + ("…" if len(words_of_it) > _QUOTE else "")
    return f"<span class='quote'>↩ {safe(start.replace('*', ''))}</span>"


def _when(m: dict) -> str:
    """When it was written; and when it came, if WhatsApp brought it late."""
    if m["happened_at"] - m["written_at"] < _LATE:
        return words.moment(m["happened_at"])
    return f"ditulis {words.moment(m['written_at'])}, baru tiba {words.moment(m['happened_at'])}"


def _reaction(m: dict, marks: dict) -> str:
    """The last one; a reaction that was taken back comes without a sign."""
    given = marks["reaction"].get(m["wamid"], [])
    return f" · {safe(given[-1]['text'])}" if given and given[-1]["text"] else ""


def _outgoing(m: dict, files: list[dict], marks: dict) -> str:
    sender = "Otomatis" if m["created_by"] == "bot" else safe(m["created_by"])
    state = f"{words.MESSAGE_SIGNS[m['state']]} {words.MESSAGE_STATES[m['state']]}"
    if m["state"] == "failed":
        state = f"<span class='failed'>{state}: {safe(words.failure(m['error_code'], m['error_text']))}</span>"
        state += _remedy(m)
    text = m["text"]
    if m["form"] == "template" and m["template_params"]:
        text = template_body(json.loads(m["template_params"]))
        state += " · sebagai templat"
    shown = "".join(f"<br>▢ {safe(title)}" for title in _offered(m))
    body = f"{''.join(attached.shown(file) for file in files)}{_bold(text)}{shown}"
    if m["purpose"] == "acknowledgement":
        # The same words in every case: the citizen's own must be what is seen.
        body = f"<details><summary>Jawaban otomatis: nomor, janji, yang perlu dilengkapi</summary>{body}</details>"
    return (
        f"<div class='w-bubble out' data-state='{safe(m['state'])}'>{body}"
        f"<span class='meta'>{sender} · {words.moment(m['happened_at'])}{_reaction(m, marks)} · {state}</span></div>"
    )


def _offered(m: dict) -> list[str]:
    """What its reader can press; a template carries no buttons of ours."""
    if m["form"] == "template":
        return []
    extra = json.loads(m["extra"] or "{}")
    titles = [title for _, title in extra.get("buttons", [])] or [title for _, title, _ in extra.get("rows", [])]
    titles += [extra["flow"]["title"]] if extra.get("flow") else []
    return titles + (["Kirim lokasi"] if m["kind"] == "location_request" else [])


def _remedy(m: dict) -> str:
    """What can be done about a message that failed, or that it was."""
    if m["again"]:
        return f" · sudah dikirim ulang {words.moment(m['again'])}"
    return f"<br>{words.REMEDIES[remedy(m['error_code'], m['error_text'])]}"


def _bold(text: str) -> str:
    """Our own *bold* as WhatsApp shows it; the rest is text."""
    parts = safe(text).split("*")
    if len(parts) % 2 == 0:
        return safe(text)
    return "".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts))


def bubble(letters: list[texts.Letter]) -> None:
    """A message as the citizen will read it, before it goes out."""
    shown = "".join(
        f"<div class='w-bubble out'>{_bold(letter.text)}"
        + "".join(f"<br>▢ {safe(title)}" for title in _pressed(letter))
        + {"image": "🖼 foto", "document": "📎 dokumen"}.get(letter.kind, "")
        + "<span class='meta'>pratinjau, belum dikirim</span></div>"
        for letter in letters
    )
    st.html(f"<div class='w-chat'>{shown}</div>")


def _pressed(letter: texts.Letter) -> list[str]:
    titles = [title for _, title in letter.buttons] or [title for _, title, _ in letter.rows]
    return titles + (["Kirim lokasi"] if letter.kind == "location_request" else [])


def facts(view: CaseView, actor: Actor) -> None:
    """What is known of the case, with what is still unclear."""
    case = view.case
    unclear = "<span class='open'>belum jelas</span>"
    place = ", ".join(safe(part) for part in (case.address, view.kelurahan, view.kecamatan) if part)
    if case.latitude is not None:
        place += (" · " if place else "") + map_link(case.latitude, case.longitude)
    dots, said = words.dots(case.elements)
    counted = said.split(";")[0].removeprefix("Kelengkapan ")
    rows = [
        ("Pelapor", safe(view.reporter) + _seen_until(view, actor)),
        ("Kontak", safe(view.phone) if view.phone else "–"),
        ("Saluran", words.CHANNELS.get(case.channel, safe(case.channel))),
        ("Jenis", words.KINDS.get(case.kind, safe(case.kind))),
        ("Kategori", safe(view.category) if view.category else unclear),
        ("Tempat", place or unclear),
        ("Kelengkapan", f"<span title='{safe(said)}'>{dots} {safe(counted)}</span>"),
        ("Masuk", words.moment(case.received_at)),
        ("Tenggat janji", words.moment(case.promise_due_at)),
        ("Batas terakhir", words.moment(case.outer_due_at)),
        *_part_facts(view),
    ]
    st.html("<dl class='w-facts'>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in rows) + "</dl>")


def _seen_until(view: CaseView, actor: Actor) -> str:
    """How a hidden identity is seen, and until when one that was asked for is."""
    if view.revealed:
        asked = [e for e in view.timeline if e["kind"] == "reveal" and e["username"] == actor.username]
        return f" · tampak sampai {words.clock(asked[-1]['happened_at'] + REVEALED)}" if asked else ""
    if view.case.confidential and actor.has(Role.CITY, Role.OFFICIAL):
        return " · buka lewat Langkah lain: Tampilkan identitas"
    return ""


def _part_facts(view: CaseView) -> list[tuple[str, str]]:
    """What the table of parts would say, for the one department of most cases."""
    if len(view.parts) != 1:
        return []
    (part,) = view.parts
    found = []
    if part["state"] == "forwarded" and part["accept_due_at"]:
        found.append(("Batas diterima OPD", words.moment(part["accept_due_at"])))
    if part["handler"]:
        found.append(("Petugas", safe(part["handler"])))
    if part["promised_at"] and part["state"] == "scheduled":
        found.append(("Dijanjikan", words.weekday(part["promised_at"])))
    return found


def map_link(latitude: float, longitude: float, shown: str = "") -> str:
    """A point as a link to a public map."""
    point = f"{latitude:.5f}/{longitude:.5f}"
    address = f"https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=18/{point}"
    return f"<a href='{address}' target='_blank' rel='noreferrer'>📍 {shown or point.replace('/', ', ')}</a>"


def staff_files(view: CaseView) -> None:
    """Photos and documents that staff added, before and after the work side by side."""
    files = [file for file in view.media if file["source"] == "staff"]
    if not files:
        return
    groups = []
    for stage, title in (("before", "Sebelum"), ("after", "Sesudah"), (None, "Lainnya")):
        shown = "".join(
            f"<div class='w-bubble staff'>{attached.shown(file)}</div>" for file in files if file["stage"] == stage
        )
        if shown:
            groups.append(f"<div><b>{title}</b><div class='w-files'>{shown}</div></div>")
    # Open where the work is judged; elsewhere they must not push the form out of sight.
    shown = view.case.state in (State.IN_REVIEW, State.AWAITING_CONFIRMATION, State.CLOSED)
    with st.expander(f"Foto dan berkas petugas · {len(files)} (tidak dikirim ke pelapor)", expanded=shown):
        st.html(f"<div class='w-stages'>{''.join(groups)}</div>")
