"""Who wrote: one contact record a person, however many phone numbers and business-scoped ids they have had."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .db import incoming, insert, rows

if TYPE_CHECKING:
    from .book import Book
    from .intake import Arrived

Identity = tuple[str, str]
_MOVED = ("contact_identity", "message_in", "message_out", "media", "message_waiting", "sender_block")
# So long before the news of a changed number its owner may have written from the new one.
_FASTER = timedelta(days=7)
_ASKED = """
    update contact set limited_at = coalesce(contact.limited_at, old.limited_at),
        limited_by = if(contact.limited_at is null, old.limited_by, contact.limited_by),
        limited_reason = if(contact.limited_at is null, old.limited_reason, contact.limited_reason),
        erase_asked_at = coalesce(contact.erase_asked_at, old.erase_asked_at),
        erase_asked_by = if(contact.erase_asked_at is null, old.erase_asked_by, contact.erase_asked_by)
    from contact old where contact.id = $winner and old.id = $loser
"""


class People:
    """The contacts that a batch of messages is about; `write` writes them, only a joining of two is written at once."""

    def __init__(self, cursor, book: "Book", batch: "list[Arrived]", now: datetime, contacts: Sequence[int] = ()):
        self.cursor = cursor
        self.now = now
        self._book = book
        self._owners: dict[Identity, int] = {}
        self._since: dict[Identity, datetime] = {}
        self._people: dict[int, dict] = {}
        self._made: set[int] = set()
        self._changed: set[int] = set()
        self._new: set[Identity] = set()
        self._reassigned: set[Identity] = set()
        self._load(sorted({value for a in batch for _, value in (*a.identities, *a.new_identities)}), contacts)

    @property
    def known(self) -> list[int]:
        """The contacts that were there before this batch."""
        return sorted(set(self._people) - self._made)

    def find(self, arrived: "Arrived") -> tuple[int, list[int]]:
        """The one contact of a message's sender, made where there is none; and those that turn out to be the same."""
        pairs = [*arrived.identities, *arrived.new_identities]
        for pair in arrived.identities:
            if self._given_up(pair, arrived):
                del self._owners[pair]
                if pair not in self._new:
                    self._reassigned.add(pair)
        for pair in arrived.new_identities:
            self._take_over(pair, arrived)
        found = sorted({self._owners[pair] for pair in pairs if pair in self._owners})
        contact_id = found[0] if found else self._make()
        for other in found[1:]:
            self._join(other, contact_id)
        for pair in pairs:
            if pair not in self._owners:
                self._owners[pair] = contact_id
                self._since[pair] = arrived.sent_at
                self._new.add(pair)
        self._remember(contact_id, arrived)
        return contact_id, found[1:]

    def write(self) -> None:
        insert(self.cursor, "contact", [self._people[contact_id] for contact_id in sorted(self._made)])
        new = [
            {"kind": pair[0], "value": pair[1], "contact_id": self._owners[pair], "seen_at": self._since[pair]}
            for pair in sorted(self._new)
        ]
        for row in new:
            if (row["kind"], row["value"]) in self._reassigned:
                self.cursor.execute(
                    "update contact_identity set contact_id = $contact_id, seen_at = $seen_at "
                    "where kind = $kind and value = $value",
                    row,
                )
        insert(self.cursor, "contact_identity", [r for r in new if (r["kind"], r["value"]) not in self._reassigned])
        changed = [self._people[contact_id] for contact_id in sorted(self._changed - self._made)]
        if changed:
            with incoming(self.cursor, "contact", changed):
                self.cursor.execute(
                    """
                    update contact set name = incoming.name, phone = incoming.phone, bsuid = incoming.bsuid,
                        last_inbound_at = incoming.last_inbound_at, merged_into = incoming.merged_into
                    from incoming where contact.id = incoming.id
                    """
                )

    def _load(self, values: list[str], contacts: Sequence[int]) -> None:
        """These contacts, those with one of these addresses, and all addresses they have had."""
        if not values and not contacts:
            return
        found = self.cursor.execute(
            """
            with named as (
                select distinct contact_id from contact_identity where value in (select unnest($values::varchar[]))
                union select unnest($contacts::bigint[])
            )
            select i.kind, i.value, i.contact_id, i.seen_at from contact_identity i semi join named using (contact_id)
            """,
            {"values": values, "contacts": list(contacts)},
        ).fetchall()
        self._owners = {(kind, value): contact for kind, value, contact, _ in found}
        self._since = {(kind, value): seen_at for kind, value, _, seen_at in found}
        known = sorted({*self._owners.values(), *contacts})
        if known:
            people = self.cursor.execute(
                """
                select id, name, phone, bsuid, created_at, last_inbound_at, merged_into, name_fixed from contact
                where id in (select unnest(?::bigint[]))
                """,
                [known],
            )
            self._people = {row["id"]: row for row in rows(people)}

    def _make(self) -> int:
        contact_id = self._book.new_id("contact_id")
        nothing = dict.fromkeys(("name", "phone", "bsuid", "last_inbound_at", "merged_into"))
        self._people[contact_id] = {"id": contact_id, "created_at": self.now, "name_fixed": False, **nothing}
        self._made.add(contact_id)
        return contact_id

    def _given_up(self, pair: Identity, arrived: "Arrived") -> bool:
        """Whether this phone number was left behind by its owner, so that whoever writes from it now is another."""
        owner = self._owners.get(pair)
        if owner is None or pair[0] != "phone" or arrived.kind == "system":
            return False
        phone = self._people[owner]["phone"]
        if not phone or pair[1] == phone:
            return False
        if any(self._owners.get(other) == owner for other in arrived.identities if other != pair):
            return False
        return arrived.sent_at > self._since.get(("phone", phone), arrived.sent_at)

    def _take_over(self, pair: Identity, arrived: "Arrived") -> None:
        """Somebody has a number now that was another person's: it leaves them, and the two stay two.

        Who wrote from it only since about the change is the same person, faster than Meta's news.
        """
        owner = self._owners.get(pair)
        mine = {self._owners.get(known) for known in arrived.identities}
        if pair[0] != "phone" or owner is None or owner in mine or arrived.sent_at - self._since[pair] < _FASTER:
            return
        former = self._people[owner]
        if former["phone"] == pair[1]:
            former["phone"] = None
            self._changed.add(owner)
        del self._owners[pair]
        if pair not in self._new:
            self._reassigned.add(pair)

    def _remember(self, contact_id: int, arrived: "Arrived") -> None:
        """Name and addresses as the newest message shows them; an older one that comes late only fills gaps."""
        person = self._people[contact_id]
        for kind, value in (*arrived.identities, *arrived.new_identities):
            if not person[kind] or arrived.sent_at >= self._since.get((kind, person[kind]), arrived.sent_at):
                person[kind] = value
        last = person["last_inbound_at"]
        # What staff corrected stays.
        fixed = person["name_fixed"] and person["name"]
        if arrived.name and not fixed and (not person["name"] or last is None or arrived.sent_at >= last):
            person["name"] = arrived.name
        # News of Meta's about a person is no message of the person's: the 24-hour window stays as it was.
        if arrived.kind != "system":
            person["last_inbound_at"] = max(last or arrived.sent_at, arrived.sent_at)
        self._changed.add(contact_id)

    def _join(self, loser: int, winner: int) -> None:
        """Two contacts were one person: what is in the register moves to the elder at once."""
        for table in _MOVED:
            self.cursor.execute("update " + table + " set contact_id = ? where contact_id = ?", [winner, loser])
        self._owners = {pair: winner if owner == loser else owner for pair, owner in self._owners.items()}
        old, new = self._people[loser], self._people[winner]
        for name in ("name", "phone", "bsuid"):
            new[name] = new[name] or old[name]
        # What a person asked of us by one address holds for all of them.
        self.cursor.execute(_ASKED, {"winner": winner, "loser": loser})
        times = [person["last_inbound_at"] for person in (old, new) if person["last_inbound_at"]]
        new["last_inbound_at"] = max(times, default=None)
        old["merged_into"] = winner
        self._changed |= {loser, winner}
