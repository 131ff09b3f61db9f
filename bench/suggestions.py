"""How often the suggestions of category and department are right on held-back cases, and what they cost.

The cases are the demonstration's: synthetic, a few hundred sentences with their places, haste and slips changed about.
So two kinds of cases are held back. The newest fifth shares its sentences with what was learnt, which flatters; of the
new wordings the model has seen none, which is harder than life, where people say the same things in the same words.

`python -m bench.suggestions`
"""

import itertools
import re
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from store import demo, suggest, users
from store.demo.corpus import corpus, stands_alone
from store.desk import Desk, open_desk
from store.suggest import keywords, model
from store.suggest.model import Decided, Suggestions
from store.suggest.wording import words

from . import measure, registers

FOLDS = 5
RUNS = 100
AIM_PREDICT_MS, AIM_DUPLICATES_MS = 5, 15
Ranked = Callable[[Decided], list[tuple[str, float]]]


def compare(complaints: int = 3_000, sizes: tuple[int, ...] = (10_000, 100_000)) -> None:
    """Accuracy on the demonstration, times on it and on registers of these sizes; kept for the report."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(registers.settings_for(Path(folder) / "demo"))
        users.make_demo_accounts(desk.register)
        demo.fill(desk, complaints)
        cases = model.decided(desk.register)
        accuracy = [
            *_accuracy("newest fifth", desk, [_newest(cases)]),
            *_accuracy("new wordings", desk, list(_new_wordings(cases))),
        ]
        times = [*_training(cases), *_predicting(desk, cases)]
        desk.register.close()
    times += [_duplicates(size) for size in sizes]
    for row in (*accuracy, *times):
        print(row, flush=True)
    measure.write("suggestions", {"accuracy": accuracy, "times": times})


def _newest(cases: list[Decided]) -> tuple[list[Decided], list[Decided]]:
    cut = len(cases) * 4 // 5
    return cases[:cut], cases[cut:]


def _new_wordings(cases: list[Decided]) -> Iterator[tuple[list[Decided], list[Decided]]]:
    """Each fifth of the corpus's sentences held back in turn, and asked about a third of the cases made of them."""
    folds = [zlib.crc32(_sentence(case).encode()) % FOLDS for case in cases]
    for held in range(FOLDS):
        yield (
            [case for case, fold in zip(cases, folds, strict=True) if fold != held],
            [case for case, fold in zip(cases, folds, strict=True) if fold == held][::3],
        )


def _sentence(case: Decided) -> str:
    """The sentence of the corpus that a case was made of: the one of its category with most of its words in it."""
    said = set(words(case.text))
    return max(_sentences()[case.category], key=lambda sentence: len(sentence[1] & said) / len(sentence[1]))[0]


_known_sentences: dict[str, list[tuple[str, set[str]]]] = {}


def _sentences() -> dict[str, list[tuple[str, set[str]]]]:
    if not _known_sentences:
        for topic in corpus().topics:
            for text in (*topic.texts, *topic.gaul, *topic.jawa):
                sentence = re.sub(r"\{\w+\}", " ", stands_alone(text)[0])
                _known_sentences.setdefault(topic.category, []).append((sentence, set(words(sentence))))
    return _known_sentences


def _accuracy(name: str, desk: Desk, splits: list[tuple[list[Decided], list[Decided]]]) -> list[dict]:
    """One row a question and method, over all splits together."""
    with desk.register.cursor() as cursor:
        usual = dict(cursor.execute("select code, department from category").fetchall())
    counts: dict[tuple[str, str], Counter] = {}
    for learnt_from, held in splits:
        trained, untrained = Suggestions(desk.register), Suggestions(desk.register)
        trained.train(learnt_from)
        for question, label, cases in (
            ("category", "category", held),
            ("department", "department", [case for case in held if case.department]),
        ):
            common = [
                code for code, _ in Counter(getattr(c, label) for c in learnt_from if getattr(c, label)).most_common(3)
            ]
            for method, ranked in _methods(question, trained, untrained, common, usual).items():
                counted = counts.setdefault((question, method), Counter())
                for case in cases:
                    _count(counted, [pair for pair in ranked(case) if pair[0]], getattr(case, label))
    return [_row(name, question, method, counts) for question, method in counts]


