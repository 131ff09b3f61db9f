"""What the tests of the administration share: a desk of its own for each, and what an administrator sees on it."""

import shutil
from datetime import date

import pyotp
import pytest

from store import second_factor, users
from store import settings as store_settings
from store.admin import accounts, free_days, service
from store.desk import open_desk
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role
from store.settings import WEEKDAYS

from .cases import ask, new_desk, who

PASSWORD = "kata sandi panjang"
NEW_YEAR, WORKDAY = date(2026, 1, 1), date(2026, 11, 24)
TABLES = (
    "user_account", "user_role", "department", "category", "kelurahan", "kelurahan_alias", "holiday", "canned_text",
    "config_override", "change_log", "second_factor", "outside_name",
)  # fmt: skip
WASTE = {
    "name": "Sampah", "position": 5, "department": "DLH", "physical": True, "promise_days": None, "outer_days": None,
}  # fmt: skip
CLOCK = {"unit": "working_days", "promise_days": 2, "outer_days": 14, "acceptance_days": 0.5, "silence_days": 10}
TALK = {"quiet_from": "21.00", "quiet_to": "05.30", "choose_minutes": 30, "answers_in_ten_minutes": 8}
HOURS = {**dict.fromkeys(WEEKDAYS[:4], "07.30–15.45"), "friday": "07.30–11.00"}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A register with the demonstration's accounts, a second administrator and one second factor, made once: making one
    takes long.
    """
    folder = tmp_path_factory.mktemp("made")
    with new_desk(folder) as desk:
        users.add(desk.register, "admin2", "Dewi Lestari", PASSWORD, [Grant(Role.ADMIN)])
        secret = second_factor.new_secret()
        second_factor.set_up(desk.register, "tim.dishub", secret, pyotp.TOTP(secret).now())
        desk.register.checkpoint()
    return folder / "register.duckdb"


@pytest.fixture
def desk(made, tmp_path):
    """A desk of the test's own."""
    chosen = store_settings.load({"WADUL_DATA": str(tmp_path / "data")})
    chosen.make_data_folder()
    shutil.copy(made, chosen.register)
    desk = open_desk(chosen)
    yield desk
    desk.register.close()


@pytest.fixture
def admin(desk):
    return who(desk, "admin")


def state(desk) -> dict[str, list]:
    return {name: ask(desk, f"select * from {name} order by all") for name in TABLES}


def row(listed: list[dict], key: str, value) -> dict:
    return next(r for r in listed if r[key] == value)


def seen_user(desk, username="tim.dlh") -> dict:
    return row(accounts.listed(desk.register, who(desk, "admin")), "username", username)


def seen_of(module, desk, code) -> dict:
    return row(module.listed(desk.register, who(desk, "admin")), "code", code)


def seen_day(desk, day=NEW_YEAR) -> dict:
    return row(free_days.listed(desk.register, who(desk, "admin"), day.year), "day", day)


def seen_part(desk, name) -> dict:
    return service.part(desk, who(desk, "admin"), name)


SERVICE = {"name": "Lapor Ajib", "city": "Kota Pekalongan", "office": "Dinkominfo", "number": "0811 2720 202",
           "promise": "3 hari kerja"}  # fmt: skip


def empty_plan(desk) -> free_days.Plan:
    """The plan for a year of which the register holds nothing."""
    return free_days.plan(desk.register, who(desk, "admin"), 2031)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A desk on which nothing is ever changed."""
    with new_desk(tmp_path_factory.mktemp("still")) as desk:
        yield desk


def stale(desk, admin, change) -> RuleBroken:
    """A second administrator's edit with what was seen before the first one's; nothing comes of it."""
    before = state(desk)
    with pytest.raises(RuleBroken) as caught:
        change(desk, who(desk, "admin2"))
    assert state(desk) == before
    return caught.value
