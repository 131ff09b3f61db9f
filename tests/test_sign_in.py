"""Sign-in step by step: the real routes behind the real door, over a real register, the clock in the test's hands."""

import asyncio
import re
from datetime import timedelta

import httpx
import pyotp
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages import door, sign_in
from pages.parts import house as parts_house
from pages.parts import steps
from store import lockout, one_time, second_factor, sessions, settings, users
from store.admin import accounts
from store.clock import now as clock_now
from store.desk import open_desk
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role

from .cases import ask, new_desk, who

OWN, OTHER = "korek batu hujan kabel", "sepeda lampu angin gunung"
WRONG = "bukan kata sandinya"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("sign-in")) as desk:
        yield desk


@pytest.fixture
def desk(made):
    """The same register for all, with nobody locked out and no second factor."""
    yield made
    with made.register.atomic() as cursor:
        for table in ("sign_in_failure", "second_factor", "recovery_code", "one_time_code"):
            cursor.execute(f"delete from {table}")
    made.settings.config["sign_in"]["admins_need_second_factor"] = False


@pytest.fixture
def clock(monkeypatch):
    ahead = [timedelta()]
    for module in (door, sign_in, steps, second_factor, one_time):
        monkeypatch.setattr(module, "clock_now", lambda: clock_now() + ahead[0])

    def move(**span):
        ahead[0] += timedelta(**span)

    return move


class Browser:
    """One browser at one address: the application as it is put together by the launcher, asked over ASGI."""

    def __init__(self, desk, address: str = "203.0.113.7", scheme: str = "http"):
        self.house = parts_house.House(desk, door.Sessions(desk))
        pages = sign_in.SignIn(lambda: self.house)

        async def inside(request):
            return PlainTextResponse(request.headers.get("x-wadul-user", "-"))

        self.app = Starlette(
            routes=[*sign_in.routes(pages), Route("/{path:path}", inside, methods=["GET", "POST"])],
            middleware=[Middleware(door.Door, sessions=lambda: self.house.door)],
        )
        self.cookies: dict[str, str] = {}
        self.address, self.base = address, f"{scheme}://desk.test"

    def ask(self, method: str, path: str, data: dict | None = None, **headers: str) -> httpx.Response:
        return asyncio.run(self._ask(method, path, data, headers))

    async def _ask(self, method, path, data, headers) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(self.address, 5555))
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"accept": "text/html", **({"cookie": held} if held else {}), **headers}
        async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
            answer = await client.request(method, path, data=data, headers=sent)
        for header in answer.headers.get_list("set-cookie"):
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
            if "max-age=0" in header.lower():
                del self.cookies[name]
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **data: str) -> httpx.Response:
        return self.ask("POST", path, data, origin=self.base)

    def sign_in(self, username: str, password: str, target: str = "/") -> httpx.Response:
        return self.post("/masuk", username=username, password=password, next=target)

    @property
    def inside(self) -> str | None:
        """Who the application is told that this is; None in front of the door."""
        answer = self.get("/dasbor")
        return answer.text if answer.status_code == 200 else None


@pytest.fixture
def browser(desk):
    return Browser(desk)


