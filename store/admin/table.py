"""Adding to and changing a table of reference data, with its history."""

import re
from dataclasses import dataclass

from ..db import rows
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from . import log


@dataclass(frozen=True)
class Table:
    """A table that administrators edit: its name, key and columns. All are names of ours, never input.

    `moving` are columns that also change as a consequence of changes to other rows.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    moving: frozenset[str] = frozenset()

    def row(self, cursor, code: object) -> dict:
        """
        :raises RuleBroken: `gone`
        """
        found = self.find(cursor, code)
        if found is None:
            raise RuleBroken("gone")
        return found

    def find(self, cursor, code: object) -> dict | None:
        query = f"select {', '.join(self.columns)} from {self.name} where {self.key} = ?"
        found = rows(cursor.execute(query, [code]))
        return found[0] if found else None

    def add(self, cursor, actor: Actor, code: object, values: dict) -> None:
        names = [self.key, *values]
        marks = ", ".join("?" for _ in names)
        cursor.execute(
            f"insert into {self.name} ({', '.join(names)}) values ({marks})",
            [code, *values.values()],
        )
        log.record(cursor, actor, self.name, str(code), None, self.row(cursor, code))

    def change(self, cursor, actor: Actor, code: object, seen: dict, values: dict) -> None:
        """
        :param seen: the row as the person saw it
        :param values: the columns to write; others stay
        :raises RuleBroken: `gone`, `changed_by_other`, `nothing_changed`
        """
        present = self.row(cursor, code)
        self._refuse_stale(cursor, code, seen, present)
        if all(present[name] == value for name, value in values.items()):
            raise RuleBroken("nothing_changed")
        names = ", ".join(f"{name} = ?" for name in values)
        cursor.execute(f"update {self.name} set {names} where {self.key} = ?", [*values.values(), code])
        log.record(cursor, actor, self.name, str(code), present, self.row(cursor, code))

    def set_active(self, cursor, actor: Actor, code: object, active: bool) -> None:
        """
        :raises RuleBroken: `gone`, `nothing_changed`
        """
        self.change(cursor, actor, code, self.row(cursor, code), {"active": active})

    def remove(self, cursor, actor: Actor, code: object, seen: dict) -> None:
        """
        :raises RuleBroken: `gone`, `changed_by_other`
        """
        present = self.row(cursor, code)
        self._refuse_stale(cursor, code, seen, present)
        cursor.execute(f"delete from {self.name} where {self.key} = ?", [code])
        log.record(cursor, actor, self.name, str(code), present, None)

    def _refuse_stale(self, cursor, code: object, seen: dict, present: dict) -> None:
        compared = {name: value for name, value in present.items() if name not in self.moving}
        log.refuse_stale(cursor, self.name, str(code), seen, compared)


def required_text(text: str | None, limit: int, field: str) -> str:
    """What was typed, without needless space.

    :param field: what people call it
    :raises RuleBroken: `empty_field`, `text_too_long`
    """
    kept = " ".join((text or "").split())
    if not kept:
        raise RuleBroken("empty_field", field=field)
    if len(kept) > limit:
        raise RuleBroken("text_too_long", length=len(kept), limit=limit)
    return kept


def new_code(cursor, table: str, name: str) -> str:
    """A code of a table that nothing has yet, made from a name.

    :param table: a name of ours, never input
    """
    taken = {code for (code,) in cursor.execute(f"select code from {table}").fetchall()}
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or table
    further = (f"{base}_{n}" for n in range(2, len(taken) + 3))
    return next(code for code in (base, *further) if code not in taken)
