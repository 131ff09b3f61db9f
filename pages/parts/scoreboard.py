"""The first screen of Dasbor as HTML: what is so now, the promise, how cases ended, and what reporters say of it."""

from datetime import datetime, timedelta

from store import figures
from store.figures import FIGURES, Scope, shown
from store.rules.indonesian import MONTHS

from . import address, words
from .why import mark

NOW = ("open", "new_today", "overdue", "due_today", "awaiting_reporter", "call_reporter")
SIGNS = {"overdue": "! ", "due_today": "◔ ", "awaiting_reporter": "‖ ", "call_reporter": "☎ "}
PROMISE = (
    *("within_promise", "within_outer", "first_within_day", "first_answer_median", "first_answer_p90"),
    *("result_median", "result_p90"),
)
SHORT = {
    "first_within_day": "Dijawab petugas dalam 1 hari kerja",
    "first_answer_median": "Jawaban pertama: nilai tengah",
    "first_answer_p90": "Jawaban pertama: 9 dari 10",
    "result_median": "Sampai hasil: nilai tengah",
    "result_p90": "Sampai hasil: 9 dari 10",
}
ON_WALL = {
    "within_promise": "Selesai dalam janji",
    "within_outer": "Dalam batas terakhir",
    "first_within_day": "Dijawab dalam 1 hari kerja",
    "first_answer_median": "Jawaban pertama (tengah)",
    "result_median": "Sampai hasil (tengah)",
    "result_p90": "Sampai hasil (9 dari 10)",
}
# A value of more signs is written smaller.
LONG = 5
# Fewer than so many say little: the share of them is marked.
FEW = 10
# What is held against earlier months, and with it all that the screen shows of this one.
BESIDE = (*PROMISE, *figures.CLOSINGS, "answered", "rating_mean", "reopened_share", "received")
SHOWN = (*BESIDE, "closed", "confirmed_share", "ratings", "ratings_low")
EXPLAINED = (*NOW, *PROMISE, *figures.CLOSINGS, "answered", "rating_mean", "reopened_share", "received", "ended")


