"""The event log as a chain: how rows are added to it, how an earlier release's are chained, how all are verified.

What is hashed openly and what only as a seal is in `rules/personal.py`, and why in docs/decisions/0010.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import audit, chain
from .chain import START, Head, link
from .db import Register, incoming, insert, rows
from .rules.personal import open_text

CHUNK = 50_000
_CHAINED = ("id", "complaint_id", "happened_at", "kind", "actor", "actor_role", "from_state", "to_state")
_COLUMNS = ", ".join((*_CHAINED, "data", "salt", "seal", "hash"))


@dataclass(frozen=True)
class Misfit:
    """The first row of a chain that does not fit; `row` is None where rows are missing at the end."""

    chain: str
    row: int | None
    about: str
    reason: str
    further: int = 0

    def __str__(self) -> str:
        where = f"row {self.row} ({self.about})" if self.row is not None else "the end"
        more = f"; {self.further} further rows do not fit" if self.further else ""
        return f"{self.chain} log: {where}: {self.reason}{more}"


def append(cursor, new: list[dict]) -> None:
    """Write events at the end of the chain, inside a transaction of `Register.atomic`: writers take turns there.

    :param new: rows of `event` with growing ids
    """
    if not new:
        return
    end = chain.head(cursor, "event")
    last = _link_all(end.hash, new)
    insert(cursor, "event", new)
    chain.advance(cursor, "event", Head(new[-1]["id"], end.rows + len(new), last))


def _link_all(previous: str, new: Iterable[dict]) -> str:
    """Give each row its seal and its hash; the last hash comes back."""
    for row in new:
        text = row["data"]
        opened = open_text(text)
        row["salt"] = row["seal"] = None
        if opened != text:
            row["salt"] = secrets.token_hex(16)
            row["seal"] = seal(row["salt"], text)
        previous = row["hash"] = _hash(previous, row, opened)
    return previous


def seal(salt: str, text: str) -> str:
    """What stands for an event's whole data: without the salt nobody can try out what the data may have been."""
    return hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _hash(previous: str, row: dict, opened: str) -> str:
    return link(previous, [*(row[name] for name in _CHAINED), opened, row["seal"]])


def chain_old(register: Register) -> int:
    """Chain the events of an earlier release, once, piece by piece; how many they were.

    Never where the audit log has an entry: the chain is older than each of them, so that a mark taken away would only
    have events chained that somebody slipped in.
    """
    count = 0
    with register.cursor() as cursor:
        found = cursor.execute("select complete from chain_head where name = 'event'").fetchone()
        done = cursor.execute("select 1 from audit limit 1").fetchone()
    if done:
        return 0
    complete = bool(found and found[0])
    while not complete:
        with register.atomic(news=False) as cursor:
            end = chain.head(cursor, "event")
            query = "select " + _COLUMNS + " from event where id > ? order by id limit ?"
            found = rows(cursor.execute(query, [end.through, CHUNK]))
            if not found:
                cursor.execute("update chain_head set complete = true where name = 'event'")
                break
            last = _link_all(end.hash, found)
            sealed = [{name: row[name] for name in ("id", "salt", "seal", "hash")} for row in found]
            with incoming(cursor, "event", sealed):
                cursor.execute(
                    """
                    update event set salt = incoming.salt, seal = incoming.seal, hash = incoming.hash
                    from incoming where event.id = incoming.id
                    """
                )
            cursor.execute(
                "update chain_head set through = ?, rows = ?, hash = ? where name = 'event'",
                [found[-1]["id"], end.rows + len(found), last],
            )
        count += len(found)
    if count:
        audit.record(register, "sistem", "chain_begun", "event", rows=count)
        register.checkpoint()
    return count


def misfits(register: Register) -> Iterator[Misfit]:
    """What does not fit in the chains: of each the first row, nothing where nobody has changed them.

    Not noticed is whoever writes every later hash and the head anew, and whoever removes rows at the end and changes
    the head with them: that shows only beside a head noted elsewhere.
    """
    with register.snapshot() as cursor:
        for name, check in (("event", _event_misfits), ("audit", _audit_misfits)):
            yield from _first(name, check(cursor))
            yield from _at_the_end(cursor, name)
        yield from _first("change", _change_misfits(cursor))
        yield from _first("report", _report_misfits(cursor))
        yield from _first("anonymised", _anonymised_misfits(cursor))


def heads(register: Register) -> dict[str, Head]:
    """The end of each chain: what to note elsewhere."""
    with register.snapshot() as cursor:
        return {name: chain.head(cursor, name) for name in ("event", "audit")}


def _first(name: str, found: Iterator[tuple[int, str, str]]) -> Iterator[Misfit]:
    first = next(found, None)
    if first:
        yield Misfit(name, *first, further=sum(1 for _ in found))


