"""The inbox: every webhook body as it came, in a SQLite file that the listener writes and the app's drain reads."""

import asyncio
import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MAX_WAITING = 2_000
MAX_BATCH = 500  # two bound values each, and SQLite takes 32,766 in a statement
MAX_WAITING_BYTES = 64 * 1024 * 1024
LOCK_SECONDS = 5
FORGET = 200

_SCHEMA = (
    """
    create table if not exists inbox (
        id integer primary key autoincrement,
        received_at text not null,
        body blob not null
    )
    """,
    "create table if not exists probe (id integer primary key check (id = 1), written_at text not null)",
)


class InboxUnavailable(Exception):
    """The inbox could not make a body durable; whoever sent it must send it again."""


@dataclass(frozen=True)
class InboxRow:
    """One webhook body. Ids grow and are never used twice; `received_at` is naive UTC."""

    id: int
    received_at: datetime
    body: bytes


@dataclass(frozen=True)
class _Waiting:
    """A body (None: only a test that writing works) and the future of the task that waits for its commit."""

    body: bytes | None
    future: asyncio.Future
    received_at: str


class Inbox:
    """The one writer of the inbox, used from one event loop.

    Bodies that arrive while a commit is under way share the next one: a disk flush costs the same for one as for many.

    :raises InboxUnavailable: the file cannot be opened or made
    """

    def __init__(self, path: Path, max_waiting: int = MAX_WAITING, max_waiting_bytes: int = MAX_WAITING_BYTES):
        self._path = Path(path)
        self._max_waiting = max_waiting
        self._max_waiting_bytes = max_waiting_bytes
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._closing = False
        self._changed = threading.Condition()
        self._connection: sqlite3.Connection | None = None
        try:
            _create(self._path)
            self._file = _identity(self._path)
            self._connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            raise InboxUnavailable(f"The inbox {self._path} cannot be opened: {error}") from error
        self._thread = threading.Thread(target=self._write_until_closed, name="inbox-writer", daemon=True)
        self._thread.start()

    async def append(self, body: bytes) -> int:
        """Keep one body and return its row id, only after it has been committed and flushed to disk.

        :raises InboxUnavailable: too much waits already, or the commit failed
        """
        return await self._enqueue(body)

    async def check(self) -> int:
        """Prove that the inbox can be written, by a commit, and return the last row id (0: none yet).

        :raises InboxUnavailable: it cannot
        """
        return await self._enqueue(None)

    @property
    def waiting(self) -> int:
        """How many bodies wait for the next commit."""
        return len(self._waiting)

    def close(self) -> None:
        """Commit what waits, then close the file. Whoever appends later is refused."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _enqueue(self, body: bytes | None) -> asyncio.Future:
        size = len(body) if body is not None else 0
        with self._changed:
            if self._closing:
                raise InboxUnavailable("The inbox is closed.")
            if len(self._waiting) >= self._max_waiting or self._waiting_bytes + size > self._max_waiting_bytes:
                raise InboxUnavailable("Too many bodies wait for the disk.")
            waiting = _Waiting(body, asyncio.get_running_loop().create_future(), _now())
            self._waiting.append(waiting)
            self._waiting_bytes += size
            self._changed.notify()
        return waiting.future

    def _write_until_closed(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                self._waiting_bytes -= sum(len(waiting.body or b"") for waiting in batch)
            if not batch:
                break
            try:
                outcome: list[int] | str = self._commit(batch)
            except Exception as error:  # whatever it was: nobody may be left waiting, and nobody may be told 200
                outcome = f"The inbox could not be written: {error}"
                self._disconnect()
            _tell(batch, outcome)
        self._disconnect()

    def _commit(self, batch: Sequence[_Waiting]) -> list[int]:
        """Write the bodies of a batch, all or none, and return what each waiting task is to be told."""
        if self._connection is None:
            self._connection = self._connect()
        bodies = [waiting for waiting in batch if waiting.body is not None]
        if bodies:
            # One statement is its own transaction, and costs one wait for the interpreter's lock instead of one a row.
            values = [value for waiting in bodies for value in (waiting.received_at, waiting.body)]
            self._connection.execute(_insert(len(bodies)), values)
        if len(bodies) < len(batch):
            self._connection.execute(
                "insert or replace into probe (id, written_at) values (1, ?)", (batch[-1].received_at,)
            )
        last_id = _last_id(self._connection)
        self._require_same_file()
        ids = iter(range(last_id - len(bodies) + 1, last_id + 1))
        return [last_id if waiting.body is None else next(ids) for waiting in batch]

    def _connect(self) -> sqlite3.Connection:
        self._require_same_file()
        connection = sqlite3.connect(
            self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=16
        )
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            for statement in _SCHEMA:
                connection.execute(statement)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _require_same_file(self) -> None:
        # Into a deleted file SQLite would go on writing, and report success, for nobody ever to read.
        if _identity(self._path) != self._file:
            raise InboxUnavailable("The file was replaced while the listener ran; start the listener again.")


class InboxReader:
    """Reads the inbox from another process, never writing. Empty as long as there is no inbox."""

    def __init__(self, path: Path):
        self._path = Path(path)
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def after(self, position: int, limit: int) -> list[InboxRow]:
        """The rows behind a row id, oldest first, at most `limit` of them.

        :raises InboxUnavailable: there is an inbox, but it cannot be read
        """
        rows = self._query(
            "select id, received_at, body from inbox where id > ? order by id limit ?",
            (position, limit),
        )
        return [InboxRow(id_, datetime.fromisoformat(received_at), bytes(body)) for id_, received_at, body in rows]

    def last_id(self) -> int:
        """The id of the newest row ever written; 0 when there was none.

        :raises InboxUnavailable: there is an inbox, but it cannot be read
        """
        rows = self._query("select seq from sqlite_sequence where name = 'inbox'", ())
        return rows[0][0] if rows else 0

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self, sql: str, parameters: tuple) -> list[tuple]:
        try:
            if not self._open():
                return []
            return self._connection.execute(sql, parameters).fetchall()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise InboxUnavailable(f"The inbox {self._path} cannot be read: {error}") from error

    def _open(self) -> bool:
        if not self._path.exists():
            self.close()
            return False
        if self._connection is not None and self._file != _identity(self._path):
            self.close()
        if self._connection is None:
            self._file = _identity(self._path)
            self._connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=LOCK_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        made = self._connection.execute("select 1 from sqlite_master where name = 'inbox'").fetchone()
        return made is not None


def read_after(path: Path, position: int, limit: int) -> list[InboxRow]:
    """The rows behind a row id, read once; see `InboxReader` for reading again and again."""
    reader = InboxReader(path)
    try:
        return reader.after(position, limit)
    finally:
        reader.close()


def forget_older(path: Path, before: datetime, position: int) -> int:
    """Erase bodies that are older and applied; how many they were. They are overwritten, not only unlinked.

    :param position: the last row whose effects are in the register; what lies behind it stays
    :raises InboxUnavailable: it cannot be written now; it is tried again another time
    """
    return _forget(path, "received_at < ?", (before.isoformat(timespec="microseconds"),), position)


def forget_with(path: Path, values: list[str], position: int) -> int:
    """Erase applied bodies that hold one of these values: a person's number or id."""
    return sum(_forget(path, "instr(body, ?) > 0", (value.encode("utf-8"),), position) for value in values)


