"""What can be done to a letter. Nothing here commits: the door draws the transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.letters import queries, wordings
from signing.letters.folder import Folder, Text
from signing.letters.models import (
    Letter,
    LetterRevision,
    LetterSlug,
    State,
    Translation,
    TranslationState,
)

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_CHARACTERS = 64
PLAIN_SETTINGS = ("to", "goal", "controller", "contact", "minimum_age", "newsletter")
SIGNED_SETTINGS = ("to", "controller", "minimum_age")  # what people signed names them
DEFAULT_FIELDS = ("country",)
DEFAULT_MINIMUM_AGE = 16


class SlugUnusable(Refusal):
    status = 422
    message = _l("The slug needs lower-case letters, digits and single hyphens, and must be free.")


class NotReadyToOpen(Refusal):
    """The letter lacks what the law wants named; `lacking` lists it."""

    status = 422

    def __init__(self, lacking: list[str]) -> None:
        super().__init__()
        self.lacking = lacking

    def __str__(self) -> str:
        return f"The letter cannot be opened. It lacks: {', '.join(self.lacking)}."


class LetterOver(Refusal):
    """Delivered or archived: there is no way back to collecting signatures."""

    status = 409

    def __str__(self) -> str:
        return "The letter is over: it was delivered, or its signers' data was erased."


class ContactUnusable(Refusal):
    status = 422

    def __str__(self) -> str:
        return "The contact needs to be an e-mail address: signers' questions go there."


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


class OriginalFrozen(Refusal):
    status = 409
    message = _l(
        "People have signed this text. A change needs a correction that says why; "
        "anything else is a new letter."
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
        letter = _add(rules.slug, folder.default.locale, rules.reserved)
    elif folder.default.locale != letter.default_locale:
        raise OtherOriginal(letter.default_locale)
    imported = Imported(letter)
    _settle_settings(letter, folder.settings, rules)
    original = _keep_text(imported, folder.default, original_id=None, rules=rules)
    for text in folder.translations:
        _keep_text(imported, text, original_id=original, rules=rules)
    imported.stale = _list_stale(letter, original)
    if folder.settings.get("state") == State.OPEN:
        open_(letter, names_until=rules.names_until, by=by)
    elif folder.settings.get("state") == State.CLOSED:
        letter.names_until = letter.names_until or rules.names_until
        close(letter, by=by)
    _publish_wordings(letter)
    done = {"added": imported.added, "changed": imported.changed}
    log.record(Verb.LETTER_IMPORTED, by=by, subject=letter.slug, letter_id=letter.id, details=done)
    return imported


def open_(letter: Letter, *, names_until: date, by: Actor) -> None:
    """The letter takes signatures afterwards; refused until it says who is responsible."""
    _check_responsible(letter)
    if letter.state in {State.DELIVERED, State.ARCHIVED}:
        raise LetterOver
    if letter.state == State.OPEN:
        return
    letter.state = State.OPEN
    if letter.closes_at is not None and letter.closes_at <= clock.now():
        letter.closes_at = None  # reopened, until somebody names another end
    letter.names_until = letter.names_until or names_until
    log.record(Verb.LETTER_OPENED, by=by, subject=letter.slug, letter_id=letter.id)


def _check_responsible(letter: Letter) -> None:
    lacking = [name for name in ("controller", "contact", "to") if not getattr(letter, name)]
    if lacking:
        raise NotReadyToOpen(lacking)


def close(letter: Letter, *, by: Actor) -> None:
    """The letter takes no more signatures; those made until now can still be confirmed."""
    if letter.is_closed:
        return
    _check_responsible(letter)
    at = clock.now()
    letter.state = State.CLOSED
    letter.closes_at = min(letter.closes_at or at, at)
    log.record(Verb.LETTER_CLOSED, by=by, subject=letter.slug, letter_id=letter.id)


def _add(slug: str, default_locale: str, reserved: frozenset[str]) -> Letter:
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_CHARACTERS or slug in reserved:
        raise SlugUnusable
    letter = Letter(
        id=new_id(),
        slug=slug,
        state=State.DRAFT,
        default_locale=default_locale,
        to="",
        time_zone="UTC",
        fields=list(DEFAULT_FIELDS),
        controller="",
        contact="",
        minimum_age=DEFAULT_MINIMUM_AGE,
        sender_name="",
        reply_address="",
        created_at=clock.now(),
    )
    vault.make_keys(letter.id)
    db.session.add(letter)
    db.session.flush()
    db.session.add(LetterSlug(slug=slug, letter_id=letter.id, is_current=True))
    db.session.flush()
    return letter


def _settle_settings(letter: Letter, settings: Mapping[str, Any], rules: ImportRules) -> None:
    for name in PLAIN_SETTINGS:
        if name not in settings or settings[name] == getattr(letter, name):
            continue
        if name in SIGNED_SETTINGS and rules.has_signatures and not rules.correction:
            raise OriginalFrozen
        setattr(letter, name, settings[name])
    _check_contact(letter.contact)
    if "fields" in settings:
        letter.fields = list(settings["fields"])
    if "closes" in settings:
        closes_at: datetime | None = settings["closes"]
        letter.closes_at = closes_at


def _keep_text(
    imported: Imported, text: Text, *, original_id: UUID | None, rules: ImportRules
) -> UUID:
    """Keep one language's text; returns its revision. `original_id` is None for the original."""
    letter = imported.letter
    known = db.session.get(Translation, (letter.id, text.locale))
    if known is not None and (known.title, known.body) == (text.title, text.body):
        is_same = known.privacy == text.privacy
        (imported.unchanged if is_same else imported.changed).append(text.locale)
        known.to, known.summary, known.privacy = text.to, text.summary, text.privacy
        return known.revision_id
    if known is not None and original_id is None and rules.has_signatures and not rules.correction:
        raise OriginalFrozen
    is_correction = rules.has_signatures and known is not None
    revision = _revise(letter, text, correction=rules.correction if is_correction else "")
    (imported.changed if known else imported.added).append(text.locale)
    db.session.merge(
        Translation(
            letter_id=letter.id,
            locale=text.locale,
            title=text.title,
            summary=text.summary,
            body=text.body,
            to=text.to,
            privacy=text.privacy,
            state=TranslationState.PUBLISHED,
            revision_id=revision.id,
            made_from_revision_id=original_id or revision.id,
        )
    )
    db.session.flush()
    return revision.id


