"""The "?" beside a figure, which says exactly how it is counted."""

from collections.abc import Iterable

import streamlit as st

from store import figures

from . import words


def mark(code: str) -> str:
    """A small button, as HTML; `explain` must stand on the page, outside of what is drawn again and again."""
    name = words.safe(figures.FIGURES[code].name)
    return (
        f"<button type='button' class='w-why' popovertarget='cara-{code}' aria-label='Cara menghitung: {name}'>"
        "?</button>"
    )


def explain(codes: Iterable[str]) -> None:
    """What the marks of these figures open."""
    st.html("".join(_explained(figures.FIGURES[code]) for code in codes))


def _explained(figure: figures.Figure) -> str:
    aim = ""
    if figure.aim is not None:
        least = "sedikitnya" if figure.better == "more" else "paling banyak"
        aim = f"<p>Sasaran: {least} {words.percent(figure.aim)}.</p>"
    against = ""
    if figure.by:
        against = (
            "<p>Pembanding: masa yang sama panjangnya bulan lalu dan bulan yang sama tahun lalu, dihitung sampai hari "
            "dan jam yang sama; yang terjadi sesudahnya tidak dihitung.</p>"
        )
    return (
        f"<div id='cara-{figure.code}' popover class='w-large w-explained'><b>{words.safe(figure.name)}</b>"
        f"<p>{words.safe(figure.definition)}</p>{aim}{against}<p>Hari dan jam menurut WIB.</p>"
        f"<div><button type='button' popovertarget='cara-{figure.code}' popovertargetaction='hide'>Tutup</button></div>"
        "</div>"
    )
