"""What is loaded before the first person looks: the garbage collector is frozen after it."""

import subprocess
import sys

import pytest

from pages.parts import warm

from .cases import new_desk, take_in
from .stack import ROOT

LOADED = """
import ast, importlib, sys
from pathlib import Path
import pages.parts.warm, pages.parts.house, pages.parts.session
before = set(sys.modules)
for node in ast.walk(ast.parse(Path("pages/{page}.py").read_text("utf-8"))):
    if isinstance(node, ast.Import):
        names = [each.name for each in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module, *(f"{{node.module}}.{{each.name}}" for each in node.names)]
    else:
        continue
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            pass  # a name in a module
print([name for name in set(sys.modules) - before if name.split(".")[0] in ("store", "ingest") or ".parts." in name])
"""


@pytest.mark.parametrize("page", ["analitik"])
def test_a_page_finds_its_modules_loaded(page):
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(page=page)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip().splitlines()[-1] == "[]"


def test_an_empty_and_a_filled_register_are_warmed(tmp_path):
    with new_desk(tmp_path) as desk:
        warm.warm(desk)
        take_in(desk, "sampah")
        warm.warm(desk)
