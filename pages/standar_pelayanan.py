"""Standar Pelayanan: what the service promises, for staff; the same words are public at `/standar`."""

import streamlit as st

from pages.parts import house
from pages.parts.session import require_role
from pages.public import standard_html
from store.rules.workflow import Role

require_role(*(role for role in Role if role not in (Role.REPORTER, Role.SYSTEM)))

st.title("Standar Pelayanan", anchor=False)
st.caption("Halaman yang sama terbuka untuk umum di alamat /standar.")
if not any(house.desk().config["channels"].values()):
    st.info("Telepon, surel dan saluran lain belum diisi. Administrator mengisinya di Layanan, “Saluran lain”.")
st.html(standard_html(house.desk().config))
