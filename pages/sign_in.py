"""Sign-in step by step: password, code of the second factor, a password of one's own, then the session.

Routes and no pages, because only a route can set a cookie that scripts cannot read. Between the steps the browser holds
a key to what has been shown so far, which opens nothing else; the session's own secret is made at the very end.
"""

from datetime import timedelta
from urllib.parse import unquote

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from store import health as register_health
from store import lockout, one_time, second_factor, users
from store.clock import now as clock_now
from store.desk import Desk
from store.rules import indonesian
from store.rules.errors import NotFound, RuleBroken, StoreError
from store.rules.workflow import Role

from . import door
from .parts import guarded, sign_in_forms, words
from .parts.steps import STEP_COOKIE, STEPS_LAST, Busy, Started, Steps, hashing, still_holds, unless_unknown_code

NO_FIT = "Nama pengguna atau kata sandi tidak cocok."
NO_CODE = "Kode itu tidak cocok atau sudah dipakai."


def caller(request: Request) -> str:
    """The address that asks; behind a proxy on this machine the one that the proxy names."""
    return request.client.host if request.client else ""


def signed_in(request: Request) -> str:
    """The username that the door found, or nothing."""
    return unquote(request.headers.get(door.USER_HEADER.decode("ascii"), ""))


def known_words(desk: Desk, username: str) -> tuple[str, ...]:
    person = users.actor(desk.register, username)
    return (*desk.known_words, *([person.name] if person else []))


def needs_second_factor(desk: Desk, username: str) -> bool:
    """Whether the setting asks this person for one."""
    person = users.actor(desk.register, username)
    return bool(person and person.has(Role.ADMIN) and desk.config["sign_in"]["admins_need_second_factor"])


def steps_of(desk: Desk, username: str, how: str) -> list[str]:
    """What is to be done after the first step, in order; the names of the paths below `/masuk`."""
    has_factor = second_factor.state(desk.register, username) is not None
    left = ["kode"] if has_factor else []
    if how == "password" and users.must_change(desk.register, username):
        left.append("sandi")
    if not has_factor and needs_second_factor(desk, username):
        left.append("kunci")
    return left


