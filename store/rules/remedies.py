"""What can be done about a message that failed, by Meta's code; as the staff may do it on the spot.

Codes: Meta's error reference, mid-2026; `store/delivery.py` says which of them end in failure at all.
"""

AGAIN = "again"
WRITE_FIRST = "write_first"
REWRITE = "rewrite"
CALL = "call"
REMEDIES = (AGAIN, WRITE_FIRST, REWRITE, CALL)

# This number cannot be reached, or may not be written to: the same again comes to the same.
_CALL = {131021, 131026, 131030, 131050, 130472}
# The content itself was refused.
_REWRITE = {100, 131008, 131009, 131051, 132000, 132005, 132012, 132018}
# The 24-hour window has closed: only the reporter's own next message opens it.
_WRITE_FIRST = {131047}
# Our own words, where no code came.
_OWN = {"jendela 24 jam": WRITE_FIRST, "pelapor tidak mempunyai alamat": CALL}


def remedy(code: int | None, text: str | None = None) -> str:
    """One of `REMEDIES`; what is not known may pass, and is worth another try."""
    if code is None:
        return next((found for start, found in _OWN.items() if (text or "").startswith(start)), AGAIN)
    if code in _CALL:
        return CALL
    if code in _REWRITE:
        return REWRITE
    return WRITE_FIRST if code in _WRITE_FIRST else AGAIN


def may_send_again(found: str) -> bool:
    return found in (AGAIN, WRITE_FIRST)
