"""The message templates: which ones the service needs, and what Meta said of each of them.

Meta's statuses, reasons and categories are kept as Meta writes them (upper case); pages put them into words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .admin import log
from .clock import now as clock_now
from .db import Register, rows
from .rules.templates import CATEGORY, GONE, LANGUAGE, NEEDED, USABLE, Needed
from .rules.workflow import Actor

__all__ = ["CATEGORY", "GONE", "LANGUAGE", "NEEDED", "USABLE", "Found", "Needed"]

STATUS, QUALITY, CATEGORY_NEWS = (
    "message_template_status_update", "message_template_quality_update", "template_category_update",
)  # fmt: skip
NEWS = frozenset({STATUS, QUALITY, CATEGORY_NEWS})
READ_AT = "templates_read_at"
# After news from Meta the list is read once more, when the news have had time to arrive in any order.
SETTLED, OLD = timedelta(seconds=20), timedelta(hours=6)
# Meta tells a pause and its end also as a template that was locked or unlocked.
_TITLES = {
    "FIRST_PAUSE": "PAUSED", "SECOND_PAUSE": "PAUSED", "RATE_LIMITING_PAUSE": "PAUSED", "UNPAUSE": "APPROVED",
    "DISABLED": "DISABLED",
}  # fmt: skip
_LIMIT = 200


@dataclass(frozen=True)
class Found:
    """A template in Meta's list."""

    name: str
    language: str
    meta_id: str
    category: str
    status: str
    body: str = ""
    reason: str = ""
    quality: str = ""


def listed(register: Register, actor: Actor | None) -> list[dict]:
    """The needed templates, then what Meta has besides.

    `name`, `language`, `needed` (its `Needed` or None), `status` (empty: Meta has none of this name, or nobody asked),
    `reason`, `quality`, `category`, `body`, `heard_at`; `differs` says that Meta holds other words than ours.

    :raises RuleBroken: `admin_only`
    """
    log.require_admin(actor)
    known = _known(register)
    needed = [_row(wanted.name, LANGUAGE, known.pop((wanted.name, LANGUAGE), {}), wanted) for wanted in NEEDED]
    return needed + [_row(name, language, row, None) for (name, language), row in sorted(known.items())]


def _row(name: str, language: str, row: dict, wanted: Needed | None) -> dict:
    empty = dict.fromkeys(("status", "reason", "quality", "category", "body"), "") | {"heard_at": None}
    given = empty | {key: value for key, value in row.items() if key in empty and value is not None}
    if given["status"] in GONE:
        given["status"] = ""
    differs = wanted is not None and bool(given["body"]) and given["body"] != wanted.body
    return {"name": name, "language": language, "needed": wanted, "differs": differs} | given


def _known(register: Register) -> dict[tuple[str, str], dict]:
    with register.cursor() as cursor:
        return {(row["name"], row["language"]): row for row in rows(cursor.execute("select * from template"))}


def read_at(register: Register) -> datetime | None:
    """When Meta's list was read last."""
    with register.cursor() as cursor:
        found = cursor.execute("select value from setting where name = ?", [READ_AT]).fetchone()
    return datetime.fromisoformat(found[0]) if found else None


def trouble(register: Register) -> list[dict]:
    """The needed templates Meta would not send now (`name`, `status`, `reason`); none while Meta was never asked."""
    known, asked = _known(register), read_at(register)
    found = []
    for wanted in NEEDED:
        row = known.get((wanted.name, LANGUAGE))
        status = row["status"] if row else ""
        if (row or asked) and status not in USABLE:
            reason = row["reason"] if row else None
            found.append({"name": wanted.name, "status": "" if status in GONE else status, "reason": reason})
    return found


def usable(register: Register, name: str) -> bool:
    """Whether Meta sends this template now, as far as is known; what nobody has asked of yet is taken for usable."""
    return all(row["name"] != name for row in trouble(register))


def missing(register: Register) -> list[Needed]:
    """The needed templates that are not at Meta, as far as is known."""
    known = _known(register)
    there = {name for (name, language), row in known.items() if language == LANGUAGE and row["status"] not in GONE}
    return [wanted for wanted in NEEDED if wanted.name not in there]


def wants_reading(register: Register, now: datetime) -> bool:
    """Whether Meta's list is to be read without anybody's asking: it is old, or news of a template came since."""
    last = read_at(register)
    if last is None or now - last > OLD:
        return True
    with register.cursor() as cursor:
        (heard,) = cursor.execute("select max(heard_at) from template").fetchone()
    return heard is not None and heard > last and now - heard > SETTLED


