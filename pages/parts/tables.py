"""Lists of cases as a table, and as a file that a spreadsheet may open without harm."""

from csv import QUOTE_ALL

import pandas as pd
import streamlit as st

from store.rules.deadline import to_jakarta

from . import words

# A cell that starts like this would run as a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_HEADINGS = {
    "number": "nomor", "channel": "saluran", "kind": "jenis", "state": "status", "received_at": "diterima (WIB)",
    "promise_due_at": "tenggat janji (WIB)", "outer_due_at": "batas terakhir (WIB)",
    "first_answer_at": "jawaban pertama (WIB)", "forwarded_at": "diteruskan (WIB)", "accepted_at": "diterima OPD (WIB)",
    "result_at": "hasil (WIB)", "stopped_at": "jam berhenti (WIB)", "ended_at": "berakhir (WIB)",
    "closing": "cara berakhir", "category": "kategori", "department": "OPD", "address": "alamat",
    "latitude": "lintang", "longitude": "bujur", "reporter_name": "nama pelapor", "reporter_contact": "kontak pelapor",
    "message_count": "jumlah pesan", "media_count": "jumlah lampiran", "returned_count": "kali dikembalikan",
    "reopened_count": "kali dibuka kembali", "summary": "ringkasan", "full_text": "teks lengkap",
    "result_text": "hasil tindak lanjut",
}  # fmt: skip


def case_table(cases: list[dict], now, key: str) -> str | None:
    """Draw cases as a table; the number of the one that was pressed comes back."""
    frame = pd.DataFrame(
        [
            {
                "Nomor": row["number"],
                "Tenggat": " ".join(words.due(row, now)),
                "Status": words.STATES[row["state"]],
                "Isi": row["summary"] or "(tanpa teks)",
                "Kategori": row["category_name"] or "belum jelas",
                "Kelurahan": row["kelurahan_name"] or "belum jelas",
                "OPD": row["department"] or "–",
                "Pelapor": row["reporter"] or "–",
                "Diterima": words.moment(row["received_at"]),
                "Saluran": words.CHANNELS.get(row["channel"], row["channel"]),
            }
            for row in cases
        ]
    )
    st.caption("Tekan kotak di awal baris untuk membuka aduannya.")
    selected = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        height=min(38 * (len(frame) + 1), 720),
        column_config={"Isi": st.column_config.TextColumn(width="large")},
    )
    rows = selected.selection.rows
    return cases[rows[0]]["number"] if rows else None


def csv(frame: pd.DataFrame, categories: dict[str, dict]) -> bytes:
    """The export in people's words and times, safe to open in a spreadsheet; UTF-8 with the mark that Excel wants."""
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = [f"{to_jakarta(v.to_pydatetime()):%Y-%m-%d %H:%M}" if v == v else "" for v in out[name]]
    out["state"] = out["state"].map(words.STATES)
    out["closing"] = out["closing"].map(words.CLOSINGS).fillna("")
    out["channel"] = out["channel"].map(words.CHANNELS)
    out["kind"] = out["kind"].map(words.KINDS)
    out["category"] = out["category"].map({code: row["name"] for code, row in categories.items()}).fillna("")
    for name in ("address", "summary", "full_text", "result_text", "reporter_name", "reporter_contact"):
        out[name] = [f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in out[name]]
    return out.rename(columns=_HEADINGS).to_csv(index=False, quoting=QUOTE_ALL).encode("utf-8-sig")
