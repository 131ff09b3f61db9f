"""How many inbox messages a second the drain applies: new complaints, follow-ups, statuses; and how soon a single one.

Beside each stands the floor: the rows that came of it, written in bulk into a like register, in as many transactions;
and how much longer it takes because events are a chain (1.000: no longer), of the same run.

`python -m bench.drain [COMPLAINTS …] [--messages N]`: into registers of 0 and 1,000,000 complaints if none is named.
Writes bench/out/drain.json.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ingest import drain
from ingest.inbox import Inbox, InboxReader
from store import ledger
from store.desk import Desk

from . import measure, registers

AIM = 500  # messages a second
TABLES = ("contact", "complaint", "event", "message_in", "message_out")
_count = itertools.count(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("complaints", nargs="*", type=int, default=[0, max(registers.SIZES)])
    parser.add_argument("--messages", type=int, default=2_000, help="messages of each kind")
    options = parser.parse_args()
    compare(options.complaints, options.messages)


def compare(sizes: list[int], messages: int) -> None:
    """Drain every kind into every size, print a table and write the JSON file."""
    logging.disable(logging.CRITICAL)
    results = []
    print(f"{'kind':22} {'register':>9} {'per s':>7} {'floor':>8} {'ratio':>6} {'chain':>6}")
    for complaints in sizes:
        results += _into(complaints, messages)
    measure.write("drain", results)


def _into(complaints: int, messages: int) -> list[dict]:
    results, written = [], {}
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        desk = registers.copy_of(complaints, Path(folder))
        reader = InboxReader(desk.settings.inbox)
        people = [f"6289{number:09d}" for number in range(messages)]
        fill(desk, [text(person, "Lampu jalan di depan pasar mati sejak Senin.") for person in people[:20]])
        _drained(desk, reader)
        for kind, bodies in (
            ("new complaints", lambda: [text(person, "Sampah menumpuk di gang kami. " * 4) for person in people]),
            ("follow-ups", lambda: [text(person, "Ini masih belum diangkut, mohon dicek.") for person in people]),
            ("statuses", lambda: _statuses(desk, messages)),
        ):
            fill(desk, bodies())
            before = _last_ids(desk)
            with _timed() as spent:
                started = time.perf_counter()
                applied = _drained(desk, reader)
                seconds = time.perf_counter() - started
            written[kind] = _new_rows(desk, before)
            chain = round(seconds / (seconds - spent["append"] + spent["insert"]), 3)
            results.append(
                {"kind": kind, "complaints": complaints, "per_second": round(applied / seconds), "with_chain": chain}
            )
        alone = _alone(desk, reader)
        desk.register.close()
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        desk = registers.copy_of(complaints, Path(folder))
        for result in results:
            floor = round(messages / _in_bulk(desk, written[result["kind"]], messages))
            result |= {"floor_per_second": floor, "ratio": round(floor / result["per_second"], 1), "aim": AIM}
            missed = " MISSED" if result["per_second"] < AIM else ""
            print(
                f"{result['kind']:22} {complaints:9} {result['per_second']:7} {floor:8} {result['ratio']:6.1f} "
                f"{result['with_chain']:6.3f}{missed}",
                flush=True,
            )
        desk.register.close()
    print(
        f"{'one message alone':22} {complaints:9}    p50 {alone['p50_ms']:.0f} ms, p99 {alone['p99_ms']:.0f} ms",
        flush=True,
    )
    return [*results, {"kind": "one message alone", "complaints": complaints, **alone}]


@contextlib.contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Seconds spent on writing events as a chain (`append`), and of them on what is written without one (`insert`)."""
    spent = dict.fromkeys(("append", "insert"), 0.0)

    def counted(name: str, real):
        def call(*given):
            started = time.perf_counter()
            try:
                return real(*given)
            finally:
                spent[name] += time.perf_counter() - started

        return call

    append, insert = ledger.append, ledger.insert
    ledger.append, ledger.insert = counted("append", append), counted("insert", insert)
    try:
        yield spent
    finally:
        ledger.append, ledger.insert = append, insert


