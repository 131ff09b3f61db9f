"""Command line of the register (see --help). Needs it for itself: stop the app first."""

import argparse
import getpass
import os
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb

from . import (
    audit,
    check,
    clock,
    ledger,
    one_time,
    queries,
    rebuild,
    retention,
    second_factor,
    seed,
    settings,
    users,
    why_due,
)
from .clock import today
from .db import Register
from .desk import Desk, open_desk
from .events_file import write_events
from .export.files import harmless
from .figures import Scope, printed
from .holidays_seed import national_holidays
from .rules import deadline
from .rules.errors import RegisterBusy, RuleBroken, WrongRegister
from .rules.workflow import SYSTEM, Grant, Role

BUSY = (
    "The register is in use: the app is running. Stop the app first (Ctrl-C in its window, or "
    "systemctl stop wadul-app) and try again."
)
# Who did it, where nobody has signed in.
COMMAND_LINE = "command line"
NO_REGISTER = "There is no register at {path} yet. Start the app once, or set WADUL_DATA to the folder that holds it."


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        chosen = settings.load()
        if options.needs_register and not chosen.register.exists():
            return _say(NO_REGISTER.format(path=chosen.register))
        if options.command == "export" and not options.file.parent.is_dir():
            return _say(f"The folder {options.file.parent} does not exist.")
        if options.command == "due" and not chosen.register.exists():
            print("\n".join(why_due.of_moment(_defaults(chosen), options.moment)))
            return 0
        as_it_is = options.needs_register or options.command == "due"
        desk = _as_it_is(chosen) if as_it_is else open_desk(chosen)
        try:
            return options.run(desk, options)
        finally:
            desk.register.close()
    except RegisterBusy:
        return _say(BUSY)
    except duckdb.IOException as error:
        return _say(f"{chosen.register} cannot be read as a register: {error}")
    except WrongRegister as wrong:
        return _say(wrong_register(str(wrong)))
    except settings.SettingsError as error:
        return _say(str(error))
    except RuleBroken as rule:
        return _say(_RULES.get(rule.code, rule.code).format(**rule.details))
    except OSError as error:
        return _say(f"{error.filename or options.command}: {error.strerror}")


def _as_it_is(chosen: settings.Settings) -> Desk:
    """A desk on a register of either mode, to check and read it; one of an earlier release is brought up first."""
    register = Register(chosen.register)
    rebuild.fill_new_columns(register)
    return Desk(register, chosen)


def _defaults(chosen: settings.Settings) -> Desk:
    """A desk without a register, for what the defaults alone can answer."""
    days = {day: name for day, name, _ in national_holidays(range(seed.FIRST_YEAR, today().year + 2))}
    return Desk(None, chosen, deadline.Calendar(chosen.hours, days))


def wrong_register(mode: str) -> str:
    """The sentence for a register of the other mode."""
    if mode == "demo":
        return (
            "This register holds demonstration data, but a WhatsApp account is configured. "
            "Set WADUL_DATA to a new folder for real work."
        )
    return (
        "This register holds real cases, but no WhatsApp account is configured (WHATSAPP_TOKEN), which would start a "
        "demonstration on it. Set WHATSAPP_TOKEN, or WADUL_DATA to another folder."
    )


def _check(desk: Desk, options) -> int:
    wrong = 0
    for difference in check.differences(desk.register):
        wrong += 1
        print(difference)
    misfits = list(ledger.misfits(desk.register))
    for misfit in misfits:
        print(misfit)
    complaints, events = check.count(desk.register)
    if wrong:
        print(f"{wrong} differences in {complaints} complaints ({events} events).")
        return 1
    print(f"All {complaints} complaints agree with their {events} events.")
    if misfits:
        return 1
    for name, end in ledger.heads(desk.register).items():
        print(f"The {name} log fits: {end.rows} rows, the last is {end.through} with the hash {end.hash or '–'}")
    return 0


