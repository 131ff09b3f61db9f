"""`python -m ingest.simulator`: start the simulator on this machine's loopback."""

import os
import sys

import uvicorn

from store.settings import Settings, SettingsError, load

from .app import bind_host, create_app

ONLY_DEMO = (
    "Simulator hanya untuk demo: WHATSAPP_TOKEN terpasang dan alamat API bukan alamat komputer ini. "
    "Kosongkan WHATSAPP_TOKEN, atau arahkan WHATSAPP_API_URL ke http://127.0.0.1."
)


def main() -> int:
    """Serve until told to stop; 2 when the settings do not allow it."""
    try:
        settings = load()
        _require_demo(settings)
        settings.make_data_folder()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    host = bind_host(settings)
    print(f"Simulator ponsel: http://{host}:{settings.simulator_port}/", flush=True)
    uvicorn.run(
        create_app(settings, os.environ.get("WADUL_SIMULATOR_WEBHOOK")),
        host=host,
        port=settings.simulator_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return 0


def _require_demo(settings: Settings) -> None:
    if not settings.demo:
        raise SettingsError(ONLY_DEMO)


if __name__ == "__main__":
    sys.exit(main())
