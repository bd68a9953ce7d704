"""Small texts: what visitors read is changed by whoever may publish it, and by nobody else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from signing.core.db import db, transaction
from signing.letters import queries
from signing.letters.models import Letter, Translation, TranslationState
from signing.staff_accounts.roles import Held, Role
from tests import make, staff

TEXTS = "/staff/letters/open-roads/small-texts"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(locales=("en", "fr"), newsletter="Mail me news of Road Friends.")


@pytest.fixture
def translator(app: Flask, letter: Letter) -> staff.Browser:
    held = [Held(Role.TRANSLATOR, letter.id, ("en", "fr"))]
    return staff.browser(app, staff.member("tr@example.org", held, has_app=False))


def hide(letter: Letter, locale: str) -> None:
    """As taking a translation off the page does."""
    mine = update(Translation).where(
        Translation.letter_id == letter.id, Translation.locale == locale
    )
    with transaction():
        db.session.execute(mine.values(state=TranslationState.DRAFT))
    staff.look_anew()


def said(letter: Letter) -> dict[str, tuple[str, str]]:
    staff.look_anew()
    return {one.locale: (one.thanks, one.newsletter) for one in queries.list_texts(letter.id)}


NOTHING = {"en": ("", ""), "fr": ("", "")}


def test_a_translator_changes_nothing_that_visitors_read(
    letter: Letter, translator: staff.Browser
) -> None:
    for into in ("en", "fr"):
        for values in ({"thanks": "[give](https://evil.example)"}, {"newsletter": "Sell me"}):
            answer = translator.post(f"{TEXTS}/{into}", **values)
            assert answer.status_code == 403
            assert next(iter(values.values())) in answer.text  # what was typed is not lost
        page = translator.get(f"{TEXTS}/{into}")
        assert "only somebody who may publish the letter changes them" in staff.words(page)
        assert ">Save<" not in page.text
        assert 'name="thanks"' not in page.text
    assert "(to read)" in staff.words(translator.get(TEXTS))
    assert said(letter) == NOTHING


def test_a_translator_writes_a_language_that_is_not_published_but_for_the_consent(
    letter: Letter, translator: staff.Browser
) -> None:
    hide(letter, "fr")
    assert translator.post(f"{TEXTS}/fr", newsletter="Vendez-moi").status_code == 403
    page = translator.get(f"{TEXTS}/fr")
    assert "only an editor changes it" in staff.words(page)
    assert 'name="newsletter"' not in page.text
    assert translator.post(f"{TEXTS}/fr", thanks="Merci").status_code == 303
    assert said(letter) == {"en": ("", ""), "fr": ("Merci", "")}
    assert translator.post(f"{TEXTS}/en", thanks="Hello").status_code == 403


def test_before_a_letter_opens_translators_write_all_but_the_original(app: Flask) -> None:
    draft = make.letter(locales=("en", "fr"), state="draft")
    held = [Held(Role.TRANSLATOR, draft.id, ("en", "fr"))]
    translator = staff.browser(app, staff.member("tr@example.org", held, has_app=False))
    assert translator.post(f"{TEXTS}/fr", thanks="Merci").status_code == 303
    assert translator.post(f"{TEXTS}/en", thanks="Thanks").status_code == 403
    assert said(draft)["fr"] == ("Merci", "")


def test_editors_write_all_of_them(app: Flask, letter: Letter) -> None:
    held = [Held(Role.EDITOR, letter.id)]
    editor = staff.browser(app, staff.member("ed@example.org", held, has_app=False))
    for into in ("en", "fr"):
        assert editor.post(f"{TEXTS}/{into}", thanks="*", newsletter="News").status_code == 303
    assert said(letter) == {"en": ("*", "News"), "fr": ("*", "News")}
    assert "(to read)" not in staff.words(editor.get(TEXTS))