class Scoreboard:
    """:param found: `present`, and `now`, `last_month`, `last_year` of the period, as `figures.compared` has them
    :param plain: without links and question marks, for a wall
    """

    def __init__(self, found: dict, scope: Scope, as_of: datetime, promise: str, plain: bool = False):
        self.present, self.now = found["present"], found["now"]
        self.then = {name: found[name] for name in figures.BACK}
        self.scope, self.as_of, self.plain = scope, as_of, plain
        self.names = SHORT | {"within_promise": f"Selesai dalam janji ({promise})"}
        self.months = {name: self._span(months) for name, months in figures.BACK.items()}

    def _span(self, months: int) -> str:
        """The stretch that is compared, for instance "1–29 Okt", on a wall only "Okt"; another year is named."""
        earlier, moment = figures.earlier(self.scope, self.as_of, months)
        last = min(earlier.until, (moment + timedelta(hours=7)).date())
        year = "" if last.year == self.scope.until.year else f" {last.year}"
        days = "" if self.plain else f"{_days(earlier.since.day, last.day)} "
        return f"{days}{MONTHS[last.month - 1]}{year}"

    @property
    def span(self) -> str:
        until = self.scope.until
        return f"{_days(self.scope.since.day, until.day)} {MONTHS[until.month - 1]} {until.year}"

    def today(self) -> str:
        """What is so now, each with what changed since midnight."""
        p, number = self.present, words.number
        changed = {
            "open": f"+{number(p['new_today'])} masuk, −{number(p['ended_today'])} berakhir sejak 00.00",
            "new_today": f"sejak 00.00; kemarin sampai jam ini {number(p['new_yesterday'])}",
            "overdue": f"{number(p['overdue_today'])} di antaranya sejak 00.00",
            "due_today": f"sampai 24.00; {number(p['due_today_met'])} lagi sudah terjawab",
            "awaiting_reporter": f"{number(p['awaiting_reporter_today'])} di antaranya sejak 00.00",
            "call_reporter": f"{number(p['call_reporter_today'])} berubah status sejak 00.00",
        }
        tiles = [self.tile(code, SIGNS.get(code, "") + FIGURES[code].name, [changed[code]]) for code in NOW]
        return f"<div class='w-figures w-now'>{''.join(tiles)}</div>"

    def tile(self, code: str, name: str, below: list[str], value: str = "") -> str:
        """One figure that opens its cases."""
        value = value or shown(code, self._value(code))
        small = "".join(f"<small>{words.safe(line)}</small>" for line in below if line)
        # A long number must not run into the question mark.
        number = f"<b class='long'>{value}</b>" if len(value) > LONG else f"<b>{value}</b>"
        inside = f"{number}<span>{words.safe(name)}</span>{small}"
        if self.plain:
            return f"<div class='w-tile'><div class='w-figure'>{inside}</div></div>"
        link = f"<a class='w-figure' href='{self.link(code)}' target='_self'>{inside}</a>"
        return f"<div class='w-tile'>{link}{mark(code)}</div>"

    def _value(self, code: str):
        return self.now[code] if FIGURES[code].by else self.present[code]

    def link(self, code: str) -> str:
        """The address of the cases that a figure opens."""
        opened = FIGURES[FIGURES[code].opened]
        days = {"dari": self.scope.since, "sampai": self.scope.until} if opened.by else {}
        return address.cases(hanya=opened.code, **days)

    def promise(self) -> str:
        """The promise, with its aims and beside earlier months."""
        heads = ("", "Bulan ini", "Sasaran", *self.months.values())
        head = "".join(f"<span>{words.safe(text)}</span>" for text in heads)
        rows = "".join(self._row(code) for code in PROMISE)
        return f"<div class='w-promise'><div class='row head'>{head}</div>{rows}</div>"

    def _row(self, code: str) -> str:
        figure, value = FIGURES[code], self.now[code]
        name = words.safe(self.names.get(code, figure.name))
        below = self._of(code, self.now) if figure.kind == "share" else ""
        told = f"<b>{shown(code, value)}</b><small>{below}</small>"
        if not self.plain:
            told = f"<a href='{self.link(code)}' target='_self'>{told}</a>"
        cells = "".join(
            f"<span class='then'><i>{words.safe(self.months[name])}: </i>{shown(code, then[code])}"
            f"<small>{words.safe(change(code, value, then[code]))}</small></span>"
            for name, then in self.then.items()
        )
        why = "" if self.plain else " " + mark(code)
        standing, aim = reached(code, value)
        return (
            f"<div class='row'><span class='name'>{name}{why}</span><span class='value'>{told}</span>"
            f"<span class='aim'>{words.safe(standing)}<small>{words.safe(aim)}</small></span>{cells}</div>"
        )

    def _of(self, code: str, found: dict) -> str:
        """Out of how many: "72 dari 151"."""
        figure = FIGURES[code]
        few = ", jumlah kecil" if 0 < found[figure.base] < FEW else ""
        return f"{words.number(found[figure.part])} dari {words.number(found[figure.base])}{few}"

    def _reached(self, code: str) -> str:
        return " ".join(filter(None, reached(code, self.now[code])))

    def closings(self) -> str:
        """The four ways, always side by side."""
        return f"<div class='w-figures w-four'>{''.join(self._closings())}</div>"

    def _closings(self) -> list[str]:
        closed = self.now["closed"]
        below = {
            code: [f"{words.percent(self.now[code] / closed)} dari {words.number(closed)} selesai"] if closed else []
            for code in figures.CLOSINGS
        }
        below["confirmed"].append(self._reached("confirmed_share"))
        late, waiting = self.present["scheduled_late"], self.present["scheduled_now"]
        below["scheduled"] = [f"belum selesai; semua {words.number(waiting)}, {words.number(late)} lewat tanggal janji"]
        signs = {"confirmed": "✓ ", "scheduled": "◷ "}
        return [
            self.tile(code, signs.get(code, "") + FIGURES[code].name, [*filter(None, below[code]), self._before(code)])
            for code in figures.CLOSINGS
        ]

    def _before(self, code: str) -> str:
        """What the earlier months had; of what is still scheduled they cannot be told."""
        if code == "scheduled":
            return ""
        return " · ".join(f"{self.months[name]}: {shown(code, then[code])}" for name, then in self.then.items())

    def voices(self) -> str:
        """Ratings and reopenings, what was answered at once, and how much came in."""
        tiles = (
            *self._voices(),
            self.tile("answered", "Dijawab langsung", ["tanpa OPD", self._before("answered")]),
            self.tile("received", "Diterima bulan ini", [self._before("received")]),
        )
        return f"<div class='w-figures w-four'>{''.join(tiles)}</div>"

    def _voices(self) -> list[str]:
        now = self.now
        mean = f"{shown('rating_mean', now['rating_mean'])} dari 5" if now["ratings"] else "–"
        rating = [f"{words.number(now['ratings'])} penilaian, {words.number(now['ratings_low'])} bernilai 1–2"]
        again = [self._of("reopened_share", now), self._reached("reopened_share")]
        return [
            self.tile("rating_mean", "★ Nilai dari pelapor", [*rating, self._before("rating_mean")], mean),
            self.tile("reopened_share", "↻ Dibuka kembali", [*again, self._before("reopened_share")]),
        ]

    def wall(self) -> str:
        """The same in three rows of large numbers."""
        promised = [self.tile(code, ON_WALL[code], [self._reached(code), *self._moved(code)]) for code in ON_WALL]
        rows = {
            "Saat ini": self.today(),
            f"Janji pelayanan, {self.span}": f"<div class='w-figures w-now'>{''.join(promised)}</div>",
            f"Cara selesai dan suara pelapor, {self.span}": (
                f"<div class='w-figures w-now'>{''.join([*self._closings(), *self._voices()])}</div>"
            ),
        }
        return "".join(f"<h3>{words.safe(title)}</h3>{row}" for title, row in rows.items())

    def _moved(self, code: str) -> list[str]:
        """Beside earlier months in few words: how far apart they are is for who sits nearer."""
        lines = []
        for name, then in self.then.items():
            sign, _, word = change(code, self.now[code], then[code]).partition(" ")
            lines.append(f"{self.months[name]}: {shown(code, then[code])} {sign} {word.rpartition(', ')[2]}")
        return lines


