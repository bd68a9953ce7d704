"""The operator brings in a list from elsewhere, and carries it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from signing.collected import queries
from tests import make, staff
from tests.cli.conftest import Signing

LIST = "Vorname;Name;PLZ;Ort;E-Mail\nAda;Quist;89073;Ulm;ada@example.org\nBo;Lind;;Köln;\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path


def test_a_list_comes_in_and_goes_out(
    app: Flask, signing: Signing, file: Path, tmp_path: Path
) -> None:
    letter = make.letter()
    wording = tmp_path / "wording.txt"
    wording.write_text("I sign, and the campaign may keep my address.\n")
    words = ["signatures", "import", "open-roads", str(file), "--kind", "openpetition"]
    more = ["--source", "openPetition", "--as-of", "2026-03-01"]
    done = signing(*words, *more, "--basis", "consent", "--wording", str(wording))
    assert (done.returncode, done.stdout) == (0, "2 counted, 0 known already.\n")
    again = signing(*words, *more, "--basis", "consent", "--wording", str(wording))
    assert again.stdout == "1 counted, 1 known already.\n"
    listed = signing("collected", "list", "open-roads").stdout
    assert "2026-03-01 2 openPetition (openpetition): counted" in listed
    out = signing("collected", "export", "open-roads").stdout
    assert "Ada Quist,ada@example.org,,Ulm,89073,openpetition,openPetition,2026-03-01," in out
    staff.look_anew()
    assert [one.number for one in queries.list_shown(letter.id)] == [3]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_rows_that_are_no_use_keep_everybody_out_unless_they_are_left_out(
    app: Flask, signing: Signing, file: Path
) -> None:
    letter = make.letter()
    with file.open("a") as opened:
        opened.write(";;1;Ulm;\n")
    words = ["signatures", "import", "open-roads", str(file), "--source", "Elsewhere"]
    done = signing(*words)
    assert done.returncode == 1
    assert "row 4: no_name" in done.stderr
    assert "nothing was brought in" in done.stderr
    assert queries.list_shown(letter.id) == []
    done = signing(*words, "--without-faulty")
    assert done.stdout == "2 counted, 0 known already, 1 left out.\n"
    assert "@" not in signing("collected", "export", "open-roads").stdout


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_file_without_headings_needs_columns(
    app: Flask, signing: Signing, tmp_path: Path
) -> None:
    make.letter()
    file = tmp_path / "plain.csv"
    file.write_text("Ada Quist,Ulm\n")
    words = ["signatures", "import", "open-roads", str(file), "--source", "Elsewhere"]
    done = signing(*words)
    assert (done.returncode, "--columns" in done.stderr) == (2, True)
    assert signing(*words, "--columns", "name,city").stdout == "1 counted, 0 known already.\n"
