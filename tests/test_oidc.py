"""Sign-in by the city's own service, against one on loopback that signs as Keycloak and Google do."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from pages import door, oidc, sign_in
from store import settings
from store.admin import accounts
from store.desk import open_desk
from store.rules.errors import RuleBroken
from store.users import make_demo_accounts

from .cases import ask, who
from .test_sign_in import Browser, leads_to, with_factor

MAIL, SECRET = "Rina.W@pekalongankota.go.id", "the client's secret"


class Provider(ThreadingHTTPServer):
    """One person is signed in there; what it says of them can be bent by a test."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.issuer, self.asked, self.tokens = self.url, {}, []
        self.claims, self.header, self.sign_with = {}, {"alg": "RS256", "kid": "1"}, self.key

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": "wadul", "sub": "1", "iat": now, "exp": now + 300, "nonce": self.asked["nonce"],
            "email": MAIL, "email_verified": True, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self.header, claims, self.sign_with, algorithms=["RS256", "HS256"])

    def sign_in(self, address: str) -> str:
        """The person agrees: where their browser is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked = query
        return f"/masuk/oidc/kembali?code=the-code&state={query['state']}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self):
        if self.path == "/.well-known/openid-configuration":
            url = self.server.url
            self._say({
                "issuer": self.server.issuer, "authorization_endpoint": f"{url}/auth", "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/keys",
            })  # fmt: skip
        else:
            self._say({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.tokens.append((dict(self.headers), {k: v[0] for k, v in parse_qs(sent).items()}))
        self._say({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self.server.id_token()})

    def _say(self, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given):
        pass


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.shutdown()
    provider.server_close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, provider):
    chosen = settings.load({
        "WADUL_DATA": str(tmp_path_factory.mktemp("oidc")), "WADUL_OIDC_ISSUER": provider.url,
        "WADUL_OIDC_CLIENT_ID": "wadul", "WADUL_OIDC_CLIENT_SECRET": SECRET, "WADUL_URL": "http://desk.test",
        "WADUL_OIDC_LABEL": "Akun Kota <b>",
    })  # fmt: skip
    desk = open_desk(chosen)
    make_demo_accounts(desk.register)
    accounts.set_outside_name(desk, who(desk, "admin"), "kota", MAIL)
    yield desk
    desk.register.close()


@pytest.fixture
def browser(desk, provider):
    provider.reset()
    browser = Browser(desk)
    pages = sign_in.SignIn(lambda: browser.house)
    browser.app.router.routes[0:0] = oidc.routes(lambda: browser.house, pages)
    return browser


def test_who_is_known_there_and_here_is_signed_in_and_led_on(desk, browser, provider):
    assert "Akun Kota &lt;b&gt;" in browser.get("/masuk?next=/triase").text
    away = leads_to(browser.get("/masuk/oidc?next=/triase"))
    assert away.startswith(f"{provider.url}/auth?")
    assert SECRET not in away
    back = provider.sign_in(away)
    assert provider.asked["code_challenge_method"] == "S256"
    assert leads_to(browser.get(back)) == "/triase"
    assert browser.inside == "kota"
    _, sent = provider.tokens[-1]
    assert sent["redirect_uri"] == "http://desk.test/masuk/oidc/kembali"
    assert len(sent["code_verifier"]) >= 43
    assert '"how": "oidc"' in ask(desk, "select data from audit where kind = 'signed_in' order by id desc")[0][0]


def test_what_comes_back_comes_back_once_and_to_the_browser_that_was_sent(desk, browser, provider):
    back = provider.sign_in(leads_to(browser.get("/masuk/oidc")))
    stranger = Browser(desk)
    stranger.app = browser.app
    assert stranger.get(back).status_code == 403
    assert leads_to(browser.get(back)) == "/"
    browser.cookies.pop(door.COOKIE)
    assert browser.get(back).status_code == 403
    assert browser.inside is None


def test_another_state_is_refused(browser, provider):
    provider.sign_in(leads_to(browser.get("/masuk/oidc")))
    assert browser.get("/masuk/oidc/kembali?code=the-code&state=another").status_code == 403
    assert provider.tokens == []


BENT = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "for another client": {"claims": {"aud": "another"}},
    "handed on by another client": {"claims": {"aud": ["wadul", "another"], "azp": "another"}},
    "too old": {"claims": {"exp": 1_700_000_000}},
    "without an end": {"claims": {"exp": None}},
    "of another sign-in": {"claims": {"nonce": "another"}},
    "without a nonce": {"claims": {"nonce": None}},
    "an address that nobody checked": {"claims": {"email_verified": False}},
    "an address that nobody says was checked": {"claims": {"email_verified": None}},
    "no address": {"claims": {"email": None}},
    "an odd address": {"claims": {"email": ["x"]}},
    "another's key": {"sign_with": RSAKey.generate_key(2048)},
    "our own secret as key": {"header": {"alg": "HS256"}, "sign_with": OctKey.import_key(SECRET)},
}


@pytest.mark.parametrize("bent", BENT)
def test_a_token_that_does_not_hold_signs_nobody_in(browser, provider, bent):
    back = provider.sign_in(leads_to(browser.get("/masuk/oidc")))
    for name, value in BENT[bent].items():
        setattr(provider, name, value)
    answer = browser.get(back)
    assert answer.status_code == 403
    assert "tidak berhasil" in answer.text
    assert browser.inside is None


def test_a_token_without_any_signature_signs_nobody_in(browser, provider, monkeypatch):
    back = provider.sign_in(leads_to(browser.get("/masuk/oidc")))
    real = provider.id_token()
    monkeypatch.setattr(provider, "id_token", lambda: "eyJhbGciOiJub25lIn0." + real.split(".")[1] + ".")
    assert browser.get(back).status_code == 403


def test_who_is_unknown_here_is_told_whom_to_ask_and_no_account_is_made(desk, browser, provider):
    before = ask(desk, "select count(*) from user_account")
    provider.claims = {"email": "siapa@evil.example"}
    answer = browser.get(provider.sign_in(leads_to(browser.get("/masuk/oidc"))))
    assert answer.status_code == 403
    assert "Minta Administrator menghubungkannya" in answer.text
    assert ask(desk, "select count(*) from user_account") == before
    assert ask(desk, "select data from audit order by id desc limit 1")[0][0] == '{"what": "oidc_unknown"}'


def test_who_was_set_aside_here_stays_outside(desk, browser, provider):
    admin = who(desk, "admin")
    accounts.set_outside_name(desk, admin, "tim.dlh", "tim@kota")
    accounts.set_active(desk, admin, "tim.dlh", False)
    provider.claims = {"email": "tim@kota"}
    assert browser.get(provider.sign_in(leads_to(browser.get("/masuk/oidc")))).status_code == 403
    accounts.set_active(desk, admin, "tim.dlh", True)


def test_the_second_factor_of_this_desk_is_still_asked_for(desk, browser, provider):
    with_factor(desk, "kota")
    back = provider.sign_in(leads_to(browser.get("/masuk/oidc")))
    assert leads_to(browser.get(back)) == "/masuk/kode"
    assert browser.inside is None
    with desk.register.atomic() as cursor:
        cursor.execute("delete from second_factor")


def test_two_people_are_not_the_same_one_there(desk):
    with pytest.raises(RuleBroken, match="name_taken"):
        accounts.set_outside_name(desk, who(desk, "admin"), "kota2", MAIL.upper())


def test_a_service_that_is_silent_or_another_one_is_said(browser, provider):
    provider.issuer = "https://evil.example"
    answer = browser.get("/masuk/oidc")
    assert answer.status_code == 403
    assert "masuk dengan nama pengguna dan kata sandi" in answer.text


def test_without_a_service_there_is_no_such_way(tmp_path):
    desk = open_desk(settings.load({"WADUL_DATA": str(tmp_path)}))
    try:
        browser = Browser(desk)
        pages = sign_in.SignIn(lambda: browser.house)
        browser.app.router.routes[0:0] = oidc.routes(lambda: browser.house, pages)
        assert {browser.get(path).status_code for path in ("/masuk/oidc", "/masuk/oidc/kembali?code=1")} == {404}
        assert "oidc" not in browser.get("/masuk").text
    finally:
        desk.register.close()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"WADUL_OIDC_ISSUER": "https://id.example"}, "WADUL_OIDC_CLIENT_ID and .*_SECRET and WADUL_URL must be set"),
        (
            {"WADUL_OIDC_ISSUER": "http://id.example", "WADUL_OIDC_CLIENT_ID": "a", "WADUL_OIDC_CLIENT_SECRET": "b",
             "WADUL_URL": "https://desk.example"},
            "https://",
        ),
    ],
)  # fmt: skip
def test_settings_that_would_not_be_safe_are_refused(tmp_path, environ, said):
    with pytest.raises(settings.SettingsError, match=said):
        settings.load({"WADUL_DATA": str(tmp_path), **environ})


def test_the_loopback_service_is_a_real_one(provider):
    assert httpx.get(f"{provider.url}/keys").json()["keys"][0]["kty"] == "RSA"
