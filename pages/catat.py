"""Catat aduan: a complaint by telephone, e-mail, web, social media or over the counter, in under a minute.

The fields stand in the order of asking, so that Tab leads through the conversation; what is typed is kept as a draft.
"""

import streamlit as st

from pages.parts import house, report_form, words
from pages.parts.drafts import FILES, Form
from pages.parts.fields import kept_files
from pages.parts.markdown import plain
from pages.parts.outcome import outcome
from pages.parts.session import current_actor, require_role
from store import channels, drafts
from store.channels import Report
from store.rules import point
from store.rules.case import Case
from store.rules.errors import RuleBroken, StoreError
from store.rules.workflow import COUNTER, Actor, Role

NAME, LAST = "catat", "catat-saluran"
# Which field a refusal is about, so that the cursor goes there.
FIELD_OF = {
    "missing_name": "name", "missing_text": "text", "not_a_phone": "phone", "not_a_point": "point",
    "short_link": "point", "missing_answer": "said", "missing_note": "said",
}  # fmt: skip


def save(form: Form) -> None:
    """One press, carried out before the page is drawn anew; what was typed stays if it is refused."""
    box, officer = outcome(), current_actor()
    given = form.values()
    try:
        if officer is None:
            raise RuleBroken("not_allowed")
        case, way = carry_out(form, officer, given)
    except StoreError as refused:
        # Another number than this caller's must not stand there to be read out.
        box["catat-done"] = None
        box["catat-refused"] = (refused, box.get("catat-presses", 0))
        box["catat-presses"] = box.get("catat-presses", 0) + 1
    else:
        box["catat-done"] = (case.number, next_step(case, given, way))
        box["catat-refused"] = None
        form.done(box)
        drafts.keep(desk.register, officer, LAST, {"channel": given["channel"]})


def carry_out(form: Form, officer: Actor, given: dict) -> tuple[Case, str]:
    """The complaint, and what followed at the counter: one of `channels.AT_COUNTER`, or nothing."""
    facts = {name: given[name] for name in ("category", "kelurahan", "address", "confidential") if given[name]}
    known = channels.known_reporter(desk, officer, given["phone"])
    name = given["name"].strip() or (known or {}).get("name") or ""
    place = point.read(given["point"])
    if place:
        facts |= {"latitude": place.latitude, "longitude": place.longitude}
    report = Report(
        given["channel"], given["kind"], name, given["phone"], bool(given["by_whatsapp"]), given["text"],
        tuple(kept_files(given[FILES] or [])), given["happened"], given["landmark"],
    )  # fmt: skip
    way = given["way"] if given["channel"] == COUNTER else ""
    op_id = form.press(given, report_form.COMPLAINT)
    return channels.at_counter(desk, officer, op_id, report, way or "triage", given["said"], **facts), way


def next_step(case: Case, given: dict, way: str) -> str:
    """What happens next, in one line."""
    if way == "answer":
        sent = "Jawabannya juga dikirim ke WhatsApp pelapor." if given["by_whatsapp"] else "Aduan ini selesai."
        return f"Dijawab di loket. {sent}"
    if way == "escalate":
        return "Diteruskan ke Pejabat Dinkominfo, yang menanganinya sampai selesai."
    said = f"Masuk Triase, tenggat {words.moment(case.promise_due_at)}."
    if given["by_whatsapp"]:
        return f"{said} Jawabannya dikirim ke WhatsApp pelapor."
    if not given["phone"].strip():
        return f"{said} Tanpa kontak: pelapor baru dapat diberi tahu bila menghubungi lagi."
    return f"{said} Jawabannya nanti disampaikan lewat Telepon pelapor."


def empty(form: Form) -> None:
    """Everything typed is thrown away, which was asked once."""
    box = outcome()
    box["catat-done"] = box["catat-refused"] = None
    form.done(box)


def told() -> None:
    """What the last complaint became: the number large, what happens next, the way to the case."""
    done = outcome().get("catat-done")
    if done:
        number, step = done
        st.html(
            f"<div class='w-told'>Nomor aduan, bacakan kepada pelapor:<b>{words.safe(number)}</b>"
            f"{words.safe(step)}</div>"
        )
        link(number)


def link(number: str) -> None:
    st.page_link("aduan.py", label=f"Buka aduan {number}", query_params={"no": number}, icon="📄")


def refused(form: Form) -> None:
    """Beside the button, because that is where the press was."""
    said = outcome().get("catat-refused")
    if not said:
        return
    why, press = said
    case = channels.recorded(desk, actor, form.op)
    if case:
        st.error(
            f"Aduan sudah tersimpan sebagai {case.number}; langkah sesudahnya belum. {plain(words.refusal(why))}",
            icon="⚠️",
        )
        link(case.number)
        return
    st.error(plain(words.refusal(why)), icon="⚠️")
    field = FIELD_OF.get(getattr(why, "code", ""))
    if field:
        report_form.focus(form.keys[field], f"refused-{press}")


def found_again(form: Form) -> None:
    """What a new session brought back, and whether its last press had been carried out after all."""
    kept = form.found_again
    if not kept:
        return
    case = channels.recorded(desk, actor, kept["op"])
    if case:
        st.warning(
            f"Isian ini sudah tersimpan sebagai {case.number} ({words.STATES[case.state]}). Periksa dahulu; bila sudah "
            "lengkap, tekan “Kosongkan formulir” di bawah.",
            icon="⚠️",
        )
        link(case.number)
    else:
        st.caption(f"Konsep dari {words.moment(kept['saved_at'])} dimuat kembali. Lanjutkan, atau kosongkan di bawah.")


def last_channel() -> str:
    """The channel of this person's last complaint, also when that was yesterday."""
    kept = drafts.load(desk.register, actor, LAST)
    known = kept.body["channel"] if kept else ""
    return known if known in channels.WRITTEN_DOWN else channels.WRITTEN_DOWN[0]


actor = require_role(Role.CITY, Role.OFFICIAL)
desk = house.desk()
st.title("Catat aduan", anchor=False)
form = report_form.open_form(NAME, actor)
told()
found_again(form)
st.session_state.setdefault(form.keys["channel"], last_channel())
st.segmented_control(
    "Saluran", channels.WRITTEN_DOWN, format_func=words.CHANNELS.get, key=form.keys["channel"], required=True
)
known = report_form.draw(form)
refused(form)
with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        "Simpan dan beri nomor", key=f"{NAME}-save-{form.tried}", type="primary", on_click=save, args=(form,),
        shortcut="Ctrl+Enter",
    )  # fmt: skip
    with st.popover("Kosongkan formulir", key=f"{NAME}-empty-{form.tried}"):
        st.write("Semua isian dan konsepnya dihapus.")
        st.button("Ya, kosongkan", key=f"{NAME}-sure-{form.tried}", on_click=empty, args=(form,))
st.caption("Isian tersimpan sendiri sebagai konsep, paling lama 7 hari, dan hanya Anda yang dapat membacanya.")
if known and known["open"]:
    st.html(
        "Aduan terbuka pelapor ini: " + ", ".join(report_form.case_link(row["number"]) for row in known["open"][:3])
    )
report_form.focus(form.keys["phone"], f"open-{form.tried}")
