"""People in a message: who reports, where they live, and who else is involved."""

from .reading_kelurahan import Places
from .reading_names import FROM, Span, name_at
from .reading_places import Finder
from .reading_text import (
    AREA,
    COLON,
    COMMA,
    GANG,
    GREETING,
    KIND,
    KNOWN,
    LINE,
    MAYBE,
    NAME,
    NEAR,
    NEGATION,
    PERSON,
    PREPOSITION,
    SPACE,
    STOP,
    STREET,
    THING,
    TITLE,
    TROUBLE,
    WISH,
    Text,
)  # fmt: skip
from .reading_words import word_set

_I = word_set("saya sy aku kulo kula inyong nyong ak sya")
_NAMED = word_set("nama nm nma naam asma asmo jeneng jenengku namaku nami jenenge namane")
_AFTER_NAMED = word_set("saya sy ku aku kulo kula lengkap pelapor adalah yaitu asli nya")
_AFTER_I = word_set("bernama nama adalah ini yaitu dengan sama")
_CALLS = word_set("ini dengan perkenalkan")
_SIGNED = word_set("ttd tertanda hormat pelapor pengirim wassalam salam wasalam")
_LIVES = word_set("alamat alamatnya alamate almt beralamat tinggal domisili berdomisili bertempat")
_HOME = word_set("rumah rmh omah omahku griyo griya dalem rumahku omahe")
# "Ibu saya Siti" is not the writer.
_OWNED = word_set("""
ibu bapak bpk pak bu suami istri adik adek kakak kak orangtua akun nomor no hp tempat nama data alamat menurut milik
punya untuk buat ke kepada dari
""")
# So many words at most lead to a name at the end: "hormat saya".
_SIGNING = 4
_BEFORE_BARE = word_set("""
iya ya oh nggih inggih njih baik siap ok oke maaf ini dengan pak bu min mas mbak kak permisi halo
""")


