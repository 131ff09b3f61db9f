"""Words that rose: what people write of now and did not before. Never a word by which a person could be told."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from ..db import Register
from ..suggest import keywords, wording
from .period import used
from .scope import ROWS, Scope, start_of

NOW_DAYS, BEFORE_DAYS = 30, 90
# A word that fewer people wrote is nobody's business.
REPORTERS = 5
# The newest of each stretch that are read: enough to compare, and the cost does not grow with the city.
READ = 3_000
SHOWN = 25
_CANDIDATES = 400
# After these stands a name.
TITLES = (
    "pak", "bapak", "bpk", "bu", "ibu", "mas", "mbak", "mba", "sdr", "sdri",
    "saudara", "saudari", "kang", "gus", "haji",
    "hj", "ustad", "ustadz", "kyai",
    "nama", "namanya", "bernama", "an", "saya", "rt", "rw", "jl", "jln",
)  # fmt: skip
# Small words that `wording.toml` does not have: Indonesian and Javanese particles, courtesies, and the desk's own.
_SMALL = frozenset(
    # ruff: noqa: SIM905 – words are read and kept in order more easily as one text
    """
    adalah adanya agar akan akhirnya antara apabila apakah atas atau bagaimana bahkan bahwa beberapa begitu berada
    berikut bersama bisa boleh dalam dapat demikian dengan depan hanya hari harus hingga ingin itulah jadi jangan jika
    juga kalau kami kapan karena kata kedua kembali kemudian kepada ketika kita lagi lain langsung lebih lewat maka
    masih mereka merupakan mohon namun nanti oleh pada padahal para paling pernah saat saja sampai sangat sebelah
    sebelum sebuah secara sedang segera sejak sekali sekarang sekitar selalu selama seluruh semua seperti sering
    serta setelah setiap sudah supaya tanpa tapi telah tempat tentang terus tetapi tidak tolong untuk waktu walaupun
    yaitu yang selamat pagi siang sore malam terima kasih assalamualaikum wassalam salam hormat permisi maaf
    aduan laporan lapor melaporkan mengadukan
    warga kelurahan kecamatan pekalongan kota pemkot admin wadul aladin pemkotpekalongan
    alamat nomor telepon banyak mohonkan minggu bulan tahun jalan ditangani ditindaklanjuti diperbaiki
    iki iku kuwi kuwe niki niku ning neng nang nggih njih inggih monggo nuwun matur maturnuwun ngapunten nyuwun
    kulo kula awake awakmu sampeyan panjenengan piye pripun kepiye opo nopo ngopo kenopo sopo kapan kene kono wonten
    ono ana ora dereng durung wis sampun malah kok lho loh kan dong deh sih kabeh sedoyo saben mben terus kudu kedah
    iso saged biso arep bade pengen pingin wae mawon ngono ngene ngoten ngeten tenan sanget banget bangeten gawe kagem
    """.split()
)


def tokens(column: str) -> str:
    """SQL for a text's words in order; the column's name is ours."""
    return f"str_split(regexp_replace(lower({column}), '[^a-z]+', ' ', 'g'), ' ')"


# A word is counted once a complaint, and not where it stands after a title.
_SAID = """
    list_distinct(list_filter(t, lambda word, place: length(word) between 4 and 24
        and not coalesce(list_contains($titles::varchar[], t[place - 1]), false)))
"""


# Which rows `c` have `$word` among these, of what is not older than the first that was read.
HAS_WORD = (
    "c.id in (select id from (select c.id, "
    + tokens("c.summary")
    + " as t from complaint c where c.id >= $first_read and not c.confidential) where list_contains("
    + _SAID
    + ", $word))"
)


def rising(register: Register, scope: Scope) -> pd.DataFrame:
    """Words that more people write in the last 30 days of the scope than in the 90 days before.

    `word`, `reporters` (different people, at least 5), `expected` (so many complaints would have it, had nothing
    changed), `complaints` (so many have it), the steepest rise first; `first_read` is the oldest that was read.
    Confidential complaints are never read.
    """
    turn = scope.until - timedelta(days=NOW_DAYS - 1)
    whole = replace(scope, since=turn - timedelta(days=BEFORE_DAYS))
    given = {"turn": start_of(turn), "titles": list(TITLES), "read": READ, "reporters": REPORTERS}
    given |= {"candidates": _CANDIDATES}
    with register.snapshot() as cursor:
        found = cursor.execute(_QUERY, used(_QUERY, whole.params | given)).df()
        names = {name for (name,) in cursor.execute(_NAMES, used(_NAMES, whole.params | given)).fetchall()}
    kept = found.loc[[n for n, word in enumerate(found["word"]) if _may_be_shown(word, names)]]
    return kept.head(SHOWN)[["word", "reporters", "complaints", "expected", "first_read"]].reset_index(drop=True)


def since(scope: Scope) -> date:
    """The first of the days in which words rose."""
    return scope.until - timedelta(days=NOW_DAYS - 1)


def _may_be_shown(word: str, names: set[str]) -> bool:
    if keywords.tells(wording.stem(word)):
        return True
    return not (word in names or word in _SMALL or wording.is_small(word) or re.search(r"(.)\1\1", word))


def _newest(name: str, columns: str, since: str, until: str) -> str:
    """The newest of a stretch: found by their ids, as only of so many the long texts are read."""
    return (
        f"{name}_ids as materialized (select c.id from complaint c where c.received_at >= {since}"
        f" and c.received_at < {until} and not c.confidential and {ROWS} order by c.id desc limit $read), "
        f"{name} as materialized (select {columns} from complaint c where c.id in (select id from {name}_ids))"
    )


_TEXTS = "with " + _newest("fresh", "c.id, c.contact_id, c.summary", "$turn", "$until")
_QUERY = (
    _TEXTS
    + ", "
    + _newest("before", "c.summary", "$since", "$turn")
    + """, fresh_words as (
        select word, count(*) as complaints, count(distinct contact_id) as reporters from (
            select contact_id, unnest("""
    + _SAID
    + ") as word from (select c.contact_id, "
    + tokens("c.summary")
    + """ as t from fresh c)
        ) group by word having count(distinct contact_id) >= $reporters
    ), before_words as (
        select word, count(*) as complaints from (
            select unnest("""
    + _SAID
    + ") as word from (select "
    + tokens("c.summary")
    + """ as t from before c)
        ) where word in (select word from fresh_words) group by word
    ), counted as (
        select f.word, f.reporters, f.complaints, coalesce(b.complaints, 0) * (select count(*) from fresh)
            / greatest((select count(*) from before), 1) as expected, (select min(id) from fresh) as first_read
        from fresh_words f left join before_words b using (word)
    )
    select *, (complaints - expected) / sqrt(expected + 1) as rise from counted where complaints > expected
    order by rise desc, word limit $candidates
    """
)
# The names of those who wrote, and of the officers.
_NAMES = (
    _TEXTS
    + """
    select distinct unnest(str_split(regexp_replace(lower(name), '[^a-z]+', ' ', 'g'), ' ')) from (
        select name from contact where id in (select contact_id from fresh) union all select name from user_account
    )
    """
)
