"""Settings of one installation: paths and secrets from the environment (or `.env`), everything else from `config.toml`.

Imports nothing of ours and no database, because the listener reads it too.
"""

import contextlib
import ipaddress
import os
import secrets
import shlex
import stat
import tomllib
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
META_API_URL = "https://graph.facebook.com"
# The account that the simulator plays.
SIMULATED_BUSINESS_ID = "100000000000002"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class SettingsError(Exception):
    """The settings do not allow a start; the text says what to set."""


@dataclass(frozen=True)
class Oidc:
    """The city's own sign-in service (OpenID Connect): Google Workspace, Keycloak and the like.

    `claim` is what names a person there, `label` how people call the service, `back` where it sends browsers back to.
    """

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    label: str
    back: str


@dataclass(frozen=True)
class Settings:
    """One installation's settings. Ports are integers, `data` is an absolute folder, secrets are plain strings."""

    data: Path
    host: str
    app_port: int
    listener_port: int
    simulator_port: int
    token: str
    phone_id: str
    app_secret: str
    verify_token: str
    api_url: str
    config: dict
    # The city's own sign-in service, where one is set.
    oidc: Oidc | None = None
    # The WhatsApp Business Account, which templates and forms belong to; empty where nobody has set it.
    business_id: str = ""

    @property
    def demo(self) -> bool:
        """True when nothing sent can reach Meta: no token, or an API address on this machine."""
        return not self.token or _is_loopback(self.api_url)

    @property
    def simulated(self) -> bool:
        """True when our own simulator stands in for Meta (no WhatsApp account configured)."""
        return not self.token

    @property
    def register(self) -> Path:
        return self.data / "register.duckdb"

    @property
    def inbox(self) -> Path:
        return self.data / "inbox.sqlite"

    @property
    def media(self) -> Path:
        return self.data / "media"

    @property
    def access_token(self) -> str:
        """What goes out as bearer token; the simulator accepts any."""
        return self.token or "demo"

    @cached_property
    def hours(self) -> dict[int, tuple[time, time]]:
        """Office hours by weekday (Monday is 0), Jakarta time."""
        return office_hours(self.config)

    def make_data_folder(self) -> None:
        """Create the data folder, readable by its owner only, as every file is that this process makes from now on.

        :raises SettingsError: it was there already, and others can read it
        """
        os.umask(0o077)
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if stat.S_IMODE(self.data.stat().st_mode) & 0o077:
            raise SettingsError(
                f"The data folder {self.data} can be read by other users of this machine. "
                f"Close it and start again: chmod 700 {shlex.quote(str(self.data))}"
            )

    def require_webhook_secrets(self) -> None:
        """Raise SettingsError unless the webhook can be checked: a forged post must never be accepted."""
        missing = [
            name
            for name, value in (
                ("WHATSAPP_APP_SECRET", self.app_secret),
                ("WHATSAPP_VERIFY_TOKEN", self.verify_token),
            )
            if not value
        ]
        if missing:
            raise SettingsError(
                f"{' and '.join(missing)} must be set in the environment or .env: "
                "without them anybody could post forged complaints."
            )


def load(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings.

    :param environ: stands in for the process's environment in tests (then `.env` is not read)
    :raises SettingsError: a value is unusable; the text names it
    """
    if environ is None:
        environ = {**dotenv_values(ROOT / ".env"), **os.environ}
    data = Path(environ.get("WADUL_DATA") or ROOT / "data").absolute()
    token = environ.get("WHATSAPP_TOKEN") or ""
    app_secret = environ.get("WHATSAPP_APP_SECRET") or ""
    verify_token = environ.get("WHATSAPP_VERIFY_TOKEN") or ""
    if not token:
        try:
            app_secret = app_secret or demo_secret(data, "app")
            verify_token = verify_token or demo_secret(data, "verify")
        except OSError as error:
            raise SettingsError(f"The data folder {data} cannot be used: {error.strerror}.") from error
    simulator_port = _port(environ, "WADUL_SIMULATOR_PORT", 8503)
    api_url = environ.get("WHATSAPP_API_URL") or (META_API_URL if token else f"http://127.0.0.1:{simulator_port}")
    return Settings(
        data=data,
        host=environ.get("WADUL_HOST") or "127.0.0.1",
        app_port=_port(environ, "WADUL_APP_PORT", 8501),
        listener_port=_port(environ, "WADUL_LISTENER_PORT", 8502),
        simulator_port=simulator_port,
        token=token,
        phone_id=environ.get("WHATSAPP_PHONE_ID") or ("" if token else "100000000000001"),
        app_secret=app_secret,
        verify_token=verify_token,
        api_url=api_url.rstrip("/"),
        config=read_config(Path(environ.get("WADUL_CONFIG") or ROOT / "config.toml")),
        oidc=_oidc(environ),
        business_id=environ.get("WHATSAPP_BUSINESS_ID") or ("" if token else SIMULATED_BUSINESS_ID),
    )


def read_config(path: Path) -> dict:
    """Read `config.toml` over the defaults shipped with the project, table by table."""
    defaults = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    return {table: {**values, **given.get(table, {})} for table, values in defaults.items()}


def merged(config: dict, overrides: dict[str, dict]) -> dict:
    """The configuration with what is given over it, section by section; neither is changed."""
    over = {section: {**config[section], **given} for section, given in overrides.items() if section in config}
    return config | over


def office_hours(config: dict) -> dict[int, tuple[time, time]]:
    """Office hours by weekday (Monday is 0), Jakarta time."""
    given = config["clock"]["hours"]
    return {
        day: (time.fromisoformat(given[name][0]), time.fromisoformat(given[name][1]))
        for day, name in enumerate(WEEKDAYS)
        if name in given
    }


def demo_secret(data: Path, name: str) -> str:
    """A random secret for demo mode, made once per data folder, so that all processes share it."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / f"demo-{name}-secret"
    if not path.exists():
        # Written aside and linked into place: the processes that start together must all read the same whole value.
        draft = data / f".demo-{name}-{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii")


def _oidc(environ: dict[str, str]) -> Oidc | None:
    issuer = (environ.get("WADUL_OIDC_ISSUER") or "").rstrip("/")
    if not issuer:
        return None
    needed = ("WADUL_OIDC_CLIENT_ID", "WADUL_OIDC_CLIENT_SECRET", "WADUL_URL")
    missing = [name for name in needed if not environ.get(name)]
    if missing:
        raise SettingsError(f"{' and '.join(missing)} must be set beside WADUL_OIDC_ISSUER.")
    if not issuer.startswith("https://") and not _is_loopback(issuer):
        raise SettingsError("WADUL_OIDC_ISSUER must begin with https://: who signs in must not be told in the clear.")
    return Oidc(
        issuer=issuer,
        client_id=environ["WADUL_OIDC_CLIENT_ID"],
        client_secret=environ["WADUL_OIDC_CLIENT_SECRET"],
        claim=environ.get("WADUL_OIDC_CLAIM") or "email",
        label=environ.get("WADUL_OIDC_LABEL") or "akun kota",
        back=environ["WADUL_URL"].rstrip("/") + "/masuk/oidc/kembali",
    )


def _port(environ: dict[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} must be a port number from 1 to 65535, not {value!r}.")
    return int(value)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
