"""Importing into the database: what is frozen, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from signing.letters import actions, publishing, queries, settings, slugs, states
from signing.letters.models import State
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
