"""Sheets of paper: rendered by poppler and looked at, in every kind of script."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from signing import ROOT
from signing.core import fonts, locales
from signing.core.db import db, transaction
from signing.letters import (
    folder,
    folder_reader,
    markdown,
    paper,
    queries,
    sentences,
    sheets,
    wordings,
)
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.letters.paper import NoFont, Paper, Words
from tests import make, staff
from tests.conftest import missing

LETTER = ROOT / "demo" / "letters" / "night-trains"
ADDRESS = "https://letters.example.org/night-trains"
URL = "https://letters.example.org/en/night-trains"


@pytest.fixture(autouse=True)
def tools() -> None:
    if not shutil.which("pdftoppm") or not any("CJK" in one for one in fonts.paths(is_bold=True)):
        missing("apt install poppler-utils fonts-noto-core fonts-noto-cjk")


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(
        "night-trains", read=folder_reader.read(LETTER, known_locales=set(locales.languages()))
    )


def words(letter: Letter, tag: str) -> Words:
    with transaction():
        return paper.write(
            queries.read(letter, tag), url=URL, address=ADDRESS, privacy_url=f"{URL}/privacy"
        )


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
def test_nothing_short_is_cut_in_the_middle(app: Flask, tmp_path: Path) -> None:
    body = "# What we want\n\n- a road\n- a lane\n\nDr. Ada *wants* it. " + "So do we. " * 90
    long = make.text("en", body=body)
    read = folder.Folder(replace(long, summary=""), (), make.SETTINGS, ())
    found = replace(
        words(make.letter("long", read=read), "en"),
        address="letters.example.org/" + "-".join(["a-road-for-all"] * 4),
        privacy_url="letters.example.org/en/" + "-".join(["a-road-for-all"] * 4) + "/privacy",
    )
    text, _pages = rendered(sheets.pdf(found, paper=Paper.A4, rows=15), tmp_path)
    assert "…" not in text
    assert "What we want" not in text
    assert "a lane" not in text
    assert "Dr. Ada wants it. So do we. So" in " ".join(text.split())
    solid = "".join(text.split())
    assert found.privacy_url.removesuffix("privacy") in solid
    assert "sowe." not in solid
    assert "from: Road Friends" in text
    assert text.count("News") == 2  # over the boxes, and in the sentence that says what they are


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


def test_names_keep_their_own_way_in_sentences_that_are_read_the_other(letter: Letter) -> None:
    name, mail = "\u2068Night Train Friends\u2069", "\u2068night-trains@example.org\u2069"
    arabic, german = words(letter, "ar"), words(letter, "de")
    assert name in arabic.consent
    assert name in arabic.news
    assert mail in arabic.contact
    assert "\u2068" not in german.all
    for tag, is_isolated in (("ar", True), ("de", False)):
        shown = wordings.list_shown(letter, tag)
        assert (name in shown[ConsentPurpose.SIGN].text) is is_isolated
        assert ("\u2068" in shown[ConsentPurpose.NEWS].text) is is_isolated


def test_whole_sentences_are_found_whatever_else_has_a_dot() -> None:
    said = "Dr. Ada from Rad e. V. wants it. Art. 5 says so! 町のために。はい。"
    ends = []
    for room in range(len(said) + 1):

        def fits(some: str, room: int = room) -> bool:
            return len(some) <= room

        ends.append(sentences.fitting(said, fits))
    assert [*dict.fromkeys(ends)] == [
        "",
        "Dr. Ada from Rad e. V. wants it.",
        "Dr. Ada from Rad e. V. wants it. Art. 5 says so!",
        "Dr. Ada from Rad e. V. wants it. Art. 5 says so! 町のために。",
        said,
    ]
    text = "# Head\n\nA <b>b</b> *c*\nd.\n\n- x\n\n> q\n\n![Pic](u) `e`"
    assert markdown.paragraphs(text) == "A b c d. Pic e"
