"""Category and department from what was decided before: a small model of the register's own cases, with keyword rules
where it knows too little.

It learns in a process of its own (`apart.py`): until then, and while there is little history, the rules answer. Nothing
is kept on disk. Complaints about officials and confidential ones are not learnt from.
"""

import gc
import logging
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .. import health
from ..db import Register
from ..rules.indonesian import number
from . import apart, keywords
from .wording import read

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

log = logging.getLogger(__name__)
NEWEST = 20_000
LEAST_CASES = 200
LEAST_OF_A_KIND = 5
FLOOR = 0.5
# A category that somebody chose, and the department it goes to by the administrator's table.
BY_TABLE = 0.6
# The app has its first visitors to serve before it learns.
FIRST_SECONDS = 20
EVERY_SECONDS = 3 * 3600
HISTORY, KEYWORDS = "history", "keywords"


@dataclass(frozen=True)
class Suggestion:
    """A code that may be right; `confidence` from 0 to 1; `source` is `history` or `keywords`; `why` is Indonesian."""

    code: str
    confidence: float
    source: str
    why: str


class Decided(NamedTuple):
    """A case that was decided: the reporter's words, the category staff left on it, the department that took it."""

    text: str
    category: str
    department: str | None


class Learnt:
    """What one training made: how texts and labels hang together, and of how many cases."""

    def __init__(self, pipeline: "Pipeline", labels: Sequence[str], cases: int):
        self._pipeline = pipeline
        self.labels = [str(label) for label in labels]
        self.cases = cases

    def ranked(self, document: str) -> list[tuple[str, float]]:
        """All labels with their probability, the likeliest first."""
        from sklearn import config_context

        # What the pipeline is given it has made itself; checking it each time would take a third of the answer.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            chances = self._pipeline.predict_proba([document])[0]
        return sorted(zip(self.labels, map(float, chances), strict=True), key=lambda pair: -pair[1])


class Suggestions:
    """Suggests for one register. Safe to ask from several threads, also while it learns."""

    def __init__(self, register: Register):
        self.register = register
        self.categories: Learnt | None = None
        self.departments: Learnt | None = None

    def train(self, cases: Sequence[Decided] | None = None) -> bool:
        """Learn from the newest decided cases; whether there were enough for a model of categories.

        :param cases: what to learn from instead (a benchmark holds some back)
        """
        self.categories, self.departments = both(decided(self.register) if cases is None else cases)
        return self.categories is not None

    def train_apart(self, stop: threading.Event) -> bool:
        """The same in another process; without an effect where it is told to stop.

        :raises ChildFailed: it did not come to its end
        """
        found = apart.apart(both, decided(self.register), stop)
        if found is None:
            return False
        self.categories, self.departments = found
        return self.categories is not None

    def category(self, text: str) -> Suggestion | None:
        """The likeliest active category of what the reporter wrote, or None where nothing is likely enough."""
        known = _active(self.register)
        hit = _best_hit(text, known)
        learnt = self.categories
        # What history does not hold it would take for something else; complaints about officials it never holds.
        if learnt and (hit is None or hit.code in learnt.labels):
            found = _likeliest(learnt, document(text), known.categories)
            if found:
                return found
        return _by_rule(hit) if hit else None

    def department(self, text: str, category: str | None = None) -> Suggestion | None:
        """The likeliest active department, or None.

        :param category: the category that staff chose; without it the one that would be suggested
        """
        known = _active(self.register)
        assumed = None if category else self.category(text)
        code = category or (assumed.code if assumed else None)
        if self.categories and (code is None or code in self.categories.labels):
            found = _likeliest(self.departments, document(text, code), known.departments)
            if found:
                return found
        usual = known.categories.get(code or "")
        if usual not in known.departments:
            return None
        if assumed:
            return Suggestion(usual, assumed.confidence, KEYWORDS, assumed.why)
        return Suggestion(usual, BY_TABLE, KEYWORDS, "OPD yang ditetapkan untuk kategori ini")


def run(suggestions: Suggestions, stop: threading.Event) -> None:
    """Learn soon after the start, and every few hours when the register has news, until told to stop."""
    learnt_at, wait = None, FIRST_SECONDS
    while not stop.wait(wait):
        wait, version = EVERY_SECONDS, suggestions.register.version
        if version == learnt_at:
            continue
        try:
            suggestions.train_apart(stop)
        except Exception as error:
            log.error("suggestions could not be learnt; the rules answer: %s", health.trace(error))
            continue
        if learnt_at is None:
            # The library's own objects are here to stay: nobody need look through them after each run of a page.
            gc.collect()
            gc.freeze()
        learnt_at = version


