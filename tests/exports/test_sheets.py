"""CSV that no spreadsheet mistakes for formulas."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from signing.exports.sheets import FORMULA_STARTS, csv_lines

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
            assert cell.removeprefix("'") == value.removeprefix("'")
