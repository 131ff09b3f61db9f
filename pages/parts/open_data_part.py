"""What stands under "Data terbuka" on Layanan: the quarters as published, what is different now, corrections."""

import streamlit as st

from store import open_quarters
from store.desk import Desk
from store.opendata import Quarter
from store.rules.errors import StoreError
from store.rules.workflow import Actor

from . import words
from .open_data_words import difference_name, names_of, quarter_said, value_said


def show(desk: Desk, actor: Actor) -> None:
    st.subheader("Triwulan yang sudah terbit", anchor=False)
    kept = open_quarters.kept(desk)
    if not kept:
        st.info("Belum ada. Triwulan yang sudah berakhir terbit sendiri selama data terbuka diterbitkan.")
        return
    st.caption(
        "Angka triwulan yang sudah terbit tidak berubah lagi, walaupun aduannya kemudian berubah. Bila bedanya patut "
        "diketahui umum, terbitkan koreksi: halaman umum menyebut angka mana yang berbeda."
    )
    lines = "".join(
        f"<tr><th scope='row'>{quarter_said(quarter)}</th><td>{words.moment(quarter.as_of)} WIB</td>"
        f"<td>{_edition(quarter)}</td></tr>"
        for quarter in kept
    )
    st.html(
        "<div class='w-scroll'><table class='w-table'><thead><tr><th scope='col'>Triwulan</th><th scope='col'>Dihitung"
        f"</th><th scope='col'>Terbitan</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )
    # By their first days: a correction makes another quarter of the one that was chosen.
    quarters = {quarter.first: quarter for quarter in kept}
    first = st.selectbox(
        "Bandingkan dengan keadaan sekarang",
        list(quarters),
        format_func=lambda day: quarter_said(quarters[day]),
        key="open-quarter",
    )
    chosen = quarters[first]
    if st.button("Hitung ulang dan bandingkan", key="open-compare"):
        st.session_state["open-compared"] = (chosen.first, chosen.edition)
    if st.session_state.get("open-compared") == (chosen.first, chosen.edition):
        _compare(desk, actor, chosen)


def _edition(quarter: Quarter) -> str:
    return "pertama" if quarter.edition == 1 else f"koreksi ke-{quarter.edition - 1}"


def _compare(desk: Desk, actor: Actor, quarter: Quarter) -> None:
    with st.spinner("Menghitung …"):
        changed = open_quarters.differences(desk, quarter)
    if not changed:
        st.success("Tidak ada angka yang berbeda bila dihitung sekarang.", icon="✅")
        return
    names = names_of(desk)
    lines = "".join(
        f"<tr><th scope='row'>{words.safe(difference_name(names, each))}</th>"
        f"<td class='n'>{value_said(each, each.then)}</td><td class='n'>{value_said(each, each.now)}</td></tr>"
        for each in changed
    )
    st.html(
        f"<b>{words.number(len(changed))}</b> angka berbeda; – berarti tidak ditampilkan.<div class='w-scroll'>"
        "<table class='w-table'><thead><tr><th scope='col'>Angka</th><th scope='col' class='n'>Terbit</th>"
        f"<th scope='col' class='n'>Sekarang</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )
    if st.button("Terbitkan koreksi …", type="primary", key="open-correct"):
        _confirm(desk, actor, quarter)


@st.dialog("Yakin?")
def _confirm(desk: Desk, actor: Actor, quarter: Quarter) -> None:
    """Ask once: it cannot be taken back."""
    st.write(
        f"{quarter_said(quarter)} terbit ulang dengan angka saat ini. Halaman umum menyebutnya koreksi, dengan angka "
        "mana yang berbeda. Terbitan ini tidak dapat ditarik kembali."
    )
    if st.button("Terbitkan koreksi", type="primary"):
        try:
            open_quarters.correct(desk, actor, quarter.first, quarter.edition)
        except StoreError as error:
            st.error(words.refusal(error), icon="⚠️")
            return
        st.rerun()
