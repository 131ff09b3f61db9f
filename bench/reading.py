"""What understanding one message costs, beside only splitting the same text into words; and how much is understood.

The messages are the written examples of tests/reading_examples.toml, one by one and put together to the longest text
that WhatsApp carries. `python -m bench.reading`
"""

import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path

from store.rules import reading
from store.rules.reading_text import LIMIT

from . import measure

EXAMPLES = Path(__file__).parents[1] / "tests" / "reading_examples.toml"
PLACES = reading.places(
    [("medono", "1"), ("podosugih", "2"), ("kandang panjang", "3"), ("krapyak", "4"), ("klego", "5")]
)
RUNS = 200
AIM_LONGEST_MS = 10
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def compare(runs: int = RUNS) -> None:
    """Times of short and of the longest messages, beside the floor in the same run; kept for the report."""
    examples = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["example"]
    short = [example["text"] for example in examples if example["text"].strip()]
    # An advert is put aside at once; what is read to its end is what costs.
    telling = [text for text in short if reading.read(text, places=PLACES).said]
    results = [
        _timed("One message", short, runs, None),
        _timed("The longest message", _longest(telling), runs, AIM_LONGEST_MS),
        _timed(
            "The longest, one word", ["a" * LIMIT, "a " * (LIMIT // 2), "saya " * (LIMIT // 5)], runs, AIM_LONGEST_MS
        ),
    ]
    understood = Counter(
        name
        for example in examples
        for name in reading.read(example["text"], asked=example.get("asked", ()), places=PLACES).said
    )
    for row in results:
        print(row, flush=True)
    print(dict(understood))
    measure.write("reading", {"times": results, "understood": understood, "examples": len(examples)})


def _longest(short: list[str]) -> list[str]:
    """Texts of as many characters as a message may have, each beginning with another example."""
    endless = itertools.cycle(short)
    return [" ".join(itertools.islice(endless, 90))[:LIMIT].ljust(LIMIT, "x") for _ in range(40)]


def _timed(what: str, texts: list[str], runs: int, aim_ms: float | None) -> dict:
    def text(run: int) -> str:
        return texts[run % len(texts)]

    plain = measure.times(lambda run: _WORDS.findall(text(run).lower()), runs)
    ours = measure.times(lambda run: reading.read(text(run), asked=("identity", "where_when"), places=PLACES), runs)
    return {"what": what, **ours, "plain": plain, "ratio": ours["p50_ms"] / plain["p50_ms"], "aim_ms": aim_ms}


if __name__ == "__main__":
    compare()
