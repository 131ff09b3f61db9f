"""Places in a message: streets, neighbourhoods, what something is near, and the kelurahan that is named."""

from .reading_kelurahan import Phrase, Places
from .reading_text import (
    AREA,
    COMMA,
    GANG,
    KIND,
    KNOWN,
    LINE,
    MAYBE,
    NAME,
    NEAR,
    PART,
    PREPOSITION,
    SMALL,
    SPACE,
    STREET,
    THING,
    TITLE,
    TROUBLE,
    Text,
)  # fmt: skip
from .reading_words import word_set

_NUMBER = word_set("no nomor nomer nmr")
_KELURAHAN = word_set("kel kelurahan klurahan kelurahane desa ds")
_KECAMATAN = word_set("kec kecamatan")
_TOWN = word_set("kota pekalongan pkl pkalongan")
_DIRECTIONS = word_set("barat timur utara selatan")
# What bears a kelurahan's name and lies in it; a market or a school of that name may lie elsewhere.
_LIES_IN = word_set("""
masjid mesjid mejid masjit mushola musholla musala langgar lapangan makam kuburan pemakaman balai balaidesa kelurahan
kantor posyandu kamling perempatan prapatan pertigaan kampung kmpung kampong dukuh dusun wilayah daerah kawasan
lingkungan kel klurahan kelurahane desa ds dk
""")
_OWNERS = word_set("pak bapak bpk bu ibu h hj mbah haji kh")
_CALLING = word_set("pak bu mas mbak bapak ibu kak")
# Where somebody comes from or goes to is not where it happened; "Kampung Batik Kauman" is a name.
_COMING = word_set("dari saking soko seko ke menuju warga orang wong asal batik")
_HOUSES = word_set("sakit makan pompa dinas potong susun")
_ARTICLES = word_set("al an ar as el nurul baitul baitur")
_BEGINS = PREPOSITION | AREA | STREET | GANG | NEAR | KIND | KNOWN
_SIZES = word_set("dalam lama besar kecil baru")
_MOST_WORDS = 5
_DEEPEST = 3


