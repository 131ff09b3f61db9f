"""Every figure counted slowly and plainly with pandas from the raw events, as `store export events` writes them.

Nothing here is shared with the register's own reading of its events: each life is followed event by event, and the
figures are sums over a table of lives.
"""

import json
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from store.rules.deadline import Calendar, due

JAKARTA = timedelta(hours=7)
ENDS = {"closed", "rejected", "duplicate", "referred", "withdrawn", "archived"}
CITY = {"city", "official"}


def lives(path) -> pd.DataFrame:
    """One row a complaint: how it stands after all its events."""
    events = pd.read_csv(path, keep_default_na=False, dtype=str)
    events["at"] = [datetime.fromisoformat(text[:-1]) for text in events["happened_at"]]
    events["data"] = [json.loads(text) for text in events["data"]]
    return pd.DataFrame([follow(rows.to_dict("records")) for _, rows in events.groupby("complaint_id", sort=False)])


def follow(events: list[dict]) -> dict:
    """The life of one complaint."""
    first = events[0]
    life = {
        "number": first["data"]["number"], "channel": first["data"]["channel"], "received": first["at"],
        "state": "received", "since": first["at"], "category": None, "kelurahan": None, "confidential": False,
        "promise": None, "outer": None, "answer": None, "result": None, "stopped": None, "ended": None, "paused": None,
        "closing": None, "call": False, "returns": 0, "reopenings": 0, "reopened": None, "rating": None, "rated": None,
        "forwarded": None, "parts": {},
    }  # fmt: skip
    for event in events:
        step(life, event["kind"], event["at"], event["actor_role"], event["to_state"], event["data"])
    # The limit that runs now: none while nobody need hurry, the promised day where all that is left is scheduled.
    promised = [day for state, day in life["parts"].values() if state == "scheduled" and day]
    life["due"] = max(promised, default=None) if life["state"] == "scheduled" else life["promise"]
    if life["ended"] or life["stopped"] or life["paused"]:
        life["due"] = None
    life["departments"] = set(life.pop("parts"))
    return life


def step(life: dict, kind: str, at: datetime, role: str, state: str, data: dict) -> None:
    told = bool(data.get("message_id"))
    for name in ("category", "kelurahan", "confidential"):
        life[name] = data.get(name, life[name])
    for name in ("promise", "outer"):
        if f"{name}_due_at" in data:
            life[name] = moment(data[f"{name}_due_at"])
    if state != life["state"]:
        life["state"], life["since"] = state, at
        if state in ENDS:
            life["ended"] = at
            if state != "duplicate":
                life["stopped"] = life["stopped"] or at
    if life["answer"] is None and (
        (kind in ("answer", "reply") and role in CITY) or kind in ("approve", "refer", "follow")
    ):
        life["answer"] = at
    if kind in ("answer", "approve", "refer", "follow"):
        life["result"] = at
        life["call"] = not told and (kind in ("approve", "follow") or life["channel"] != "LOK")
    if kind in ("approve", "follow"):
        life["stopped"] = at if kind == "approve" else life["stopped"] or at
    arrived = kind in ("delivered", "told") or (kind == "answer" and not told and life["channel"] == "LOK")
    if arrived and life["state"] == "answered" and not life["ended"]:
        life["stopped"] = life["ended"] = at
    if kind == "ask":
        life["paused"], life["call"] = at, not told
    elif kind == "delivery_failed":
        life["call"] = True
    elif kind == "withdraw":
        life["call"] = not told
    elif kind in ("delivered", "told", "supply", "archive", "reject", "revive", "restore", "unmerge", "reopen", "close",
                  "confirm", "lapse") or (kind == "reply" and data.get("settles")):  # fmt: skip
        life["call"] = False
    if kind in ("supply", "archive", "reject", "withdraw", "revive", "restore", "unmerge", "reopen"):
        life["paused"] = None
    if kind in ("revive", "restore", "unmerge", "reopen"):
        life["ended"] = life["stopped"] = life["result"] = life["closing"] = None
    if kind in ("confirm", "close", "lapse"):
        life["closing"] = {"confirm": "confirmed", "close": "by_officer", "lapse": "silence"}[kind]
    if kind == "reopen":
        life["reopenings"], life["reopened"] = life["reopenings"] + 1, at
    if kind == "rate":
        life["rating"], life["rated"] = data["rating"], at
    parts(life, kind, at, data)


