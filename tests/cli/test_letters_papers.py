"""`signing letters papers`: the documents of data protection on the operator's desk."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests import make
from tests.cli.conftest import Signing

DOCUMENTS = 7


def test_the_documents_are_written_once_and_over_ones_work_only_when_told_so(
    app: Flask, signing: Signing, tmp_path: Path
) -> None:
    make.letter()
    folder = tmp_path / "papers"

    done = signing("letters", "papers", "open-roads", str(folder))
    assert done.returncode == 0, done.stderr
    assert f"{DOCUMENTS} documents written to {folder}" in done.stdout
    assert "measures.md: " in done.stdout
    assert "places for a person to fill in" in done.stdout
    written = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert len(written) == DOCUMENTS
    assert "Road Friends, 1 Lane, Exampleton" in written["record-of-processing.md"]
    assert "http://localhost/open-roads" in written["breach-plan.md"]

    (folder / "measures.md").write_text("Filled in.")
    again = signing("letters", "papers", "open-roads", str(folder))
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert (folder / "measures.md").read_text() == "Filled in."

    forced = signing("letters", "papers", "open-roads", str(folder), "--force")
    assert forced.returncode == 0, forced.stderr
    assert (folder / "measures.md").read_text("utf-8") == written["measures.md"]


def test_there_are_no_documents_of_a_letter_that_is_not_there(
    signing: Signing, tmp_path: Path
) -> None:
    done = signing("letters", "papers", "no-such-letter", str(tmp_path / "papers"))
    assert done.returncode == 1
    assert not (tmp_path / "papers").exists()
