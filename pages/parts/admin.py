"""What every administration page is made of: a list, one form for the chosen row, and who changed what.

A press is carried out before the page is drawn anew. A form keeps what its row was when it was drawn, so that an edit
over somebody else's is noticed; what was typed stays until it is saved.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from store.admin import log
from store.rules.errors import RuleBroken, StoreError
from store.rules.workflow import Actor

from . import address, house, words
from .flash import flash
from .markdown import plain
from .outcome import outcome, sent, tries
from .session import current_actor

NEW = "baru"
ROW = "pilih"
# Carries one change out: who, what was typed and what the row was go in, the sentence of success comes back.
Change = Callable[[Actor | None, dict, dict], "str | Done"]


@dataclass(frozen=True)
class Done:
    """What a change did, with what the page must keep of it: a way back, a password to be shown once."""

    said: str
    undo: Change | None = None
    password: tuple[str, str] | None = None


def said() -> None:
    """What the last press did, and the way back where there is one."""
    flash()
    undo = outcome().get("undo")
    if undo is not None:
        action("Urungkan", "undo", undo, icon="↩️")


def chosen() -> str:
    """The code of the row in the address, `NEW` for a new one, or nothing."""
    return address.shown(st.query_params.get(ROW, "")) or ""


def choose(code: str) -> None:
    """Open a row; what a press before said goes away."""
    for name in ("undo", "stale", "password"):
        outcome().pop(name, None)
    st.query_params[ROW] = code


def entries(add_label: str, rows: Iterable[tuple[str, str, str, bool]], empty: str, personal: bool = False) -> None:
    """The list, with the button for a new row above it.

    :param rows: code, title, what is said below it, whether it is active
    :param personal: the codes are people's, who do not stand in an address
    """
    st.button(
        add_label, key="add", icon="➕", width="stretch", on_click=choose, args=(NEW,),
        type="primary" if chosen() == NEW else "secondary",
    )  # fmt: skip
    rows = list(rows)
    if not rows:
        st.info(empty)
        return
    with st.container(key="w-list", gap="xsmall"):
        for code, title, about, active in rows:
            st.button(
                plain(title if active else f"{title} (nonaktif)"),
                key=f"row-{code}",
                type="primary" if code == chosen() else "secondary",
                width="stretch",
                on_click=choose,
                args=(address.hide(code) if personal else code,),
            )
            if about:
                st.html(f"<div class='w-row'><div class='about'>{words.safe(about)}</div></div>")


def action(label: str, key: str, do: Change, **more) -> None:
    """A button without a form."""
    st.button(label, key=f"do-{key}", on_click=_press, args=(uuid.uuid4().hex, f"do-{key}", do, {}, {}), **more)


class Sheet:
    """One form: the keys of its fields, and what its row was when they were drawn."""

    def __init__(self, name: str, row: dict | None):
        self.name = name
        self.keys: dict[str, str] = {}
        self.row = self._row = row or {}
        self._tried = tries(name)

    @property
    def stale(self) -> bool:
        """Whether somebody else was faster with this row."""
        return outcome().get("stale") == self.name

    @contextmanager
    def form(self) -> Iterator[None]:
        # Enter in a field would send the form as well as the shortcut does: one press, twice.
        with st.form(f"{self.name}-form-{self._tried}", border=True, enter_to_submit=False):
            yield
        if self.stale:
            st.warning(
                "Yang Anda ketik masih ada di formulir ini dan belum disimpan. Perubahan orang lain tertulis di "
                "riwayat di bawah. Timpa bila tetap perlu, atau buang ketikan Anda."
            )
            st.button(
                "Buang yang saya ketik, tampilkan yang terbaru", key=f"fresh-{self.name}",
                on_click=_start_again, args=(self.name,),
            )  # fmt: skip

    def key(self, field: str) -> str:
        """The key of a field; drawn for the first time, the form takes note of the row."""
        key = f"{self.name}-{field}-{self._tried}"
        if key not in st.session_state:
            outcome()[f"seen-{self.name}"] = self._row
        self.keys[field] = key
        return key

    def typed(self, field: str) -> object:
        """What stands in a field since the form was last sent, or in the row."""
        return st.session_state.get(self.keys[field], self._row.get(field))

    def submit(self, label: str, do: Change, shortcut: str | None = "Ctrl+Enter") -> None:
        """The button that carries the change out; a page's second form has no shortcut."""
        seen = outcome().setdefault(f"seen-{self.name}", self._row)
        # Another button than the one that was refused, so that a double click overwrites nothing.
        st.form_submit_button(
            "Simpan dan timpa" if self.stale else label, type="primary", shortcut=shortcut,
            key=f"{self.name}-submit-{self._tried}-{self.stale}",
            on_click=_press, args=(uuid.uuid4().hex, self.name, do, dict(self.keys), seen),
        )  # fmt: skip


