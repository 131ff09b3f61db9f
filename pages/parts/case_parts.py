"""The pieces of one case: head, conversation as on the phone, facts, timeline. All text of people is shown as text."""

import json
from datetime import datetime, timedelta

import streamlit as st

from store.queries import CaseView
from store.rules import texts
from store.rules.texts import template_body

from . import words
from .words import safe


def head(view: CaseView, now: datetime) -> None:
    """Number, state in words, due time, who has it."""
    case = view.case
    sign, due = words.due(vars(case), now)
    late = " late" if sign == "!" else ""
    ended = f" ({words.CLOSINGS[case.closing]})" if case.closing else ""
    holder = f"Pada: {safe(view.department)}" if view.department else ""
    turns = []
    if case.returned_count:
        turns.append(f"{case.returned_count}× dikembalikan")
    if case.reopened_count:
        turns.append(f"{case.reopened_count}× dibuka kembali")
    if case.confidential:
        turns.append("RAHASIA")
    if case.call_reporter:
        turns.append(f"☎ beri tahu pelapor: {view.reporter}, {view.phone or 'tanpa nomor'}")
    st.html(
        f"<div class='w-head'><span class='number'>{safe(case.number)}</span>"
        f"<span class='state'>{words.STATES[case.state]}{ended}</span>"
        f"<span class='due{late}'>{sign} {safe(due)}</span><span>{holder}</span>"
        + "".join(f"<b>{safe(turn)}</b>" for turn in turns)
        + "</div>"
    )


def conversation(view: CaseView) -> None:
    """All messages of both directions in their order, with media and the state of what we sent."""
    media = {}
    for file in view.media:
        media.setdefault(file["message_id"] if file["source"] == "reporter" else None, []).append(file)
    marks = _marks(view.conversation)
    bubbles = [
        _outgoing(m) if m["direction"] == "out" else _incoming(m, media.get(m["id"], []), marks)
        for m in view.conversation
        if m["direction"] == "out" or m["kind"] not in ("reaction", "edit", "revoke") or not m["refers_to"]
    ]
    if not bubbles:
        bubbles = ["<div class='w-bubble event'>Belum ada percakapan. Pesan pelapor akan tampil di sini.</div>"]
    st.html("<div class='w-chat'>" + "".join(bubbles) + "</div>")


def _marks(messages: list[dict]) -> dict[str, dict]:
    """What later messages did to earlier ones: edited, deleted, reacted to."""
    marks: dict[str, dict] = {}
    for m in messages:
        if m["direction"] == "in" and m["refers_to"] and m["kind"] in ("reaction", "edit", "revoke"):
            mark = marks.setdefault(m["refers_to"], {})
            mark[m["kind"]] = m
    return marks


def _incoming(m: dict, files: list[dict], marks: dict) -> str:
    mark = marks.get(m["wamid"], {})
    kind = words.MESSAGE_KINDS.get(m["kind"])
    parts = [_file(file) for file in files]
    if kind and not files and m["kind"] not in ("button_reply", "list_reply"):
        parts.append(f"<i>{kind}</i><br>")
    if m["latitude"] is not None:
        parts.append(f"📍 {m['latitude']:.6f}, {m['longitude']:.6f}<br>")
    text = safe(m["text"]).strip() or ("" if files or kind else "<i>(tanpa teks)</i>")
    if "revoke" in mark:
        parts.append(
            f"<span class='gone'>{text}</span><span class='meta'>dihapus oleh pelapor, isi semula disimpan</span>"
        )
    elif "edit" in mark:
        parts.append(f"{safe(mark['edit']['text'])}<span class='meta'>diubah oleh pelapor; semula: {text}</span>")
    else:
        parts.append(text)
    meta = f"Pelapor · {words.moment(m['happened_at'])}"
    if "reaction" in mark and mark["reaction"]["text"]:
        meta += f" · {safe(mark['reaction']['text'])}"
    return (
        f"<div class='w-bubble in' data-kind='{safe(m['kind'])}'>{''.join(parts)}<span class='meta'>{meta}</span></div>"
    )


