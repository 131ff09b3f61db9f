"""Perlu tindakan: what needs this person now, over all roles, the oldest promise first; each row opens its page."""

from datetime import datetime

import streamlit as st

from pages.parts import house, words
from pages.parts.session import require_role
from store import last_look, queries
from store.clock import now as clock_now
from store.reminders import OFFICIAL_LEVEL
from store.rules.deadline import to_jakarta
from store.rules.workflow import AT_WORK, Role, State

LIVE_SECONDS = 2.0
# Where the first of a row's reasons is dealt with.
WORKPLACES = {
    "escalated": "eskalasi", "triage": "triase", "in_review": "verifikasi", "accept": "opd", "hand_out": "opd",
    "unassigned": "tindak_lanjut", "work": "tindak_lanjut", "call": "telepon", "unread": "pesan",
}  # fmt: skip
WHY = {
    "escalated": "menunggu Anda: eskalasi",
    "triage": "menunggu Anda: triase",
    "in_review": "menunggu Anda: verifikasi hasil",
    "hand_out": "menunggu Anda: serahkan ke tim",
    "unassigned": "belum ada petugas",
    "work": "tugas Anda",
    "call": "telepon pelapor",
    "unread": "pesan baru",
}
SENT_BACK = {"returned": "dikembalikan OPD", "reopened": "dibuka kembali"}
# One's own work first, then by how the limit stands.
GROUPS = {
    "mine": "Tugas Anda", "late": "Lewat tenggat", "today": "Hari ini", "later": "Berikutnya",
    "stopped": "Tenggat berhenti",
}  # fmt: skip
EMPTY = {
    Role.CITY: "Aduan baru, hasil yang diajukan OPD, pesan pelapor, dan aduan yang lewat tenggat tampil di sini.",
    Role.OFFICIAL: "Aduan yang dieskalasi kepada Anda dan yang mencapai 150 % dari tenggatnya tampil di sini.",
    Role.OPD_ADMIN: "Aduan yang diteruskan ke OPD Anda, belum ada petugasnya, atau lewat tenggat tampil di sini.",
    Role.OPD_TEAM: "Aduan yang diserahkan ke tim tampil di sini.",
    Role.LEADER: "Aduan yang mencapai 300 % dari tenggatnya tampil di sini.",
}
# Each row is one link as large as its card, with the words beside it.
_CSS = """
<style>
[class*="st-key-w-todo-"] { position: relative; display: grid !important; grid-template-columns: 17rem 1fr;
  gap: .1rem 1rem; align-items: start; padding: .35rem .8rem; border-radius: .5rem;
  border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-left-width: 4px; }
[class*="st-key-w-todo-"]:hover, [class*="st-key-w-todo-"]:focus-within { border-color: currentColor; }
[class*="st-key-w-todo-late-"] { border-left-color: #D55E00; }
[class*="st-key-w-todo-today-"] { border-left-color: #E69F00; }
[class*="st-key-w-todo-"] .stElementContainer { position: static; }
[class*="st-key-w-todo-"] a { position: static !important; background: none !important; padding: 0 !important; }
[class*="st-key-w-todo-"] a::after { content: ""; position: absolute; inset: 0; }
[class*="st-key-w-todo-"] a p { font-weight: 650; white-space: normal; }
.w-todo { line-height: 1.35; font-size: .9rem; overflow-wrap: anywhere; }
.w-todo .why { font-weight: 650; } .w-todo .about { font-size: .8rem; opacity: .78; }
.w-todo .words { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.st-key-w-start a { color: inherit; border: 2px solid currentColor; border-radius: .5rem; padding: .45rem 1.1rem;
  width: max-content; }
.st-key-w-start a p { font-weight: 650; }
.w-news a { color: inherit !important; }
.w-rest { max-width: 34rem; margin: 2.5rem auto; text-align: center; line-height: 1.5; }
.w-rest b { display: block; font-size: 1.3rem; } .w-rest .sign { font-size: 2.6rem; line-height: 1.2; }
@media (max-width: 640px) { [class*="st-key-w-todo-"] { grid-template-columns: 1fr; }
  .st-key-w-start a { width: 100%; justify-content: center; } }
</style>
"""

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)


def standing(row: dict, now: datetime) -> tuple[str, str, str]:
    """How the limit stands: its class, its sign with words, and its time; the sign never bears the news alone."""
    limit = row["limit_at"]
    if not row["running"] or limit is None:
        return "stopped", "‖ tenggat berhenti", "menunggu langkah Anda"
    if limit <= now:
        return "late", f"! lewat {words.span(now - limit)}", f"tenggat {words.moment(limit)}"
    if to_jakarta(limit).date() == to_jakarta(now).date():
        return "today", f"◔ hari ini {words.clock(limit)}", f"tinggal {words.span(limit - now)}"
    return "later", f"– {words.moment(limit)}", f"tinggal {words.span(limit - now)}"


def reasons(row: dict, now: datetime) -> list[str]:
    """Why the case is here, in words; how it stands, where there is nothing to do but to look after it."""
    said = [text for text in (_reason(name, row) for name in row["reasons"]) if text]
    if not said or row["part_state"] == State.SCHEDULED:
        state = words.STATES[row["part_state"] or row["state"]]
        said.insert(0, state[:1].lower() + state[1:])
    if row["handler"] and not row["mine"]:
        said.append(f"petugas {row['handler_name']}")
    if row["due_at"] and row["due_at"] <= now and row["reminded"] >= OFFICIAL_LEVEL:
        said.append(f"eskalasi {row['reminded']} %")
    return said