def _start_again(name: str) -> None:
    outcome().pop("stale", None)
    sent(outcome(), name)


def _press(press_id: str, name: str, do: Change, keys: dict[str, str], seen: dict) -> None:
    box, actor = outcome(), current_actor()
    if box.get("press") == press_id:
        # The second click of a double click: what the first one did is said again, and not done again.
        box["flash"] = box["pressed"]
        return
    given = {field: st.session_state.get(key) for field, key in keys.items()}
    for old in ("undo", "stale", "password"):
        box.pop(old, None)
    try:
        done = do(actor, given, seen)
    except StoreError as refused:
        _note(box, press_id, "error", words.refusal(refused))
        if isinstance(refused, RuleBroken) and refused.code == "changed_by_other":
            # The next press is made knowing: it is compared with what the row is now.
            box.pop(f"seen-{name}", None)
            box["stale"] = name
        return
    done = done if isinstance(done, Done) else Done(done)
    _note(box, press_id, "success", done.said)
    box["undo"], box["password"] = done.undo, done.password
    sent(box, name)


def _note(box: dict, press_id: str, kind: str, text: str) -> None:
    box["press"], box["pressed"] = press_id, (kind, text, "")
    box["flash"] = box["pressed"]


def history(
    actor: Actor,
    subjects: tuple[str, ...],
    labels: dict[str, str],
    named: Callable[[dict], str],
    shown: dict[str, Callable[[object], str]] | None = None,
    code: str | None = None,
) -> None:
    """“Riwayat perubahan”: who changed what from what to what, in words.

    :param labels: what people call a field; others are left out
    :param named: what a row of the history is about
    :param shown: how values of a field are said
    """
    with st.expander("Riwayat perubahan", expanded=outcome().get("stale") is not None):
        found = log.history(house.desk().register, actor, *subjects, code=code)
        if not found:
            st.caption("Belum ada perubahan. Setiap perubahan di halaman ini tercatat di sini.")
            return
        items = "".join(_change(row, labels, named, shown or {}) for row in found)
        st.html(f"<ul class='w-line'>{items}</ul>")
        if len(found) == log.HISTORY:
            st.caption(f"{log.HISTORY} perubahan terakhir ditampilkan.")


def _change(row: dict, labels: dict, named: Callable, shown: dict) -> str:
    before, after = row["before"], row["after"]
    did = "ditambahkan" if before is None else "dihapus" if after is None else "diubah"
    lines = []
    for field, label in labels.items():
        old, new = (before or {}).get(field), (after or {}).get(field)
        if old == new:
            continue
        say = shown.get(field, said_value)
        if before is None or after is None:
            said_now = say(new if before is None else old)
        else:
            said_now = f"{say(old)} → {say(new)}"
        lines.append(f"<span class='w-note'>{words.safe(f'{label}: {said_now}')}</span><br>")
    return (
        f"<li><b>{words.safe(named(row))}</b> {did}<br>{''.join(lines)}"
        f"<span class='when'>{words.moment(row['happened_at'])} · {words.safe(row['name'])}</span></li>"
    )


def said_value(value: object) -> str:
    """A value of the history in words."""
    if value is None or value in ("", []):
        return "kosong"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int | float):
        return words.number(value, 0 if value == int(value) else 1)
    return f"“{value}”"


def active_button(active: bool, key: str, set_active: Callable[[Actor | None, bool], None], name: str) -> None:
    """The button that sets a row aside, or takes it back; the one undoes the other."""

    def turn(actor: Actor | None, given: dict, seen: dict) -> str:
        set_active(actor, not active)
        return f"{name} diaktifkan kembali." if not active else f"{name} dinonaktifkan."

    # Each of the two has its own key: the second click of a double click must not undo the first.
    action("Nonaktifkan" if active else "Aktifkan kembali", f"{'off' if active else 'on'}-{key}", turn)