def _event_misfits(cursor) -> Iterator[tuple[int, str, str]]:
    """(id, what it is, what is wrong), in order."""
    released = _released(cursor)
    previous, last_id = START, 0
    while True:
        query = "select " + _COLUMNS + " from event where id > ? order by id limit ?"
        found = rows(cursor.execute(query, [last_id, CHUNK]))
        for row in found:
            reason = _wrong(previous, row, released)
            if reason:
                yield row["id"], f"{row['kind']}, {row['happened_at']:%Y-%m-%d %H:%M}", reason
            previous, last_id = row["hash"] or START, row["id"]
        if len(found) < CHUNK:
            return


def _wrong(previous: str, row: dict, released: set[int]) -> str | None:
    opened = open_text(row["data"])
    if row["hash"] != _hash(previous, row, opened):
        return "it was changed or slipped in, or one before it was removed"
    if row["salt"]:
        return None if row["seal"] == seal(row["salt"], row["data"]) else "what is written in it was changed"
    if row["seal"]:
        if opened != row["data"]:
            return "what is written in it was changed"
        if row["complaint_id"] not in released:
            return "what was written in it is gone, and no anonymising is on record"
    elif opened != row["data"]:
        return "something was written into it"
    return None


def _released(cursor) -> set[int]:
    """The complaints whose anonymising is on record."""
    found = cursor.execute(
        """
        select c.id from complaint c join audit a on a.subject = c.number and a.kind = 'anonymised'
        """
    )
    return {complaint_id for (complaint_id,) in found.fetchall()}


def _audit_misfits(cursor) -> Iterator[tuple[int, str, str]]:
    previous = START
    cursor.execute("select id, happened_at, actor, kind, subject, data, hash from audit order by id")
    while found := cursor.fetchmany(CHUNK):
        for *values, stored in found:
            if link(previous, values) != stored:
                about = f"{values[3]}, {values[1]:%Y-%m-%d %H:%M}"
                yield values[0], about, "it was changed or slipped in, or one before it was removed"
            previous = stored


def _change_misfits(cursor) -> Iterator[tuple[int, str, str]]:
    """Changes of settings that are not as the audit log has sealed them; those of an earlier release have no seal."""
    found = cursor.execute(
        """
        with sealed as (
            select (data->>'change')::bigint as change, data->>'seal' as seal from audit where kind = 'setting_changed'
        )
        select coalesce(s.change, l.id), s.seal, l.* from sealed s full join change_log l on l.id = s.change
        where s.change is not null or l.id > (select min(change) from sealed)
        order by 1
        """
    ).fetchall()
    for change, sealed, *values in found:
        if values[0] is None:
            yield change, "setting", "it was removed"
        elif sealed != link(START, values):
            yield change, f"{values[3]}, {values[1]:%Y-%m-%d %H:%M}", "it was changed or slipped in"


def _report_misfits(cursor) -> Iterator[tuple[int, str, str]]:
    """Issued reports that are not as the audit log has sealed them."""
    found = cursor.execute(
        """
        with sealed as (select subject, data->>'sha256' as seal from audit where kind = 'report_issued'),
        issued as (
            select id, kind || '-' || first || '-' || edition as subject, sha256(figures || words) as seal
            from report where state = 'issued'
        )
        select coalesce(i.id, 0), coalesce(i.subject, s.subject), i.seal, s.seal
        from issued i full join sealed s on s.subject = i.subject where i.seal is distinct from s.seal order by all
        """
    ).fetchall()
    for report_id, subject, there, sealed in found:
        reasons = {there is None: "it was removed", sealed is None: "nobody has issued it"}
        yield report_id, subject, reasons.get(True, "it is not what was issued")


def _anonymised_misfits(cursor) -> Iterator[tuple[int, str, str]]:
    """Complaints that pass for anonymous without a record of it, so that their time would never come."""
    found = cursor.execute(
        """
        select c.id, c.number from complaint c
        where (c.anonymised_at is not null)
            <> (c.number in (select subject from audit where kind = 'anonymised')) order by c.id
        """
    ).fetchall()
    for complaint_id, number in found:
        yield complaint_id, number, "whether it is anonymous is not as recorded"


def _at_the_end(cursor, name: str) -> Iterator[Misfit]:
    end = chain.head(cursor, name)
    if cursor.execute("select 1 from chain_head where name = ?", [name]).fetchone() is None:
        yield Misfit(name, None, "", "where it ended was removed")
    through, count, last = cursor.execute(
        "select coalesce(max(id), 0), count(*), coalesce(arg_max(hash, id), '') from " + name
    ).fetchone()
    if count != end.rows:
        yield Misfit(name, None, "", f"there are {count} rows, {end.rows} were written")
    elif (through, last) != (end.through, end.hash):
        yield Misfit(name, None, "", f"the last row is {through}, the last written was {end.through}")
