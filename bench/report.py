"""`python -m bench.report` writes bench/out/*.json as tables into bench/README.md, between its two marks."""

import json
from collections.abc import Iterator
from pathlib import Path

from .measure import OUT

# No viewer waits longer for the live part of the dashboard.
AIM_MS = 1_000

README = Path(__file__).parent / "README.md"
START, END = "<!-- figures -->", "<!-- end of figures -->"


def main() -> None:
    head, _, rest = README.read_text(encoding="utf-8").partition(START)
    tail = rest.partition(END)[2]
    README.write_text(f"{head}{START}\n\n{figures()}\n{END}{tail}", encoding="utf-8")


def figures() -> str:
    """All tables, with the machine and its load of each run."""
    parts = (
        ("Intake", _intake),
        ("Questions", _questions),
        ("Analysis", _analysis),
        ("Drain", _drain),
        ("Suggestions", _suggestions),
        ("Pages", _pages),
        ("Report_monthly", _report_monthly),
        ("Viewers", _viewers),
    )
    written = []
    for name, table in parts:
        file = OUT / f"{name.lower()}.json"
        if file.exists():
            report = json.loads(file.read_text(encoding="utf-8"))
            written.append(f"### {name.replace('_', ' ')}\n\n{_machine(report['machine'])}\n\n{table(report)}\n")
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
            *(f"{found['cpu_ms']:.1f}" if "cpu_ms" in found else "" for found in (r, r["plain"])),
            _aim(r["aim_ms"], r["aim_ms"] and r["p50_ms"] > r["aim_ms"]),
        )
        for r in report["results"]
    ]
    heads = ("question", "complaints", "first ms", "least ms", "p50 ms", "p99 ms", "plain p50", "ratio")
    return _table((*heads, "CPU ms", "plain CPU", "aim"), rows)


def _analysis(report: dict) -> str:
    def cells(found: dict | None, *names: str) -> list[str]:
        return [f"{found[name]:.1f}" if found else "" for name in names]

    rows = [
        (
            r["filter"],
            r["asked"],
            *cells(r["cold"], "p50_ms", "min_ms", "cpu_ms"),
            *cells(r["plain_cold"], "p50_ms", "cpu_ms"),
            *cells(r["warm"], "p50_ms", "cpu_ms"),
            *cells(r["plain"], "p50_ms", "cpu_ms"),
            r["ratio"],
            _aim(r["aim_ms"], r["aim_ms"] and r["cold"]["p50_ms"] > r["aim_ms"]),
        )
        for r in report["results"]["rows"]
    ]
    heads = ("filter", "asked", "cold ms", "least", "CPU", "plain cold", "CPU", "p50 ms", "CPU", "plain p50", "CPU")
    return f"{report['results']['complaints']:,} complaints.\n\n" + _table((*heads, "ratio", "aim"), rows)


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


def _suggestions(report: dict) -> str:
    found = report["results"]
    shares = ("top1", "top3", "answered", "right_when_answered")
    accuracy = [
        (
            r["held_back"], r["question"], r["method"], f"{r['cases']:,}",
            *("" if r[name] is None else f"{r[name]:.1%}" for name in shares), f"{r['ratio']:.1f}",
        )
        for r in found["accuracy"]
    ]  # fmt: skip
    times = [
        (
            r["what"],
            *(f"{value:.1f}" for value in (r["min_ms"], r["p50_ms"], r["p99_ms"], r["plain"]["p50_ms"], r["ratio"])),
            _aim(r["aim_ms"], r["p50_ms"] > r["aim_ms"]),
        )
        for r in found["times"]
        if "p50_ms" in r
    ]
    learnt = [f"{r['what']}: {r['seconds']:.1f} s." for r in found["times"] if "seconds" in r]
    heads = (
        "held back",
        "question",
        "answered by",
        "cases",
        "first",
        "in three",
        "answered",
        "right of these",
        "ratio",
    )
    first = _table(heads, accuracy)
    second = _table(("what", "least ms", "p50 ms", "p99 ms", "plain p50", "ratio", "aim"), times)
    return f"{first}\n\n{second}\n\n" + "\n".join(learnt)


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


def _report_monthly(report: dict) -> str:
    found = report["results"]
    rows = [
        (
            r["what"],
            f"{r['min_ms']:.0f}" if "min_ms" in r else "",
            f"{r['p50_ms']:.0f}",
            f"{r['cpu_ms']:.0f}" if "cpu_ms" in r else "",
            r.get("ratio", ""),
            _aim(r["aim_ms"], r["p50_ms"] > r["aim_ms"]) if "aim_ms" in r else "",
        )
        for r in found["steps"]
    ]
    return f"{found['complaints']:,} complaints.\n\n" + _table(
        ("step", "least ms", "p50 ms", "CPU ms", "ratio", "aim"), rows
    )


def _viewers(report: dict) -> str:
    heads = ("case", "tick p50 ms", "p99", "longest", "ratio", "intake p50 ms", "p99", "ratio", "app's CPU", "aim")
    parts = []
    for found in report["results"]:
        said = (
            f"{found['posted']} messages posted, {found['taken_in']} in the register; {found['complaints']:,} before."
        )
        parts.append(f"{said}\n\n{_table(heads, list(_watched(found['runs'])))}")
    return "\n\n".join(parts)


def _watched(runs: list[dict]) -> Iterator[tuple]:
    alone = next(r["intake"] for r in runs if not r["tick"])
    quiet = next(r["tick"] for r in runs if not r["intake"])
    for r in runs:
        tick, post = r["tick"], r["intake"]
        cells = [f"{tick[name]:.0f}" for name in ("p50_ms", "p99_ms", "max_ms")] if tick else ["", "", ""]
        cells += [f"{tick['p50_ms'] / quiet['p50_ms']:.1f}" if tick else ""]
        cells += [f"{post[name]:.1f}" for name in ("p50_ms", "p99_ms")] if post else ["", ""]
        cells += [f"{post['p50_ms'] / alone['p50_ms']:.1f}" if post else ""]
        cells += [f"{r['app_cpu']:.2f}"]
        yield (r["case"], *cells, _aim(AIM_MS, tick["max_ms"] > AIM_MS) if tick else "")


def _aim(aim: float | None, missed: object) -> str:
    return "" if aim is None else f"{aim:g} {'missed' if missed else 'met'}"


def _table(heads: tuple, rows: list[tuple]) -> str:
    marks = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in (heads, marks, *rows))


if __name__ == "__main__":
    main()
