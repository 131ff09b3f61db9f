"""Who may import whom, and what the listener must never load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .stack import ROOT

PRODUCT = sorted(path for part in ("store", "ingest", "pages") for path in (ROOT / part).rglob("*.py"))


def test_the_layers_hold():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("module", ["ingest.listener", "ingest.inbox", "store.settings"])
def test_the_listener_loads_no_register_and_nothing_heavy(module):
    code = f"import sys, {module}; print(*sorted(m for m in sys.modules if m in {HEAVY}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""


HEAVY = {"duckdb", "pandas", "pyarrow", "streamlit", "PIL", "altair", "store.db", "store.desk", "pages"}


def imports(path: Path) -> set[str]:
    """The names of the packages a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
    return {name.split(".")[0] for name in found}


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("duckdb", ("store/",)),
        ("pywa", ("ingest/",)),
        ("streamlit", ("pages/",)),
        ("altair", ("pages/",)),
        ("argon2", ("store/passwords.py",)),
        ("sqlite3", ("ingest/inbox.py", "ingest/simulator/")),
    ],
)
def test_a_library_is_used_only_where_it_belongs(package, homes):
    users = [str(path.relative_to(ROOT)) for path in PRODUCT if package in imports(path)]
    assert users
    assert [user for user in users if not user.startswith(homes)] == []


def test_the_rules_use_nothing_but_the_standard_library():
    for path in (ROOT / "store" / "rules").glob("*.py"):
        assert imports(path) <= sys.stdlib_module_names, path.name


def test_the_simulator_is_not_part_of_what_runs_in_production():
    for path in PRODUCT:
        if "simulator" not in path.parts:
            assert "simulator" not in {part for name in dotted(path) for part in name.split(".")}, path


def dotted(path: Path) -> set[str]:
    """The modules a file imports, relative ones too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module or ''}.{name.name}" for name in node.names}
    return found
