"""What the benchmarks share: timing, the machine they ran on, and where their figures go."""

import importlib.metadata
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

OUT = Path(__file__).parent / "out"


def times(work: Callable[[int], object], runs: int) -> dict[str, float]:
    """Milliseconds of the first call, and of as many warm ones; `work` is told the number of its run.

    Every run number is called once before it counts, so that nothing is read from disk in a counted run. `cpu_ms` is
    the least that a call took of the processors, all its threads together: other work on the machine changes it little.
    """
    first = once(work, 0)
    for run in range(1, runs):
        work(run)
    taken = [spent(work, run) for run in range(runs)]
    return {"first_ms": first, **spread([wall for wall, _ in taken]), "cpu_ms": min(cpu for _, cpu in taken)}


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile, number of measurements, and the least: nearest to what a quiet machine would show."""
    ordered = sorted(milliseconds)
    return {
        "min_ms": ordered[0],
        "p50_ms": statistics.median(ordered),
        "p99_ms": ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))],
        "runs": len(ordered),
    }


def machine() -> dict[str, object]:
    """Cores, model, memory, versions, and how busy the machine was with other work when asked."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "cores": os.cpu_count(),
        "cpu": cpu,
        "memory_gib": round(memory / 1024**2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in ("duckdb", "streamlit", "pyarrow", "pandas")},
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def write(name: str, results: object) -> None:
    """Keep the figures as bench/out/<name>.json, with the machine."""
    OUT.mkdir(exist_ok=True)
    report = {"machine": machine(), "results": results}
    (OUT / f"{name}.json").write_text(json.dumps(report, indent=2, default=str) + "\n", encoding="utf-8")


def once(work: Callable[[int], object], run: int) -> float:
    """Milliseconds of one call."""
    return spent(work, run)[0]


def spent(work: Callable[[int], object], run: int) -> tuple[float, float]:
    """Milliseconds of one call by the clock, and of the processors in all threads of this process."""
    started, used = time.perf_counter(), time.process_time()
    work(run)
    return (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
