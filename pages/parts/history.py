"""What happened to a case: its timeline, the last note, why the official has it. Text of people is shown as text."""

from datetime import datetime

import streamlit as st

from store.queries import CaseView
from store.rules import texts
from store.rules.workflow import State

from . import words
from .words import safe


def timeline(view: CaseView, names: dict[str, dict]) -> None:
    """Who did what when, and why; what stays inside marked as such.

    :param names: the tables of `queries.reference`
    """
    several = len(_departments_named(view)) > 1
    items = []
    for row in view.timeline:
        if row["kind"] in ("message", "delivered"):
            continue  # The conversation above shows them.
        what = words.EVENTS.get(row["kind"], row["kind"])
        inside = row["kind"] in ("note", "work", "reveal", "transcribe")
        internal = " <span class='internal'>· INTERNAL, tidak dikirim</span>" if inside else ""
        who = safe(words.actor(row))
        when = f"<span class='when'>{words.moment(row['happened_at'])} · {who}</span>"
        detail = "".join(
            f"<span class='w-note'>{safe(part)}</span><br>" for part in _detail(row, names, several) if part
        )
        items.append(f"<li><b>{what}</b>{internal}<br>{detail}{when}</li>")
    st.html("<ul class='w-line'>" + "".join(reversed(items)) + "</ul>")


def _departments_named(view: CaseView) -> set[str]:
    """All departments that ever had a part of it."""
    rows = [row["data"] for row in view.timeline if row["kind"] == "forward"]
    return {code for data in rows for code in data.get("departments") or [data.get("department")]}


def _detail(row: dict, names: dict[str, dict], several: bool) -> list[str]:
    """What an event brought, in words."""
    kind, data = row["kind"], row["data"]
    said = [
        _departments_of(kind, data) if several or kind == "forward" else "",
        words.REASONS.get(data.get("reason"), ""),
    ]
    if data.get("how"):
        told = datetime.fromisoformat(data["told_at"]) if data.get("told_at") else row["happened_at"]
        said.append(f"{words.TOLD_HOW.get(data['how'], data['how'])}, {words.moment(told)}")
    if data.get("promised_at"):
        said.append(f"dijanjikan {words.weekday(datetime.fromisoformat(data['promised_at']))}")
    for field, label in _SAID.items():
        if data.get(field):
            said.append(f"{label}: {data[field]}")
    for field in ("missing", "elements"):
        if data.get(field) and kind in ("ask", "classify"):
            named = [words.ELEMENTS.get(name, name).lower() for name in data[field]]
            said.append(("diminta: " if field == "missing" else "kelengkapan: ") + ", ".join(named))
    if kind == "reply":
        said += _sent_with(data)
    if kind == "classify":
        said += _understood(data.get("said") or {}, names)
    if kind == "remind":
        said.append(_reminded(data))
    if kind != "received":
        said += _facts_of(data, names)
    return [*said, data.get("note"), data.get("text")]


def _reminded(data: dict) -> str:
    """How much of the time was used, and who was reminded; a person is not named: other departments read this too."""
    used = f"{words.number(data['level'])} % waktu terpakai"
    meant = [_addressee(to) for to in data.get("to") or []]
    return f"{used}; diingatkan: {', '.join(dict.fromkeys(meant))}" if meant else used


def _addressee(address: str) -> str:
    """Who is meant by an address of `reminders.audiences`."""
    if address.startswith("@"):
        return "petugas yang menangani"
    role, _, department = address.partition(":")
    return f"{words.ROLES[role]} {department}".strip()


_SAID = {"handler": "petugas", "parent": "induk", "child": "duplikat", "body": "lembaga", "reference": "nomor rujukan"}


def _sent_with(data: dict) -> list[str]:
    """What went to the reporter beside a text."""
    said = ["dikirim ulang karena gagal"] if data.get("again") else []
    said += [f"{data['files']} berkas"] if data.get("files") else []
    return said + (["diminta lokasi kejadian"] if data.get("asked_location") else [])


def _understood(said: dict, names: dict[str, dict]) -> list[str]:
    """What was corrected of what the reporter's words were taken for."""
    shown = dict(said)
    if shown.get("kelurahan"):
        shown["kelurahan"] = names["kelurahan"].get(said["kelurahan"], {}).get("name", said["kelurahan"])
    labels = {name: words.UNDERSTOOD[name].lower() for name in shown}
    return [f"{labels[name]} menurut pelapor: {value or 'dikosongkan'}" for name, value in shown.items()]


