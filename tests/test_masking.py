"""Who reported, as lists and exports show it."""

import pytest

from store import queries
from store.masking import masked
from store.queries import Filters
from store.rules.workflow import SYSTEM

from .cases import take_in, who


@pytest.mark.parametrize(
    ("name", "contact", "shown"),
    [
        ("Siti Aminah", "6285600000101", "S*** (…0101)"),
        ("Bo", "6285600000101", "B*** (…0101)"),
        ("siti", None, "S***"),
        (None, "6285600000101", "(…0101)"),
        ("", "", ""),
        (None, None, ""),
        ("🌸 ayu", "ID.1a2b3c4d5e", "A*** (…4d5e)"),
        ("123", "ani@contoh.id", "1*** (a***@…)"),
        ("A", "112233", "A*** (…33)"),
        ("A", "112", "A*** (…)"),
        ("*_", "@ani", "(…)"),
        ("Ärztin", "@aniku", "Ä*** (…)"),
    ],
)
def test_one_letter_and_the_last_signs_stay(name, contact, shown):
    assert masked(name, contact) == shown


def test_lists_and_exports_show_no_more_but_the_case_does(desk):
    case = take_in(desk, "Lampu mati", name="Zulaikha", phone="6289912345678")
    kota = who(desk, "kota")
    lists = [queries.search(desk.register, kota, Filters())[0], queries.waiting_for_triage(desk.register, kota)]
    assert [row["reporter"] for found in lists for row in found] == ["Z*** (…5678)"] * 2
    frame = queries.export(desk.register, kota, Filters())
    assert "Zulaikha" not in frame.to_csv()
    assert "9912345678" not in frame.to_csv()
    assert list(queries.export(desk.register, SYSTEM, Filters(), in_full=True)["reporter_name"]) == ["Zulaikha"]
    view = queries.case_view(desk.register, kota, case.number)
    assert (view.reporter, view.phone) == ("Zulaikha", "6289912345678")
