"""The message templates that the service needs, and what Meta's words about templates mean for sending."""

from dataclasses import dataclass

from . import texts

LANGUAGE, CATEGORY = "id", "UTILITY"
# With these Meta sends a template.
USABLE = frozenset({"APPROVED", "REINSTATED", "FLAGGED", "UNARCHIVED"})
# With these Meta has none of this name, or soon has none.
GONE = frozenset({"DELETED", "PENDING_DELETION"})


@dataclass(frozen=True)
class Needed:
    """A template that the service sends. `body` has `{{1}}` and `{{2}}`; Meta wants an example of each."""

    name: str
    body: str
    examples: tuple[str, str]


_PLACES = ("{{1}}", "{{2}}")
NEEDED = (
    Needed(
        texts.NEWS_TEMPLATE,
        texts.template_body(_PLACES),
        ("WA-2026-00042", "Sudah kami teruskan ke Dinas Perhubungan untuk ditangani."),
    ),
    Needed(
        texts.DIGEST_TEMPLATE,
        texts.digest_body(_PLACES),
        ("Sen 23 Nov 07.30", "2 aduan lewat tenggat, 3 jatuh tempo hari ini"),
    ),
)
