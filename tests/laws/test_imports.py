"""How the house is written: where imports stand, what modules are called, how long things are."""

from __future__ import annotations

import ast
from pathlib import PurePath

import pytest

from tests.laws.source import ROOT, functions, trees

NAMELESS = {"utils", "util", "helpers", "common", "base", "manager", "service", "handler", "misc"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["signing", "tests", "migrations", "benchmarks"])
def test_every_module_says_what_it_is_for(folder: str) -> None:
    found = [path for path, tree in trees(ROOT / folder).items() if not ast.get_docstring(tree)]
    assert found == []


def test_no_module_is_named_for_nothing() -> None:
    found = [
        path
        for path in trees()
        if {part.removesuffix(".py").removesuffix("s") for part in PurePath(path).parts}
        & {name.removesuffix("s") for name in NAMELESS}
    ]
    assert found == []


def test_a_file_is_one_sitting() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in trees()}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_a_function_fits_a_screen() -> None:
    lengths = {
        f"{path}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path, tree in trees().items()
        for function in functions(tree)
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
