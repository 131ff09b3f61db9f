"""What the tests of intake and sending share: a real inbox, filled and drained at will, and looks into tables."""

import asyncio
import sqlite3
from datetime import datetime

from ingest.drain import drain_once
from ingest.inbox import Inbox, InboxReader
from store.check import differences
from store.db import rows

TABLES = ("contact", "contact_identity", "complaint", "event", "message_in", "message_out", "media", "send_attempt")
TABLES += ("number_counter", "inbox_problem", "setting", "assignment", "operation", "message_waiting", "sender_block")
TABLES += ("earlier_end",)


class Mailbox:
    """The inbox of a desk, written as the listener does and drained as the app does."""

    def __init__(self, desk):
        self.desk = desk
        self.path = desk.settings.inbox
        self.reader = InboxReader(self.path)
        self._inbox = Inbox(self.path)

    def close(self) -> None:
        self.reader.close()
        self._inbox.close()

    def put(self, *bodies: bytes, received_at: datetime | None = None) -> list[int]:
        """Append bodies; `received_at` is what the listener's clock is made to have said, naive UTC."""

        async def append():
            return [await self._inbox.append(body) for body in bodies]

        ids = asyncio.run(append())
        if received_at:
            connection = sqlite3.connect(self.path)
            with connection:
                for row_id in ids:
                    connection.execute(
                        "update inbox set received_at = ? where id = ?", (received_at.isoformat(), row_id)
                    )
            connection.close()
        return ids

    def take(self, *bodies: bytes, received_at: datetime | None = None) -> None:
        """Append bodies and drain all that waits."""
        self.put(*bodies, received_at=received_at)
        self.drain()

    def drain(self) -> None:
        for _ in range(100):
            if not drain_once(self.desk, self.reader):
                return
        raise AssertionError("the drain does not come to an end")


def ask(desk, query: str, *values) -> list[dict]:
    with desk.register.cursor() as cursor:
        return rows(cursor.execute(query, list(values)))


def one(desk, query: str, *values) -> dict:
    (row,) = ask(desk, query, *values)
    return row


def change(desk, statement: str, *values) -> None:
    """Move time on, mostly: change what the product itself would only change later."""
    with desk.register.atomic() as cursor:
        cursor.execute(statement, list(values))


def went_out(desk) -> None:
    """All that was queued has been sent and read."""
    change(desk, "update message_out set state = 'read' where state = 'queued'")


def empty(desk) -> None:
    """Forget every case and message, but not how far the inbox is applied: to make a new desk takes far longer."""
    with desk.register.atomic() as cursor:
        for table in set(TABLES) - {"setting"}:
            cursor.execute(f"delete from {table}")
        cursor.execute("delete from setting where name = 'sending_stopped'")


def agrees(desk) -> bool:
    assert [str(difference) for difference in differences(desk.register)] == []
    return True
