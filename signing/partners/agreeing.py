"""Inviting partners, what they accept or decline, and what happens when nobody answers.

Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update

from signing.audit import Actor, ActorKind, Verb
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.mail import outbox
from signing.mail.models import MailState
from signing.partners import actions, arrangement, contact
from signing.partners.actions import Facts
from signing.partners.arrangement import ANSWER_WITHIN, Text
from signing.partners.contact import Acceptor, Contact
from signing.partners.models import Agreement, Kind, Partner, State

FORGOTTEN_AFTER = timedelta(days=90)  # contacts of partners with whom it has ended


class InvitationLapsed(Refusal):
    status = 410
    message = _l("This invitation has been used or is too old. Ask for a new one.")


class OtherText(Refusal):
    """The arrangement, or a name in it, was changed since the page was shown."""

    status = 409
    message = _l("What you signed was changed meanwhile. Please look at it once more.")


class NobodyToWriteTo(Refusal):
    """Whom to write to was forgotten, or never known."""

    status = 409


class WrittenLately(Refusal):
    """A mail went out a moment ago: a fresh link now would void the one in it, unsent."""

    status = 409


def by_partner(partner: Partner) -> Actor:
    return Actor(ActorKind.PARTNER, str(partner.id))


def invite(
    letter_id: UUID, code: str, facts: Facts, who: Contact, locale: str, *, by: Actor
) -> Partner:
    """The contact is mailed the arrangement; nothing is credited before it is accepted.

    Raises `actions.CodeTaken`.
    """
    partner = actions.add(letter_id, Kind.PARTNER, code, facts, locale)
    partner.sealed = contact.seal(letter_id, partner.id, who)
    write_to(partner)
    actions.record(Verb.PARTNER_INVITED, partner, by)
    return partner


def renew_link(partner: Partner, *, by: Actor) -> None:
    """The contact is mailed a fresh link, and every older one is void.

    Whoever declined is invited anew by that. Raises `NobodyToWriteTo`, `WrittenLately`.
    """
    if not partner.is_partner or contact.find(partner) is None:
        raise NobodyToWriteTo
    lately = clock.now() - outbox.PAUSE
    if any(
        (one.sent_at or one.put_at) > lately and one.state == MailState.SENT
        for one in outbox.list_for(partner.letter_id, partner.id)
    ):
        raise WrittenLately
    partner.void_links()
    if partner.state == State.DECLINED:
        vault.store.note_remembered(partner.letter_id, partner.id, Forgotten.PARTNER_DECLINED)
        actions.become(partner, State.INVITED)
    write_to(partner)
    actions.record(Verb.PARTNER_LINK_RENEWED, partner, by)


def write_to(partner: Partner) -> None:
    """The contact is mailed the link; where there is something to answer, the time begins anew."""
    if needs_answer(partner):
        partner.asked_version, partner.asked_at = arrangement.VERSION, clock.now()
    actions.send_link(partner)


def needs_answer(partner: Partner) -> bool:
    """Whether the present arrangement is still to be accepted."""
    is_open = partner.state in {State.INVITED, State.ACTIVE}
    return partner.is_partner and is_open and partner.accepted_version < arrangement.VERSION


def may_accept(partner: Partner) -> bool:
    """Whether somebody who was asked can still accept it."""
    return answer_by(partner) is not None and contact.find(partner) is not None


def answer_by(partner: Partner) -> datetime | None:
    """Until when there is something to accept; None where there is not, or it is too late."""
    if partner.asked_at is None or not needs_answer(partner):
        return None
    until = partner.asked_at + ANSWER_WITHIN
    return until if clock.now() <= until else None


def accept(partner: Partner, shown: Text, digest: str, name: str, role: str) -> None:
    """What stood on the page binds both, accepted by a named person; what comes is credited.

    `digest` is that of the text they saw, in hexadecimal. Twice is once. Raises
    `InvitationLapsed`, `OtherText`.
    """
    if partner.accepted_version >= arrangement.VERSION and partner.state != State.DECLINED:
        return
    who = contact.find(partner)
    if who is None or not may_accept(partner):
        raise InvitationLapsed
    if shown.digest.hex() != digest:
        raise OtherText
    _keep(partner, shown, Acceptor(name, role, who.email))
    partner.accepted_version = arrangement.VERSION
    if partner.state == State.INVITED:
        actions.become(partner, State.ACTIVE)
    by = by_partner(partner)
    actions.record(Verb.PARTNER_ACCEPTED, partner, by, version=arrangement.VERSION)


def _keep(partner: Partner, text: Text, who: Acceptor) -> None:
    id_ = new_id()
    sealed = contact.seal_acceptor(partner.letter_id, id_, who)
    row = insert(Agreement).values(
        letter_id=partner.letter_id,
        id=id_,
        partner_id=partner.id,
        version=text.version,
        locale=text.locale,
        text=text.markdown,
        digest=text.digest,
        sealed=sealed,
        accepted_at=clock.now(),
    )
    key = ["letter_id", "partner_id", "version"]
    newest = {
        name: row.excluded[name]
        for name in ("id", "locale", "text", "digest", "sealed", "accepted_at")
    }
    db.session.execute(row.on_conflict_do_update(index_elements=key, set_=newest))


def decline(partner: Partner) -> None:
    """The partner wants it no more: nothing is credited, whoever was written to is forgotten."""
    if partner.state in {State.INVITED, State.ACTIVE}:
        vault.store.note_forgotten(partner.letter_id, partner.id, Forgotten.PARTNER_DECLINED)
        leave(partner)
        actions.record(Verb.PARTNER_DECLINED, partner, by_partner(partner))


def leave(partner: Partner) -> None:
    """What `decline` does, without noting it."""
    actions.become(partner, State.DECLINED)
    partner.accepted_version, partner.sealed = 0, None


def list_to_ask(limit: int) -> Sequence[Partner]:
    """Active partners who have accepted an older arrangement and were not asked about this one."""
    wanted = select(Partner).where(
        Partner.kind == Kind.PARTNER,
        Partner.state == State.ACTIVE,
        Partner.accepted_version < arrangement.VERSION,
        Partner.asked_version < arrangement.VERSION,
    )
    return _locked(wanted.limit(limit))


def list_late(limit: int) -> Sequence[Partner]:
    """Active partners who were asked about this arrangement, and their time is over."""
    wanted = select(Partner).where(
        Partner.kind == Kind.PARTNER,
        Partner.state == State.ACTIVE,
        Partner.accepted_version < arrangement.VERSION,
        Partner.asked_version >= arrangement.VERSION,
        Partner.asked_at < clock.now() - ANSWER_WITHIN,
    )
    return _locked(wanted.limit(limit))


def _locked(wanted: Select[Partner]) -> Sequence[Partner]:
    """Of those, the ones that no other worker has in hand."""
    free = wanted.with_for_update(skip_locked=True)
    return db.session.scalars(free.execution_options(populate_existing=True)).all()


def forget_contacts() -> int:
    """Whoever never answered, or with whom it ended long ago, is known here no more.

    Returns how many. Who accepted stays with what they accepted until the letter is erased.
    """
    at = clock.now()
    lapsed = (Partner.state == State.INVITED) & (Partner.asked_at < at - ANSWER_WITHIN)
    over = Partner.state.in_([State.SUSPENDED, State.DECLINED]) & (
        Partner.state_at < at - FORGOTTEN_AFTER
    )
    gone = update(Partner).where(Partner.sealed.is_not(None), lapsed | over).values(sealed=None)
    return count_rows(db.session.execute(gone, execution_options=PLAIN))


def forget_everybody(letter_id: UUID) -> None:
    """The letter is erased: no person of a partner's is known any more; names of partners stay."""
    for table in (Partner, Agreement):
        gone = update(table).where(table.letter_id == letter_id).values(sealed=None)
        db.session.execute(gone, execution_options=PLAIN)