def parts(life: dict, kind: str, at: datetime, data: dict) -> None:
    """Which departments have their part of it, and how far each is."""
    mine = life["parts"]
    if kind in ("answer", "refer", "reject", "merge", "reopen"):
        mine.clear()
    elif kind == "forward":
        life["forwarded"] = at
        for code in data.get("departments") or [data["department"]]:
            mine.pop(code, None)
            mine[code] = ("forwarded", None)
    elif kind == "return":
        life["returns"] += 1
        mine.pop(data["department"], None)
    elif kind in ("proceed", "release"):
        for code in data.get("departments") or []:
            mine.pop(code, None)
    elif kind in ("accept", "start", "submit_result", "schedule") and data["department"] in mine:
        after = {"accept": "accepted", "start": "in_progress", "submit_result": "in_review", "schedule": "scheduled"}
        day = moment(data["promised_at"]) if kind == "schedule" else mine[data["department"]][1]
        mine[data["department"]] = (after[kind], day)
    elif kind == "send_back":
        for code in data.get("departments") or list(mine):
            if code in mine:
                mine[code] = ("in_progress", mine[code][1])


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def before(column: pd.Series, limit) -> pd.Series:
    """Whether a moment is there and not later; also row by row."""
    limits = limit if isinstance(limit, pd.Series) else [limit] * len(column)
    return pd.Series([bool(a and b and a <= b) for a, b in zip(none(column), none(limits), strict=True)], dtype=bool)


def none(column) -> list:
    return [None if value is None or value != value else value for value in column]


def day_of(value) -> date | None:
    return (value + JAKARTA).date() if value else None


def on(column: pd.Series, since: date, until: date) -> pd.Series:
    return pd.Series([bool(v) and since <= day_of(v) <= until for v in none(column)], dtype=bool)


def figures(table: pd.DataFrame, since: date, until: date, now: datetime, calendar: Calendar) -> dict:
    """All figures by their codes."""
    if table.empty:
        table = pd.DataFrame([], columns=list(follow([FIRST])))
    t = table.reset_index(drop=True)
    return present(t, now) | by_receipt(t, since, until, now, calendar) | by_other_days(t, since, until, now)


FIRST = {
    "at": datetime(2026, 1, 1), "kind": "received", "actor_role": "reporter", "to_state": "received",
    "data": {"number": "", "channel": "WA"},
}  # fmt: skip


def present(t: pd.DataFrame, now: datetime) -> dict:
    today = day_of(now)
    is_open = pd.Series([v is None for v in none(t["ended"])], dtype=bool)
    call = t["call"].astype(bool)
    overdue = is_open & pd.Series([bool(v) and v < now for v in none(t["due"])], dtype=bool)
    ahead = is_open & pd.Series([bool(v) and v >= now for v in none(t["due"])], dtype=bool)
    waits, scheduled = is_open & (t["state"] == "awaiting_reporter"), is_open & (t["state"] == "scheduled")
    yesterday = today - timedelta(days=1)
    met = on(t["promise"], today, today) & on(t["stopped"], today, today) & before(t["stopped"], now)
    return {
        "open": is_open.sum(),
        "new_today": (on(t["received"], today, today) & before(t["received"], now)).sum(),
        "new_yesterday": (
            on(t["received"], yesterday, yesterday) & before(t["received"], now - timedelta(days=1))
        ).sum(),
        "ended_today": (on(t["ended"], today, today) & before(t["ended"], now)).sum(),
        "overdue": overdue.sum(),
        "overdue_today": (overdue & on(t["due"], today, today)).sum(),
        "due_today": (ahead & on(t["due"], today, today)).sum(),
        "due_today_met": (met & before(t["stopped"], t["promise"]) & owed(t)).sum(),
        "awaiting_reporter": waits.sum(),
        "awaiting_reporter_today": (waits & on(t["since"], today, date.max)).sum(),
        "call_reporter": call.sum(),
        "call_reporter_today": (call & on(t["since"], today, date.max)).sum(),
        "in_triage": (is_open & t["state"].isin(["received", "returned", "reopened"])).sum(),
        "with_departments": (
            is_open & t["state"].isin(["forwarded", "accepted", "in_progress", "scheduled", "in_review"])
        ).sum(),
        "awaiting_confirmation": (is_open & (t["state"] == "awaiting_confirmation")).sum(),
        "scheduled_now": scheduled.sum(),
        "scheduled_late": (scheduled & overdue).sum(),
    }