def note_list(register: Register, found: list[Found], asked_at: datetime) -> None:
    """Meta's whole list as it was at `asked_at`; a template of which Meta has told since stays as told."""
    with register.atomic() as cursor:
        for each in found:
            _note(cursor, each, asked_at, clock_now())
        names = [f"{each.name} {each.language}" for each in found]
        cursor.execute(
            "delete from template where heard_at < ? and not list_contains(?::varchar[], name || ' ' || language)",
            [asked_at, names],
        )
        cursor.execute(
            "insert into setting values (?, ?) on conflict (name) do update set value = excluded.value",
            [READ_AT, clock_now().isoformat()],
        )


def note_created(register: Register, made: Found, now: datetime) -> None:
    """Meta has taken a new template; its webhook may have been faster."""
    with register.atomic() as cursor:
        _note(cursor, made, now - timedelta(seconds=1), now)


def _note(cursor, each: Found, status_at: datetime, heard_at: datetime) -> None:
    cursor.execute(
        """
        insert into template by name select
            $name as name, $language as language, $meta_id as meta_id, $category as category, $body as body,
            $status as status, $reason as reason, $quality as quality, $at as status_at, $at as quality_at,
            $heard as heard_at
        on conflict (name, language) do update set
            meta_id = excluded.meta_id, category = excluded.category, body = coalesce(excluded.body, body),
            status = case when status_at > $at then status else excluded.status end,
            reason = case when status_at > $at then reason else excluded.reason end,
            status_at = greatest(status_at, $at),
            quality = case when quality_at > $at then quality else excluded.quality end,
            quality_at = greatest(quality_at, $at),
            heard_at = greatest(heard_at, $heard)
        """,
        {
            "name": each.name, "language": each.language, "meta_id": each.meta_id, "category": each.category,
            "body": each.body or None, "status": each.status, "reason": each.reason or None,
            "quality": each.quality or None, "at": status_at, "heard": heard_at,
        },
    )  # fmt: skip


def apply_news(cursor, field: str, value: object, happened_at: datetime | None, now: datetime) -> None:
    """Take a webhook about a template in; news older than what is known changes nothing, and nothing raises.

    :param field: one of `NEWS`
    :param happened_at: by Meta's clock; `now` where Meta does not say
    """
    told = value if isinstance(value, dict) else {}
    name = _word(told.get("message_template_name"))
    if not name:
        return
    language = (_word(told.get("message_template_language")) or LANGUAGE).replace("-", "_")
    happened_at = min(happened_at or now, now)
    # A template that was made elsewhere: its list will tell the rest.
    cursor.execute(
        """
        insert into template (name, language, status, status_at, heard_at) values (?, ?, 'UNKNOWN', '1970-01-01', ?)
        on conflict (name, language) do update set heard_at = excluded.heard_at
        """,
        [name, language, now],
    )
    if field == STATUS:
        _new_status(cursor, name, language, told, happened_at)
    elif field == QUALITY:
        cursor.execute(
            """
            update template set quality = ?, quality_at = ?
            where name = ? and language = ? and coalesce(quality_at <= ?, true)
            """,
            [_word(told.get("new_quality_score")).upper() or None, happened_at, name, language, happened_at],
        )
    elif _word(told.get("new_category")) and not told.get("correct_category"):
        category = _word(told["new_category"]).upper()
        cursor.execute("update template set category = ? where name = ? and language = ?", [category, name, language])


def _new_status(cursor, name: str, language: str, told: dict, happened_at: datetime) -> None:
    status, reason = _word(told.get("event")).upper(), _word(told.get("reason")).upper()
    more = told.get("other_info")
    title = _word(more.get("title")).upper() if isinstance(more, dict) else ""
    if status in ("LOCKED", "UNLOCKED"):
        # Locked alone means that nobody may edit it: it is sent as before.
        status = _TITLES.get(title, "")
    if not status:
        return
    cursor.execute(
        """
        update template set status = ?, reason = ?, status_at = ?, meta_id = coalesce(?, meta_id)
        where name = ? and language = ? and status_at <= ?
        """,
        [
            status, reason if reason not in ("", "NONE") else None, happened_at,
            _word(told.get("message_template_id")) or None, name, language, happened_at,
        ],
    )  # fmt: skip


def _word(value: object) -> str:
    """A short text of Meta's, or a number as one; anything else is no text."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.replace("\0", "").strip()[:_LIMIT] if isinstance(value, str) else ""