def _departments_of(kind: str, data: dict) -> str:
    named = data.get("departments") or ([data["department"]] if data.get("department") else [])
    if not named:
        return ""
    if kind != "forward":
        return f"OPD: {', '.join(named)}"
    lead = f" (utama: {data['department']})" if len(named) > 1 else ""
    return f"ke {', '.join(named)}{lead}{', mengikat' if data.get('binding') else ''}"


def _facts_of(data: dict, names: dict[str, dict]) -> list[str]:
    """The facts that were corrected."""
    found = []
    if data.get("category"):
        found.append(f"kategori: {names['categories'].get(data['category'], {}).get('name', data['category'])}")
    if data.get("kelurahan"):
        found.append(f"kelurahan: {names['kelurahan'].get(data['kelurahan'], {}).get('name', data['kelurahan'])}")
    if data.get("address"):
        found.append(f"alamat: {data['address']}")
    if data.get("kind"):
        found.append(f"jenis: {words.KINDS.get(data['kind'], data['kind'])}")
    if "confidential" in data:
        found.append("rahasia" if data["confidential"] else "tidak rahasia")
    return found


# After these, what was written is for whoever has the case now.
_HANDED_ON = (
    "forward", "return", "start", "send_back", "reopen", "escalate", "proceed", "supply", "revive", "restore",
    "unmerge", "schedule",
)  # fmt: skip


def last_note(view: CaseView) -> None:
    """What the colleague before wrote for who has the case now: it must not be looked for in the timeline."""
    if view.case.ended_at:
        return
    turns = [row for row in view.timeline if row["kind"] in _HANDED_ON]
    if view.case.state == "returned":
        # Another department may have gone on since; what waits is why this one did not.
        turns = [row for row in turns if row["kind"] == "return"] or turns
    # Why the official has it stands above already.
    if view.case.escalated and turns and turns[-1]["kind"] == "escalate":
        return
    if turns and turns[-1]["data"].get("note"):
        _turn(turns[-1], words.EVENTS[turns[-1]["kind"]])


def to_tell(view: CaseView) -> None:
    """What whoever calls a reporter without WhatsApp is to tell them; no message in the conversation says it."""
    case = view.case
    if not case.call_reporter or view.by_whatsapp:
        return
    asked = [row["data"] for row in view.timeline if row["kind"] == "ask"]
    if case.state == State.AWAITING_REPORTER and asked:
        wanted = texts.listed([texts.ASKED[name] for name in asked[-1].get("missing", ())] or ["kelengkapan aduan"])
        said = f"Mohon {wanted}. {asked[-1].get('note', '')}".strip()
    elif case.state == State.WITHDRAWN:
        said = "Aduan ini ditutup karena dicabut."
    else:
        said = case.result_text or ""
    if said:
        st.html(
            f"<div class='w-turn'><b>Sampaikan kepada pelapor:</b><br><span class='w-note'>{safe(said)}</span></div>"
        )


def why_escalated(view: CaseView) -> None:
    """Why the official has it: what the counter wrote, or both departments' reasons."""
    if not view.case.escalated or view.case.ended_at:
        return
    st.html(f"<div class='w-about'><b>{words.ESCALATIONS[view.case.escalated]}</b></div>")
    shown = [
        row
        for row in view.timeline
        if row["kind"] == "escalate" or (row["kind"] == "return" and row["data"].get("reason") == "not_ours")
    ]
    for row in shown[-2:]:
        by = row["data"].get("department")
        _turn(row, f"Dikembalikan oleh {by}" if by else words.EVENTS[row["kind"]])


def _turn(row: dict, what: str) -> None:
    reason = words.REASONS.get(row["data"].get("reason"), "")
    said = ": ".join(part for part in (reason, row["data"].get("note")) if part)
    st.html(
        f"<div class='w-turn'><b>{safe(what)}</b> · {safe(words.actor(row))} · {words.moment(row['happened_at'])}<br>"
        f"<span class='w-note'>{safe(said)}</span></div>"
    )