def _export(desk: Desk, options) -> int:
    # Full of personal data, so nobody else may read it, not even while it is being written.
    with open(os.open(options.file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8", newline="") as file:
        os.chmod(options.file, 0o600)
        file.truncate()
        write = _write_complaints if options.what == "complaints" else _write_events
        count = write(desk, file, options.identities)
    audit.record(desk.register, COMMAND_LINE, "exported", options.file.name, rows=count, identities=options.identities)
    print(f"{count} {options.what} written to {options.file}.")
    return 0


def _write_events(desk: Desk, file, identities: bool) -> int:
    return write_events(desk.register, file, in_full=identities)


def _write_complaints(desk: Desk, file, identities: bool) -> int:
    frame = queries.export(desk.register, SYSTEM, queries.Filters(), in_full=identities)
    for name in frame.select_dtypes(["object", "string"]):
        # Whoever opens the file in a spreadsheet must not run what a citizen wrote.
        frame[name] = frame[name].map(harmless)
    # Rows end as RFC 4180 has it; otherwise a carriage return in a text would stand unquoted and end one, too.
    frame.to_csv(file, index=False, lineterminator="\r\n", date_format="%Y-%m-%dT%H:%M:%SZ")
    return len(frame)


def _figures(desk: Desk, options) -> int:
    until = options.until or today()
    since = options.since or until.replace(day=1)
    if since > until:
        return _say(f"--from {since} is after --to {until}.")
    answer = printed.as_json if options.json else printed.as_text
    print(answer(desk, Scope(SYSTEM, since, until), clock.now()))
    return 0


def _demo(desk: Desk, options) -> int:
    from . import demo

    users.make_demo_accounts(desk.register)
    print(f"{demo.fill(desk, complaints=options.complaints)} demonstration complaints written to {desk.register.path}.")
    return 0


def _retention(desk: Desk, options) -> int:
    found = retention.due(desk)
    counts = found.counts if options.dry_run else retention.run(desk, by=COMMAND_LINE)
    print("Would be erased:" if options.dry_run else "Erased:")
    for name, count in counts.items():
        print(f"  {name.replace('_', ' '):14} {count}")
    print(f"Bodies in the inbox older than {found.raw_before:%Y-%m-%d} are erased by the running app, every night.")
    if not options.dry_run:
        retention.sweep(desk)
    return 0


def _due(desk: Desk, options) -> int:
    print("\n".join(why_due.of_moment(desk, options.moment)))
    return 0


def _moment(text: str) -> datetime:
    """A moment as ISO 8601; without a zone it is Jakarta's."""
    try:
        return deadline.from_jakarta(datetime.fromisoformat(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment like 2026-03-17T10:00+07:00") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-03-17") from error


def _add_user(desk: Desk, options) -> int:
    password = os.environ.get("WADUL_PASSWORD") or getpass.getpass("Password: ")
    role, _, department = options.role.partition(":")
    if role not in (role.value for role in Role) or role in ("reporter", "system"):
        return _say("The role is one of admin, city, official, leader, opd_admin:DEPARTMENT, opd_team:DEPARTMENT.")
    grant = Grant(Role(role), department or None)
    username = users.add(desk.register, options.username, options.name, password, [grant], must_change=True)
    print(f"{username} may sign in as {options.role}, and sets a password of their own then.")
    return 0


def _reset(desk: Desk, options) -> int:
    with desk.register.atomic() as cursor:
        if not cursor.execute("select 1 from user_account where username = ?", [options.username]).fetchone():
            return _say(f"There is no user {options.username}.")
        code, _ = one_time.reset(cursor, options.username, "console")
        if options.second_factor:
            second_factor.remove(cursor, options.username, "console")
    print(f"{options.username} sets a new password at /masuk/atur-ulang with this code, within 24 hours: {code}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description=__doc__)
    parts = parser.add_subparsers(dest="command", required=True)
    part = parts.add_parser("check", help="rebuild every complaint from its events and say whether all agree")
    part.set_defaults(run=_check, needs_register=True)
    part = parts.add_parser("export", help="write one row a complaint (with full text) or an event")
    part.add_argument("what", choices=["complaints", "events"])
    part.add_argument("file", type=Path)
    part.add_argument("--identities", action="store_true", help="who reported in full, not masked")
    part.set_defaults(run=_export, needs_register=True)
    part = parts.add_parser("figures", help="print every figure of the dashboards and reports; days are Jakarta's")
    part.add_argument("--from", dest="since", type=_day, help="first day, default the first of the month")
    part.add_argument("--to", dest="until", type=_day, help="last day, default today")
    part.add_argument("--json", action="store_true")
    part.set_defaults(run=_figures, needs_register=True)
    part = parts.add_parser("demo", help="fill a new register with two years of made-up complaints")
    part.add_argument("--complaints", type=int, default=3000)
    part.set_defaults(run=_demo, needs_register=False)
    part = parts.add_parser("retention", help="erase what is past its time, as the app does every night")
    part.add_argument("--dry-run", action="store_true", help="only say how much it would be")
    part.set_defaults(run=_retention, needs_register=True)
    part = parts.add_parser("due", help="say when a complaint of this moment is due, and why")
    part.add_argument("moment", type=_moment, help="for instance 2026-03-17T10:00+07:00")
    part.set_defaults(run=_due, needs_register=False)
    part = parts.add_parser("user", help="make an account (password from WADUL_PASSWORD or asked)")
    part.add_argument("username")
    part.add_argument("name")
    part.add_argument("role", help="admin, city, official, leader, opd_admin:DLH, opd_team:DLH …")
    part.set_defaults(run=_add_user, needs_register=False)
    part = parts.add_parser("reset", help="take a password away and print a code that sets another")
    part.add_argument("username")
    part.add_argument("--second-factor", action="store_true", help="ask for no code of a telephone any more, either")
    part.set_defaults(run=_reset, needs_register=True)
    return parser


_RULES = {
    "register_not_empty": "The register already holds complaints; a demonstration goes only into a new one.",
    "register_not_demo": "This register is for real cases; a demonstration goes only into a register of its own.",
    "username_taken": "There is already a user {username}.",
    "username_form": "A user name has only letters, digits, points, hyphens and underscores, at most {limit} of them.",
    "password_too_short": "The password must have at least {limit} characters.",
    "password_too_long": "The password must have at most {limit} characters.",
    "password_common": "That password is too easily guessed: common, or made of the user's or the service's name.",
    "role_needs_department": "The role {role} needs a department, for instance opd_admin:DLH.",
    "unknown_department": "There is no department {department}.",
}


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
