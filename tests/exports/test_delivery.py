"""The paper for the addressee: its figures, and a sample that the receiver draws again."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from signing.core import fonts, locales
from signing.core.db import snapshot, transaction
from signing.core.locales import Language
from signing.exports import delivery
from signing.exports.choice import Preset, columns
from signing.letters.models import Letter
from signing.letters.paper import NoFont
from signing.signatures import actions as signatures
from signing.signatures.models import Show
from tests import make
from tests.conftest import missing
from tests.exports.carrying_out import carry_out, choice, look


def pages(pdf: bytes, folder: Path) -> tuple[str, int]:
    """What the paper says, and how many pages of it can be painted."""
    if shutil.which("pdftoppm") is None or shutil.which("pdftotext") is None:
        missing("poppler-utils is not installed")
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "40", "-png", file, folder / "page"], check=True)
    told = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True)
    painted = list(folder.glob("page*.png"))
    assert all(one.stat().st_size > 1000 for one in painted)
    return " ".join(told.stdout.decode().split()), len(painted)


def gathered(letter: Letter, export_id: UUID, *, has_names: bool = False) -> delivery.Facts:
    *_before, sample = delivery.draw(look(letter, export_id))
    return delivery.gather(letter, look(letter, export_id), "en", sample, has_names=has_names)


def drawn(facts: delivery.Facts, language: Language) -> bytes:
    *empty, paper = delivery.pdf(facts, language)
    assert not any(empty)
    return paper


@pytest.fixture
def facts(app: Flask) -> delivery.Facts:
    letter = make.letter(locales=("en", "de", "ar"))
    refs = [
        make.signature(letter, email=f"a{n}@example.org", locale=("en", "de")[n % 2])
        for n in range(25)
    ]
    wanted = choice(letter, preset=Preset.DELIVERY, columns=columns(Preset.DELIVERY, (), ()))
    file, export_id = carry_out(wanted)
    with transaction():
        signatures.withdraw(refs[0])
    with snapshot():
        found = gathered(letter, export_id)
    # The receiver draws the sample with nothing but the file.
    seed = hashlib.sha256(file).hexdigest()
    rows = csv.DictReader(io.StringIO(file.decode()))
    named = [one["reference"] for one in rows]
    named.sort(key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).hexdigest())
    assert [one.reference for one in found.sample] == named[: delivery.SAMPLE]
    return found


def test_the_paper_says_what_is_counted_and_how_to_check_it(
    facts: delivery.Facts, tmp_path: Path
) -> None:
    with locales.speaking("en") as language:
        told, number = pages(drawn(facts, language), tmp_path)
    assert number == 2
    for words in (
        "Open roads (en)",
        "To: The council of roads",
        ": 24",
        "English 12",
        "Deutsch 12",
        "Withdrawn in the past year 1 4.0 %",
        (facts.export.digest or b"").hex(),
        facts.text_digest,
        facts.sample[0].reference,
    ):
        assert words in told
    assert "Zoë" not in told


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tag", ["de", "ar"])
def test_it_is_written_in_the_letters_languages(
    facts: delivery.Facts, tmp_path: Path, tag: str
) -> None:
    if not fonts.can_write("ä ع"):
        missing("no Noto fonts are installed")
    with locales.speaking(tag) as language:
        _told, number = pages(drawn(facts, language), tmp_path)
    assert number == 2


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_without_a_font_it_is_refused_in_words(
    facts: delivery.Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "can_write", lambda _text: False)
    with locales.speaking("ar") as language, pytest.raises(NoFont):
        delivery.check(facts.reading.letter, "ar", language)


def test_names_stand_in_it_as_people_show_them(app: Flask, tmp_path: Path) -> None:
    if not fonts.can_write("ä ع 田"):
        missing("no Noto fonts are installed")
    names = ("Ana Müller", "محمد الأحمد", "山田太郎", "A" * 60, "Quiet One", "Late Leaver")
    letter = make.letter()
    refs = [
        make.signature(
            letter, email=f"n{n}@example.org", name=name, show=Show.NO if n == 4 else Show.FULL
        )
        for n, name in enumerate(names)
    ]
    wanted = choice(letter, preset=Preset.DELIVERY, columns=columns(Preset.DELIVERY, (), ()))
    _file, export_id = carry_out(wanted)
    with transaction():
        signatures.withdraw(refs[5])
    with snapshot():
        found = gathered(letter, export_id, has_names=True)
    assert found.names == delivery.Names(4, list(names[:4]))
    for tag in ("en", "ar"):
        with locales.speaking(tag) as language:
            told, number = pages(drawn(found, language), tmp_path)
        assert number == 1
        assert "Ana Müller" in told
        assert "山田太郎" in told
        assert "Quiet" not in told
    with locales.speaking("en") as language:
        told = pages(drawn(found, language), tmp_path)[0]
    assert "Names shown: 4 of 6" in told
    assert "Others" not in told  # what is small is merged, and then there is nothing to tell
    assert "By language" not in told


def test_too_many_names_are_left_to_the_file(
    facts: delivery.Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_NAMES", 3)
    many = replace(facts, names=delivery.Names(24, []))
    with locales.speaking("en") as language:
        told, number = pages(drawn(many, language), tmp_path)
    assert "Names shown: 24 of 25. They stand in the file." in told
    assert number == 2