def _forget(path: Path, which: str, values: tuple, position: int) -> int:
    if not path.exists():
        return 0
    count = 0
    try:
        connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        try:
            connection.execute("pragma secure_delete = on")
            found = connection.execute(
                "select id from inbox where id <= ? and " + which, (position, *values)
            ).fetchall()
            # In small pieces, because the listener waits meanwhile.
            for start in range(0, len(found), FORGET):
                piece = json.dumps([row_id for (row_id,) in found[start : start + FORGET]])
                gone = connection.execute("delete from inbox where id in (select value from json_each(?))", [piece])
                count += gone.rowcount
            if count:
                # What was erased also leaves the write-ahead log.
                connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise InboxUnavailable(f"The inbox {path} cannot be cleaned: {error}") from error
    return count


def _create(path: Path) -> None:
    """Make the file, if need be, so that it is never readable by others; SQLite gives its side files the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _insert(rows: int) -> str:
    return "insert into inbox (received_at, body) values " + ", ".join(["(?, ?)"] * rows)


def _last_id(connection: sqlite3.Connection) -> int:
    row = connection.execute("select seq from sqlite_sequence where name = 'inbox'").fetchone()
    return row[0] if row else 0


def _identity(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _tell(batch: Sequence[_Waiting], outcome: list[int] | str) -> None:
    """Hand each waiting task its row id, or an exception of its own when the batch failed."""

    def resolve() -> None:
        for number, waiting in enumerate(batch):
            if waiting.future.done():
                continue
            if isinstance(outcome, str):
                waiting.future.set_exception(InboxUnavailable(outcome))
            else:
                waiting.future.set_result(outcome[number])

    with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
        batch[0].future.get_loop().call_soon_threadsafe(resolve)


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
