"""Objecting to a decision: by whoever signed, in their own words, sealed; and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import Place, vault
from signing.mail.kinds import Kind
from signing.moderation import actions
from signing.moderation.actions import Why
from signing.moderation.models import Decision, Deed
from signing.signatures import staff_actions

LONGEST = 2000  # characters
TOLD = {kind: deed for deed, kind in actions.TELLS.items()}
TAKES_BACK = {Deed.HIDE: Deed.SHOW, Deed.SET_ASIDE: Deed.RESTORE}


class NothingToObject(Refusal):
    status = 409
    message = _l("There is no decision to object to, or your objection is here already.")


def list_of(letter_id: UUID, signature_id: UUID) -> Sequence[Decision]:
    """Every decision about a signature, the newest first; `ended_at` says which stand."""
    wanted = select(Decision).where(
        Decision.letter_id == letter_id, Decision.signature_id == signature_id
    )
    return db.session.scalars(wanted.order_by(Decision.id.desc())).all()


def find_told(kind: Kind, ref: SignatureRef) -> Decision | None:
    """What a mail of this kind is about: the newest that stands, was taken back, or objected to."""
    decisions = list_of(ref.letter_id, ref.signature_id)
    if kind in TOLD:
        return next((one for one in decisions if one.deed == TOLD[kind]), None)
    moment = attrgetter("ended_at" if kind is Kind.RESTORED else "answered_at")
    dated = [one for one in decisions if moment(one)]
    return max(dated, key=moment, default=next(iter(decisions), None))


def list_standing(letter_id: UUID, signature_id: UUID) -> list[Decision]:
    return [one for one in list_of(letter_id, signature_id) if one.ended_at is None]


def object_to(ref: SignatureRef, words: str) -> None:
    """Every decision that stands is looked at again; once each. Raises `NothingToObject`."""
    staff_actions.get(ref.letter_id, ref.signature_id, to_change=True)
    standing = list_standing(ref.letter_id, ref.signature_id)
    fresh = [one for one in standing if one.objected_at is None]
    if not fresh:
        raise NothingToObject
    for decision in fresh:
        decision.sealed = vault.seal(place(ref.letter_id, decision.id), words.encode())
        decision.objected_at = clock.now()
    db.session.flush()


def place(letter_id: UUID, decision_id: UUID) -> Place:
    return Place("decisions", letter_id, decision_id.bytes)


def open_(decision: Decision) -> str:
    """What was said; raises `vault.Unreadable` where the letter's key is destroyed."""
    if decision.sealed is None:
        return ""
    return vault.open(place(decision.letter_id, decision.id), decision.sealed).decode()


def answer(ref: SignatureRef, decision_id: UUID, *, stands: bool, by: Actor) -> None:
    """The decision stands, or is taken back; whoever objected is told by mail either way, unless
    it changes nothing for them: who wants no name shown hears of none that is shown again.
    """
    signature = staff_actions.get(ref.letter_id, ref.signature_id, to_change=True)
    decision = db.session.get(
        Decision, (ref.letter_id, ref.signature_id, decision_id), populate_existing=True
    )
    if decision is None or decision.objected_at is None or decision.answered_at is not None:
        raise staff_actions.AlreadyDone
    decision.answered_at = clock.now()
    db.session.flush()
    if stands:
        staff_actions.mail(Kind.DECISION_STANDS, signature)
    else:
        actions.do(TAKES_BACK[Deed(decision.deed)], ref, Why(), by=by)
    log.record(
        Verb.OBJECTION_ANSWERED,
        by=by,
        subject=str(ref.signature_id),
        letter_id=ref.letter_id,
        details={"deed": decision.deed, "stands": stands},
    )


def list_open(letter_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Decision]:
    """Objections without an answer; decided longest ago first."""
    wanted = select(Decision).where(
        Decision.letter_id == letter_id,
        Decision.objected_at.is_not(None),
        Decision.answered_at.is_(None),
    )
    if after is not None:
        wanted = wanted.where(Decision.id > after)
    return db.session.scalars(wanted.order_by(Decision.id).limit(limit)).all()
