"""Importing into the database: what is frozen, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from signing.core.db import transaction
from signing.letters import (
    actions,
    folder_reader,
    folder_writer,
    pictures,
    publishing,
    queries,
    settings,
    slugs,
    states,
    wordings,
)
from signing.letters.models import ConsentPurpose, Letter, State
from signing.worker import retaining
from tests import make


@pytest.mark.usefixtures("app")
def test_what_people_signed_names_the_addressee_and_who_is_responsible() -> None:
    make.signature(make.letter())
    for changed in ({"to": "Others"}, {"controller": "Others, Elsewhere"}, {"minimum_age": 99}):
        with pytest.raises(publishing.OriginalFrozen):
            make.letter(**changed)
    make.letter(to="The council of all roads", correction="It was renamed.")
    assert queries.get_by_slug("open-roads").to == "The council of all roads"


@pytest.mark.usefixtures("app")
def test_another_language_cannot_pose_as_the_original() -> None:
    make.letter(locales=("en", "fr"))
    with pytest.raises(actions.OtherOriginal):
        make.letter(locales=("fr", "en"))


@pytest.mark.usefixtures("app")
def test_a_contact_that_is_no_address_is_refused() -> None:
    with pytest.raises(settings.ContactUnusable):
        make.letter(contact="https://example.org")
    assert queries.find_by_slug("open-roads") is None


@pytest.mark.usefixtures("app")
def test_an_erased_letter_is_not_opened_again() -> None:
    letter = make.letter()
    retaining.erase(letter, by=make.OPERATOR)
    with pytest.raises(states.LetterOver):
        make.letter()


@pytest.mark.parametrize(
    "slug", ["imprint", "embed", "fr", "pt-pt", "staff", "confirm", "A", "a--b"]
)
@pytest.mark.usefixtures("app")
def test_slugs_that_are_ours_or_no_slugs_are_refused(slug: str) -> None:
    with pytest.raises(slugs.SlugUnusable):
        make.letter(slug=slug)


def test_a_letter_imported_as_closed_has_its_notices(app: Flask) -> None:
    make.letter(state="closed")
    assert queries.get_by_slug("open-roads").state == State.CLOSED
    client = app.test_client()
    for page in ("", "/privacy", "/report", "/thanks"):
        assert client.get(f"/en/open-roads{page}").status_code == 200


def test_a_correction_shows_the_earlier_text(app: Flask) -> None:
    make.signature(make.letter())
    changed = replace(make.folder(), default=make.text("en", body="Another body."))
    make.letter(read=changed, correction="Because.")
    page = app.test_client().get("/en/open-roads").text
    assert "Another body." in page
    assert "open the <em>roads</em> (en)" in page


def test_what_is_exported_is_the_same_letter_when_it_is_imported(
    app: Flask, tmp_path: Path
) -> None:
    letter = make.letter(newsletter="Our newsletter.")
    said = {
        "en": {"thanks": "Tell *others*.", "picture_alt": "A road", "newsletter": "News, monthly."},
        "fr": {"delivery_note": "Remis le 3 mai.", "newsletter": "Les nouvelles."},
    }
    with transaction():
        for locale, values in said.items():
            settings.phrase(letter, locale, values, by=make.OPERATOR)
        pictures.keep(letter, pictures.make(make.picture()), by=make.OPERATOR)
        pictures.look_at(letter, 20, 30, by=make.OPERATOR)
    _export(letter, tmp_path)
    read = folder_reader.read(tmp_path, known_locales=["en", "fr"])
    again = replace(read, settings={**read.settings, "slug": "twin"})
    twin = make.letter("twin", read=again)

    assert _beside(twin) == {
        "en": ("Tell *others*.", "", "A road"), "fr": ("", "Remis le 3 mai.", "")
    }  # fmt: skip
    assert _newsletters(twin) == _newsletters(letter) == ["Les nouvelles.", "News, monthly."]
    assert twin.picture is not None
    assert (twin.picture["x"], twin.picture["y"], twin.picture["width"]) == (20, 30, 1440)
    same = dict(letter.picture or {})
    make.letter(read=read)
    assert queries.get_by_slug("open-roads").picture == same
    bare = replace(read, phrases={}, picture=None)
    make.letter(read=bare)
    assert _beside(queries.get_by_slug("open-roads")) == _beside(twin)


def _export(letter: Letter, into: Path) -> None:
    default, others, settled = queries.as_folder(letter)
    picture = pictures.find_largest(letter) or b""
    phrases = queries.list_phrases(letter)
    folder_writer.write(into, default, others, settled, phrases, picture)


def _beside(letter: Letter) -> dict[str, tuple[str, str, str]]:
    return {
        row.locale: (row.thanks, row.delivery_note, row.picture_alt)
        for row in queries.list_translations(letter.id)
    }


def _newsletters(letter: Letter) -> list[str]:
    """The words that people agree to, as they are in force."""
    shown = [wordings.list_shown(letter, locale) for locale in ("fr", "en")]
    return [one[ConsentPurpose.NEWSLETTER].text for one in shown]
