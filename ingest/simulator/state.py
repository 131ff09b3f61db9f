"""Everything the simulator remembers: one SQLite file, so that chats and waiting webhooks survive SIGKILL.

One connection, used from the event loop's thread only; each statement takes well under a millisecond.
"""

import asyncio
import contextlib
import json
import sqlite3
import time
from pathlib import Path
from secrets import token_hex

SCHEMA = """
create table if not exists phone (
    key text primary key, wa_id text unique, bsuid text not null unique, name text not null, username text,
    online integer not null default 1, last_inbound_at real, typing_until real not null default 0
);
create table if not exists message (
    id integer primary key autoincrement, wamid text not null unique, phone_key text, recipient text,
    direction text not null, kind text not null, content text not null, state text not null, error text,
    tracker text, reply_to text, reaction text, edited integer not null default 0,
    revoked integer not null default 0, happened_at real not null
);
create index if not exists message_phone on message (phone_key, id);
create table if not exists step (wamid text primary key, status text not null, due_at real not null, error text);
create table if not exists webhook (
    id integer primary key autoincrement, phone_key text not null, body blob not null, made_at real not null,
    next_at real not null, attempts integer not null default 0, outcome text not null default 'pending',
    last_result text, done_at real, copies integer not null default 0
);
create index if not exists webhook_waiting on webhook (next_at) where outcome = 'pending';
create table if not exists send (
    id integer primary key autoincrement, wamid text, phone_key text, recipient text, kind text, tracker text,
    outcome text not null, body text not null, happened_at real not null
);
create table if not exists fault (
    id integer primary key autoincrement, kind text not null, phone_key text, remaining integer, seconds real
);
create table if not exists media (
    id text primary key, phone_key text, mime_type text not null, filename text, sha256 text not null,
    content blob not null, made_at real not null
);
create table if not exists template (
    id text primary key, name text not null, language text not null, category text not null,
    components text not null, unique (name, language)
);
create table if not exists review (
    template_id text primary key, status text not null, reason text, quality text, due_at real
);
create table if not exists flow (id text primary key, name text not null unique, status text not null, body text);
create table if not exists option (name text primary key, value text not null);
"""

OPTIONS = {
    "sent_after": 0.15,  # seconds from acceptance to `sent`
    "delivered_after": 0.35,  # … from `sent` to `delivered`
    "read_after": 0.4,  # … from `delivered` to `read`
    "auto_read": False,  # read everything that is delivered
    "approved_after": 3.0,  # seconds until a template that was created is approved
    "duplicates": 0,  # how many times a delivered webhook is delivered again
    "batch": 1,  # how many waiting webhooks of a phone go into one body
    "paused": False,  # webhooks are held back
}


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


class State:
    """The simulator's memory in `folder / "simulator.sqlite"`; `version` changes with every change."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Opened where the application is made, used by the event loop, which may run in another thread.
        self._connection = sqlite3.connect(folder / "simulator.sqlite", isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode = wal")
        # Enough against SIGKILL: what is committed is with the operating system.
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(SCHEMA)
        self._depth = 0
        self._started = token_hex(4)
        self._changes = 0
        self._watchers: list[asyncio.Event] = []
        self.looked_at: dict[str, float] = {}

    @property
    def version(self) -> str:
        return f"{self._started}-{self._changes}"

    def watch(self) -> asyncio.Event:
        """An event set after every change."""
        event = asyncio.Event()
        self._watchers.append(event)
        return event

    def rows(self, sql: str, *values) -> list[dict]:
        return [dict(row) for row in self._connection.execute(sql, values)]

    def row(self, sql: str, *values) -> dict | None:
        found = self._connection.execute(sql, values).fetchone()
        return dict(found) if found else None

    def run(self, sql: str, *values) -> int:
        """Change something; returns the id of the row inserted last."""
        with self.atomic():
            return self._connection.execute(sql, values).lastrowid

    @contextlib.contextmanager
    def atomic(self):
        """All or nothing; may be nested, then the outermost commits."""
        self._depth += 1
        try:
            if self._depth == 1:
                self._connection.execute("begin immediate")
            yield
        except BaseException:
            if self._depth == 1:
                self._connection.execute("rollback")
            raise
        else:
            if self._depth == 1:
                self._connection.execute("commit")
                self._changed()
        finally:
            self._depth -= 1

    def options(self) -> dict:
        stored = {row["name"]: json.loads(row["value"]) for row in self.rows("select name, value from option")}
        return OPTIONS | stored

    def set_options(self, **given) -> dict:
        """Store options.

        :raises ValueError: an unknown name, or a value of the wrong type
        """
        for name, value in given.items():
            if name not in OPTIONS:
                raise ValueError(f"There is no option {name!r}.")
            expected = bool if isinstance(OPTIONS[name], bool) else int | float
            if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool) or value < 0:
                raise ValueError(f"{value!r} is no value for the option {name!r}.")
        with self.atomic():
            for name, value in given.items():
                self.run("insert or replace into option (name, value) values (?, ?)", name, json.dumps(value))
        return self.options()

    def close(self) -> None:
        self._connection.close()

    def _changed(self) -> None:
        self._changes += 1
        for event in self._watchers:
            event.set()
