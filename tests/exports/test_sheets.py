"""CSV that no spreadsheet mistakes for formulas."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from signing.core.cells import FORMULA_STARTS
from signing.exports.sheets import csv_lines

CELLS = st.text(st.characters(exclude_characters="\x00", codec="utf-8"))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_no_cell_is_run_and_every_cell_can_be_read_back(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_lines(["one", "two"], rows))
    header, *read = list(csv.reader(io.StringIO(text, newline="")))
    assert header == ["one", "two"]
    assert len(read) == len(rows)
    for cells, row in zip(read, rows, strict=True):
        for cell, value in zip(cells, row, strict=True):
            assert not cell.startswith(FORMULA_STARTS)
            assert cell.replace("'", "") == value.replace("'", "")


def test_no_part_of_a_cell_is_run_where_semicolons_or_tabs_separate() -> None:
    cells = ["Bob;=1+1;", "Ann\t=1+1", "Cy; ＝1+1", "Di;+(2)", "well said ;-)", "1; 2"]
    written = "".join(csv_lines(["city"], [[cell] for cell in cells])).splitlines()[1:]
    parts = [part.strip() for line in written for part in re.split("[;\t]", line.strip('"'))]
    run = [part for part in parts if part.startswith(FORMULA_STARTS)]
    assert run == ["-)"]  # which is no formula
    assert written[-1] == cells[-1]
