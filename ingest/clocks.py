"""What happens because time passes: reporters who were not reached are called, cases nobody answers close, officers are
reminded, reports fall due; and at night what is past its time is erased."""

import logging
import threading

from store import digest, drafts, health, open_quarters, reminders, reports, retention, silence
from store.desk import Desk

from . import drain, inbox

log = logging.getLogger(__name__)
EVERY_SECONDS = 30


def run(desk: Desk, stop: threading.Event) -> None:
    """Look at the clock until told to stop."""
    while not stop.is_set():
        try:
            once(desk)
        except Exception as error:
            log.error("the clocks failed; they are tried again: %s", health.trace(error))
        stop.wait(EVERY_SECONDS)


def once(desk: Desk) -> None:
    """One look at the clock, with all that follows from it: what fails keeps nothing else from its turn.

    :raises Exception: the first that failed, when all had their turn
    """
    failed = None
    for step in (
        silence.call_unreached,
        drain.settle_waiting,
        silence.lapse,
        silence.archive,
        lambda desk: drafts.forget_old(desk.register),
        reminders.run,
        digest.run,
        reports.make_due,
        open_quarters.publish_due,
        _erase,
    ):
        try:
            step(desk)
        except Exception as error:
            if failed is not None:
                log.error("another of the clocks failed: %s", health.trace(error))
            failed = failed or error
    if failed is not None:
        raise failed


def _erase(desk: Desk) -> None:
    path = desk.settings.inbox
    retention.nightly(desk, lambda before, position: inbox.forget_older(path, before, position))
    retention.sweep(desk, lambda values, position: inbox.forget_with(path, values, position))