def _days(first: int, last: int) -> str:
    return f"{first}–{last}" if last > first else str(first)


def reached(code: str, value: float | None) -> tuple[str, str]:
    """How a figure stands to its aim, as a sign and words, and the aim."""
    figure = FIGURES[code]
    if figure.aim is None:
        return "", ""
    aim = f"sasaran {'≥' if figure.better == 'more' else '≤'} {words.percent(figure.aim)}"
    if value is None:
        return "", aim
    good = value >= figure.aim if figure.better == "more" else value <= figure.aim
    below = "di bawah" if figure.better == "more" else "di atas"
    return "✓ tercapai" if good else f"! {below}", aim


def change(code: str, value: float | None, then: float | None) -> str:
    """How a figure has moved, as a sign and words: "▲ 3 poin, lebih baik"."""
    if value is None or then is None:
        return "tidak ada pembanding" if then is None else ""
    figure = FIGURES[code]
    if figure.kind == "share":
        moved = round(value * 100) - round(then * 100)
        size = f"{words.number(abs(moved))} poin"
    elif figure.kind in ("median", "p90"):
        moved = round(value - then, 1)
        size = shown(code, abs(moved))
    else:
        moved = round(value - then, 1)
        size = words.number(abs(moved), 1 if figure.kind == "mean" else 0)
    if not moved:
        return "= tetap"
    sign = "▲" if moved > 0 else "▼"
    if figure.better is None:
        return f"{sign} {size}"
    return f"{sign} {size}, lebih {'baik' if (moved > 0) == (figure.better == 'more') else 'buruk'}"
