"""How a text becomes what visitors see: the one way, for the importer and for the staff area."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.core import clock
from signing.core.db import db
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.letters import wordings
from signing.letters.folder import Text
from signing.letters.models import Letter, LetterRevision, Translation, TranslationState


class OriginalFrozen(Refusal):
    status = 409
    message = _l(
        "People have signed this text. A change needs a correction that says why; "
        "anything else is a new letter."
    )


@dataclass(frozen=True, slots=True)
class Source:
    """What a text stands on. The original stands on itself: `made_from` is None."""

    has_signatures: bool  # from then on the original is frozen
    made_from: UUID | None = None  # the original's revision that a translation is made from
    correction: str = ""  # why a signed original is changed
    is_checked: bool = False  # a person has compared the two: no longer stale, if it was


@dataclass(frozen=True, slots=True)
class Kept:
    """What publishing did."""

    revision_id: UUID
    is_new: bool = False
    is_changed: bool = False


def publish(letter: Letter, text: Text, source: Source) -> Kept:
    """Visitors see this text afterwards; a revision is added only where title or body changed.

    Whom the original goes to is a setting of the letter, said in one place; only a translation
    has words of its own for it.
    """
    if source.made_from is None:
        text = replace(text, to="")
    known = db.session.get(Translation, (letter.id, text.locale))
    if known is not None and (known.title, known.body) == (text.title, text.body):
        was = (known.to, known.summary, known.privacy)
        known.to, known.summary, known.privacy = text.to, text.summary, text.privacy
        known.state = TranslationState.PUBLISHED
        if source.made_from is not None and source.is_checked:
            known.made_from_revision_id = source.made_from
        return Kept(known.revision_id, is_changed=was != (text.to, text.summary, text.privacy))
    is_signed_original = known is not None and source.made_from is None and source.has_signatures
    if is_signed_original and not source.correction:
        raise OriginalFrozen
    is_correction = source.has_signatures and known is not None
    revision = _revise(letter, text, correction=source.correction if is_correction else "")
    _show(letter, text, revision.id, source.made_from)
    return Kept(revision.id, is_new=known is None, is_changed=known is not None)


def _show(letter: Letter, text: Text, revision_id: UUID, made_from: UUID | None) -> None:
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
            revision_id=revision_id,
            made_from_revision_id=made_from or revision_id,
        )
    )
    db.session.flush()


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


def publish_wordings(letter: Letter) -> None:
    """Once the letter is complete enough to speak of; a draft that lacks things has none yet."""
    if not (letter.controller and letter.to and letter.names_until):
        return
    texts = select(Translation.locale, Translation.to, Translation.newsletter)
    rows = db.session.execute(texts.where(Translation.letter_id == letter.id)).all()
    wordings.publish(letter, {tag: wordings.Own(to, news) for tag, to, news in rows})
