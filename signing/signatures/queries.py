"""Questions about signatures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, bindparam, cast, func, select, tuple_

from signing.core.db import db
from signing.core.ids import HOUSE
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import Unreadable, vault
from signing.counts.actions import brought_value, partner_value
from signing.counts.models import Dimension
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.signatures.models import Consent, RetiredCount, Signature, State

BY_REF = (
    select(Signature, Letter)
    .join(Letter, Letter.id == Signature.letter_id)
    .where(Signature.letter_id == bindparam("letter"), Signature.id == bindparam("signature"))
    .where(Signature.link_version == bindparam("link"))
    .execution_options(populate_existing=True)
)
BY_REF_TO_CHANGE = BY_REF.with_for_update(of=Signature)


class SignatureGone(Refusal):
    """Withdrawn, deleted unconfirmed, or its letter's data was erased."""

    status = 410
    message = _l("This signature is no longer stored here.")


@dataclass(frozen=True, slots=True)
class Found:
    id: UUID
    state: State


@dataclass(frozen=True, slots=True)
class Given:
    """A consent with the sentence it was given to."""

    purpose: ConsentPurpose
    text: str
    wording_id: UUID
    given_at: datetime
    withdrawn_at: datetime | None
    locale: str
    version: int
    digest: bytes  # SHA-256 of the sentence
    receiver_id: UUID


def get(ref: SignatureRef, *, to_change: bool = False) -> tuple[Signature, Letter]:
    """The signature a link speaks of, and its letter; raises `SignatureGone`.

    `to_change` has others who would change it wait until this transaction ends.
    """
    row = db.session.execute(
        BY_REF_TO_CHANGE if to_change else BY_REF,
        {
            "letter": ref.letter_id,
            "signature": ref.signature_id,
            "link": ref.link_version,
        },
    ).one_or_none()
    if row is None:
        raise SignatureGone
    signature, letter = row
    return signature, letter


def find_state(letter_id: UUID, address_digest: bytes, *, to_change: bool = False) -> Found | None:
    """Whether and how an address has signed; `to_change` as in `get`."""
    wanted = select(Signature.id, Signature.state).where(
        Signature.letter_id == letter_id, Signature.address_digest == address_digest
    )
    row = db.session.execute(wanted.with_for_update() if to_change else wanted).one_or_none()
    return Found(row.id, State(row.state)) if row else None


def find_ref(letter_id: UUID, address_digest: bytes) -> SignatureRef | None:
    """What the links in the mails to this address speak of."""
    row = db.session.execute(
        select(Signature.id, Signature.link_version).where(
            Signature.letter_id == letter_id, Signature.address_digest == address_digest
        )
    ).one_or_none()
    return SignatureRef(letter_id, row.id, row.link_version) if row else None


def list_of_address(address: str) -> list[tuple[Signature, Letter]]:
    """Every signature of an address under every letter, closed ones too, newest first.

    `address` is normalised. Letters do not know each other's people: each is asked with a digest
    of its own, all in one statement.
    """
    wanted = []
    for letter_id in db.session.scalars(select(Letter.id)):
        with suppress(Unreadable):  # erased: nobody is known there any more
            wanted.append((letter_id, vault.digest(letter_id, address)))
    rows = db.session.execute(
        select(Signature, Letter)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(tuple_(Signature.letter_id, Signature.address_digest).in_(wanted))
        .order_by(Signature.created_at.desc())
        .execution_options(populate_existing=True)
    )
    return [(signature, letter) for signature, letter in rows]


def list_these(wanted: Collection[tuple[UUID, UUID]]) -> list[tuple[Signature, Letter]]:
    """Signatures by their letters' ids and their own, with their letters, as stored now."""
    rows = db.session.execute(
        select(Signature, Letter)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(tuple_(Signature.letter_id, Signature.id).in_(wanted))
        .execution_options(populate_existing=True)
    )
    return [(signature, letter) for signature, letter in rows]