def _reason(name: str, row: dict) -> str:
    if name == "triage":
        return SENT_BACK.get(row["state"], WHY[name])
    if name == "accept":
        return f"belum diterima OPD, batas {words.moment(row['part_accept_due_at'])}"
    if name == "not_accepted":
        return f"belum diterima OPD, batas {words.moment(row['accept_due_at'])}"
    if name == "work":
        return WHY[name] if row["mine"] else ""
    return WHY.get(name, "")


def open_case(row: dict, label: str) -> None:
    """A link to the page on which the case is dealt with."""
    first = row["reasons"][0]
    if first == "late" and row["part_state"] in AT_WORK:
        first = "work"
    workplace = WORKPLACES.get(first, "aduan")
    page = st.Page(f"{workplace}.py", url_path=workplace)
    # A sign at the beginning would be read as markup.
    st.page_link(page, label=label.replace("!", "\\!"), query_params={"no": row["number"]}, width="stretch")


def show_row(row: dict, now: datetime) -> None:
    kind, when, beside = standing(row, now)
    departments = row["departments"].strip("|").replace("|", ", ")
    about = (beside, row["reporter"], row["kelurahan_name"], row["category_name"], departments)
    with st.container(key=f"w-todo-{kind}-{row['number']}"):
        open_case(row, f"{when} · {row['number']}")
        st.html(
            f"<div class='w-todo'><div class='why'>{words.safe(' · '.join(reasons(row, now)))}</div>"
            f"<div class='words'>{words.safe(row['summary'] or '(tanpa teks)')}</div>"
            f"<div class='about'>{words.safe(' · '.join(filter(None, about)))}</div></div>"
        )


def show_head(cases: list[dict], counted: dict[str, int], now: datetime) -> None:
    others = counted["todo"] - counted["late"] - counted["today"]
    st.html(
        f"<div class='w-asof'>! {words.number(counted['late'])} lewat tenggat · "
        f"◔ {words.number(counted['today'])} jatuh tempo hari ini · {words.number(others)} lainnya · "
        f"per {words.moment(now)} WIB</div>"
    )
    with st.container(key="w-start"):
        open_case(cases[0], f"Buka yang pertama: {cases[0]['number']}")


def show_list(cases: list[dict], counted: dict[str, int], now: datetime) -> None:
    groups: dict[str, list[dict]] = {title: [] for title in GROUPS.values()}
    for row in cases:
        groups[GROUPS["mine" if row["mine"] else standing(row, now)[0]]].append(row)
    for title, group in groups.items():
        if group:
            st.subheader(title, anchor=False)
        for row in group:
            show_row(row, now)
    if counted["todo"] > len(cases):
        rest = words.number(counted["todo"] - len(cases))
        st.caption(f"{len(cases)} dengan tenggat terdekat ditampilkan; {rest} lainnya menyusul.")


def show_rest() -> None:
    told = "<br>".join(text for role, text in EMPTY.items() if actor.has(role))
    st.html(f"<div class='w-rest'><div class='sign'>✓</div><b>Tidak ada yang menunggu Anda saat ini</b>{told}</div>")


def show_news(happened: list[dict], total: int, since: datetime) -> None:
    """What others did to one's cases, short and shut: it is for reading, the list is for working."""
    if not happened:
        return
    with st.expander(f"Sejak terakhir Anda lihat ({words.moment(since)}): {words.number(total)} kejadian"):
        told = "".join(
            f"<li><span class='when'>{words.moment(row['happened_at'])}</span> · "
            f"<a href='/aduan?no={words.safe(row['number'])}' target='_self'>{words.safe(row['number'])}</a> · "
            f"{words.safe(words.EVENTS.get(row['kind'], 'Berubah'))} · {words.safe(words.actor(row))}</li>"
            for row in happened
        )
        more = f"<li>dan {words.number(total - len(happened))} lainnya</li>" if total > len(happened) else ""
        st.html(f"<ul class='w-line w-news'>{told}{more}</ul>")


def answers(since: datetime) -> tuple:
    """The list, its counts and the news, asked anew when the register has changed or a minute has passed."""
    register, now = house.desk().register, clock_now()
    key = (register.version, f"{now:%Y%m%d%H%M}", actor)
    kept = st.session_state.get("todo")
    if kept is None or kept[0] != key:
        cases, counted = queries.todo(register, actor, now), queries.todo_counts(register, actor, now)
        kept = (key, (cases, counted, queries.happened_since(register, actor, since, now), now))
        st.session_state["todo"] = kept
    return kept[1]


@st.fragment(run_every=LIVE_SECONDS)
def live(since: datetime) -> None:
    cases, counted, news, now = answers(since)
    if cases:
        show_head(cases, counted, now)
    else:
        show_rest()
    show_news(*news, since)
    show_list(cases, counted, now)


st.html(_CSS)
st.title("Perlu tindakan", anchor=False)
live(last_look.look(house.desk().register, actor, clock_now()))
