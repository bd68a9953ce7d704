"""What guards cells from spreadsheets, and takes the guard off again."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from signing.core.cells import safe, unsafe

ODD = st.sampled_from([*"=+-@＝＋－＠'\";\t\r\n (ab1", "; ", "';"])


@given(st.one_of(st.text(), st.lists(ODD, max_size=12).map("".join)))
@example("'=1+1")
@example("''+49")
@example(";'=\t＝x")
@example("\t'=1;\t-'x")
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert unsafe(safe(cell)) == cell


def test_an_apostrophe_that_is_part_of_a_name_stays() -> None:
    for cell in ("'t Hooft", "'Abd al-Malik", "rock 'n' roll; 'tis so"):
        assert safe(cell) == unsafe(cell) == cell
