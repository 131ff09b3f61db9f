"""Lists of cases as a table, and plain tables as a file that a spreadsheet may open without harm."""

from csv import QUOTE_ALL

import pandas as pd
import streamlit as st

from store.export.files import harmless

from . import words


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


def plain_csv(frame: pd.DataFrame) -> bytes:
    """A table of texts as a file that a spreadsheet may open without harm."""
    return frame.map(harmless).to_csv(index=False, quoting=QUOTE_ALL).encode("utf-8-sig")