def _methods(
    question: str, trained: Suggestions, untrained: Suggestions, common: list[str], usual: dict[str, str | None]
) -> dict[str, Ranked]:
    """Ways to answer one question: codes with their confidence, less its floor, the likeliest first."""
    most = {"most common one": lambda case: [(code, 0.0) for code in common]}
    if question == "category":
        return most | {
            "rules": lambda case: [(hit.code, hit.confidence - keywords.FLOOR) for hit in keywords.ranked(case.text)],
            "model": lambda case: _over(trained.categories.ranked(model.document(case.text))),
            "as suggested": lambda case: _one(trained.category(case.text)),
        }
    return most | {
        "table, category known": lambda case: [(usual[case.category] or "", 0.0)],
        "model, category known": lambda case: _over(
            trained.departments.ranked(model.document(case.text, case.category))
        ),
        "as suggested, category known": lambda case: _one(trained.department(case.text, case.category)),
        "as suggested, text alone": lambda case: _one(trained.department(case.text)),
        "rules, text alone": lambda case: _one(untrained.department(case.text)),
    }


def _over(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(code, chance - model.FLOOR) for code, chance in ranked]


def _one(found: suggest.Suggestion | None) -> list[tuple[str, float]]:
    return [(found.code, 0.0)] if found else []


def _count(counted: Counter, ranked: list[tuple[str, float]], label: str) -> None:
    codes = [code for code, _ in ranked]
    answered = bool(ranked) and ranked[0][1] >= 0
    counted["cases"] += 1
    counted["first"] += codes[:1] == [label]
    counted["third"] += label in codes[:3]
    counted["answered"] += answered
    counted["right"] += answered and codes[0] == label


def _row(held_back: str, question: str, method: str, counts: dict[tuple[str, str], Counter]) -> dict:
    counted, floor = counts[question, method], counts[question, "most common one"]
    only_one = method.startswith(("as suggested", "table", "rules, text"))
    return {
        "held_back": held_back,
        "question": question,
        "method": method,
        "cases": counted["cases"],
        "top1": counted["first"] / counted["cases"],
        "top3": None if only_one else counted["third"] / counted["cases"],
        "answered": counted["answered"] / counted["cases"],
        "right_when_answered": counted["right"] / counted["answered"] if counted["answered"] else None,
        "ratio": counted["first"] / floor["first"],
    }


def _training(cases: list[Decided]) -> Iterator[dict]:
    """Seconds to learn both models; more cases than there are by telling them again."""
    for size in (len(cases), model.NEWEST):
        told = list(itertools.islice(itertools.cycle(cases), size))
        started = time.perf_counter()
        learnt = model.learn([(model.document(case.text), case.category) for case in told])
        assert learnt is not None
        yield {"what": f"Learn categories of {size:,} cases", "seconds": time.perf_counter() - started}


def _predicting(desk: Desk, cases: list[Decided]) -> Iterator[dict]:
    """One suggestion for a text not asked about before, beside one row of one small table from the same register."""
    suggestions, held = Suggestions(desk.register), cases[-RUNS:]
    by_rules = Suggestions(desk.register)
    suggestions.train(cases[:-RUNS])

    def floor(run: int) -> None:
        with desk.register.cursor() as cursor:
            cursor.execute("select name from category where code = ?", [held[run].category]).fetchone()

    plain = measure.times(floor, RUNS)
    for what, ask in (
        ("Category, by rules", lambda run: by_rules.category(held[run].text)),
        ("Category, by the model", lambda run: suggestions.category(held[run].text)),
        ("Department, category known", lambda run: suggestions.department(held[run].text, held[run].category)),
    ):
        yield _timed(what, measure.times(ask, RUNS), plain, AIM_PREDICT_MS)


def _duplicates(size: int) -> dict:
    """Likely duplicates of the newest complaints that have a place, beside only fetching the rows of that place."""
    with tempfile.TemporaryDirectory() as folder:
        desk = registers.copy_of(size, Path(folder))
        city = users.actor(desk.register, "kota")
        with desk.register.cursor() as cursor:
            newest = cursor.execute(
                """
                select number, kelurahan, received_at from complaint
                where kelurahan is not null and kind <> 'official' and category <> 'official'
                order by id desc limit ?
                """,
                [RUNS],
            ).fetchall()

        def floor(run: int) -> None:
            _, kelurahan, received_at = newest[run]
            with desk.register.cursor() as cursor:
                cursor.execute(
                    """
                    select id, number, state, summary, address, latitude, longitude, received_at from complaint
                    where kelurahan = $area and abs(epoch(received_at - $at::timestamp)) <= 30 * 86400
                    order by received_at desc limit 200
                    """,
                    {"area": kelurahan, "at": received_at},
                ).fetchall()

        plain = measure.times(floor, RUNS)
        ours = measure.times(lambda run: suggest.likely(desk.register, city, newest[run][0]), RUNS)
        desk.register.close()
    return _timed(f"Likely duplicates, {size:,} complaints", ours, plain, AIM_DUPLICATES_MS)


def _timed(what: str, ours: dict, plain: dict, aim_ms: float) -> dict:
    return {"what": what, **ours, "plain": plain, "ratio": ours["p50_ms"] / plain["p50_ms"], "aim_ms": aim_ms}


if __name__ == "__main__":
    compare()