def _outgoing(m: dict) -> str:
    sender = "Otomatis" if m["created_by"] == "bot" else safe(m["created_by"])
    state = f"{words.MESSAGE_SIGNS[m['state']]} {words.MESSAGE_STATES[m['state']]}"
    if m["state"] == "failed":
        state = f"<span class='failed'>{state}: {safe(words.failure(m['error_code'], m['error_text']))}</span>"
    text = m["text"]
    if m["form"] == "template" and m["template_params"]:
        text = template_body(json.loads(m["template_params"]))
        state += " · sebagai templat"
    # A template carries no buttons of ours.
    buttons = [] if m["form"] == "template" else json.loads(m["extra"] or "{}").get("buttons", [])
    shown = "".join(f"<br>▢ {safe(title)}" for _, title in buttons)
    body = f"{_bold(text)}{shown}"
    if m["purpose"] == "acknowledgement":
        # The same words in every case: the citizen's own must be what is seen.
        body = f"<details><summary>Jawaban otomatis: nomor, janji, yang perlu dilengkapi</summary>{body}</details>"
    return (
        f"<div class='w-bubble out' data-state='{safe(m['state'])}'>{body}"
        f"<span class='meta'>{sender} · {words.moment(m['happened_at'])} · {state}</span></div>"
    )


def _bold(text: str) -> str:
    """Our own *bold* as WhatsApp shows it; the rest is text."""
    parts = safe(text).split("*")
    if len(parts) % 2 == 0:
        return safe(text)
    return "".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts))


def _file(file: dict) -> str:
    if file["state"] != "stored":
        why = words.MEDIA_PROBLEMS.get(file["problem"] or "", "") or words.MEDIA_PROBLEMS[file["state"]]
        if file["state"] == "waiting":
            why = words.MEDIA_PROBLEMS["waiting"]
        return f"<i>Berkas ({safe(_type_name(file['mime']))}): {safe(why)}</i><br>"
    link, mime = f"/berkas/{file['id']}", file["mime"]
    if mime.startswith("image/"):
        return f"<a href='{link}' target='_blank'><img src='{link}' alt='Foto pada aduan ini' loading='lazy'></a>"
    if mime.startswith("audio/"):
        return f"<audio controls preload='none' src='{link}'></audio>"
    if mime.startswith("video/"):
        return f"<video controls preload='none' src='{link}'></video>"
    name = safe(file["filename"] or _type_name(mime))
    return f"<a href='{link}' target='_blank'>📎 {name} ({words.size(file['size'])})</a><br>"


def _type_name(mime: str | None) -> str:
    kind = (mime or "").split("/")[0]
    return {"image": "foto", "audio": "suara", "video": "video"}.get(kind, "dokumen")


def bubble(letters: list[texts.Letter]) -> None:
    """A message as the citizen will read it, before it goes out."""
    shown = "".join(
        f"<div class='w-bubble out'>{_bold(letter.text)}"
        + "".join(f"<br>▢ {safe(title)}" for _, title in letter.buttons)
        + "<span class='meta'>pratinjau, belum dikirim</span></div>"
        for letter in letters
    )
    st.html(f"<div class='w-chat'>{shown}</div>")


