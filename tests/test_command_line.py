"""`python -m store …`: check, export, demo, user, and the clear sentence where one of them cannot run."""

import csv
import os
import subprocess
import sys

import pytest

from store import __main__ as command_line
from store import one_time, users
from store import settings as store_settings
from store.desk import open_desk
from store.rules.errors import WrongRegister
from store.users import DEMO_PASSWORD

from .cases import add_message, approved, ask, confirm, forwarded, new_desk, take_in, without_whatsapp
from .stack import ROOT

LIVE = {"WHATSAPP_TOKEN": "t", "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "v"}
HOLD = """
import sys, time
from pathlib import Path
from store.db import Register
register = Register(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(120)
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder with a closed register: four cases of different kinds."""
    folder = tmp_path_factory.mktemp("filled")
    with new_desk(folder) as desk:
        first = take_in(desk, '=1+1, kata Siti;\nLampu mati\t"gelap"', name="Siti, Medono")
        add_message(desk, first, "Pesan kedua 🙏")
        second = take_in(desk, "Sampah\rbau", phone="6285600000002")
        approved(desk, second, "DLH", category="waste", kelurahan="33.75.01.1002")
        forwarded(desk, without_whatsapp(desk), "INSPEKTORAT", kind="official")
        confirm(desk, approved(desk, take_in(desk, "Jalan rusak" * 100)))
    return folder


def environ(folder, **more) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WADUL_", "WHATSAPP_"))}
    return kept | {"WADUL_DATA": str(folder)} | more


def run(folder, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """The command as people start it."""
    command = [sys.executable, "-m", "store", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environ(folder, **more), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def call(monkeypatch, capsys):
    """The command in this process, because a new one takes a second: (exit code, output, error output)."""

    def called(folder, *arguments: str, **more: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(("WADUL_", "WHATSAPP_"))]:
                patch.delenv(name)
            for name, value in ({"WADUL_DATA": str(folder)} | more).items():
                patch.setenv(name, value)
            code = command_line.main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def test_check_says_that_all_agree(filled):
    done = run(filled, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("All 4 complaints agree with their ")


def test_check_names_each_difference_and_fails(call, tmp_path):
    with new_desk(tmp_path) as desk:
        case = take_in(desk)
        with desk.register.atomic() as cursor:
            cursor.execute("update complaint set state = 'closed'")
    code, out, _ = call(tmp_path, "check")
    assert code == 1
    assert f"{case.number}: state is 'closed', the events say 'received'" in out
    assert "1 differences in 1 complaints" in out


def test_export_writes_one_row_a_case_with_the_full_text_for_its_owner_only(filled, tmp_path):
    target = tmp_path / "aduan.csv"
    target.write_text("old and longer than nothing" * 1000)
    target.chmod(0o644)
    done = run(filled, "export", "complaints", str(target))
    assert (done.returncode, done.stdout) == (0, f"4 complaints written to {target}.\n")
    assert target.stat().st_mode & 0o777 == 0o600
    with target.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    wanted = "number state received_at ended_at channel kind department category kelurahan reporter_name full_text"
    assert set(wanted.split()) <= set(found[0])
    by_number = {row["number"].split("-")[0] + row["number"][-2:]: row for row in found}
    assert set(by_number) == {"WA01", "WA02", "LOK01", "WA03"}
    first = by_number["WA01"]
    assert first["full_text"] == '\'=1+1, kata Siti;\nLampu mati\t"gelap"\nPesan kedua 🙏'
    assert (first["reporter_name"], first["reporter_contact"]) == ("S***", "…0001")
    assert by_number["WA02"]["full_text"] == "Sampah\rbau"
    assert (by_number["WA02"]["category"], by_number["WA02"]["kelurahan"]) == ("waste", "Medono")
    assert (by_number["LOK01"]["kind"], by_number["LOK01"]["full_text"]) == ("official", "Di loket")
    assert by_number["WA03"]["full_text"].startswith("Jalan rusak" * 100)
    assert by_number["WA03"]["state"] == "closed"
    assert first["received_at"].endswith("Z")
    assert run(filled, "export", "complaints", str(target), "--identities").returncode == 0
    with target.open(encoding="utf-8", newline="") as file:
        assert "Siti Aminah" in {row["reporter_name"] for row in csv.DictReader(file)}


def test_export_says_where_it_cannot_write(call, filled, tmp_path):
    assert call(filled, "export", "complaints", str(tmp_path / "no" / "x.csv"))[0] == 2
    code, _, said = call(filled, "export", "complaints", str(tmp_path))
    assert (code, str(tmp_path) in said) == (2, True)


def test_where_there_is_no_register_it_says_so_and_makes_none(call, tmp_path):
    for arguments in (["check"], ["export", "complaints", str(tmp_path / "x.csv")]):
        code, _, said = call(tmp_path / "none", *arguments)
        assert code == 2
        assert said.startswith(f"There is no register at {tmp_path / 'none' / 'register.duckdb'} yet.")
    assert not (tmp_path / "none" / "register.duckdb").exists()
    assert not (tmp_path / "x.csv").exists()


def test_a_file_that_is_no_register_is_said_not_thrown(call, tmp_path):
    (tmp_path / "register.duckdb").write_text("this is no register\n" * 500)
    code, _, said = call(tmp_path, "check")
    assert code == 2
    assert "cannot be read as a register" in said


def test_while_the_app_holds_the_register_every_command_says_so(call, filled, tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(filled / "register.duckdb")],
        cwd=ROOT, env=environ(filled), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "open\n"
        done = run(filled, "check")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("The register is in use: the app is running. Stop the app first")
        assert done.stderr.count("\n") == 1
        target = tmp_path / "x.csv"
        for arguments in (["export", "complaints", str(target)], ["demo"], ["user", "budi", "Budi", "city"]):
            code, out, said = call(filled, *arguments, WADUL_PASSWORD="a long password")
            assert (code, out, said) == (2, "", command_line.BUSY + "\n")
        assert not target.exists()
        started = subprocess.run(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0"],
            cwd=ROOT, env=environ(filled), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert started.returncode == 2
        assert command_line.BUSY in started.stderr
    finally:
        holder.kill()
        holder.wait()


def test_a_live_register_is_not_opened_for_a_demonstration_nor_the_other_way_round(call, tmp_path):
    live, demo = tmp_path / "live", tmp_path / "demo"
    open_desk(store_settings.load({"WADUL_DATA": str(live), **LIVE})).register.close()
    open_desk(store_settings.load({"WADUL_DATA": str(demo)})).register.close()
    with pytest.raises(WrongRegister, match="live"):
        open_desk(store_settings.load({"WADUL_DATA": str(live)}))
    with pytest.raises(WrongRegister, match="demo"):
        open_desk(store_settings.load({"WADUL_DATA": str(demo), **LIVE}))
    for folder, secrets, mode in ((live, {}, "live"), (demo, LIVE, "demo")):
        for arguments in (["demo"], ["user", "budi", "Budi", "city"]):
            code, _, said = call(folder, *arguments, WADUL_PASSWORD="a long password", **secrets)
            assert (code, said) == (2, command_line.wrong_register(mode) + "\n")
        # To read and to compare harms nothing, whatever the mode.
        assert call(folder, "check", **secrets)[0] == 0
    desk = open_desk(store_settings.load({"WADUL_DATA": str(live), **LIVE}))
    try:
        assert ask(desk, "select count(*) from complaint") == [(0,)]
    finally:
        desk.register.close()


def test_a_user_is_made_and_may_sign_in(call, tmp_path):
    code, out, _ = call(
        tmp_path, "user", "Budi.S", "Budi Santoso", "opd_admin:DLH", WADUL_PASSWORD="kata sandi panjang"
    )
    assert (code, out) == (0, "budi.s may sign in as opd_admin:DLH, and sets a password of their own then.\n")
    desk = open_desk(store_settings.load({"WADUL_DATA": str(tmp_path)}))
    try:
        assert users.password_fits(desk.register, "budi.s", "kata sandi panjang")
        assert not users.password_fits(desk.register, "budi.s", DEMO_PASSWORD)
        actor = users.actor(desk.register, "budi.s")
        assert (actor.name, actor.departments) == ("Budi Santoso", {"DLH"})
        assert users.must_change(desk.register, "budi.s")
    finally:
        desk.register.close()


def test_a_password_is_taken_away_and_set_anew_with_the_printed_code(call, tmp_path):
    call(tmp_path, "user", "budi", "Budi", "admin", WADUL_PASSWORD="kata sandi panjang")
    code, out, _ = call(tmp_path, "reset", "budi")
    printed = out.split()[-1]
    assert (code, len(printed)) == (0, 19)
    desk = open_desk(store_settings.load({"WADUL_DATA": str(tmp_path)}))
    try:
        assert not users.password_fits(desk.register, "budi", "kata sandi panjang")
        one_time.set_password(desk.register, "budi", printed, "sepeda lampu gunung")
        assert users.password_fits(desk.register, "budi", "sepeda lampu gunung")
    finally:
        desk.register.close()
    assert call(tmp_path, "reset", "siapa") == (2, "", "There is no user siapa.\n")


@pytest.mark.parametrize(
    ("username", "role", "password", "said"),
    [
        ("budi", "king", "kata sandi panjang", "The role is one of"),
        ("budi", "reporter", "kata sandi panjang", "The role is one of"),
        ("budi", "system", "kata sandi panjang", "The role is one of"),
        ("budi", "opd_admin", "kata sandi panjang", "needs a department"),
        ("budi", "opd_team:XYZ", "kata sandi panjang", "There is no department XYZ."),
        ("budi", "city", "pekalongan1234", "too easily guessed"),
        ("budi", "city", "pendek", "at least 12 characters"),
        ("budi santoso", "city", "kata sandi panjang", "A user name has only letters"),
        ("kota", "city", "kata sandi panjang", "There is already a user kota."),
        ("KOTA", "city", "kata sandi panjang", "There is already a user kota."),
    ],
)
def test_a_user_that_cannot_be_is_refused_in_a_sentence(call, filled, username, role, password, said):
    code, _, answer = call(filled, "user", username, "Budi", role, WADUL_PASSWORD=password)
    assert (code, said in answer) == (2, True)


def test_a_demonstration_does_not_go_into_a_register_that_holds_cases(call, filled):
    code, out, said = call(filled, "demo", "--complaints", "3")
    assert (code, out) == (2, "")
    assert said == "The register already holds complaints; a demonstration goes only into a new one.\n"


def test_a_wrong_port_is_said(call, filled):
    code, _, said = call(filled, "check", WADUL_APP_PORT="eighty")
    assert (code, "WADUL_APP_PORT" in said) == (2, True)


def test_due_lays_the_computation_open_with_the_default_calendar(tmp_path):
    said = run(tmp_path, "due", "2026-03-17T10:00+07:00")
    assert said.returncode == 0
    assert said.stdout.splitlines()[-2:] == [
        "Kam 26 Mar 10.00: jatuh tempo",
        "Batas terakhir: 14 hari kerja, Sel 14 Apr 10.00.",
    ]
    assert "Kam 19 Mar 2026: libur, Hari Suci Nyepi" in said.stdout
    assert not (tmp_path / "register.duckdb").exists()


def test_due_reads_the_calendar_of_the_register(tmp_path):
    with new_desk(tmp_path) as desk, desk.register.atomic() as cursor:
        cursor.execute("insert into holiday values ('2026-03-25', 'Hari Jadi Kota', 'lokal', 'staf')")
    said = run(tmp_path, "due", "2026-03-17T10:00+07:00")
    assert "Rab 25 Mar 2026: libur, Hari Jadi Kota" in said.stdout
    assert said.stdout.splitlines()[-2] == "Jum 27 Mar 08.33: jatuh tempo"


def test_due_says_what_a_moment_looks_like(tmp_path):
    said = run(tmp_path, "due", "besok")
    assert said.returncode == 2
    assert "2026-03-17T10:00+07:00" in said.stderr
