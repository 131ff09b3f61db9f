"""A form whose fields outlive the page: what is typed is kept for its owner until it is sent.

Its fields stand outside `st.form`, so that each one arrives when it is left. At the start of every run what has changed
is written down; a new session finds it again.
"""

import hashlib
import json
import uuid
from collections.abc import Callable

import streamlit as st

from store import drafts
from store.rules.workflow import Actor

from . import house
from .outcome import outcome, sent, tries

FILES = "files"


class Form:
    """One form as this run draws it: `keys` of its fields, and the id by which its press is known.

    :param fields: all fields that are kept
    :param small: fields that alone are not worth keeping, because they are filled in from the start
    :param fits: whether a kept value can still be chosen
    """

    def __init__(
        self,
        name: str,
        actor: Actor,
        fields: tuple[str, ...],
        small: tuple[str, ...],
        fits: Callable[[Actor, str, object], bool],
    ):
        self.name, self.actor, self._small = name, actor, small
        self.tried = tries(name)
        self.keys = {field: f"{name}-{field}-{self.tried}" for field in (*fields, FILES)}
        box = outcome()
        held = box.get(f"draft-{name}")
        if held is None or held["tried"] != self.tried:
            held = box[f"draft-{name}"] = _fresh(self.tried) | (_kept(name, actor) if held is None else {})
        self._held = held
        self._take_over(fields)
        # What was kept and cannot be shown now (a field that is not drawn, a category set aside) is put back here.
        for field in fields:
            key, value = self.keys[field], held["fields"].get(field)
            if value is not None and key not in st.session_state and fits(actor, field, value):
                st.session_state[key] = value

    def _take_over(self, fields: tuple[str, ...]) -> None:
        """Write down what has changed since the last run."""
        held, present = self._held, dict(self._held["fields"])
        for field in fields:
            if self.keys[field] in st.session_state:
                present[field] = st.session_state[self.keys[field]]
        chosen = st.session_state.get(self.keys[FILES])
        names = held["files"] if chosen is None else [file.name for file in chosen]
        if present != held["fields"] or names != held["files"]:
            held |= {"fields": present, "files": names}
            self._write()

    def _write(self) -> None:
        held = self._held
        if any(value for field, value in held["fields"].items() if field not in self._small):
            drafts.keep(house.desk().register, self.actor, self.name, {k: held[k] for k in _WRITTEN})
            held["written"] = True
        elif held["written"]:
            drafts.forget(house.desk().register, self.actor, self.name)
            held["written"] = False

    def values(self) -> dict:
        """What stands in the fields at the moment of a press; nothing is None."""
        kept = self._held["fields"]
        given = {field: st.session_state.get(key, kept.get(field)) for field, key in self.keys.items()}
        return {field: "" if value is None else value for field, value in given.items()}

    def press(self, values: dict, counted: tuple[str, ...]) -> str:
        """The id of a press with these values, written down before it is carried out.

        :param counted: the fields by which one press is the same as another
        """
        said = json.dumps({field: values[field] for field in counted}, ensure_ascii=False)
        held = self._held
        held["fields"] = {field: value for field, value in values.items() if field != FILES}
        held["op"] = f"{held['id']}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
        self._write()
        return held["op"]

    @property
    def op(self) -> str:
        """The id of the last press, or nothing."""
        return self._held["op"]

    def done(self, box: dict) -> None:
        """The form was sent, or is to be empty. `box` was fetched before the command."""
        sent(box, self.name)
        drafts.forget(house.desk().register, self.actor, self.name)

    @property
    def found_again(self) -> dict | None:
        """What a new session found: `saved_at`, `op` of a press whose end nobody saw, names of `lost` files."""
        return self._held if self._held.get("saved_at") else None


_WRITTEN = ("id", "op", "fields", "files")


def _fresh(tried: int) -> dict:
    return {"tried": tried, "id": uuid.uuid4().hex, "op": "", "fields": {}, "files": [], "written": False}


def _kept(name: str, actor: Actor) -> dict:
    found = drafts.load(house.desk().register, actor, name)
    if not found:
        return {}
    return found.body | {"saved_at": found.saved_at, "written": True, "lost": found.body.get("files"), "files": []}
