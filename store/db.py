"""The register file: one process opens it, every operation has a cursor of its own, every change is one transaction."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from .rules.errors import RegisterBusy

log = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"


class Register:
    """An open register.

    `version` counts the changes made since the start: pages poll it, not the data. Writers take turns, because DuckDB
    lets the second of two transactions on one row fail rather than wait.

    :raises RegisterBusy: another process has the file open
    """

    def __init__(self, path: Path | str):
        try:
            # No statement of ours may bring code from the network in.
            self._connection = duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
        except duckdb.IOException as error:
            if "could not set lock" in str(error).lower():
                raise RegisterBusy(f"{path} is open in another process") from error
            raise
        self.path = Path(path)
        if self.path.exists():
            self.path.chmod(0o600)
        self.version = 0
        self.changed = threading.Condition()
        self._writing = threading.RLock()
        self._migrate()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for reading; threads that share one get each other's rows."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        except duckdb.FatalException:
            _die()
        finally:
            cursor.close()

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose questions all see the register of one moment."""
        with self.cursor() as cursor:
            cursor.execute("begin transaction read only")
            try:
                yield cursor
            finally:
                cursor.execute("rollback")

    @contextmanager
    def atomic(self, news: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: everything in it is kept, or nothing.

        :param news: whether pages that show data must ask again afterwards
        """
        with self._writing, self.cursor() as cursor:
            cursor.execute("begin transaction")
            try:
                yield cursor
                cursor.execute("commit")
            except duckdb.FatalException:
                _die()
            except BaseException:
                _rollback(cursor)
                raise
            if news:
                self.touch()

    def touch(self) -> None:
        """Tell those who wait that the data has changed."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def wait(self, version: int, timeout: float) -> int:
        """Wait up to `timeout` seconds for a version other than this one; the present version comes back."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != version, timeout)
            return self.version

    def frame(self, query: str, params: list | dict | None = None) -> pd.DataFrame:
        """The answer to one question as a DataFrame."""
        with self.cursor() as cursor:
            return cursor.execute(query, params or []).df()

    def checkpoint(self) -> None:
        """Write the log into the file."""
        with self._writing, self.cursor() as cursor:
            cursor.execute("checkpoint")

    def close(self) -> None:
        self._connection.close()

    def _migrate(self) -> None:
        with self.cursor() as cursor:
            cursor.execute("create table if not exists migration (name varchar primary key, applied_at timestamp)")
            done = {name for (name,) in cursor.execute("select name from migration").fetchall()}
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name in done:
                continue
            with self.atomic() as cursor:
                cursor.execute(file.read_text(encoding="utf-8"))
                cursor.execute("insert into migration values (?, now()::timestamp)", [file.name])
            # DuckDB 1.5 wants altered tables out of the log before they are altered again.
            self.checkpoint()


def rows(cursor: duckdb.DuckDBPyConnection) -> list[dict]:
    """What the cursor holds, a dict a row."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def insert(cursor: duckdb.DuckDBPyConnection, table: str, new: list[dict]) -> None:
    """Insert rows by column name, through Arrow: much faster than one by one from about ten rows on.

    :param table: a name of ours, never input
    """
    if not new:
        return
    with incoming(cursor, table, new):
        cursor.execute("insert into " + table + " by name select * from incoming")


@contextmanager
def incoming(cursor, table: str, new: list[dict], *more: pa.Field) -> Iterator[None]:
    """Rows of a table's shape, under the name `incoming` for the statement in between."""
    known = [*_schema(cursor, table), *more]
    unknown = set(new[0]) - {field.name for field in known}
    if unknown:
        raise ValueError(f"{table} has no {', '.join(sorted(unknown))}")
    fields = pa.schema([field for field in known if field.name in new[0]])
    cursor.register("incoming", pa.Table.from_pylist(new, schema=fields))
    try:
        yield
    finally:
        cursor.unregister("incoming")


def next_ids(cursor: duckdb.DuckDBPyConnection, sequence: str, count: int) -> list[int]:
    """So many new ids; gaps are allowed here, unlike in a complaint's number."""
    found = cursor.execute("select nextval(?) from range(?)", [sequence, count]).fetchall()
    return [value for (value,) in found]


_schemas: dict[str, pa.Schema] = {}


def _schema(cursor, table: str) -> pa.Schema:
    if table not in _schemas:
        _schemas[table] = cursor.execute("select * from " + table + " limit 0").to_arrow_table().schema
    return _schemas[table]


def _rollback(cursor) -> None:
    try:
        cursor.execute("rollback")
    except duckdb.Error:
        log.warning("the transaction had already ended")


def _die() -> None:
    # DuckDB answers nothing more after this; a restart replays its log, and the inbox brings what was not applied.
    log.critical("the register reported a fatal error; the process ends and must be started again")
    os._exit(70)
