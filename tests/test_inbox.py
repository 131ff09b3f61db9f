"""The inbox keeps every body it acknowledged, in order, and says so when it cannot."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

from ingest.inbox import Inbox, InboxReader, InboxUnavailable, read_after
from store.settings import ROOT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "inbox.sqlite"


@pytest.fixture
def inbox(path):
    inbox = Inbox(path)
    yield inbox
    inbox.close()


@pytest.fixture
def blocker(path, inbox):
    """Another connection that holds the write lock, as a stray tool might."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("begin immediate")
    yield connection
    connection.close()


async def together(inbox: Inbox, bodies: list[bytes]) -> list:
    return await asyncio.gather(*(inbox.append(body) for body in bodies), return_exceptions=True)


def test_what_was_appended_is_read_back_in_order_with_its_time(inbox, path):
    before = datetime.now(UTC).replace(tzinfo=None)
    bodies = [b"satu", b"", b"\x00\xff bukan teks", "dua 🙏".encode()]
    ids = asyncio.run(together(inbox, bodies))
    rows = read_after(path, 0, 100)
    assert ids == [1, 2, 3, 4] == [row.id for row in rows]
    assert [row.body for row in rows] == bodies
    assert all(before <= row.received_at <= datetime.now(UTC).replace(tzinfo=None) for row in rows)


def test_a_reader_goes_on_after_its_position_and_takes_no_more_than_asked(inbox, path):
    asyncio.run(together(inbox, [b"%d" % number for number in range(10)]))
    reader = InboxReader(path)
    assert [row.id for row in reader.after(0, 3)] == [1, 2, 3]
    assert [row.id for row in reader.after(8, 3)] == [9, 10]
    assert reader.after(10, 3) == []
    assert reader.last_id() == 10
    asyncio.run(inbox.append(b"baru"))
    assert [row.body for row in reader.after(10, 3)] == [b"baru"]
    reader.close()


def test_there_is_nothing_to_read_before_the_file_exists_and_something_once_it_does(path):
    reader = InboxReader(path)
    assert (reader.after(0, 10), reader.last_id()) == ([], 0)
    path.touch()
    assert (reader.after(0, 10), reader.last_id()) == ([], 0)
    inbox = Inbox(path)
    assert (reader.after(0, 10), reader.last_id()) == ([], 0)
    asyncio.run(inbox.append(b"satu"))
    assert (len(reader.after(0, 10)), reader.last_id()) == (1, 1)
    inbox.close()
    assert (len(reader.after(0, 10)), reader.last_id()) == (1, 1)
    reader.close()


def test_a_reader_cannot_write(inbox, path):
    reader = InboxReader(path)
    reader.last_id()
    with pytest.raises(InboxUnavailable, match="readonly"):
        reader._query("delete from inbox", ())


def test_a_reader_follows_a_file_that_was_replaced(path, tmp_path):
    for name, body in (("inbox.sqlite", b"lama"), ("other.sqlite", b"dari cadangan")):
        inbox = Inbox(tmp_path / name)
        asyncio.run(inbox.append(body))
        inbox.close()
    reader = InboxReader(path)
    assert reader.after(0, 9)[0].body == b"lama"
    os.replace(tmp_path / "other.sqlite", path)
    assert reader.after(0, 9)[0].body == b"dari cadangan"
    reader.close()


def test_what_is_no_inbox_is_an_error_for_reader_and_writer(path):
    path.write_bytes(b"this is no database at all, however long one looks at it" * 100)
    with pytest.raises(InboxUnavailable, match="not a database"):
        InboxReader(path).after(0, 1)
    with pytest.raises(InboxUnavailable, match="not a database"):
        Inbox(path)


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(InboxUnavailable, match="cannot be opened"):
        Inbox(tmp_path / "nowhere" / "inbox.sqlite")


def test_an_id_is_never_used_again(path):
    inbox = Inbox(path)
    assert asyncio.run(together(inbox, [b"1", b"2", b"3"])) == [1, 2, 3]
    inbox.close()
    with sqlite3.connect(path) as connection:
        connection.execute("delete from inbox")
    connection.close()
    inbox = Inbox(path)
    assert asyncio.run(inbox.append(b"4")) == 4
    assert asyncio.run(inbox.check()) == 4
    inbox.close()


