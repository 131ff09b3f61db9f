"""What happens because time passes: reporters who were not reached are called, cases nobody answers close."""

import logging
import threading

from store import health, silence
from store.desk import Desk

log = logging.getLogger(__name__)
EVERY_SECONDS = 30


def run(desk: Desk, stop: threading.Event) -> None:
    """Look at the clock until told to stop."""
    while not stop.is_set():
        try:
            silence.call_unreached(desk)
            silence.lapse(desk)
        except Exception as error:
            log.error("the clocks failed; they are tried again: %s", health.trace(error))
        stop.wait(EVERY_SECONDS)
