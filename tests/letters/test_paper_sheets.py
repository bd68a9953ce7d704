"""Sheets of paper: rendered by poppler and looked at, in every kind of script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from signing import ROOT
from signing.core import fonts, locales
from signing.core.db import db, transaction
from signing.letters import folder, paper, queries, sheets
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.letters.paper import NoFont, Paper, Words
from tests import make, staff
from tests.conftest import missing

LETTER = ROOT / "demo" / "letters" / "night-trains"
URL = "https://letters.example.org/en/night-trains"


@pytest.fixture(autouse=True)
def tools() -> None:
    if not shutil.which("pdftoppm") or not any("CJK" in one for one in fonts.paths(is_bold=True)):
        missing("apt install poppler-utils fonts-noto-core fonts-noto-cjk")


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(
        "night-trains", read=folder.read(LETTER, known_locales=set(locales.languages()))
    )


def words(letter: Letter, tag: str) -> Words:
    with transaction():
        return paper.write(queries.read(letter, tag), url=URL, privacy_url=f"{URL}/privacy")


def rendered(content: bytes, where: Path) -> tuple[str, list[Image.Image]]:
    """The text of the file as a reader takes it out, and a picture of each page."""
    (where / "sheet.pdf").write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "50", "-png", "sheet.pdf", "page"], cwd=where, check=True)
    said = subprocess.run(
        ["pdftotext", "-layout", "sheet.pdf", "-"], cwd=where, check=True, capture_output=True
    )
    pages = []
    for one in sorted(where.glob("page*.png")):
        with Image.open(one) as opened:
            pages.append(opened.convert("L"))
    return said.stdout.decode(), pages


def ink(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """How much of this part of the page (in shares of it) is dark."""
    width, height = picture.size
    left, top, right, bottom = box
    part = picture.crop(
        (int(left * width), int(top * height), int(right * width), int(bottom * height))
    )
    dark = sum(part.histogram()[:100])
    return dark / (part.size[0] * part.size[1])


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tag", ["en", "de", "ar", "ja"])
def test_one_page_in_every_script_begins_at_its_own_side(
    letter: Letter, tmp_path: Path, tag: str
) -> None:
    text, pages = rendered(sheets.pdf(words(letter, tag), paper=Paper.A4, rows=12), tmp_path)
    assert len(pages) == 1
    top_left, top_right = (
        ink(pages[0], box) for box in ((0.06, 0.04, 0.2, 0.13), (0.8, 0.04, 0.94, 0.13))
    )
    has_code_at_left = top_left > top_right
    assert has_code_at_left is (tag == "ar")
    assert f"{tag}-1" in text
    assert "night-trains@example.org" in text
    assert "12" in text


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("format_", "rows"), [(Paper.A4, 1), (Paper.LETTER, 99)])
def test_there_are_eight_to_fifteen_lines(
    letter: Letter, tmp_path: Path, format_: Paper, rows: int
) -> None:
    text, pages = rendered(sheets.pdf(words(letter, "en"), paper=format_, rows=rows), tmp_path)
    numbers = {line.strip() for line in text.splitlines()} & {str(n) for n in range(1, 100)}
    assert len(numbers) == max(8, min(rows, 15))
    ratio = pages[0].size[1] / pages[0].size[0]
    assert abs(ratio - (297 / 210 if format_ is Paper.A4 else 279.4 / 215.9)) < 0.01


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("word", ["Donaudampfschifffahrtsgesellschaft", "x" * 250, "道" * 250])
def test_long_texts_never_run_over_the_lines(app: Flask, tmp_path: Path, word: str) -> None:
    long = make.text("en", title=f"{word} " * 12, body=word)
    read = folder.Folder(long, (), make.SETTINGS | {"to": f"{word} " * 9, "controller": word}, ())
    found = words(make.letter("long", read=read), "en")
    text, pages = rendered(sheets.pdf(found, paper=Paper.A4, rows=15), tmp_path)
    assert len(pages) == 1
    assert "…" in text
    numbers = [line.strip() for line in text.splitlines() if line.strip().isdecimal()]
    assert "1" in numbers
    assert len(numbers) >= 8
    assert ink(pages[0], (0.0, 0.0, 0.05, 1.0)) == 0
    assert ink(pages[0], (0.95, 0.0, 1.0, 1.0)) == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_script_without_a_font_is_refused_kindly(letter: Letter) -> None:
    found = words(letter, "en")
    changed = {name: getattr(found, name) for name in found.__dataclass_fields__}
    with pytest.raises(NoFont):
        sheets.check(Words(**changed | {"title": "\U000f1234"}))
    sheets.check(found)


def test_the_sentence_is_kept_by_version_and_shown_in_no_form(app: Flask, letter: Letter) -> None:
    first = words(letter, "de")
    assert words(letter, "de").code == first.code == "de-1"
    with transaction():
        db.session.get_one(Letter, letter.id).contact = "new@example.org"
    staff.look_anew()
    assert words(queries.get(letter.id), "de").code == "de-2"
    papers = select(func.count()).where(Wording.purpose == ConsentPurpose.PAPER)
    assert db.session.scalar(papers) == 2
    page = app.test_client().get("/de/night-trains").text
    kept = db.session.scalars(select(Wording).where(Wording.purpose == ConsentPurpose.PAPER))
    for wording in kept:
        assert wording.id.hex not in page


def test_staff_download_it_and_that_is_written_down(app: Flask, letter: Letter) -> None:
    browser = staff.browser(app, staff.member())
    place = "/staff/letters/night-trains/sheets"
    assert "العربية" in browser.get(place).text
    answer = browser.post(f"{place}/pdf", language="ar", paper="letter", rows="9")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="night-trains-ar.pdf"'
    assert browser.post(f"{place}/pdf", language="xx").status_code == 404
    assert browser.post(f"{place}/pdf", language="en", rows="²").status_code == 200
