"""How a message is worded in the end: in the administrator's words where there are any, with what it is about."""

from .rules import letters
from .rules.case import Case
from .rules.letters import Letter


class Wording:
    """The words of one transaction or one page; read when first needed."""

    def __init__(self, cursor):
        self._cursor = cursor
        self._bodies: dict[str, str] | None = None
        self._matters: dict[tuple[str | None, str | None], str] = {}

    def final(self, letter: Letter, case: Case | None) -> Letter:
        """The message as it goes out."""
        body = self._own().get(letter.purpose)
        if body:
            letter = letters.reworded(letter, body)
        letter = letters.fitted(letter)
        # What a confidential complaint is about is not written on a telephone that others may see.
        if case is None or case.confidential:
            return letter
        return letters.on_matter(letter, case.number, self._matter(case))

    def _own(self) -> dict[str, str]:
        if self._bodies is None:
            self._bodies = dict(self._cursor.execute("select purpose, body from auto_text").fetchall())
        return self._bodies

    def _matter(self, case: Case) -> str:
        key = (case.category, case.kelurahan)
        if key == (None, None):
            return ""
        if key not in self._matters:
            category, kelurahan = self._cursor.execute(
                "select (select name from category where code = ?), (select name from kelurahan where code = ?)", key
            ).fetchone()
            # Without what explains it to the office: "Penerangan jalan umum (PJU)".
            plain = (category or "").partition(" (")[0].lower()
            self._matters[key] = ", ".join(part for part in (plain, kelurahan) if part)
        return self._matters[key]