def wait_sentence(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    length = f"{seconds} detik" if seconds < 100 else f"{-(-seconds // 60)} menit"
    return f"Terlalu banyak percobaan. Coba lagi sesudah {length} (pukul {indonesian.clock(clock_now() + wait)} WIB)."


class SignIn:
    """The routes, with what they share: the sign-ins under way, and the house.

    :param house: asked at each request, because the desk is opened after the routes are made
    """

    def __init__(self, house):
        self._house = house
        self.steps = Steps()

    @property
    def desk(self) -> Desk:
        return self._house().desk

    def page(self, title: str, body: str, error: str = "", wait: timedelta = timedelta()) -> Response:
        answer = sign_in_forms.answer(self.desk, title, body, 429 if wait else 403 if error else 200)
        if wait:
            answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return answer

    async def guess(self, request: Request, username: str, what: str, fits, *arguments) -> tuple[bool, timedelta]:
        """Try something secret, counted by account and address: whether it fits, and how long to wait if not tried."""
        register, address = self.desk.register, caller(request)
        wait = await anyio.to_thread.run_sync(lockout.attempt, register, username, address, clock_now())
        if wait:
            return False, wait
        try:
            right = await hashing(fits, register, username, *arguments)
        except RuleBroken:
            # The secret was the right one; something beside it is refused.
            await anyio.to_thread.run_sync(lockout.right, register, username, address, clock_now())
            raise
        if right:
            await anyio.to_thread.run_sync(lockout.right, register, username, address, clock_now())
            return True, wait
        await anyio.to_thread.run_sync(lockout.failed, register, username, address, what, clock_now())
        return False, wait

    async def enter(self, request: Request, username: str, how: str, target: str) -> Response:
        """The first step is done: on to the next, or in."""
        left = await anyio.to_thread.run_sync(steps_of, self.desk, username, how)
        if not left:
            return await self.session(request, username, how, target)
        set_at = await anyio.to_thread.run_sync(users.password_changed_at, self.desk.register, username)
        key = self.steps.begin(Started(username, target, how, left, clock_now() + STEPS_LAST, set_at))
        answer = RedirectResponse(f"{door.SIGN_IN}/{left[0]}", 303)
        self._set(request, answer, STEP_COOKIE, key, path=door.SIGN_IN, max_age=int(STEPS_LAST.total_seconds()))
        return answer

    async def under_way(self, request: Request, step: str) -> Started | None:
        """The sign-in of this browser, if this is its next step and nobody has set the account aside or reset it."""
        started = self.steps.of(request, step)
        if started and not await anyio.to_thread.run_sync(still_holds, self.desk, started):
            self.steps.finish(request)
            return None
        return started

    async def next_step(self, request: Request, started: Started, done: str) -> Response:
        """One more step is done; the same one sent twice at once is done once."""
        if started.left[:1] == [done]:
            started.left.pop(0)
        if started.left:
            return RedirectResponse(f"{door.SIGN_IN}/{started.left[0]}", 303)
        return await self.session(request, started.username, started.how, started.target)

    async def session(self, request: Request, username: str, how: str, target: str, answer=None) -> Response:
        """A new session with a secret of its own, whatever the browser held before; that ends."""
        sessions = self._house().door
        before = door.session_cookie(request.scope["headers"], door.is_secure(request.scope))
        if before:
            await anyio.to_thread.run_sync(sessions.end, before)
        self.steps.finish(request)
        browser = request.headers.get("user-agent", "")[:400]
        try:
            secret = await anyio.to_thread.run_sync(sessions.start, username, caller(request), browser, how)
        except NotFound:
            return RedirectResponse(door.SIGN_IN, 303)
        await anyio.to_thread.run_sync(lockout.succeeded, self.desk.register, username)
        answer = answer or RedirectResponse(door.local_path(target), 303)
        name = door.SECURE_COOKIE if door.is_secure(request.scope) else door.COOKIE
        self._set(request, answer, name, secret)
        if STEP_COOKIE in request.cookies:
            answer.delete_cookie(STEP_COOKIE, path=door.SIGN_IN)
        return answer

    @staticmethod
    def _set(request: Request, answer: Response, name: str, value: str, path: str = "/", max_age=None) -> None:
        answer.set_cookie(
            name, value, max_age, path=path, httponly=True, samesite="lax", secure=door.is_secure(request.scope)
        )

    # The steps.

    async def password(self, request: Request) -> Response:
        if request.method != "POST":
            return await self._sign_in_page(door.local_path(request.query_params.get("next")))
        form = await self.form(request)
        username, target = _username(form), door.local_path(form.get("next"))
        fits, wait = await self.guess(
            request, username, "password", users.password_fits, str(form.get("password") or "")[:1000]
        )
        if fits:
            return await self.enter(request, username, "password", target)
        return await self._sign_in_page(target, username, wait_sentence(wait) if wait else NO_FIT, wait)

    async def _sign_in_page(self, target: str, username: str = "", error: str = "", wait=timedelta()) -> Response:
        desk = self.desk
        first = not desk.settings.demo and await anyio.to_thread.run_sync(one_time.first_is_missing, desk.register)
        outside = desk.settings.oidc.label if desk.settings.oidc else ""
        body = sign_in_forms.sign_in(desk, target, username, error, outside, first)
        return self.page("Masuk", body, error, wait)

    async def code(self, request: Request) -> Response:
        started = await self.under_way(request, "kode")
        if started is None:
            return RedirectResponse(door.SIGN_IN, 303)
        error, wait = "", timedelta()
        if request.method == "POST":
            form = await self.form(request)
            given = str(form.get("code") or "")[:60]
            fits, wait = await self.guess(request, started.username, "code", second_factor.fits, given)
            if fits:
                return await self.next_step(request, started, "kode")
            error = wait_sentence(wait) if wait else NO_CODE
        return self.page("Langkah kedua", sign_in_forms.code(error), error, wait)

    async def own_password(self, request: Request) -> Response:
        started, owner = await self.under_way(request, "sandi"), signed_in(request)
        if started is None and not owner:
            return RedirectResponse(door.SIGN_IN, 303)
        username, error, wait = started.username if started else owner, "", timedelta()
        if request.method == "POST":
            form = await self.form(request)
            error, wait = ("", wait) if started else await self._refused_password(request, username, form)
            if not error:
                try:
                    ended = await self._set_own(username, form)
                except RuleBroken as refused:
                    error = words.refusal(refused)
                else:
                    self._house().door.forget(ended)
                    if started:
                        started.password_at = users.password_changed_at(self.desk.register, username)
                        return await self.next_step(request, started, "sandi")
                    return await self.session(request, username, "password_changed", "/akun")
        return self.page("Kata sandi", sign_in_forms.own_password(not started, error), error, wait)

    async def _refused_password(self, request: Request, username: str, form) -> tuple[str, timedelta]:
        """What is wrong with the present password that somebody signed in was asked for again."""
        given = str(form.get("password") or "")[:1000]
        fits, wait = await self.guess(request, username, "password", users.password_fits, given)
        return ("", wait) if fits else (wait_sentence(wait) if wait else "Kata sandi sekarang tidak cocok.", wait)

    async def _set_own(self, username: str, form) -> list[str]:
        new, desk = _new_password(form), self.desk
        return await hashing(users.set_own_password, desk.register, username, new, *known_words(desk, username))

    async def second_factor(self, request: Request) -> Response:
        """Set the second factor up, within sign-in or from Akun saya; or take it away there."""
        started, owner = await self.under_way(request, "kunci"), signed_in(request)
        if started is None and not owner:
            return RedirectResponse(door.SIGN_IN, 303)
        desk = self.desk
        if started is None:
            if second_factor.state(desk.register, owner):
                return await self._without_second_factor(request, owner)
            # One secret a session, so that a page loaded anew shows the same.
            started = self._own(request, owner)
        error, wait, by_owner = "", timedelta(), started.left[:1] != ["kunci"]
        if request.method == "POST":
            form = await self.form(request)
            if by_owner:
                error, wait = await self._refused_password(request, owner, form)
            if not error:
                try:
                    given = str(form.get("code") or "")[:20]
                    codes = await anyio.to_thread.run_sync(
                        second_factor.set_up, desk.register, started.username, started.secret, given
                    )
                except RuleBroken as refused:
                    error = words.refusal(refused)
                else:
                    return await self._show_codes(request, started, codes, by_owner)
        address = second_factor.address(started.secret, started.username, desk.config["service"]["name"])
        body = sign_in_forms.second_factor(started.secret, address, by_owner, error)
        return self.page("Langkah kedua", body, error, wait)

    def _own(self, request: Request, owner: str) -> Started:
        number = request.headers.get(door.SESSION_HEADER.decode("ascii"), "")
        return self.steps.own(f"{owner}/{number}", owner)

    async def _show_codes(self, request: Request, started: Started, codes: list[str], by_owner: bool) -> Response:
        body = sign_in_forms.recovery_codes(codes, "/akun" if by_owner else started.target)
        answer = sign_in_forms.answer(self.desk, "Kode pemulihan", body)
        if by_owner:
            return answer
        return await self.session(request, started.username, started.how, started.target, answer)

    async def _without_second_factor(self, request: Request, owner: str) -> Response:
        required, error, wait = needs_second_factor(self.desk, owner), "", timedelta()
        if request.method == "POST" and not required:
            error, wait = await self._refused_password(request, owner, await self.form(request))
            if not error:
                second_factor.turn_off(self.desk.register, owner)
                return RedirectResponse("/akun", 303)
        return self.page("Langkah kedua", sign_in_forms.without_second_factor(required, error), error, wait)

    async def reset(self, request: Request) -> Response:
        """A new password with the code that an administrator gave."""
        username = code = error = ""
        wait = timedelta()
        if request.method == "POST":
            form = await self.form(request)
            username, code = _username(form), str(form.get("code") or "")[:60]
            try:
                new = _new_password(form)
                ended: list[str] = []

                def use(register, username):
                    ended.extend(one_time.set_password(register, username, code, new, *self.desk.known_words))
                    return True

                fits, wait = await self.guess(request, username, "one_time_code", unless_unknown_code(use))
            except RuleBroken as refused:
                error = words.refusal(refused)
            else:
                if fits:
                    self._house().door.forget(ended)
                    return await self.enter(request, username, "code", "/")
                error = wait_sentence(wait) if wait else words.refusal(RuleBroken("one_time_code"))
        return self.page("Atur ulang kata sandi", sign_in_forms.reset(username, code, error), error, wait)

    async def first(self, request: Request) -> Response:
        """The first administrator of all, with the code of the console."""
        desk = self.desk
        if desk.settings.demo or not one_time.first_is_missing(desk.register):
            return Response("Tidak ditemukan.", 404, media_type="text/plain")
        given = dict.fromkeys(("username", "name", "code"), "")
        error, wait = "", timedelta()
        if request.method == "POST":
            form = await self.form(request)
            given = {name: str(form.get(name) or "")[:100] for name in given}
            try:
                new = _new_password(form)
                made: list[str] = []

                def use(register, _):
                    values = given["code"], given["username"], given["name"], new
                    made.append(one_time.make_first(register, *values, *desk.known_words))
                    return True

                fits, wait = await self.guess(request, one_time.FIRST, "first", unless_unknown_code(use))
            except RuleBroken as refused:
                error = words.refusal(refused)
            else:
                if fits:
                    return await self.enter(request, made[0], "first", "/")
                error = wait_sentence(wait) if wait else words.refusal(RuleBroken("one_time_code"))
        body = sign_in_forms.first(given["username"], given["name"], given["code"], error)
        return self.page("Administrator pertama", body, error, wait)

    async def sign_out(self, request: Request) -> Response:
        # A picture on a strange page must not be able to sign anybody out.
        if not guarded.same_origin(request.scope["headers"], needed=False):
            return Response("Permintaan ditolak.", 403)
        secret = door.session_cookie(request.scope["headers"], door.is_secure(request.scope))
        if secret:
            await anyio.to_thread.run_sync(self._house().door.end, secret)
        answer = RedirectResponse(door.SIGN_IN, 303)
        secure = door.is_secure(request.scope)
        answer.delete_cookie(door.SECURE_COOKIE if secure else door.COOKIE, path="/", secure=secure, httponly=True)
        return answer

    async def health(self, request: Request) -> Response:
        try:
            ready = register_health.answers(self.desk.register)
        except (StoreError, RuntimeError):
            ready = False
        return JSONResponse({"status": "ok"}) if ready else JSONResponse({"status": "starting"}, 503)

    @staticmethod
    async def form(request: Request):
        return await request.form(max_files=0, max_fields=10)

    def posted_here(self, step):
        """A form is taken only from a page of ours; who is overloaded says so."""

        async def checked(request: Request) -> Response:
            # Who is no browser sends no origin, and carries no cookie to abuse.
            if request.method == "POST" and not guarded.same_origin(request.scope["headers"], needed=False):
                return Response("Permintaan ditolak.", 403)
            try:
                return await step(request)
            except Busy:
                return Response("Sedang sangat sibuk. Coba lagi sebentar lagi.", 503, {"Retry-After": "5"})

        return checked


def routes(pages: SignIn) -> list[Route]:
    """Sign-in with its steps, sign-out and health."""
    both = {
        "": pages.password, "/kode": pages.code, "/sandi": pages.own_password, "/kunci": pages.second_factor,
        "/atur-ulang": pages.reset, "/pertama": pages.first,
    }  # fmt: skip
    return [
        *(Route(door.SIGN_IN + path, pages.posted_here(step), methods=["GET", "POST"]) for path, step in both.items()),
        Route(door.SIGN_OUT, pages.sign_out),
        Route("/healthz", pages.health),
    ]


def _username(form) -> str:
    return str(form.get("username") or "").strip().lower()[:100]


def _new_password(form) -> str:
    """
    :raises RuleBroken: `password_again`, the two do not agree
    """
    new, again = str(form.get("new") or ""), str(form.get("again") or "")
    if new != again:
        raise RuleBroken("password_again")
    return new[:1000]
