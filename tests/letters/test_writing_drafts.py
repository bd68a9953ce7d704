"""From draft to what visitors see: whole, by one, and never unawares."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from signing.audit.models import AuditEvent
from signing.core.db import db, transaction
from signing.core.refusals import Refusal
from signing.letters import drafts, pieces, publishing, queries, slugs, writing
from signing.letters.drafts import Written
from signing.letters.models import Letter, TranslationState, Wording
from signing.letters.pieces import Piece
from tests import make

BY = make.OPERATOR
pytestmark = pytest.mark.usefixtures("app")


def written(
    letter: Letter, locale: str, body: str, *, title: str = "", version: int = -1
) -> Written:
    working = writing.get(letter, locale)
    own: tuple[Piece, ...] = (Piece("", body),)
    if not working.is_original:
        own = tuple(pieces.replace(working.compare(), working.original.body, body))
    return Written(
        title=title or working.title or "T",
        source_title=working.original.title,
        pieces=own,
        version=working.version if version < 0 else version,
        based_on=working.shown.revision_id if working.shown else None,
    )


def save(letter: Letter, locale: str, body: str, **values: object) -> None:
    with transaction():
        drafts.save(letter, locale, written(letter, locale, body, **values), by=BY)  # type: ignore[arg-type]


def publish(letter: Letter, locale: str, *, is_signed: bool = False, why: str = "") -> None:
    version = writing.get(letter, locale).version
    with transaction():
        drafts.publish(letter, locale, version, has_signatures=is_signed, correction=why, by=BY)


def shown(letter: Letter, locale: str) -> str:
    found = writing.find_shown(letter, locale)
    return found.body if found else ""


def begin() -> Letter:
    with transaction():
        return drafts.add_letter("new-roads", "New roads", "en", frozenset(), by=BY)


def test_a_letter_is_written_translated_and_published_language_by_language() -> None:
    letter = begin()
    with transaction():
        drafts.add_language(letter, "fr", by=BY)
    save(letter, "en", "Dear council.\n\nOpen them.")
    save(letter, "fr", "Cher conseil.\n\nOuvrez-les.", title="Routes")
    with pytest.raises(drafts.OriginalUnpublished):
        publish(letter, "fr")
    publish(letter, "en")
    publish(letter, "fr")
    assert queries.list_locales(letter.id) == ["en", "fr"]
    assert not writing.get(letter, "fr").is_stale
    verbs = list(
        db.session.scalars(select(AuditEvent.verb).where(AuditEvent.letter_id == letter.id))
    )
    assert verbs.count("text.published") == 2
    assert "letter.added" in verbs


def test_visitors_see_nothing_of_a_draft() -> None:
    letter = make.letter()
    before = shown(letter, "fr")
    save(letter, "fr", "Tout autre.\n\nChose.")
    assert shown(letter, "fr") == before
    assert writing.get(letter, "fr").body == "Tout autre.\n\nChose."
    publish(letter, "fr")
    assert shown(letter, "fr") == "Tout autre.\n\nChose."
    assert not writing.get(letter, "fr").has_changes


def test_a_text_that_lacks_something_is_refused_in_plain_words() -> None:
    letter = begin()
    for body, why in (("", "no text"), ("<!-- nothing -->", "Nothing of this text")):
        save(letter, "en", body)
        with pytest.raises(drafts.TextUnusable, match=why):
            publish(letter, "en")
    save(letter, "en", "One.\n\nTwo.")
    publish(letter, "en")
    with transaction():
        drafts.add_language(letter, "fr", by=BY)
    half = written(letter, "fr", "Un.\n\nDeux.")
    half = replace(half, pieces=half.pieces[:1])
    with transaction():
        drafts.save(letter, "fr", half, by=BY)
    with pytest.raises(drafts.TextUnusable, match="1 paragraph is not translated"):
        publish(letter, "fr")
    assert shown(letter, "fr") == ""


def test_two_who_write_at_once_do_not_overwrite_each_other_unawares() -> None:
    letter = make.letter()
    for version in (0, 1):
        save(letter, "fr", f"Premier {version}.", version=version)
        with pytest.raises(drafts.SavedMeanwhile):
            save(letter, "fr", "Second.", version=version)
        assert writing.get(letter, "fr").body == f"Premier {version}."


def test_whoever_publishes_an_older_version_is_told() -> None:
    letter = make.letter()
    save(letter, "fr", "Un.\n\nUn.")
    save(letter, "fr", "Deux.\n\nDeux.")
    with pytest.raises(drafts.SavedMeanwhile), transaction():
        drafts.publish(letter, "fr", 1, has_signatures=False, correction="", by=BY)
    assert "Deux" not in shown(letter, "fr")


def test_publishing_twice_is_publishing_once() -> None:
    letter = make.letter()
    save(letter, "fr", "Un.\n\nDeux.")
    publish(letter, "fr")
    revision = writing.get(letter, "fr").based_on
    publish(letter, "fr")
    assert writing.get(letter, "fr").based_on == revision


def test_a_signed_original_changes_by_a_correction_only_and_the_marks_follow() -> None:
    letter = make.letter()
    make.signature(letter)
    save(letter, "en", "Dear council,\n\nopen *all* roads.")
    with pytest.raises(publishing.OriginalFrozen):
        publish(letter, "en", is_signed=True)
    publish(letter, "en", is_signed=True, why="One road was missing.")
    assert queries.list_corrections(letter, "en")[0].why == "One road was missing."

    french = writing.get(letter, "fr")
    assert french.is_stale
    assert writing.stand(french).changed == 1
    assert [row.before for row in french.compare() if row.mark == "changed"] == [
        "open the *roads* (en)."
    ]


def test_a_translation_is_still_valid_once_somebody_says_so() -> None:
    letter = make.letter()
    save(letter, "en", "Dear council,\n\nopen *all* roads.")
    publish(letter, "en")
    body, version = shown(letter, "fr"), writing.get(letter, "fr").version
    with transaction():
        drafts.keep(letter, "fr", version, by=BY)
    assert shown(letter, "fr") == body
    assert not writing.get(letter, "fr").is_stale
    assert not queries.read(letter, "fr").is_stale


def test_a_translation_that_lacks_a_new_paragraph_is_not_still_valid() -> None:
    letter = make.letter()
    save(letter, "en", "Dear council,\n\nopen the *roads* (en).\n\nNow.")
    publish(letter, "en")
    with pytest.raises(drafts.TextUnusable), transaction():
        drafts.keep(letter, "fr", 0, by=BY)
    assert queries.read(letter, "fr").is_stale


def test_a_translation_published_with_open_marks_stays_stale() -> None:
    letter = make.letter()
    save(letter, "en", "Dear council,\n\nopen *all* roads.")
    publish(letter, "en")
    working = writing.get(letter, "fr")
    kept = tuple(Piece(row.before, row.text + "!") for row in working.compare())
    new = Written("T", pieces=kept, source_title=working.source_title, based_on=working.based_on)
    with transaction():
        drafts.save(letter, "fr", new, by=BY)
    publish(letter, "fr")
    assert writing.get(letter, "fr").is_stale
    assert writing.stand(writing.get(letter, "fr")).changed == 1


def test_an_import_under_a_draft_is_not_undone_unawares() -> None:
    letter = make.letter()
    save(letter, "fr", "Un.\n\nDeux.")
    changed = replace(make.folder(), translations=(make.text("fr", body="Imported.\n\nToo."),))
    make.letter(read=changed)
    assert writing.get(letter, "fr").is_overtaken
    with pytest.raises(drafts.PublishedMeanwhile):
        publish(letter, "fr")
    save(letter, "fr", "Un.\n\nDeux.")
    publish(letter, "fr")
    assert shown(letter, "fr") == "Un.\n\nDeux."


def test_an_import_over_a_published_draft_is_what_is_written_on() -> None:
    letter = make.letter()
    save(letter, "fr", "Un.\n\nDeux.")
    publish(letter, "fr")
    changed = replace(make.folder(), translations=(make.text("fr", body="Imported.\n\nToo."),))
    make.letter(read=changed)
    working = writing.get(letter, "fr")
    assert (working.body, working.has_changes) == ("Imported.\n\nToo.", False)


def test_a_translation_taken_off_the_page_is_a_draft_and_can_come_back() -> None:
    letter = make.letter()
    body, version = shown(letter, "fr"), writing.get(letter, "fr").version
    with transaction():
        drafts.unpublish(letter, "fr", version, by=BY)
    assert queries.list_locales(letter.id) == ["en"]
    assert queries.read(letter, "fr").translation.locale == "en"
    assert writing.get(letter, "fr").body == body
    publish(letter, "fr")
    assert shown(letter, "fr") == body
    assert not writing.get(letter, "fr").is_stale


@pytest.mark.parametrize("verb", [drafts.unpublish, drafts.discard])
def test_the_original_cannot_be_taken_away(verb: object) -> None:
    letter = begin()
    with pytest.raises(drafts.OriginalStays), transaction():
        verb(letter, "en", 1, by=BY)  # type: ignore[operator]


def test_a_draft_thrown_away_leaves_what_visitors_see() -> None:
    letter = make.letter()
    before = shown(letter, "fr")
    save(letter, "fr", "Un.")
    with transaction():
        drafts.discard(letter, "fr", 1, by=BY)
    assert (writing.get(letter, "fr").body, shown(letter, "fr")) == (before, before)


def test_reviewed_is_what_somebody_found_good_until_it_is_written_on() -> None:
    letter = make.letter()
    save(letter, "fr", "Un.\n\nDeux.")
    with transaction():
        drafts.review(letter, "fr", 1, by=BY)
    assert writing.get(letter, "fr").state is TranslationState.REVIEWED
    save(letter, "fr", "Un.\n\nTrois.")
    assert writing.get(letter, "fr").state is TranslationState.DRAFT


def test_the_wordings_come_with_the_text(app: Flask) -> None:
    letter = make.letter()
    with transaction():
        drafts.add_language(letter, "de", by=BY)
    save(letter, "de", "Sehr geehrter Rat,\n\nöffnen Sie sie.")
    changed = replace(written(letter, "de", "Sehr geehrter Rat,\n\nöffnen Sie sie."), to="Der Rat")
    with transaction():
        drafts.save(letter, "de", changed, by=BY)
    publish(letter, "de")
    texts = select(Wording.text).where(Wording.locale == "de", Wording.purpose == "sign")
    assert any("Der Rat" in text for text in db.session.scalars(texts))


def test_a_slug_that_is_taken_is_refused_whoever_is_quicker() -> None:
    begin()
    with pytest.raises(slugs.SlugUnusable):
        begin()


def test_a_language_that_is_none_is_not_added() -> None:
    letter = make.letter()
    with pytest.raises(Refusal), transaction():
        drafts.add_language(letter, "xx", by=BY)


def test_a_draft_without_measure_is_refused() -> None:
    with pytest.raises(Refusal):
        save(make.letter(), "fr", "a" * 200_001)
