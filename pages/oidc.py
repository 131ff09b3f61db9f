"""Sign-in by the city's own service (OpenID Connect), for people who have an account here; the session is the same one.

The code flow with PKCE, state and nonce; what the service signs is checked against its published keys. Nobody is made
an account by it: an administrator says on the page Pengguna who is who.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime

import anyio
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from store import lockout
from store.admin import accounts
from store.clock import now as clock_now
from store.settings import Oidc

from . import door
from .parts import sign_in_forms
from .parts.steps import STEPS_LAST
from .sign_in import SignIn, caller

log = logging.getLogger(__name__)
COOKIE = "wadul_luar"
START, BACK = f"{door.SIGN_IN}/oidc", f"{door.SIGN_IN}/oidc/kembali"
MOST_STARTED = 1000
# Signatures with the service's private key; never one that our own client secret or nothing at all could make.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_KNOWN_FOR = 3600.0
_TIMEOUT = 10
FAILED = "Masuk lewat {label} tidak berhasil. Coba sekali lagi, atau masuk dengan nama pengguna dan kata sandi."
UNKNOWN = (
    "Akun Anda pada {label} belum dihubungkan dengan pengguna di sini. Minta Administrator menghubungkannya di "
    "halaman Pengguna."
)


class NotSigned(Exception):
    """The service's answer cannot be trusted, or there was none; the text is for the log and names nobody."""


@dataclass(frozen=True)
class Gone:
    """A browser that was sent to the service: what it must bring back, and where it goes then."""

    state: str
    nonce: str
    verifier: str
    target: str
    until: datetime


