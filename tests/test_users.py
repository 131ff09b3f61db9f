"""Accounts, passwords and sessions in the register."""

from datetime import timedelta

import pytest

from store import passwords, second_factor, sessions, settings, users
from store.clock import now as clock_now
from store.desk import open_desk
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role

from .cases import ask, new_desk

PASSWORD = "kata sandi panjang"
LONG = timedelta(hours=12)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("users")) as desk:
        yield desk


def test_an_account_with_two_roles(desk):
    grants = [Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")]
    assert users.add(desk.register, " Budi ", "Budi", PASSWORD, grants) == "budi"
    actor = users.actor(desk.register, "budi")
    assert (actor.name, actor.grants) == ("Budi", frozenset(grants))
    assert users.password_fits(desk.register, "budi", PASSWORD)


@pytest.mark.parametrize(
    ("username", "password", "grant", "code"),
    [
        ("a", "short", Grant(Role.CITY), "password_too_short"),
        ("", PASSWORD, Grant(Role.CITY), "username_form"),
        ("dua kata", PASSWORD, Grant(Role.CITY), "username_form"),
        ("<b>", PASSWORD, Grant(Role.CITY), "username_form"),
        ("x" * 101, PASSWORD, Grant(Role.CITY), "username_form"),
        ("Kota", PASSWORD, Grant(Role.CITY), "username_taken"),
        ("a", PASSWORD, Grant(Role.OPD_ADMIN), "role_needs_department"),
        ("a", PASSWORD, Grant(Role.OPD_TEAM, "XYZ"), "unknown_department"),
    ],
)
def test_an_account_that_cannot_be_leaves_no_trace(desk, username, password, grant, code):
    accounts, roles = "select * from user_account order by all", "select * from user_role order by all"
    before = ask(desk, accounts), ask(desk, roles)
    with pytest.raises(RuleBroken) as caught:
        users.add(desk.register, username, "A", password, [Grant(Role.CITY), grant])
    assert caught.value.code == code
    assert before == (ask(desk, accounts), ask(desk, roles))


@pytest.mark.parametrize("wrong", ["", "pekalongan-dem", "pekalongan-demo ", "Pekalongan-demo", "x" * 1000])
def test_only_the_password_itself_fits(desk, wrong):
    assert users.password_fits(desk.register, "kota", users.DEMO_PASSWORD)
    assert not users.password_fits(desk.register, "kota", wrong)


def test_nobody_signs_in_as_nobody(desk):
    for username in ("", "tidak.ada", "KOTA", "kota'--"):
        assert not users.password_fits(desk.register, username, users.DEMO_PASSWORD)
        assert not users.password_fits(desk.register, username, "nobody has this password")
        assert users.actor(desk.register, username) is None


COMMON = [
    "password1234", "P@ssw0rd1234!", "Pekalongan2025!", "qwertyuiop123", "123456789012", "987654321098", "aaaaaaaaaaaa",
    "abcabcabcabc", "sayangsayangsayang", "Indonesia17081945", "semarang#2026#", "1q2w3e4r5t6y", "budi.santoso123",
    "Wadul-Aladin-2026", "pekalongan-demo", "ADMINADMIN1234",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_anybody_would_try_first_is_no_password(password):
    assert passwords.is_common(password, "budi.santoso", "Wadul Aladin")
    with pytest.raises(RuleBroken, match="password_common"):
        passwords.hash_of(password, "budi.santoso", "Wadul Aladin")


def test_several_words_and_what_we_make_ourselves_are_good_passwords():
    good = ["korek batu hujan kabel", "sepeda lampu gunung", "Tujuh kucing & satu becak", "kata sandi panjang"]
    good += [second_factor.readable_code(4) for _ in range(200)]
    assert [password for password in good if passwords.is_common(password, "budi.santoso", "Wadul Aladin")] == []


@pytest.mark.parametrize(("length", "code"), [(11, "password_too_short"), (201, "password_too_long")])
def test_a_password_has_a_sensible_length(length, code):
    text = "korek batu hujan kabel sepeda " * 10
    with pytest.raises(RuleBroken, match=code):
        passwords.hash_of(text[:length])
    assert passwords.fits(passwords.hash_of(text[:12]), text[:12])


def test_passwords_are_kept_as_argon2_and_each_with_its_own_salt(desk):
    users.add(desk.register, "satu", "Satu", PASSWORD, [Grant(Role.CITY)])
    users.add(desk.register, "dua", "Dua", PASSWORD, [Grant(Role.CITY)])
    hashes = ask(desk, "select password_hash from user_account where username in ('satu', 'dua')")
    assert len(set(hashes)) == 2
    assert all(hashed.startswith("$argon2id$") and PASSWORD not in hashed for (hashed,) in hashes)


def test_an_inactive_account_is_nobody(desk):
    users.add(desk.register, "lama", "Lama", PASSWORD, [Grant(Role.CITY)])
    _, session = sessions.start(desk.register, "lama")
    with desk.register.atomic() as cursor:
        cursor.execute("update user_account set active = false where username = 'lama'")
    assert users.actor(desk.register, "lama") is None
    assert not users.password_fits(desk.register, "lama", PASSWORD)
    assert session not in sessions.open_sessions(desk.register, clock_now(), LONG)


def test_sessions_are_kept_until_they_end_or_are_too_old(desk):
    (secret, first), (_, second) = (sessions.start(desk.register, "kota") for _ in range(2))
    assert len(secret) >= 40
    assert first.id == sessions.id_of(secret)
    assert first.id != second.id
    assert {first, second} <= set(sessions.open_sessions(desk.register, clock_now(), LONG))
    sessions.end(desk.register, first)
    found = sessions.open_sessions(desk.register, clock_now(), LONG)
    assert (first in found, second in found) == (False, True)
    assert sessions.open_sessions(desk.register, clock_now() + LONG + timedelta(seconds=1), LONG) == []
    seen = clock_now() + timedelta(minutes=9)
    sessions.touch(desk.register, second.id, seen)
    assert [s.seen_at for s in sessions.open_sessions(desk.register, clock_now(), LONG) if s.id == second.id] == [seen]


def test_the_demonstration_has_an_account_a_role_and_two_a_department(desk):
    query = "select username, r.role, r.department from user_account join user_role r using (username) where demo"
    expected = {("kota", "city", None), ("kota2", "city", None), ("pejabat", "official", None)}
    expected |= {("pimpinan", "leader", None), ("admin", "admin", None)}
    for (code,) in ask(desk, "select code from department"):
        expected |= {(f"opd.{code.lower()}", "opd_admin", code), (f"tim.{code.lower()}", "opd_team", code)}
    assert set(ask(desk, query)) == expected


def test_demonstration_accounts_are_never_made_beside_others(tmp_path):
    desk = open_desk(settings.load({"WADUL_DATA": str(tmp_path)}))
    try:
        users.add(desk.register, "budi", "Budi", PASSWORD, [Grant(Role.CITY)])
        users.make_demo_accounts(desk.register)
        assert ask(desk, "select username from user_account") == [("budi",)]
    finally:
        desk.register.close()
