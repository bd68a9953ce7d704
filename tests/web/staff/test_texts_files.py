"""Texts carried out and brought back by people with a browser and other people's programs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from signing.core.db import transaction
from signing.letters import folder_writer, pictures, queries, writing
from signing.letters.models import Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.staff import Browser

TEXTS = "/staff/letters/open-roads/texts"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(locales=("en", "fr", "ar"))


@pytest.fixture
def owner(app: Flask) -> Browser:
    return staff.browser(app, staff.member())


def bring(browser: Browser, content: bytes, name: str, **values: Any) -> TestResponse:
    answer = browser.post(f"{TEXTS}/files", file=(io.BytesIO(content), name), **values)
    answer.request.environ["wsgi.input"].close()  # the test client's own file, if it is large
    return answer


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The same archive with other files in place of some; None takes one out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name, old.read(name)))
        for name, data in changed.items():
            new.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["po", "xlf"])
def test_a_translation_made_elsewhere_becomes_a_draft(
    owner: Browser, letter: Letter, kind: str
) -> None:
    carried = owner.get(f"{TEXTS}/fr/file.{kind}").data
    changed = carried.replace(b"Open roads (fr)", "Routes « libres »".encode())
    answer = bring(owner, changed, f"x.{kind}")
    assert "Kept as a draft" in staff.words(answer)
    working = writing.get(letter, "fr")
    assert (working.title, working.has_changes) == ("Routes « libres »", True)
    assert working.shown is not None
    assert working.shown.title == "Open roads (fr)"
    assert "Unchanged" in staff.words(bring(owner, changed, f"x.{kind}"))


@pytest.mark.parametrize("name", ["files.zip", "fr/file.po", "fr/file.xlf"])
def test_what_comes_back_as_it_went_changes_nothing(
    owner: Browser, letter: Letter, name: str
) -> None:
    answer = bring(owner, owner.get(f"{TEXTS}/{name}").data, name)
    assert answer.status_code == 200
    assert "Kept as a draft" not in staff.words(answer)
    assert writing.get(letter, "fr").version == 0


def test_the_folder_is_the_one_that_the_command_writes(
    owner: Browser, letter: Letter, tmp_path: Path
) -> None:
    with transaction():
        pictures.keep(letter, pictures.make(make.picture()), by=make.OPERATOR)
    default, others, settings = queries.as_folder(letter)
    picture = pictures.find_largest(letter) or b""
    folder_writer.write(
        tmp_path / "folder", default, others, settings, queries.list_phrases(letter), picture
    )
    written = {one.name: one.read_bytes() for one in (tmp_path / "folder").iterdir()}
    with zipfile.ZipFile(io.BytesIO(owner.get(f"{TEXTS}/files.zip").data)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == written
    assert written["picture.webp"]
    assert b"slug: open-roads" in written["_index.md"]


def test_a_folder_brings_new_languages_and_says_what_it_left_out(
    owner: Browser, letter: Letter
) -> None:
    german = "---\ntitle: Straßen\nslug: x\n---\n\nSehr geehrter Rat,\n\n![Bild](b.png)".encode()
    content = repacked(owner.get(f"{TEXTS}/files.zip").data, **{"_index.de.md": german})
    said = staff.words(bring(owner, content, "x.zip"))
    assert "Deutsch Kept as a draft" in said
    assert "image removed" in said
    assert writing.get(letter, "de").title == "Straßen"


def test_drafts_are_replaced_only_when_told(owner: Browser, letter: Letter) -> None:
    carried = owner.get(f"{TEXTS}/fr/file.po").data
    bring(owner, carried.replace(b"Open roads (fr)", b"Un"), "x.po")
    answer = bring(owner, carried.replace(b"Open roads (fr)", b"Deux"), "x.po")
    assert "Not changed" in staff.words(answer)
    assert writing.get(letter, "fr").title == "Un"
    bring(owner, carried.replace(b"Open roads (fr)", b"Deux"), "x.po", replace="y")
    assert writing.get(letter, "fr").title == "Deux"


def test_a_file_of_another_letter_is_told_and_takes_nothing_away(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    carried = owner.get(f"{TEXTS}/fr/file.po").data.replace(b"Dear council,", b"Dear mayor,", 1)
    said = staff.words(bring(owner, carried, "x.po"))
    assert "1 paragraph belongs to another original" in said
    assert "1 paragraph has no translation in the file" in said
    assert writing.get(letter, "fr").body == "Dear council,\n\nopen the *roads* (fr)."


def test_a_translator_brings_their_languages_alone(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    who = staff.member("f@example.org", [Held(Role.TRANSLATOR, letter.id, ("fr",))])
    browser = staff.browser(app, who)
    content = browser.get(f"{TEXTS}/files.zip").data
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == ["_index.fr.md", "_index.md"]
    arabic = "---\ntitle: طرق\n---\n\nواحد".encode()
    english = b"---\ntitle: Mine\n---\n\nMine."
    content = repacked(content, **{"_index.ar.md": arabic, "_index.md": english})
    said = staff.words(bring(browser, content, "x.zip"))
    assert said.count("Not changed") == 2
    assert writing.get(letter, "ar").version == writing.get(letter, "en").version == 0
    assert browser.get(f"{TEXTS}/ar/file.po").status_code == 403
    carried = owner.get(f"{TEXTS}/ar/file.po").data.replace(b"(ar)", b"(xx)")
    assert "Not changed" in staff.words(bring(browser, carried, "x.po"))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"nonsense", b"PK\x03\x04", b"<xliff/>", b"<!DOCTYPE x><xliff/>", b"\xff" * 100,
        b'msgid ""\nmsgstr "Language: sw\\n"\n', b"x" * 5_000_001,
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_and_nothing_changes(
    owner: Browser, letter: Letter, content: bytes
) -> None:
    answer = bring(owner, content, "x")
    assert answer.status_code == 422
    assert "nothing was changed" in staff.words(answer)
    assert owner.post(f"{TEXTS}/files").status_code == 422


def test_the_original_has_no_file_of_a_translation(owner: Browser, letter: Letter) -> None:
    assert owner.get(f"{TEXTS}/en/file.po").status_code == 404
    assert owner.get(f"{TEXTS}/en/file.xlf").status_code == 404
