"""Files as people and platforms write them: encodings, commas, headings, rows that are no use."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.collected import columns, tables
from signing.collected.columns import Column, Problem, Signer
from signing.collected.tables import NotATable

ROWS = [["Vorname", "Name", "PLZ", "Ort"], ["Zoë", "Größe, geb. Ünal", "10115", "Köln"]]


def written(rows: list[list[str]], comma: str) -> str:
    return "".join(comma.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def read(content: bytes) -> list[list[str]]:
    return list(tables.read(io.BytesIO(content)))


@pytest.mark.parametrize("comma", tables.COMMAS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_and_comma_is_read(encoding: str, comma: str) -> None:
    assert read(written(ROWS, comma).encode(encoding)) == ROWS


def test_an_address_and_a_name_that_are_split_by_lines_stay_one_cell() -> None:
    assert read(b'name;city\n"Ada\nQuist";Ulm\n') == [["name", "city"], ["Ada\nQuist", "Ulm"]]


def test_a_list_of_one_column_is_a_list() -> None:
    assert read("Name\nZoë\nAda\n".encode()) == [["Name"], ["Zoë"], ["Ada"]]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(range(256)) * 50,  # a spreadsheet as it is
        b"%PDF-1.7\n\x00\x01\x02\x03" + bytes(range(256)) * 9,
        (",".join("abc" * 50)).encode(),
        b'name\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(NotATable):
        read(content)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    with suppress(NotATable):
        read(content)


def test_a_file_in_pieces_is_the_same_rows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PIECE_BYTES", 40)
    rows = [[f"Ada {n}", "Zoë\nthere, or here", "a@b.org"] for n in range(9)]
    for comma in ",;":
        file = io.BytesIO(written(rows, comma).encode("utf-16"))
        kept = list(tables.pieces(file, keeps_addresses=True))
        assert len(kept) > 2
        assert list(tables.rows_of(piece for piece, _n in kept)) == rows


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_without_a_basis_no_address_is_in_any_piece_whatever_its_column(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(tables, "PIECE_BYTES", size)
    rows = [["Ada <ada@example.org>", "mail: zoë@bücher.example, x", "a@b", "Ulm"]] * 2
    kept = list(tables.pieces(io.BytesIO(written(rows, ";").encode()), keeps_addresses=False))
    assert b"@" not in b"".join(piece for piece, _n in kept)
    assert b"example" not in b"".join(piece for piece, _n in kept)
    told = list(tables.rows_of(piece for piece, _n in kept))
    assert told == [["Ada ", "mail: , x", "", "Ulm"]] * 2
    assert kept[-1][1] == 2


def test_signs_without_end_are_looked_at_once() -> None:
    for endless in ("a" * 500_000, "a@" * 250_000, "a@b," * 100_000, "@" * 500_000):
        for _piece in tables.pieces(io.BytesIO(endless.encode()), keeps_addresses=False):
            pass  # a pattern that goes back and forth would take hours


HEADINGS = {
    "Vorname;Name;PLZ;Ort;Kommentar": ["first_name", "last_name", "postcode", "city", ""],
    "Vorname;Nachname;Ort;Land": ["first_name", "last_name", "city", "country"],
    "Name,City,State,Postal Code,Country,Signed On": [
        "name", "city", "", "postcode", "country", ""
    ],
    "First Name,Last Name,Email,Zip": ["first_name", "last_name", "email", "postcode"],
    "name,email,country,city,language,comment,shown_name": [
        "name", "email", "country", "city", "", "", ""
    ],
    "Nom;Prénom;Ville;Courriel:": ["last_name", "first_name", "city", "email"],
    "Name,Name,Town*": ["name", "", "city"],
}  # fmt: skip


@pytest.mark.parametrize("headings", HEADINGS)
def test_headings_tell_what_columns_hold(headings: str) -> None:
    (row,) = read(headings.encode())
    assert [str(one) for one in columns.guess(row)] == HEADINGS[headings]
    assert columns.has_headings(row)


def test_a_row_of_somebody_is_no_heading() -> None:
    assert not columns.has_headings(["Ada Quist", "ada@example.org"])
    assert not columns.has_headings(["Ada Quist", "Ulm"])


NAMED = [Column.NAME, Column.EMAIL, Column.CITY, Column.COUNTRY]
PROBLEMS: dict[tuple[str, ...], Problem] = {
    ("", "a@example.org", "Ulm", "DE"): Problem.NO_NAME,
    ("…", "", "", ""): Problem.NO_NAME,
    ("x" * 101, "", "", ""): Problem.NAME_TOO_LONG,
    ("www.spam.example/now", "", "", ""): Problem.NAME_ODD,
    ("Ada", "ada@", "", ""): Problem.ADDRESS_ODD,
    ("Ada", "", "y" * 101, ""): Problem.CITY_TOO_LONG,
}


@pytest.mark.parametrize("row", PROBLEMS)
def test_a_row_says_what_is_wrong_with_it(row: tuple[str, ...]) -> None:
    assert columns.signer(row, NAMED, keeps_addresses=True) is PROBLEMS[row]


def test_a_row_becomes_somebody_clean() -> None:
    row = ["  Ada \u202e Quist\n", "Ada.Quist+x@Gmail.com", "'=Ulm", "Deutschland"]
    found = columns.signer(row, NAMED, keeps_addresses=True)
    assert isinstance(found, Signer)
    assert (found.person.name, found.person.city, found.country) == ("Ada Quist", "=Ulm", "DE")
    assert found.address == "adaquist@gmail.com"


def test_an_address_that_may_not_be_kept_is_not_even_looked_at() -> None:
    found = columns.signer(["Ada", "nonsense@", "", ""], NAMED, keeps_addresses=False)
    assert isinstance(found, Signer)
    assert (found.person.email, found.address) == ("", "")


def test_a_short_row_lacks_what_it_lacks() -> None:
    assert isinstance(columns.signer(["Ada"], NAMED, keeps_addresses=True), Signer)


@pytest.mark.parametrize(
    ("text", "code"), [("de", "DE"), ("France", "FR"), ("Japón", "JP"), ("Nowhere", ""), ("", "")]
)
def test_countries_are_known_by_code_and_by_name(text: str, code: str) -> None:
    assert columns.country(text) == code


def test_a_row_that_is_none_is_never_whole_in_memory() -> None:
    for endless in ("ā," * 2_000_000, '"' + "ā\n" * 2_000_000, "x" * 4_000_000):
        tracemalloc.start()
        with pytest.raises(NotATable):
            tables.split(io.BytesIO(endless.encode()), keeps_addresses=True)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 48 * 1024 * 1024, endless[:3]


def test_a_file_of_nothing_but_line_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 1000)
    with pytest.raises(NotATable):
        tables.split(io.BytesIO(b"\n" * 1001), keeps_addresses=True)
    assert tables.split(io.BytesIO(b"a\n" * 1000), keeps_addresses=True)[-1][1] == 1000
