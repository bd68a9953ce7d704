"""Lines of PDFs: letters are joined and ordered as every browser does, names keep their own way."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from signing.core import bidi, fonts
from signing.core.locales import Language
from signing.core.pages import Pages
from signing.core.typeset import Style, stretches
from tests.conftest import missing

POINTS, DPI = 40, 72
STYLE = Style(POINTS)
# With vowel marks, in one line each; what is not joined is wider, and looks otherwise.
WORDS = ("يُرجى", "جُمعت", "مشروعًا", "تلقّي", "لن يُحتسب", "שָׁלוֹם", "हिन्दी में", "ที่นี่", "Ärger")


@pytest.fixture(autouse=True)
def tools() -> None:
    if not shutil.which("pdftoppm") or not features.check("raqm"):
        missing("apt install poppler-utils libfribidi0 fonts-noto-core")
    if not all(map(fonts.can_write, WORDS)):
        missing("apt install fonts-noto-core")


@contextmanager
def blank(tag: str) -> Iterator[Pages]:
    """Pages that are written out in the end: until then their fonts are open files."""
    pages = Pages(Language(tag), "Lines")
    yield pages
    assert bytes(pages.output()).startswith(b"%PDF")


def own_direction(word: str) -> str:
    return bidi.direction(word) or "ltr"


def by_pdf(folder: Path) -> list[Image.Image]:
    """Each word on a page of its own, as poppler paints it."""
    pages = Pages(Language("en"), "Words")
    for number, word in enumerate(WORDS):
        if number:
            pages.add_page()
        runs = pages.measured(word, STYLE, bidi.direction(word))
        pages.draw_runs(50, 20, runs, style=STYLE, height=30)
    (folder / "words.pdf").write_bytes(bytes(pages.output()))
    command = ["pdftoppm", "-r", f"{DPI}", "-gray", "-png", "words.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    found = []
    for path in sorted(folder.glob("page*.png")):
        with Image.open(path) as opened:
            found.append(_ink(opened))
    return found


def by_raqm(word: str) -> Image.Image:
    path = next(path for path in map(fonts.path_with, word) if path)
    font = ImageFont.truetype(path, POINTS, layout_engine=ImageFont.Layout.RAQM)
    picture = Image.new("L", (500, 150), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((50, 30), word, 0, font, direction=own_direction(word))
    return _ink(picture)


def _ink(picture: Image.Image) -> Image.Image:
    """What is dark, white on black, with a margin."""
    dark = picture.convert("L").point(lambda value: 255 if value < 128 else 0)
    box = dark.getbbox()
    assert box is not None
    return dark.crop((box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3))


def strays(one: Image.Image, other: Image.Image) -> float:
    """The share of the ink of one that is nowhere near ink of the other."""
    near = other.filter(ImageFilter.MaxFilter(5))
    left = ImageChops.subtract(one, near.crop((0, 0, *one.size)))
    return left.histogram()[255] / one.histogram()[255]


def test_letters_beside_vowel_marks_are_joined_as_raqm_joins_them(tmp_path: Path) -> None:
    for word, drawn in zip(WORDS, by_pdf(tmp_path), strict=True):
        expected = by_raqm(word)
        assert abs(drawn.width - expected.width) <= 2, word
        assert strays(drawn, expected) < 0.01, word
        assert strays(expected, drawn) < 0.01, word


def test_a_name_keeps_its_own_way_in_a_sentence_that_is_read_the_other() -> None:
    name, letters = "Rad statt Stau e. V.", "محمد (الأول)"
    isolated = bidi.isolated(name, "rtl")
    assert stretches(f"من {isolated} أن", "rtl") == [(" أن", "rtl"), (name, "ltr"), ("من ", "rtl")]
    isolated = bidi.isolated(letters, "ltr")
    line = stretches(f"To: {isolated}, 3", "ltr")
    assert line == [("To: ", "ltr"), (letters, "rtl"), (", 3", "ltr")]
    assert bidi.isolated("+49 30 1", "rtl") != "+49 30 1"
    for value in (name, "", "+49 30 1"):
        assert bidi.isolated(value, "ltr") == value  # kept wordings do not change for nothing
    assert bidi.isolated("محمد", "rtl") == "محمد"


def test_numbers_stand_where_they_are_read() -> None:
    line = stretches("עד 2028. Rad", "rtl")
    assert line == [("Rad", "ltr"), (". ", "rtl"), ("2028", "ltr"), ("עד ", "rtl")]
    assert stretches("", "rtl") == stretches("", "ltr") == []


def test_a_name_that_goes_over_a_line_keeps_its_way_on_both() -> None:
    name = "Rad statt Stau in unserer Stadt e. V."
    with blank("ar") as pages:
        lines = pages.wrapped(f"من {bidi.isolated(name, 'rtl')} أن", 25, Style(10))
    assert len(lines) > 2
    drawn = [stretches(line, "rtl") for line in lines]
    assert any(("e. V.", "ltr") in one for one in drawn)
    assert all(one[-1][1] == "ltr" for one in drawn[1:-1])
    text = "".join(text for one in drawn for text, _way in one)
    assert not any(sign in text for sign in bidi.SIGNS)
    assert sorted(text.replace(" ", "")) == sorted(f"من{name}أن".replace(" ", ""))


def test_isolates_without_a_partner_do_no_harm() -> None:
    with blank("ar") as pages:
        for text in ("\u2068" * 300 + "ab", "\u2069\u2069ab", "\u2068a\u2067b\u2069"):
            lines = pages.wrapped(text, 50, Style(10))
            assert "ab" in "".join(one for one in "".join(lines) if one not in bidi.SIGNS)
            pages.write_text(text)


def test_words_are_broken_between_letters_never_before_their_marks() -> None:
    with blank("en") as pages:
        lines = pages.wrapped("ที่นี่" * 30, 30, Style(10))
        pages.write_text("{nb} of us")  # nothing that fpdf would make a number of
    assert len(lines) > 3
    assert not any(unicodedata.combining(line[0]) for line in lines)
    assert "".join(lines) == "ที่นี่" * 30