def both(cases: Sequence[Decided]) -> "tuple[Learnt | None, Learnt | None]":
    """What these cases teach of categories and of departments."""
    taken = [(document(case.text, case.category), case.department) for case in cases if case.department]
    return learn([(document(case.text), case.category) for case in cases]), learn(taken)


def decided(register: Register, limit: int = NEWEST) -> list[Decided]:
    """The newest decided cases, oldest first, with what their reporters wrote before the result."""
    with register.snapshot() as cursor:
        found = cursor.execute(
            """
            with chosen as (
                select id, category, if(accepted_at is null, null, department) as department, result_at from complaint
                where category is not null and category <> 'official' and kind <> 'official' and not confidential
                    and anonymised_at is null
                    and state in ('accepted', 'in_progress', 'scheduled', 'in_review', 'awaiting_confirmation',
                        'closed', 'answered', 'referred')
                order by received_at desc, id desc limit $limit
            )
            select string_agg(m.text, chr(10) order by m.id), any_value(c.category), any_value(c.department)
            from chosen c join message_in m on m.complaint_id = c.id
            where m.text is not null and m.kind not in ('contacts', 'reaction', 'edit', 'revoke', 'button_reply',
                'list_reply', 'system') and (c.result_at is null or m.received_at < c.result_at)
            group by c.id order by c.id
            """,
            {"limit": limit},
        ).fetchall()
    return [Decided(*row) for row in found]


def document(text: str, category: str | None = None) -> str:
    """What the model reads: the words that tell cases apart, what the rules make of them, and the category if known."""
    hints = [f"aturan{hit.code.replace('_', '')}" for hit in keywords.ranked(text)[:2]]
    # The first hint weighs double, and so does the category.
    marks = [*hints[:1], *hints, *([f"kategori{category.replace('_', '')}"] * 2 if category else ())]
    return " ".join([*read(text).about, *marks])


def learn(examples: Sequence[tuple[str, str]]) -> Learnt | None:
    """A model of documents and their labels, the same for the same examples; None where there are too few.

    Words and parts of words (TF-IDF) into a linear classifier, whose margins become probabilities by a temperature
    found on cases it has not seen.
    """
    counts = Counter(label for _, label in examples)
    used = [(text, label) for text, label in examples if counts[label] >= LEAST_OF_A_KIND]
    if len(used) < LEAST_CASES or len({label for _, label in used}) < 2:
        return None
    pipeline = _pipeline()
    pipeline.fit([text for text, _ in used], [label for _, label in used])
    return Learnt(pipeline, pipeline.classes_, len(used))


def _pipeline() -> "Pipeline":
    # Imported here, where it is learnt: it takes seconds, and many an installation has no history yet.
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    how = {"min_df": 2, "sublinear_tf": True, "lowercase": False}
    return make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), **how),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **how),
        ),
        CalibratedClassifierCV(LinearSVC(C=0.5, random_state=0), method="temperature", cv=3, ensemble=False),
    )


class _Active(NamedTuple):
    """What may be suggested now: category codes with their usual department, and department codes."""

    categories: dict[str, str | None]
    departments: frozenset[str]


def _active(register: Register) -> _Active:
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select true, code, department from category where active
            union all select false, code, null from department where active
            """
        ).fetchall()
    return _Active(
        {code: department for is_category, code, department in found if is_category},
        frozenset(code for is_category, code, _ in found if not is_category),
    )


def _likeliest(learnt: Learnt | None, text: str, active) -> Suggestion | None:
    """The likeliest label that is still in use, if it is likely enough."""
    if learnt is None or not text:
        return None
    code, chance = next(((code, chance) for code, chance in learnt.ranked(text) if code in active), (None, 0.0))
    if code is None or chance < FLOOR:
        return None
    return Suggestion(code, chance, HISTORY, f"menurut {number(learnt.cases)} aduan sebelumnya")


def _best_hit(text: str, known: _Active) -> keywords.Hit | None:
    hit = next((hit for hit in keywords.ranked(text) if hit.code in known.categories), None)
    return hit if hit and hit.confidence >= keywords.FLOOR else None


def _by_rule(hit: keywords.Hit) -> Suggestion:
    said = ", ".join(f"“{phrase}”" for phrase in hit.words[:3])
    return Suggestion(hit.code, hit.confidence, KEYWORDS, f"ada kata {said}")
