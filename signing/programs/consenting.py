"""A partner's feed with the people in it: what each consent allows, and nothing once it is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from signing.core import clock
from signing.core.db import db
from signing.core.ids import BEFORE_ALL
from signing.core.vault import Unreadable
from signing.letters.models import ConsentPurpose, Wording
from signing.partners import feed
from signing.partners.models import FeedLine, Partner, What
from signing.partners.models import State as PartnerState
from signing.signatures import person
from signing.signatures.models import Consent, Signature, State

A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Consenting:
    """Somebody who agreed to hear from a partner, and to which sentence."""

    name: str
    email: str
    locale: str
    confirmed_at: datetime
    given_at: datetime
    wording: str
    wording_locale: str
    wording_digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the feed. `who` is there as long as the consent stands, whatever is told."""

    number: int
    id: UUID
    signature_id: UUID
    what: What
    at: datetime
    who: Consenting | None


def read(letter_id: UUID, partner_id: UUID, *, after: int, limit: int) -> list[Line]:
    """The next lines, from behind the number `after` on."""
    return fill(letter_id, partner_id, feed.read(letter_id, partner_id, after=after, limit=limit))


def fill(letter_id: UUID, partner_id: UUID, lines: Sequence[FeedLine]) -> list[Line]:
    """These lines with the people that they may show."""
    ids = {one.signature_id for one in lines if one.what in {What.CONFIRMED, What.CORRECTED}}
    known = dict(_list_people(letter_id, partner_id, ids))
    return [
        Line(
            one.number or 0,
            one.id,
            one.signature_id,
            What(one.what),
            one.at,
            known.get(one.signature_id) if one.what in {What.CONFIRMED, What.CORRECTED} else None,
        )
        for one in lines
    ]


def count(letter_id: UUID, partner_id: UUID) -> int:
    """How many `stream` has, at most."""
    wanted = select(func.count()).select_from(Consent).where(*_given(letter_id, partner_id))
    return db.session.scalar(wanted.where(Consent.withdrawn_at.is_(None))) or 0


def _given(letter_id: UUID, partner_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        Consent.letter_id == letter_id,
        Consent.receiver_id == partner_id,
        Consent.purpose == ConsentPurpose.PARTNER,
    )


def stream(
    letter_id: UUID, partner_id: UUID, *, until: datetime | None = None
) -> Iterator[tuple[UUID, Consenting]]:
    """Everybody whose consent to this partner stands, in the order of their ids.

    Whoever confirms or agrees after `until` is not among them, however slowly they are read.
    """
    after, until = BEFORE_ALL, until or clock.now()
    while True:
        wanted = (
            select(Consent.signature_id)
            .where(*_given(letter_id, partner_id), Consent.signature_id > after)
            .order_by(Consent.signature_id)
            .limit(A_PAGE)
        )
        ids = db.session.scalars(wanted).all()
        if not ids:
            return
        after = ids[-1]
        people = _list_people(
            letter_id,
            partner_id,
            set(ids),
            Signature.confirmed_at <= until,
            Consent.given_at <= until,
        )
        yield from sorted(people, key=lambda one: one[0])


def _list_people(
    letter_id: UUID, partner_id: UUID, ids: set[UUID], *which: ColumnElement[bool]
) -> Iterator[tuple[UUID, Consenting]]:
    """Those of them who are confirmed and have not taken it back; none of an erased letter.

    And none for a partner who was suspended, or for whom the arrangement has ended.
    """
    if not ids:
        return
    rows = db.session.execute(
        select(Signature, Consent.given_at, Wording.text, Wording.locale, Wording.digest)
        .join(
            Consent,
            (Consent.letter_id == Signature.letter_id) & (Consent.signature_id == Signature.id),
        )
        .join(
            Wording, (Wording.letter_id == Consent.letter_id) & (Wording.id == Consent.wording_id)
        )
        .join(
            Partner, (Partner.letter_id == Consent.letter_id) & (Partner.id == Consent.receiver_id)
        )
        .where(Signature.letter_id == letter_id, Signature.id.in_(ids))
        .where(Consent.letter_id == letter_id, Consent.signature_id.in_(ids))
        .where(Signature.state == State.CONFIRMED, Partner.state == PartnerState.ACTIVE)
        .where(Consent.purpose == ConsentPurpose.PARTNER, Consent.receiver_id == partner_id)
        .where(Consent.withdrawn_at.is_(None), *which)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        with suppress(Unreadable):
            yield row[0].id, _consenting(row)


def _consenting(row: Row[*tuple[Any, ...]]) -> Consenting:
    signature: Signature = row[0]
    who = person.of(signature)
    return Consenting(
        name=who.name,
        email=who.email,
        locale=signature.locale,
        confirmed_at=signature.confirmed_at or signature.created_at,
        given_at=row.given_at,
        wording=row.text,
        wording_locale=row.locale,
        wording_digest=row.digest.hex(),
    )
