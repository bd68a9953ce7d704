"""What can be done to a letter. Nothing here commits: the door draws the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.letters import pictures, publishing, queries, settings, slugs, states
from signing.letters.folder import Folder, Text
from signing.letters.models import Letter, LetterSlug, State, Translation

DEFAULT_FIELDS = ("country",)
DEFAULT_MINIMUM_AGE = 16


class OtherOriginal(Refusal):
    """The folder takes another language for the original than the letter does."""

    status = 409

    def __init__(self, locale: str) -> None:
        super().__init__()
        self.locale = locale

    def __str__(self) -> str:
        return (
            f"The original of this letter is in {self.locale}: use --default-locale {self.locale}."
        )


@dataclass(slots=True)
class Imported:
    """What an import did, by locale."""

    letter: Letter
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What the door knows and the folder does not say."""

    slug: str
    reserved: frozenset[str]  # slugs that are addresses of our own
    has_signatures: bool  # from then on the original is frozen
    names_until: date  # how long public names of a letter opened now are shown
    correction: str = ""


def import_folder(folder: Folder, rules: ImportRules, *, by: Actor) -> Imported:
    """The letter reads as the folder says afterwards; running it again changes nothing more."""
    letter = queries.find_by_slug(rules.slug)
    if letter is None:
        letter = add(rules.slug, folder.default.locale, rules.reserved)
    elif folder.default.locale != letter.default_locale:
        raise OtherOriginal(letter.default_locale)
    imported = Imported(letter)
    _settle_settings(letter, folder.settings, rules)
    original = _keep_text(imported, folder.default, original_id=None, rules=rules)
    for text in folder.translations:
        _keep_text(imported, text, original_id=original, rules=rules)
    _keep_beside(letter, folder, by=by)
    imported.stale = _list_stale(letter, original)
    before = letter.state
    if folder.settings.get("state") == State.OPEN:
        states.open_(letter, names_until=rules.names_until, by=by)
    elif folder.settings.get("state") == State.CLOSED:
        letter.names_until = letter.names_until or rules.names_until
        states.close(letter, by=by)
    if letter.state == before:  # a new state has published them itself
        publishing.publish_wordings(letter)
    done = {"added": imported.added, "changed": imported.changed}
    log.record(Verb.LETTER_IMPORTED, by=by, subject=letter.slug, letter_id=letter.id, details=done)
    return imported


def add(slug: str, default_locale: str, reserved: frozenset[str]) -> Letter:
    """A draft without a text, with keys of its own; nobody else has or had this slug."""
    slugs.check(slug, reserved)
    letter = Letter(
        id=new_id(),
        slug=slug,
        state=State.DRAFT,
        default_locale=default_locale,
        to="",
        time_zone="UTC",
        fields=list(DEFAULT_FIELDS),
        required=list(DEFAULT_FIELDS),
        countries=[],
        controller="",
        contact="",
        minimum_age=DEFAULT_MINIMUM_AGE,
        sender_name="",
        reply_address="",
        created_at=clock.now(),
    )
    vault.make_keys(letter.id)
    db.session.add(letter)
    try:
        db.session.flush()
        db.session.add(LetterSlug(slug=slug, letter_id=letter.id, is_current=True))
        db.session.flush()
    except IntegrityError:
        raise slugs.SlugUnusable from None
    return letter


def _settle_settings(letter: Letter, read: Mapping[str, Any], rules: ImportRules) -> None:
    """What the folder says, by the names and in the shapes that the letter has for it."""
    values = dict(read)
    for name in ("opens", "closes"):
        if name in values:
            values[f"{name}_at"] = values.pop(name)
    for name in ("fields", "required", "countries"):
        if name in values:
            values[name] = list(values[name])
    if "fields" in values and "required" not in values:
        was = {*letter.required, *(set(DEFAULT_FIELDS) - set(letter.fields))}
        values["required"] = [name for name in values["fields"] if name in was]
    settings.apply(letter, values, settings.Signed(rules.has_signatures, rules.correction))


def _keep_text(
    imported: Imported, text: Text, *, original_id: UUID | None, rules: ImportRules
) -> UUID:
    """Keep one language's text; returns its revision. `original_id` is None for the original."""
    source = publishing.Source(rules.has_signatures, original_id, rules.correction)
    kept = publishing.publish(imported.letter, text, source)
    same = imported.changed if kept.is_changed else imported.unchanged
    (imported.added if kept.is_new else same).append(text.locale)
    return kept.revision_id


def _keep_beside(letter: Letter, folder: Folder, *, by: Actor) -> None:
    """Small texts and picture; what the folder does not have stays as it is."""
    for locale, said in folder.phrases.items():
        settings.phrase(letter, locale, said, by=by)
    if folder.picture is not None:
        pictures.keep_brought(letter, folder.picture, by=by)
    if focus := folder.settings.get("picture_focus"):
        across, down = cast("tuple[int, int]", focus)
        pictures.look_at(letter, across, down, by=by)


def _list_stale(letter: Letter, original_id: UUID) -> list[str]:
    stale = select(Translation.locale).where(
        Translation.letter_id == letter.id, Translation.made_from_revision_id != original_id
    )
    return sorted(db.session.scalars(stale))


def refresh_wordings() -> int:
    """Have every public letter's wordings read as our templates and its settings read now."""
    public = db.session.scalars(select(Letter).where(Letter.state != State.DRAFT)).all()
    for letter in public:
        publishing.publish_wordings(letter)
    return len(public)