def fill(desk: Desk, bodies: list[bytes]) -> None:
    """Put bodies into the inbox as the listener does."""

    async def append() -> None:
        inbox = Inbox(desk.settings.inbox)
        for start in range(0, len(bodies), 500):
            await asyncio.gather(*(inbox.append(body) for body in bodies[start : start + 500]))
        inbox.close()

    asyncio.run(append())


def text(person: str, words: str) -> bytes:
    """One text message as Meta posts it."""
    message = {
        "from": person,
        "id": f"wamid.DRAIN{next(_count):08d}",
        "timestamp": str(int(time.time())),
        "type": "text",
    }
    message["text"] = {"body": words}
    return _body({"contacts": [{"profile": {"name": "Siti Rahayu"}, "wa_id": person}], "messages": [message]})


def _body(value: dict) -> bytes:
    metadata = {"display_phone_number": "628000000001", "phone_number_id": "100000000000001"}
    change = {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": "messages"}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


def _statuses(desk: Desk, messages: int) -> list[bytes]:
    """Delivery reports on what the drain has put into the outbox, as if it had been sent."""
    with desk.register.atomic() as cursor:
        sent = cursor.execute(
            """
            update message_out set state = 'accepted', attempts = 1, wamid = 'wamid.SENT' || id
            where state = 'queued' returning id, wamid
            """
        ).fetchall()
    moment = str(int(time.time()))
    reports = [
        {"id": wamid, "status": status, "timestamp": moment, "recipient_id": "1", "biz_opaque_callback_data": str(out)}
        for status in ("sent", "delivered", "read")
        for out, wamid in sent
    ]
    return [_body({"statuses": [report]}) for report in reports[:messages]]


def _drained(desk: Desk, reader: InboxReader) -> int:
    applied = 0
    while batch := drain.drain_once(desk, reader):
        applied += batch
    return applied


def _alone(desk: Desk, reader: InboxReader) -> dict[str, float]:
    """One message at a time, as on a quiet day: how long until it is in the register."""
    took = []
    for number in range(40):
        fill(desk, [text(f"6288{number:09d}", "Selokan tersumbat.")])
        started = time.perf_counter()
        drain.drain_once(desk, reader)
        took.append((time.perf_counter() - started) * 1000)
    return measure.spread(took)


def _last_ids(desk: Desk) -> dict[str, int]:
    with desk.register.cursor() as cursor:
        return {t: cursor.execute("select coalesce(max(id), 0) from " + t).fetchone()[0] for t in TABLES}


def _new_rows(desk: Desk, before: dict[str, int]) -> dict[str, pa.Table]:
    """What was written since; a batch of statuses leaves no new rows but changed messages."""
    with desk.register.cursor() as cursor:
        found = {
            table: cursor.execute("select * from " + table + " where id > ? order by id", [last]).to_arrow_table()
            for table, last in before.items()
        }
        if not any(table.num_rows for table in found.values()):
            query = "select id, state, sent_at, delivered_at, read_at from message_out where wamid like 'wamid.SENT%'"
            found = {"changed": cursor.execute(query).to_arrow_table()}
    return found


def _in_bulk(desk: Desk, new: dict[str, pa.Table], messages: int) -> float:
    """Seconds to write these rows in transactions of the drain's size."""
    batches = -(-messages // drain.BATCH)
    started = time.perf_counter()
    for batch in range(batches):
        with desk.register.atomic() as cursor:
            for table, rows in new.items():
                size = -(-rows.num_rows // batches)
                part = rows.slice(batch * size, size)
                if not part.num_rows:
                    continue
                cursor.register("part", part)
                if table == "changed":
                    cursor.execute(
                        """
                        update message_out set state = part.state, sent_at = part.sent_at, read_at = part.read_at,
                            delivered_at = part.delivered_at from part where message_out.id = part.id
                        """
                    )
                else:
                    cursor.execute("insert into " + table + " by name select * from part")
                cursor.unregister("part")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