class Identity:
    """Who reports and where they live, as far as the words say it for certain."""

    def __init__(self, text: Text, known: Places):
        self.text = text
        self.known = known
        self.name: Span | None = None
        self.address: Span | None = None
        self.codes: set[str] = set()

    def find(self) -> None:
        """Look for the writer's own name and address; what is found is taken."""
        for place in range(len(self.text)):
            if self.text.taken[place]:
                continue
            if self.name is None:
                self._try_name(place)
            if self.address is None:
                self._try_address(place)
        if self.name is None:
            self._signature()

    def _try_name(self, place: int) -> None:
        text, word = self.text, self.text.words[place]
        after, sure = place + 1, False
        if word in _NAMED:
            if not self._own_name(place):
                return
            while text.near(after) and text.words[after] in _AFTER_NAMED:
                after += 1
            sure = True
        elif word in _I and not self._owned(place):
            while text.near(after) and text.words[after] in _AFTER_I:
                sure = sure or text.words[after] in ("bernama", "nama")
                after += 1
        elif word in _CALLS and text.gaps[place] >= STOP:
            if not (text.near(after) and text.means[after] & NAME):
                return
        else:
            return
        found = (
            name_at(text, after, sure) if after < len(text) and text.gaps[after] <= (COLON if sure else SPACE) else None
        )
        if found:
            self._keep(found, place)

    def _own_name(self, place: int) -> bool:
        """ "KTP atas nama Budi" is not the writer; at the beginning it is."""
        text = self.text
        if place and text.near(place) and text.words[place - 1] == "atas":
            return text.gaps[place - 1] >= STOP
        return not (place and text.near(place) and text.means[place - 1] & (THING | NEGATION | WISH | PERSON | KIND))

    def _owned(self, place: int) -> bool:
        text = self.text
        if not (place and text.near(place)):
            return False
        before = text.words[place - 1]
        if text.means[place - 1] & (TITLE | GREETING) and before not in ("ibu", "bapak"):
            # "Min saya Siti"; but "bu saya Siti" may be her mother.
            return False
        return (
            bool(text.means[place - 1] & (THING | PERSON | KIND | AREA) and not text.means[place - 1] & TROUBLE)
            or before in _OWNED
        )

    def _keep(self, name: Span, since: int) -> None:
        text, (start, end) = self.text, name
        while (
            start < end - 1 and text.means[start] & TITLE and text.words[start] not in ("h", "hj", "kh", "drs", "dra")
        ):
            start += 1
        self.name = (start, end)
        while since and text.near(since) and text.words[since - 1] in ("perkenalkan", "atas"):
            since -= 1
        text.take(since, end)
        if self.address is None:
            self._home_after(end)

    def _home_after(self, place: int) -> None:
        """Where somebody lives, told with the name: "dari Medono", ", Jl. Melati 5", "alamat …"."""
        text, after = self.text, place
        since = place
        while text.near(after, COMMA) and text.words[after] in ("pak", "bu", "min", "mas", "mbak", "kak"):
            after += 1
        place = skipped = after
        while text.near(after, LINE if after == skipped else COLON) and text.words[after] in FROM:
            after += 1
        said = after > skipped
        while (
            said
            and text.near(after, COLON)
            and (text.means[after] & PREPOSITION or text.words[after] in ("rumah", "saya", "kel"))
            and not text.means[after] & AREA
        ):
            after += 1
        if after < len(text) and (
            said or text.near(after, COMMA) or (text.gaps[after] in (LINE, STOP) and self._ends_with_home(after))
        ):
            self._take_home(after, since)

    def _ends_with_home(self, place: int) -> bool:
        """Whether nothing but an address stands on the line below a name."""
        phrase = Finder(self.text, self.known).at(place, near=False)
        return bool(
            phrase and (phrase.end == len(self.text) or self.text.gaps[phrase.end] >= STOP)
        ) and not self._says_more(place)

    def _says_more(self, place: int) -> bool:
        return self.text.gaps[place] == STOP and bool(
            self.text.means[place] & (KIND | NEAR) and not self.text.means[place] & STREET
        )

    def _take_home(self, place: int, since: int) -> bool:
        """Take an address that begins here: a street, a neighbourhood or a kelurahan, not what it is near."""
        text = self.text
        means = text.means[place]
        home = (
            means & (STREET | GANG | AREA) or text.words[place] in ("rt", "rw", "blok") or self.known.at(text, place)[1]
        )
        home = home or (text.gaps[place] < STOP and means & KNOWN and not means & (KIND | NAME | MAYBE))
        if not home or (means & KIND and not means & (AREA | STREET) and text.words[place] not in ("rt", "rw")):
            return False
        phrase = Finder(text, self.known, free=True).at(place, near=False)
        if not phrase:
            return False
        self.address, self.codes = (phrase.start, phrase.end), phrase.codes
        text.take(since, phrase.end)
        return True

    def _try_address(self, place: int) -> None:
        """ "Alamat …", "tinggal di …", "saya warga …", "rumah saya di …"."""
        text, word, after = self.text, self.text.words[place], place + 1
        mine = place and text.near(place) and text.words[place - 1] in (*_I, "kami", "kita")
        if word in _LIVES:
            told = mine or text.gaps[place] >= COMMA or word in ("beralamat", "domisili", "berdomisili")
            if word.endswith("nya") and self.name is None:
                return
            if not told:
                return
        elif (
            word in ("warga", "penduduk", "dari", "saking", "soko", "seko", "saka", "orang")
            and mine
            and not self._owned(place - 1)
        ):
            pass
        elif word in _HOME and not (place and text.near(place) and text.means[place - 1] & (NEAR | PREPOSITION)):
            whose = text.near(after) and text.words[after] in _I
            if not (whose or word.endswith("ku")):
                return
            after += whose
            if not (text.near(after, COLON) and (text.means[after] & PREPOSITION or text.gaps[after] == COLON)):
                return
        else:
            return
        while text.near(after, COLON) and (
            text.words[after] in ("rumah", "saya", "di", "lengkap", "asli", "tinggal", "kami", "kulo")
            or (text.means[after] & PREPOSITION and not text.means[after] & AREA)
        ):
            after += 1
        if after < len(text) and text.gaps[after] <= COLON:
            self._take_home(after, place - bool(mine))

    def _signature(self) -> None:
        """A name below "hormat saya" or "wassalam"."""
        text = self.text
        for place in range(1, len(text)):
            if text.gaps[place] not in (LINE, COMMA, COLON) or text.taken[place]:
                continue
            line = text.words[_line_start(text, place) : place]
            if not line or not (set(line) & _SIGNED) or len(line) > _SIGNING:
                continue
            if text.means[place] & TITLE and text.words[place] not in ("h", "hj"):
                continue
            found = name_at(text, place, sure=False)
            if found and (found[1] == len(text) or text.gaps[found[1]] >= COMMA):
                self._keep(found, place)
                return

    def bare(self) -> None:
        """The whole message is a name, with or without an address: the answer to who reports, or two lines of it."""
        start = self._start()
        if start == len(self.text) or self.name:
            return
        text = self.text
        found = name_at(text, start, sure=False) or self._with_home(start)
        if not found:
            return
        rest = found[1]
        if (
            rest < len(text)
            and text.near(rest)
            and not self._is_home(rest)
            and text.words[rest] not in FROM
            and not text.means[rest] & (GREETING | TITLE)
        ):
            return
        self._keep(found, found[0])

    def _start(self) -> int:
        """Past "iya pak", "ini"."""
        text, start = self.text, 0
        while start < len(text) and (text.words[start] in _BEFORE_BARE):
            start += 1
        return start

    def _with_home(self, start: int) -> Span | None:
        """A name nobody knows, told by the address after it."""
        found = name_at(self.text, start, sure=True)
        if not found or found[1] >= len(self.text) or self.text.gaps[found[1]] > LINE:
            return None
        plain = all(
            self.text.means[at] & ~(NAME | MAYBE | TITLE) == 0 and len(self.text.words[at]) > 2 for at in range(*found)
        )
        return found if plain and self.text.gaps[found[1]] != STOP and self._is_home(found[1]) else None

    def _is_home(self, place: int) -> bool:
        word, means = self.text.words[place], self.text.means[place]
        after_from = word in FROM and place + 1 < len(self.text) and self._is_home(place + 1)
        named = self.known.at(self.text, place)[1] > 0
        return (
            after_from
            or word in ("rt", "rw", "jl", "jln", "gang", "gg", "jalan")
            or named
            or (bool(means & AREA) and not means & KIND)
        )

    def bare_address(self) -> None:
        """The whole message is an address, and nothing but who reports was asked."""
        start = self._start()
        if start < len(self.text) and not self.text.taken[start] and self._is_home(start):
            self._take_home(start + (self.text.words[start] in FROM), start)


def _line_start(text: Text, place: int) -> int:
    """Where the sentence begins that ends before this word; no further back than tells that it is too long."""
    start = place - 1
    while start and text.gaps[start] < STOP and place - start <= _SIGNING:
        start -= 1
    return start
