"""What happens because time passes: cases that nobody answers close by silence."""

import logging
import threading

from store import silence
from store.desk import Desk

log = logging.getLogger(__name__)
EVERY_SECONDS = 30


def run(desk: Desk, stop: threading.Event) -> None:
    """Look at the clock until told to stop."""
    while not stop.is_set():
        try:
            silence.lapse(desk)
        except Exception:
            log.exception("the clocks failed; they are tried again")
        stop.wait(EVERY_SECONDS)