def leads_to(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def said(answer: httpx.Response) -> str:
    return " ".join(re.findall(r"role='alert'>([^<]*)<", answer.text))


def audited(desk, kind: str) -> list[tuple]:
    return ask(desk, "select actor, subject, data from audit where kind = ? order by id", kind)


def new_user(desk, username: str, role=Role.CITY, must_change: bool = False) -> None:
    users.add(desk.register, username, "Uji Coba", OWN, [Grant(role)], must_change)


def test_the_password_leads_in_and_is_on_record(desk, browser):
    assert browser.inside is None
    assert leads_to(browser.sign_in(" KOTA ", users.DEMO_PASSWORD, "/daftar?cari=x")) == "/daftar?cari=x"
    assert browser.inside == "kota"
    assert audited(desk, "signed_in")[-1][:2] == ("kota", "203.0.113.7")


def test_the_register_holds_no_secret_of_a_session(desk, browser):
    browser.sign_in("kota", users.DEMO_PASSWORD)
    secret = browser.cookies[door.COOKIE]
    kept = ask(desk, "select id from session order by number desc limit 1")
    assert kept == [(sessions.id_of(secret),)]
    # A copy of the register signs nobody in.
    browser.cookies[door.COOKIE] = kept[0][0]
    assert browser.inside is None


def test_an_id_from_before_sign_in_is_never_the_session(browser):
    chosen = "a-secret-that-an-attacker-chose-and-knows"
    browser.cookies[door.COOKIE] = chosen
    browser.sign_in("kota", users.DEMO_PASSWORD)
    first = browser.cookies[door.COOKIE]
    assert first != chosen
    # Signing in again ends what there was and makes another.
    browser.sign_in("kota2", users.DEMO_PASSWORD)
    assert browser.cookies[door.COOKIE] != first
    assert browser.house.door.user_of(first) is None


def test_over_tls_the_cookie_is_the_hosts_own_and_another_is_not_taken(desk):
    browser = Browser(desk, scheme="https")
    answer = browser.sign_in("kota", users.DEMO_PASSWORD)
    (header,) = [v for v in answer.headers.get_list("set-cookie") if v.startswith("__Host-wadul_session=")]
    flags = {flag.strip().lower() for flag in header.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=lax", "secure"}
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert browser.inside == "kota"
    # A neighbouring host could have set the one without the prefix.
    browser.cookies = {door.COOKIE: browser.cookies[door.SECURE_COOKIE]}
    assert browser.inside is None


def test_who_there_is_cannot_be_told_from_the_answer(desk, browser):
    new_user(desk, "mati")
    accounts.set_active(desk, who(desk, "admin"), "mati", False)
    answers = [browser.sign_in(name, WRONG) for name in ("kota", "tidak.ada", "mati")]
    answers.append(browser.sign_in("mati", OWN))
    shown = {re.sub(r"nonce[^>]*|value='[^']*'", "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {403}
    assert len(shown) == 1


@pytest.mark.parametrize("username", ["kota", "tidak.ada"])
def test_guessing_becomes_slower_and_slower_for_whoever_there_is_or_is_not(desk, browser, clock, username):
    for _ in range(lockout.FREE["account"]):
        assert browser.sign_in(username, WRONG).status_code == 403
    waits = []
    for _ in range(4):
        locked = browser.sign_in(username, users.DEMO_PASSWORD)
        assert locked.status_code == 429
        assert "Coba lagi sesudah" in said(locked)
        waits.append(int(locked.headers["retry-after"]))
        clock(seconds=waits[-1] + 1)
        assert browser.sign_in(username, WRONG).status_code == 403
    assert waits == pytest.approx([30, 60, 120, 240], abs=3)


def test_a_lock_outlives_a_restart_and_ends_by_itself(desk, clock):
    for _ in range(lockout.FREE["account"]):
        Browser(desk, "198.51.100.8").sign_in("kota2", WRONG)
    assert Browser(desk, "198.51.100.9").sign_in("kota2", users.DEMO_PASSWORD).status_code == 429
    clock(seconds=32)
    assert leads_to(Browser(desk, "198.51.100.9").sign_in("kota2", users.DEMO_PASSWORD)) == "/"
    assert ask(desk, "select count(*) from sign_in_failure where name = 'kota2'") == [(0,)]
    assert audited(desk, "locked_out")[-1][0] == "kota2"


def test_strangers_elsewhere_cannot_keep_a_person_out_of_where_they_are_at_home(desk, clock):
    at_home, stranger = Browser(desk, "203.0.113.50"), Browser(desk, "198.51.100.50")
    assert leads_to(at_home.sign_in("kota2", users.DEMO_PASSWORD)) == "/"
    for _ in range(lockout.FREE["account"]):
        stranger.sign_in("kota2", WRONG)
    assert stranger.sign_in("kota2", users.DEMO_PASSWORD).status_code == 429
    assert Browser(desk, "198.51.100.51").sign_in("kota2", users.DEMO_PASSWORD).status_code == 429
    assert leads_to(Browser(desk, "203.0.113.50").sign_in("kota2", users.DEMO_PASSWORD)) == "/"
    # At home one guesses no longer than elsewhere.
    for _ in range(lockout.FREE["account"]):
        at_home.sign_in("kota2", WRONG)
    assert at_home.sign_in("kota2", users.DEMO_PASSWORD).status_code == 429


def test_one_address_that_tries_many_names_is_locked_and_others_are_not(desk, browser):
    for number in range(lockout.FREE["address"]):
        assert browser.sign_in(f"orang{number}", WRONG).status_code == 403
    assert browser.sign_in("kota", users.DEMO_PASSWORD).status_code == 429
    assert leads_to(Browser(desk, "198.51.100.4").sign_in("kota", users.DEMO_PASSWORD)) == "/"
    # Nobody gets an address free by signing in with an account of their own.
    assert browser.sign_in("orang999", WRONG).status_code == 429


def test_many_guesses_at_once_are_not_free(desk, browser):
    async def all_at_once():
        form = {"username": "pimpinan", "password": WRONG, "next": "/"}
        return await asyncio.gather(*(browser._ask("POST", "/masuk", form, {}) for _ in range(12)))

    statuses = sorted(answer.status_code for answer in asyncio.run(all_at_once()))
    assert statuses == [403] * lockout.FREE["account"] + [429] * (12 - lockout.FREE["account"])


def test_what_was_typed_as_a_name_is_kept_only_where_there_is_such_a_user(desk, browser):
    browser.sign_in("kata-sandi-di-kolom-salah", WRONG)
    browser.sign_in("pejabat", WRONG)
    assert [actor for actor, *_ in audited(desk, "sign_in_failed")[-2:]] == [lockout.UNKNOWN, "pejabat"]
    everything = str(ask(desk, "select * from sign_in_failure")) + str(ask(desk, "select * from audit"))
    assert "kolom-salah" not in everything
    assert WRONG not in everything


def test_a_password_that_somebody_else_chose_opens_nothing_but_the_way_to_ones_own(desk, browser):
    new_user(desk, "baru", must_change=True)
    assert leads_to(browser.sign_in("baru", OWN, "/triase")) == "/masuk/sandi"
    assert browser.inside is None
    assert said(browser.post("/masuk/sandi", new=OTHER, again=OTHER + "x")) == words_of("password_again")
    assert said(browser.post("/masuk/sandi", new=OWN, again=OWN)) == words_of("password_same")
    assert "paling sedikit 12" in said(browser.post("/masuk/sandi", new="pendek", again="pendek"))
    assert "mudah ditebak" in said(browser.post("/masuk/sandi", new="Pekalongan2026", again="Pekalongan2026"))
    assert browser.inside is None
    assert leads_to(browser.post("/masuk/sandi", new=OTHER, again=OTHER)) == "/triase"
    assert browser.inside == "baru"
    assert leads_to(Browser(desk).sign_in("baru", OTHER)) == "/"
    assert Browser(desk).sign_in("baru", OWN).status_code == 403


def words_of(code: str) -> str:
    from pages.parts import words

    return words.refusal(RuleBroken(code))


def test_a_step_that_has_not_been_reached_cannot_be_taken(desk, browser):
    for path in ("kode", "sandi", "kunci"):
        assert leads_to(browser.get(f"/masuk/{path}")) == "/masuk"
        assert leads_to(browser.post(f"/masuk/{path}", new=OTHER, again=OTHER, code="1")) == "/masuk"
    with_factor(desk, "pejabat")
    browser.sign_in("pejabat", users.DEMO_PASSWORD)
    # The key between the steps opens the next step only, and is no session.
    assert leads_to(browser.post("/masuk/sandi", new=OTHER, again=OTHER)) == "/masuk"
    browser.cookies[door.COOKIE] = browser.cookies[steps.STEP_COOKIE]
    assert browser.inside is None


def with_factor(desk, username: str) -> tuple[pyotp.TOTP, list[str]]:
    made = pyotp.TOTP(second_factor.new_secret())
    return made, second_factor.set_up(desk.register, username, made.secret, made.now())


def code_at(made: pyotp.TOTP, ahead: timedelta = timedelta()) -> str:
    return made.generate_otp(int((clock_now() + ahead - clock_now().__class__(1970, 1, 1)).total_seconds()) // 30)


def test_the_second_factor_is_asked_for_and_a_code_is_good_once(desk, browser, clock):
    made, _ = with_factor(desk, "pejabat")
    assert leads_to(browser.sign_in("pejabat", users.DEMO_PASSWORD, "/eskalasi")) == "/masuk/kode"
    assert browser.inside is None
    # The code with which it was set up is used up.
    assert browser.post("/masuk/kode", code=code_at(made)).status_code == 403
    clock(seconds=60)
    ahead = timedelta(seconds=60)
    code = code_at(made, ahead)
    assert leads_to(browser.post("/masuk/kode", code=f" {code[:3]} {code[3:]} ")) == "/eskalasi"
    assert browser.inside == "pejabat"
    thief = Browser(desk, "198.51.100.77")
    thief.sign_in("pejabat", users.DEMO_PASSWORD)
    assert thief.post("/masuk/kode", code=code).status_code == 403
    assert thief.inside is None


def test_a_recovery_code_is_good_once(desk, browser):
    _, codes = with_factor(desk, "pejabat")
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    browser.sign_in("pejabat", users.DEMO_PASSWORD)
    assert leads_to(browser.post("/masuk/kode", code=codes[3].upper().replace("-", " "))) == "/"
    again = Browser(desk)
    again.sign_in("pejabat", users.DEMO_PASSWORD)
    assert again.post("/masuk/kode", code=codes[3]).status_code == 403
    assert second_factor.state(desk.register, "pejabat")["codes"] == second_factor.RECOVERY_CODES - 1
    assert not set(codes) & {value for row in ask(desk, "select hash from recovery_code") for value in row}


def test_whoever_knows_the_password_cannot_guess_at_the_code_for_ever(desk, browser):
    with_factor(desk, "pejabat")
    tried = 0
    for _ in range(12):
        if browser.sign_in("pejabat", users.DEMO_PASSWORD).status_code == 429:
            break
        tried += browser.post("/masuk/kode", code="000000").status_code == 403
    assert tried <= lockout.FREE["account"]


def test_administrators_are_led_to_a_second_factor_where_the_setting_says_so(desk, browser, clock):
    desk.settings.config["sign_in"]["admins_need_second_factor"] = True
    desk.forget_config()
    assert leads_to(Browser(desk).sign_in("kota", users.DEMO_PASSWORD)) == "/"
    assert leads_to(browser.sign_in("admin", users.DEMO_PASSWORD, "/pengguna")) == "/masuk/kunci"
    assert browser.inside is None
    page = browser.get("/masuk/kunci")
    assert "<svg" in page.text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")
    assert browser.post("/masuk/kunci", code="000000").status_code == 403
    shown = browser.post("/masuk/kunci", code=pyotp.TOTP(secret).now())
    assert len(re.findall(r"<li><code>", shown.text)) == second_factor.RECOVERY_CODES
    assert "href='/pengguna'" in shown.text
    assert browser.inside == "admin"
    # It cannot be taken off again by its owner, as long as it is required.
    assert "wajib" in browser.post("/masuk/kunci", password=users.DEMO_PASSWORD).text
    assert second_factor.state(desk.register, "admin")


def test_setting_up_and_taking_off_ones_own_second_factor_asks_for_the_password(desk, browser):
    browser.sign_in("kota", users.DEMO_PASSWORD)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.get("/masuk/kunci").text)[1].replace(" ", "")
    code = pyotp.TOTP(secret).now()
    assert browser.post("/masuk/kunci", password=WRONG, code=code).status_code == 403
    assert second_factor.state(desk.register, "kota") is None
    assert "kode pemulihan" in browser.post("/masuk/kunci", password=users.DEMO_PASSWORD, code=code).text
    assert second_factor.state(desk.register, "kota")["codes"] == second_factor.RECOVERY_CODES
    assert browser.post("/masuk/kunci", password=WRONG).status_code == 403
    assert leads_to(browser.post("/masuk/kunci", password=users.DEMO_PASSWORD)) == "/akun"
    assert second_factor.state(desk.register, "kota") is None


def test_ones_own_new_password_ends_every_session_and_makes_a_new_one(desk):
    new_user(desk, "ganti")
    here, there = Browser(desk), Browser(desk)
    there.house = here.house
    here.sign_in("ganti", OWN)
    there.sign_in("ganti", OWN)
    before = here.cookies[door.COOKIE]
    assert here.post("/masuk/sandi", password=WRONG, new=OTHER, again=OTHER).status_code == 403
    assert there.inside == "ganti"
    assert leads_to(here.post("/masuk/sandi", password=OWN, new=OTHER, again=OTHER)) == "/akun"
    assert (here.inside, there.inside) == ("ganti", None)
    assert here.cookies[door.COOKIE] != before
    assert audited(desk, "password_changed")[-1][:2] == ("ganti", "ganti")


def test_a_reset_takes_the_password_away_and_its_code_sets_another_once(desk, browser):
    new_user(desk, "lupa")
    open_session = Browser(desk)
    open_session.sign_in("lupa", OWN)
    code, ended = accounts.reset(desk, who(desk, "admin"), "lupa")
    open_session.house.door.forget(ended)
    assert open_session.inside is None
    assert browser.sign_in("lupa", OWN).status_code == 403
    given = {"username": "lupa", "new": OTHER, "again": OTHER}
    assert browser.post("/masuk/atur-ulang", code="aaaa-bbbb-cccc-dddd", **given).status_code == 403
    assert browser.post("/masuk/atur-ulang", code=code, **(given | {"username": "kota"})).status_code == 403
    short = browser.post("/masuk/atur-ulang", code=code, username="lupa", new="pendek", again="pendek")
    assert "paling sedikit" in said(short)
    assert leads_to(browser.post("/masuk/atur-ulang", code=code.upper(), **given)) == "/"
    assert browser.inside == "lupa"
    again = browser.post("/masuk/atur-ulang", code=code, username="lupa", new=OWN, again=OWN)
    assert again.status_code == 403
    assert users.password_fits(desk.register, "lupa", OTHER)
    assert (audited(desk, "password_reset")[-1][:2]) == ("admin", "lupa")
    assert code not in str(ask(desk, "select * from audit"))
    assert code not in str(ask(desk, "select * from one_time_code"))


def test_a_reset_code_is_too_old_after_a_day_and_worth_nothing_after_the_next(desk, browser, clock):
    new_user(desk, "lambat")
    first, _ = accounts.reset(desk, who(desk, "admin"), "lambat")
    second, _ = accounts.reset(desk, who(desk, "admin"), "lambat")
    given = {"username": "lambat", "new": OTHER, "again": OTHER}
    assert browser.post("/masuk/atur-ulang", code=first, **given).status_code == 403
    clock(hours=24, seconds=1)
    assert browser.post("/masuk/atur-ulang", code=second, **given).status_code == 403
    clock(seconds=-2)
    assert leads_to(browser.post("/masuk/atur-ulang", code=second, **given)) == "/"


def test_a_reset_does_not_lead_around_the_second_factor(desk, browser):
    new_user(desk, "dua")
    with_factor(desk, "dua")
    code, _ = accounts.reset(desk, who(desk, "admin"), "dua")
    answer = browser.post("/masuk/atur-ulang", username="dua", code=code, new=OTHER, again=OTHER)
    assert leads_to(answer) == "/masuk/kode"
    assert browser.inside is None


@pytest.mark.parametrize("done", ["inactive", "reset"])
def test_what_was_shown_before_the_account_was_set_aside_or_reset_leads_nowhere(desk, browser, done):
    """Half a sign-in ends with the sessions: whoever knew the old password is not let finish."""
    username = f"separuh.{done}"
    new_user(desk, username, must_change=True)
    waiting = Browser(desk)
    made, _ = with_factor(desk, username)
    assert leads_to(browser.sign_in(username, OWN)) == "/masuk/kode"
    assert leads_to(waiting.sign_in(username, OWN)) == "/masuk/kode"
    assert leads_to(waiting.post("/masuk/kode", code=code_at(made, timedelta(seconds=30)))) == "/masuk/sandi"
    if done == "inactive":
        accounts.set_active(desk, who(desk, "admin"), username, False)
    else:
        accounts.reset(desk, who(desk, "admin"), username)
    assert leads_to(browser.post("/masuk/kode", code=code_at(made))) == "/masuk"
    assert leads_to(waiting.post("/masuk/sandi", new=OTHER, again=OTHER)) == "/masuk"
    assert (browser.inside, waiting.inside) == (None, None)
    assert not users.password_fits(desk.register, username, OTHER)
    assert ask(desk, "select 1 from session where username = ?", username) == []


def test_no_session_begins_for_an_account_that_was_set_aside_at_the_last_moment(desk, browser, monkeypatch):
    new_user(desk, "terakhir")
    steps_of = sign_in.steps_of

    def set_aside(*given):
        accounts.set_active(desk, who(desk, "admin"), "terakhir", False)
        return steps_of(*given)

    monkeypatch.setattr(sign_in, "steps_of", set_aside)
    assert leads_to(browser.sign_in("terakhir", OWN)) == "/masuk"
    assert ask(desk, "select 1 from session where username = 'terakhir'") == []


def test_a_session_that_is_ended_while_it_begins_is_not_open(desk, monkeypatch):
    open_ = door.Sessions(desk)
    start = sessions.start

    def ended_at_once(*given):
        secret, session = start(*given)
        with desk.register.atomic() as cursor:
            open_.forget(sessions.end_all(cursor, session.username, "admin", "inactive"))
        return secret, session

    monkeypatch.setattr(sessions, "start", ended_at_once)
    assert open_.find(open_.start("kota")) is None


def test_the_same_step_sent_twice_at_once_skips_none(desk, browser):
    """Two new passwords at the same moment do not lead around the second factor that the setting asks for."""
    new_user(desk, "ganda", Role.ADMIN, must_change=True)
    desk.settings.config["sign_in"]["admins_need_second_factor"] = True
    assert leads_to(browser.sign_in("ganda", OWN)) == "/masuk/sandi"

    async def both():
        new = (OTHER, "kelapa muda jendela biru")
        return await asyncio.gather(*(
            browser._ask("POST", "/masuk/sandi", {"new": each, "again": each}, {"origin": browser.base}) for each in new
        ))  # fmt: skip

    # Where the second comes too late to be at the same moment, it begins anew.
    assert {leads_to(answer) for answer in asyncio.run(both())} <= {"/masuk/kunci", "/masuk"}
    assert browser.inside is None


@pytest.fixture
def live(tmp_path):
    """A register of real cases, new: nobody can sign in yet."""
    chosen = settings.load({"WADUL_DATA": str(tmp_path), "WHATSAPP_TOKEN": "t", "WHATSAPP_PHONE_ID": "1"})
    desk = open_desk(chosen)
    yield desk
    desk.register.close()


def test_the_first_administrator_is_made_with_the_code_of_the_console_and_no_second_one(live):
    browser = Browser(live)
    assert "/masuk/pertama" in browser.get("/masuk").text
    earlier, code = one_time.offer_first(live.register), one_time.offer_first(live.register)
    given = {"username": "rina", "name": "Rina W", "new": OWN, "again": OWN}
    for wrong in ("", "aaaa-bbbb-cccc-dddd", earlier):
        assert browser.post("/masuk/pertama", code=wrong, **given).status_code == 403
    assert ask(live, "select count(*) from user_account") == [(0,)]
    assert leads_to(browser.post("/masuk/pertama", code=code, **given)) == "/"
    assert browser.inside == "rina"
    assert who(live, "rina").roles == {Role.ADMIN}
    assert one_time.offer_first(live.register) is None
    assert browser.get("/masuk/pertama").status_code == 404
    assert browser.post("/masuk/pertama", code=code, **(given | {"username": "lain"})).status_code == 404
    assert "/masuk/pertama" not in Browser(live).get("/masuk").text


def test_strangers_cannot_keep_the_first_administrator_out(live):
    with live.register.atomic() as cursor:
        cursor.execute("update user_account set active = false")
    code = one_time.offer_first(live.register)
    assert code is not None
    given = {"username": "wati", "name": "Wati", "new": OWN, "again": OWN}
    strangers = [Browser(live, f"198.51.100.{number}") for number in range(60, 63)]
    for stranger in strangers:
        for _ in range(lockout.FREE["address"]):
            stranger.post("/masuk/pertama", code="aaaa-bbbb-cccc-dddd", **given)
        assert stranger.post("/masuk/pertama", code=code, **given).status_code == 429
    assert leads_to(Browser(live, "203.0.113.60").post("/masuk/pertama", code=code, **given)) == "/"


def test_a_demonstration_has_no_first_administrator_to_be_made(browser):
    assert browser.get("/masuk/pertama").status_code == 404


def test_demonstration_accounts_cannot_be_made_or_used_beside_real_cases(live):
    with pytest.raises(RuleBroken) as caught:
        users.make_demo_accounts(live.register)
    assert caught.value.code == "register_not_demo"
    users.add(live.register, "kota", "Palsu", OWN, [Grant(Role.CITY)])
    session = sessions.start(live.register, "kota")[1]
    with live.register.atomic() as cursor:
        cursor.execute("update user_account set demo = true")
    assert not users.password_fits(live.register, "kota", OWN)
    assert users.actor(live.register, "kota") is None
    assert session not in sessions.open_sessions(live.register, clock_now(), timedelta(hours=12))
    assert Browser(live).sign_in("kota", OWN).status_code == 403
    assert "demo" not in Browser(live).get("/masuk").text.lower()


@pytest.mark.parametrize("path", ["/masuk", "/masuk/kode", "/masuk/sandi", "/masuk/kunci", "/masuk/atur-ulang"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://desk.test.evil.example", "http://desk"])
def test_a_form_from_elsewhere_is_refused_at_every_step(browser, path, origin):
    form = {"username": "kota", "password": users.DEMO_PASSWORD}
    assert browser.ask("POST", path, form, origin=origin).status_code == 403
    assert browser.ask("POST", path, form, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.cookies == {}


def test_a_session_of_this_size_of_form_is_refused_before_it_is_read(browser):
    assert browser.post("/masuk", username="kota", password="x" * 100_000).status_code == 413


def test_a_page_of_sign_in_lets_nothing_run_but_what_stands_in_it(browser):
    first, second = browser.get("/masuk"), browser.get("/masuk")
    policy = first.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert policy != second.headers["content-security-policy"]
    assert not re.search(r"\son\w+=|style=|javascript:", first.text)
