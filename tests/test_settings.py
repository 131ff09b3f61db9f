"""Settings: the defaults, what the environment and a config file change, and what is refused."""

from datetime import time

import pytest

from store.settings import META_API_URL, ROOT, SettingsError, load, read_config

LIVE = {"WHATSAPP_TOKEN": "t", "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "v", "WHATSAPP_PHONE_ID": "1"}


@pytest.fixture
def given(tmp_path):
    """Settings from these variables only."""
    return lambda **environ: load({"WADUL_DATA": str(tmp_path / "data")} | environ)


def test_without_anything_set_it_runs_on_this_machine_against_the_simulator(given, tmp_path):
    found = given()
    assert (found.host, found.app_port, found.listener_port, found.simulator_port) == ("127.0.0.1", 8501, 8502, 8503)
    assert (found.demo, found.simulated, found.api_url) == (True, True, "http://127.0.0.1:8503")
    assert found.register == tmp_path / "data" / "register.duckdb"
    assert found.inbox == tmp_path / "data" / "inbox.sqlite"
    assert load({}).data == ROOT / "data"


def test_demo_secrets_are_made_once_for_all_processes_and_for_the_owner_only(given, tmp_path):
    first, second = given(), given()
    assert first.app_secret == second.app_secret != first.verify_token == second.verify_token
    assert len(first.app_secret) == 64
    first.require_webhook_secrets()
    for path in (tmp_path / "data").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_with_an_account_it_talks_to_meta_and_makes_no_secrets(given, tmp_path):
    found = given(**LIVE)
    assert (found.demo, found.simulated, found.api_url) == (False, False, META_API_URL)
    assert (found.app_secret, found.verify_token, found.access_token) == ("s", "v", "t")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("url", "demo"),
    [
        ("http://127.0.0.1:9999", True),
        ("http://localhost:9999/", True),
        ("http://[::1]:9999", True),
        ("https://graph.facebook.com", False),
        ("https://127.0.0.1.example.org", False),
        ("https://localhost.example.org", False),
    ],
)
def test_an_account_whose_address_is_this_machine_is_a_demonstration(given, url, demo):
    found = given(**LIVE, WHATSAPP_API_URL=url)
    assert (found.demo, found.simulated) == (demo, False)
    assert not found.api_url.endswith("/")


@pytest.mark.parametrize("missing", ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"])
def test_a_live_webhook_needs_its_secrets(given, missing):
    with pytest.raises(SettingsError, match=f"^{missing} must be set"):
        given(**LIVE | {missing: ""}).require_webhook_secrets()


@pytest.mark.parametrize("name", ["WADUL_APP_PORT", "WADUL_LISTENER_PORT", "WADUL_SIMULATOR_PORT"])
@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", "8501 ", "²", "99999999999999999999"])
def test_a_port_that_is_none_is_refused_by_name(given, name, value):
    with pytest.raises(SettingsError, match=name):
        given(**{name: value})


def test_empty_variables_count_as_not_set(given):
    found = given(WADUL_HOST="", WADUL_APP_PORT="", WHATSAPP_TOKEN="", WHATSAPP_API_URL="")
    assert (found.host, found.app_port, found.demo) == ("127.0.0.1", 8501, True)


def test_a_config_file_changes_what_it_names_and_keeps_the_rest(given, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '[service]\nname = "Lapor Ajib"\n[clock]\npromise_days = 3\n[clock.hours]\nsaturday = ["08:00", "12:00"]\n'
    )
    found = given(WADUL_CONFIG=str(path))
    assert found.config["service"]["name"] == "Lapor Ajib"
    assert found.config["service"]["city"] == "Kota Pekalongan"
    assert (found.config["clock"]["promise_days"], found.config["clock"]["outer_days"]) == (3, 14)
    # A weekday that is not named is free, so hours are replaced as a whole.
    assert found.hours == {5: (time(8), time(12))}
    assert found.config["session"]["idle_minutes"] == 120


def test_the_default_hours_are_the_citys(given):
    found = given().hours
    assert found == {**dict.fromkeys(range(4), (time(7, 30), time(15, 45))), 4: (time(7, 30), time(11))}


@pytest.mark.parametrize("content", [None, "[service", "name"])
def test_a_config_that_cannot_be_read_is_said_with_its_path(tmp_path, content):
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=str(path)):
        read_config(path)


def test_every_table_of_the_config_has_a_default_that_is_used():
    config = read_config(ROOT / "config.toml")
    assert {"service", "clock", "sending", "media", "session"} <= set(config)
    assert (config["clock"]["promise_days"], config["clock"]["outer_days"], config["clock"]["unit"]) == (
        2,
        14,
        "working_days",
    )
