"""What may go wrong in the register: one exception a kind, each with a code that the pages put into people's words."""

from datetime import datetime


class StoreError(Exception):
    """Base of everything the store refuses."""


class RuleBroken(StoreError):
    """The workflow does not allow this; `code` says which rule, `details` what it was about."""

    def __init__(self, code: str, **details):
        super().__init__(code, details)
        self.code = code
        self.details = details


class NotFound(StoreError):
    """There is no such thing, or this person may not know that there is."""


class Conflict(StoreError):
    """Somebody else changed the case first."""

    def __init__(self, number: str, by: str, did: str, happened_at: datetime):
        super().__init__(f"{number} was changed by {by} ({did})")
        self.number = number
        self.by = by
        self.did = did
        self.happened_at = happened_at


class RegisterBusy(StoreError):
    """Another process holds the register file."""


class WrongRegister(StoreError):
    """The register belongs to the other mode: demonstration data and real cases never mix."""