class Provider:
    """The service: what it publishes of itself is asked for once an hour. It waits: call it in a thread."""

    def __init__(self, chosen: Oidc):
        self.chosen = chosen
        self._known: tuple[float, dict, KeySet] | None = None
        self._lock = threading.Lock()

    def address(self, gone: Gone) -> str:
        """Where to send the browser.

        :raises NotSigned: the service does not answer
        """
        about, _ = self._published()
        with self._client() as client:
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=gone.state, nonce=gone.nonce, code_verifier=gone.verifier
            )
        return address

    def name_of(self, gone: Gone, code: str) -> str:
        """Who has signed in there, as the chosen claim says.

        :raises NotSigned: the service does not answer, or says nothing that holds
        """
        about, keys = self._published()
        try:
            with self._client() as client:
                token = client.fetch_token(
                    about["token_endpoint"], code=code, code_verifier=gone.verifier, timeout=_TIMEOUT
                )
        except (requests.RequestException, AuthlibBaseError, ValueError) as error:
            raise NotSigned(f"no token: {type(error).__name__}") from error
        return self._checked(token.get("id_token"), keys, gone.nonce)

    def _checked(self, id_token: object, keys: KeySet, nonce: str) -> str:
        try:
            claims = jwt.decode(str(id_token), keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                leeway=60,
                iss={"essential": True, "value": self.chosen.issuer},
                aud={"essential": True, "value": self.chosen.client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise NotSigned(f"the token does not hold: {type(error).__name__}") from error
        if claims.get("azp", self.chosen.client_id) != self.chosen.client_id:
            raise NotSigned("the token was made for another client")
        name = claims.get(self.chosen.claim)
        if not isinstance(name, str) or not name.strip():
            raise NotSigned("the token does not say who it is")
        # Whoever may write any address into their profile would be anybody.
        if self.chosen.claim == "email" and claims.get("email_verified") is not True:
            raise NotSigned("the address is not verified")
        return name

    def _client(self) -> OAuth2Session:
        return OAuth2Session(
            self.chosen.client_id, self.chosen.client_secret, scope="openid email profile",
            redirect_uri=self.chosen.back, code_challenge_method="S256",
        )  # fmt: skip

    def _published(self) -> tuple[dict, KeySet]:
        with self._lock:
            if self._known and time.monotonic() - self._known[0] < _KNOWN_FOR:
                return self._known[1:]
            try:
                about = _get(f"{self.chosen.issuer}/.well-known/openid-configuration")
                if about.get("issuer") != self.chosen.issuer:
                    raise NotSigned("the service calls itself by another name")
                keys = KeySet.import_key_set(_get(about["jwks_uri"]))
            except (requests.RequestException, JoseError, ValueError, KeyError) as error:
                raise NotSigned(f"nothing is published: {type(error).__name__}") from error
            self._known = time.monotonic(), about, keys
            return about, keys


def _get(address: str) -> dict:
    answer = requests.get(address, timeout=_TIMEOUT)
    answer.raise_for_status()
    return answer.json()


class Outside:
    """The two routes: out to the service, and back."""

    def __init__(self, house, sign_in: SignIn):
        self._house, self._sign_in = house, sign_in
        self._gone: dict[str, Gone] = {}
        self._lock = threading.Lock()
        self._provider: Provider | None = None

    def provider(self) -> Provider | None:
        chosen = self._house().desk.settings.oidc
        if chosen and (self._provider is None or self._provider.chosen != chosen):
            self._provider = Provider(chosen)
        return self._provider if chosen else None

    async def leave(self, request: Request) -> Response:
        provider = self.provider()
        if provider is None:
            return Response("Tidak ditemukan.", 404, media_type="text/plain")
        target = door.local_path(request.query_params.get("next"))
        gone = Gone(*(secrets.token_urlsafe(32) for _ in range(3)), target, clock_now() + STEPS_LAST)
        try:
            address = await anyio.to_thread.run_sync(provider.address, gone)
        except NotSigned as error:
            return self._failed(provider, error)
        key = self._keep(gone)
        answer = RedirectResponse(address, 303)
        answer.set_cookie(
            COOKIE, key, int(STEPS_LAST.total_seconds()), path=START, httponly=True, samesite="lax",
            secure=door.is_secure(request.scope),
        )  # fmt: skip
        return answer

    def _keep(self, gone: Gone) -> str:
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = clock_now()
            self._gone = {k: g for k, g in self._gone.items() if g.until > now}
            while len(self._gone) >= MOST_STARTED:
                self._gone.pop(next(iter(self._gone)))
            self._gone[key] = gone
        return key

    async def back(self, request: Request) -> Response:
        provider = self.provider()
        if provider is None:
            return Response("Tidak ditemukan.", 404, media_type="text/plain")
        # Taken away at once: whatever comes back, comes back once.
        with self._lock:
            gone = self._gone.pop(cookie_parser(request.headers.get("cookie", "")).get(COOKIE, ""), None)
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        try:
            if gone is None or gone.until < clock_now():
                raise NotSigned("nobody was sent there from this browser")
            if not secrets.compare_digest(state.encode(), gone.state.encode()):
                raise NotSigned("the state is another one")
            if not code:
                raise NotSigned("the service sent no code")
            name = await anyio.to_thread.run_sync(provider.name_of, gone, code)
        except NotSigned as error:
            return self._failed(provider, error)
        register = self._house().desk.register
        username = await anyio.to_thread.run_sync(accounts.by_outside_name, register, name)
        if username is None:
            await anyio.to_thread.run_sync(lockout.failed, register, "", caller(request), "oidc_unknown", clock_now())
            return self._page(UNKNOWN, provider)
        answer = await self._sign_in.enter(request, username, "oidc", gone.target)
        answer.delete_cookie(COOKIE, path=START)
        return answer

    def _failed(self, provider: Provider, error: NotSigned) -> Response:
        log.warning("sign-in by the outside service failed: %s", error)
        return self._page(FAILED, provider)

    def _page(self, sentence: str, provider: Provider) -> Response:
        body = sign_in_forms.said("Belum masuk", sentence.format(label=provider.chosen.label))
        return sign_in_forms.answer(self._house().desk, "Belum masuk", body, 403)


def routes(house, sign_in: SignIn) -> list[Route]:
    """Out to the city's own service, and back; 404 where none is set."""
    outside = Outside(house, sign_in)
    return [Route(START, outside.leave), Route(BACK, outside.back)]
