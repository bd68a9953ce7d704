"""The page about security names every requirement once, and tests that exist."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from signing import ROOT
from tests.docs import documents

SECURITY = ROOT / "docs" / "security.md"
STATES = {"met", "partly", "not met", "operator", "nothing there"}

# OWASP ASVS 5.0.0: the last number of each section that belongs to level 1 or 2. Level 3 follows.
LEVEL_2 = {
    "V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2,
    "V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1,
    "V3.2": 2, "V3.3": 4, "V3.4": 6, "V3.5": 5, "V3.7": 2,
    "V4.1": 3, "V4.2": 1, "V4.3": 2, "V4.4": 4,
    "V5.1": 1, "V5.2": 3, "V5.3": 2, "V5.4": 3,
    "V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V6.6": 3, "V6.8": 4,
    "V7.1": 3, "V7.2": 4, "V7.3": 2, "V7.4": 5, "V7.5": 2, "V7.6": 2,
    "V8.1": 2, "V8.2": 3, "V8.3": 1, "V8.4": 1,
    "V9.1": 3, "V9.2": 4,
    "V10.1": 2, "V10.2": 2, "V10.3": 4, "V10.4": 11, "V10.5": 5, "V10.6": 2, "V10.7": 3,
    "V11.1": 2, "V11.2": 3, "V11.3": 3, "V11.4": 4, "V11.5": 1, "V11.6": 1,
    "V12.1": 3, "V12.2": 2, "V12.3": 4,
    "V13.1": 1, "V13.2": 5, "V13.3": 2, "V13.4": 5,
    "V14.1": 2, "V14.2": 4, "V14.3": 3,
    "V15.1": 3, "V15.2": 3, "V15.3": 7,
    "V16.1": 1, "V16.2": 5, "V16.3": 4, "V16.4": 3, "V16.5": 3,
    "V17.1": 1, "V17.2": 4, "V17.3": 2,
}  # fmt: skip


def rows() -> list[list[str]]:
    """Requirement, what it asks, state, how, shown by: of all chapters."""
    lines = SECURITY.read_text("utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if re.match(r"\| V\d", line)
    ]
    assert {len(row) for row in cells} == {5}
    return cells


def numbers(cell: str) -> Iterator[str]:
    """`V1.2.6–8` is three of them."""
    for part in cell.split(", "):
        found = re.fullmatch(r"(V\d+\.\d+)\.(\d+)(?:–(\d+))?", part)
        assert found, part
        for number in range(int(found[2]), int(found[3] or found[2]) + 1):
            yield f"{found[1]}.{number}"


def test_every_requirement_of_level_2_stands_there_once() -> None:
    wanted = [f"{section}.{n}" for section, last in LEVEL_2.items() for n in range(1, last + 1)]
    told = Counter(number for row in rows() for number in numbers(row[0]))

    assert len(wanted) == 253
    assert told == Counter(wanted)


def test_every_row_has_a_state_and_says_why() -> None:
    for name, asks, state, how, shown in rows():
        assert state in STATES, name
        assert asks, name
        assert how not in {"", "–"} or state == "nothing there", name
        assert shown != "–" or state != "met", name


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", document.read_text("utf-8"))

    assert [f"{path}::{name}" for path, name in named if name not in defined_in(path)] == []


@cache
def defined_in(path: str) -> frozenset[str]:
    file = ROOT / "tests" / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))