def test_only_the_owner_may_read_the_files(path):
    path.touch(mode=0o644)
    inbox = Inbox(path)
    asyncio.run(inbox.append(b"rahasia"))
    files = sorted(path.parent.iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    inbox.close()


def test_commits_are_flushed_to_disk(inbox):
    assert inbox._connection.execute("pragma synchronous").fetchone() == (2,)
    assert inbox._connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_bodies_that_wait_share_a_commit(inbox, path, monkeypatch):
    sizes = []
    commit = inbox._commit
    monkeypatch.setattr(inbox, "_commit", lambda batch: (sizes.append(len(batch)), time.sleep(0.02), commit(batch))[-1])
    asyncio.run(together(inbox, [b"x"] * 500))
    assert sum(sizes) == 500
    assert len(sizes) < 10
    assert len(read_after(path, 0, 1000)) == 500


def test_nobody_is_told_before_the_commit(inbox, path, blocker):
    async def run():
        task = asyncio.ensure_future(inbox.append(b"satu"))
        await asyncio.sleep(0.3)
        assert not task.done()
        blocker.execute("rollback")
        assert await task == 1
        assert [row.body for row in read_after(path, 0, 9)] == [b"satu"]

    asyncio.run(run())


def test_a_failed_commit_is_told_to_all_of_its_batch_and_leaves_nothing(inbox, path, blocker):
    inbox._connection.execute("pragma busy_timeout = 200")
    outcomes = asyncio.run(together(inbox, [b"x"] * 20))
    assert all(isinstance(outcome, InboxUnavailable) for outcome in outcomes)
    assert len({id(outcome) for outcome in outcomes}) == 20
    blocker.execute("rollback")
    assert asyncio.run(inbox.append(b"kembali")) == 1
    assert [row.body for row in read_after(path, 0, 9)] == [b"kembali"]


def test_a_body_that_breaks_a_batch_leaves_no_half_of_it(inbox, path, blocker):
    async def run():
        held = asyncio.ensure_future(inbox.append(b"held"))
        await asyncio.sleep(0.1)  # the writer has taken it and waits for the lock; the next three make one batch
        rest = asyncio.ensure_future(together(inbox, [b"baik", ["not bytes"], b"baik juga"]))
        await asyncio.sleep(0)
        blocker.execute("rollback")
        return await held, await rest

    held, rest = asyncio.run(run())
    assert held == 1
    assert [isinstance(outcome, InboxUnavailable) for outcome in rest] == [True, True, True]
    assert [row.body for row in read_after(path, 0, 9)] == [b"held"]


def test_the_check_needs_a_real_commit(inbox, blocker):
    inbox._connection.execute("pragma busy_timeout = 100")
    with pytest.raises(InboxUnavailable):
        asyncio.run(inbox.check())
    blocker.execute("rollback")
    assert asyncio.run(inbox.check()) == 0


@pytest.mark.parametrize("what", ["deleted", "replaced"])
def test_a_file_taken_away_is_noticed_instead_of_written_to(inbox, path, tmp_path, what):
    asyncio.run(inbox.append(b"satu"))
    path.rename(tmp_path / "away.sqlite")
    if what == "replaced":
        path.touch()
    for _ in range(2):
        with pytest.raises(InboxUnavailable):
            asyncio.run(inbox.append(b"dua"))
    assert path.exists() == (what == "replaced")


def test_beyond_its_bounds_the_queue_refuses_at_once(path):
    inbox = Inbox(path, max_waiting=5, max_waiting_bytes=1000)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("begin immediate")

    async def run(bodies):
        held = asyncio.ensure_future(inbox.append(b"held"))
        await asyncio.sleep(0.1)  # the writer has taken it and waits for the lock
        rest = asyncio.ensure_future(together(inbox, bodies))
        await asyncio.sleep(0.1)
        blocker.execute("rollback")
        await held
        return [isinstance(outcome, InboxUnavailable) for outcome in await rest]

    assert asyncio.run(run([b"x"] * 8)) == [False] * 5 + [True] * 3
    for _ in range(2):  # what has been written counts no longer
        blocker.execute("begin immediate")
        assert asyncio.run(run([b"x" * 600] * 2)) == [False, True]
    blocker.close()
    inbox.close()


def test_closing_commits_what_waits_and_refuses_the_rest(inbox, path, monkeypatch):
    commit = inbox._commit
    monkeypatch.setattr(inbox, "_commit", lambda batch: (time.sleep(0.1), commit(batch))[-1])

    async def run():
        tasks = [asyncio.ensure_future(inbox.append(b"x")) for _ in range(50)]
        await asyncio.sleep(0)
        inbox.close()
        assert len(read_after(path, 0, 100)) == 50
        assert len(await asyncio.gather(*tasks)) == 50
        with pytest.raises(InboxUnavailable, match="closed"):
            await inbox.append(b"terlambat")

    asyncio.run(run())


def test_an_append_given_up_on_disturbs_nobody(inbox, blocker):
    async def run():
        tasks = [asyncio.ensure_future(inbox.append(b"x")) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        blocker.execute("rollback")
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(run())
    assert isinstance(second, asyncio.CancelledError)
    assert (first, third) == (1, 3)


def test_a_reader_in_between_never_sees_a_gap(inbox, path):
    """Rows become visible in the order of their ids, so a position can be kept as one number."""
    seen: list[int] = []
    stop = threading.Event()

    def follow():
        reader = InboxReader(path)
        while not stop.is_set() or len(seen) < 2000:
            seen.extend(row.id for row in reader.after(seen[-1] if seen else 0, 37))
        reader.close()

    follower = threading.Thread(target=follow)
    follower.start()

    async def run():
        for _ in range(20):
            await together(inbox, [b"x"] * 100)

    asyncio.run(run())
    stop.set()
    follower.join(20)
    assert seen == list(range(1, 2001))


WRITER = """
import asyncio, sys
from pathlib import Path
from ingest.inbox import Inbox

async def main():
    inbox = Inbox(Path(sys.argv[1]))
    async def one(number):
        while True:
            row = await inbox.append(b"body %d" % number)
            sys.stdout.write(f"{row}\\n"); sys.stdout.flush()
    await asyncio.gather(*(one(number) for number in range(8)))

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_a_kill(path):
    acknowledged: set[int] = set()
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        lines = [writer.stdout.readline() for _ in range(200)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().splitlines()
        writer.wait()
        acknowledged |= {int(line) for line in lines[:-1] if line.strip()}
    kept = [row.id for row in read_after(path, 0, 1_000_000)]
    assert len(acknowledged) >= 500
    assert acknowledged <= set(kept)
    assert kept == sorted(set(kept))