def owed(t: pd.DataFrame) -> pd.Series:
    return ~t["state"].isin(["rejected", "withdrawn", "archived"])


def hours(earlier: pd.Series, later: pd.Series) -> list[float]:
    return [(b - a) / timedelta(hours=1) for a, b in zip(none(earlier), none(later), strict=True)]


def by_receipt(t: pd.DataFrame, since: date, until: date, now: datetime, calendar: Calendar) -> dict:
    r = t[on(t["received"], since, until) & before(t["received"], now)].reset_index(drop=True)
    answered, result = before(r["answer"], now), before(r["result"], now)
    day = pd.Series([due(received, 1, calendar) for received in none(r["received"])], dtype=object)
    gone = pd.Series([limit < now for limit in day], dtype=bool)
    found = {"received": len(r), "first_answered": answered.sum(), "with_result": result.sum()}
    found |= judged("first", answered, before(r["answer"], day), gone, owed(r))
    for name in ("promise", "outer"):
        over = pd.Series([bool(v) and v < now for v in none(r[name])], dtype=bool)
        running = pd.Series([v is None for v in none(r["paused"])], dtype=bool)
        found |= judged(name, before(r["stopped"], now), before(r["stopped"], r[name]), over & running, owed(r))
    for name, column, rows in (("first_answer", "answer", answered), ("result", "result", result)):
        taken = hours(r[rows]["received"], r[rows][column])
        found[f"{name}_median"] = np.median(taken) if taken else None
        found[f"{name}_p90"] = np.percentile(taken, 90) if taken else None
    again = r["reopenings"] > 0
    found |= {
        "forwarded": before(r["forwarded"], now).sum(),
        "returned": (r["returns"] > 0).sum(),
        "had_result": (result | again).sum(),
        "ever_reopened": again.sum(),
    }
    return found | {
        "first_within_day": share(found["first_kept"], found["first_decided"]),
        "within_promise": share(found["promise_kept"], found["promise_decided"]),
        "within_outer": share(found["outer_kept"], found["outer_decided"]),
        "returned_share": share(found["returned"], found["forwarded"]),
        "reopened_share": share(found["ever_reopened"], found["had_result"]),
    }


def judged(name: str, done: pd.Series, in_time: pd.Series, over: pd.Series, counts: pd.Series) -> dict:
    decided, kept = counts & (done | over), counts & done & in_time
    return {f"{name}_decided": decided.sum(), f"{name}_kept": kept.sum(), f"{name}_late": (decided & ~kept).sum()}


def share(part: int, base: int) -> float | None:
    return part / base if base else None


def by_other_days(t: pd.DataFrame, since: date, until: date, now: datetime) -> dict:
    def within(column: str) -> pd.DataFrame:
        return t[on(t[column], since, until) & before(t[column], now)]

    ended, rated = within("ended"), within("rated")
    closings, states = ended["closing"].value_counts(), ended["state"].value_counts()
    closed = ended["closing"].notna().sum()
    return {
        "ended": len(ended),
        **{name: closings.get(name, 0) for name in ("confirmed", "by_officer", "silence")},
        "closed": closed,
        "confirmed_share": share(closings.get("confirmed", 0), closed),
        **{name: states.get(name, 0)
           for name in ("answered", "referred", "duplicate", "rejected", "withdrawn", "archived")},
        "scheduled": (within("since")["state"] == "scheduled").sum(),
        "reopened": len(within("reopened")),
        "ratings": len(rated),
        "rating_mean": rated["rating"].astype(float).mean() if len(rated) else None,
        "ratings_low": (rated["rating"].astype(float) <= 2).sum(),
    }  # fmt: skip
