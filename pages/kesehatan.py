"""Kesehatan: is everything running, and what to do when it is not."""

import streamlit as st

from pages.parts import house, meta_words, words
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import delivery, health, inbox_log, templates
from store.clock import now as clock_now
from store.rules.workflow import Role

actor = require_role(Role.ADMIN, Role.OFFICIAL)
register = house.desk().register

st.title("Kesehatan sistem", anchor=False)
flash()
now = clock_now()
found = health.overview(register, now)

stopped = health.sending_stopped(register)
if stopped:
    st.error(
        f"Pengiriman berhenti: Meta menolak akun ini (kode {stopped['code']}: {words.safe(stopped['text'])}). "
        "Perbaiki akun di Meta; token yang baru ditulis di .env dan aplikasi dijalankan ulang. Setelah itu lanjutkan.",
        icon="⛔",
    )
    if st.button("Lanjutkan pengiriman", type="primary"):
        health.resume_sending(register)
        st.rerun()
elif found["oldest_queued"] and (now - found["oldest_queued"]).total_seconds() > 120:
    st.warning(
        f"Pesan tertua menunggu {words.span(now - found['oldest_queued'])}. Periksa sambungan ke WhatsApp.", icon="⚠️"
    )
else:
    st.success("Pengiriman berjalan.", icon="✅")

for row in templates.trouble(register):
    st.error(meta_words.trouble(row), icon="⚠️")

figures = [
    (found["outbox"].get("queued", 0), "Pesan antre"),
    (found["outbox"].get("unknown", 0), "Belum pasti terkirim"),
    (sum(m["state"] == "failed" for m in found["failed"]), "Gagal dalam 14 hari"),
    (found["unconfirmed"], "Diterima Meta, tanpa kabar"),
    (found["media"].get("waiting", 0), "Berkas sedang diambil"),
    (found["media"].get("missing", 0), "Berkas tidak terambil"),
    (found["aside"], "Kiriman tak terbaca"),
]
st.html(
    "<div class='w-figures'>"
    + "".join(f"<div class='w-figure'><b>{words.number(n)}</b><span>{title}</span></div>" for n, title in figures)
    + "</div>"
)

st.subheader("Kiriman WhatsApp yang tidak dapat dibaca", anchor=False)
problems = inbox_log.problems(register)
if not problems:
    st.info("Tidak ada. Kiriman yang tidak dimengerti disimpan di sini dan tidak menahan yang lain.")
for place, problem in enumerate(problems[:50]):
    with st.expander(f"Kiriman {problem['inbox_id']} · {words.moment(problem['happened_at'])} · {problem['reason']}"):
        st.code(problem["raw"][:4000], language=None, wrap_lines=True)
        if st.button("Tandai sudah diperiksa", key=f"settle-{problem['inbox_id']}-{place}"):
            inbox_log.settle(register, actor, problem["inbox_id"])
            st.rerun()

st.subheader("Pesan keluar yang gagal atau belum pasti, 14 hari terakhir", anchor=False)
if not found["failed"]:
    st.info("Tidak ada.")
else:
    lines = "".join(
        f"<tr><td>{words.safe(m['number'] or '–')}</td><td>{words.moment(m['created_at'])}</td>"
        f"<td>{words.MESSAGE_STATES[m['state']]}</td><td class='n'>{m['attempts']}</td>"
        f"<td>{words.safe(words.failure(m['error_code'], m['error_text']))}</td></tr>"
        for m in found["failed"]
    )
    st.html(
        "<div class='w-scroll'><table class='w-table'><thead><tr><th>Aduan</th><th>Dibuat</th><th>Keadaan</th>"
        f"<th class='n'>Percobaan</th><th>Sebab</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )
twice = delivery.sent_again(register)
if twice:
    st.caption(
        f"{words.number(len(twice))} pesan dikirim ulang karena hasil kiriman pertamanya tidak pernah diketahui."
    )