def _check_contact(contact: str) -> None:
    try:
        if contact:
            validate_email(contact, check_deliverability=False)
    except EmailNotValidError:
        raise ContactUnusable from None


def _revise(letter: Letter, text: Text, *, correction: str) -> LetterRevision:
    revision = LetterRevision(
        letter_id=letter.id,
        id=new_id(),
        locale=text.locale,
        title=text.title,
        body=text.body,
        body_digest=_digest(text.title, text.body),
        correction=correction or None,
        at=clock.now(),
    )
    db.session.add(revision)
    return revision


def _digest(title: str, body: str) -> bytes:
    return hashlib.sha256(f"{title}\0{body}".encode()).digest()


def _list_stale(letter: Letter, original_id: UUID) -> list[str]:
    stale = select(Translation.locale).where(
        Translation.letter_id == letter.id, Translation.made_from_revision_id != original_id
    )
    return sorted(db.session.scalars(stale))


def _publish_wordings(letter: Letter) -> None:
    """Once the letter is complete enough to speak of; a draft that lacks things has none yet."""
    if not (letter.controller and letter.to and letter.names_until):
        return
    named = db.session.execute(
        select(Translation.locale, Translation.to).where(Translation.letter_id == letter.id)
    )
    wordings.publish(letter, dict(named.all()))


def refresh_wordings() -> int:
    """Have every public letter's wordings read as our templates and its settings read now."""
    public = db.session.scalars(select(Letter).where(Letter.state != State.DRAFT)).all()
    for letter in public:
        _publish_wordings(letter)
    return len(public)
