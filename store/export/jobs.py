"""Exports while somebody waits: one is written at a time, its progress can be read, and it can be stopped.

A file is complete before anybody gets it, because half a CSV looks like a whole one. It lies where only this process
may read it, for its owner only, and for a quarter of an hour; a restart removes what was left.
"""

import logging
import os
import secrets
import shutil
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from .. import access, audit, health
from ..clock import now as clock_now
from ..clock import today
from ..desk import Desk
from ..queries.search import Filters
from ..rules.errors import NotFound, RuleBroken
from ..rules.workflow import Actor
from . import question
from .files import FORMATS, TooLong, in_words

log = logging.getLogger(__name__)
KEPT = timedelta(minutes=15)
WAITING, RUNNING, READY, STOPPED, FAILED, TOO_LONG = "waiting", "running", "ready", "stopped", "failed", "too_long"


@dataclass
class Export:
    """One person's export. `done` of `total` rows are written; `path` is the file once `state` is `ready`."""

    id: str
    owner: Actor
    name: str
    kind: str
    personal: bool
    total: int
    made_at: datetime
    path: Path
    state: str = WAITING
    done: int = 0
    stop: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def busy(self) -> bool:
        return self.state in (WAITING, RUNNING)

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0


class Exports:
    """The exports of one running app: each person has one at a time, a new one takes the place of the last."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._folder = desk.settings.data / "exports"
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._of: dict[str, Export] = {}
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(
        self,
        actor: Actor,
        filters: Filters,
        kind: str,
        headings: dict[str, str],
        words: dict[str, dict],
        personal: bool = False,
        reason: str = "",
    ) -> Export:
        """Begin an export; it goes on by itself. It is on record with its reason before a row is read.

        :param kind: one of `FORMATS`
        :param headings, words: what columns and stored values are called in the file
        :raises RuleBroken: `not_allowed`, `export_identities`, `export_reason`, `export_empty`
        """
        question.check(actor, personal, reason)
        total = question.count(self._desk, actor, filters)
        if not total:
            raise RuleBroken("export_empty")
        name = f"aduan-{today().isoformat()}.{kind}"
        asked = {"format": kind, "rows": total, "identities": personal, "filters": _on_record(filters)}
        asked |= {"reason": " ".join(reason.split())} if personal else {}
        audit.record(self._desk.register, actor.username, "exported", name, **asked)
        export_id = secrets.token_urlsafe(24)
        path = self._folder / export_id / name
        export = Export(export_id, actor, name, kind, personal, total, clock_now(), path)
        with self._lock:
            before, self._of[actor.username] = self._of.get(actor.username), export
        if before:
            self._remove(before)
        work = threading.Thread(target=self._run, args=(export, filters, headings, words), name="export", daemon=True)
        work.start()
        return export

    def of(self, actor: Actor) -> Export | None:
        """This person's export, if there is one; not if their rights have become others since."""
        export = self._of.get(actor.username)
        if export is None or (export.state == READY and clock_now() - export.made_at > KEPT):
            return None
        return export if _same_rights(export, actor) else None

    def file(self, actor: Actor, export_id: str) -> Export:
        """The finished export of this id.

        :raises NotFound: there is none, it is another person's, or it has been removed
        """
        export = self.of(actor)
        known = export is not None and export.state == READY and secrets.compare_digest(export.id, export_id)
        if not known or not export.path.is_file():
            raise NotFound(export_id)
        return export

    def discard(self, actor: Actor) -> None:
        """Stop this person's export and remove its file."""
        with self._lock:
            export = self._of.pop(actor.username, None)
        if export:
            self._remove(export)

    def close(self) -> None:
        """The app ends: stop all and remove every file."""
        for export in list(self._of.values()):
            self.discard(export.owner)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, export: Export, filters: Filters, headings: dict, words: dict) -> None:
        try:
            with self._turn:
                if not export.stop.is_set():
                    export.state = RUNNING
                    self._write(export, filters, headings, words)
            export.state = STOPPED if export.stop.is_set() else READY
        except TooLong:
            export.state = TOO_LONG
        except Exception as error:
            # Somebody waits for it: the page says so, the log says why.
            log.error("an export failed: %s", health.trace(error))
            export.state = FAILED
        if export.state != READY:
            shutil.rmtree(export.path.parent, ignore_errors=True)
            return
        fade = threading.Timer(KEPT.total_seconds(), self._remove, [export])
        fade.daemon = True
        fade.start()

    def _write(self, export: Export, filters: Filters, headings: dict, words: dict) -> None:
        folder = export.path.parent
        self._folder.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700)
        opened = os.open(export.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(opened, "wb") as file,
            question.stream(self._desk, export.owner, filters, export.personal) as (export.total, batches),
        ):
            writer = FORMATS[export.kind](file, folder, export.total)
            for batch in batches:
                if export.stop.is_set():
                    return
                writer.write(in_words(batch, headings, words))
                export.done += batch.num_rows
            writer.close()

    @staticmethod
    def _remove(export: Export) -> None:
        export.stop.set()
        shutil.rmtree(export.path.parent, ignore_errors=True)
        if export.state == READY:
            export.state = STOPPED


def _same_rights(export: Export, actor: Actor) -> bool:
    return actor.grants == export.owner.grants and access.visible(actor) == access.visible(export.owner)


def _on_record(filters: Filters) -> dict:
    """Which filters were on; of a searched text only that there was one, because it may be somebody's name."""
    given = {name: value for name, value in vars(filters).items() if value}
    if "text" in given:
        given["text"] = True
    return {name: str(value) if name in ("since", "until") else value for name, value in given.items()}
