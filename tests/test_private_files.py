"""Nobody but the owner of the data can read any file of it, and a folder that others can read is refused."""

import os
import stat
import subprocess
import sys

import pytest

from store import evidence, settings
from store.desk import open_desk
from store.settings import ROOT, SettingsError

from .cases import take_in
from .postbox import Mailbox
from .stack import Stack


def open_to_others(folder) -> list[str]:
    return [str(path) for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o705, 0o701, 0o710])
def test_a_folder_that_others_can_enter_is_refused_with_what_mends_it(tmp_path, mode):
    data = tmp_path / "the data"
    data.mkdir()
    data.chmod(mode)
    with pytest.raises(SettingsError, match=r"chmod 700 '.*the data'"):
        open_desk(settings.load({"WADUL_DATA": str(data)}))
    data.chmod(0o700)
    open_desk(settings.load({"WADUL_DATA": str(data)})).register.close()


def test_every_file_of_a_working_desk_is_its_owners(tmp_path):
    """Whatever the shell's umask says; also the write-ahead logs, while they are there."""
    before = os.umask(0)
    try:
        desk = open_desk(settings.load({"WADUL_DATA": str(tmp_path / "data")}))
        mail = Mailbox(desk)
        mail.put(b"{}")
        take_in(desk)
        evidence.keep(desk.settings.media, b"OggS", "audio/ogg", 100)
        names = {path.name for path in (tmp_path / "data").iterdir()}
        assert names >= {"register.duckdb", "register.duckdb.wal", "inbox.sqlite", "inbox.sqlite-wal", "media"}
        assert open_to_others(tmp_path) == []
        mail.close()
        desk.register.close()
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    "command", [["deploy/run.py"], ["-m", "ingest.listener"], ["-m", "ingest.simulator"], ["-m", "store", "demo"]]
)
def test_nothing_starts_on_an_open_folder(tmp_path, command):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=Stack(data).environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2, done.stderr
    assert "can be read by other users of this machine" in done.stderr
    assert f"chmod 700 {data}" in done.stderr
    assert not (data / "register.duckdb").exists()


def test_the_app_does_not_start_either(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    stack = Stack(data)
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(stack.ports["APP"])]
    done = subprocess.run(command, cwd=ROOT, env=stack.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "chmod 700" in done.stderr