class Finder:
    """Finds places in one text.

    :param free: whatever may be a place is one, because a place was asked for or is announced
    """

    def __init__(self, text: Text, known: Places, free: bool = False):
        self.text = text
        self.known = known
        self.free = free
        self._codes: set[str] = set()
        self._depth = 0

    def find(self, start: int = 0, end: int | None = None) -> list[Phrase]:
        """The places among these words that are not understood as something else yet."""
        found, place = [], start
        end = len(self.text) if end is None else end
        while place < end:
            phrase = self.at(place, end) if self._may_begin(place) else None
            if phrase:
                if self.free or not self._of_somebody(phrase.start):
                    found.append(phrase)
                place = phrase.end
            else:
                place += 1
        return found

    def _may_begin(self, place: int) -> bool:
        text = self.text
        named = text.words[place] in self.known.first or (self.free and text.proper(place))
        return bool(named or text.means[place] & _BEGINS) and not text.taken[place]

    def _of_somebody(self, place: int) -> bool:
        """Whether it only says who somebody is or where they come from: "ketua RT 3", "lewat dari Medono"."""
        text = self.text
        if not (place and text.near(place)):
            return False
        before, named = text.words[place - 1], self.known.at(text, place)[1] > 0
        if text.words[place] in ("rt", "rw"):
            return before in ("ketua", "pak", "bu", "bapak", "ibu", "bpk", "mantan")
        return named and before in _COMING

    def at(self, place: int, end: int | None = None, near: bool = True) -> Phrase | None:
        """The place that begins with this word, with all that follows and belongs to it.

        :param near: whether what it is near may follow after a comma
        """
        self.end = len(self.text) if end is None else end
        self._codes = set()
        if self.text.means[place] & PREPOSITION and self._more(place + 1):
            place += 1
            after = self._one(place, announced=True)
        else:
            after = self._one(place, announced=self.free)
        if after == place:
            return None
        return Phrase(place, self._tail(after, near), self._codes)

    def _more(self, place: int, gap: int = SPACE) -> bool:
        return place < self.end and self.text.near(place, gap) and not self.text.taken[place]

    def _one(self, place: int, announced: bool) -> int:
        """Where one place ends that begins here; here, if none does."""
        # "Depan dekat samping …": nobody is led further than this.
        if self._depth >= _DEEPEST:
            return place
        self._depth += 1
        after = self._one_more(place, announced)
        self._depth -= 1
        return after

    def _one_more(self, place: int, announced: bool) -> int:
        text, word, means = self.text, self.text.words[place], self.text.means[place]
        if self._is_lamp(place):
            return place
        if word in ("rt", "rw"):
            return self._neighbourhood(place)
        if means & AREA and not (means & STREET):
            after = self._area(place)
            if after != place or not means & KIND:
                return after
        if means & STREET:
            return self._street(place, announced)
        if means & GANG:
            return self._gang(place)
        if means & NEAR and word not in _DIRECTIONS:
            return self._beside(place)
        code, count = self.known.at(text, place)
        if count and (announced or count > 1 or text.proper(place) or not means & (SMALL | THING | TROUBLE)):
            self._codes.add(code)
            return place + count
        if means & KIND and means != THING | KIND | NEAR:
            return self._kind(place, announced)
        if announced and (text.proper(place) or (means & KNOWN and not means & (NAME | MAYBE))):
            return self._name(place, strong=True)
        return place

    def _is_lamp(self, place: int) -> bool:
        """ "Lampu jalan" is a lamp, not a street."""
        return bool(
            self.text.words[place] in ("jalan", "dalan")
            and place
            and self.text.near(place)
            and self.text.words[place - 1].startswith(
                ("lamp", "lmp", "penerang", "marka", "badan", "pinggir", "tengah")
            )
        )

    def _street(self, place: int, announced: bool) -> int:
        following = place + 1
        if not self._more(following):
            return place
        text, abbreviated = self.text, self.text.words[place].startswith(("jl", "jln"))
        word, means = text.words[following], text.means[following]
        if word == "raya":
            after = self._name(following, strong=abbreviated or announced, street=True)
            return after if after > following + 1 or abbreviated or announced else place
        sure = text.proper(following) or means & (KNOWN | NAME) or self.known.at(text, following)[1]
        sure = sure or (
            text.unknown(following) and (abbreviated or announced or self._goes_on_as_address(following + 1))
        )
        sure = (
            sure
            or (means & (MAYBE | TITLE) and not means & TROUBLE)
            or (abbreviated and len(word) < 3 and word.isalpha())
        )
        sure = sure or (abbreviated and not means & TROUBLE and self._goes_on_as_address(following + 1))
        if not sure and abbreviated and means & KIND and not means & (TROUBLE | STREET | NEAR):
            # "Jl. Pantai Slamaran": what is no name alone is one after "Jl."
            return max(self._name(following + 1, strong=True, street=True), following + 1)
        return max(self._name(following, strong=True, street=True), following + 1) if sure else place

    def _goes_on_as_address(self, place: int) -> bool:
        if not self._more(place, COMMA):
            return False
        word = self.text.words[place]
        return (
            word.isdigit()
            or word in _NUMBER
            or word in ("rt", "rw", "gang", "gg")
            or self.known.at(self.text, place)[1] > 0
        )

    def _gang(self, place: int) -> int:
        following = place + 1
        if not self._more(following):
            return place
        text = self.text
        if text.words[following].isdigit():
            return following + 1
        if text.proper(following) or text.unknown(following) or text.means[following] & (KNOWN | MAYBE | PART | NAME):
            return self._name(following, strong=True)
        return place

    def _neighbourhood(self, place: int) -> int:
        """ "RT 3 RW 4", "rt03/04"."""
        text, after = self.text, place
        while self._more(after, COMMA if after > place else LINE) and text.words[after] in ("rt", "rw"):
            if not (self._more(after + 1) and text.words[after + 1].isdigit()):
                break
            after += 2
            if self._more(after) and text.words[after].isdigit() and text.raw[text.ends[after - 1]] == "/":
                after += 1
        return after

    def _area(self, place: int) -> int:
        """ "Kelurahan Medono", "daerah Ponolawen"."""
        following, text = place + 1, self.text
        if not self._more(following):
            return place
        code, count = self.known.at(text, following)
        if count:
            if text.words[place] in _LIES_IN:
                self._codes.add(code)
            return following + count
        if text.words[place] in _KELURAHAN:
            slipped = self.known.slipped(text.words[following])
            if slipped:
                self._codes.add(slipped)
                return following + 1
        if text.proper(following) or text.unknown(following) or text.means[following] & KNOWN:
            return self._name(following, strong=True)
        if text.means[place] & AREA and text.means[following] & NEAR and self._more(following + 1):
            after = self._one(following, announced=True)
            return place if after == following else after
        return place

    def _beside(self, place: int) -> int:
        """ "Depan masjid", "dekat Jl. Melati": what something is near must be named or of a kind to be found."""
        text, target = self.text, place + 1
        while self._more(target) and (
            text.means[target] & PREPOSITION or text.words[target] in ("dengan", "dari", "sama", "karo", "e", "ne")
        ):
            target += 1
        if not self._more(target):
            return place
        word, means = text.words[target], text.means[target]
        if word in ("rumah", "omah", "omahe", "rmh", "griya", "griyo"):
            owned = self._more(target + 1) and text.words[target + 1] in _OWNERS and self._more(target + 2)
            named = owned and (text.proper(target + 2) or text.means[target + 2] & (NAME | MAYBE))
            if owned and text.words[target + 2] in ("rt", "rw", "lurah"):
                return target + 3
            return self._name(target + 2, strong=True) if named else self._hospital(place, target)
        if means & NEAR and word not in _DIRECTIONS:
            after = self._one(target, announced=True)
            return place if after == target else after
        if means & KIND and not (means & STREET):
            return self._kind(target, announced=True)
        after = self._one(target, announced=True)
        if after == target and text.unknown(target) and self.free:
            return self._name(target, strong=True)
        return place if after == target else after

    def _hospital(self, place: int, target: int) -> int:
        if self._more(target + 1) and self.text.words[target + 1] in _HOUSES:
            return self._name(target + 2, strong=False)
        return place

    def _kind(self, place: int, announced: bool) -> int:
        """ "Masjid Al Ikhlas", "SD Poncol 01"; a kind alone only where something says that it is a place."""
        text, following = self.text, place + 1
        while self._more(following) and text.means[following] & KIND and not text.means[following] & STREET:
            following += 1
            if following - place > _MOST_WORDS:
                return place
        if text.words[following - 1] in ("rt", "rw"):
            return self._neighbourhood(following - 1)
        code, count = self.known.at(text, following) if self._more(following) else ("", 0)
        if count:
            if text.words[following - 1] in _LIES_IN:
                self._codes.add(code)
            return self._name(following + count, strong=False)
        named = self._more(following) and (
            text.words[following].isdigit() or text.proper(following) or text.means[following] & (KNOWN | PART)
        )
        if named or (announced and self._more(following) and text.unknown(following)):
            return self._name(following, strong=announced, numbers=True)
        return following if announced else place

    def _name(self, place: int, strong: bool, street: bool = False, numbers: bool = False) -> int:
        """Where a name ends that begins here.

        :param strong: words that are known for nothing are part of it
        :param street: a street may be called after a kelurahan that it is not in
        """
        text, first = self.text, place
        while place - first < _MOST_WORDS and self._more(place):
            word, means = text.words[place], text.means[place]
            code, count = self.known.at(text, place)
            if count and (
                count > 1 or not means & (SMALL | THING | TROUBLE) or text.proper(place) or (street and place == first)
            ):
                before = place - first - (text.words[first] == "raya")
                if not street or before > 0:
                    self._codes.add(code)
                place += count
                if street and before > 0:
                    break
                continue
            if word.isdigit():
                if not numbers:
                    break
                place += 1
                continue
            initial = len(word) == 1 and word.isalpha() and word not in ("d", "e", "n")
            titled = street and means & TITLE and (word not in _CALLING or text.words[place - 1] in ("kh", "h"))
            named = text.proper(place) or (means and not means & ~(NAME | MAYBE | KNOWN | PART))
            named = named or (means & PART and not means & TROUBLE and word not in _SIZES)
            named = named or (means & (PART | AREA | KIND) and place > first and text.telling and text.capital[place])
            article = place > first and text.words[place - 1] in _ARTICLES
            follows = (strong or article) and text.unknown(place) and self._fits(place, first)
            if not (initial or titled or named or follows):
                break
            place += 1
        return place

    def _fits(self, place: int, first: int) -> bool:
        """Whether a word known for nothing belongs to the name: no more than two of them, and no verb by its look."""
        word = self.text.words[place]
        return place - first < 2 and not word.startswith(("ng", "ny", "mem", "men", "meng", "ber", "ter", "di", "ke"))

    def _tail(self, place: int, near: bool) -> int:
        """What belongs to a place and follows it: number, gang, neighbourhood, kelurahan, what it is near."""
        while self._more(place, COMMA):
            after = self._part_of_address(place, near)
            if after == place:
                return place
            place = after
        return place

    def _part_of_address(self, place: int, near: bool) -> int:
        text, word, means = self.text, self.text.words[place], self.text.means[place]
        comma = text.gaps[place] == COMMA
        if word.isdigit() and not comma and len(word) < 4:
            return place + 1 + self._letter(place + 1)
        if word in _NUMBER or word == "blok":
            block = word == "blok" and self._more(place + 1) and len(text.words[place + 1]) == 1
            number = place + 1 + block
            if self._more(number) and text.words[number].isdigit():
                return number + 1 + self._letter(number + 1)
            return place + 2 if block else place
        if word in ("rt", "rw"):
            return self._neighbourhood(place)
        if word in _TOWN or word in _KECAMATAN:
            return self._town(place)
        if means & PREPOSITION and self._more(place + 1) and not text.means[place + 1] & PREPOSITION:
            after = self._one(place + 1, announced=True) if near else place + 1
            return place if after == place + 1 else after
        if means & STREET or (means & GANG) or (means & AREA and not means & KIND):
            return self._one(place, announced=True)
        code, count = self.known.at(text, place)
        alone = comma and not self._more(place + count)
        if count and (count > 1 or alone or not means & (SMALL | THING | TROUBLE) or text.proper(place)):
            self._codes.add(code)
            return place + count
        if not comma and means & KNOWN and not means & (NAME | MAYBE | KIND | SMALL):
            return place + 1
        if word in ("dan", "ke", "menuju", "sampai") and not comma and self._more(place + 1):
            # From one to another: it lies in neither for certain.
            code, count = self.known.at(text, place + 1)
            if count:
                self._codes |= {code, ""}
                return place + 1 + count
        if near and means & NEAR and word not in _DIRECTIONS:
            return self._beside(place)
        if means & AREA:
            return self._one(place, announced=False)
        return place

    def _letter(self, place: int) -> int:
        """The letter of "No. 5A"."""
        text = self.text
        return int(
            place < self.end and text.gaps[place] == 0 and len(text.words[place]) == 1 and text.words[place].isalpha()
        )

    def _town(self, place: int) -> int:
        text, after = self.text, place
        while self._more(after) and (text.words[after] in _TOWN | _KECAMATAN or text.words[after] in _DIRECTIONS):
            after += 1
        if self._more(after) and text.words[after - 1] in _KECAMATAN and (text.unknown(after) or text.proper(after)):
            after += 1
        return after
