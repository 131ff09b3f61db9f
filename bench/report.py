"""`python -m bench.report` writes bench/out/*.json as tables into bench/README.md, between its two marks."""

import json
from pathlib import Path

from .measure import OUT

README = Path(__file__).parent / "README.md"
START, END = "<!-- figures -->", "<!-- end of figures -->"


def main() -> None:
    head, _, rest = README.read_text(encoding="utf-8").partition(START)
    tail = rest.partition(END)[2]
    README.write_text(f"{head}{START}\n\n{figures()}\n{END}{tail}", encoding="utf-8")


def figures() -> str:
    """All tables, with the machine and its load of each run."""
    parts = (("Intake", _intake), ("Questions", _questions), ("Drain", _drain), ("Pages", _pages))
    written = []
    for name, table in parts:
        file = OUT / f"{name.lower()}.json"
        if file.exists():
            report = json.loads(file.read_text(encoding="utf-8"))
            written.append(f"### {name}\n\n{_machine(report['machine'])}\n\n{table(report)}\n")
    return "\n".join(written)


def _machine(machine: dict | str) -> str:
    if isinstance(machine, str):
        return machine + "."
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    load = machine["load_average"][0]
    shared = " The machine was busy with other work at the same time." if load > machine["cores"] else ""
    return (
        f"{machine['when']}: {machine['cores']} × {machine['cpu']}, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}, {packages}; load {load} at the end.{shared}"
    )


def _intake(report: dict) -> str:
    rows = [
        (r["case"], r["connections"], r["per_second"], r["ratio_to_bare"], f"{r['p50_ms']:.1f}", f"{r['p99_ms']:.1f}")
        for r in report["results"]
    ]
    return _table(("case", "connections", "per second", "of bare", "p50 ms", "p99 ms"), rows)


def _questions(report: dict) -> str:
    rows = [
        (
            r["question"],
            f"{r['complaints']:,}",
            *(
                f"{value:.1f}"
                for value in (r["first_ms"], r["min_ms"], r["p50_ms"], r["p99_ms"], r["plain"]["p50_ms"], r["ratio"])
            ),
            _aim(r["aim_ms"], r["aim_ms"] and r["p50_ms"] > r["aim_ms"]),
        )
        for r in report["results"]
    ]
    return _table(
        ("question", "complaints", "first ms", "least ms", "p50 ms", "p99 ms", "plain p50", "ratio", "aim"), rows
    )


def _drain(report: dict) -> str:
    found = report["results"]
    rows = [
        (
            r["kind"],
            f"{r['complaints']:,}",
            r["per_second"],
            r["floor_per_second"],
            r["ratio"],
            _aim(r["aim"], r["per_second"] < r["aim"]),
        )
        for r in found
        if "per_second" in r
    ]
    alone = [
        f"One message alone, {r['complaints']:,} complaints: p50 {r['p50_ms']:.0f} ms, p99 {r['p99_ms']:.0f} ms."
        for r in found
        if "p50_ms" in r
    ]
    return (
        _table(("kind", "complaints", "per second", "floor per second", "ratio", "aim"), rows)
        + "\n\n"
        + "\n".join(alone)
    )


def _pages(report: dict) -> str:
    results = report["results"]
    rows = [
        (
            r["page"],
            *(
                f"{r[name]:.1f}" if name in r else ""
                for name in ("min_ms", "p50_ms", "p99_ms", "questions_ms", "beyond_ms")
            ),
            _aim(r["aim_ms"], r["beyond_ms"] > r["aim_ms"]) if "aim_ms" in r else "",
        )
        for r in results["pages"]
    ]
    busy = [
        (r["case"], r["per_second"], f"{r['intake']['p50_ms']:.1f}", f"{r['intake']['p99_ms']:.1f}")
        for r in results["busy"]
    ]
    first = _table(("page", "least ms", "p50 ms", "p99 ms", "questions ms", "beyond ms", "aim"), rows)
    return first + "\n\n" + _table(("listener at 16 connections", "per second", "p50 ms", "p99 ms"), busy)


def _aim(aim: float | None, missed: object) -> str:
    return "" if aim is None else f"{aim:g} {'missed' if missed else 'met'}"


def _table(heads: tuple, rows: list[tuple]) -> str:
    marks = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in (heads, marks, *rows))


if __name__ == "__main__":
    main()