def facts(view: CaseView, now: datetime, window_hours: float) -> None:
    """What is known of the case, with what is still unclear."""
    case = view.case
    unclear = "<span class='open'>belum jelas</span>"
    place = ", ".join(safe(part) for part in (case.address, view.kelurahan, view.kecamatan) if part)
    if case.latitude is not None:
        place += (" · " if place else "") + _map_link(case.latitude, case.longitude)
    rows = [
        ("Pelapor", safe(view.reporter)),
        ("Kontak", safe(view.phone) if view.phone else "–"),
        ("Saluran", words.CHANNELS.get(case.channel, safe(case.channel))),
        ("Jenis", words.KINDS.get(case.kind, safe(case.kind))),
        ("Kategori", safe(view.category) if view.category else unclear),
        ("Tempat", place or unclear),
        ("Masuk", words.moment(case.received_at)),
        ("Tenggat janji", words.moment(case.promise_due_at)),
        ("Batas terakhir", words.moment(case.outer_due_at)),
    ]
    if case.accept_due_at and case.state == "forwarded":
        rows.append(("Batas diterima OPD", words.moment(case.accept_due_at)))
    if case.channel == "WA":
        rows.append(("Jendela pesan", _window(view, now, window_hours)))
    st.html("<dl class='w-facts'>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in rows) + "</dl>")


def _map_link(latitude: float, longitude: float) -> str:
    point = f"{latitude:.5f}/{longitude:.5f}"
    address = f"https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=18/{point}"
    return f"<a href='{address}' target='_blank' rel='noreferrer'>📍 {point.replace('/', ', ')}</a>"


def window_ends(view: CaseView, hours: float) -> datetime:
    """Until when free text may be sent; long past where the reporter never wrote by WhatsApp."""
    return (view.last_inbound_at or datetime(1970, 1, 1)) + timedelta(hours=hours)


def _window(view: CaseView, now: datetime, hours: float) -> str:
    ends = window_ends(view, hours)
    if ends > now:
        return f"terbuka sampai {words.moment(ends)}"
    return "tertutup: pesan berikutnya dikirim sebagai templat singkat"


def timeline(view: CaseView, categories: dict[str, dict]) -> None:
    """Who did what when, and why; internal notes marked as such."""
    items = []
    for row in view.timeline:
        if row["kind"] in ("message", "delivered"):
            continue  # The conversation above shows them.
        data = row["data"]
        what = words.EVENTS.get(row["kind"], row["kind"])
        detail = _detail(row["kind"], data, categories)
        internal = " <span class='internal'>· INTERNAL, tidak dikirim</span>" if row["kind"] == "note" else ""
        who = safe(words.actor(row))
        when = f"<span class='when'>{words.moment(row['happened_at'])} · {who}</span>"
        items.append(f"<li><b>{what}</b>{internal}<br>{detail}{when}</li>")
    st.html("<ul class='w-line'>" + "".join(reversed(items)) + "</ul>")


def _detail(kind: str, data: dict, categories: dict[str, dict]) -> str:
    said = []
    if data.get("department"):
        said.append(f"ke {data['department']}")
    if kind == "return":
        said.append(words.REASONS.get(data.get("reason"), ""))
    if data.get("category") and kind != "received":
        said.append(f"kategori: {categories.get(data['category'], {}).get('name', data['category'])}")
    for name in ("note", "text"):
        if data.get(name):
            said.append(data[name])
    return "".join(f"<span class='w-note'>{safe(part)}</span><br>" for part in said if part)


def last_note(view: CaseView) -> None:
    """What the colleague before wrote for who has the case now: it must not be looked for in the timeline."""
    turns = [row for row in view.timeline if row["kind"] in ("forward", "return", "start", "send_back", "reopen")]
    if turns and turns[-1]["data"].get("note") and not view.case.ended_at:
        row = turns[-1]
        reason = words.REASONS.get(row["data"].get("reason"), "")
        said = ": ".join(part for part in (reason, row["data"]["note"]) if part)
        what = words.EVENTS[row["kind"]]
        st.html(
            f"<div class='w-turn'><b>{what}</b> · {safe(words.actor(row))} · {words.moment(row['happened_at'])}<br>"
            f"<span class='w-note'>{safe(said)}</span></div>"
        )


def staff_files(view: CaseView) -> None:
    """Photos and documents that staff added."""
    files = [file for file in view.media if file["source"] == "staff"]
    if files:
        shown = "".join(f"<div class='w-bubble staff'>{_file(file)}</div>" for file in files)
        st.html("<div class='w-about'>Foto dan berkas petugas (tidak dikirim ke pelapor):</div>")
        st.html(f"<div class='w-files'>{shown}</div>")