def list_consents(ref: SignatureRef) -> list[Given]:
    """Every consent of a signature, in the order of their purposes."""
    rows = db.session.execute(
        select(
            Consent.purpose,
            Wording.text,
            Wording.id,
            Consent.given_at,
            Consent.withdrawn_at,
            Wording.locale,
            Wording.version,
            Wording.digest,
            Consent.receiver_id,
        )
        .join(
            Wording,
            (Wording.letter_id == Consent.letter_id) & (Wording.id == Consent.wording_id),
        )
        .where(Consent.letter_id == ref.letter_id, Consent.signature_id == ref.signature_id)
    )
    given = {row[0]: Given(ConsentPurpose(row[0]), *row[1:]) for row in rows}
    return [given[purpose] for purpose in ConsentPurpose if purpose in given]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A signature with reasons to be looked at (see `screening.Reason`), and no person."""

    id: UUID
    state: State
    reasons: list[str]
    created_at: datetime


def stream_flagged(letter_id: UUID) -> Iterator[Flagged]:
    """Signatures that carry a reason, the oldest first. Reads every row of the letter."""
    rows = db.session.execute(
        select(Signature.id, Signature.state, Signature.reasons, Signature.created_at)
        .where(Signature.letter_id == letter_id, cast(Signature.reasons, String) != "[]")
        .order_by(Signature.id)
        .execution_options(yield_per=1000)
    )
    for id_, state, reasons, created_at in rows:
        yield Flagged(id_, State(state), reasons, created_at)


def has_confirmed(letter_id: UUID, *, to_change: bool = False) -> bool:
    """Whether anybody ever confirmed: from then on the text is frozen.

    `to_change` has whoever is about to be the first wait until this transaction ends, and waits
    for whoever is at it: a text changes before somebody confirmed it, or it is frozen.
    """
    if to_change and not has_confirmed(letter_id):
        _hold_back(letter_id)
    confirmed = select(Signature.id).where(
        Signature.letter_id == letter_id, Signature.confirmed_at.is_not(None)
    )
    retired = select(RetiredCount.n).where(RetiredCount.letter_id == letter_id)
    return any(db.session.scalar(one.limit(1)) is not None for one in (confirmed, retired))


def _hold_back(letter_id: UUID) -> None:
    """Take the rows that `confirm` would change (SQLite has no others write anyway)."""
    pending = select(Signature.id).where(
        Signature.letter_id == letter_id, Signature.state == State.PENDING
    )
    db.session.execute(pending.order_by(Signature.id).with_for_update())


def has_any(letter_id: UUID) -> bool:
    """Whether anybody's row is there, confirmed or not."""
    anybody = select(Signature.id).where(Signature.letter_id == letter_id)
    return db.session.scalar(anybody.limit(1)) is not None


def tally(letter_id: UUID) -> dict[tuple[Dimension, str], int]:
    """A recount: confirmed rows and retired counts, by every dimension. Reads every row."""
    counted: dict[tuple[Dimension, str], int] = {}
    for dimension, value, n in (*_count_rows(letter_id), *_count_retired(letter_id)):
        counted[dimension, value] = counted.get((dimension, value), 0) + n
    return counted


def _count_rows(letter_id: UUID) -> Iterator[tuple[Dimension, str, int]]:
    keys = (Signature.locale, Signature.country, Signature.entry, Signature.partner_id)
    rows = db.session.execute(
        select(*keys, func.count(), func.count(Signature.public_name))
        .where(Signature.letter_id == letter_id, Signature.state == State.CONFIRMED)
        .group_by(*keys)
    )
    for locale, country, entry, partner_id, n, shown in rows:
        yield from _by_dimension(locale, country, entry, partner_id, n)
        if shown:
            yield Dimension.SHOWN_NAME, "", shown


def _count_retired(letter_id: UUID) -> Iterator[tuple[Dimension, str, int]]:
    rows = db.session.scalars(select(RetiredCount).where(RetiredCount.letter_id == letter_id))
    for row in rows:
        partner_id = row.partner_id if row.partner_id != HOUSE else None
        yield from _by_dimension(row.locale, row.country, row.entry, partner_id, row.n)


def _by_dimension(
    locale: str, country: str, entry: str, partner_id: UUID | None, n: int
) -> Iterator[tuple[Dimension, str, int]]:
    yield Dimension.LOCALE, locale, n
    yield Dimension.COUNTRY, country, n
    yield Dimension.ENTRY, entry, n
    yield Dimension.PARTNER, partner_value(partner_id), n
    if partner_id:
        yield Dimension.BROUGHT, brought_value(partner_id, locale), n
