"""Wordings before the eyes of a person: read, and approved by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.letters import lagging, publishing
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.letters.states import NotReadyToOpen, list_lacking


@dataclass(frozen=True, slots=True)
class Shelf:
    """The newest wordings of one language, in the order of the form, and the older ones."""

    locale: str
    is_published: bool  # whether the letter itself is in this language
    wordings: Sequence[Wording]
    older: Sequence[Wording]

    @property
    def waiting(self) -> list[Wording]:
        return [one for one in self.wordings if one.reviewed_at is None]


def list_shelves(letter: Letter, published: Collection[str]) -> list[Shelf]:
    """Languages that the letter is in first; none before there are wordings."""
    rows = db.session.scalars(
        select(Wording)
        .where(Wording.letter_id == letter.id, Wording.purpose != ConsentPurpose.PARTNER)
        .order_by(Wording.version.desc())
    ).all()
    purposes = list(ConsentPurpose)
    shelves = []
    for locale in sorted({row.locale for row in rows}, key=lambda tag: (tag not in published, tag)):
        here = [row for row in rows if row.locale == locale]
        newest: dict[str, Wording] = {}
        for row in here:
            newest.setdefault(row.purpose, row)
        shown = sorted(newest.values(), key=lambda row: purposes.index(ConsentPurpose(row.purpose)))
        older = [row for row in here if row is not newest[row.purpose]]
        shelves.append(Shelf(locale, locale in published, shown, older))
    return shelves


def prepare(letter: Letter, *, names_until: date) -> None:
    """The wordings are there to be read; refused until the letter says who asks whom."""
    lacking = [name for name in list_lacking(letter) if name != "text"]
    if lacking:
        raise NotReadyToOpen(lacking)
    letter.names_until = letter.names_until or names_until
    db.session.flush()
    publishing.publish_wordings(letter)


def is_approved(letter: Letter) -> bool:
    """There are wordings, and none in the letter's own languages waits for a person."""
    is_there = select(Wording.id).where(Wording.letter_id == letter.id).limit(1)
    return bool(db.session.scalar(is_there)) and not lagging.count_unreviewed(letter)


def approve(letter: Letter, ids: Collection[UUID], *, by: Actor) -> int:
    """These carry the name of whoever approves them; returns how many did not before."""
    key = tuple_(Wording.letter_id, Wording.id)
    wanted = [(letter.id, id_) for id_ in ids]
    unread = update(Wording).where(key.in_(wanted), Wording.reviewed_at.is_(None))
    named = unread.values(reviewed_by=by.id or by.kind.value, reviewed_at=clock.now())
    approved = count_rows(db.session.execute(named, execution_options=PLAIN))
    if approved:
        log.record(
            Verb.WORDINGS_APPROVED,
            by=by,
            subject=letter.slug,
            letter_id=letter.id,
            details={"approved": approved},
        )
    return approved
